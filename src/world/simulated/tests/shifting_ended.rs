//! Deployments that shift traffic and are stopped, superseded, or never get any.

use super::shifting::{GREEN, current, rolled_back, shifting};
use super::*;

#[test]
fn a_deployment_is_stopped_on_request() {
    for (strategy, stage) in [("ROLLING", 20), ("BLUE_GREEN", 20), ("BLUE_GREEN", 240)] {
        let configuration = json!({ "strategy": strategy, "bakeTimeInMinutes": 10 });
        let world = shifting(configuration, &[]);
        deploy(&world);
        world.sleep(Duration::from_secs(stage));
        let input = json!({ "serviceDeploymentArn": current(&world)["serviceDeploymentArn"] });
        ecs(&world, "StopServiceDeployment", input.clone());
        assert_eq!(current(&world)["status"], "ROLLBACK_REQUESTED");
        // Whoever asks again is told the same, as long as it goes back.
        ecs(&world, "StopServiceDeployment", input.clone());
        world.sleep(Duration::from_secs(600));
        rolled_back(&world);
        let again = aws(&world, "ecs", "StopServiceDeployment", input);
        assert_eq!(again.expect_err("it has ended").code, "ConflictException");
    }
    let world = shifting(json!({ "strategy": "ROLLING" }), &[]);
    deploy(&world);
    world.sleep(Duration::from_secs(20));
    let arn = current(&world)["serviceDeploymentArn"].clone();
    let abort = json!({ "serviceDeploymentArn": arn, "stopType": "ABORT" });
    let fault = aws(&world, "ecs", "StopServiceDeployment", abort).expect_err("no such type");
    assert_eq!(
        (fault.code.as_str(), fault.message.as_str()),
        (
            "InvalidParameterException",
            "Invalid stopType: ABORT. The valid values are ROLLBACK."
        )
    );
    let unknown = json!({ "serviceDeploymentArn": format!("{}x", arn.as_str().expect("text")) });
    let fault = aws(&world, "ecs", "StopServiceDeployment", unknown).expect_err("unknown");
    assert_eq!(fault.code, "ServiceDeploymentNotFoundException");
}

#[test]
fn a_new_deployment_takes_the_place_of_one_in_progress() {
    for wait in [60, 150, 400] {
        let world = shifting(
            json!({ "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 30 }),
            &[],
        );
        deploy(&world);
        world.sleep(Duration::from_secs(wait));
        let input = json!({ "cluster": CLUSTER, "service": SERVICE, "forceNewDeployment": true });
        ecs(&world, "UpdateService", input);
        world.sleep(Duration::from_secs(3600));
        let input = json!({ "cluster": CLUSTER, "service": SERVICE });
        let listed = ecs(&world, "ListServiceDeployments", input);
        let statuses: Vec<&Value> = listed["serviceDeployments"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|d| &d["status"])
            .collect();
        assert_eq!(
            statuses,
            ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"],
            "after {wait} s"
        );
        assert_eq!(service(&world)["runningCount"], 3);
    }
}

#[test]
fn a_crash_loop_never_gets_traffic() {
    let configuration = json!({
        "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5,
        "deploymentCircuitBreaker": { "enable": true, "rollback": true },
    });
    let world = shifting(configuration, &["crash-loop"]);
    deploy(&world);
    world.sleep(Duration::from_secs(900));
    rolled_back(&world);
    let seen = current(&world);
    assert_eq!(seen["lifecycleStage"], "SCALE_UP");
    assert_eq!(seen["deploymentCircuitBreaker"]["status"], "TRIGGERED");
    let revisions = json!({ "serviceRevisionArns": [seen["targetServiceRevision"]["arn"], seen["rollback"]["serviceRevisionArn"]] });
    let out = ecs(&world, "DescribeServiceRevisions", revisions);
    let groups: Vec<&Value> = out["serviceRevisions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|r| &r["resolvedConfiguration"]["loadBalancers"][0]["targetGroupArn"])
        .collect();
    assert_eq!(groups[0], GREEN);
    assert_ne!(groups[1], GREEN);
}

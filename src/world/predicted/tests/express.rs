//! ECS Express Mode and daemons in a plan: what is planned shows in what is read afterwards, and nothing is written.

use super::*;
use crate::world::simulated::tests::express::{ARN, NEXT, NOW, shop};

/// A live cloud with an Express Mode service, deployed once since it was made.
fn live() -> Simulated {
    let live = crate::world::simulated::tests::balancing::world_with(&shop(), &[]);
    let input = json!({ "serviceArn": ARN, "healthCheckPath": "/ready" });
    ecs(&live, "UpdateExpressGatewayService", input);
    live.sleep(Duration::from_secs(3600));
    live
}

fn images(described: &Value) -> Vec<Value> {
    let all = described["service"]["activeConfigurations"].as_array();
    let all = all.into_iter().flatten();
    all.map(|one| one["primaryContainer"]["image"].clone())
        .collect()
}

#[test]
fn a_planned_image_is_deployed_to_the_service_as_it_is_live() {
    let live = live();
    let before = live.writes().len();
    let plan = over(&live);
    let about = json!({ "serviceArn": ARN });
    let found = ecs(&plan, "DescribeExpressGatewayService", about.clone());
    assert_eq!(images(&found), [NOW]);
    let input =
        json!({ "serviceArn": ARN, "primaryContainer": { "image": NEXT, "containerPort": 8080 } });
    let updated = ecs(&plan, "UpdateExpressGatewayService", input);
    let target = &updated["service"]["targetConfiguration"];
    assert_eq!(
        target["healthCheckPath"], "/ready",
        "the rest is as it is live"
    );
    let endpoint = &found["service"]["activeConfigurations"][0]["ingressPaths"];
    assert_eq!(target["ingressPaths"], *endpoint);
    let definition = target["taskDefinitionArn"].as_str().expect("an ARN");
    assert!(definition.ends_with("realserv-prod-shop:2"), "{definition}");
    plan.sleep(Duration::from_secs(3600));
    assert_eq!(
        images(&ecs(&plan, "DescribeExpressGatewayService", about.clone())),
        [NEXT]
    );
    ecs(&plan, "DeleteExpressGatewayService", about.clone());
    plan.sleep(Duration::from_secs(3600));
    let gone = ecs(&plan, "DescribeExpressGatewayService", about);
    assert_eq!(gone["service"]["status"]["statusCode"], "INACTIVE");
    assert_eq!(live.writes().len(), before);
}

#[test]
fn a_planned_service_is_there_afterwards() {
    let live = world(&[]);
    let plan = over(&live);
    let role = "arn:aws:iam::123456789012:role/ecsInfrastructureRole";
    let input = json!({
        "cluster": CLUSTER, "serviceName": "stand", "executionRoleArn": role, "infrastructureRoleArn": role,
        "primaryContainer": { "image": NEXT },
    });
    let made = ecs(&plan, "CreateExpressGatewayService", input.clone());
    plan.sleep(Duration::from_secs(3600));
    let ask = json!({ "cluster": CLUSTER, "services": ["stand"] });
    let found = ecs(&plan, "DescribeServices", ask);
    assert_eq!(
        found["services"][0]["deployments"][0]["rolloutState"],
        "COMPLETED"
    );
    let about = json!({ "serviceArn": made["service"]["serviceArn"] });
    assert_eq!(
        images(&ecs(&plan, "DescribeExpressGatewayService", about)),
        [NEXT]
    );
    let mut taken = input;
    taken["serviceName"] = json!(SERVICE);
    let refused = aws(&plan, "ecs", "CreateExpressGatewayService", taken).expect_err("it is there");
    assert_eq!(refused.code, "InvalidParameterException");
    assert!(live.writes().is_empty());
}

#[test]
fn a_planned_revision_of_a_daemon_reaches_all_live_instances() {
    let live = world(&[]);
    let plan = over(&live);
    let arn = "arn:aws:ecs:ap-south-1:123456789012:daemon/realserv-prod/log-agent";
    let containers = json!([{ "name": "agent", "image": "public.ecr.aws/agent:2" }]);
    let registered = ecs(
        &plan,
        "RegisterDaemonTaskDefinition",
        json!({ "family": "log-agent", "containerDefinitions": containers }),
    );
    let definition = &registered["daemonTaskDefinitionArn"];
    assert!(
        definition
            .as_str()
            .is_some_and(|it| it.ends_with("log-agent:2"))
    );
    let provider = "arn:aws:ecs:ap-south-1:123456789012:capacity-provider/agents";
    let updated = ecs(
        &plan,
        "UpdateDaemon",
        json!({ "daemonArn": arn, "daemonTaskDefinitionArn": definition, "capacityProviderArns": [provider] }),
    );
    plan.sleep(Duration::from_secs(3600));
    let ask = json!({ "daemonDeploymentArns": [updated["deploymentArn"]] });
    let found = ecs(&plan, "DescribeDaemonDeployments", ask);
    let deployment = &found["daemonDeployments"][0];
    assert_eq!(deployment["status"], "SUCCESSFUL");
    assert_eq!(
        deployment["targetDaemonRevision"]["totalRunningInstanceCount"],
        6
    );
    let found = ecs(&plan, "DescribeDaemon", json!({ "daemonArn": arn }));
    assert_eq!(
        found["daemon"]["currentRevisions"][0]["totalRunningCount"],
        6
    );
    assert!(live.writes().is_empty());
}

//! Services in a plan: created, deleted, tagged, scaled and shifted as in the simulated cloud.

use super::*;
use crate::world::simulated::fixture;
use crate::world::simulated::tests::services::scaling;
use crate::world::simulated::tests::shifting::{current, hooked, shifting};

fn new_service(name: &str) -> Value {
    json!({
        "cluster": CLUSTER, "serviceName": name, "taskDefinition": "realserv-catalog-service:41",
        "desiredCount": 2, "launchType": "FARGATE",
        "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["subnet-abc123"] } },
    })
}

fn named(world: &dyn World, name: &str) -> Value {
    let out = ecs(
        world,
        "DescribeServices",
        json!({ "cluster": CLUSTER, "services": [name] }),
    );
    out["services"][0].clone()
}

#[test]
fn a_service_is_created_and_deleted() {
    let live = world(&[]);
    let plan = over(&live);
    for world in [&plan as &dyn World, &live] {
        let created = ecs(world, "CreateService", new_service("fresh"));
        assert_eq!(
            created["service"]["deployments"][0]["rolloutState"],
            "IN_PROGRESS"
        );
        world.sleep(Duration::from_secs(300));
        let up = named(world, "fresh");
        assert_eq!(
            (&up["runningCount"], &up["deployments"][0]["rolloutState"]),
            (&json!(2), &json!("COMPLETED"))
        );
        let again = aws(world, "ecs", "CreateService", new_service("fresh"));
        assert_eq!(
            again.expect_err("there already").code,
            "InvalidParameterException"
        );
        let mut input = json!({ "cluster": CLUSTER, "service": "fresh" });
        let fault = aws(world, "ecs", "DeleteService", input.clone()).expect_err("it has tasks");
        assert_eq!(
            fault.message,
            "The service cannot be stopped while it is scaled above 0."
        );
        input["force"] = json!(true);
        assert_eq!(
            ecs(world, "DeleteService", input.clone())["service"]["status"],
            "DRAINING"
        );
        let early = aws(world, "ecs", "CreateService", new_service("fresh"));
        assert_eq!(
            early.expect_err("draining").message,
            "Unable to Start a service that is still Draining."
        );
        world.sleep(Duration::from_secs(300));
        let gone = named(world, "fresh");
        assert_eq!(
            (&gone["status"], &gone["runningCount"]),
            (&json!("INACTIVE"), &json!(0))
        );
        let update = aws(world, "ecs", "UpdateService", input);
        assert_eq!(
            update.expect_err("inactive").code,
            "ServiceNotActiveException"
        );
        ecs(world, "CreateService", new_service("fresh"));
    }
}

#[test]
fn tags_are_kept() {
    let live = world(&[]);
    let plan = over(&live);
    for world in [&plan as &dyn World, &live] {
        for arn in [
            service(world)["serviceArn"].clone(),
            service(world)["taskDefinition"].clone(),
            service(world)["clusterArn"].clone(),
        ] {
            let tag = |value: &str| json!({ "resourceArn": arn, "tags": [{ "key": "by", "value": value }] });
            ecs(world, "TagResource", tag("a"));
            ecs(world, "TagResource", tag("b"));
            let listed = ecs(world, "ListTagsForResource", json!({ "resourceArn": arn }));
            let tags = listed["tags"].as_array().expect("tags");
            assert!(
                tags.contains(&json!({ "key": "by", "value": "b" })),
                "{arn}: {tags:?}"
            );
            ecs(
                world,
                "UntagResource",
                json!({ "resourceArn": arn, "tagKeys": ["by"] }),
            );
            let listed = ecs(world, "ListTagsForResource", json!({ "resourceArn": arn }));
            assert!(!listed.to_string().contains("\"by\""));
        }
    }
}

#[test]
fn a_plan_scales_nothing_live() {
    let mut fixture = Fixture::builtin().expect("sound");
    fixture.scaling = vec![fixture::Scaling {
        service: SERVICE.to_owned(),
        min: 1,
        max: 8,
        cpu_target: Some(50.0),
        policies: Vec::new(),
        suspended: serde_json::Map::new(),
        load: None,
    }];
    let live = Simulated::from_fixture(fixture, &[], 7).expect("sound");
    let plan = over(&live);
    scaling(&plan, "RegisterScalableTarget", json!({ "MinCapacity": 4 }));
    let read = json!({ "ServiceNamespace": "ecs" });
    let targets = aws(
        &plan,
        "application-autoscaling",
        "DescribeScalableTargets",
        read.clone(),
    );
    let targets = targets.expect("targets");
    assert_eq!(targets["ScalableTargets"].as_array().map(Vec::len), Some(1));
    assert_eq!(targets["ScalableTargets"][0]["MinCapacity"], 4);
    let policies = aws(
        &plan,
        "application-autoscaling",
        "DescribeScalingPolicies",
        read,
    );
    assert_eq!(
        policies.expect("policies")["ScalingPolicies"][0]["PolicyName"],
        "cpu"
    );
    plan.sleep(Duration::from_secs(3600));
    assert_eq!(service(&plan)["runningCount"], 4);
    assert!(live.writes().is_empty());
}

#[test]
fn a_plan_of_a_blue_green_service_goes_all_the_way() {
    let hook = json!({ "targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"] });
    let live = shifting(hooked(hook), &[]);
    let plan = over(&live);
    let before = service(&plan);
    deploy(&plan);
    plan.sleep(Duration::from_secs(900));
    let paused = current(&plan);
    let details = &paused["lifecycleHookDetails"][0];
    assert_eq!(details["status"], "AWAITING_ACTION", "{paused}");
    let input = json!({ "serviceDeploymentArn": paused["serviceDeploymentArn"], "hookId": details["hookId"] });
    ecs(&plan, "ContinueServiceDeployment", input);
    plan.sleep(Duration::from_secs(900));
    assert_eq!(current(&plan)["status"], "SUCCESSFUL");
    assert_eq!(service(&live), before);
    assert!(live.writes().is_empty());
    let list = json!({ "cluster": CLUSTER, "service": SERVICE });
    let listed = ecs(&plan, "ListServiceDeployments", list);
    assert_eq!(
        listed["serviceDeployments"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(
        listed["serviceDeployments"][1]["serviceDeploymentArn"],
        before["currentServiceDeployment"]
    );
}

/// ECS API Reference, UpdateService, each parameter: "This parameter doesn't trigger a new service deployment."
#[test]
fn what_starts_no_deployment_starts_none() {
    for (member, value, deploys) in [
        ("enableExecuteCommand", json!(true), false),
        ("propagateTags", json!("SERVICE"), false),
        ("enableECSManagedTags", json!(true), false),
        (
            "capacityProviderStrategy",
            json!([{ "capacityProvider": "FARGATE_SPOT", "weight": 1 }]),
            false,
        ),
        ("healthCheckGracePeriodSeconds", json!(61), false),
        (
            "deploymentConfiguration",
            json!({ "maximumPercent": 150 }),
            false,
        ),
        (
            "networkConfiguration",
            json!({ "awsvpcConfiguration": { "subnets": ["subnet-9"] } }),
            true,
        ),
        ("platformVersion", json!("1.3.0"), true),
    ] {
        let live = world(&[]);
        let plan = over(&live);
        for world in [&plan as &dyn World, &live] {
            let mut input = json!({ "cluster": CLUSTER, "service": SERVICE });
            input[member] = value.clone();
            let out = ecs(world, "UpdateService", input);
            let count = out["service"]["deployments"].as_array().map(Vec::len);
            assert_eq!(count, Some(if deploys { 2 } else { 1 }), "{member}");
        }
    }
}

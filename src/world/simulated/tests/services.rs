//! Services that come and go, capacity, tags, scaling, and reads that lag.

use super::plan::Live;
use super::*;

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
    let plan = PlanWorld::new(Box::new(Live(live.clone())), live.now(), &[]);
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
    let plan = PlanWorld::new(Box::new(Live(live.clone())), live.now(), &[]);
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
fn without_capacity_no_task_is_placed() {
    let world = world(&["no-capacity"]);
    deploy(&world);
    world.sleep(Duration::from_secs(20));
    let short = service(&world);
    assert!(said(
        &short,
        "was unable to place a task. Reason: Capacity is unavailable at this time."
    ));
    assert_eq!(short["runningCount"], 3);
    world.sleep(Duration::from_secs(600));
    let after = service(&world);
    assert!(said(&after, "rolling back to deployment"));
    assert_eq!(after["runningCount"], 3);
    let network = json!({ "awsvpcConfiguration": { "subnets": ["subnet-abc123"] } });
    let input = json!({ "cluster": CLUSTER, "taskDefinition": "catalog-migration-task", "launchType": "FARGATE", "networkConfiguration": network });
    let out = ecs(&world, "RunTask", input);
    assert_eq!(out["tasks"], json!([]));
    assert!(
        out["failures"][0]["reason"]
            .as_str()
            .is_some_and(|r| r.starts_with("Capacity is unavailable"))
    );
}

fn scaling(world: &dyn World, operation: &str, more: Value) -> Value {
    let mut input = json!({ "ServiceNamespace": "ecs", "ResourceId": format!("service/{CLUSTER}/{SERVICE}"), "ScalableDimension": "ecs:service:DesiredCount" });
    for (name, value) in more.as_object().expect("an object") {
        input[name] = value.clone();
    }
    aws(world, "application-autoscaling", operation, input).expect(operation)
}

#[test]
fn target_tracking_moves_the_desired_count() {
    let mut fixture = Fixture::builtin().expect("sound");
    fixture.scaling = vec![fixture::Scaling {
        service: SERVICE.to_owned(),
        min: 2,
        max: 8,
        cpu_target: Some(50.0),
        policies: Vec::new(),
        suspended: serde_json::Map::new(),
        load: Some(120.0),
    }];
    let faults = ["load:250@30m".parse().expect("a fault")];
    let world = Simulated::from_fixture(fixture, &faults, 7).expect("sound");
    world.sleep(Duration::from_secs(1500));
    assert_eq!(
        service(&world)["desiredCount"],
        3,
        "40 % of 50 % for three tasks is near enough"
    );
    world.sleep(Duration::from_secs(1200));
    assert_eq!(service(&world)["desiredCount"], 6, "300 % of 50 %");
    let activities = scaling(&world, "DescribeScalingActivities", json!({}));
    let cause = activities["ScalingActivities"][0]["Cause"]
        .as_str()
        .expect("a cause");
    assert!(cause.contains("triggered policy cpu"), "{cause}");
    let suspended =
        json!({ "DynamicScalingInSuspended": true, "DynamicScalingOutSuspended": true });
    scaling(
        &world,
        "RegisterScalableTarget",
        json!({ "SuspendedState": suspended }),
    );
    let targets = aws(
        &world,
        "application-autoscaling",
        "DescribeScalableTargets",
        json!({ "ServiceNamespace": "ecs" }),
    );
    let target = targets.expect("targets")["ScalableTargets"][0].clone();
    assert_eq!(target["SuspendedState"]["DynamicScalingOutSuspended"], true);
    assert_eq!(
        (&target["MinCapacity"], &target["MaxCapacity"]),
        (&json!(2), &json!(8))
    );
    scaling(
        &world,
        "RegisterScalableTarget",
        json!({ "MinCapacity": 7 }),
    );
    world.sleep(Duration::from_secs(300));
    assert_eq!(service(&world)["runningCount"], 7);
    scaling(
        &world,
        "DeleteScalingPolicy",
        json!({ "PolicyName": "cpu" }),
    );
    scaling(&world, "DeregisterScalableTarget", json!({}));
    let gone = aws(
        &world,
        "application-autoscaling",
        "DescribeScalableTargets",
        json!({ "ServiceNamespace": "ecs" }),
    );
    assert_eq!(gone.expect("targets")["ScalableTargets"], json!([]));
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
    let plan = PlanWorld::new(Box::new(Live(live.clone())), live.now(), &[]);
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
fn reads_may_lag_behind_writes_for_a_while() {
    let mut fixture = Fixture::builtin().expect("sound");
    fixture.read_lag = Duration::from_secs(2);
    let world = Simulated::from_fixture(fixture, &[], 7).expect("sound");
    let (mut stale, mut fresh) = (0, 0);
    for count in 4..14 {
        let input = json!({ "cluster": CLUSTER, "service": SERVICE, "desiredCount": count });
        ecs(&world, "UpdateService", input);
        match service(&world)["desiredCount"].as_u64() {
            Some(seen) if seen == count => fresh += 1,
            Some(seen) if seen == count - 1 => stale += 1,
            other => panic!("{other:?}"),
        }
        world.sleep(Duration::from_secs(3));
        assert_eq!(service(&world)["desiredCount"], count);
    }
    assert!(stale > 0 && fresh > 0, "{stale} stale, {fresh} fresh");
}

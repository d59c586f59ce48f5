//! Capacity, scaling, and reads that lag.

use super::*;

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

pub(in crate::world) fn scaling(world: &dyn World, operation: &str, more: Value) -> Value {
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

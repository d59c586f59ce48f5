//! What always holds of a rollout, whatever is asked and goes wrong.

use proptest::prelude::*;

use super::*;

/// Something that is done to the service, and how long after the one before.
#[derive(Debug, Clone)]
enum Change {
    Deploy,
    Force,
    Scale(u32),
    Stop,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        Just(Change::Deploy),
        Just(Change::Force),
        (1u32..8).prop_map(Change::Scale),
        Just(Change::Stop),
    ]
}

fn fault() -> impl Strategy<Value = Option<&'static str>> {
    prop::option::weighted(
        0.5,
        prop_oneof![
            Just("crash-loop"),
            Just("version-unhealthy"),
            Just("image-unpullable"),
            Just("slow-start:1m"),
            Just("no-capacity@3m"),
        ],
    )
}

fn make(world: &Simulated, change: &Change) {
    let update = |more: (&str, Value)| {
        let mut input = json!({ "cluster": CLUSTER, "service": SERVICE });
        input[more.0] = more.1;
        ecs(world, "UpdateService", input);
    };
    match change {
        Change::Deploy => {
            let found = ecs(
                world,
                "DescribeTaskDefinition",
                json!({ "taskDefinition": "realserv-catalog-service:41" }),
            );
            let mut definition = found["taskDefinition"].clone();
            definition["containerDefinitions"][0]["image"] = json!(IMAGE);
            let out = ecs(world, "RegisterTaskDefinition", definition);
            update((
                "taskDefinition",
                out["taskDefinition"]["taskDefinitionArn"].clone(),
            ));
        }
        Change::Force => update(("forceNewDeployment", json!(true))),
        Change::Scale(count) => update(("desiredCount", json!(count))),
        Change::Stop => {
            let arn = service(world)["currentServiceDeployment"].clone();
            let input = json!({ "serviceDeploymentArn": arn, "stopType": "ROLLBACK" });
            // It may have ended already.
            let _refused = aws(world, "ecs", "StopServiceDeployment", input);
        }
    }
}

/// The tasks of the service: active ones, healthy ones, and its limits.
fn count(world: &Simulated) -> (usize, usize, usize, usize) {
    let state = world.state();
    let ecs = &state.cloud.ecs;
    let key = ServiceKey::new(CLUSTER, SERVICE);
    let service = ecs.service(&key).expect("a service");
    let tasks: Vec<_> = ecs.tasks_of(service).collect();
    let active = tasks
        .iter()
        .filter(|t| t.wanted() && t.status <= Status::Running)
        .count();
    let healthy = tasks.iter().filter(|t| t.healthy()).count();
    let limits = service.limits();
    (active, healthy, limits.upper, limits.lower)
}

/// Lets time pass event by event; the laws are checked after each.
fn watch_laws(world: &Simulated, seconds: u64) {
    let until = super::super::model::clock::later(world.now(), Duration::from_secs(seconds));
    let (mut active_before, mut healthy_before, ..) = count(world);
    loop {
        let stepped = world.state().cloud.step(until);
        let (active, healthy, upper, lower) = count(world);
        assert!(
            active <= upper.max(active_before),
            "{active} active of at most {upper}"
        );
        assert!(
            healthy >= lower.min(healthy_before),
            "{healthy} healthy of at least {lower}"
        );
        (active_before, healthy_before) = (active, healthy);
        if !stepped {
            break;
        }
    }
    world.state().cloud.pass(Duration::ZERO);
    let left = until.duration_since(world.now());
    world.sleep(Duration::try_from(left).unwrap_or_default());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rollouts_keep_their_limits_and_end(
        seed in 0u64..1_000_000,
        (max, min) in (110u32..=250, 0u32..=100),
        desired in 1u32..8,
        fault in fault(),
        changes in prop::collection::vec((change(), 5u64..240), 1..5),
    ) {
        let mut fixture = Fixture::builtin().expect("sound");
        for service in &mut fixture.services {
            service.raw.insert("desiredCount".to_owned(), json!(desired));
            service.raw.insert("deploymentConfiguration".to_owned(), json!({
                "maximumPercent": max, "minimumHealthyPercent": min,
                "deploymentCircuitBreaker": { "enable": true, "rollback": true },
            }));
        }
        let faults: Vec<FaultSpec> = fault.iter().map(|f| f.parse().expect("a fault")).collect();
        let world = Simulated::from_fixture(fixture, &faults, seed).expect("sound");
        for (change, wait) in &changes {
            make(&world, change);
            watch_laws(&world, *wait);
        }
        watch_laws(&world, 7200);
        let after = service(&world);
        let latest = ecs(&world, "DescribeServiceDeployments", json!({ "serviceDeploymentArns": [after["currentServiceDeployment"]] }));
        let latest = &latest["serviceDeployments"][0];
        let primary = &after["deployments"][0];
        if primary["rolloutState"] == "COMPLETED" && after["desiredCount"] == after["runningCount"] {
            prop_assert_eq!(&after["pendingCount"], &json!(0));
            prop_assert_eq!(&primary["runningCount"], &after["desiredCount"]);
        }
        match latest["status"].as_str() {
            Some("SUCCESSFUL") => prop_assert_eq!(&primary["rolloutState"], &json!("COMPLETED")),
            Some("ROLLBACK_SUCCESSFUL") => {
                prop_assert_eq!(&primary["rolloutState"], &json!("COMPLETED"));
                let back = &latest["rollback"]["serviceRevisionArn"];
                prop_assert_eq!(&after["currentServiceRevisions"][0]["arn"], back);
            }
            _ => {}
        }
        // Whatever was draining is gone.
        let state = world.state();
        let stuck = state.cloud.ecs.tasks().find(|t| !t.wanted() && t.status < Status::Stopped);
        prop_assert!(stuck.is_none(), "{:?}", stuck);
    }
}

#[test]
fn a_thousand_services_roll_at_once() {
    let mut fixture = Fixture::builtin().expect("sound");
    let model = fixture.services[0].clone();
    fixture.services = (0..1000)
        .map(|n| {
            let mut service = model.clone();
            service
                .raw
                .insert("serviceName".to_owned(), json!(format!("s{n}")));
            service
        })
        .collect();
    fixture.endpoints.clear();
    fixture.traffic.clear();
    fixture.queues.clear();
    let world = Simulated::from_fixture(fixture, &[], 7).expect("sound");
    for n in 0..1000 {
        let input =
            json!({ "cluster": CLUSTER, "service": format!("s{n}"), "forceNewDeployment": true });
        ecs(&world, "UpdateService", input);
    }
    world.sleep(Duration::from_secs(900));
    let state = world.state();
    let done = |s: &super::super::model::ecs::service::Service| {
        s.history[0].status.ended() && s.tasks.len() == s.desired as usize
    };
    assert!(
        state
            .cloud
            .ecs
            .services()
            .map(|(_, service)| service)
            .all(done)
    );
}

//! The instruments, tested on themselves: an emulator that does not roll, or a proxy that does not disturb,
//! would make every other test mean nothing.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::catalog::{self, CRASHING, GOOD, Names, OLD, UNPULLABLE};
use super::cloud::{call, must, primary, service, until};
use super::emulators::{Fate, Ministack, Moto};
use super::health::{Health, Mood};
use super::http::{self, RUNTIME};
use super::proxy::Proxy;
use super::rules::{Disturbance, Moment, Rule};

const LIMIT: Duration = crate::support::HANG;

fn deploy(endpoint: &str, names: &Names, version: &str) -> String {
    let live = must(
        endpoint,
        "ecs",
        "DescribeTaskDefinition",
        json!({"taskDefinition": names.revision}),
    );
    let mut container = live["taskDefinition"]["containerDefinitions"][0].clone();
    let image = container["image"].as_str().expect("an image").to_owned();
    let repository = image.split('@').next().expect("a repository");
    container["image"] = json!(format!("{repository}@{}", catalog::digest(version)));
    let revision = catalog::register(
        endpoint,
        &json!({"family": names.service, "networkMode": "awsvpc",
                "requiresCompatibilities": ["FARGATE"], "cpu": "512", "memory": "1024",
                "containerDefinitions": [container]}),
    );
    must(
        endpoint,
        "ecs",
        "UpdateService",
        json!({"cluster": names.cluster, "service": names.service, "taskDefinition": revision}),
    );
    revision
}

fn stopped_reasons(endpoint: &str, names: &Names) -> Vec<Value> {
    let listed = must(
        endpoint,
        "ecs",
        "ListTasks",
        json!({"cluster": names.cluster, "serviceName": names.service, "desiredStatus": "STOPPED"}),
    );
    let described = must(
        endpoint,
        "ecs",
        "DescribeTasks",
        json!({"cluster": names.cluster, "tasks": listed["taskArns"]}),
    );
    described["tasks"].as_array().cloned().unwrap_or_default()
}

#[test]
fn ministack_rolls_with_surge() {
    let ministack = Ministack::start(catalog::behaviour());
    let endpoint = ministack.endpoint();
    let names = catalog::seed_ministack(&ministack);
    let revision = deploy(&endpoint, &names, GOOD);

    let mut most = 0;
    until("the rollout completes", LIMIT, || {
        let now = service(&endpoint, &names.cluster, &names.service);
        most = most.max(now["runningCount"].as_u64().unwrap_or(0));
        let primary = primary(&now)?;
        (primary["taskDefinition"] == revision.as_str()
            && primary["rolloutState"] == "COMPLETED"
            && now["runningCount"] == 2)
            .then_some(())
    });
    assert!(most > 2, "old and new ran side by side: {most}");
}

#[test]
fn ministack_rolls_back_what_crashes() {
    let ministack = Ministack::start(catalog::behaviour());
    let endpoint = ministack.endpoint();
    let names = catalog::seed_ministack(&ministack);
    let revision = deploy(&endpoint, &names, CRASHING);

    until("the circuit breaker gives up", LIMIT, || {
        let now = service(&endpoint, &names.cluster, &names.service);
        let failed = now["deployments"].as_array()?.iter().any(|deployment| {
            deployment["taskDefinition"] == revision.as_str()
                && deployment["rolloutState"] == "FAILED"
        });
        (failed && primary(&now)?["taskDefinition"] == names.revision.as_str()).then_some(())
    });
    let stopped = stopped_reasons(&endpoint, &names);
    assert!(
        stopped
            .iter()
            .any(|task| task["containers"][0]["exitCode"] == 1
                && task["stopCode"] == "EssentialContainerExited"),
        "{stopped:#?}"
    );
    let events = must(
        &endpoint,
        "logs",
        "FilterLogEvents",
        json!({"logGroupName": "/ecs/catalog-service"}),
    );
    assert!(
        events.to_string().contains("Unhandled exception"),
        "{events}"
    );
}

#[test]
fn ministack_tells_what_cannot_be_pulled() {
    let ministack = Ministack::start(catalog::behaviour());
    let endpoint = ministack.endpoint();
    let names = catalog::seed_ministack(&ministack);
    deploy(&endpoint, &names, UNPULLABLE);
    until("a task stops", LIMIT, || {
        stopped_reasons(&endpoint, &names)
            .iter()
            .any(|task| {
                let reason = task["stoppedReason"].as_str().unwrap_or_default();
                reason.starts_with("CannotPullContainerError")
            })
            .then_some(())
    });
}

#[test]
fn ministack_runs_a_task_to_its_exit_code() {
    let ministack = Ministack::start(catalog::behaviour());
    let endpoint = ministack.endpoint();
    let names = catalog::seed_ministack(&ministack);
    let exit_code = |fate: Option<Fate>| {
        let mut definition = catalog::migration_definition(&names.repository, &names.secret);
        if let Some(fate) = fate {
            definition["containerDefinitions"][0]["environment"] =
                json!([{"name": "FATE", "value": fate.text()}]);
        }
        let revision = catalog::register(&endpoint, &definition);
        let started = must(
            &endpoint,
            "ecs",
            "RunTask",
            json!({"cluster": names.cluster, "taskDefinition": revision}),
        );
        let task = started["tasks"][0]["taskArn"].clone();
        until("the task stops", LIMIT, || {
            let described = must(
                &endpoint,
                "ecs",
                "DescribeTasks",
                json!({"cluster": names.cluster, "tasks": [task]}),
            );
            let task = &described["tasks"][0];
            (task["lastStatus"] == "STOPPED").then(|| task["containers"][0]["exitCode"].clone())
        })
    };
    assert_eq!(exit_code(None), json!(0));
    assert_eq!(exit_code(Some(Fate::Exits(7, 0.2))), json!(7));
}

#[test]
fn the_health_endpoint_follows_the_service() {
    let ministack = Ministack::start(catalog::behaviour());
    let endpoint = ministack.endpoint();
    let names = catalog::seed_ministack(&ministack);
    let health = Health::live(endpoint.clone(), names.clone());
    let asked = || {
        let url = health.url();
        let (host, _path) = url
            .trim_start_matches("http://")
            .split_once('/')
            .expect("a path");
        let request = hyper::Request::get("/health")
            .body(http_body_util::Full::default())
            .expect("a valid request");
        let address = host.parse().expect("an address");
        let answer = RUNTIME
            .block_on(http::send(address, request, LIMIT))
            .expect("an answer");
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        (answer.status.as_u16(), body)
    };
    let body = |status: &str, version: &str| json!({"status": status, "version": version});
    assert_eq!(asked(), (200, body("Healthy", OLD)));
    deploy(&endpoint, &names, GOOD);
    until("the new version answers", LIMIT, || {
        (asked().1["version"] == GOOD).then_some(())
    });
    health.set(Mood::Unhealthy(GOOD.to_owned()));
    assert_eq!(asked(), (200, body("Unhealthy", GOOD)));
    health.set(Mood::Healthy("9".to_owned()));
    assert_eq!(asked(), (200, body("Healthy", "9")));
    health.set(Mood::Status(503));
    assert_eq!(asked(), (503, Value::Null));
}

#[test]
fn moto_holds_the_same_catalog() {
    let moto = Moto::start();
    let names = catalog::seed_moto(&moto);
    let endpoint = moto.endpoint();
    let now = service(&endpoint, &names.cluster, &names.service);
    assert_eq!(now["taskDefinition"], names.revision);
    let images = must(
        &endpoint,
        "ecr",
        "DescribeImages",
        json!({"repositoryName": names.repository, "imageIds": [{"imageTag": OLD}]}),
    );
    assert_eq!(
        images["imageDetails"][0]["imageDigest"],
        catalog::digest(OLD)
    );
    moto.reset();
    assert_eq!(
        call(
            &endpoint,
            "ecs",
            "DescribeServices",
            json!({"cluster": names.cluster, "services": [names.service]})
        )
        .expect_err("forgotten")
        .code,
        "ClusterNotFoundException"
    );
}

fn list(endpoint: &str) -> Result<Value, super::cloud::Refused> {
    call(endpoint, "ecs", "ListClusters", json!({}))
}

fn create(endpoint: &str, name: &str) -> Result<Value, super::cloud::Refused> {
    call(
        endpoint,
        "ecs",
        "CreateCluster",
        json!({"clusterName": name}),
    )
}

#[test]
fn the_proxy_records_and_disturbs() {
    let ministack = Ministack::start(catalog::behaviour());
    let proxy = Proxy::start(&ministack.endpoint());
    let at = proxy.endpoint();

    create(&at, "a").expect("forwarded");
    list(&at).expect("forwarded");
    let seen = proxy.requests();
    assert_eq!(seen[0].service, "ecs");
    assert_eq!(seen[0].operation, "CreateCluster");
    assert_eq!(seen[0].input, json!({"clusterName": "a"}));
    assert_eq!(seen[0].status, Some(200));
    assert_eq!(proxy.writes().len(), 1);

    proxy.disturb(Rule::some("ListClusters", 2, 1, Disturbance::Throttled));
    list(&at).expect("the first is let through");
    assert_eq!(
        list(&at).expect_err("the second").code,
        "ThrottlingException"
    );
    list(&at).expect("the third is let through");

    proxy.clear();
    proxy.disturb(Rule::some("CreateCluster", 1, 1, Disturbance::ResetBefore));
    proxy.disturb(Rule::some("CreateCluster", 2, 1, Disturbance::ResetAfter));
    proxy.disturb(Rule::some("ListClusters", 1, 1, Disturbance::Html(502)));
    for name in ["b", "c"] {
        assert_eq!(create(&at, name).expect_err("reset").code, "transport");
    }
    assert_eq!(list(&at).expect_err("HTML").code, "transport");
    assert_eq!(proxy.count("CreateCluster"), 2);
    assert_eq!(proxy.carried_out("CreateCluster"), 1);
    let there = list(&at).expect("calm").to_string();
    assert!(!there.contains("cluster/b"), "not carried out: {there}");
    assert!(there.contains("cluster/c"), "carried out: {there}");

    proxy.disturb(Rule::every(
        "ListClusters",
        Disturbance::Late(Duration::from_millis(300)),
    ));
    let before = Instant::now();
    list(&at).expect("late");
    assert!(before.elapsed() >= Duration::from_millis(300));
}

#[test]
fn the_proxy_holds_an_exchange_before_and_after_it_is_carried_out() {
    let ministack = Ministack::start(catalog::behaviour());
    let direct = ministack.endpoint();
    let proxy = Proxy::start(&direct);
    let at = proxy.endpoint();
    let there = |name: &str| {
        let listed = list(&direct).expect("the emulator itself").to_string();
        listed.contains(&format!("cluster/{name}"))
    };
    for (moment, name) in [(Moment::Before, "before"), (Moment::After, "after")] {
        let held = proxy.hold("CreateCluster", 1, moment);
        std::thread::scope(|scope| {
            let creating = scope.spawn(|| create(&at, name));
            let reached = held.reached(LIMIT).expect("the request arrives");
            assert_eq!(reached.input["clusterName"], name);
            assert_eq!(there(name), moment == Moment::After);
            assert!(!creating.is_finished());
            held.release();
            creating.join().expect("no panic").expect("released");
        });
        assert!(there(name));
    }
    for (moment, name) in [(Moment::Before, "lost"), (Moment::After, "unheard")] {
        let held = proxy.hold("CreateCluster", 1, moment);
        std::thread::scope(|scope| {
            let creating = scope.spawn(|| create(&at, name));
            assert!(held.reached(LIMIT).is_some());
            held.abandon();
            let broken = creating.join().expect("no panic");
            assert_eq!(broken.expect_err("reset").code, "transport");
        });
        assert_eq!(there(name), moment == Moment::After);
    }
}

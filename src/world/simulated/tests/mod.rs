//! The simulated world as its callers see it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::model::ecs::ids::ServiceKey;
use super::model::ecs::task::Status;
use super::model::{cloudwatch, elb};
use super::*;
use crate::vocabulary::Retry;

mod absent;
mod alarms;
mod appconfig;
pub(in crate::world) mod balancing;
mod cloudformation;
mod codedeploy;
mod coverage;
mod daemons;
mod deploying_members;
pub(in crate::world) mod express;
mod health;
mod hooks;
mod lambda;
mod laws;
mod metric_math;
mod metrics;
pub(in crate::world) mod outside;
mod refusals;
mod repeated;
mod rollout_end;
mod rooms;
mod route53;
mod scaling;
mod schedules;
pub(in crate::world) mod services;
pub(in crate::world) mod shifting;
mod shifting_ended;
mod sites;
pub(in crate::world) mod stores;

pub(in crate::world) const CLUSTER: &str = "realserv-prod";
pub(in crate::world) const SERVICE: &str = "catalog-service";
pub(in crate::world) const IMAGE: &str =
    "123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service:1.3.0";

pub(in crate::world) fn world(faults: &[&str]) -> Simulated {
    let faults: Vec<FaultSpec> = faults.iter().map(|f| f.parse().expect("a fault")).collect();
    Simulated::from_fixture(Fixture::builtin().expect("sound"), &faults, 7).expect("sound")
}

pub(in crate::world) fn ecs(world: &dyn World, operation: &str, input: Value) -> Value {
    aws(world, "ecs", operation, input).expect(operation)
}

pub(in crate::world) fn aws(
    world: &dyn World,
    service: &str,
    operation: &str,
    input: Value,
) -> Result<Value, Fault> {
    let answer = world.aws(&AwsCall::new(service, operation, input));
    answer.map(Arc::unwrap_or_clone)
}

/// Registers the live revision with the image of 1.3.0, and updates the service; its new deployment.
pub(in crate::world) fn deploy(world: &dyn World) -> String {
    let live = ecs(
        world,
        "DescribeTaskDefinition",
        json!({ "taskDefinition": "realserv-catalog-service:41" }),
    );
    let mut definition = live["taskDefinition"].clone();
    definition["containerDefinitions"][0]["image"] = json!(IMAGE);
    let registered = ecs(world, "RegisterTaskDefinition", definition);
    let arn = registered["taskDefinition"]["taskDefinitionArn"].clone();
    assert_eq!(registered["taskDefinition"]["revision"], 42);
    let input = json!({ "cluster": CLUSTER, "service": SERVICE, "taskDefinition": arn });
    let updated = ecs(world, "UpdateService", input);
    updated["service"]["deployments"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

pub(in crate::world) fn service(world: &dyn World) -> Value {
    let out = ecs(
        world,
        "DescribeServices",
        json!({ "cluster": CLUSTER, "services": [SERVICE] }),
    );
    out["services"][0].clone()
}

/// Gives the world a database, and forgets the requests so far.
pub(in crate::world) fn with_database(live: &Simulated, name: &str) {
    let database = super::model::rds::Instance {
        engine: "postgres".to_owned(),
        class: "db.t4g.medium".to_owned(),
        created: live.now(),
        ready: live.now(),
        snapshot_takes: Duration::from_secs(60),
        restore_takes: Duration::from_secs(60),
    };
    let mut state = live.state();
    state.cloud.rds.add_instance(name.to_owned(), database);
    state.log.requests.clear();
}

fn said(service: &Value, words: &str) -> bool {
    let events = service["events"].as_array().expect("events");
    events
        .iter()
        .any(|e| e["message"].as_str().is_some_and(|m| m.contains(words)))
}

/// Lets the world go on for `minutes`, looking at the service after every event.
fn watch(world: &Simulated, minutes: i64, mut look: impl FnMut(usize, usize)) {
    let mut state = world.state();
    let until = state.cloud.now() + jiff::SignedDuration::from_mins(minutes);
    let key = ServiceKey::new(CLUSTER, SERVICE);
    while state.cloud.step(until) {
        let cloud = &state.cloud;
        let service = cloud.ecs.service(&key).expect("a service");
        let tasks: Vec<_> = cloud.ecs.tasks_of(service).collect();
        let active = tasks.iter().filter(|t| t.status <= Status::Running).count();
        look(active, tasks.iter().filter(|t| t.healthy()).count());
    }
    state.cloud.pass(Duration::ZERO);
}

#[test]
fn a_good_version_rolls_out_within_its_limits() {
    for (max, min, most, least) in [(200, 100, 6, 3), (150, 50, 4, 2), (100, 34, 3, 2)] {
        let world = world(&[]);
        let limits = json!({ "maximumPercent": max, "minimumHealthyPercent": min });
        let input =
            json!({ "cluster": CLUSTER, "service": SERVICE, "deploymentConfiguration": limits });
        ecs(&world, "UpdateService", input);
        let id = deploy(&world);
        let mut highest = 0;
        watch(&world, 20, |active, healthy| {
            assert!(
                active <= most && healthy >= least,
                "{active} active, {healthy} healthy"
            );
            highest = highest.max(active);
        });
        assert_eq!(highest, most);
        let service = service(&world);
        let deployments = service["deployments"].as_array().expect("deployments");
        assert_eq!(deployments.len(), 1);
        assert_eq!(deployments[0]["id"], json!(id));
        assert_eq!(deployments[0]["rolloutState"], "COMPLETED");
        assert_eq!(deployments[0]["runningCount"], 3);
        assert!(said(
            &service,
            &format!("(deployment {id}) deployment completed.")
        ));
    }
}

#[test]
fn a_crash_loop_trips_the_breaker_and_rolls_back() {
    let world = world(&["crash-loop"]);
    let id = deploy(&world);
    watch(&world, 4, |_, healthy| assert!(healthy >= 3));
    let service = service(&world);
    let deployments = service["deployments"].as_array().expect("deployments");
    assert_eq!(deployments[0]["rolloutState"], "COMPLETED");
    assert!(
        service["taskDefinition"]
            .as_str()
            .is_some_and(|t| t.ends_with(":41"))
    );
    let failed = deployments
        .iter()
        .find(|d| d["id"] == json!(id))
        .expect("still listed");
    assert_eq!(failed["rolloutState"], "FAILED");
    assert_eq!(failed["failedTasks"], 3);
    assert!(said(&service, "deployment failed: tasks failed to start."));
    let listed = ecs(
        &world,
        "ListTasks",
        json!({ "cluster": CLUSTER, "serviceName": SERVICE, "desiredStatus": "STOPPED" }),
    );
    let stopped = ecs(
        &world,
        "DescribeTasks",
        json!({ "cluster": CLUSTER, "tasks": listed["taskArns"] }),
    );
    assert_eq!(stopped["tasks"][0]["stopCode"], "EssentialContainerExited");
    assert_eq!(stopped["tasks"][0]["containers"][0]["exitCode"], 1);
}

#[test]
fn an_unhealthy_version_and_an_unpullable_image_roll_back_too() {
    for (fault, reason) in [
        ("version-unhealthy", "Task failed ELB health checks"),
        ("image-unpullable", "CannotPullContainerError"),
        ("secret-empty", "ResourceInitializationError"),
    ] {
        let world = world(&[fault]);
        deploy(&world);
        world.sleep(Duration::from_secs(1200));
        assert!(
            said(&service(&world), "rolling back to deployment"),
            "{fault}"
        );
        let listed = ecs(
            &world,
            "ListTasks",
            json!({ "cluster": CLUSTER, "serviceName": SERVICE, "desiredStatus": "STOPPED" }),
        );
        let stopped = ecs(
            &world,
            "DescribeTasks",
            json!({ "cluster": CLUSTER, "tasks": listed["taskArns"] }),
        );
        let why = stopped["tasks"][0]["stoppedReason"]
            .as_str()
            .unwrap_or_default();
        assert!(why.starts_with(reason), "{fault}: {why}");
    }
}

pub(in crate::world) fn migrate(world: &dyn World) -> Value {
    let network = json!({ "awsvpcConfiguration": { "subnets": ["subnet-abc123"] } });
    let input = json!({
        "cluster": CLUSTER, "taskDefinition": "catalog-migration-task", "launchType": "FARGATE",
        "networkConfiguration": network, "clientToken": "once", "startedBy": "run",
    });
    let started = ecs(world, "RunTask", input.clone());
    assert_eq!(
        ecs(world, "RunTask", input)["tasks"][0]["taskArn"],
        started["tasks"][0]["taskArn"]
    );
    world.sleep(Duration::from_secs(120));
    let tasks = json!({ "cluster": CLUSTER, "tasks": [started["tasks"][0]["taskArn"]] });
    ecs(world, "DescribeTasks", tasks)["tasks"][0].clone()
}

#[test]
fn a_one_off_task_ends_with_its_exit_code_and_logs() {
    for (faults, code, last) in [
        (&[] as &[&str], 0, "Done."),
        (
            &["migration-fails:3"],
            3,
            "error: migration failed: relation already exists",
        ),
    ] {
        let world = world(faults);
        let task = migrate(&world);
        assert_eq!(task["lastStatus"], "STOPPED");
        assert_eq!(task["containers"][0]["exitCode"], code);
        let id = task["taskArn"]
            .as_str()
            .and_then(|a| a.rsplit('/').next())
            .expect("an id");
        let stream = format!("migration/catalog-migration/{id}");
        let input = json!({ "logGroupName": "/realserv/catalog-migration", "logStreamName": stream, "startFromHead": true });
        let logged = aws(&world, "logs", "GetLogEvents", input).expect("logs");
        let lines = logged["events"].as_array().expect("events");
        assert_eq!(lines.last().expect("a line")["message"], last);
    }
}

fn transcript(seed: u64) -> String {
    let faults = ["throttling".parse().expect("a fault")];
    let world =
        Simulated::from_fixture(Fixture::builtin().expect("sound"), &faults, seed).expect("sound");
    let mut out = String::new();
    for _ in 0..40 {
        world.sleep(Duration::from_secs(10));
        let input = json!({ "cluster": CLUSTER, "service": SERVICE, "forceNewDeployment": true });
        out += &format!("{:?}", aws(&world, "ecs", "UpdateService", input));
    }
    out
}

#[test]
fn the_same_seed_gives_the_same_world() {
    assert_eq!(transcript(1), transcript(1));
    assert_ne!(transcript(1), transcript(2));
    assert!(transcript(1).contains("ThrottlingException"));
}

#[test]
fn errors_have_the_codes_of_aws() {
    let world = world(&["image-missing"]);
    for (service, operation, input, code) in [
        (
            "ecs",
            "DescribeServices",
            json!({ "cluster": "no", "services": ["x"] }),
            "ClusterNotFoundException",
        ),
        (
            "ecs",
            "UpdateService",
            json!({ "cluster": CLUSTER, "service": "x" }),
            "ServiceNotFoundException",
        ),
        (
            "ecs",
            "DescribeTaskDefinition",
            json!({ "taskDefinition": "x" }),
            "ClientException",
        ),
        (
            "ecs",
            "DeleteCluster",
            json!({ "cluster": CLUSTER }),
            "not_simulated",
        ),
        (
            "ecr",
            "DescribeImages",
            json!({ "repositoryName": "x" }),
            "RepositoryNotFoundException",
        ),
        (
            "ecr",
            "DescribeImages",
            json!({ "repositoryName": "realserv/catalog-service", "imageIds": [{ "imageTag": "1.3.0" }] }),
            "ImageNotFoundException",
        ),
        (
            "secretsmanager",
            "GetSecretValue",
            json!({ "SecretId": "x" }),
            "ResourceNotFoundException",
        ),
    ] {
        let fault = aws(&world, service, operation, input).expect_err(operation);
        assert_eq!(fault.code, code);
    }
    let missing = ecs(
        &world,
        "DescribeServices",
        json!({ "cluster": CLUSTER, "services": ["x"] }),
    );
    assert_eq!(missing["failures"][0]["reason"], "MISSING");
}

#[test]
fn half_of_the_server_errors_were_carried_out() {
    let world = world(&["server-errors:100"]);
    for _ in 0..60 {
        let input = json!({ "cluster": CLUSTER, "service": SERVICE, "forceNewDeployment": true });
        if let Err(fault) = aws(&world, "ecs", "UpdateService", input) {
            assert_eq!(fault.retry, Retry::InDoubt);
        }
    }
    let failed: Vec<Request> = world
        .requests()
        .into_iter()
        .filter(|r| r.fault.is_some())
        .collect();
    let done = failed.iter().filter(|r| r.carried_out).count();
    assert_eq!(failed.len(), 40, "two of three");
    assert!((10..=30).contains(&done), "{done} of 40");
}

#[test]
fn a_change_of_settings_alone_makes_no_deployment() {
    let world = world(&[]);
    let before = service(&world)["deployments"][0]["id"].clone();
    let input = json!({ "cluster": CLUSTER, "service": SERVICE, "desiredCount": 5 });
    ecs(&world, "UpdateService", input);
    world.sleep(Duration::from_secs(300));
    let after = service(&world);
    assert_eq!(after["deployments"][0]["id"], before);
    assert_eq!(after["runningCount"], 5);
    let input = json!({ "cluster": CLUSTER, "service": SERVICE, "forceNewDeployment": true });
    assert_ne!(
        ecs(&world, "UpdateService", input)["service"]["deployments"][0]["id"],
        before
    );
}

//! When a task counts as healthy, and what that does to a deployment.

use super::*;

const GROUP: &str =
    "arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/g/6d0ecf831eec9f09";
pub(super) const IMAGE: &str = "public.ecr.aws/shop/app:1";

/// A service of one task of `app:1`, behind the target group where it is `balanced`, with these members more.
pub(super) fn shop(balanced: bool, more: Value, faults: &[&str]) -> Simulated {
    let fixture = format!(
        r#"
account = "123456789012"
region = "ap-south-1"
clusters = ["c"]
[[secrets]]
name = "db"
keys = ["user"]
[[target_groups]]
arn = "{GROUP}"
interval = "20s"
healthy_threshold = 5
unhealthy_threshold = 3
deregistration_delay = "5s"
[[task_definitions]]
family = "app"
revision = 1
networkMode = "awsvpc"
requiresCompatibilities = ["FARGATE"]
cpu = "256"
memory = "512"
containerDefinitions = [{{ name = "app", image = "{IMAGE}", portMappings = [{{ containerPort = 80 }}] }}]
[[task_definitions]]
family = "crash"
revision = 1
networkMode = "awsvpc"
requiresCompatibilities = ["FARGATE"]
cpu = "256"
memory = "512"
run_seconds = 20
exit_code = 1
containerDefinitions = [{{ name = "app", image = "{IMAGE}" }}]
[[services]]
cluster = "c"
serviceName = "s"
taskDefinition = "app:1"
desiredCount = 1
launchType = "FARGATE"
networkConfiguration = {{ awsvpcConfiguration = {{ subnets = ["subnet-1"] }} }}
deploymentConfiguration = {{ maximumPercent = 200, minimumHealthyPercent = 100, deploymentCircuitBreaker = {{ enable = true, rollback = true }} }}
"#
    );
    let mut fixture = Fixture::parse(&fixture, "cloud.toml").expect("a fixture");
    let raw = &mut fixture.services[0].raw;
    if balanced {
        let balancer =
            json!({ "targetGroupArn": GROUP, "containerName": "app", "containerPort": 80 });
        raw.insert("loadBalancers".to_owned(), json!([balancer]));
    }
    for (name, value) in more.as_object().into_iter().flatten() {
        raw.insert(name.clone(), value.clone());
    }
    let faults: Vec<FaultSpec> = faults.iter().map(|f| f.parse().expect("a fault")).collect();
    Simulated::from_fixture(fixture, &faults, 7).expect("a cloud")
}

/// Registers a revision of `app` with these containers, and deploys it.
pub(super) fn bring(world: &dyn World, containers: Value) {
    let input = json!({
        "family": "app", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256",
        "memory": "512", "executionRoleArn": "arn:aws:iam::123456789012:role/x", "containerDefinitions": containers,
    });
    let arn = ecs(world, "RegisterTaskDefinition", input)["taskDefinition"]["taskDefinitionArn"]
        .as_str()
        .expect("an ARN")
        .to_owned();
    update(world, json!({ "taskDefinition": arn }));
}

pub(super) fn update(world: &dyn World, mut input: Value) {
    input["cluster"] = json!("c");
    input["service"] = json!("s");
    ecs(world, "UpdateService", input);
}

pub(super) fn described(world: &dyn World) -> Value {
    let input = json!({ "cluster": "c", "services": ["s"] });
    ecs(world, "DescribeServices", input)["services"][0].clone()
}

/// The tasks of the service's newest deployment: those that are wanted, or those that have stopped.
pub(super) fn tasks(world: &dyn World, desired: &str) -> Vec<Value> {
    let primary = described(world)["deployments"][0]["id"].clone();
    let input = json!({ "cluster": "c", "serviceName": "s", "desiredStatus": desired });
    let listed = ecs(world, "ListTasks", input)["taskArns"].clone();
    if listed.as_array().is_none_or(Vec::is_empty) {
        return Vec::new();
    }
    let input = json!({ "cluster": "c", "tasks": listed });
    let all = ecs(world, "DescribeTasks", input)["tasks"].clone();
    let mut all = all.as_array().cloned().unwrap_or_default();
    all.retain(|t| t["startedBy"] == primary);
    all
}

fn seconds(from: &Value, to: &Value) -> i64 {
    let at =
        |v: &Value| -> jiff::Timestamp { v.as_str().expect("a time").parse().expect("a time") };
    at(to).duration_since(at(from)).as_secs()
}

/// Lets the world go on until the deployment has completed; how long its task has been RUNNING by then.
fn completed_after(world: &Simulated) -> i64 {
    for _ in 0..1_200 {
        world.sleep(Duration::from_secs(1));
        let service = described(world);
        assert_eq!(service["deployments"][0]["failedTasks"], 0);
        let events = service["events"].as_array().expect("events");
        let stops = |e: &&Value| {
            let said = e["message"].as_str();
            said.is_some_and(|m| m.contains("has stopped 1 running tasks"))
        };
        // The old task goes as soon as the new one counts.
        if let Some(stopped) = events.iter().find(stops) {
            let task = &tasks(world, "RUNNING")[0];
            return seconds(&task["startedAt"], &stopped["createdAt"]);
        }
    }
    panic!("it never completes: {}", described(world));
}

pub(super) fn app(check: Value) -> Value {
    json!({ "name": "app", "image": IMAGE, "essential": true, "portMappings": [{ "containerPort": 80 }], "healthCheck": check })
}

fn check(interval: u32) -> Value {
    json!({ "command": ["CMD-SHELL", "x"], "interval": interval, "retries": 2, "timeout": 2 })
}

/// ECS API Reference, DeploymentConfiguration: `minimumHealthyPercent`; Elastic Load Balancing, "Health checks for
/// Application Load Balancer target groups".
#[test]
fn a_task_counts_once_its_checks_have_passed() {
    for (balanced, containers, least, most) in [
        // Nothing checks: 40 seconds.
        (false, json!([app(Value::Null)]), 40, 41),
        // Its container's first check.
        (false, json!([app(check(10))]), 10, 11),
        (
            false,
            json!([app(check(10)), { "name": "proxy", "image": IMAGE, "essential": true, "healthCheck": check(25) }]),
            25,
            26,
        ),
        // What is not essential does not count.
        (
            false,
            json!([app(check(10)), { "name": "proxy", "image": IMAGE, "essential": false, "healthCheck": check(25) }]),
            10,
            11,
        ),
        // The load balancer's first check, however many its threshold asks for.
        (true, json!([app(Value::Null)]), 20, 21),
        (true, json!([app(check(60))]), 60, 61),
    ] {
        let world = shop(balanced, json!({}), &[]);
        bring(&world, containers.clone());
        let after = completed_after(&world);
        assert!(
            (least..=most).contains(&after),
            "{after} s, balanced: {balanced}, {containers}"
        );
    }
}

/// ECS API Reference, DeploymentConfiguration: `minimumHealthyPercent`; Deployment: `failedTasks`.
#[test]
fn a_task_that_exits_before_it_counts_never_counts() {
    let world = shop(false, json!({}), &[]);
    update(&world, json!({ "taskDefinition": "crash:1" }));
    for _ in 0..240 {
        world.sleep(Duration::from_secs(1));
        let service = described(&world);
        let old = service["deployments"].as_array().expect("deployments");
        let old = old.iter().find(|d| {
            d["taskDefinition"]
                .as_str()
                .is_some_and(|t| t.ends_with("app:1"))
        });
        assert_eq!(
            old.expect("the old one")["runningCount"],
            1,
            "it runs on: {service}"
        );
    }
    let service = described(&world);
    assert!(said(&service, "deployment failed: tasks failed to start."));
    assert!(said(&service, "rolling back to deployment"));
}

/// ECS API Reference, CreateService: `healthCheckGracePeriodSeconds`.
#[test]
fn failed_checks_are_ignored_in_the_grace_period() {
    for (balanced, containers, grace, least, reason) in [
        (
            true,
            json!([app(check(10))]),
            300,
            300,
            "Task failed container health checks",
        ),
        (
            true,
            json!([app(Value::Null)]),
            300,
            300,
            "Task failed ELB health checks",
        ),
        (
            true,
            json!([app(Value::Null)]),
            0,
            60,
            "Task failed ELB health checks",
        ),
        (
            false,
            json!([app(check(10))]),
            200,
            200,
            "Task failed container health checks",
        ),
        (
            false,
            json!([app(check(10))]),
            0,
            20,
            "Task failed container health checks",
        ),
    ] {
        let more = json!({ "healthCheckGracePeriodSeconds": grace });
        let world = shop(balanced, more, &["version-unhealthy"]);
        bring(&world, containers);
        let mut unhealthy = false;
        let stopped = loop {
            world.sleep(Duration::from_secs(5));
            let running = tasks(&world, "RUNNING");
            unhealthy |= running.iter().any(|t| t["healthStatus"] == "UNHEALTHY");
            if let Some(task) = tasks(&world, "STOPPED").into_iter().next() {
                break task;
            }
            assert!(world.state().log.requests.len() < 2_000, "none is stopped");
        };
        let ran = seconds(&stopped["startedAt"], &stopped["stoppingAt"]);
        assert!(
            (least..least + 3).contains(&ran),
            "{ran} s with {grace} s of grace"
        );
        let why = stopped["stoppedReason"].as_str().expect("a reason");
        // A check that fails shows, whether or not anything is done about it.
        let expected = match reason.contains("container") && grace > 0 {
            true => unhealthy,
            false => true,
        };
        assert!(expected, "{reason}");
        assert!(
            why.starts_with("Task failed"),
            "{why}, expected was {reason}"
        );
    }
}

/// ECS API Reference, ContainerDependency: `condition`.
#[test]
fn containers_start_in_the_order_of_their_dependencies() {
    let depends = |condition: &str| json!([{ "containerName": "first", "condition": condition }]);
    let start = |first: Value, condition: &str| {
        let mut second = app(Value::Null);
        second["dependsOn"] = depends(condition);
        let world = shop(false, json!({}), &[]);
        bring(&world, json!([second, first]));
        world.sleep(Duration::from_secs(300));
        let task = tasks(&world, "RUNNING")[0].clone();
        let waited = seconds(&task["pullStoppedAt"], &task["startedAt"]);
        (waited, task)
    };
    let first = json!({ "name": "first", "image": IMAGE, "essential": false });
    let (at_once, _) = start(first.clone(), "START");
    assert!(at_once <= 3, "{at_once}");
    let (waited, task) = start(first.clone(), "SUCCESS");
    assert!((5..=8).contains(&waited), "{waited}");
    let exited = task["containers"].as_array().expect("containers");
    let exited = exited.iter().find(|c| c["name"] == "first").expect("it");
    assert_eq!(
        (&exited["exitCode"], &exited["lastStatus"]),
        (&json!(0), &json!("STOPPED"))
    );
    let mut checked = first;
    checked["healthCheck"] = check(30);
    let (waited, _) = start(checked.clone(), "HEALTHY");
    assert!((30..=33).contains(&waited), "{waited}");

    // One that does not become healthy lets nothing start that waits for it.
    checked["essential"] = json!(true);
    let mut second = app(Value::Null);
    second["dependsOn"] = depends("HEALTHY");
    let world = shop(false, json!({}), &["version-unhealthy"]);
    bring(&world, json!([second, checked]));
    world.sleep(Duration::from_secs(120));
    let stopped = tasks(&world, "STOPPED");
    assert_eq!(stopped[0]["stopCode"], "TaskFailedToStart");
    assert_eq!(stopped[0]["startedAt"], Value::Null);
}

/// ECS Developer Guide, "Resource initialization error"; ECS API Reference, Secret: `valueFrom`.
#[test]
fn a_key_that_a_secret_does_not_have_fails_the_start() {
    for (key, starts) in [("user", true), ("password", false)] {
        let world = shop(false, json!({}), &[]);
        let mut container = app(Value::Null);
        let listed = aws(&world, "secretsmanager", "ListSecrets", json!({})).expect("secrets");
        let arn = listed["SecretList"][0]["ARN"].as_str().expect("an ARN");
        container["secrets"] = json!([{ "name": "S", "valueFrom": format!("{arn}:{key}::") }]);
        bring(&world, json!([container]));
        world.sleep(Duration::from_secs(40));
        let stopped = tasks(&world, "STOPPED");
        assert_eq!(stopped.is_empty(), starts, "{key}: {stopped:?}");
        for task in stopped {
            let why = task["stoppedReason"].as_str().expect("a reason");
            assert!(
                why.starts_with("ResourceInitializationError") && why.contains("json key password"),
                "{why}"
            );
        }
    }
}

//! Daemons of ECS Managed Instances.

use super::balancing::world_with;
use super::*;

const DAEMON: &str = "arn:aws:ecs:ap-south-1:123456789012:daemon/realserv-prod/log-agent";
const PROVIDER: &str = "arn:aws:ecs:ap-south-1:123456789012:capacity-provider/agents";
const IMAGE_NEXT: &str = "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.1.0";

const ALARM: &str = r#"
[[alarms]]
AlarmName = "agents-lose-logs"
Namespace = "Agents"
MetricName = "Lost"
Statistic = "Sum"
Period = 60
EvaluationPeriods = 1
Threshold = 5.0
ComparisonOperator = "GreaterThanThreshold"
StateValue = "OK"
"#;

fn register(world: &Simulated, image: &str) -> Value {
    let input = json!({ "family": "log-agent", "containerDefinitions": [{ "name": "agent", "image": image }] });
    ecs(world, "RegisterDaemonTaskDefinition", input)["daemonTaskDefinitionArn"].clone()
}

fn update(world: &Simulated, definition: &Value, configuration: Value) -> String {
    let input = json!({
        "daemonArn": DAEMON, "daemonTaskDefinitionArn": definition, "capacityProviderArns": [PROVIDER],
        "deploymentConfiguration": configuration,
    });
    let out = ecs(world, "UpdateDaemon", input);
    out["deploymentArn"].as_str().expect("an ARN").to_owned()
}

fn deployment(world: &Simulated, arn: &str) -> Value {
    let input = json!({ "daemonDeploymentArns": [arn] });
    ecs(world, "DescribeDaemonDeployments", input)["daemonDeployments"][0].clone()
}

/// The task definitions that run, with the number of instances.
fn running(world: &Simulated) -> Vec<(String, u64)> {
    let daemon = ecs(world, "DescribeDaemon", json!({ "daemonArn": DAEMON }))["daemon"].clone();
    let all = daemon["currentRevisions"]
        .as_array()
        .expect("a list")
        .clone();
    let mut found: Vec<(String, u64)> = all
        .iter()
        .map(|one| {
            let input = json!({ "daemonRevisionArns": [one["arn"]] });
            let revision =
                ecs(world, "DescribeDaemonRevisions", input)["daemonRevisions"][0].clone();
            let arn = revision["daemonTaskDefinitionArn"]
                .as_str()
                .expect("an ARN");
            let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
            (name, one["totalRunningCount"].as_u64().expect("a count"))
        })
        .collect();
    found.sort();
    found
}

fn is(all: &[(&str, u64)]) -> Vec<(String, u64)> {
    all.iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}

fn pass(world: &Simulated, minutes: u64) {
    world.sleep(Duration::from_secs(minutes * 60));
}

/// ECS Developer Guide, "Daemon deployments", How daemon deployments work: batches of `drainPercent`, until all instances
/// run the new revision; then `bakeTimeInMinutes`.
#[test]
fn a_revision_reaches_the_instances_batch_by_batch() {
    let world = world_with("", &[]);
    assert_eq!(running(&world), is(&[("log-agent:1", 6)]));
    let definition = register(&world, IMAGE_NEXT);
    let arn = update(
        &world,
        &definition,
        json!({ "drainPercent": 50.0, "bakeTimeInMinutes": 10 }),
    );
    assert_eq!(deployment(&world, &arn)["status"], "PENDING");
    pass(&world, 1);
    let found = deployment(&world, &arn);
    assert_eq!(found["status"], "IN_PROGRESS");
    assert_eq!(
        found["sourceDaemonRevisions"][0]["totalDrainingInstanceCount"],
        3
    );
    assert_eq!(running(&world), is(&[("log-agent:1", 3)]));
    pass(&world, 2);
    assert_eq!(
        deployment(&world, &arn)["targetDaemonRevision"]["totalRunningInstanceCount"],
        3
    );
    pass(&world, 4);
    assert_eq!(running(&world), is(&[("log-agent:2", 6)]));
    assert_eq!(
        deployment(&world, &arn)["status"],
        "IN_PROGRESS",
        "it bakes"
    );
    pass(&world, 10);
    let found = deployment(&world, &arn);
    assert_eq!(found["status"], "SUCCESSFUL");
    assert_eq!(found["circuitBreaker"]["status"], "MONITORING_COMPLETE");
}

/// ECS Developer Guide, "Daemon deployments": the circuit breaker goes back to the revision before.
#[test]
fn tasks_that_do_not_start_bring_the_revision_before_back() {
    for fault in ["version-unhealthy", "crash-loop:1"] {
        let world = world_with("", &[fault]);
        let definition = register(&world, IMAGE_NEXT);
        let arn = update(&world, &definition, json!({}));
        let mut failures = 0;
        for _ in 0..240 {
            world.sleep(Duration::from_secs(1));
            let breaker = &deployment(&world, &arn)["circuitBreaker"];
            failures = failures.max(breaker["failureCount"].as_u64().expect("a count"));
        }
        let found = deployment(&world, &arn);
        assert_eq!(found["status"], "ROLLBACK_IN_PROGRESS", "{fault}");
        // The failure that reaches the threshold ends it, and the rollback counts anew.
        assert_eq!(found["circuitBreaker"]["threshold"], failures + 1);
        assert_eq!(found["circuitBreaker"]["status"], "TRIGGERED");
        pass(&world, 10);
        let found = deployment(&world, &arn);
        assert_eq!(found["status"], "ROLLBACK_SUCCESSFUL", "{fault}");
        let reason = found["rollback"]["reason"].as_str().expect("a reason");
        assert!(reason.contains("circuit breaker"), "{reason}");
        assert_eq!(running(&world), is(&[("log-agent:1", 6)]));
    }
}

/// ECS Developer Guide, "Daemon deployments", Deployment configuration parameters: an alarm goes back, unless it was in
/// ALARM when the deployment began.
#[test]
fn an_alarm_brings_the_revision_before_back() {
    let configuration = json!({
        "drainPercent": 100.0, "bakeTimeInMinutes": 30, "alarms": { "enable": true, "alarmNames": ["agents-lose-logs"] },
    });
    let world = world_with(ALARM, &["alarm-fires:agents-lose-logs@10m"]);
    let definition = register(&world, IMAGE_NEXT);
    let arn = update(&world, &definition, configuration.clone());
    pass(&world, 60);
    let found = deployment(&world, &arn);
    assert_eq!(found["status"], "ROLLBACK_SUCCESSFUL", "{found:#}");
    assert_eq!(
        found["alarms"]["triggeredAlarmNames"][0],
        "agents-lose-logs"
    );

    let world = world_with(ALARM, &[]);
    let lost =
        json!({ "Namespace": "Agents", "MetricData": [{ "MetricName": "Lost", "Value": 9.0 }] });
    aws(&world, "cloudwatch", "PutMetricData", lost).expect("metric data");
    pass(&world, 2);
    let definition = register(&world, IMAGE_NEXT);
    let arn = update(&world, &definition, configuration);
    assert_eq!(deployment(&world, &arn)["alarms"]["status"], "DISABLED");
    pass(&world, 60);
    assert_eq!(deployment(&world, &arn)["status"], "SUCCESSFUL");
}

/// ECS API Reference, DaemonDeployment, `status`: STOPPED by a new deployment, or by a failure that nothing precedes.
#[test]
fn a_deployment_is_replaced_or_stops_where_there_is_no_way_back() {
    let world = world_with("", &[]);
    let first = update(&world, &register(&world, IMAGE_NEXT), json!({}));
    pass(&world, 1);
    let second = update(
        &world,
        &json!("log-agent:1"),
        json!({ "drainPercent": 100.0 }),
    );
    assert_eq!(deployment(&world, &first)["status"], "STOPPED");
    pass(&world, 10);
    assert_eq!(deployment(&world, &second)["status"], "SUCCESSFUL");
    assert_eq!(running(&world), is(&[("log-agent:1", 6)]));

    let world = world_with("", &["version-unhealthy"]);
    let input = json!({
        "daemonName": "tracer", "clusterArn": CLUSTER, "daemonTaskDefinitionArn": register(&world, IMAGE_NEXT),
        "capacityProviderArns": [PROVIDER],
    });
    let made = ecs(&world, "CreateDaemon", input);
    pass(&world, 10);
    let arn = made["deploymentArn"].as_str().expect("an ARN");
    assert_eq!(deployment(&world, arn)["status"], "STOPPED");
}

/// ECS API Reference, CreateDaemon, UpdateDaemon, DeleteDaemon: errors and constraints.
#[test]
fn bad_input_is_refused_and_a_deleted_daemon_goes() {
    let world = world_with("", &[]);
    let good = json!({
        "daemonName": "tracer", "clusterArn": CLUSTER, "daemonTaskDefinitionArn": "log-agent:1", "capacityProviderArns": [PROVIDER],
    });
    for (member, value, code) in [
        ("clusterArn", json!("elsewhere"), "ClusterNotFoundException"),
        ("daemonName", json!("a b"), "InvalidParameterException"),
        (
            "daemonName",
            json!("log-agent"),
            "InvalidParameterException",
        ),
        (
            "daemonTaskDefinitionArn",
            json!("log-agent:9"),
            "ClientException",
        ),
        (
            "capacityProviderArns",
            json!([]),
            "InvalidParameterException",
        ),
        (
            "capacityProviderArns",
            json!([format!("{PROVIDER}/FARGATE")]),
            "UnsupportedFeatureException",
        ),
        (
            "capacityProviderArns",
            json!([format!("{PROVIDER}-2")]),
            "ClientException",
        ),
        (
            "deploymentConfiguration",
            json!({ "drainPercent": 0.5 }),
            "InvalidParameterException",
        ),
        (
            "deploymentConfiguration",
            json!({ "bakeTimeInMinutes": 1441 }),
            "InvalidParameterException",
        ),
    ] {
        let mut input = good.clone();
        input[member] = value.clone();
        let refused = aws(&world, "ecs", "CreateDaemon", input).expect_err(member);
        assert_eq!(refused.code, code, "{member} {value}");
    }
    let gone = ecs(&world, "DeleteDaemon", json!({ "daemonArn": DAEMON }));
    assert_eq!(gone["status"], "DELETE_IN_PROGRESS");
    let code = |operation: &str, input: Value| {
        aws(&world, "ecs", operation, input)
            .expect_err(operation)
            .code
    };
    let again = json!({ "daemonArn": DAEMON, "daemonTaskDefinitionArn": "log-agent:1", "capacityProviderArns": [PROVIDER] });
    assert_eq!(code("UpdateDaemon", again), "DaemonNotActiveException");
    pass(&world, 5);
    assert_eq!(
        code("DescribeDaemon", json!({ "daemonArn": DAEMON })),
        "DaemonNotFoundException"
    );
    let listed = ecs(&world, "ListDaemons", json!({ "clusterArn": CLUSTER }));
    assert_eq!(listed["daemonSummariesList"], json!([]));

    ecs(
        &world,
        "DeleteDaemonTaskDefinition",
        json!({ "daemonTaskDefinition": "log-agent:1" }),
    );
    assert_eq!(
        code(
            "DeleteDaemonTaskDefinition",
            json!({ "daemonTaskDefinition": "log-agent:1" })
        ),
        "ClientException"
    );
    let listed = ecs(
        &world,
        "ListDaemonTaskDefinitions",
        json!({ "status": "ALL" }),
    );
    assert_eq!(listed["daemonTaskDefinitions"][0]["status"], "DELETED");
}

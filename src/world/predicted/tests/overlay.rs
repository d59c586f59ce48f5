//! What a plan changes beside ECS: shown as changed, over what is live.

use super::*;
use crate::vocabulary::unknown_within;
use crate::world::simulated::tests::with_database;

const REPOSITORY: &str = "realserv/catalog-service";
const BALANCER: &str = "arn:aws:elasticloadbalancing:ap-south-1:123456789012:loadbalancer/app/realserv-alb/50dc6c495c0c9188";
const GROUP: &str =
    "arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/catalog-tg/6d0ecf831eec9f09";

/// A live world, and a plan's over it.
struct Planned {
    live: Simulated,
    plan: PlanWorld,
}

impl Planned {
    fn new() -> Planned {
        let live = world(&[]);
        for (service, operation, input) in [
            ("sqs", "CreateQueue", json!({ "QueueName": "jobs" })),
            ("sns", "CreateTopic", json!({ "Name": "deployments" })),
            (
                "logs",
                "CreateLogGroup",
                json!({ "logGroupName": "/team/api" }),
            ),
            ("cloudwatch", "PutMetricAlarm", alarm("live", 80)),
        ] {
            aws(&live, service, operation, input).expect(operation);
        }
        with_database(&live, "orders");
        let plan = over(&live);
        Planned { live, plan }
    }

    fn call(&self, service: &str, operation: &str, input: Value) -> Value {
        let answer = aws(&self.plan, service, operation, input);
        answer.unwrap_or_else(|fault| panic!("{operation}: {fault}"))
    }

    fn fault(&self, service: &str, operation: &str, input: Value) -> String {
        let answer = aws(&self.plan, service, operation, input);
        answer.expect_err(operation).code
    }

    /// Nothing was written, and no more was read.
    fn looked(&self, most: usize) {
        assert!(self.live.writes().is_empty(), "{:#?}", self.live.writes());
        let reads = self.live.requests();
        assert!(reads.len() <= most, "{} reads: {reads:#?}", reads.len());
    }
}

fn alarm(name: &str, threshold: u32) -> Value {
    json!({
        "AlarmName": name, "Namespace": "AWS/ApplicationELB", "MetricName": "HTTPCode_Target_5XX_Count",
        "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": threshold,
        "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "missing",
    })
}

fn names(items: &Value, member: &str) -> Vec<String> {
    let items = items.as_array().into_iter().flatten();
    items
        .map(|item| item[member].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_service_behind_a_load_balancer_comes_from_nothing() {
    let world = Planned::new();
    let call = |operation: &str, input| world.call("elbv2", operation, input);
    let listeners = call("DescribeListeners", json!({ "LoadBalancerArn": BALANCER }));
    let listener = listeners["Listeners"][0]["ListenerArn"].clone();
    let group = json!({
        "Name": "orders", "Port": 8080, "Protocol": "HTTP", "TargetType": "ip", "VpcId": "vpc-1",
        "HealthCheckPath": "/health",
    });
    let group = call("CreateTargetGroup", group)["TargetGroups"][0]["TargetGroupArn"].clone();
    let forward = json!([{ "Type": "forward", "TargetGroupArn": group }]);
    let conditions = json!([{ "Field": "path-pattern", "Values": ["/orders/*"] }]);
    let rule = |priority: u32| {
        json!({
            "ListenerArn": listener, "Priority": priority, "Conditions": conditions, "Actions": forward,
        })
    };
    assert_eq!(
        world.fault("elbv2", "CreateRule", rule(10)),
        "PriorityInUse"
    );
    let rule = call("CreateRule", rule(20))["Rules"][0]["RuleArn"].clone();
    let rules = call("DescribeRules", json!({ "ListenerArn": listener }))["Rules"].clone();
    assert_eq!(rules.as_array().map(Vec::len), Some(3), "{rules}");
    let groups = call(
        "DescribeTargetGroups",
        json!({ "Names": ["orders", "catalog-tg"] }),
    );
    let mut found = names(&groups["TargetGroups"], "TargetGroupName");
    found.sort();
    assert_eq!(found, ["catalog-tg", "orders"]);
    // Its targets are the planned service's tasks.
    let family = json!({
        "family": "orders", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [{ "name": "orders", "image": "orders:1", "portMappings": [{ "containerPort": 8080 }] }],
    });
    world.call("ecs", "RegisterTaskDefinition", family);
    let service = json!({
        "cluster": CLUSTER, "serviceName": "orders", "taskDefinition": "orders", "desiredCount": 2,
        "launchType": "FARGATE",
        "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["subnet-1"] } },
        "loadBalancers": [{ "targetGroupArn": group, "containerName": "orders", "containerPort": 8080 }],
    });
    world.call("ecs", "CreateService", service);
    world.plan.sleep(Duration::from_secs(600));
    let health = call("DescribeTargetHealth", json!({ "TargetGroupArn": group }));
    let targets = health["TargetHealthDescriptions"]
        .as_array()
        .expect("targets");
    assert_eq!(targets.len(), 2);
    assert!(
        targets
            .iter()
            .all(|t| t["TargetHealth"]["State"] == "healthy"),
        "{health}"
    );
    let resource = json!({
        "ServiceNamespace": "ecs", "ResourceId": format!("service/{CLUSTER}/orders"),
        "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 2, "MaxCapacity": 6,
    });
    world.call(
        "application-autoscaling",
        "RegisterScalableTarget",
        resource,
    );
    world.call("cloudwatch", "PutMetricAlarm", alarm("orders-5xx", 10));
    // And goes again.
    call("DeleteRule", json!({ "RuleArn": rule }));
    call("DeleteTargetGroup", json!({ "TargetGroupArn": group }));
    let gone = json!({ "TargetGroupArns": [group] });
    assert_eq!(
        world.fault("elbv2", "DescribeTargetGroups", gone),
        "TargetGroupNotFound"
    );
    let rules = call("DescribeRules", json!({ "ListenerArn": listener }))["Rules"].clone();
    assert_eq!(rules.as_array().map(Vec::len), Some(2), "{rules}");
    world.looked(15);
}

#[test]
fn what_changes_is_shown_over_what_is_live() {
    let world = Planned::new();
    let before = world.call(
        "elbv2",
        "DescribeTargetGroups",
        json!({ "TargetGroupArns": [GROUP] }),
    );
    world.call(
        "elbv2",
        "ModifyTargetGroup",
        json!({ "TargetGroupArn": GROUP, "HealthCheckPath": "/ready" }),
    );
    let after = world.call(
        "elbv2",
        "DescribeTargetGroups",
        json!({ "Names": ["catalog-tg"] }),
    );
    let mut expected = before["TargetGroups"][0].clone();
    expected["HealthCheckPath"] = json!("/ready");
    assert_eq!(after["TargetGroups"][0], expected);

    world.call("cloudwatch", "PutMetricAlarm", alarm("live", 5));
    world.call("cloudwatch", "PutMetricAlarm", alarm("new", 5));
    world.plan.sleep(Duration::from_secs(120));
    let alarms = world.call("cloudwatch", "DescribeAlarms", json!({}))["MetricAlarms"].clone();
    let thresholds: Vec<_> = ["live", "new"]
        .iter()
        .filter_map(|name| alarms.as_array()?.iter().find(|a| a["AlarmName"] == *name))
        .map(|a| (a["Threshold"].clone(), a["StateValue"].clone()))
        .collect();
    assert_eq!(
        thresholds,
        [(json!(5), json!("OK")), (json!(5), json!("OK"))]
    );
    world.call(
        "cloudwatch",
        "DeleteAlarms",
        json!({ "AlarmNames": ["live"] }),
    );
    let alarms = world.call(
        "cloudwatch",
        "DescribeAlarms",
        json!({ "AlarmNames": ["live", "new"] }),
    );
    assert_eq!(names(&alarms["MetricAlarms"], "AlarmName"), ["new"]);

    let secret = json!({ "SecretId": "catalog-db-connection" });
    world.call("secretsmanager", "DeleteSecret", secret.clone());
    assert_eq!(
        world.fault("secretsmanager", "GetSecretValue", secret.clone()),
        "InvalidRequestException"
    );
    let described = world.call("secretsmanager", "DescribeSecret", secret.clone());
    assert!(described["DeletedDate"].is_string(), "{described}");
    world.call("secretsmanager", "RestoreSecret", secret.clone());
    world.call("secretsmanager", "GetSecretValue", secret);

    world.call(
        "logs",
        "DeleteLogGroup",
        json!({ "logGroupName": "/team/api" }),
    );
    let groups = world.call(
        "logs",
        "DescribeLogGroups",
        json!({ "logGroupNamePrefix": "/team" }),
    );
    assert_eq!(groups["logGroups"], json!([]));
    let search = json!({ "logGroupName": "/team/api" });
    assert_eq!(
        world.fault("logs", "FilterLogEvents", search),
        "ResourceNotFoundException"
    );
    world.looked(13);
}

#[test]
fn a_snapshot_is_made_and_restored_in_virtual_time() {
    let world = Planned::new();
    let call = |operation: &str, input| world.call("rds", operation, input);
    call(
        "CreateDBSnapshot",
        json!({ "DBInstanceIdentifier": "orders", "DBSnapshotIdentifier": "before" }),
    );
    let described = json!({ "DBSnapshotIdentifier": "before" });
    let status = |said: Value| said["DBSnapshots"][0]["Status"].clone();
    assert_eq!(
        status(call("DescribeDBSnapshots", described.clone())),
        "creating"
    );
    world.plan.sleep(Duration::from_secs(600));
    assert_eq!(status(call("DescribeDBSnapshots", described)), "available");
    let restore = json!({ "DBInstanceIdentifier": "orders-2", "DBSnapshotIdentifier": "before" });
    call("RestoreDBInstanceFromDBSnapshot", restore);
    world.plan.sleep(Duration::from_secs(1200));
    let all = call("DescribeDBInstances", json!({}))["DBInstances"].clone();
    let found = names(&all, "DBInstanceIdentifier");
    assert!(
        ["orders", "orders-2"]
            .iter()
            .all(|name| found.iter().any(|own| own == name))
    );
    let ready = names(&all, "DBInstanceStatus");
    assert!(ready.iter().all(|status| status == "available"), "{all}");
    let missing = json!({ "DBInstanceIdentifier": "no", "DBSnapshotIdentifier": "x" });
    assert_eq!(
        world.fault("rds", "CreateDBSnapshot", missing),
        "DBInstanceNotFound"
    );
    world.looked(8);
}

#[test]
fn what_is_pushed_and_tagged_is_found() {
    let world = Planned::new();
    let image =
        |tag: &str| json!({ "repositoryName": REPOSITORY, "imageIds": [{ "imageTag": tag }] });
    let call = |operation: &str, input| world.call("ecr", operation, input);
    let digest =
        |tag: &str| call("DescribeImages", image(tag))["imageDetails"][0]["imageDigest"].clone();
    assert_eq!(
        world.fault("ecr", "DescribeImages", image("1.4.0")),
        "ImageNotFoundException"
    );
    let push = format!("123456789012.dkr.ecr.ap-south-1.amazonaws.com/{REPOSITORY}:1.4.0");
    let command = ProcessCommand {
        inherit: Vec::new(),
        program: "docker".to_owned(),
        args: vec!["push".to_owned(), push],
        env: Default::default(),
        dir: None,
        stdin: None,
        timeout_ms: 1000,
        reads: false,
        mark: None,
    };
    let pushed = world
        .plan
        .process(&command, &mut |_, _| {})
        .expect("predicted");
    assert_eq!(pushed.status, 0);
    assert!(unknown_within(&json!(pushed.stdout)).is_some());
    assert!(
        digest("1.4.0")
            .as_str()
            .is_some_and(|d| d.starts_with("sha256:"))
    );
    assert_ne!(digest("1.4.0"), digest("1.3.0"));
    world.plan.sleep(Duration::from_secs(60));
    let scan = json!({ "repositoryName": REPOSITORY, "imageId": { "imageTag": "1.4.0" } });
    let scanned = call("DescribeImageScanFindings", scan);
    assert_eq!(scanned["imageScanStatus"]["status"], "COMPLETE");
    // A tag that is given to a live image.
    let live = call("BatchGetImage", image("1.2.0"))["images"][0].clone();
    call(
        "PutImage",
        json!({
            "repositoryName": REPOSITORY, "imageTag": "rollback", "imageManifest": live["imageManifest"],
        }),
    );
    assert_eq!(digest("rollback"), live["imageId"]["imageDigest"]);
    let both = json!({ "repositoryName": REPOSITORY, "imageIds": [{ "imageTag": "rollback" }, { "imageTag": "1.1.0" }] });
    assert_eq!(
        call("DescribeImages", both)["imageDetails"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    let all = call("ListImages", json!({ "repositoryName": REPOSITORY }));
    let mut tags = names(&all["imageIds"], "imageTag");
    tags.sort();
    assert_eq!(
        tags,
        ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0", "rollback"]
    );
    call("BatchDeleteImage", image("1.0.0"));
    assert_eq!(
        world.fault("ecr", "DescribeImages", image("1.0.0")),
        "ImageNotFoundException"
    );
    world.looked(9);
}

#[test]
fn messages_are_predicted() {
    let world = Planned::new();
    let topic = "arn:aws:sns:ap-south-1:123456789012:deployments";
    let publish = |arn: &str| json!({ "TopicArn": arn, "Message": "begun" });
    for _ in 0..3 {
        world.call("sns", "Publish", publish(topic));
    }
    assert_eq!(
        world.fault("sns", "Publish", publish(&format!("{topic}x"))),
        "NotFound"
    );
    let url = world.call("sqs", "GetQueueUrl", json!({ "QueueName": "jobs" }))["QueueUrl"].clone();
    let attributes = json!({ "QueueUrl": url, "AttributeNames": ["ApproximateNumberOfMessages"] });
    let depth = || {
        let said = world.call("sqs", "GetQueueAttributes", attributes.clone());
        said["Attributes"]["ApproximateNumberOfMessages"].clone()
    };
    assert_eq!(depth(), "0");
    world.call(
        "sqs",
        "SendMessage",
        json!({ "QueueUrl": url, "MessageBody": "x" }),
    );
    assert_eq!(depth(), "1");
    world.looked(5);
}

#[test]
fn a_write_that_nothing_models_ends_no_plan() {
    let world = Planned::new();
    let archive = json!({ "ArchiveName": "nightly-jobs", "EventSourceArn": "arn:aws:events:ap-south-1:123456789012:event-bus/default" });
    let answer = world.call("events", "CreateArchive", archive);
    let unknown = unknown_within(&answer);
    assert_eq!(unknown, Some("what events CreateArchive answers"));
    // What is asked of it now, nobody can know.
    let named = json!({ "ArchiveName": "nightly-jobs" });
    let read = world.call("events", "DescribeArchive", named);
    let unknown = unknown_within(&read);
    assert_eq!(unknown, Some("DescribeArchive after CreateArchive"));
    let taken_on = json!({ "ArchiveName": answer });
    assert_eq!(
        world.fault("events", "DescribeArchive", taken_on),
        "unknown_until_run"
    );
    let scheduled = json!({ "ScheduledActionName": "nightly", "ServiceNamespace": "ecs", "ResourceId": format!("service/{CLUSTER}/{SERVICE}") });
    let answer = world.call("application-autoscaling", "PutScheduledAction", scheduled);
    assert!(unknown_within(&answer).is_some());
    world.looked(4);
}

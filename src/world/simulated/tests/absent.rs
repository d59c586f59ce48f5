//! What is there instead of an object that a call does not find.

use serde_json::{Value, json};

use super::*;

const FIXTURE: &str = r#"
account = "123456789012"
region = "ap-south-1"
clusters = ["blue", "green"]

[[task_definitions]]
family = "orders-api"
revision = 7
containerDefinitions = [{ name = "app", image = "nginx:1.27" }]

[[services]]
cluster = "blue"
serviceName = "orders-api"
taskDefinition = "orders-api:7"
desiredCount = 1

[[repositories]]
name = "shop/orders-api"
images = [{ tags = ["1.2.0"], digest = "sha256:11aa63c0f8d24e7b95d1e6028c7b3f4fa09d58e2716c43bb8e5f0a9d2c17e684" }]

[[secrets]]
name = "orders-db"

[[parameters]]
name = "/orders/db-host"
value = "db.internal"

[[target_groups]]
arn = "arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/orders/6d0ecf831eec9f09"

[[load_balancers]]
name = "shop"

[[load_balancers.listeners]]
port = 443

[[alarms]]
AlarmName = "orders-5xx"
Namespace = "AWS/ApplicationELB"
MetricName = "HTTPCode_Target_5XX_Count"
Statistic = "Sum"
Period = 60
EvaluationPeriods = 1
Threshold = 5.0
ComparisonOperator = "GreaterThanThreshold"

[[queues]]
name = "orders"

[[databases]]
name = "orders-db"
"#;

fn answer(world: &Simulated, service: &str, operation: &str, input: Value) -> Fault {
    let answer = world.aws(&AwsCall::new(service, operation, input));
    answer.expect_err("it is not there")
}

#[test]
fn what_is_not_found_is_named_with_what_is_there_instead() {
    let fixture = Fixture::parse(FIXTURE, "shop.cloud.toml").expect("a fixture");
    let world = Simulated::from_fixture(fixture, &[], 1).expect("a world");
    let group =
        "arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/ordres/6d0ecf831eec9f09";
    let cases = [
        (
            "ecs",
            "ListServices",
            json!({ "cluster": "prod" }),
            "Cluster not found.",
            "the cloud of shop.cloud.toml has no cluster `prod`; it has: `blue`, `green`",
        ),
        (
            "ecs",
            "ListServices",
            json!({ "cluster": "gren" }),
            "Cluster not found.",
            "the cloud of shop.cloud.toml has no cluster `gren`: did you mean `green`? It has: `blue`, `green`",
        ),
        (
            "ecs",
            "UpdateService",
            json!({ "cluster": "blue", "service": "order-api" }),
            "Service not found.",
            "cluster `blue` in the cloud of shop.cloud.toml has no service `order-api`: did you mean `orders-api`?",
        ),
        (
            "ecs",
            "UpdateService",
            json!({ "cluster": "green", "service": "orders-api" }),
            "Service not found.",
            "cluster `green` in the cloud of shop.cloud.toml has no service `orders-api`, and no other",
        ),
        (
            "ecs",
            "DescribeTaskDefinition",
            json!({ "taskDefinition": "orders" }),
            "Unable to describe task definition.",
            "has no task definition `orders`; it has: `orders-api:7`",
        ),
        (
            "ecs",
            "RunTask",
            json!({ "cluster": "blue", "taskDefinition": "orders-api:8" }),
            "TaskDefinition not found.",
            "has no task definition `orders-api:8`: did you mean `orders-api:7`?",
        ),
        (
            "ecr",
            "ListImages",
            json!({ "repositoryName": "shop/order-api" }),
            "The repository with name 'shop/order-api' does not exist",
            "has no repository `shop/order-api`: did you mean `shop/orders-api`?",
        ),
        (
            "ecr",
            "DescribeImages",
            json!({ "repositoryName": "shop/orders-api", "imageIds": [{ "imageTag": "1.3.0" }] }),
            "The image with imageId",
            "repository `shop/orders-api` in the cloud of shop.cloud.toml has no image `1.3.0`: did you mean `1.2.0`?",
        ),
        (
            "secretsmanager",
            "DescribeSecret",
            json!({ "SecretId": "order-db" }),
            "find the specified secret.",
            "has no secret `order-db`: did you mean `orders-db`?",
        ),
        (
            "ssm",
            "GetParameter",
            json!({ "Name": "/orders/host" }),
            "Parameter /orders/host not found.",
            "has no parameter `/orders/host`: did you mean `/orders/db-host`?",
        ),
        (
            "logs",
            "DescribeLogStreams",
            json!({ "logGroupName": "/x" }),
            "The specified log group does not exist.",
            "has no log group `/x`, and no other",
        ),
        (
            "elbv2",
            "DescribeTargetGroups",
            json!({ "Names": ["ordres"] }),
            "One or more target groups not found",
            "has no target group `ordres`: did you mean `orders`?",
        ),
        (
            "elbv2",
            "DescribeTargetHealth",
            json!({ "TargetGroupArn": group }),
            "One or more target groups not found",
            "did you mean `arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/orders/6d0ecf831eec9f09`?",
        ),
        (
            "elbv2",
            "DescribeLoadBalancers",
            json!({ "Names": ["shops"] }),
            "Load balancers '[shops]' not found",
            "has no load balancer `shops`: did you mean `shop`?",
        ),
        (
            "elbv2",
            "DescribeRules",
            json!({ "ListenerArn": "arn:x" }),
            "One or more listeners not found",
            "has no listener `arn:x`; it has: `arn:aws:elasticloadbalancing:",
        ),
        (
            "elbv2",
            "DeleteRule",
            json!({ "RuleArn": "arn:x" }),
            "One or more rules not found",
            "has no rule `arn:x`; it has: `arn:aws:elasticloadbalancing:",
        ),
        (
            "cloudwatch",
            "DeleteAlarms",
            json!({ "AlarmNames": ["orders-4xx"] }),
            "Unknown alarms: orders-4xx",
            "has no alarm `orders-4xx`: did you mean `orders-5xx`?",
        ),
        (
            "sqs",
            "GetQueueUrl",
            json!({ "QueueName": "order" }),
            "The specified queue does not exist.",
            "has no queue `order`: did you mean `orders`?",
        ),
        (
            "sns",
            "GetTopicAttributes",
            json!({ "TopicArn": "arn:aws:sns:ap-south-1:123456789012:team" }),
            "Topic does not exist",
            "has no topic `arn:aws:sns:ap-south-1:123456789012:team`, and no other",
        ),
        (
            "rds",
            "DescribeDBInstances",
            json!({ "DBInstanceIdentifier": "order-db" }),
            "DBInstance order-db not found.",
            "has no database `order-db`: did you mean `orders-db`?",
        ),
        (
            "rds",
            "DeleteDBSnapshot",
            json!({ "DBSnapshotIdentifier": "before" }),
            "DBSnapshot before not found.",
            "has no snapshot `before`, and no other",
        ),
        (
            "application-autoscaling",
            "DeregisterScalableTarget",
            json!({ "ServiceNamespace": "ecs", "ResourceId": "service/blue/orders-api", "ScalableDimension": "ecs:service:DesiredCount" }),
            "No scalable target found",
            "has no scalable target `service/blue/orders-api`, and no other",
        ),
    ];
    for (service, operation, input, message, hint) in cases {
        let fault = answer(&world, service, operation, input);
        assert!(fault.message.contains(message), "{fault}");
        let told = fault.hint.unwrap_or_default();
        assert!(told.contains(hint), "{operation}: {told}");
    }
}

#[test]
fn a_fault_that_hides_an_object_is_not_said_to_be_its_absence() {
    let fixture = Fixture::parse(FIXTURE, "shop.cloud.toml").expect("a fixture");
    let faults = ["secret-empty".parse().expect("a fault")];
    let world = Simulated::from_fixture(fixture, &faults, 1).expect("a world");
    let fault = answer(
        &world,
        "secretsmanager",
        "GetSecretValue",
        json!({ "SecretId": "orders-db" }),
    );
    assert_eq!(fault.code, "ResourceNotFoundException");
    assert_eq!(fault.hint, None);
}

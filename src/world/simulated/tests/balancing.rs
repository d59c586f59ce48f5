//! What is around the services: load balancers, metrics, alarms, logs.

use super::outside::get;
use super::*;

pub(super) const GROUP: &str =
    "arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/catalog-tg/6d0ecf831eec9f09";

/// The built-in cloud with more in it.
pub(in crate::world) fn world_with(more: &str, faults: &[&str]) -> Simulated {
    let builtin = include_str!("../../../../pipelines/prod.cloud.toml");
    let fixture = Fixture::parse(&format!("{builtin}\n{more}"), "x.toml").expect("sound");
    let faults: Vec<FaultSpec> = faults.iter().map(|f| f.parse().expect("a fault")).collect();
    Simulated::from_fixture(fixture, &faults, 7).expect("sound")
}

pub(super) fn code(world: &dyn World, service: &str, operation: &str, input: Value) -> String {
    aws(world, service, operation, input)
        .expect_err(operation)
        .code
}

fn elb(world: &dyn World, operation: &str, input: Value) -> Value {
    aws(world, "elbv2", operation, input).expect(operation)
}

fn rule(world: &dyn World) -> Value {
    let balancers = elb(
        world,
        "DescribeLoadBalancers",
        json!({ "Names": ["realserv-alb"] }),
    );
    let balancer = &balancers["LoadBalancers"][0]["LoadBalancerArn"];
    let listeners = elb(
        world,
        "DescribeListeners",
        json!({ "LoadBalancerArn": balancer }),
    );
    let listener = &listeners["Listeners"][0]["ListenerArn"];
    elb(world, "DescribeRules", json!({ "ListenerArn": listener }))["Rules"][0].clone()
}

/// A second service behind a second target group, running.
fn green(world: &Simulated) -> String {
    let input = json!({ "Name": "catalog-next", "Port": 80, "Protocol": "HTTP", "VpcId": "vpc-1", "TargetType": "ip", "HealthCheckPath": "/health" });
    let made = elb(world, "CreateTargetGroup", input.clone());
    let arn = made["TargetGroups"][0]["TargetGroupArn"]
        .as_str()
        .expect("an ARN")
        .to_owned();
    assert_eq!(
        elb(world, "CreateTargetGroup", input)["TargetGroups"][0]["TargetGroupArn"],
        json!(arn)
    );
    let live = ecs(
        world,
        "DescribeTaskDefinition",
        json!({ "taskDefinition": "realserv-catalog-service:41" }),
    );
    let mut definition = live["taskDefinition"].clone();
    definition["containerDefinitions"][0]["image"] = json!(IMAGE);
    ecs(world, "RegisterTaskDefinition", definition);
    // In use before a service may register with it.
    weigh(world, &[(GROUP, 1), (&arn, 0)]);
    let network = json!({ "awsvpcConfiguration": { "subnets": ["subnet-abc123"] } });
    ecs(
        world,
        "CreateService",
        json!({
            "cluster": CLUSTER, "serviceName": "catalog-green", "taskDefinition": "realserv-catalog-service",
            "desiredCount": 2, "launchType": "FARGATE", "networkConfiguration": network,
            "loadBalancers": [{ "targetGroupArn": arn, "containerName": "catalog-service", "containerPort": 80 }],
        }),
    );
    world.sleep(Duration::from_secs(600));
    arn
}

fn weigh(world: &dyn World, weights: &[(&str, u32)]) {
    let groups: Vec<Value> = weights
        .iter()
        .map(|(arn, weight)| json!({ "TargetGroupArn": arn, "Weight": weight }))
        .collect();
    let actions = json!([{ "Type": "forward", "ForwardConfig": { "TargetGroups": groups } }]);
    elb(
        world,
        "ModifyRule",
        json!({ "RuleArn": rule(world)["RuleArn"], "Actions": actions }),
    );
}

fn versions(world: &Simulated, requests: usize) -> usize {
    let new = |_: &usize| get(world, None).expect("an answer").body.contains("1.3.0");
    (0..requests).filter(new).count()
}

/// The sum or another statistic of a metric over the last whole minutes.
pub(super) fn metric(
    world: &Simulated,
    group: &str,
    name: &str,
    stat: &str,
    minutes: i64,
) -> Option<f64> {
    let now = world.now();
    let end = jiff::Timestamp::from_second(now.as_second() / 60 * 60).expect("a time");
    let start = end - jiff::SignedDuration::from_mins(minutes);
    let dimensions = json!([
        { "Name": "LoadBalancer", "Value": "app/realserv-alb/50dc6c495c0c9188" },
        { "Name": "TargetGroup", "Value": group.rsplit(':').next() },
    ]);
    let metric =
        json!({ "Namespace": "AWS/ApplicationELB", "MetricName": name, "Dimensions": dimensions });
    let input = json!({
        "StartTime": start.to_string(), "EndTime": end.to_string(),
        "MetricDataQueries": [{ "Id": "m", "MetricStat": { "Metric": metric, "Period": 60 * minutes, "Stat": stat } }],
    });
    let out = aws(world, "cloudwatch", "GetMetricData", input).expect("metric data");
    out["MetricDataResults"][0]["Values"][0].as_f64()
}

#[test]
fn requests_follow_the_weights_of_a_rule() {
    let world = world(&[]);
    let green = green(&world);
    assert_eq!(versions(&world, 20), 0);
    weigh(&world, &[(GROUP, 90), (&green, 10)]);
    world.sleep(Duration::from_secs(600));
    let to_green = versions(&world, 200);
    assert!((5..=40).contains(&to_green), "{to_green} of 200");
    assert_eq!(
        metric(&world, GROUP, "RequestCount", "Sum", 5),
        Some(10_800.0)
    );
    assert_eq!(
        metric(&world, &green, "RequestCount", "Sum", 5),
        Some(1_200.0)
    );
    assert_eq!(
        metric(&world, &green, "HealthyHostCount", "Minimum", 5),
        Some(2.0)
    );
    weigh(&world, &[(&green, 1)]);
    assert_eq!(versions(&world, 20), 20);
    world.sleep(Duration::from_secs(300));
    assert_eq!(metric(&world, GROUP, "RequestCount", "Sum", 3), None);
    assert_eq!(
        metric(&world, &green, "RequestCount", "Sum", 3),
        Some(7_200.0)
    );
    let gone = elb(
        &world,
        "DeleteTargetGroup",
        json!({ "TargetGroupArn": GROUP }),
    );
    assert_eq!(gone, json!({}));
}

#[test]
fn a_fixed_response_is_the_load_balancers_own() {
    let world = world(&[]);
    let mut request = HttpRequest {
        method: "GET".to_owned(),
        url: "https://api.realserv.com/other".to_owned(),
        headers: Vec::new(),
        body: None,
        timeout_ms: 5_000,
        expected: None,
        secret: None,
    };
    assert_eq!(world.http(&request).expect("an answer").status, 404);
    // Nothing listens on port 80.
    request.url = "http://api.realserv.com/catalog/health".to_owned();
    assert_eq!(
        world.http(&request).expect_err("refused").code,
        "connection_refused"
    );
    request.url = "https://api.realserv.com/catalog/unknown".to_owned();
    assert_eq!(
        world.http(&request).expect_err("not described").code,
        "endpoint_not_described"
    );
}

#[test]
fn load_balancers_refuse_what_aws_refuses() {
    let world = world(&[]);
    let rule = rule(&world);
    assert_eq!(rule["Priority"], "10");
    assert_eq!(
        rule["Actions"][0]["ForwardConfig"]["TargetGroups"][0]["Weight"],
        1
    );
    let arn = rule["RuleArn"].as_str().expect("an ARN");
    let (base, _) = arn.rsplit_once('/').expect("an ARN");
    let listener = base.replace("listener-rule", "listener");
    let path = json!([{ "Field": "path-pattern", "Values": ["/x"] }]);
    let to = |group: &str| json!([{ "Type": "forward", "TargetGroupArn": group }]);
    for (operation, input, expected) in [
        (
            "DescribeRules",
            json!({ "RuleArns": ["x"] }),
            "RuleNotFound",
        ),
        ("DescribeRules", json!({}), "ValidationError"),
        (
            "DescribeListeners",
            json!({ "ListenerArns": ["x"] }),
            "ListenerNotFound",
        ),
        (
            "DescribeLoadBalancers",
            json!({ "Names": ["x"] }),
            "LoadBalancerNotFound",
        ),
        (
            "DescribeTargetGroups",
            json!({ "Names": ["x"] }),
            "TargetGroupNotFound",
        ),
        (
            "DeleteTargetGroup",
            json!({ "TargetGroupArn": GROUP }),
            "ResourceInUse",
        ),
        (
            "CreateTargetGroup",
            json!({ "Name": "catalog-tg", "Port": 81, "Protocol": "HTTP", "VpcId": "vpc-1" }),
            "DuplicateTargetGroupName",
        ),
        (
            "CreateTargetGroup",
            json!({ "Name": "a b", "Port": 81 }),
            "ValidationError",
        ),
        (
            "RegisterTargets",
            json!({ "TargetGroupArn": "x", "Targets": [{ "Id": "10.0.0.1" }] }),
            "TargetGroupNotFound",
        ),
        (
            "CreateRule",
            json!({ "ListenerArn": listener, "Priority": 10, "Conditions": path, "Actions": to(GROUP) }),
            "PriorityInUse",
        ),
        (
            "CreateRule",
            json!({ "ListenerArn": listener, "Priority": 11, "Conditions": path, "Actions": to("x") }),
            "TargetGroupNotFound",
        ),
        (
            "CreateRule",
            json!({ "ListenerArn": listener, "Priority": 0, "Conditions": path, "Actions": to(GROUP) }),
            "ValidationError",
        ),
        (
            "ModifyRule",
            json!({ "RuleArn": arn, "Actions": [{ "Type": "forward", "ForwardConfig": { "TargetGroups": [{ "TargetGroupArn": GROUP, "Weight": 1000 }] } }] }),
            "ValidationError",
        ),
        ("DeleteLoadBalancer", json!({}), "not_simulated"),
    ] {
        assert_eq!(
            code(&world, "elbv2", operation, input),
            expected,
            "{operation}"
        );
    }
    let made = elb(
        &world,
        "CreateRule",
        json!({ "ListenerArn": listener, "Priority": 11, "Conditions": path, "Actions": to(GROUP) }),
    );
    let second = &made["Rules"][0]["RuleArn"];
    let swap = json!({ "RulePriorities": [{ "RuleArn": arn, "Priority": 11 }, { "RuleArn": second, "Priority": 10 }] });
    elb(&world, "SetRulePriorities", swap);
    assert_eq!(
        elb(&world, "DescribeRules", json!({ "ListenerArn": listener }))["Rules"][0]["RuleArn"],
        *second
    );
    elb(&world, "DeleteRule", json!({ "RuleArn": second }));
}

#[test]
fn targets_that_are_registered_by_hand_become_healthy_and_drain() {
    let world = world(&[]);
    let made = elb(
        &world,
        "CreateTargetGroup",
        json!({ "Name": "by-hand", "Port": 80, "Protocol": "HTTP", "VpcId": "vpc-1", "TargetType": "ip", "HealthCheckIntervalSeconds": 10 }),
    );
    let arn = &made["TargetGroups"][0]["TargetGroupArn"];
    let delay = json!([{ "Key": "deregistration_delay.timeout_seconds", "Value": "30" }]);
    elb(
        &world,
        "ModifyTargetGroupAttributes",
        json!({ "TargetGroupArn": arn, "Attributes": delay }),
    );
    let targets = json!({ "TargetGroupArn": arn, "Targets": [{ "Id": "10.1.1.1" }] });
    let state = || {
        let found = elb(&world, "DescribeTargetHealth", targets.clone());
        found["TargetHealthDescriptions"][0]["TargetHealth"]["State"].clone()
    };
    assert_eq!(state(), "unused");
    elb(&world, "RegisterTargets", targets.clone());
    assert_eq!(state(), "initial");
    world.sleep(Duration::from_secs(9));
    assert_eq!(state(), "initial");
    // Its first check; the threshold of 5 counts only for targets that were unhealthy.
    world.sleep(Duration::from_secs(2));
    assert_eq!(state(), "healthy");
    elb(&world, "DeregisterTargets", targets.clone());
    assert_eq!(state(), "draining");
    world.sleep(Duration::from_secs(31));
    assert_eq!(state(), "unused");
}

//! Application Auto Scaling: policies follow the metrics that they name.

use super::balancing::world_with;
use super::services::scaling;
use super::*;

const LABEL: &str = "app/realserv-alb/50dc6c495c0c9188/targetgroup/catalog-tg/6d0ecf831eec9f09";
const MINUTE: Duration = Duration::from_secs(60);

/// The built-in cloud, whose service of three tasks may scale from 2 to 10: 40 requests a second are 800 a minute for
/// each of them, the CPU is at 34 %, the memory at 51 %.
fn scalable(faults: &[&str]) -> Simulated {
    let world = world(faults);
    scaling(
        &world,
        "RegisterScalableTarget",
        json!({ "MinCapacity": 2, "MaxCapacity": 10 }),
    );
    world
}

fn desired(world: &Simulated) -> u64 {
    service(world)["desiredCount"].as_u64().expect("a number")
}

fn tracking(name: &str, metric: Value, goal: f64) -> Value {
    let mut configuration = metric;
    configuration["TargetValue"] = json!(goal);
    json!({
        "PolicyName": name, "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": configuration,
    })
}

fn predefined(metric: &str) -> Value {
    let label = if metric == "ALBRequestCountPerTarget" {
        json!(LABEL)
    } else {
        Value::Null
    };
    json!({ "PredefinedMetricSpecification": { "PredefinedMetricType": metric, "ResourceLabel": label } })
}

fn custom() -> Value {
    json!({ "CustomizedMetricSpecification": { "Namespace": "App", "MetricName": "Backlog", "Statistic": "Average" } })
}

fn backlog(world: &Simulated, value: f64, minutes: u32) {
    for _ in 0..minutes {
        let input = json!({ "Namespace": "App", "MetricData": [{ "MetricName": "Backlog", "Value": value }] });
        aws(world, "cloudwatch", "PutMetricData", input).expect("put");
        world.sleep(MINUTE);
    }
}

fn alarms(world: &Simulated, prefix: &str) -> Vec<Value> {
    let input = json!({ "AlarmNamePrefix": prefix });
    let out = aws(world, "cloudwatch", "DescribeAlarms", input).expect("alarms");
    out["MetricAlarms"].as_array().expect("a list").clone()
}

/// Application Auto Scaling User Guide, "Target tracking scaling policies": capacity is added in proportion to the metric
/// that the policy names.
#[test]
fn target_tracking_follows_its_metric() {
    for (metric, goal, expected) in [
        ("ALBRequestCountPerTarget", 400.0, 6),
        ("ALBRequestCountPerTarget", 100.0, 10),
        ("ALBRequestCountPerTarget", 800.0, 3),
        ("ALBRequestCountPerTarget", 1200.0, 2),
        ("ECSServiceAverageCPUUtilization", 17.0, 6),
        ("ECSServiceAverageMemoryUtilization", 31.0, 5),
        ("ECSServiceAverageMemoryUtilization", 80.0, 2),
    ] {
        let world = scalable(&[]);
        scaling(
            &world,
            "PutScalingPolicy",
            tracking("p", predefined(metric), goal),
        );
        world.sleep(MINUTE * 4);
        assert_eq!(desired(&world), expected, "{metric} at {goal}");
    }
}

/// Application Auto Scaling User Guide, "Target tracking scaling policies", "Considerations": without enough data, nothing
/// is done; PutScalingPolicy, `Alarms`; DeleteScalingPolicy.
#[test]
fn target_tracking_has_alarms_and_does_nothing_without_data() {
    let world = scalable(&[]);
    let put = scaling(
        &world,
        "PutScalingPolicy",
        tracking("backlog", custom(), 10.0),
    );
    let names = [
        &put["Alarms"][0]["AlarmName"],
        &put["Alarms"][1]["AlarmName"],
    ];
    let prefix = format!("TargetTracking-service/{CLUSTER}/{SERVICE}-Alarm");
    assert!(
        names[0]
            .as_str()
            .is_some_and(|n| n.starts_with(&format!("{prefix}High-"))),
        "{put}"
    );
    assert!(
        names[1]
            .as_str()
            .is_some_and(|n| n.starts_with(&format!("{prefix}Low-"))),
        "{put}"
    );
    world.sleep(MINUTE * 40);
    assert_eq!(desired(&world), 3);
    let shown = alarms(&world, &prefix);
    assert_eq!(shown.len(), 2);
    for (alarm, periods, threshold) in [(&shown[0], 3, 10.0), (&shown[1], 15, 9.0)] {
        assert_eq!(alarm["StateValue"], "INSUFFICIENT_DATA");
        assert_eq!(alarm["AlarmActions"], json!([put["PolicyARN"]]));
        assert_eq!(
            (&alarm["EvaluationPeriods"], &alarm["Threshold"]),
            (&json!(periods), &json!(threshold))
        );
    }
    backlog(&world, 20.0, 4);
    assert_eq!(desired(&world), 6, "twice the target");
    backlog(&world, 20.0, 2);
    assert_eq!(
        desired(&world),
        6,
        "what was added counts during the cooldown"
    );
    backlog(&world, 30.0, 1);
    assert_eq!(
        desired(&world),
        9,
        "three times the target is more than was added"
    );
    let activities = scaling(&world, "DescribeScalingActivities", json!({}));
    let cause = activities["ScalingActivities"][0]["Cause"]
        .as_str()
        .expect("a cause");
    assert!(
        cause.contains(names[0].as_str().expect("a name")),
        "{cause}"
    );
    scaling(
        &world,
        "DeleteScalingPolicy",
        json!({ "PolicyName": "backlog" }),
    );
    assert_eq!(alarms(&world, &prefix), Vec::<Value>::new());
}

/// Application Auto Scaling User Guide, "Target tracking scaling policies", "Cooldown period"; fifteen minutes below the
/// target; `DisableScaleIn`.
#[test]
fn capacity_is_taken_away_slowly() {
    let world = scalable(&[]);
    scaling(
        &world,
        "PutScalingPolicy",
        tracking("backlog", custom(), 10.0),
    );
    backlog(&world, 10.0, 15);
    backlog(&world, 3.0, 14);
    assert_eq!(desired(&world), 3, "fourteen minutes are too few");
    backlog(&world, 3.0, 3);
    assert_eq!(desired(&world), 2);
    let world = scalable(&[]);
    let mut policy = tracking("backlog", custom(), 10.0);
    policy["TargetTrackingScalingPolicyConfiguration"]["DisableScaleIn"] = json!(true);
    scaling(&world, "PutScalingPolicy", policy);
    backlog(&world, 3.0, 25);
    assert_eq!(desired(&world), 3);
}

/// Application Auto Scaling User Guide, "Create a target tracking scaling policy using metric math".
#[test]
fn target_tracking_may_be_of_an_expression() {
    let world = scalable(&[]);
    let metric = json!({ "Namespace": "App", "MetricName": "Backlog" });
    let math = |expression: &str| {
        json!({ "CustomizedMetricSpecification": { "Metrics": [
        { "Id": "m1", "MetricStat": { "Metric": metric, "Stat": "Sum" }, "ReturnData": false },
        { "Id": "e1", "Expression": expression, "ReturnData": true },
    ] } })
    };
    scaling(
        &world,
        "PutScalingPolicy",
        tracking("each", math("m1 / 4"), 10.0),
    );
    backlog(&world, 80.0, 4);
    assert_eq!(desired(&world), 6);
    let mut input = tracking("wrong", math("m1 /"), 10.0);
    for (name, value) in [
        ("ServiceNamespace", json!("ecs")),
        ("ResourceId", json!(format!("service/{CLUSTER}/{SERVICE}"))),
        ("ScalableDimension", json!("ecs:service:DesiredCount")),
    ] {
        input[name] = value;
    }
    let fault = aws(
        &world,
        "application-autoscaling",
        "PutScalingPolicy",
        input.clone(),
    )
    .expect_err("wrong");
    assert_eq!(fault.code, "ValidationException");
    input["TargetTrackingScalingPolicyConfiguration"] =
        tracking("", math("m1 / 4"), 20.0)["TargetTrackingScalingPolicyConfiguration"].clone();
    let fault =
        aws(&world, "application-autoscaling", "PutScalingPolicy", input).expect_err("twice");
    assert!(
        fault
            .message
            .contains("Only one TargetTrackingScaling policy"),
        "{fault}"
    );
}

/// Application Auto Scaling User Guide, "Step scaling policies"; DeleteScalingPolicy: the alarm stays, without the action.
#[test]
fn step_scaling_follows_its_alarms() {
    let world = scalable(&[]);
    let put = scaling(
        &world,
        "PutScalingPolicy",
        json!({
            "PolicyName": "steps", "PolicyType": "StepScaling",
            "StepScalingPolicyConfiguration": {
                "AdjustmentType": "ChangeInCapacity", "Cooldown": 180,
                "StepAdjustments": [
                    { "MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1 },
                    { "MetricIntervalLowerBound": 10, "ScalingAdjustment": 3 },
                ],
            },
        }),
    );
    assert_eq!(put["Alarms"], json!([]));
    let alarm = json!({
        "AlarmName": "backlog", "Namespace": "App", "MetricName": "Backlog", "Statistic": "Average", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 20.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "AlarmActions": [put["PolicyARN"]],
    });
    aws(&world, "cloudwatch", "PutMetricAlarm", alarm).expect("put");
    let shown = scaling(&world, "DescribeScalingPolicies", json!({}));
    assert_eq!(
        shown["ScalingPolicies"][0]["Alarms"][0]["AlarmName"],
        "backlog"
    );
    backlog(&world, 19.0, 3);
    assert_eq!(desired(&world), 3);
    backlog(&world, 25.0, 2);
    assert_eq!(desired(&world), 4, "one step");
    backlog(&world, 30.0, 1);
    world.sleep(Duration::from_secs(1));
    assert_eq!(
        desired(&world),
        6,
        "a larger step during the cooldown counts from three"
    );
    backlog(&world, 1.0, 5);
    scaling(
        &world,
        "DeleteScalingPolicy",
        json!({ "PolicyName": "steps" }),
    );
    assert_eq!(alarms(&world, "backlog")[0]["AlarmActions"], json!([]));
}

/// Application Auto Scaling User Guide, "Target tracking scaling policies", "Considerations": several policies.
#[test]
fn of_several_policies_the_largest_capacity_counts() {
    let world = scalable(&[]);
    scaling(
        &world,
        "PutScalingPolicy",
        tracking("cpu", predefined("ECSServiceAverageCPUUtilization"), 26.0),
    );
    scaling(
        &world,
        "PutScalingPolicy",
        tracking(
            "memory",
            predefined("ECSServiceAverageMemoryUtilization"),
            21.9,
        ),
    );
    world.sleep(MINUTE * 2);
    assert_eq!(
        desired(&world),
        7,
        "the memory wants 7 tasks, the CPU wants 4"
    );
    let world = scalable(&[]);
    scaling(
        &world,
        "PutScalingPolicy",
        tracking("cpu", predefined("ECSServiceAverageCPUUtilization"), 80.0),
    );
    scaling(
        &world,
        "PutScalingPolicy",
        tracking(
            "memory",
            predefined("ECSServiceAverageMemoryUtilization"),
            55.0,
        ),
    );
    world.sleep(MINUTE * 20);
    assert_eq!(
        desired(&world),
        3,
        "the memory is near its target, so that no task is taken away"
    );
}

/// A fixture's alarm acts on a fixture's step scaling policy by the path in its ARN.
#[test]
fn an_alarm_of_a_fixture_acts_on_a_policy_of_a_fixture() {
    let fixture = format!(
        r#"
[[scaling]]
service = "{SERVICE}"
min = 2
max = 10
[[scaling.policies]]
PolicyName = "steps"
PolicyType = "StepScaling"
[scaling.policies.StepScalingPolicyConfiguration]
AdjustmentType = "ExactCapacity"
StepAdjustments = [{{ MetricIntervalLowerBound = 0, ScalingAdjustment = 8 }}]
[[alarms]]
AlarmName = "requests"
Namespace = "AWS/ApplicationELB"
MetricName = "RequestCount"
Dimensions = [{{ Name = "LoadBalancer", Value = "app/realserv-alb/50dc6c495c0c9188" }}]
Statistic = "Sum"
Period = 60
EvaluationPeriods = 1
Threshold = 2000
ComparisonOperator = "GreaterThanThreshold"
AlarmActions = ["arn:aws:autoscaling:ap-south-1:123456789012:scalingPolicy:6d8972f3:resource/ecs/service/{CLUSTER}/{SERVICE}:policyName/steps"]
"#
    );
    let world = world_with(&fixture, &[]);
    world.sleep(MINUTE * 3);
    assert_eq!(desired(&world), 8);
}

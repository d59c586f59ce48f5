//! Metrics, alarms and log lines follow who serves.

use super::balancing::{GROUP, code, metric, world_with};
use super::*;

#[test]
fn metrics_follow_the_version_that_serves() {
    let world = world(&["errors-after-shift:10", "latency-after-shift:4"]);
    // Before anything happened there was a baseline already.
    assert_eq!(
        metric(&world, GROUP, "RequestCount", "Sum", 60),
        Some(144_000.0)
    );
    assert_eq!(
        metric(&world, GROUP, "HTTPCode_Target_5XX_Count", "Sum", 60),
        None
    );
    assert_eq!(
        metric(&world, GROUP, "HTTPCode_Target_4XX_Count", "Sum", 60),
        Some(720.0)
    );
    let before = metric(&world, GROUP, "TargetResponseTime", "p99", 60).expect("data");
    assert!((before - 0.28).abs() < 1e-9, "{before}");
    deploy(&world);
    world.sleep(Duration::from_secs(1_200));
    assert_eq!(
        metric(&world, GROUP, "RequestCount", "Sum", 5),
        Some(12_000.0)
    );
    assert_eq!(
        metric(&world, GROUP, "HTTPCode_Target_5XX_Count", "Sum", 5),
        Some(1_200.0)
    );
    let after = metric(&world, GROUP, "TargetResponseTime", "p99", 5).expect("data");
    assert!((after - 1.12).abs() < 1e-9, "{after}");
    // While both served, the slow half decides the tail.
    let median = metric(&world, GROUP, "TargetResponseTime", "p50", 25).expect("data");
    assert!(median > 0.045 && median < 0.18, "{median}");
    assert_eq!(
        metric(&world, "x:targetgroup/other/1", "RequestCount", "Sum", 5),
        None
    );
    let cpu = json!({
        "Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Period": 60, "Statistics": ["Average"],
        "Dimensions": [{ "Name": "ClusterName", "Value": CLUSTER }, { "Name": "ServiceName", "Value": SERVICE }],
        "StartTime": (world.now() - jiff::SignedDuration::from_mins(3)).to_string(), "EndTime": world.now().to_string(),
    });
    let found = aws(&world, "cloudwatch", "GetMetricStatistics", cpu).expect("statistics");
    assert_eq!(found["Datapoints"][0]["Average"], 34.0);
}

const ALARM: &str = r#"
[[alarms]]
AlarmName = "catalog-5xx"
Namespace = "AWS/ApplicationELB"
MetricName = "HTTPCode_Target_5XX_Count"
Dimensions = [{ Name = "LoadBalancer", Value = "app/realserv-alb/50dc6c495c0c9188" }]
Statistic = "Sum"
Period = 60
EvaluationPeriods = 3
DatapointsToAlarm = 2
Threshold = 50
ComparisonOperator = "GreaterThanThreshold"
TreatMissingData = "notBreaching"
"#;

fn alarm(world: &Simulated) -> Value {
    let input = json!({ "AlarmNames": ["catalog-5xx"] });
    aws(world, "cloudwatch", "DescribeAlarms", input).expect("alarms")["MetricAlarms"][0].clone()
}

#[test]
fn alarms_are_evaluated() {
    let world = world_with(ALARM, &["errors-after-shift"]);
    assert_eq!(alarm(&world)["StateValue"], "OK");
    deploy(&world);
    world.sleep(Duration::from_secs(1_200));
    let fired = alarm(&world);
    assert_eq!(fired["StateValue"], "ALARM", "{fired}");
    assert_eq!(
        cloudwatch::alarm_state(&world.state().cloud, "catalog-5xx"),
        Some(cloudwatch::AlarmState::Alarm)
    );
    let mut named =
        json!({ "AlarmName": "catalog-5xx", "StateValue": "OK", "StateReason": "test" });
    aws(&world, "cloudwatch", "SetAlarmState", named.clone()).expect("set");
    assert_eq!(alarm(&world)["StateValue"], "OK");
    world.sleep(Duration::from_secs(120));
    assert_eq!(alarm(&world)["StateValue"], "ALARM");
    named["AlarmName"] = json!("x");
    assert_eq!(
        code(&world, "cloudwatch", "SetAlarmState", named),
        "ResourceNotFound"
    );
    assert_eq!(
        code(
            &world,
            "cloudwatch",
            "DeleteAlarms",
            json!({ "AlarmNames": ["x"] })
        ),
        "ResourceNotFound"
    );
    // An alarm without dimensions has no data: that is not OK.
    let mut blind = fired.clone();
    blind["AlarmName"] = json!("blind");
    blind["Dimensions"] = json!([]);
    blind["TreatMissingData"] = json!("missing");
    aws(&world, "cloudwatch", "PutMetricAlarm", blind).expect("put");
    world.sleep(Duration::from_secs(300));
    let state = cloudwatch::alarm_state(&world.state().cloud, "blind");
    assert_eq!(state, Some(cloudwatch::AlarmState::InsufficientData));
}

#[test]
fn an_alarm_can_be_made_to_fire() {
    let world = world_with(ALARM, &["alarm-fires:catalog-5xx"]);
    assert_eq!(alarm(&world)["StateValue"], "OK");
    deploy(&world);
    world.sleep(Duration::from_secs(300));
    assert_eq!(alarm(&world)["StateValue"], "ALARM");
}

#[test]
fn custom_metrics_and_expressions() {
    let world = world(&[]);
    let put = json!({ "Namespace": "App", "MetricData": [{ "MetricName": "Jobs", "Values": [2.0, 4.0], "Counts": [1, 3] }] });
    aws(&world, "cloudwatch", "PutMetricData", put.clone()).expect("put");
    world.sleep(Duration::from_secs(60));
    let stat = |stat: &str| json!({ "Metric": { "Namespace": "App", "MetricName": "Jobs" }, "Period": 300, "Stat": stat });
    let input = json!({
        "StartTime": (world.now() - jiff::SignedDuration::from_mins(4)).to_string(), "EndTime": world.now().to_string(),
        "MetricDataQueries": [
            { "Id": "rate", "Expression": "sum / FILL(count, 1) * 100" },
            { "Id": "sum", "MetricStat": stat("Sum"), "ReturnData": false },
            { "Id": "count", "MetricStat": stat("SampleCount"), "ReturnData": false },
        ],
    });
    let out = aws(&world, "cloudwatch", "GetMetricData", input).expect("data");
    assert_eq!(out["MetricDataResults"].as_array().map(Vec::len), Some(1));
    assert_eq!(out["MetricDataResults"][0]["Values"], json!([350.0]));
    let mut aws_own = put;
    aws_own["Namespace"] = json!("AWS/ECS");
    assert_eq!(
        code(&world, "cloudwatch", "PutMetricData", aws_own),
        "InvalidParameterValue"
    );
}

#[test]
fn a_bad_version_logs_its_errors() {
    let world = world(&["errors-after-shift:50"]);
    let input = json!({ "logGroupName": "/realserv/catalog-service", "filterPattern": "\"status 500\"", "limit": 10000 });
    let found = |input: &Value| {
        let out = aws(&world, "logs", "FilterLogEvents", input.clone()).expect("events");
        out["events"].as_array().expect("events").clone()
    };
    assert!(found(&input).is_empty());
    deploy(&world);
    world.sleep(Duration::from_secs(900));
    let lines = found(&input);
    assert!(lines.len() > 300, "{}", lines.len());
    assert!(
        lines[0]["message"]
            .as_str()
            .is_some_and(|m| m.contains("version 1.3.0"))
    );
    assert!(
        lines[0]["timestamp"].as_i64() > Some(world.state().cloud.kernel.start.as_millisecond())
    );
    // The same lines, however often they are read.
    assert_eq!(found(&input)[..100], lines[..100]);
}

#[test]
fn a_log_is_the_sum_of_its_windows() {
    let builtin = include_str!("../../../../pipelines/prod.cloud.toml");
    let logging = "cpu = 34\nlog_line = \"served by {version}\"\nlog_every = \"7s\"";
    let fixture =
        Fixture::parse(&builtin.replacen("cpu = 34", logging, 1), "x.toml").expect("sound");
    let faults = ["errors-after-shift:50".parse().expect("a fault")];
    let world = Simulated::from_fixture(fixture, &faults, 7).expect("sound");
    deploy(&world);
    world.sleep(Duration::from_secs(900));
    let read = |from: i64, to: i64| -> Vec<(i64, String)> {
        let input = json!({
            "logGroupName": "/realserv/catalog-service", "startTime": from, "endTime": to, "limit": 10000,
        });
        let out = aws(&world, "logs", "FilterLogEvents", input).expect("events");
        let line = |line: &Value| {
            let at = line["timestamp"].as_i64().expect("a time");
            (at, line["message"].as_str().expect("a line").to_owned())
        };
        let lines = out["events"].as_array().expect("events");
        lines.iter().map(line).collect()
    };
    let start = world.state().cloud.kernel.start.as_millisecond();
    // Each call takes a moment, in which more is logged.
    let end = world.now().as_millisecond();
    let all = read(start, end);
    let said = |text: &str| all.iter().filter(|(_, line)| line.contains(text)).count();
    assert!(
        said("served by") > 100 && said("status 500") > 300,
        "{all:?}"
    );
    // Windows that begin and end with a line of each kind, and between lines.
    for at in [all.len() / 3, all.len() / 2, all.len() - 1] {
        for middle in [all[at].0 - 1, all[at].0, all[at].0 + 1] {
            let parts = [read(start, middle), read(middle, end)].concat();
            assert_eq!(parts, all, "{middle}");
        }
    }
    assert!(read(i64::MAX, i64::MAX).is_empty());
    assert!(read(i64::MIN, i64::MIN).is_empty());
}

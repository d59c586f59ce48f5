//! Alarms: on metrics, on expressions, and on other alarms.

use super::balancing::{code, world_with};
use super::*;

fn put(world: &Simulated, value: f64) {
    let input =
        json!({ "Namespace": "App", "MetricData": [{ "MetricName": "Jobs", "Value": value }] });
    aws(world, "cloudwatch", "PutMetricData", input).expect("put");
}

/// An alarm on the sum of a minute above 5.
fn jobs(name: &str) -> Value {
    json!({
        "AlarmName": name, "Namespace": "App", "MetricName": "Jobs", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold",
    })
}

fn alarm(world: &Simulated, name: &str) -> Value {
    let input = json!({ "AlarmNames": [name], "AlarmTypes": ["MetricAlarm", "CompositeAlarm"] });
    let out = aws(world, "cloudwatch", "DescribeAlarms", input).expect("alarms");
    let metric = out["MetricAlarms"][0].clone();
    if metric.is_null() {
        out["CompositeAlarms"][0].clone()
    } else {
        metric
    }
}

fn state(world: &Simulated, name: &str) -> String {
    alarm(world, name)["StateValue"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn make(world: &Simulated, operation: &str, input: Value) {
    aws(world, "cloudwatch", operation, input).expect(operation);
}

const MINUTE: Duration = Duration::from_secs(60);

/// CloudWatch User Guide, "How alarm state is evaluated when data is missing": the last points are looked at for a while
/// when no more of them come.
#[test]
fn the_last_points_count_until_they_leave_the_evaluation_range() {
    let world = world(&[]);
    for treat in ["missing", "ignore", "breaching", "notBreaching"] {
        let mut input = jobs(treat);
        input["TreatMissingData"] = json!(treat);
        make(&world, "PutMetricAlarm", input);
    }
    assert_eq!(state(&world, "missing"), "INSUFFICIENT_DATA");
    put(&world, 9.0);
    world.sleep(MINUTE);
    for name in ["missing", "ignore", "breaching", "notBreaching"] {
        assert_eq!(state(&world, name), "ALARM", "{name}");
    }
    world.sleep(MINUTE * 4);
    for (name, expected) in [
        ("missing", "INSUFFICIENT_DATA"),
        ("ignore", "ALARM"),
        ("breaching", "ALARM"),
        ("notBreaching", "OK"),
    ] {
        assert_eq!(state(&world, name), expected, "{name}");
    }
    let reason = alarm(&world, "notBreaching")["StateReason"].clone();
    assert_eq!(
        reason,
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching]."
    );
    put(&world, 1.0);
    world.sleep(MINUTE);
    let reason = alarm(&world, "breaching")["StateReason"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(
        reason.starts_with("Threshold Crossed: 1 out of the last 1 datapoints [1.0 ("),
        "{reason}"
    );
    assert!(reason.ends_with("was not greater than the threshold (5.0) (minimum 1 datapoint for ALARM -> OK transition)."), "{reason}");
}

/// CloudWatch API Reference, PutMetricAlarm, `Metrics`; CloudWatch User Guide, "Alarms on math expressions".
#[test]
fn an_alarm_may_be_on_an_expression() {
    let world = world(&[]);
    let stat = |stat: &str| json!({ "Metric": { "Namespace": "App", "MetricName": "Jobs" }, "Period": 60, "Stat": stat });
    let rising = json!({
        "AlarmName": "rising", "EvaluationPeriods": 1, "Threshold": 3.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Metrics": [
            { "Id": "rise", "Expression": "DIFF(sum)" },
            { "Id": "sum", "MetricStat": stat("Sum"), "ReturnData": false },
        ],
    });
    make(&world, "PutMetricAlarm", rising.clone());
    for (value, expected) in [(2.0, "INSUFFICIENT_DATA"), (4.0, "OK"), (8.0, "ALARM")] {
        put(&world, value);
        world.sleep(MINUTE);
        assert_eq!(state(&world, "rising"), expected, "{value}");
    }
    type Change = fn(&mut Value);
    let rows: [(Change, &str, &str); 7] = [
        (
            |a| a["Metrics"][1]["ReturnData"] = Value::Null,
            "ValidationError",
            "Exactly one element",
        ),
        (
            |a| a["Metrics"][0]["Expression"] = json!("SUM(SEARCH('{App}', 'Sum', 60))"),
            "ValidationError",
            "SEARCH is not supported",
        ),
        (
            |a| a["Metrics"][0]["Expression"] = json!("DIFF(summ"),
            "ValidationError",
            "expected ')'",
        ),
        (
            |a| a["MetricName"] = json!("Jobs"),
            "ValidationError",
            "Metrics and MetricName",
        ),
        (
            |a| a["TreatMissingData"] = json!("bad"),
            "ValidationError",
            "TreatMissingData",
        ),
        (
            |a| a["EvaluationPeriods"] = json!(1441),
            "ValidationError",
            "more than a day",
        ),
        (
            |a| a["ThresholdMetricId"] = json!("rise"),
            "not_simulated",
            "anomaly detection",
        ),
    ];
    for (change, expected, words) in rows {
        let mut input = rising.clone();
        change(&mut input);
        let fault = aws(&world, "cloudwatch", "PutMetricAlarm", input).expect_err(words);
        assert_eq!(fault.code, expected, "{fault}");
        assert!(fault.message.contains(words), "{words}: {fault}");
    }
}

/// CloudWatch User Guide, "Percentile-based CloudWatch alarms and low data samples".
#[test]
fn a_percentile_of_few_values_may_be_ignored() {
    let world = world(&[]);
    for (name, low) in [("always", "evaluate"), ("enough", "ignore")] {
        let mut input = jobs(name);
        input["Statistic"] = Value::Null;
        input["ExtendedStatistic"] = json!("p90");
        input["EvaluateLowSampleCountPercentile"] = json!(low);
        make(&world, "PutMetricAlarm", input);
    }
    let many = |count: u32| {
        let datum = json!({ "MetricName": "Jobs", "Values": [9.0], "Counts": [count] });
        make(
            &world,
            "PutMetricData",
            json!({ "Namespace": "App", "MetricData": [datum] }),
        );
        world.sleep(MINUTE);
    };
    many(99);
    assert_eq!(
        (state(&world, "always"), state(&world, "enough")),
        ("ALARM".to_owned(), "INSUFFICIENT_DATA".to_owned())
    );
    many(100);
    assert_eq!(state(&world, "enough"), "ALARM");
}

/// CloudWatch API Reference, PutCompositeAlarm, DeleteAlarms, DescribeAlarms (`AlarmTypes`, `ChildrenOfAlarmName`,
/// `ParentsOfAlarmName`), DescribeAlarmHistory.
#[test]
fn a_composite_alarm_follows_its_children() {
    let world = world(&[]);
    make(&world, "PutMetricAlarm", jobs("busy"));
    make(&world, "PutMetricAlarm", jobs("muted"));
    let both = json!({ "AlarmName": "page", "AlarmRule": "ALARM(\"busy\") AND NOT ALARM(muted)" });
    make(&world, "PutCompositeAlarm", both.clone());
    make(
        &world,
        "PutCompositeAlarm",
        json!({ "AlarmName": "above", "AlarmRule": "ALARM(page) OR FALSE" }),
    );
    assert_eq!(state(&world, "page"), "OK");
    put(&world, 9.0);
    world.sleep(MINUTE);
    make(
        &world,
        "SetAlarmState",
        json!({ "AlarmName": "muted", "StateValue": "OK", "StateReason": "test" }),
    );
    assert_eq!(state(&world, "above"), "ALARM");
    assert_eq!(
        cloudwatch::alarm_state(&world.state().cloud, "page"),
        Some(cloudwatch::AlarmState::Alarm)
    );
    world.sleep(MINUTE * 5);
    assert_eq!(state(&world, "above"), "OK");
    let described =
        |input: Value| aws(&world, "cloudwatch", "DescribeAlarms", input).expect("alarms");
    assert_eq!(
        described(json!({}))["CompositeAlarms"],
        json!([]),
        "they are asked for by their type"
    );
    let children = described(json!({ "ChildrenOfAlarmName": "page" }));
    assert_eq!(children["MetricAlarms"].as_array().map(Vec::len), Some(2));
    let parents = described(json!({ "ParentsOfAlarmName": "page" }));
    assert_eq!(parents["CompositeAlarms"][0]["AlarmName"], "above");
    let history = json!({ "AlarmName": "above", "AlarmTypes": ["CompositeAlarm"], "ScanBy": "TimestampAscending" });
    let history = aws(&world, "cloudwatch", "DescribeAlarmHistory", history).expect("history");
    let items = history["AlarmHistoryItems"]
        .as_array()
        .expect("items")
        .iter();
    let said: Vec<&str> = items
        .filter_map(|item| item["HistorySummary"].as_str())
        .collect();
    assert_eq!(
        said,
        [
            "Alarm \"above\" created",
            "Alarm updated from INSUFFICIENT_DATA to OK",
            "Alarm updated from OK to ALARM",
            "Alarm updated from ALARM to OK",
        ]
    );
    let delete = |name: &str| {
        aws(
            &world,
            "cloudwatch",
            "DeleteAlarms",
            json!({ "AlarmNames": [name] }),
        )
    };
    assert!(
        delete("busy")
            .expect_err("page depends on it")
            .message
            .contains("depending on it")
    );
    delete("above").expect("deleted");
    delete("page").expect("deleted");
    delete("busy").expect("deleted");
    let unknown = json!({ "AlarmName": "x", "AlarmRule": "ALARM(gone)" });
    assert_eq!(
        code(&world, "cloudwatch", "PutCompositeAlarm", unknown),
        "ValidationError"
    );
}

/// An alarm that a fixture describes, but that the simulated cloud cannot evaluate, stays in the state that it is given.
#[test]
fn an_alarm_of_another_kind_keeps_the_state_that_it_is_given() {
    let fixture = r#"
[[alarms]]
AlarmName = "unusual"
EvaluationPeriods = 2
ComparisonOperator = "GreaterThanUpperThreshold"
ThresholdMetricId = "band"
StateValue = "ALARM"
Metrics = [{ Id = "band", Expression = "ANOMALY_DETECTION_BAND(m1)" }]
"#;
    let world = world_with(fixture, &[]);
    world.sleep(MINUTE * 5);
    assert_eq!(state(&world, "unusual"), "ALARM");
}

//! `GetMetricData` and `GetMetricStatistics`: expressions, searches and statistics.

use super::balancing::code;
use super::*;

/// A minute's value of the metric `F` `m`, from 0 to 4 since five minutes ago.
fn with_values(world: &Simulated) -> (String, String) {
    let start = world.now() - jiff::SignedDuration::from_mins(5);
    for n in 0..5 {
        let at = start + jiff::SignedDuration::from_mins(n) + jiff::SignedDuration::from_secs(10);
        let datum = json!({ "MetricName": "m", "Value": n as f64, "Timestamp": at.to_string(), "Unit": "Count" });
        put(world, "F", datum);
    }
    (start.to_string(), world.now().to_string())
}

fn put(world: &Simulated, namespace: &str, datum: Value) {
    let input = json!({ "Namespace": namespace, "MetricData": [datum] });
    aws(world, "cloudwatch", "PutMetricData", input).expect("put");
}

/// The results of an expression beside the metric `m1`.
fn results(world: &Simulated, expression: &str) -> Result<Value, Fault> {
    let (start, end) = with_values(world);
    let metric = json!({ "Namespace": "F", "MetricName": "m" });
    let input = json!({
        "ScanBy": "TimestampAscending", "StartTime": start, "EndTime": end,
        "MetricDataQueries": [
            { "Id": "m1", "MetricStat": { "Metric": metric, "Period": 60, "Stat": "Average" }, "ReturnData": false },
            { "Id": "e1", "Expression": expression },
        ],
    });
    let out = aws(world, "cloudwatch", "GetMetricData", input)?;
    Ok(out["MetricDataResults"].clone())
}

/// CloudWatch User Guide, "Using metric math" and "CloudWatch search expression syntax".
#[test]
fn expressions_are_computed_over_what_was_put() {
    for (expression, values) in [
        ("IF(m1>2 && m1<4,1,0)", json!([0.0, 0.0, 0.0, 1.0, 0.0])),
        ("IF(m1>2 AND m1<4,1,0)", json!([0.0, 0.0, 0.0, 1.0, 0.0])),
        ("m1*120/PERIOD(m1)", json!([0.0, 2.0, 4.0, 6.0, 8.0])),
        ("m1^2", json!([0.0, 1.0, 4.0, 9.0, 16.0])),
        ("DIFF(m1)", json!([1.0, 1.0, 1.0, 1.0])),
        ("FILL(m1,LINEAR)", json!([0.0, 1.0, 2.0, 3.0, 4.0])),
        ("AVG(METRICS())", json!([0.0, 1.0, 2.0, 3.0, 4.0])),
        (
            "SEARCH('{F} m', 'Average', 60)",
            json!([0.0, 1.0, 2.0, 3.0, 4.0]),
        ),
        ("SUM(SEARCH('{F}', 'Sum', 300))", json!([10.0])),
    ] {
        let found = results(&world(&[]), expression).expect(expression);
        let whole = if expression.contains("300") {
            1
        } else {
            values.as_array().map_or(0, Vec::len)
        };
        assert_eq!(
            found[0]["Values"].as_array().map(Vec::len),
            Some(whole),
            "{expression}: {found}"
        );
        assert_eq!(found[0]["Values"], values, "{expression}");
        assert_eq!(found[0]["Id"], "e1");
    }
}

/// CloudWatch API Reference, GetMetricData: an expression that gives an array of time series.
#[test]
fn an_array_is_a_result_for_each_of_its_series() {
    let world = world(&[]);
    put(
        &world,
        "F",
        json!({ "MetricName": "other", "Value": 7.0, "Dimensions": [{ "Name": "Stage", "Value": "Live" }] }),
    );
    world.sleep(Duration::from_secs(60));
    let found = results(&world, "SEARCH('{F}', 'Sum', 60)").expect("found");
    let labels: Vec<&str> = found
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|r| r["Label"].as_str())
        .collect();
    assert_eq!(labels, ["m", "Live other"]);
    for (term, count) in [
        ("{F,Stage}", 1),
        ("{F} MetricName=\"other\"", 1),
        ("{F} NOT Stage=Live", 1),
        ("{F} LIVE", 1),
        ("{F} (m OR other)", 2),
        ("Namespace=\"F\" liv", 0),
        (
            "{AWS/ECS, ClusterName, ServiceName} MetricName=\"CPUUtilization\"",
            1,
        ),
    ] {
        let found = results(&world, &format!("SEARCH('{term}', 'Average', 60)")).expect(term);
        assert_eq!(
            found.as_array().map(Vec::len),
            Some(count),
            "{term}: {found}"
        );
    }
}

#[test]
fn what_cannot_be_computed_is_said() {
    let world = world(&[]);
    let refused = |expression: &str| results(&world, expression).expect_err(expression);
    assert_eq!(refused("AVG(m1)").code, "ValidationError");
    assert_eq!(
        refused("e1 + 1").code,
        "ValidationError",
        "it refers to itself"
    );
    assert_eq!(refused("ANOMALY_DETECTION_BAND(m1)").code, "not_simulated");
    let unknown = refused("m1 + m2");
    assert!(
        unknown
            .message
            .contains("Error in expression 'e1': Unknown identifier 'm2'"),
        "{unknown}"
    );
    assert_eq!(
        refused("SUMM([m1])").hint.as_deref(),
        Some("did you mean `SUM`?")
    );
}

/// CloudWatch User Guide, "CloudWatch statistics definitions", requirements of percentiles and trimmed means.
#[test]
fn a_statistic_set_has_no_percentiles() {
    let world = world(&[]);
    let set = |min: f64| json!({ "SampleCount": 4, "Sum": 20.0, "Minimum": min, "Maximum": 5.0 });
    put(
        &world,
        "Set",
        json!({ "MetricName": "spread", "StatisticValues": set(2.0) }),
    );
    put(
        &world,
        "Set",
        json!({ "MetricName": "alike", "StatisticValues": set(5.0) }),
    );
    world.sleep(Duration::from_secs(60));
    let read = |name: &str, unit: Value| {
        let start = world.now() - jiff::SignedDuration::from_mins(2);
        let input = json!({
            "Namespace": "Set", "MetricName": name, "Period": 300, "Unit": unit, "Statistics": ["Minimum", "Average"],
            "ExtendedStatistics": ["p99", "tm50"], "StartTime": start.to_string(), "EndTime": world.now().to_string(),
        });
        aws(&world, "cloudwatch", "GetMetricStatistics", input).expect("read")["Datapoints"][0]
            .clone()
    };
    let spread = read("spread", Value::Null);
    assert_eq!(
        (&spread["Minimum"], &spread["Average"]),
        (&json!(2.0), &json!(5.0))
    );
    assert_eq!(spread["ExtendedStatistics"], Value::Null);
    assert_eq!(
        read("alike", Value::Null)["ExtendedStatistics"],
        json!({ "p99": 5.0, "tm50": 5.0 })
    );
    assert_eq!(
        read("alike", json!("Seconds")),
        Value::Null,
        "it was put without a unit"
    );
    let input = json!({ "Namespace": "Set", "MetricData": [{ "MetricName": "x", "Value": 1, "Timestamp": "2020-01-01T00:00:00Z" }] });
    assert_eq!(
        code(&world, "cloudwatch", "PutMetricData", input),
        "InvalidParameterValue"
    );
}

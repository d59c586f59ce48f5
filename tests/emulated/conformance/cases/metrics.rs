//! CloudWatch: metrics and alarms.

use serde_json::{Value, json};

use crate::emulated::conformance::case::{Case, case};

fn put(value: f64) -> Value {
    json!({"Namespace": "Stage/{id}", "MetricData": [
        {"MetricName": "Errors", "Timestamp": "{time}", "Value": value, "Unit": "Count"},
    ]})
}

fn data(name: &'static str) -> Case {
    case(name)
        .call("cloudwatch", "PutMetricData", put(4.0))
        .call("cloudwatch", "PutMetricData", put(6.0))
}

fn query(queries: Value) -> Value {
    json!({"StartTime": "{earlier}", "EndTime": "{later}", "MetricDataQueries": queries})
}

fn metric(id: &str, statistic: &str) -> Value {
    json!({"Id": id, "MetricStat": {
        "Metric": {"Namespace": "Stage/{id}", "MetricName": "Errors"}, "Period": 60, "Stat": statistic,
    }})
}

fn alarm(name: &'static str) -> Case {
    case(name).call("cloudwatch", "PutMetricAlarm", json!({
        "AlarmName": "{id}", "Namespace": "Stage/{id}", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold",
    }))
}

fn named() -> Value {
    json!({"AlarmNames": ["{id}"]})
}

pub fn cases() -> Vec<Case> {
    vec![
        data("metrics: sums are what was put")
            .call("cloudwatch", "GetMetricData", query(json!([metric("m", "Sum")])))
            .gives(json!({"MetricDataResults": [{
                "Id": "m", "Values": [10.0], "Timestamps": ["$time"], "StatusCode": "Complete",
            }]})),
        data("metrics: averages are what was put")
            .call("cloudwatch", "GetMetricData", query(json!([metric("m", "Average")])))
            .gives(json!({"MetricDataResults": [{"Values": [5.0]}]})),
        data("metrics: percentiles are known")
            .call("cloudwatch", "GetMetricData", query(json!([metric("m", "p99")])))
            .gives(json!({"MetricDataResults": [{"Values": [{"$least": 4.0}]}]})),
        data("metrics: expressions are evaluated")
            .call("cloudwatch", "GetMetricData", query(json!([
                metric("m", "Sum"), {"Id": "e", "Expression": "m * 10"},
            ])))
            .gives(json!({"MetricDataResults": {"$has": {"Id": "e", "Values": [100.0]}}})),
        case("metrics: what nobody put has no values")
            .call("cloudwatch", "GetMetricData", query(json!([metric("m", "Sum")])))
            .gives(json!({"MetricDataResults": [{"Id": "m", "Values": []}]})),
        data("metrics: statistics of a time")
            .call("cloudwatch", "GetMetricStatistics", json!({
                "Namespace": "Stage/{id}", "MetricName": "Errors", "StartTime": "{earlier}", "EndTime": "{later}",
                "Period": 60, "Statistics": ["Sum", "Maximum"],
            }))
            .gives(json!({"Label": "Errors", "Datapoints": [{"Sum": 10.0, "Maximum": 6.0, "Timestamp": "$time"}]})),
        data("metrics: listed by namespace")
            .call("cloudwatch", "ListMetrics", json!({"Namespace": "Stage/{id}"}))
            .gives(json!({"Metrics": [{"Namespace": "Stage/{id}", "MetricName": "Errors"}]})),
        alarm("alarms: described as they were put")
            .call("cloudwatch", "DescribeAlarms", named())
            .gives(json!({"MetricAlarms": [{
                "AlarmName": "{id}", "AlarmArn": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}",
                "MetricName": "Errors", "Statistic": "Sum", "Period": 60, "Threshold": 5.0,
                "ComparisonOperator": "GreaterThanThreshold", "ActionsEnabled": true, "StateUpdatedTimestamp": "$time",
            }]})),
        alarm("alarms: put again, they are changed")
            .call("cloudwatch", "PutMetricAlarm", json!({
                "AlarmName": "{id}", "Namespace": "Stage/{id}", "MetricName": "Errors", "Period": 300,
                "Dimensions": [{"Name": "Service", "Value": "{id}"}], "ExtendedStatistic": "p99",
                "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "Threshold": 2, "TreatMissingData": "notBreaching",
                "ComparisonOperator": "GreaterThanOrEqualToThreshold", "AlarmDescription": "too slow",
            }))
            .call("cloudwatch", "DescribeAlarms", named())
            .gives(json!({"MetricAlarms": [{
                "Statistic": "$absent", "ExtendedStatistic": "p99", "Period": 300, "EvaluationPeriods": 3,
                "DatapointsToAlarm": 2, "Threshold": 2.0, "TreatMissingData": "notBreaching",
                "Dimensions": [{"Name": "Service", "Value": "{id}"}], "AlarmDescription": "too slow",
            }]})),
        case("alarms: an unknown one is simply not there")
            .call("cloudwatch", "DescribeAlarms", named())
            .gives(json!({"MetricAlarms": []})),
        alarm("alarms: found by prefix")
            .call("cloudwatch", "DescribeAlarms", json!({"AlarmNamePrefix": "{id}"}))
            .gives(json!({"MetricAlarms": [{"AlarmName": "{id}"}]})),
        alarm("alarms: without data they do not know")
            .call("cloudwatch", "DescribeAlarms", named())
            .gives(json!({"MetricAlarms": [{"StateValue": "INSUFFICIENT_DATA"}]})),
        alarm("alarms: a state can be set")
            .call("cloudwatch", "SetAlarmState", json!({"AlarmName": "{id}", "StateValue": "ALARM", "StateReason": "test"}))
            .call("cloudwatch", "DescribeAlarms", named())
            .gives(json!({"MetricAlarms": [{"StateValue": "ALARM", "StateReason": "test"}]})),
        case("alarms: the state of an unknown one cannot be set")
            .call("cloudwatch", "SetAlarmState", json!({"AlarmName": "{id}", "StateValue": "ALARM", "StateReason": "test"}))
            .fails("ResourceNotFound"),
        alarm("alarms: go off when their data does")
            .call("cloudwatch", "PutMetricData", put(50.0))
            .call("cloudwatch", "DescribeAlarms", named())
            .comes_to(json!({"MetricAlarms": [{"StateValue": "ALARM"}]})),
        alarm("alarms: actions can be disabled")
            .call("cloudwatch", "DisableAlarmActions", named())
            .call("cloudwatch", "DescribeAlarms", named())
            .gives(json!({"MetricAlarms": [{"ActionsEnabled": false}]})),
        alarm("alarms: a deleted one is gone")
            .call("cloudwatch", "DeleteAlarms", named())
            .call("cloudwatch", "DescribeAlarms", named())
            .gives(json!({"MetricAlarms": []})),
        case("alarms: an unknown one cannot be deleted")
            .call("cloudwatch", "DeleteAlarms", named())
            .fails("ResourceNotFound"),
    ]
}

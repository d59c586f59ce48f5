//! CloudWatch: metrics that are computed from who served what, custom ones, and alarms.

use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::{list, set};
use crate::world::simulated::cloud::Cloud;

mod alarm;
mod alarm_calls;
mod alarms;
mod expression;
mod listing;
mod metric;
mod parameters;
mod query;
mod sample;
pub(crate) mod state;

pub(crate) use alarm::Alarm;
#[cfg(test)]
pub(crate) use alarm::AlarmState;
#[cfg(test)]
pub(crate) use alarms::alarm_state;
pub(crate) use alarms::in_alarm;
use metric::Metric;
use parameters::{needed, needed_time, time, whole_minute, wrong};
use sample::sample;

pub(crate) fn call(cloud: &mut Cloud, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "GetMetricData" => query::data(cloud, input),
        "GetMetricStatistics" => query::statistics(cloud, input),
        "ListMetrics" => listing::list_metrics(cloud, input),
        "PutMetricData" => put_data(cloud, input),
        "PutMetricAlarm" => alarm_calls::put(cloud, input),
        "DescribeAlarms" => alarm_calls::describe(cloud, input),
        "DescribeAlarmsForMetric" => alarm_calls::describe_for_metric(cloud, input),
        "DeleteAlarms" => alarm_calls::delete(cloud, input),
        "SetAlarmState" => alarm_calls::set_state(cloud, input),
        "EnableAlarmActions" => alarm_calls::set_actions(cloud, input, true),
        "DisableAlarmActions" => alarm_calls::set_actions(cloud, input, false),
        _ => Err(not_simulated("cloudwatch", operation)),
    }
}

fn put_data(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let namespace = needed(input, "Namespace")?;
    if namespace.starts_with("AWS/") {
        return Err(wrong("The value AWS/ for parameter Namespace is invalid."));
    }
    let now = cloud.now();
    let mut put = Vec::new();
    for datum in list(input, "MetricData") {
        let mut whole = datum.clone();
        set(&mut whole, "Namespace", json!(namespace));
        let metric = Metric::of(&whole)?;
        let at = datum.get("Timestamp").and_then(time).unwrap_or(now);
        let set_of = datum.get("StatisticValues").unwrap_or(&Value::Null);
        let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_f64);
        if let Some(value) = number(datum, "Value") {
            put.push((metric, (at, value, 1.0)));
        } else if let (Some(sum), Some(count)) =
            (number(set_of, "Sum"), number(set_of, "SampleCount"))
        {
            put.push((metric, (at, sum / count, count)));
        } else {
            let counts = list(datum, "Counts");
            for (index, value) in list(datum, "Values").iter().enumerate() {
                let count = counts.get(index).and_then(Value::as_f64).unwrap_or(1.0);
                let value = value
                    .as_f64()
                    .ok_or_else(|| wrong("Values must be numbers."))?;
                put.push((metric.clone(), (at, value, count)));
            }
        }
    }
    for (metric, point) in put {
        cloud
            .cloudwatch
            .custom
            .entry(metric)
            .or_default()
            .push(point);
    }
    Ok(json!({}))
}

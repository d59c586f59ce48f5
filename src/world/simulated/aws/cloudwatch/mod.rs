//! CloudWatch: metrics that are computed from who served what, custom ones, and alarms.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::{list, set, text};
use crate::world::simulated::cloud::Cloud;

mod alarm_calls;
mod alarms;
mod expression;
mod listing;
mod metric;
mod query;

pub(crate) use alarms::Alarm;
pub(crate) use alarms::in_alarm;
#[cfg(test)]
pub(crate) use alarms::{AlarmState, alarm_state};
use metric::{Metric, sample};

/// What CloudWatch remembers by itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct CloudWatch {
    /// Alarms by name.
    alarms: BTreeMap<String, Alarm>,
    /// What was put: time, value, how often.
    custom: BTreeMap<Metric, Vec<(Timestamp, f64, f64)>>,
}

impl CloudWatch {
    /// Makes an alarm known.
    pub(crate) fn add_alarm(&mut self, name: String, alarm: Alarm) {
        self.alarms.insert(name, alarm);
    }
}

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

fn wrong(message: impl Into<String>) -> Fault {
    Fault::new("InvalidParameterValue", message)
}

/// A text member that must be there.
fn needed<'a>(input: &'a Value, name: &str) -> Result<&'a str, Fault> {
    text(input, name).filter(|t| !t.is_empty()).ok_or_else(|| {
        Fault::new(
            "MissingRequiredParameterException",
            format!("The parameter {name} is required."),
        )
    })
}

/// A time, as a text or in seconds since 1970.
fn time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => {
            let millis = number.as_f64()? * 1000.0;
            Timestamp::from_millisecond(millis as i64).ok()
        }
        _ => None,
    }
}

fn needed_time(input: &Value, name: &str) -> Result<Timestamp, Fault> {
    let given = input.get(name).unwrap_or(&Value::Null);
    if given.is_null() {
        return Err(Fault::new(
            "MissingRequiredParameterException",
            format!("The parameter {name} is required."),
        ));
    }
    time(given).ok_or_else(|| wrong(format!("The parameter {name} is not a time: {given}")))
}

/// The beginning of a minute.
fn whole_minute(at: Timestamp) -> Timestamp {
    let seconds = at.as_second() - at.as_second().rem_euclid(60);
    Timestamp::from_second(seconds).unwrap_or(at)
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

//! Publishing metrics: `PutMetricData`.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Metric;
use super::parameters::{needed, time, whole_minute, wrong};
use super::state::Datum;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, number, set, text};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::{earlier, later};

/// How far back and ahead the time of a datum may be.
const PAST: Duration = Duration::from_secs(14 * 24 * 3600);
const FUTURE: Duration = Duration::from_secs(2 * 3600);

pub(super) fn put_data(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let namespace = needed(input, "Namespace")?;
    if namespace.starts_with("AWS/") {
        return Err(wrong("The value AWS/ for parameter Namespace is invalid."));
    }
    let now = cloud.now();
    let mut put: Vec<(Metric, Datum)> = Vec::new();
    for (index, datum) in list(input, "MetricData").iter().enumerate() {
        let place = format!("MetricData.member.{}", index + 1);
        let mut whole = datum.clone();
        set(&mut whole, "Namespace", json!(namespace));
        let metric = Metric::of(&whole)?;
        let at = datum.get("Timestamp").and_then(time).unwrap_or(now);
        if at < earlier(now, PAST) || at > later(now, FUTURE) {
            return Err(wrong(format!(
                "The parameter {place}.Timestamp must specify a time within the past two weeks, and no more than two hours in the future."
            )));
        }
        // What is not of high resolution is stored by the minute.
        let fine = number(datum, "StorageResolution") == Some(1);
        let at = if fine { at } else { whole_minute(at) };
        let unit = text(datum, "Unit").unwrap_or("None");
        for datum in values(datum, &place, at, unit)? {
            put.push((metric.clone(), datum));
        }
    }
    for (metric, datum) in put {
        cloud
            .cloudwatch
            .custom
            .entry(metric)
            .or_default()
            .push(datum);
    }
    Ok(json!({}))
}

/// The values of a `MetricDatum`: one, a statistic set, or several with how often each occurred.
fn values(datum: &Value, place: &str, at: Timestamp, unit: &str) -> Result<Vec<Datum>, Fault> {
    let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_f64);
    let repeated = |value: f64, count: f64| Datum {
        at,
        unit: unit.to_owned(),
        count,
        sum: value * count,
        min: value,
        max: value,
    };
    if let Some(value) = number(datum, "Value") {
        return Ok(vec![repeated(value, 1.0)]);
    }
    if let Some(known) = datum.get("StatisticValues").filter(|set| set.is_object()) {
        let member = |name: &str| {
            number(known, name).ok_or_else(|| {
                wrong(format!(
                    "The parameter {place}.StatisticValues.{name} is required."
                ))
            })
        };
        let (sum, count) = (member("Sum")?, member("SampleCount")?);
        let (min, max) = (member("Minimum")?, member("Maximum")?);
        return Ok(vec![Datum {
            at,
            unit: unit.to_owned(),
            count,
            sum,
            min,
            max,
        }]);
    }
    let (given, counts) = (list(datum, "Values"), list(datum, "Counts"));
    if given.is_empty() {
        return Err(wrong(format!(
            "At least one of the parameters {place}.Value, {place}.Values and {place}.StatisticValues is required."
        )));
    }
    if !counts.is_empty() && counts.len() != given.len() {
        return Err(wrong(format!(
            "The parameters {place}.Values and {place}.Counts must be of the same size."
        )));
    }
    let pairs = given.iter().enumerate();
    pairs
        .map(|(index, value)| {
            let count = counts.get(index).and_then(Value::as_f64).unwrap_or(1.0);
            let value = value.as_f64();
            let value = value.ok_or_else(|| wrong(format!("{place}.Values must be numbers.")))?;
            Ok(repeated(value, count))
        })
        .collect()
}

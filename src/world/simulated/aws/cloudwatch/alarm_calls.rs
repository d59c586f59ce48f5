//! The calls about alarms.

use serde_json::{Value, json};

use super::alarm::{Alarm, AlarmState};
use super::{Metric, needed, wrong};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{set, text, texts};
use crate::world::simulated::cloud::Cloud;

/// Brings the alarms up to now.
fn refresh(cloud: &mut Cloud) {
    let now = cloud.now();
    let names: Vec<String> = cloud.cloudwatch.alarms.keys().cloned().collect();
    for name in names {
        if let Some(alarm) = cloud.cloudwatch.alarms.get(&name) {
            let fresh = alarm.at(cloud, now);
            cloud.cloudwatch.alarms.insert(name, fresh);
        }
    }
}

pub(super) fn put(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let now = cloud.now();
    let mut alarm = Alarm::new(input.clone(), now)?;
    // An alarm that is changed keeps its state until it is evaluated.
    if let Some(known) = cloud.cloudwatch.alarms.get(alarm.name()) {
        (alarm.state, alarm.since) = (known.state, known.since);
    }
    cloud
        .cloudwatch
        .alarms
        .insert(alarm.name().to_owned(), alarm);
    Ok(json!({}))
}

pub(super) fn describe(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    refresh(cloud);
    let names = texts(input, "AlarmNames");
    let prefix = text(input, "AlarmNamePrefix").unwrap_or_default();
    let state = text(input, "StateValue");
    let found: Vec<Value> = cloud
        .cloudwatch
        .alarms
        .values()
        .filter(|a| names.is_empty() || names.iter().any(|n| n == a.name()))
        .filter(|a| a.name().starts_with(prefix) && state.is_none_or(|s| s == a.state.name()))
        .map(|a| a.render(cloud))
        .collect();
    Ok(json!({ "MetricAlarms": found, "CompositeAlarms": [] }))
}

pub(super) fn describe_for_metric(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    refresh(cloud);
    let metric = Metric::of(input)?;
    let alarms = cloud.cloudwatch.alarms.values();
    let found: Vec<Value> = alarms
        .filter(|a| Metric::of(&a.raw).is_ok_and(|own| own == metric))
        .map(|a| a.render(cloud))
        .collect();
    Ok(json!({ "MetricAlarms": found }))
}

fn no_alarms<'a>(names: impl Iterator<Item = &'a String>) -> Fault {
    let names: Vec<&str> = names.map(String::as_str).collect();
    Fault::new(
        "ResourceNotFound",
        format!("Unknown alarms: {}", names.join(", ")),
    )
}

pub(super) fn delete(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let names = texts(input, "AlarmNames");
    let alarms = &mut cloud.cloudwatch.alarms;
    let mut unknown = names.iter().filter(|n| !alarms.contains_key(*n)).peekable();
    if unknown.peek().is_some() {
        return Err(no_alarms(unknown));
    }
    alarms.retain(|name, _| !names.contains(name));
    Ok(json!({}))
}

pub(super) fn set_state(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let now = cloud.now();
    let name = needed(input, "AlarmName")?.to_owned();
    let value = needed(input, "StateValue")?;
    let reason = needed(input, "StateReason")?.to_owned();
    let state = AlarmState::of(value).ok_or_else(|| {
        wrong(format!(
            "The value {value} for parameter StateValue is invalid."
        ))
    })?;
    let Some(alarm) = cloud.cloudwatch.alarms.get_mut(&name) else {
        return Err(no_alarms([name].iter()));
    };
    (alarm.state, alarm.reason, alarm.since, alarm.evaluated) = (state, reason, now, now);
    (alarm.by_hand, alarm.given) = (true, false);
    Ok(json!({}))
}

pub(super) fn set_actions(cloud: &mut Cloud, input: &Value, on: bool) -> Result<Value, Fault> {
    for name in texts(input, "AlarmNames") {
        if let Some(alarm) = cloud.cloudwatch.alarms.get_mut(&name) {
            set(&mut alarm.raw, "ActionsEnabled", json!(on));
        }
    }
    Ok(json!({}))
}

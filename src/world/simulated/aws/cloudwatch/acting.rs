//! Alarms that act on something: what scaling policies follow.

use serde_json::{Value, json};

use super::alarm::Alarm;
use super::alarm_calls::{self, refresh_one};
use super::alarm_state::AlarmState;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, list, set, text, texts};
use crate::world::simulated::cloud::Cloud;

/// An alarm that is in ALARM.
#[derive(Debug, Clone)]
pub(crate) struct RingingAlarm {
    pub(crate) name: String,
    pub(crate) threshold: f64,
    /// Whether it is in ALARM above its threshold, and not below.
    pub(crate) above: bool,
    /// The values that it was evaluated by, the newest first.
    pub(crate) values: Vec<f64>,
}

fn acts(alarm: &Alarm, action: &impl Fn(&str) -> bool) -> bool {
    texts(&alarm.raw, "AlarmActions")
        .iter()
        .any(|own| action(own))
}

/// The names of the alarms with such an action.
pub(crate) fn alarms_with(cloud: &Cloud, action: impl Fn(&str) -> bool) -> Vec<String> {
    let alarms = cloud.cloudwatch.alarms.values();
    let own = alarms.filter(|alarm| acts(alarm, &action));
    own.map(|alarm| alarm.name().to_owned()).collect()
}

/// Which of the alarms with such an action are in ALARM now, and may act.
pub(crate) fn ringing_with(cloud: &mut Cloud, action: impl Fn(&str) -> bool) -> Vec<RingingAlarm> {
    let mut ringing = Vec::new();
    for name in alarms_with(cloud, action) {
        refresh_one(cloud, &name);
        let Some(alarm) = cloud.cloudwatch.alarms.get(&name) else {
            continue;
        };
        let enabled =
            alarm.raw.get("ActionsEnabled").is_none() || flag(&alarm.raw, "ActionsEnabled");
        if !enabled || alarm.state != AlarmState::Alarm {
            continue;
        }
        let points = alarm.points(cloud, alarm.evaluated);
        let values = points.into_iter().filter_map(|(_, value)| value);
        let comparison = text(&alarm.raw, "ComparisonOperator").unwrap_or_default();
        ringing.push(RingingAlarm {
            threshold: alarm.threshold(),
            above: comparison.starts_with("Greater"),
            values: values.take(alarm.evaluation.periods).collect(),
            name,
        });
    }
    ringing
}

/// Makes an alarm known, as `PutMetricAlarm` does.
///
/// # Errors
/// What AWS says of an alarm that does not fit.
pub(crate) fn put_alarm(cloud: &mut Cloud, raw: &Value) -> Result<(), Fault> {
    alarm_calls::put(cloud, raw).map(|_| ())
}

/// Deletes those of the alarms that there are.
pub(crate) fn delete_alarms(cloud: &mut Cloud, names: &[String]) {
    cloud
        .cloudwatch
        .alarms
        .retain(|name, _| !names.contains(name));
}

/// Takes an action away from every alarm that has it.
pub(crate) fn remove_action(cloud: &mut Cloud, action: impl Fn(&str) -> bool) {
    for alarm in cloud.cloudwatch.alarms.values_mut() {
        if !acts(alarm, &action) {
            continue;
        }
        let left = list(&alarm.raw, "AlarmActions").iter();
        let left = left.filter(|own| !own.as_str().is_some_and(&action));
        let left: Vec<Value> = left.cloned().collect();
        set(&mut alarm.raw, "AlarmActions", json!(left));
    }
}

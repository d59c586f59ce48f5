//! Alarms: evaluated whenever someone looks, minute by minute since the last look.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::alarm::{Alarm, AlarmState, statistic};
use super::query::evaluate;
use super::{Metric, sample, whole_minute};
use crate::world::simulated::aws::json::{list, number, set, text};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::{earlier, later};
use crate::world::simulated::outside::traffic;

/// Minutes of the past that a look evaluates at most.
const LOOKS_BACK: u32 = 1440;

impl Alarm {
    /// The last data points before a time, the newest first.
    fn points(&self, cloud: &Cloud, at: Timestamp) -> Vec<Option<f64>> {
        let period = self.period();
        let count = number(&self.raw, "EvaluationPeriods")
            .unwrap_or(1)
            .min(1440);
        let mut end = whole_minute(at);
        let mut out = Vec::new();
        for _ in 0..count {
            let start = earlier(end, period);
            out.push(self.point(cloud, start, end));
            end = start;
        }
        out
    }

    fn point(&self, cloud: &Cloud, from: Timestamp, to: Timestamp) -> Option<f64> {
        let queries = list(&self.raw, "Metrics");
        if queries.is_empty() {
            let metric = Metric::of(&self.raw).ok()?;
            let sample = sample(cloud, &metric, from, to)?;
            return sample.statistic(statistic(&self.raw).ok()?).ok();
        }
        let values = evaluate(cloud, queries, from, to).ok()?;
        let mut returned = queries.iter().zip(values);
        let (_, (_, series)) =
            returned.find(|(q, _)| q.get("ReturnData").and_then(Value::as_bool) != Some(false))?;
        series.into_values().next()
    }

    fn breaches(&self, value: f64) -> bool {
        let threshold = self.raw.get("Threshold").and_then(Value::as_f64);
        let threshold = threshold.unwrap_or_default();
        match text(&self.raw, "ComparisonOperator").unwrap_or_default() {
            "GreaterThanThreshold" => value > threshold,
            "GreaterThanOrEqualToThreshold" => value >= threshold,
            "LessThanThreshold" => value < threshold,
            _ => value <= threshold,
        }
    }

    /// The state at a time, and why; `None`: it stays as it is.
    fn judge(&self, cloud: &Cloud, at: Timestamp) -> Option<(AlarmState, String)> {
        let since = cloud.kernel.fault_since("alarm-fires");
        if since.is_some_and(|since| since <= at)
            && traffic::new_serves(cloud, None, at)
            && cloud.kernel.fault_on("alarm-fires", self.name())
        {
            let reason = "Threshold Crossed: 1 datapoint was greater than the threshold.";
            return Some((AlarmState::Alarm, reason.to_owned()));
        }
        let points = self.points(cloud, at);
        if self.given && points.iter().all(Option::is_none) {
            return None;
        }
        let treat = text(&self.raw, "TreatMissingData").unwrap_or("missing");
        let total = points.len();
        let needed = number(&self.raw, "DatapointsToAlarm").map_or(total, |n| n as usize);
        let (mut breaching, mut known) = (0, 0);
        for point in &points {
            match (point, treat) {
                (Some(value), _) => {
                    known += 1;
                    breaching += usize::from(self.breaches(*value));
                }
                (None, "breaching") => {
                    known += 1;
                    breaching += 1;
                }
                (None, "notBreaching") => known += 1,
                (None, _) => {}
            }
        }
        if known == 0 {
            if cloud.kernel.all_goes_well() {
                // A plan knows no data: an alarm that it creates is well, one that is live stays as it is.
                let new = self.state == AlarmState::InsufficientData;
                return new.then(|| (AlarmState::Ok, "Predicted to be well.".to_owned()));
            }
            if treat == "ignore" {
                return None;
            }
            let reason = format!("Insufficient Data: {total} datapoints were unknown.");
            return Some((AlarmState::InsufficientData, reason));
        }
        let threshold = self.raw.get("Threshold").cloned().unwrap_or_default();
        let said = format!(
            "{breaching} out of the last {total} datapoints crossed the threshold ({threshold})."
        );
        Some(if breaching >= needed {
            (AlarmState::Alarm, format!("Threshold Crossed: {said}"))
        } else {
            (AlarmState::Ok, format!("Threshold not crossed: {said}"))
        })
    }

    /// The alarm as it stands at a time.
    pub(super) fn at(&self, cloud: &Cloud, now: Timestamp) -> Alarm {
        let mut alarm = self.clone();
        let minute = Duration::from_secs(60);
        let first = later(whole_minute(alarm.evaluated), minute);
        let mut next = first.max(earlier(whole_minute(now), minute * LOOKS_BACK));
        while next <= now {
            if let Some((state, reason)) = alarm.judge(cloud, next) {
                let set = alarm.by_hand && state == AlarmState::InsufficientData;
                if state != alarm.state && !set {
                    alarm.since = next;
                    alarm.state = state;
                    alarm.reason = reason;
                }
            }
            alarm.evaluated = next;
            next = later(next, minute);
        }
        alarm
    }

    pub(super) fn render(&self, cloud: &Cloud) -> Value {
        let mut out = self.raw.clone();
        if let Some(object) = out.as_object_mut() {
            object.remove("Tags");
        }
        let arn = cloud.arn("cloudwatch", &format!("alarm:{}", self.name()));
        if out.get("ActionsEnabled").is_none() {
            set(&mut out, "ActionsEnabled", json!(true));
        }
        for (name, value) in [
            ("AlarmArn", json!(arn)),
            ("StateValue", json!(self.state.name())),
            ("StateReason", json!(self.reason)),
            ("StateUpdatedTimestamp", json!(self.since.to_string())),
            (
                "AlarmConfigurationUpdatedTimestamp",
                json!(self.configured.to_string()),
            ),
        ] {
            set(&mut out, name, value);
        }
        for empty in ["OKActions", "AlarmActions", "InsufficientDataActions"] {
            if out.get(empty).is_none() {
                set(&mut out, empty, json!([]));
            }
        }
        out
    }
}

/// Whether an alarm is in ALARM.
pub(crate) fn in_alarm(cloud: &Cloud, name: &str) -> bool {
    alarm_state(cloud, name) == Some(AlarmState::Alarm)
}

/// How an alarm stands now; `None`: there is none of that name.
pub(crate) fn alarm_state(cloud: &Cloud, name: &str) -> Option<AlarmState> {
    let alarm = cloud.cloudwatch.alarms.get(name)?;
    Some(alarm.at(cloud, cloud.now()).state)
}

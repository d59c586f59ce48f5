//! Alarms: evaluated whenever someone looks, minute by minute since the last look.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::metric::percentile;
use super::query::evaluate;
use super::{Metric, needed, sample, whole_minute, wrong};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, number, set, text};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::{earlier, later};
use crate::world::simulated::outside::traffic;

/// `StateValue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AlarmState {
    Ok,
    Alarm,
    InsufficientData,
}

impl AlarmState {
    pub(super) fn name(self) -> &'static str {
        match self {
            AlarmState::Ok => "OK",
            AlarmState::Alarm => "ALARM",
            AlarmState::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    pub(super) fn of(name: &str) -> Option<AlarmState> {
        let all = [
            AlarmState::Ok,
            AlarmState::Alarm,
            AlarmState::InsufficientData,
        ];
        all.into_iter().find(|state| state.name() == name)
    }
}

/// An alarm.
#[derive(Debug, Clone)]
pub(crate) struct Alarm {
    /// The members of `PutMetricAlarm`.
    pub(super) raw: Value,
    pub(super) state: AlarmState,
    pub(super) reason: String,
    pub(super) since: Timestamp,
    /// Up to when it has been evaluated.
    pub(super) evaluated: Timestamp,
    pub(super) configured: Timestamp,
    /// Whether its state was set by hand, which stays where there is no data.
    pub(super) by_hand: bool,
    /// Whether its state is the fixture's, which stays where there is no data, whatever that counts as.
    pub(super) given: bool,
}

const COMPARISONS: [&str; 4] = [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
];

/// Minutes of the past that a look evaluates at most.
const LOOKS_BACK: u32 = 1440;

impl Alarm {
    /// An alarm as `PutMetricAlarm` takes it, of which nothing is known yet.
    ///
    /// # Errors
    /// What AWS says of members that are missing or do not fit.
    pub(crate) fn new(raw: Value, at: Timestamp) -> Result<Alarm, Fault> {
        needed(&raw, "AlarmName")?;
        let comparison = needed(&raw, "ComparisonOperator")?;
        if !COMPARISONS.contains(&comparison) {
            return Err(wrong(format!(
                "The value {comparison} for parameter ComparisonOperator is invalid."
            )));
        }
        let periods = number(&raw, "EvaluationPeriods").filter(|n| *n > 0);
        let periods = periods.ok_or_else(|| wrong("EvaluationPeriods must be at least 1."))?;
        if number(&raw, "DatapointsToAlarm").is_some_and(|n| n == 0 || n > periods) {
            return Err(wrong(
                "DatapointsToAlarm must be between 1 and EvaluationPeriods.",
            ));
        }
        if raw.get("Threshold").and_then(Value::as_f64).is_none() {
            return Err(wrong("The parameter Threshold is required."));
        }
        if list(&raw, "Metrics").is_empty() {
            Metric::of(&raw)?;
            let period = number(&raw, "Period").unwrap_or(0);
            if ![10, 20, 30].contains(&period) && (period == 0 || !period.is_multiple_of(60)) {
                return Err(wrong("Period must be 10, 20, 30 or a multiple of 60."));
            }
            statistic(&raw)?;
        }
        Ok(Alarm {
            raw,
            state: AlarmState::InsufficientData,
            reason: "Unchecked: Initial alarm creation".to_owned(),
            since: at,
            evaluated: at,
            configured: at,
            by_hand: false,
            given: false,
        })
    }

    /// An alarm as a fixture describes it: in the state that it says, if it does.
    ///
    /// # Errors
    /// As [`Alarm::new`]; a state that there is not.
    pub(crate) fn described(raw: Value, at: Timestamp) -> Result<Alarm, Fault> {
        let Some(state) = raw.get("StateValue") else {
            return Alarm::new(raw, at);
        };
        if state.as_str().and_then(AlarmState::of).is_none() {
            return Err(wrong(format!(
                "StateValue is OK, ALARM or INSUFFICIENT_DATA, not {state}."
            )));
        }
        Ok(Alarm {
            given: true,
            ..Alarm::imported(raw, at)?
        })
    }

    /// An alarm as `DescribeAlarms` shows it, in the state that it is in.
    ///
    /// # Errors
    /// As [`Alarm::new`].
    pub(crate) fn imported(raw: Value, at: Timestamp) -> Result<Alarm, Fault> {
        let state = text(&raw, "StateValue").and_then(AlarmState::of);
        let word = |name| text(&raw, name).unwrap_or_default().to_owned();
        let (reason, since) = (word("StateReason"), word("StateUpdatedTimestamp"));
        let mut alarm = Alarm::new(raw, at)?;
        alarm.state = state.unwrap_or(alarm.state);
        alarm.since = since.parse().unwrap_or(at);
        alarm.reason = reason;
        Ok(alarm)
    }

    pub(super) fn name(&self) -> &str {
        text(&self.raw, "AlarmName").unwrap_or_default()
    }

    fn period(&self) -> Duration {
        let metrics = list(&self.raw, "Metrics").iter();
        let inner = metrics
            .filter_map(|m| number(m.get("MetricStat")?, "Period"))
            .min();
        let seconds = number(&self.raw, "Period").or(inner).unwrap_or(60);
        Duration::from_secs(seconds.max(1))
    }

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

fn statistic(raw: &Value) -> Result<&str, Fault> {
    let plain = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
    match (text(raw, "Statistic"), text(raw, "ExtendedStatistic")) {
        (Some(name), None) if plain.contains(&name) => Ok(name),
        (None, Some(name)) if percentile(name).is_some() => Ok(name),
        _ => Err(wrong(
            "Exactly one of Statistic and ExtendedStatistic must be given, and known.",
        )),
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

//! An alarm: how it is configured, and the state that it is in.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::metric::{Metric, percentile};
use super::parameters::{needed, wrong};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, number, text};

/// The state of an alarm: its `StateValue`.
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

/// A metric alarm, with its state and how it came about.
#[derive(Debug, Clone)]
pub(crate) struct Alarm {
    /// The members of `PutMetricAlarm` that it was created with.
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

    pub(super) fn period(&self) -> Duration {
        let metrics = list(&self.raw, "Metrics").iter();
        let inner = metrics
            .filter_map(|m| number(m.get("MetricStat")?, "Period"))
            .min();
        let seconds = number(&self.raw, "Period").or(inner).unwrap_or(60);
        Duration::from_secs(seconds.max(1))
    }
}

/// The statistic that an alarm is about.
pub(super) fn statistic(raw: &Value) -> Result<&str, Fault> {
    let plain = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
    match (text(raw, "Statistic"), text(raw, "ExtendedStatistic")) {
        (Some(name), None) if plain.contains(&name) => Ok(name),
        (None, Some(name)) if percentile(name).is_some() => Ok(name),
        _ => Err(wrong(
            "Exactly one of Statistic and ExtendedStatistic must be given, and known.",
        )),
    }
}

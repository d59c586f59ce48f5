//! The states of alarms, and their types.

use jiff::Timestamp;

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

/// A change of an alarm's state.
#[derive(Debug, Clone)]
pub(super) struct Transition {
    pub(super) at: Timestamp,
    pub(super) from: AlarmState,
    pub(super) to: AlarmState,
    pub(super) reason: String,
}

/// What an alarm is about: its `AlarmType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AlarmType {
    Metric,
    Composite,
}

impl AlarmType {
    pub(super) fn name(self) -> &'static str {
        match self {
            AlarmType::Metric => "MetricAlarm",
            AlarmType::Composite => "CompositeAlarm",
        }
    }
}

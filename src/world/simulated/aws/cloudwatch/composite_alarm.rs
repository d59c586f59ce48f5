//! A composite alarm: its rule, and the state that it is in.

use jiff::Timestamp;
use serde_json::Value;

use super::alarm_state::{AlarmState, Transition};
use super::rule::AlarmRule;

/// A composite alarm, with its state and how it came about.
#[derive(Debug, Clone)]
pub(super) struct CompositeAlarm {
    /// The members of `PutCompositeAlarm`.
    pub(super) raw: Value,
    pub(super) rule: AlarmRule,
    pub(super) state: AlarmState,
    pub(super) reason: String,
    pub(super) since: Timestamp,
    /// Up to when its rule has been evaluated; `None`: not since it was put.
    pub(super) evaluated: Option<Timestamp>,
    pub(super) configured: Timestamp,
    pub(super) transitions: Vec<Transition>,
}

impl CompositeAlarm {
    /// Takes on a state, if it is another one.
    pub(super) fn become_state(&mut self, state: AlarmState, reason: String, at: Timestamp) {
        if state == self.state {
            return;
        }
        self.transitions.push(Transition {
            at,
            from: self.state,
            to: state,
            reason: reason.clone(),
        });
        (self.state, self.reason, self.since) = (state, reason, at);
    }
}

/// The name of an alarm that is given by its name or by its ARN.
pub(super) fn name_of(named: &str) -> &str {
    match named.starts_with("arn:") {
        true => named.split_once(":alarm:").map_or(named, |(_, name)| name),
        false => named,
    }
}

//! What CloudWatch remembers.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::alarm::Alarm;
use super::alarm_state::AlarmType;
use super::composite_alarm::CompositeAlarm;
use super::history::HistoryItem;
use super::metric::Metric;

/// What CloudWatch remembers by itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct CloudWatch {
    /// The alarms of the account, by name.
    pub(super) alarms: BTreeMap<String, Alarm>,
    pub(super) composites: BTreeMap<String, CompositeAlarm>,
    /// What happened to alarms, the oldest first; it stays when they are deleted.
    pub(super) history: Vec<HistoryItem>,
    /// The data that were put, by metric.
    pub(super) custom: BTreeMap<Metric, Vec<Datum>>,
}

/// Values of a metric that were put together.
#[derive(Debug, Clone)]
pub(super) struct Datum {
    pub(super) at: Timestamp,
    pub(super) unit: String,
    pub(super) count: f64,
    pub(super) sum: f64,
    pub(super) min: f64,
    pub(super) max: f64,
}

impl CloudWatch {
    /// Notes that an alarm was created, updated or deleted.
    pub(super) fn note(&mut self, name: &str, kind: AlarmType, at: Timestamp, what: &str) {
        let item = HistoryItem::configuration(name, kind, at, what);
        self.history.push(item);
    }

    /// Whether there is an alarm of that name, of a metric or of other alarms.
    pub(crate) fn has_alarm(&self, name: &str) -> bool {
        self.alarms.contains_key(name) || self.composites.contains_key(name)
    }

    /// Adds an alarm under its name.
    pub(crate) fn add_alarm(&mut self, name: String, alarm: Alarm) {
        self.alarms.insert(name, alarm);
    }
}

//! What CloudWatch remembers.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::alarm::Alarm;
use super::metric::Metric;

/// What CloudWatch remembers by itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct CloudWatch {
    /// The alarms of the account, by name.
    pub(super) alarms: BTreeMap<String, Alarm>,
    /// What was put: time, value, how often.
    pub(super) custom: BTreeMap<Metric, Vec<(Timestamp, f64, f64)>>,
}

impl CloudWatch {
    /// Adds an alarm under its name.
    pub(crate) fn add_alarm(&mut self, name: String, alarm: Alarm) {
        self.alarms.insert(name, alarm);
    }
}

//! The history of alarms.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::alarm_state::{AlarmType, Transition};

/// Something that happened to an alarm.
#[derive(Debug, Clone)]
pub(super) struct HistoryItem {
    pub(super) name: String,
    pub(super) kind: AlarmType,
    pub(super) at: Timestamp,
    /// What kind of item it is: its `HistoryItemType`.
    pub(super) item: &'static str,
    summary: String,
    data: Value,
}

impl HistoryItem {
    /// An alarm was created, updated or deleted.
    pub(super) fn configuration(
        name: &str,
        kind: AlarmType,
        at: Timestamp,
        what: &str,
    ) -> HistoryItem {
        HistoryItem {
            name: name.to_owned(),
            kind,
            at,
            item: "ConfigurationUpdate",
            summary: format!("Alarm \"{name}\" {what}"),
            data: json!({ "version": "1.0", "type": what }),
        }
    }

    /// An alarm changed its state.
    pub(super) fn state(name: &str, kind: AlarmType, transition: &Transition) -> HistoryItem {
        let (from, to) = (transition.from.name(), transition.to.name());
        HistoryItem {
            name: name.to_owned(),
            kind,
            at: transition.at,
            item: "StateUpdate",
            summary: format!("Alarm updated from {from} to {to}"),
            data: json!({
                "version": "1.0",
                "oldState": { "stateValue": from },
                "newState": { "stateValue": to, "stateReason": transition.reason },
            }),
        }
    }

    /// In the API's shape.
    pub(super) fn render(&self) -> Value {
        json!({
            "AlarmName": self.name,
            "AlarmType": self.kind.name(),
            "Timestamp": self.at.to_string(),
            "HistoryItemType": self.item,
            "HistorySummary": self.summary,
            "HistoryData": self.data.to_string(),
        })
    }
}

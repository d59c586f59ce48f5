//! What EventBridge Scheduler remembers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value};

/// The state of EventBridge Scheduler: groups, schedules by group and name, and the tokens of calls.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scheduler {
    /// Groups other than the default one.
    pub(super) groups: BTreeSet<String>,
    pub(super) schedules: BTreeMap<(String, String), Schedule>,
    /// Client tokens with the input that each came with: the same call again changes nothing.
    pub(super) tokens: BTreeMap<String, Value>,
}

/// A schedule, and when it was created and changed.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    /// The members of `CreateSchedule`, with AWS's defaults for those that were left out.
    pub(super) raw: Map<String, Value>,
    pub(super) created: Timestamp,
    pub(super) modified: Timestamp,
}

impl Scheduler {
    /// Takes over what `GetSchedule` shows.
    pub(crate) fn import(&mut self, shown: &Map<String, Value>, at: Timestamp) {
        let mut raw = shown.clone();
        for added in ["Arn", "CreationDate", "LastModificationDate"] {
            raw.remove(added);
        }
        let member = |name: &str| raw.get(name).and_then(Value::as_str).map(str::to_owned);
        let group = member("GroupName").unwrap_or_else(|| super::DEFAULT_GROUP.to_owned());
        let key = (group, member("Name").unwrap_or_default());
        let known = Schedule {
            raw,
            created: at,
            modified: at,
        };
        self.schedules.insert(key, known);
    }

    /// The names of the schedules in the default group.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        let own = self.schedules.keys();
        own.filter(|(group, _)| group == super::DEFAULT_GROUP)
            .map(|(_, name)| name)
    }
}

//! What EventBridge remembers.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Members of `PutRule` that a description shows.
pub(super) const SHOWN: [&str; 5] = [
    "Description",
    "EventPattern",
    "RoleArn",
    "ScheduleExpression",
    "State",
];

/// The state of EventBridge: the rules of the default event bus, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Events {
    pub(super) rules: BTreeMap<String, Rule>,
}

/// A rule with its targets.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rule {
    /// The members of `PutRule` that a description shows, in the API's shape.
    pub(super) raw: Map<String, Value>,
    /// Targets by id, in the API's shape.
    pub(super) targets: BTreeMap<String, Value>,
    /// The AWS service that created it for itself; `None`: the account's own.
    pub(super) managed_by: Option<String>,
}

impl Events {
    /// The names of all rules.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.rules.keys()
    }

    /// The rule of that name, which comes into being if it is not there.
    pub(crate) fn rule_mut(&mut self, name: &str) -> &mut Rule {
        self.rules.entry(name.to_owned()).or_default()
    }
}

impl Rule {
    /// Takes over what `DescribeRule` shows of a rule.
    pub(crate) fn import(&mut self, described: &Map<String, Value>) {
        self.raw.clone_from(described);
        self.raw.retain(|name, _| SHOWN.contains(&name.as_str()));
        let owner = described.get("ManagedBy").and_then(Value::as_str);
        self.managed_by = owner.map(str::to_owned);
    }

    /// Takes over what `ListTargetsByRule` shows.
    pub(crate) fn import_targets(&mut self, targets: &[Value]) {
        let named = targets.iter().filter_map(|target| {
            let id = target.get("Id")?.as_str()?;
            Some((id.to_owned(), target.clone()))
        });
        self.targets = named.collect();
    }
}

//! What a plan has changed, laid over what is live, for every [`ResourceType`].
//!
//! A write first brings what it needs into the simulated cloud, as it is live, and is then carried out there.
//! A read goes out for what no write has changed; what was changed is shown as it is live but for the members
//! that changed, what was created is added, what was deleted is gone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::resources::{self, ResourceType};
use crate::world::AwsCall;
use crate::world::simulated::model::{Cloud, dispatch};

/// A kind's reading operation, and the id of one of that kind.
pub(super) type Key = (&'static str, String);

/// What is known of resources beside ECS.
#[derive(Default)]
pub(super) struct Overlay {
    /// Resources that a write needed: as they are live, and as the simulated cloud showed them then.
    pub(super) known: BTreeMap<Key, (Value, Value)>,
    /// Resources that the plan has created, as they were shown first.
    pub(super) created: BTreeMap<Key, Value>,
    /// Resources that a planned write was about.
    pub(super) written: BTreeSet<Key>,
    /// Everything that live reads have shown.
    pub(super) seen: BTreeMap<Key, Value>,
    /// What live reads have not found: read, member, value.
    pub(super) absent: BTreeSet<(&'static str, &'static str, String)>,
}

/// What has become of a resource in the plan.
pub(super) enum ResourceChange {
    /// It is there only in the plan.
    Created,
    /// It is live, and not there any more in the plan.
    Gone,
    /// It is live, and another in the plan: as it was shown, and as it is.
    Changed(Value, Value),
    /// It is live, and the plan has not changed it.
    Untouched,
}

impl Overlay {
    /// Remembers what a live read has shown.
    pub(super) fn saw(&mut self, call: &AwsCall, output: &Value) {
        let Some(kind) = resources::shown_by(call) else {
            return;
        };
        let items = kind.items(&call.operation, &call.input, output);
        if let Some((name, values)) = kind.asked(&call.input) {
            for value in values {
                if !items.iter().any(|i| kind.called(i, name.input, &value)) {
                    self.absent.insert((kind.read, name.input, value));
                }
            }
        }
        // What only lists it may show less of it.
        if call.operation == kind.read {
            for item in items {
                if let Some(id) = kind.id(&item) {
                    self.seen.insert((kind.read, id), item);
                }
            }
        }
    }

    /// One that is known or was created, by what `input` names.
    pub(super) fn find(
        &self,
        kind: &ResourceType,
        is: impl Fn(&Value) -> bool,
    ) -> Option<(&Key, &Value)> {
        let known = self.known.iter().map(|(key, (live, _))| (key, live));
        let mut all = known.chain(&self.created);
        all.find(|(key, item)| key.0 == kind.read && is(item))
    }

    fn change(&self, cloud: &mut Cloud, kind: &'static ResourceType, key: &Key) -> ResourceChange {
        let now = shown(cloud, kind, &key.1);
        match (self.known.get(key), now) {
            (_, None) => ResourceChange::Gone,
            (None, Some(_)) => ResourceChange::Created,
            (Some((_, then)), Some(now)) if *then != now => {
                ResourceChange::Changed(then.clone(), now)
            }
            (Some(_), Some(_)) => ResourceChange::Untouched,
        }
    }

    /// Everything of a kind that the plan has made other than it is live.
    pub(super) fn touched(
        &self,
        cloud: &mut Cloud,
        kind: &'static ResourceType,
    ) -> Vec<(String, Value, ResourceChange)> {
        let known = self.known.iter().map(|(key, (live, _))| (key, live));
        let all = known.chain(&self.created).filter(|(k, _)| k.0 == kind.read);
        let each = all.map(|(key, item)| {
            let change = self.change(cloud, kind, key);
            (key.1.clone(), item.clone(), change)
        });
        each.filter(|(.., change)| !matches!(change, ResourceChange::Untouched))
            .collect()
    }

    /// Whether the simulated cloud answers for what is named so.
    pub(super) fn answers_for(
        &self,
        cloud: &mut Cloud,
        kind: &'static ResourceType,
        value: &str,
        any: bool,
    ) -> bool {
        let Some((key, _)) = self.find(kind, |item| kind.goes_by(item, value)) else {
            return false;
        };
        match self.change(cloud, kind, key) {
            ResourceChange::Created | ResourceChange::Gone => true,
            ResourceChange::Changed(..) | ResourceChange::Untouched => {
                any && self.written.contains(key)
            }
        }
    }
}

/// A resource as the simulated cloud shows it.
pub(super) fn shown(cloud: &mut Cloud, kind: &'static ResourceType, id: &str) -> Option<Value> {
    let call = reading(kind, kind.names[0].input, &[id.to_owned()]);
    let out = dispatch(cloud, &call).ok()?;
    let mut items = kind.items(kind.read, &call.input, &out).into_iter();
    items.find(|item| kind.id(item).as_deref() == Some(id))
}

/// The call that reads what `values` name.
pub(super) fn reading(kind: &'static ResourceType, input: &str, values: &[String]) -> AwsCall {
    AwsCall::new(kind.service, kind.read, kind.ask(input, values))
}

//! What a plan has changed, laid over what is live, for every [`Kind`] of resource.
//!
//! A write first brings what it needs into the simulated cloud, as it is live, and is then carried out there.
//! A read goes out for what no write has changed; what was changed is shown as it is live but for the members
//! that changed, what was created is added, what was deleted is gone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Seeds;
use super::kinds::{self, Kind, Need};
use crate::vocabulary::{Fault, codes};
use crate::world::AwsCall;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::dispatch;
use crate::world::simulated::json::text;

/// A kind's reading operation, and the id of one of that kind.
type Key = (&'static str, String);

/// What is known of resources beside ECS.
#[derive(Default)]
pub(super) struct Overlay {
    /// Resources that a write needed: as they are live, and as the simulated cloud showed them then.
    known: BTreeMap<Key, (Value, Value)>,
    /// Resources that the plan has created, as they were shown first.
    created: BTreeMap<Key, Value>,
    /// Resources that a planned write was about.
    written: BTreeSet<Key>,
    /// Everything that live reads have shown.
    seen: BTreeMap<Key, Value>,
    /// What live reads have not found: read, member, value.
    absent: BTreeSet<(&'static str, &'static str, String)>,
}

/// What has become of a resource in the plan.
pub(super) enum Fate {
    /// It is there only in the plan.
    Created,
    /// It is live, and not there any more in the plan.
    Gone,
    /// It is live, and another in the plan: as it was shown, and as it is.
    Changed(Value, Value),
    /// Nothing.
    Untouched,
}

impl Overlay {
    /// Remembers what a live read has shown.
    pub(super) fn saw(&mut self, call: &AwsCall, output: &Value) {
        let Some(kind) = kinds::shown_by(call) else {
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
    fn find(&self, kind: &Kind, is: impl Fn(&Value) -> bool) -> Option<(&Key, &Value)> {
        let known = self.known.iter().map(|(key, (live, _))| (key, live));
        let mut all = known.chain(&self.created);
        all.find(|(key, item)| key.0 == kind.read && is(item))
    }

    fn fate(&self, cloud: &mut Cloud, kind: &'static Kind, key: &Key) -> Fate {
        let now = shown(cloud, kind, &key.1);
        match (self.known.get(key), now) {
            (_, None) => Fate::Gone,
            (None, Some(_)) => Fate::Created,
            (Some((_, then)), Some(now)) if *then != now => Fate::Changed(then.clone(), now),
            (Some(_), Some(_)) => Fate::Untouched,
        }
    }

    /// Everything of a kind that the plan has made other than it is live.
    pub(super) fn touched(
        &self,
        cloud: &mut Cloud,
        kind: &'static Kind,
    ) -> Vec<(String, Value, Fate)> {
        let known = self.known.iter().map(|(key, (live, _))| (key, live));
        let all = known.chain(&self.created).filter(|(k, _)| k.0 == kind.read);
        let each = all.map(|(key, item)| {
            let fate = self.fate(cloud, kind, key);
            (key.1.clone(), item.clone(), fate)
        });
        each.filter(|(.., fate)| !matches!(fate, Fate::Untouched))
            .collect()
    }

    /// Whether the simulated cloud answers for what is named so.
    pub(super) fn answers_for(
        &self,
        cloud: &mut Cloud,
        kind: &'static Kind,
        value: &str,
        any: bool,
    ) -> bool {
        let Some((key, _)) = self.find(kind, |item| kind.goes_by(item, value)) else {
            return false;
        };
        match self.fate(cloud, kind, key) {
            Fate::Created | Fate::Gone => true,
            Fate::Changed(..) | Fate::Untouched => any && self.written.contains(key),
        }
    }
}

/// A resource as the simulated cloud shows it.
fn shown(cloud: &mut Cloud, kind: &'static Kind, id: &str) -> Option<Value> {
    let call = reading(kind, kind.names[0].input, &[id.to_owned()]);
    let out = dispatch(cloud, &call).ok()?;
    let mut items = kind.items(kind.read, &call.input, &out).into_iter();
    items.find(|item| kind.id(item).as_deref() == Some(id))
}

/// The call that reads what `values` name.
fn reading(kind: &'static Kind, input: &str, values: &[String]) -> AwsCall {
    AwsCall::new(kind.service, kind.read, kind.ask(input, values))
}

/// Ids of everything of a service's kinds that the simulated cloud has; those that it only shows when asked
/// for by name are among what was created as soon as someone does.
fn ids(cloud: &mut Cloud, service: &str) -> BTreeMap<Key, Value> {
    let mut found = BTreeMap::new();
    for kind in kinds::all().filter(|kind| kind.service == service) {
        for call in listings(cloud, kind) {
            let Ok(out) = dispatch(cloud, &call) else {
                continue;
            };
            for item in kind.items(&call.operation, &call.input, &out) {
                if let Some(id) = kind.id(&item) {
                    found.insert((kind.read, id), item);
                }
            }
        }
    }
    found
}

/// The reads that show everything of a kind that the simulated cloud has.
fn listings(cloud: &Cloud, kind: &'static Kind) -> Vec<AwsCall> {
    let parents = |arns: Vec<String>| -> Vec<AwsCall> {
        let (member, _) = kind.parents[0];
        let input = arns.into_iter().map(|arn| json!({ member: arn }));
        let call = |input| AwsCall::new(kind.service, kind.read, input);
        input.map(call).collect()
    };
    let each = |names: Vec<String>| -> Vec<AwsCall> {
        let asked = names.into_iter().map(|name| [name]);
        let by = kind.names[0].input;
        asked.map(|name| reading(kind, by, &name)).collect()
    };
    match kind.read {
        "DescribeListeners" => {
            let arns = cloud.elb.listeners().cloned().collect::<Vec<_>>();
            each(arns)
        }
        "DescribeRules" => parents(cloud.elb.listeners().cloned().collect()),
        "DescribeSecret" => each(cloud.secrets.names().cloned().collect()),
        "GetQueueAttributes" => each(cloud.sqs.queues().map(|(name, _)| name).cloned().collect()),
        "GetParameter" => each(cloud.ssm.names().cloned().collect()),
        "GetTopicAttributes" => {
            let arn = |name: &String| cloud.arn("sns", name);
            each(cloud.sns.topics().map(arn).collect())
        }
        _ => vec![AwsCall::new(kind.service, kind.read, json!({}))],
    }
}

/// Whether a live answer says that there is no such thing.
fn not_there(fault: &Fault) -> bool {
    let code = fault.code.as_str();
    ["NotFound", "NonExistent", "DoesNotExist", "NoSuch"]
        .iter()
        .any(|word| code.contains(word))
}

/// Whether a live answer says that one may not look.
fn not_allowed(fault: &Fault) -> bool {
    let code = fault.code.as_str();
    [
        "AccessDenied",
        "NotAuthorized",
        "Unauthorized",
        "AuthorizationError",
    ]
    .iter()
    .any(|word| code.contains(word))
}

impl Seeds {
    /// A write to anything beside ECS.
    pub(super) fn write(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let needs = kinds::needs(call);
        let subjects: Vec<(&'static Kind, &'static str, Vec<String>)> = needs
            .iter()
            .take(1)
            .filter_map(|need| match need {
                Need::Named(kind, input, values) => Some((*kind, *input, values.clone())),
                Need::All(..) => None,
            })
            .collect();
        for need in needs {
            match self.ensure(cloud, call, need) {
                // What it acts on may not be looked at: that it does what it should is all that can be said.
                Err(fault) if not_allowed(&fault) => return Ok(self.blind(call)),
                done => done?,
            }
        }
        self.placed_by(cloud, &call.input);
        let before = ids(cloud, &call.service);
        let out = match dispatch(cloud, call) {
            Err(fault) if fault.code == codes::NOT_SIMULATED => return Ok(self.blind(call)),
            out => out?,
        };
        for (key, item) in ids(cloud, &call.service) {
            if !before.contains_key(&key) && !self.overlay.known.contains_key(&key) {
                self.overlay.created.insert(key, item);
            }
        }
        for (kind, input, values) in subjects {
            let named = |item: &Value| values.iter().any(|v| kind.called(item, input, v));
            if let Some((key, _)) = self.overlay.find(kind, named) {
                let key = key.clone();
                self.overlay.written.insert(key);
            }
        }
        Ok(out)
    }

    /// A read of anything beside ECS.
    pub(super) fn read_over(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let about = kinds::all().filter(|kind| kind.service == call.service);
        for kind in about {
            let reads = kind
                .about
                .iter()
                .filter(|(name, ..)| *name == call.operation);
            for (_, member, any) in reads {
                let named = text(&call.input, member).unwrap_or_default();
                if self.overlay.answers_for(cloud, kind, named, *any) {
                    return dispatch(cloud, call);
                }
            }
        }
        match kinds::shown_by(call) {
            Some(kind) => self.show(cloud, call, kind),
            None => self.live(cloud, call),
        }
    }

    /// Brings what a write needs into the simulated cloud.
    fn ensure(&mut self, cloud: &mut Cloud, call: &AwsCall, need: Need) -> Result<(), Fault> {
        match need {
            Need::Named(kind, input, values) => {
                let mut missing = Vec::new();
                for value in values {
                    let named = |item: &Value| kind.called(item, input, &value);
                    if self.overlay.find(kind, named).is_some() {
                        continue;
                    }
                    let seen = self.overlay.seen.iter();
                    let mut seen = seen.filter(|(key, _)| key.0 == kind.read);
                    if let Some((_, item)) = seen.find(|(_, item)| named(item)) {
                        let item = item.clone();
                        self.import(cloud, kind, &item);
                    } else if !self
                        .overlay
                        .absent
                        .contains(&(kind.read, input, value.clone()))
                    {
                        missing.push(value);
                    }
                }
                let many = kind.names.iter().any(|n| n.input == input && n.many);
                if many && missing.len() > 1 {
                    match self.bring(cloud, call, kind, kind.ask(input, &missing)) {
                        // One that is not there hides the others.
                        Err(fault) if not_there(&fault) => {}
                        done => return done,
                    }
                }
                for value in missing {
                    let ask = kind.ask(input, std::slice::from_ref(&value));
                    match self.bring(cloud, call, kind, ask) {
                        Err(fault) if not_there(&fault) => {
                            self.overlay.absent.insert((kind.read, input, value));
                        }
                        done => done?,
                    }
                }
                Ok(())
            }
            Need::All(kind, input) => {
                let parent = kind.parents.iter().find_map(|(member, parent)| {
                    let value = text(&input, member)?;
                    self.overlay
                        .find(parent, |item| parent.goes_by(item, value))
                });
                let created = parent.is_some_and(|(key, _)| self.overlay.created.contains_key(key));
                match created {
                    true => Ok(()),
                    false => self.bring(cloud, call, kind, input),
                }
            }
        }
    }

    /// Brings the rules through which an ECS service moves its traffic into the simulated cloud.
    pub(super) fn ensure_traffic(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
        service: &Value,
    ) -> Result<(), Fault> {
        for need in kinds::traffic_of(service) {
            match self.ensure(cloud, call, need) {
                // Where one may not look, nothing is shown of it either.
                Err(fault) if not_allowed(&fault) || not_there(&fault) => {}
                done => done?,
            }
        }
        Ok(())
    }

    /// Reads something live and imports it.
    fn bring(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
        kind: &'static Kind,
        input: Value,
    ) -> Result<(), Fault> {
        let exact = match kind.names[0].exact {
            true => None,
            false => text(&input, kind.names[0].input).map(str::to_owned),
        };
        let of_kind = AwsCall {
            service: kind.service.to_owned(),
            ..call.clone()
        };
        let out = self.also(cloud, &of_kind, kind.read, input.clone())?;
        for item in kind.items(kind.read, &input, &out) {
            if exact.is_none() || exact == kind.id(&item) {
                self.import(cloud, kind, &item);
            }
        }
        Ok(())
    }

    fn import(&mut self, cloud: &mut Cloud, kind: &'static Kind, item: &Value) {
        let Some(id) = kind.id(item) else {
            return;
        };
        let key = (kind.read, id);
        if self.overlay.known.contains_key(&key) || self.overlay.created.contains_key(&key) {
            return;
        }
        (kind.import)(cloud, item);
        if let Some(then) = shown(cloud, kind, &key.1) {
            self.overlay.known.insert(key, (item.clone(), then));
        }
    }
}

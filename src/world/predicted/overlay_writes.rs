//! Writes to resources beside ECS in a plan: what each needs is brought into the simulated cloud as it is live, and the
//! write is carried out there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::overlay::{Key, reading, shown};
use super::plan_state::PlanState;
use super::resources::{self, ResourceNeed, ResourceType};
use crate::vocabulary::{Fault, codes};
use crate::world::AwsCall;
use crate::world::simulated::model::json::text;
use crate::world::simulated::model::{Cloud, dispatch};

impl PlanState {
    /// A write to anything beside ECS.
    pub(super) fn write(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let needs = resources::needs(call);
        let subjects: Vec<(&'static ResourceType, &'static str, Vec<String>)> = needs
            .iter()
            .take(1)
            .filter_map(|need| match need {
                ResourceNeed::Named(kind, input, values) => Some((*kind, *input, values.clone())),
                ResourceNeed::All(..) => None,
            })
            .collect();
        for need in needs {
            match self.ensure(cloud, call, need) {
                // What it acts on may not be looked at: that it does what it should is all that can be said.
                Err(fault) if not_allowed(&fault) => return Ok(self.predict_unmodelled(call)),
                done => done?,
            }
        }
        self.learn_place(cloud, &call.input);
        let before = ids(cloud, &call.service);
        let out = match dispatch(cloud, call) {
            Err(fault) if fault.code == codes::NOT_SIMULATED => {
                return Ok(self.predict_unmodelled(call));
            }
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

    /// Brings what a write needs into the simulated cloud.
    fn ensure(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
        need: ResourceNeed,
    ) -> Result<(), Fault> {
        match need {
            ResourceNeed::Named(kind, input, values) => {
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
            ResourceNeed::All(kind, input) => {
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
        for need in resources::traffic_of(service) {
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
        kind: &'static ResourceType,
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

    fn import(&mut self, cloud: &mut Cloud, kind: &'static ResourceType, item: &Value) {
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

/// Ids of everything of a service's kinds that the simulated cloud has; those that it only shows when asked
/// for by name are among what was created as soon as someone does.
fn ids(cloud: &mut Cloud, service: &str) -> BTreeMap<Key, Value> {
    let mut found = BTreeMap::new();
    for kind in resources::all().filter(|kind| kind.service == service) {
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
fn listings(cloud: &Cloud, kind: &'static ResourceType) -> Vec<AwsCall> {
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
        "DescribeRule" | "ListTargetsByRule" => each(cloud.events.names().cloned().collect()),
        "GetSchedule" => each(cloud.scheduler.names().cloned().collect()),
        "DescribeSecret" => each(cloud.secrets.names().cloned().collect()),
        "GetQueueAttributes" => each(cloud.sqs.queues().map(|(name, _)| name).cloned().collect()),
        "GetParameter" => each(cloud.ssm.names().cloned().collect()),
        "ListAliases" | "ListVersionsByFunction" => {
            let functions = cloud.lambda.functions().map(|(name, _)| name);
            each(functions.cloned().collect())
        }
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
    // CloudFormation has no code of its own for a stack that is not there.
    let unnamed = code == "ValidationError" && fault.message.contains("does not exist");
    let words = ["NotFound", "NonExistent", "DoesNotExist", "NoSuch"];
    unnamed || words.iter().any(|word| code.contains(word))
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

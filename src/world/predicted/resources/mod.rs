//! The kinds of resources beside ECS that a plan can change: how each is read live, how it is brought into
//! the simulated cloud, and which operations are about it.

use serde_json::{Value, json};

use crate::text::arn::short_name;
use crate::vocabulary::Effect;
use crate::world::AwsCall;
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::json::{list, set, text, texts};

mod balancing;
mod functions;
mod messages;
mod records;
mod schedules;
mod stacks;
mod stores;

/// A type of AWS resource that plans can change: how it is read, named and brought into the simulated cloud.
pub(super) struct ResourceType {
    /// Service in the AWS CLI's spelling.
    pub(super) service: &'static str,
    /// Name of the operation that reads such resources.
    pub(super) read: &'static str,
    /// Where its answer shows what was read.
    pub(super) shown: AnswerPlace,
    /// Input that every such read needs.
    pub(super) base: &'static [(&'static str, &'static [&'static str])],
    /// What it is called by; the first is its id.
    pub(super) names: &'static [Name],
    /// Other operations that list it, and where their answers show it.
    pub(super) lists: &'static [(&'static str, &'static str)],
    /// Input members of its reads that name what it belongs to, and the kind of that.
    pub(super) parents: &'static [(&'static str, &'static ResourceType)],
    /// Reads of something about it, the input member that names it, and whether any planned write to it is
    /// reason enough that the simulated cloud answers them; otherwise only being created or deleted is.
    pub(super) about: &'static [(&'static str, &'static str, bool)],
    /// Brings one that was read live into the simulated cloud.
    pub(super) import: fn(&mut Cloud, &Value),
}

/// Where the answer of a read shows a resource.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerPlace {
    /// In a list of this name.
    List(&'static str),
    /// The whole answer is the resource.
    Whole,
    /// The whole answer is the resource. What names it stands in the question alone.
    Nameless,
    /// The answer has a member of this name that is the resource, or a part of it.
    Inside(&'static str),
}

/// A member by which a resource is known.
pub(super) struct Name {
    /// Name of the member in the answer of a read.
    pub(super) item: &'static str,
    /// In the input of a read.
    pub(super) input: &'static str,
    /// Whether the input's member takes a list of names.
    pub(super) many: bool,
    /// Whether it finds exactly what it names; otherwise it is a prefix.
    pub(super) exact: bool,
}

const fn by(item: &'static str, input: &'static str, many: bool) -> Name {
    let exact = true;
    Name {
        item,
        input,
        many,
        exact,
    }
}

impl ResourceType {
    /// The id of one that was read.
    pub(super) fn id(&self, item: &Value) -> Option<String> {
        text(item, self.names[0].item).map(str::to_owned)
    }

    /// Whether `value`, given as `input`, names this one.
    pub(super) fn called(&self, item: &Value, input: &str, value: &str) -> bool {
        let mut names = self.names.iter().filter(|name| name.input == input);
        names.any(|name| text(item, name.item).is_some_and(|own| self.same(own, value)))
    }

    /// Whether `value` is any of its names.
    pub(super) fn goes_by(&self, item: &Value, value: &str) -> bool {
        let mut names = self.names.iter();
        names.any(|name| text(item, name.item).is_some_and(|own| self.same(own, value)))
    }

    fn same(&self, own: &str, value: &str) -> bool {
        // A queue's address and its name are one.
        own == value || (self.service == "sqs" && short_name(own) == short_name(value))
    }

    /// The input that reads what `values` name as `input`.
    pub(super) fn ask(&self, input: &str, values: &[String]) -> Value {
        let mut out = json!({});
        for (name, value) in self.base {
            set(&mut out, name, json!(value));
        }
        let many = self.names.iter().any(|n| n.input == input && n.many);
        match values {
            [one] if !many => set(&mut out, input, json!(one)),
            several => set(&mut out, input, json!(several)),
        }
        out
    }

    /// The resources of this type that an answer of `operation` shows.
    pub(super) fn items(&self, operation: &str, input: &Value, output: &Value) -> Vec<Value> {
        if let Some((_, key)) = self.lists.iter().find(|(name, _)| *name == operation) {
            return list(output, key).to_vec();
        }
        let inside = match self.shown {
            AnswerPlace::List(key) => return list(output, key).to_vec(),
            AnswerPlace::Whole | AnswerPlace::Nameless => Some(output),
            AnswerPlace::Inside(key) => output.get(key),
        };
        let Some(mut item) = inside.cloned() else {
            return Vec::new();
        };
        // What names it may stand in the question alone.
        for name in self.names {
            if let (None, Some(asked)) = (item.get(name.item), input.get(name.input)) {
                set(&mut item, name.item, asked.clone());
            }
        }
        vec![item]
    }

    /// The names that a read asks for, and as what.
    pub(super) fn asked(&self, input: &Value) -> Option<(&'static Name, Vec<String>)> {
        self.names.iter().filter(|n| n.exact).find_map(|name| {
            let many = texts(input, name.input);
            let one = text(input, name.input).map(str::to_owned);
            let values: Vec<String> = many.into_iter().chain(one).collect();
            (!values.is_empty()).then_some((name, values))
        })
    }
}

/// What a write must know of what is live.
pub(super) enum ResourceNeed {
    /// The resources that are named so, if they are there.
    Named(&'static ResourceType, &'static str, Vec<String>),
    /// All that a read with this input shows.
    All(&'static ResourceType, Value),
}

impl ResourceNeed {
    /// What a member of a call's input names.
    fn of(
        kind: &'static ResourceType,
        input: &'static str,
        call: &Value,
        member: &str,
    ) -> Vec<ResourceNeed> {
        let mut values = texts(call, member);
        values.extend(text(call, member).map(str::to_owned));
        match values.is_empty() {
            true => Vec::new(),
            false => vec![ResourceNeed::Named(kind, input, values)],
        }
    }
}

/// All types of resources that plans can change.
pub(super) fn all() -> impl Iterator<Item = &'static ResourceType> {
    [
        balancing::TYPES,
        functions::TYPES,
        messages::TYPES,
        records::TYPES,
        schedules::TYPES,
        stacks::TYPES,
        stores::TYPES,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The kind that a read shows.
pub(super) fn shown_by(call: &AwsCall) -> Option<&'static ResourceType> {
    all().find(|kind| {
        let other = || kind.lists.iter().any(|(name, _)| *name == call.operation);
        kind.service == call.service && (kind.read == call.operation || other())
    })
}

/// Whether plans bring anything of a service into the simulated cloud.
pub(super) fn are_of(service: &str) -> bool {
    all().any(|kind| kind.service == service)
}

/// The rules through which an ECS service moves its traffic: what a planned deployment does shows in them.
pub(super) fn traffic_of(service: &Value) -> Vec<ResourceNeed> {
    let balancers = list(service, "loadBalancers").iter();
    let advanced = balancers.filter_map(|lb| lb.get("advancedConfiguration"));
    let rules = advanced.flat_map(|lb| {
        let named = ["productionListenerRule", "testListenerRule"];
        named.into_iter().filter_map(|name| text(lb, name))
    });
    balancing::moved_by(rules)
}

/// What a write must know, the resource that it changes first. `None`: it is not modelled.
pub(super) fn needs(call: &AwsCall) -> Vec<ResourceNeed> {
    debug_assert_eq!(call.effect(), Effect::Write);
    let (operation, input) = (call.operation.as_str(), &call.input);
    match call.service.as_str() {
        "elbv2" => balancing::needs(operation, input),
        "cloudformation" => stacks::needs(operation, input),
        "lambda" => functions::needs(operation, input),
        "cloudwatch" | "sqs" | "sns" => messages::needs(operation, input),
        "route53" => records::needs(operation, input),
        "events" | "scheduler" => schedules::needs(operation, input),
        _ => stores::needs(operation, input),
    }
}

//! What is there in the place of an object that a call names and AWS does not find.
//!
//! AWS says "Cluster not found." and no more. A row of `KINDS` says which member of the input names the object, and
//! which other call lists those that are there. The answer of AWS, its code and its message, stays as it is: what is
//! there is the fault's hint.

use serde_json::{Map, Value};

mod kinds;

use super::dispatch;
use super::json::{list, text};
use crate::suggest::suggest;
use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::AwsCall;
use crate::world::simulated::cloud::Cloud;
use kinds::{KINDS, Kind, There};

/// No more names are shown.
const MOST: usize = 8;

/// Adds to the fault of a call that did not find an object which one that is, and what is there instead.
pub(crate) fn explain(cloud: &Cloud, call: &AwsCall, fault: Fault) -> Fault {
    let kind = KINDS.iter().find(|kind| {
        kind.service == call.service && kind.code == fault.code && fault.message.contains(kind.says)
    });
    let hint = match kind {
        Some(kind) if fault.hint.is_none() => kind.hint(cloud, call),
        _ => None,
    };
    match hint {
        Some(hint) => fault.hint(hint),
        None => fault,
    }
}

impl Kind {
    /// `None` where the object is there: it was a fault that hid it.
    fn hint(&self, cloud: &Cloud, call: &AwsCall) -> Option<String> {
        let asked = self.asked(&call.input);
        let there = self.there(cloud, call);
        let is_there = |name: &&String| !there.iter().any(|own| own.iter().any(|n| same(n, name)));
        let name = asked.iter().find(is_there)?;
        // Whoever names an ARN needs an ARN.
        let form = |own: &Vec<String>| {
            let of_its_form = |n: &&String| n.contains(':') == name.contains(':');
            own.iter().find(of_its_form).or(own.first()).cloned()
        };
        let mut there: Vec<String> = there.iter().filter_map(form).collect();
        there.sort_unstable();
        there.dedup();
        let fixture = &cloud.fixture;
        let owner = match self.holder(&call.input) {
            Some(owner) => format!("{owner} in the cloud of {fixture}"),
            None => format!("the cloud of {fixture}"),
        };
        Some(told(&owner, self.name, name, &there))
    }

    /// The names that the call asks for.
    fn asked(&self, input: &Value) -> Vec<String> {
        let mut asked = Vec::new();
        for path in self.asked {
            let (member, part) = path.split_once('.').unwrap_or((path, ""));
            let Some(value) = input.get(member) else {
                continue;
            };
            let items = value
                .as_array()
                .map_or(std::slice::from_ref(value), Vec::as_slice);
            let named = items.iter().filter_map(|item| match part {
                "" => item.as_str(),
                part => text(item, part),
            });
            asked.extend(named.map(|name| self.brief(name).to_owned()));
        }
        if asked.is_empty() && self.name == "cluster" {
            asked.push("default".into());
        }
        asked
    }

    /// Objects of ECS and queues go by the end of their ARN or URL.
    fn brief<'n>(&self, name: &'n str) -> &'n str {
        match self.service {
            "ecs" | "sqs" => short_name(name),
            _ => name,
        }
    }

    /// What holds the object, where the call says it.
    fn holder(&self, input: &Value) -> Option<String> {
        let (member, called) = self.within?;
        let default = (member == "cluster").then_some("default");
        let name = text(input, member).or(default)?;
        Some(format!("{called} `{}`", self.brief(name)))
    }

    /// Those that are there, each by all its names. The cloud is asked as it was, and stays so.
    fn there(&self, cloud: &Cloud, call: &AwsCall) -> Vec<Vec<String>> {
        let (operation, items, names) = match self.there {
            There::Names(of) => return of(cloud).into_iter().map(|name| vec![name]).collect(),
            There::Listed {
                operation,
                items,
                names,
            } => (operation, items, names),
        };
        let mut input = Map::new();
        for member in self
            .within
            .map(|(member, _)| member)
            .into_iter()
            .chain(["ServiceNamespace"])
        {
            if let Some(value) = call.input.get(member) {
                input.insert(member.to_owned(), value.clone());
            }
        }
        let asks = AwsCall::new(&call.service, operation, Value::Object(input));
        let Ok(answer) = dispatch(&mut cloud.clone(), &asks) else {
            return Vec::new();
        };
        let named = |item: &Value| match item.as_str() {
            Some(name) => vec![self.brief(name).to_owned()],
            None => names
                .iter()
                .filter_map(|name| text(item, name))
                .map(str::to_owned)
                .collect(),
        };
        list(&answer, items).iter().map(named).collect()
    }
}

/// Whether `asked` names the object called `name`: a task definition also goes by its family alone.
fn same(name: &str, asked: &str) -> bool {
    name == asked
        || name
            .strip_prefix(asked)
            .is_some_and(|rest| rest.starts_with(':'))
}

fn told(owner: &str, kind: &str, name: &str, there: &[String]) -> String {
    let mut text = format!("{owner} has no {kind} `{name}`");
    if there.is_empty() {
        return format!("{text}, and no other");
    }
    let near = suggest(name, there);
    if let Some(near) = near {
        text.push_str(&format!(": did you mean `{near}`?"));
        if there.len() == 1 {
            return text;
        }
        text.push_str(" It has: ");
    } else {
        text.push_str("; it has: ");
    }
    let shown: Vec<String> = there
        .iter()
        .take(MOST)
        .map(|name| format!("`{name}`"))
        .collect();
    text.push_str(&shown.join(", "));
    if there.len() > MOST {
        text.push_str(&format!(" and {} more", there.len() - MOST));
    }
    text
}

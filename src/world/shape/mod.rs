//! The shape of AWS calls, checked before anything is planned or sent: services, operations, members of inputs.
//!
//! ECS is checked by the schemas that its SDK carries, the other services by tables from AWS's published models.

use crate::suggest::suggest;
use serde_json::Value;

mod ecs;
mod enums;
mod model;
mod named;
mod reader;
mod required;

pub(crate) use ecs::ecs_operations;
pub use named::Named;
pub(crate) use reader::{Found, Step};

/// What is said of a member that is not known here.
const UNKNOWN_FIELD: &str = "unknown field";
/// What is said of a value that is not known here, before the value.
const UNKNOWN_VALUE: &str = "unknown value ";

/// What is wrong at one place of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where: `containerDefinitions[0].memmory`; empty: the input itself.
    pub path: String,
    /// What is wrong: `unknown field`, `unknown value "FARGAT"`, `required and missing`,
    /// `expected integer, found string`.
    pub message: String,
    /// What would be right: a type (`integer`), or the known fields.
    pub expected: String,
    /// The most likely intention: a field name, or a value as JSON.
    pub suggestion: Option<String>,
}

impl Problem {
    /// The name of a member or the value that is not known here, if that is all that is wrong.
    pub fn stranger(&self) -> Option<&str> {
        let value = self
            .message
            .strip_prefix(UNKNOWN_VALUE)
            .map(|value| value.trim_matches('"'));
        let name = || self.path.rsplit('.').next();
        match self.message == UNKNOWN_FIELD {
            true => name(),
            false => value,
        }
    }

    /// Whether a member that is not known here is all that is wrong.
    pub fn is_unknown_member(&self) -> bool {
        self.message == UNKNOWN_FIELD
    }

    /// The most names that a hint lists.
    const LISTED: usize = 20;

    /// What to do about it, where that is known.
    pub fn hint(&self) -> Option<String> {
        if let Some(meant) = &self.suggestion {
            return Some(format!("did you mean `{meant}`?"));
        }
        let is_short = self.expected.matches(',').count() < Self::LISTED;
        match self.message.as_str() {
            UNKNOWN_FIELD if is_short => Some(format!("it has {}", self.expected)),
            _ if self.path.is_empty() && is_short => Some(format!("expected: {}", self.expected)),
            _ => None,
        }
    }

    /// Path of the field that an unknown one was probably meant to be.
    fn meant(&self) -> Option<String> {
        let name = self.suggestion.as_deref()?;
        let parent = self.path.rfind('.').map_or("", |dot| &self.path[..=dot]);
        Some(format!("{parent}{name}"))
    }
}

/// Checks a call: that there is its service, its operation, and every member of its input.
///
/// # Errors
/// Every problem that was found, in the order of the input, and after them what is missing. An unknown service or
/// operation is the only one, with an empty path.
pub fn check(service: &str, operation: &str, input: &Value) -> Result<(), Vec<Problem>> {
    let found = match (service, model::find(service)) {
        ("ecs", _) => ecs::find(operation).map(|known| known.check(input)),
        (_, Some(model)) => model.check(operation, input),
        (_, None) => return Err(vec![unknown_service(service)]),
    };
    match found {
        Some(problems) if problems.is_empty() => Ok(()),
        Some(problems) => Err(problems),
        None => Err(vec![unknown_operation(service, operation)]),
    }
}

/// Members and values in an answer that are not known here: AWS may have learned them since.
pub fn strangers(service: &str, operation: &str, output: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(model) = model::find(service) {
        model.strangers(output, &mut found);
    }
    if service == "ecs"
        && let Some(seen) = ecs_output(operation, output)
    {
        let members = seen.problems.iter().filter_map(Problem::stranger);
        found.extend(members.map(str::to_owned));
        values(output, &mut found);
    }
    found
}

/// Values that are not known here, of members whose values are.
fn values(output: &Value, found: &mut Vec<String>) {
    match output {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if enums::is_unknown(name, text) => {
                        found.push(text.clone())
                    }
                    value => values(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| values(item, found)),
        _ => {}
    }
}

/// The problem of a service that no call can be made to.
pub fn unknown_service(service: &str) -> Problem {
    let known = services();
    Problem {
        path: String::new(),
        message: format!("no calls can be made to a service `{service}`"),
        expected: known.join(", "),
        suggestion: match alias(service) {
            Some(name) => Some(name.to_owned()),
            None => suggest(service, known).map(str::to_owned),
        },
    }
}

fn unknown_operation(service: &str, operation: &str) -> Problem {
    Problem {
        path: String::new(),
        message: format!("{service} has no operation {operation}"),
        expected: format!("an operation of {service}"),
        suggestion: suggest(operation, operations(service)).map(str::to_owned),
    }
}

/// The services that calls can be made to, in alphabetical order and in the AWS CLI's spelling.
pub fn services() -> Vec<&'static str> {
    let mut names: Vec<_> = model::SERVICES.iter().map(|service| service.name).collect();
    names.push("ecs");
    names.sort_unstable();
    names
}

/// The service that policies or metrics call `name`: `elasticloadbalancing` is `elbv2`.
pub fn alias(name: &str) -> Option<&'static str> {
    let mut services = model::SERVICES.iter();
    services
        .find(|service| service.alias == Some(name))
        .map(|service| service.name)
}

/// The operations of a service, in alphabetical order; none of an unknown one.
pub fn operations(service: &str) -> Vec<&'static str> {
    match (service, model::find(service)) {
        ("ecs", _) => ecs::OPERATIONS.iter().map(|known| known.name).collect(),
        (_, Some(model)) => model.operations(),
        (_, None) => Vec::new(),
    }
}

/// Names of an operation's top-level input members, in the model's order; none where it is unknown.
pub fn members(service: &str, operation: &str) -> Vec<String> {
    match (service, model::find(service)) {
        ("ecs", _) => ecs::find(operation).map_or_else(Vec::new, ecs::Operation::members),
        (_, Some(model)) => {
            let names = model.members(operation).unwrap_or_default();
            names.into_iter().map(str::to_owned).collect()
        }
        (_, None) => Vec::new(),
    }
}

/// What the schemas see in the input of an ECS operation; `None` for an unknown operation.
pub(crate) fn ecs_input(operation: &str, input: &Value) -> Option<Found> {
    ecs::find(operation).map(|known| known.input(input))
}

/// What the schemas see in the output of an ECS operation; `None` for an unknown operation.
pub(crate) fn ecs_output(operation: &str, output: &Value) -> Option<Found> {
    ecs::find(operation).map(|known| known.output(output))
}

#[cfg(test)]
mod tests;

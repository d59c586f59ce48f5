//! The shape of AWS inputs, checked before anything is sent.
//!
//! ECS is checked by the schemas that its SDK carries; for other services nothing is known here, and
//! everything passes.

use serde_json::Value;

mod ecs;
mod enums;
mod reader;
mod required;
mod similar;

pub(crate) use ecs::ecs_operations;
pub(crate) use reader::{Found, Step};
pub(crate) use similar::closest;

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

    /// Path of the field that an unknown one was probably meant to be.
    fn meant(&self) -> Option<String> {
        let name = self.suggestion.as_deref()?;
        let parent = self.path.rfind('.').map_or("", |dot| &self.path[..=dot]);
        Some(format!("{parent}{name}"))
    }
}

/// Checks the input of an operation. Services without schemas always pass.
///
/// # Errors
/// Every problem that was found, in the order of the input, and after them what is missing. An unknown operation of a service with
/// schemas is one too, with an empty path.
pub fn check(service: &str, operation: &str, input: &Value) -> Result<(), Vec<Problem>> {
    if service != "ecs" {
        return Ok(());
    }
    let Some(known) = ecs::find(operation) else {
        return Err(vec![Problem {
            path: String::new(),
            message: format!("ecs has no operation {operation}"),
            expected: "an operation of ecs".to_owned(),
            suggestion: closest(operation, operations(service)).map(str::to_owned),
        }]);
    };
    let problems = known.check(input);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// Members and values in an answer that are not known here: AWS may have learned them since.
pub fn strangers(service: &str, operation: &str, output: &Value) -> Vec<String> {
    let seen = match service {
        "ecs" => ecs_output(operation, output),
        _ => None,
    };
    let Some(seen) = seen else {
        return Vec::new();
    };
    let members = seen.problems.iter().filter_map(Problem::stranger);
    let mut found: Vec<String> = members.map(str::to_owned).collect();
    values(output, &mut found);
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

/// The operations of a service whose schemas are known, in alphabetical order; empty for others.
pub fn operations(service: &str) -> Vec<&'static str> {
    match service {
        "ecs" => ecs::OPERATIONS.iter().map(|known| known.name).collect(),
        _ => Vec::new(),
    }
}

/// Names of an operation's top-level input members, in the model's order; empty where unknown.
pub fn members(service: &str, operation: &str) -> Vec<String> {
    match service {
        "ecs" => ecs::find(operation).map_or_else(Vec::new, ecs::Operation::members),
        _ => Vec::new(),
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

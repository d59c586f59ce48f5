//! What is known of a primitive without calling it.

use schemars::Schema;
use serde_json::Value;

use crate::vocabulary::Effect;

/// What everyone needs to know of a primitive without calling it.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// Name of the verb's module in scripts: `ecs`.
    pub module: &'static str,
    /// Name of the verb in its module: `update_service`.
    pub name: &'static str,
    /// What it does to the world, where its arguments do not say otherwise.
    pub effect: Effect,
    /// What it does, in Markdown; the first sentence is its summary.
    pub doc: &'static str,
    /// Members of the input map that may be passed by position instead: `time::sleep("5m")`.
    pub positional: &'static [&'static str],
    /// What it returns, in one sentence.
    pub returns: &'static str,
    /// A script that runs on the simulated cloud of the examples.
    pub example: &'static str,
}

impl Declaration {
    /// Module and name, as a script calls the verb: `ecs::update_service`.
    pub fn path(&self) -> String {
        format!("{}::{}", self.module, self.name)
    }
}

/// What a primitive takes: always one map.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// The JSON of an AWS operation, with members as the API spells them.
    Api {
        /// Service in the AWS CLI's spelling, as in [`crate::world::AwsCall`].
        service: &'static str,
        /// Operation in the API's spelling: `DescribeServices`.
        operation: &'static str,
    },
    /// A map of ours, in snake_case, as a JSON Schema (descriptions are the documentation).
    Typed(&'a Schema),
}

impl Input<'_> {
    /// Whether a map may be the value of the member `name`.
    pub(super) fn takes_map(&self, name: &str) -> bool {
        let Input::Typed(schema) = self else {
            return false;
        };
        match &schema.as_value()["properties"][name] {
            Value::Null => false,
            member => match &member["type"] {
                Value::String(kind) => kind == "object",
                Value::Array(kinds) => kinds.iter().any(|kind| kind == "object"),
                // Anything.
                _ => member["$ref"].is_null(),
            },
        }
    }
}

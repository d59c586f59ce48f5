//! A plan as it is saved.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::facts::Fact;
use crate::data::{DataError, Format};
use crate::vocabulary::Effect;

/// Version of the saved format.
pub const SAVED_VERSION: u32 = 1;

/// A plan as it is saved: everything that a run must not differ in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedPlan {
    /// Version of the format of saved plans: [`SAVED_VERSION`].
    pub version: u32,
    /// Path of the pipeline as it was given.
    pub pipeline: String,
    /// What the script says that it deploys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Values of the pipeline's parameters by name.
    pub params: Value,
    /// SHA-256 (hex) of every script by name.
    pub scripts: BTreeMap<String, String>,
    /// What was found in the world.
    pub relies_on: Vec<Fact>,
    /// Every write and every question, in order.
    pub calls: Vec<SavedCall>,
    /// The writes by which it would be undone.
    pub undo: Vec<SavedCall>,
    /// The writes that the script makes by itself once something has failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recovery: Vec<SavedCall>,
    /// The writes at the end of a run that goes well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closing: Vec<SavedCall>,
    /// Texts of answers that the script had the plan assume: the run gets others in their place.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub assumed: BTreeSet<String>,
    /// When the plan was made; absent: by an older version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Timestamp>,
    /// When the plan expires; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// SHA-256 (hex) over all of it but this.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
}

/// A write or a question that the run must make as planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedCall {
    /// Path of the parallel branch that makes it.
    pub branch: String,
    /// Name of the step that makes it; absent: outside of all steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// A write or a question.
    pub effect: Effect,
    /// Full name of the verb: `ecs::update_service`.
    pub primitive: String,
    /// Name of the call for people: `UpdateService catalog-service`.
    pub name: String,
    /// Arguments of the call, as the script gave them.
    pub input: Value,
    /// Paths in the input whose text only the run can know, and the plan predicted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predicted: Vec<String>,
    /// Predicted names in its output that later calls use, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gives: BTreeMap<String, String>,
}

impl SavedPlan {
    /// Reads a saved plan.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let no_plan = |wrong: DataError| format!("it is not a saved plan: {wrong}");
        let versioned: Versioned = Format::Json.typed(text).map_err(no_plan)?;
        if versioned.version != SAVED_VERSION {
            return Err(format!(
                "it has format {}, and this deployer reads format {SAVED_VERSION}",
                versioned.version
            ));
        }
        Format::Json.typed(text).map_err(no_plan)
    }

    /// How the scripts that would run differ from the planned ones, one sentence each.
    pub fn changed_scripts(&self, now: &BTreeMap<String, String>) -> Vec<String> {
        let names: BTreeSet<&String> = self.scripts.keys().chain(now.keys()).collect();
        let change = |name: &&String| match (self.scripts.get(*name), now.get(*name)) {
            (Some(then), Some(now)) if then == now => None,
            (Some(_), Some(_)) => Some(format!("{name} has changed since the plan was made")),
            (None, _) => Some(format!("{name} is used, which the plan does not know")),
            (_, None) => Some(format!("{name} is not used any more")),
        };
        names.iter().filter_map(change).collect()
    }
}

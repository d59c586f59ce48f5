//! What a plan consists of.

use serde::Serialize;
use serde_json::Value;

use super::cost::PlannedCost;
use crate::vocabulary::outcome::{Outcome, Undone};
use crate::vocabulary::{Effect, Line, Residue, Site};

/// Version of the plan's JSON, raised when a member changes its meaning.
pub const PLAN_VERSION: u32 = 1;

/// What a pipeline will do. Its JSON is this structure, and the same bytes for the same events.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// Version of this structure: [`PLAN_VERSION`].
    pub version: u32,
    /// Path of the pipeline as it was given.
    pub pipeline: String,
    /// What the script says that it deploys.
    pub title: Option<String>,
    /// Region of the first ECS resource that was read.
    pub region: Option<String>,
    /// AWS account of that resource (12 digits).
    pub account: Option<String>,
    /// Values of the pipeline's parameters by name; secret ones are left out.
    pub params: Value,
    /// Library modules that the project replaces.
    pub overridden: Vec<String>,
    /// Fargate cost of the services that it changes.
    pub cost: Option<PlannedCost>,
    /// World time from start to end, in milliseconds: waits are predicted, people answer at once.
    pub estimated_ms: u64,
    /// Every step in order, with what is shown of it.
    pub steps: Vec<PlannedStep>,
    /// All writes of the pipeline, in the order in which it makes them.
    pub writes: Vec<PlannedCall>,
    /// All questions to people, in the order in which they are asked.
    pub asks: Vec<PlannedAsk>,
    /// All waits of the pipeline, in the order in which it makes them.
    pub waits: Vec<PlannedCall>,
    /// How what it does would be undone, in the order in which the script says so: undone in reverse.
    pub undo: Vec<PlannedUndo>,
    /// What nothing would take back if it failed at its end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_undone: Vec<Residue>,
    /// Programs of this machine that only read, and that making this plan came to.
    #[serde(skip_serializing_if = "PlannedPrograms::is_empty")]
    pub programs: PlannedPrograms,
    /// Names that only AWS can give, and that were predicted.
    pub predicted: Vec<String>,
    /// Where and why the plan ends before the pipeline does.
    pub ended: Option<PlanEnd>,
    /// What was assumed to go wrong, and what comes of it; on other plans nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what_if: Option<WhatIf>,
}

/// The end of a plan on which something goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhatIf {
    /// The faults, as they were given.
    pub faults: Vec<String>,
    /// How the run would end with these faults.
    pub outcome: Outcome,
    /// With which exit code; none: it depends on what only the real run can know.
    pub exit_code: Option<u8>,
    /// What would be undone, in order.
    pub undone: Vec<Undone>,
    /// What would be left in place.
    pub left: Vec<Residue>,
}

/// Programs of this machine that a plan came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PlannedPrograms {
    /// Whether they were run; otherwise what they would say is not known.
    pub run: bool,
    /// Each program with its arguments as one line, listed once.
    pub words: Vec<String>,
}

impl PlannedPrograms {
    fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// What the list of them is headed with; `None`: there are none.
    pub(super) fn heading(&self) -> Option<&'static str> {
        match (self.is_empty(), self.run) {
            (true, _) => None,
            (false, true) => Some("Programs that were run to make this plan (they only read):"),
            (false, false) => {
                Some("Programs that were not run, so that what they say is not known:")
            }
        }
    }
}

/// A step of the pipeline, with what the plan shows of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedStep {
    /// Its name; empty for what stands outside every step.
    pub name: String,
    /// How many steps are around this one; 0: none.
    pub depth: usize,
    /// Whether the plan reached the step before it ended.
    pub reached: bool,
    /// What the script remarked, as long as it had only read: what it says of predicted results is no news.
    pub notes: Vec<String>,
    /// How many reads the step makes.
    pub reads: usize,
    /// Everything else, in order; equal waits and checks once.
    pub items: Vec<Item>,
}

/// A line of a step: a write, a wait, a check or a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// What it does to the world.
    pub effect: Effect,
    /// What is done to which object, as it is shown to a person.
    pub line: Line,
    /// Roles that must answer, for questions.
    pub roles: Vec<String>,
    /// How often the step does this; equal waits and checks are listed once.
    pub times: usize,
}

/// A write or a wait of the pipeline, with its input.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedCall {
    /// Name of the step that makes it; `None`: outside of all steps.
    pub step: Option<String>,
    /// What it does to the world.
    pub effect: Effect,
    /// Full name of the verb: `ecs::update_service`.
    pub primitive: String,
    /// Operation of AWS, or the verb of the line for other calls: `UpdateService`.
    pub operation: String,
    /// Arguments of the call, as the script gives them.
    pub input: Value,
    /// What is done to which object, as it is shown to a person.
    pub line: Line,
}

/// A question that the pipeline will put to people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedAsk {
    /// Name of the step that asks it; `None`: outside of all steps.
    pub step: Option<String>,
    /// What is to be approved, in one line.
    pub title: String,
    /// Roles that must answer; empty: one answer from anyone.
    pub roles: Vec<String>,
    /// What is shown with the question, as the script gives it.
    pub about: Value,
}

/// An undo that the script registers, with the writes that it would make.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedUndo {
    /// Label that the script gives the undo.
    pub label: String,
    /// Name of the step that registers it; `None`: outside of all steps.
    pub step: Option<String>,
    /// The first write behind it (`UpdateService`): from there on it is undone.
    pub after: Option<String>,
    /// Its writes and waits, in order, as far as they could be foreseen.
    pub calls: Vec<PlannedCall>,
    /// Why it would not work, or could not be foreseen.
    pub fault: Option<String>,
    /// What else it would do if the run came less far.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<UndoVariant>,
}

/// What an undo does if the run fails behind a certain write.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UndoVariant {
    /// The write that it follows: `UpdateService catalog-service`.
    pub after: String,
    /// Its writes and waits, in order.
    pub calls: Vec<PlannedCall>,
    /// Why it would not work, or could not be foreseen.
    pub fault: Option<String>,
}

impl PlannedUndo {
    /// From where on it is undone: `UpdateService (step Deploy)`.
    pub(super) fn since(&self) -> String {
        let step = self.step.as_ref().map(|step| format!("step {step}"));
        match (&self.after, step) {
            (Some(write), Some(step)) => format!("{write} ({step})"),
            (Some(write), None) => write.clone(),
            (None, Some(step)) => step,
            (None, None) => "its beginning".to_owned(),
        }
    }
}

/// Why and where a plan ends before the pipeline does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanEnd {
    /// Name of the step in which the plan ends; `None`: outside of all steps.
    pub step: Option<String>,
    /// A fault that would stop the run as well; otherwise a value that only the real run can know.
    pub fault: bool,
    /// Stable code of the fault; `None`: it is no fault.
    pub code: Option<String>,
    /// Why the plan ends there, in one sentence.
    pub message: String,
    /// What to do about it, in a sentence; `None`: no advice is known.
    pub hint: Option<String>,
    /// Where in the scripts it ends, innermost frame first.
    pub frames: Vec<Site>,
}

impl Plan {
    /// Whether the plan follows the pipeline to its end.
    pub fn is_complete(&self) -> bool {
        self.ended.is_none()
    }
}

//! What a run tells: everything that reporters show, and nothing else.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::outcome::Ending;
use super::{Answer, Effect, Fault, Line, Progress, Question, Site};

/// Version of the event format, on every line of `--output json`.
pub const EVENT_VERSION: u32 = 1;

/// Something that happened, and when (in the world's time).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// [`EVENT_VERSION`].
    pub version: u32,
    /// World time: virtual in a rehearsal or plan.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// The run began, or goes on.
    Started {
        /// Run id (a ULID).
        run: String,
        /// Path of the pipeline as it was given.
        pipeline: String,
        /// Parameter values, secrets excluded.
        params: Value,
        /// Whether it goes on from a journal.
        resumed: bool,
        /// Library modules that the project replaces (`std/service`).
        overridden: Vec<String>,
        /// Names of the steps in the pipeline, in the order of the text.
        steps: Vec<String>,
    },
    /// The script names what it deploys.
    Title {
        /// `catalog-service 1.3.0`.
        text: String,
    },
    /// A `step` began.
    StepStarted {
        /// Its name.
        step: String,
        /// Nesting, from 0.
        depth: usize,
        /// Whether its calls come from the journal (known at the first call; false until then).
        site: Site,
    },
    /// A `step` ended.
    StepEnded {
        /// Its name.
        step: String,
        /// Nesting, from 0.
        depth: usize,
        /// World time it took, in milliseconds.
        elapsed_ms: u64,
        /// How.
        result: StepResult,
    },
    /// A remark of the script, shown beside the current step.
    Note {
        /// The step, if any.
        step: Option<String>,
        /// The remark.
        text: String,
    },
    /// `print` or `debug` in the script.
    Printed {
        /// The line.
        text: String,
        /// Where.
        site: Site,
    },
    /// A call is about to be performed or replayed.
    Call {
        /// Place in the journal: branch path and number (`0:12`).
        key: String,
        /// Primitive (`ecs::update_service`).
        primitive: String,
        /// Its effect.
        effect: Effect,
        /// Its input, as it is journalled.
        input: Value,
        /// How the primitive puts it for a person.
        line: Line,
        /// The step it belongs to.
        step: Option<String>,
        /// Where the script makes it.
        site: Site,
        /// Whether its result comes from the journal.
        replayed: bool,
        /// Whether it is made by an undo.
        undoing: bool,
        /// Whether it is made at the end, by a `finally`.
        #[serde(default)]
        closing: bool,
    },
    /// The call returned.
    Returned {
        /// Of the call.
        key: String,
        /// What was returned, or the fault.
        result: Result<Value, Fault>,
        /// World time it took, in milliseconds.
        elapsed_ms: u64,
        /// How the primitive puts what came of it (`catalog:42`), if it has something to say.
        summary: Option<String>,
    },
    /// A wait tells how it is going.
    Progress {
        /// Of the call.
        key: String,
        /// Its state.
        progress: Progress,
    },
    /// A call is made again after a passing fault.
    Retried {
        /// Of the call.
        key: String,
        /// Attempt that failed, from 1.
        attempt: u32,
        /// Why.
        fault: Fault,
        /// Until the next attempt, in milliseconds.
        delay_ms: u64,
    },
    /// A call without a result was found in the journal and settled.
    Reconciled {
        /// Of the call.
        key: String,
        /// Whether it had happened; `None`: nobody knows, and it is carried out again rather than asked about.
        happened: Option<bool>,
        /// How that was found out.
        how: String,
    },
    /// People are asked.
    Asked {
        /// What.
        question: Question,
    },
    /// A person answered.
    Answered {
        /// What they said.
        answer: Answer,
    },
    /// The script said how to undo what it is about to do.
    UndoRegistered {
        /// Its label.
        label: String,
        /// The step.
        step: Option<String>,
    },
    /// An undo began.
    UndoStarted {
        /// Its label.
        label: String,
    },
    /// An undo ended.
    UndoEnded {
        /// Its label.
        label: String,
        /// World time it took, in milliseconds.
        elapsed_ms: u64,
        /// Why it failed, if it did.
        fault: Option<Fault>,
    },
    /// The last event.
    Finished {
        /// Run id.
        run: String,
        /// How it ended.
        #[serde(flatten)]
        ending: Box<Ending>,
    },
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepResult {
    /// It did what it should.
    Done,
    /// A fault left it.
    Failed,
    /// The run halted in it.
    Halted,
}

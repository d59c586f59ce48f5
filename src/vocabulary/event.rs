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
    Started(Started),
    /// The script names what it deploys.
    Title(Title),
    /// A `step` began.
    StepStarted(StepStarted),
    /// A `step` ended.
    StepEnded(StepEnded),
    /// A remark of the script, shown beside the current step.
    Note(Note),
    /// `print` or `debug` in the script.
    Printed(Printed),
    /// A call is about to be performed or replayed.
    Call(Call),
    /// The call returned.
    Returned(Returned),
    /// A wait tells how it is going.
    Progress(Progressed),
    /// A call is made again after a passing fault.
    Retried(Retried),
    /// A call without a result was found in the journal and settled.
    Reconciled(Reconciled),
    /// People are asked.
    Asked(Asked),
    /// A person answered.
    Answered(Answered),
    /// The script said how to undo what it is about to do.
    UndoRegistered(UndoRegistered),
    /// An undo began.
    UndoStarted(UndoStarted),
    /// An undo ended.
    UndoEnded(UndoEnded),
    /// The last event.
    Finished(Finished),
}

impl EventKind {
    /// Its stable name, as in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            EventKind::Started(_) => "started",
            EventKind::Title(_) => "title",
            EventKind::StepStarted(_) => "step_started",
            EventKind::StepEnded(_) => "step_ended",
            EventKind::Note(_) => "note",
            EventKind::Printed(_) => "printed",
            EventKind::Call(_) => "call",
            EventKind::Returned(_) => "returned",
            EventKind::Progress(_) => "progress",
            EventKind::Retried(_) => "retried",
            EventKind::Reconciled(_) => "reconciled",
            EventKind::Asked(_) => "asked",
            EventKind::Answered(_) => "answered",
            EventKind::UndoRegistered(_) => "undo_registered",
            EventKind::UndoStarted(_) => "undo_started",
            EventKind::UndoEnded(_) => "undo_ended",
            EventKind::Finished(_) => "finished",
        }
    }
}

/// The run began, or goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Started {
    /// Run id (a ULID).
    pub run: String,
    /// Path of the pipeline as it was given.
    pub pipeline: String,
    /// Parameter values, secrets excluded.
    pub params: Value,
    /// Whether it goes on from a journal.
    pub resumed: bool,
    /// Library modules that the project replaces (`std/service`).
    pub overridden: Vec<String>,
    /// Names of the steps in the pipeline, in the order of the text.
    pub steps: Vec<String>,
}

/// The script names what it deploys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Title {
    /// `catalog-service 1.3.0`.
    pub text: String,
}

/// A `step` began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepStarted {
    /// Its name.
    pub step: String,
    /// Nesting, from 0.
    pub depth: usize,
    /// Whether its calls come from the journal (known at the first call; false until then).
    pub site: Site,
}

/// A `step` ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepEnded {
    /// Its name.
    pub step: String,
    /// Nesting, from 0.
    pub depth: usize,
    /// World time it took, in milliseconds.
    pub elapsed_ms: u64,
    /// How.
    pub result: StepResult,
    /// Why it failed, in a line; `None` where it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A remark of the script, shown beside the current step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// The step, if any.
    pub step: Option<String>,
    /// The remark.
    pub text: String,
}

/// `print` or `debug` in the script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Printed {
    /// The line.
    pub text: String,
    /// Where.
    pub site: Site,
}

/// A call is about to be performed or replayed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Place in the journal: branch path and number (`0:12`).
    pub key: String,
    /// Primitive (`ecs::update_service`).
    pub primitive: String,
    /// Its effect.
    pub effect: Effect,
    /// Its input, as it is journalled.
    pub input: Value,
    /// How the primitive puts it for a person.
    pub line: Line,
    /// The step it belongs to.
    pub step: Option<String>,
    /// Where the script makes it.
    pub site: Site,
    /// Whether its result comes from the journal.
    pub replayed: bool,
    /// Whether it is made by an undo.
    pub undoing: bool,
    /// Whether it is made at the end, by a `finally`.
    #[serde(default)]
    pub closing: bool,
}

/// The call returned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Returned {
    /// Of the call.
    pub key: String,
    /// What was returned, or the fault.
    pub result: Result<Value, Fault>,
    /// World time it took, in milliseconds.
    pub elapsed_ms: u64,
    /// How the primitive puts what came of it (`catalog:42`), if it has something to say.
    pub summary: Option<String>,
}

/// A wait tells how it is going.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progressed {
    /// Of the call.
    pub key: String,
    /// Its state.
    pub progress: Progress,
}

/// A call is made again after a passing fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retried {
    /// Of the call.
    pub key: String,
    /// Attempt that failed, from 1.
    pub attempt: u32,
    /// Why.
    pub fault: Fault,
    /// Until the next attempt, in milliseconds.
    pub delay_ms: u64,
}

/// A call without a result was found in the journal and settled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reconciled {
    /// Of the call.
    pub key: String,
    /// Whether it had happened; `None`: nobody knows, and it is carried out again rather than asked about.
    pub happened: Option<bool>,
    /// How that was found out.
    pub how: String,
}

/// People are asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// What.
    pub question: Question,
}

/// A person answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// What they said.
    pub answer: Answer,
}

/// The script said how to undo what it is about to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UndoRegistered {
    /// Its label.
    pub label: String,
    /// The step.
    pub step: Option<String>,
}

/// An undo began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UndoStarted {
    /// Its label.
    pub label: String,
}

/// An undo ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UndoEnded {
    /// Its label.
    pub label: String,
    /// World time it took, in milliseconds.
    pub elapsed_ms: u64,
    /// Why it failed, if it did.
    pub fault: Option<Fault>,
}

/// The last event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// Run id.
    pub run: String,
    /// How it ended.
    #[serde(flatten)]
    pub ending: Box<Ending>,
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

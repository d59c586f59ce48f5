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
    /// Version of the event format: [`EVENT_VERSION`].
    pub version: u32,
    /// World time: virtual in a rehearsal or plan.
    pub at: Timestamp,
    /// What happened, with its data; in JSON these members stand beside `version` and `at`.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// The kinds of events, each with its data. In JSON the name stands in `event`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// The run began, or goes on.
    Started(Started),
    /// The script names what it deploys.
    Title(Title),
    /// The script entered a `step`.
    StepStarted(StepStarted),
    /// The script left a `step`, normally or because of a fault.
    StepEnded(StepEnded),
    /// A remark of the script, shown beside the current step.
    Note(Note),
    /// `print` or `debug` in the script.
    Printed(Printed),
    /// A call is about to be performed or replayed.
    Call(Call),
    /// A call returned a value or failed with a fault.
    Returned(Returned),
    /// A wait tells how it is going.
    Progress(Progressed),
    /// A call is made again after a passing fault.
    Retried(Retried),
    /// A call without a result was found in the journal and settled.
    Reconciled(Reconciled),
    /// A call put a question to people.
    Asked(Asked),
    /// A person answered the open question.
    Answered(Answered),
    /// The script said how to undo what it is about to do.
    UndoRegistered(UndoRegistered),
    /// After a failure, a registered undo began.
    UndoStarted(UndoStarted),
    /// An undo ended; it may have failed.
    UndoEnded(UndoEnded),
    /// The run ended, or this process leaves it to be resumed. Always the last event.
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
    /// Id of the run, a ULID.
    pub run: String,
    /// Path of the pipeline as it was given.
    pub pipeline: String,
    /// Values of the pipeline's parameters by name; secret ones are left out.
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
    /// What is deployed, in one line: `catalog-service 1.3.0`.
    pub text: String,
}

/// The script entered a `step`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepStarted {
    /// Name of the step, as the script gives it.
    pub step: String,
    /// How many steps are around this one; 0: none.
    pub depth: usize,
    /// Where the script begins the step.
    pub site: Site,
}

/// The script left a `step`, normally or because of a fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepEnded {
    /// Name of the step, as the script gives it.
    pub step: String,
    /// How many steps are around this one; 0: none.
    pub depth: usize,
    /// World time it took, in milliseconds.
    pub elapsed_ms: u64,
    /// Whether it was completed, failed or was halted.
    pub result: StepResult,
    /// Why it failed, in a line; `None` where it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A remark of the script, shown beside the current step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Name of the step in which the remark was made; `None`: outside of all steps.
    pub step: Option<String>,
    /// Text of the remark.
    pub text: String,
}

/// `print` or `debug` in the script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Printed {
    /// The line as printed; secret values in it are masked.
    pub text: String,
    /// Where in the script it is printed.
    pub site: Site,
}

/// A call is about to be performed or replayed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Place in the journal: branch path and number (`0:12`).
    pub key: String,
    /// Full name of the verb: `ecs::update_service`.
    pub primitive: String,
    /// What the call does: it reads, writes, waits or asks.
    pub effect: Effect,
    /// Its input, as it is journalled.
    pub input: Value,
    /// How the primitive puts it for a person.
    pub line: Line,
    /// Name of the step in which it is made; `None`: outside of all steps.
    pub step: Option<String>,
    /// Where in the script it is made.
    pub site: Site,
    /// Whether its result comes from the journal.
    pub replayed: bool,
    /// Whether it is made by an undo.
    pub undoing: bool,
    /// Whether it is made at the end, by a `finally`.
    #[serde(default)]
    pub closing: bool,
}

/// A call returned a value or failed with a fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Returned {
    /// Key of the call, as in [`Call::key`].
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
    /// Key of the waiting call, as in [`Call::key`].
    pub key: String,
    /// What it waits for, since when, and how far that is.
    pub progress: Progress,
}

/// A call is made again after a passing fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retried {
    /// Key of the call, as in [`Call::key`].
    pub key: String,
    /// Number of the attempt that failed, from 1.
    pub attempt: u32,
    /// The fault of the failed attempt.
    pub fault: Fault,
    /// Until the next attempt, in milliseconds.
    pub delay_ms: u64,
}

/// A call without a result was found in the journal and settled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reconciled {
    /// Key of the call, as in [`Call::key`].
    pub key: String,
    /// Whether it had happened; `None`: nobody knows, and it is carried out again rather than asked about.
    pub happened: Option<bool>,
    /// How it was found out whether the call had happened, in one sentence.
    pub how: String,
}

/// A call put a question to people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The question, with the roles that must answer it.
    pub question: Question,
}

/// A person answered the open question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// Approval or rejection, by whom, and their note.
    pub answer: Answer,
}

/// The script said how to undo what it is about to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UndoRegistered {
    /// Label that the script gave the undo.
    pub label: String,
    /// Name of the step in which it was registered; `None`: outside of all steps.
    pub step: Option<String>,
}

/// After a failure, a registered undo began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UndoStarted {
    /// Label that the script gave the undo.
    pub label: String,
}

/// An undo ended; it may have failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UndoEnded {
    /// Label that the script gave the undo.
    pub label: String,
    /// World time it took, in milliseconds.
    pub elapsed_ms: u64,
    /// Why it failed, if it did.
    pub fault: Option<Fault>,
}

/// The run ended, or this process leaves it to be resumed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// Id of the run, a ULID.
    pub run: String,
    /// Outcome, exit code and details; in JSON these members stand beside `run`.
    #[serde(flatten)]
    pub ending: Box<Ending>,
}

/// How the script left a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepResult {
    /// The step came to its end.
    Done,
    /// A fault left the step; the script may still have caught it outside.
    Failed,
    /// The run halted inside of the step.
    Halted,
}

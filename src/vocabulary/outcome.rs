//! How a run ends, truthfully.

use serde::{Deserialize, Serialize};

#[cfg(doc)]
use super::Next;
use super::{Fault, Halt, NextCommands, Residue, Site};

/// How a run ended. The exit codes are documented here and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything the script asked for came true.
    Succeeded,
    /// Something failed, and something may be left in place: the ending says what.
    Failed,
    /// Something failed, and all is as it was: everything was undone, but for what stays on purpose, costs and changes
    /// nothing, or told people something.
    RolledBack,
    /// A person rejected what they were asked to approve, or nobody answered in time.
    Rejected,
    /// People were asked and have not answered.
    Suspended,
    /// On resume, the script did not make the calls that the journal recorded.
    Diverged,
    /// A person interrupted it, or the journal could not be written; it can be resumed.
    Interrupted,
}

impl Outcome {
    /// The process's exit code. 2 is not among them: it means that nothing ran.
    pub fn exit_code(self) -> u8 {
        match self {
            Outcome::Succeeded => 0,
            Outcome::Failed => 1,
            Outcome::RolledBack => 3,
            Outcome::Rejected => 4,
            Outcome::Suspended => 5,
            Outcome::Diverged => 6,
            Outcome::Interrupted => 130,
        }
    }

    /// Whether nothing more can come of the run: it cannot be resumed.
    pub fn is_last(self) -> bool {
        !matches!(
            self,
            Outcome::Suspended | Outcome::Interrupted | Outcome::Diverged
        )
    }

    /// snake_case, as in events and `runs`.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Succeeded => "succeeded",
            Outcome::Failed => "failed",
            Outcome::RolledBack => "rolled_back",
            Outcome::Rejected => "rejected",
            Outcome::Suspended => "suspended",
            Outcome::Diverged => "diverged",
            Outcome::Interrupted => "interrupted",
        }
    }
}

/// All that is said at the end of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ending {
    /// Whether the run succeeded, failed, was rolled back, or stopped before its end.
    pub outcome: Outcome,
    /// Exit code of the process: that of [`Outcome::exit_code`].
    pub exit_code: u8,
    /// World time from start to end, in milliseconds.
    pub elapsed_ms: u64,
    /// The step in which it went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The fault that ended the script; `None`: no fault did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// What halted it: the question, the two calls that differ, the unknown value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halt: Option<Halt>,
    /// Where, innermost first; the pipeline's own frame is the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<Site>,
    /// Why, as far as it was found out (`ResourceInitializationError: …`), most telling first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
    /// The undos that ran, in the order in which they ran.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undone: Vec<Undone>,
    /// Writes that were not undone and stay in place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Residue>,
    /// What is still going on in AWS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_flight: Vec<String>,
    /// What the run started and nothing has seen end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub still_running: Vec<StillRunning>,
    /// What an interrupted run would have undone, latest first: the labels, for undoing it by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_hand: Vec<String>,
    /// Commands that make sense now. Who reads an ending from a journal finds them anew ([`Next::after`]).
    #[serde(skip_deserializing, skip_serializing_if = "NextCommands::is_empty")]
    pub next: NextCommands,
    /// Anything else worth a line (what now serves, what diverged, who rejected).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Ending {
    /// An ending of which nothing is known but its outcome.
    pub fn of(outcome: Outcome) -> Self {
        Ending {
            outcome,
            exit_code: outcome.exit_code(),
            elapsed_ms: 0,
            step: None,
            fault: None,
            halt: None,
            frames: Vec::new(),
            causes: Vec::new(),
            undone: Vec::new(),
            left: Vec::new(),
            in_flight: Vec::new(),
            still_running: Vec::new(),
            by_hand: Vec::new(),
            next: NextCommands::default(),
            message: None,
        }
    }
}

/// Something that still runs in AWS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StillRunning {
    /// What runs, in one line for a person.
    pub text: String,
    /// The command line that stops it; `None`: none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<String>,
}

/// A named reason and what to do about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// `CannotPullContainerError: …`, `exit code 1`, a log line.
    pub text: String,
    /// What to do about it, in a sentence; `None`: no advice is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// An undo that ran after a failure, and how it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Undone {
    /// Label that the script gave the undo.
    pub label: String,
    /// World time it took, in milliseconds.
    pub elapsed_ms: u64,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

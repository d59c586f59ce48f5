//! The shared vocabulary: what a script asks for, and how asking can end.
//!
//! A leaf: everything above speaks these words, and it knows none of them.

mod question;

pub use question::{Answer, Question, Refusal, Replies};

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Code of the fault by which a person says no.
pub const REJECTED: &str = "rejected";

/// Code of the fault by which a plan says that only the real run can know a value.
pub const UNKNOWN_UNTIL_RUN: &str = "unknown_until_run";

/// How the text begins and ends that a plan puts where only the real run can know a value.
const UNKNOWN: (&str, char) = ("‹known only when it runs: ", '›');

/// A text that stands for a value that only the real run can know; `what`: that value, as a person would
/// name it. It may be passed on and printed; nothing may depend on it.
pub fn unknown(what: impl fmt::Display) -> String {
    format!("{}{what}{}", UNKNOWN.0, UNKNOWN.1)
}

/// What only the real run can know, if a text holds such a value.
pub fn unknown_in(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(UNKNOWN.0)?;
    Some(rest.split(UNKNOWN.1).next().unwrap_or(rest))
}

/// What stands around the values in a text that only the real run can know.
pub fn around_unknown(text: &str) -> Vec<&str> {
    let mut pieces = text.split(UNKNOWN.0);
    let first = pieces.next();
    let behind = pieces.map(|piece| piece.split_once(UNKNOWN.1).map_or("", |(_, behind)| behind));
    first.into_iter().chain(behind).collect()
}

/// The first value in JSON that only the real run can know.
pub fn unknown_within(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => unknown_in(text),
        Value::Array(items) => items.iter().find_map(unknown_within),
        Value::Object(members) => members.values().find_map(unknown_within),
        _ => None,
    }
}

/// What a call does to the world, which decides what the journal must know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Looks, and changes nothing. The result is recorded.
    Read,
    /// Changes something. The intent is on disk before it happens, the result after.
    Write,
    /// Passes time until something holds. Its deadline is recorded; its polls are not.
    Wait,
    /// Asks people. The question is recorded; the answer may come to a later process.
    Ask,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Effect::Read => "read",
            Effect::Write => "write",
            Effect::Wait => "wait",
            Effect::Ask => "ask",
        })
    }
}

/// Whether the same request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The answer is final.
    #[default]
    Never,
    /// The service asked for fewer requests; this one was not carried out.
    Throttled,
    /// The request was not carried out (it never left, or was refused for a passing reason).
    Transient,
    /// The request may or may not have been carried out: the answer was lost.
    InDoubt,
}

/// A failure that a script may catch: `catch (e) { e.code }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// Stable name. AWS's own error code for an answer of AWS (`ClusterNotFoundException`),
    /// snake_case for everything of ours (`deployment_failed`, `timed_out`).
    pub code: String,
    /// One sentence for a person.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Whether it may be tried again.
    #[serde(default)]
    pub retry: Retry,
    /// Anything structured: stopped reasons, differences, the response.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub details: Value,
}

impl Fault {
    /// A final fault with its stable `code`.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Fault {
            code: code.into(),
            message: message.into(),
            hint: None,
            retry: Retry::Never,
            details: Value::Null,
        }
    }

    /// Adds what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says whether it may be tried again.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Adds structured details.
    pub fn details(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Fault {}

/// An end that no script can catch. The first one sticks; nothing is performed after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "halt", rename_all = "snake_case")]
pub enum Halt {
    /// People were asked and have not answered; the run goes on when they have.
    Suspended {
        /// What was asked.
        question: Question,
    },
    /// Replay met a call that is not the recorded one.
    Diverged {
        /// Place in the journal (`0:12`).
        key: String,
        /// The recorded call.
        recorded: String,
        /// What the script attempted there.
        attempted: String,
    },
    /// A person interrupted the run.
    Cancelled,
    /// The journal could not be written, so nothing may be done any more.
    Journal {
        /// What the file system said.
        message: String,
    },
    /// A write without a recorded result could be neither confirmed nor ruled out.
    InDoubt {
        /// The write, and what the attempt to find out said.
        message: String,
    },
    /// AWS does not answer, or no longer accepts the credentials: that says nothing of what is deployed, and the run goes
    /// on when it does again.
    Unavailable {
        /// What came instead, and what to do.
        message: String,
    },
    /// The script said that there is nothing more to do: no failure, and the end of it.
    Finished {
        /// Why.
        reason: String,
    },
    /// What follows depends on a value that only the real run can know (plans only).
    Unknown {
        /// The value, as a person would name it.
        what: String,
    },
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Halt::Suspended { question } => write!(f, "waiting for an answer: {}", question.title),
            Halt::Diverged {
                key,
                recorded,
                attempted,
            } => write!(
                f,
                "diverged at {key}: recorded {recorded}, attempted {attempted}"
            ),
            Halt::Cancelled => f.write_str("interrupted"),
            Halt::Journal { message } => write!(f, "the journal cannot be written: {message}"),
            Halt::InDoubt { message } | Halt::Unavailable { message } => f.write_str(message),
            Halt::Finished { reason } => write!(f, "finished early: {reason}"),
            Halt::Unknown { what } => write!(f, "what follows depends on {what}"),
        }
    }
}

/// Why a call did not return a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    /// May be caught.
    Fault(Fault),
    /// May not.
    Halt(Halt),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Stop::Fault(fault)
    }
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        Stop::Halt(halt)
    }
}

/// Where in a script something stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Site {
    /// The script as it was loaded (`pipelines/prod.rhai`, `std/service`).
    pub source: String,
    /// 1-based line; 0: unknown.
    pub line: usize,
    /// 1-based column in characters; 0: unknown.
    pub column: usize,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.source, self.line, self.column)
    }
}

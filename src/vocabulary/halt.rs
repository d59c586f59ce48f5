//! An end that no script can catch, and either kind of end.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Fault, Question};

/// An end that no script can catch. The first one sticks; nothing is performed after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "halt", rename_all = "snake_case")]
pub enum Halt {
    /// People were asked and have not answered; the run goes on when they have.
    Suspended {
        /// The question that is still open.
        question: Question,
    },
    /// Replay met a call that is not the recorded one.
    Diverged {
        /// Key of the call in the journal (`0:12`).
        key: String,
        /// The call that the journal has at that place: verb and input.
        recorded: String,
        /// The call that the script made there instead.
        attempted: String,
    },
    /// A person interrupted the run.
    Cancelled,
    /// The journal could not be written, so nothing may be done any more.
    Journal {
        /// The error of the file system.
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
        /// The reason that the script gave.
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
    /// A fault: the script may catch it.
    Fault(Fault),
    /// A halt: it ends the run, and the script cannot catch it.
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

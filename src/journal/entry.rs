//! The entries of a journal. Stored: every change needs a new [`FORMAT`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::vocabulary::event::Event;
use crate::vocabulary::outcome::Ending;
use crate::vocabulary::{Answer, Effect, Fault, Line, Question, Site};

/// Version of the format, in every journal's first entry.
pub const FORMAT: u32 = 1;

/// One line of a journal: what happened, as JSON with its kind in `entry`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum Entry {
    /// The first entry of every journal: which run it is, and with what it was started.
    Started {
        /// Version of the journal format: [`FORMAT`] of the program that wrote it.
        format: u32,
        /// Id of the run, a ULID; also the name of its directory.
        run: String,
        /// Path of the pipeline as it was given.
        pipeline: String,
        /// Values of the pipeline's parameters by name, defaults included.
        params: Value,
        /// Version of the deployer that started the run.
        deployer: String,
        /// SHA-256 (hex) of every script, by the name under which it was loaded.
        sources: BTreeMap<String, String>,
        /// Library modules that the project replaces.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        overridden: Vec<String>,
        /// SHA-256 (hex) of the saved plan that the run is held to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<String>,
        /// What the environment says of AWS: `AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        aws: BTreeMap<String, String>,
        /// Who started it: the operating system's user.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        by: String,
        /// When the run started, in its world's time.
        at: Timestamp,
    },
    /// Another process goes on with the run.
    Resumed {
        /// Version of the deployer that resumes the run.
        deployer: String,
        /// When the run was resumed, in its world's time.
        at: Timestamp,
    },
    /// A call is about to be performed. On disk before a write happens.
    Intent {
        /// Key of the call: branch path and number, `0:12`.
        key: String,
        /// Full name of the verb: `ecs::update_service`.
        primitive: String,
        /// What the call does: it reads, writes, waits or asks.
        effect: Effect,
        /// Its input as the script gave it.
        input: Value,
        /// How it reads for a person.
        line: Line,
        /// Name of the step in which it is made; `None`: outside of all steps.
        step: Option<String>,
        /// Where in the script it is made.
        site: Site,
        /// Whether an undo makes the call.
        undoing: bool,
        /// Whether it is made at the end, by a `finally`.
        #[serde(default)]
        closing: bool,
        /// Until when at most, for waits and questions.
        deadline: Option<Timestamp>,
        /// When the call was first made, in the world's time.
        at: Timestamp,
    },
    /// The call came to an end.
    Result {
        /// Key of the call: that of its intent.
        key: String,
        /// What it returned, or its fault.
        result: Result<Value, Fault>,
        /// When the result arrived, in the world's time.
        at: Timestamp,
    },
    /// A call put a question to people.
    Asked {
        /// The question, with the digest that its answers must name.
        question: Question,
        /// When it was asked, in the world's time.
        at: Timestamp,
    },
    /// A person answered the open question.
    Answered {
        /// The answer as the person gave it.
        answer: Answer,
        /// When the run took the answer in, in the world's time.
        at: Timestamp,
    },
    /// An event that does not follow from other entries, kept for `show`.
    #[serde(rename = "told")]
    Event {
        /// The event, with its own time.
        event: Event,
        /// Whether a replay tells it again (driven by the script, not by the world).
        scripted: bool,
    },
    /// This process ended the run, or leaves it to be resumed.
    Finished {
        /// Outcome, exit code, and all that is reported at the end.
        ending: Box<Ending>,
        /// Whether the run is over; false: it can be resumed.
        last: bool,
        /// When this process ended, in the world's time.
        at: Timestamp,
    },
}

impl Entry {
    /// When the entry was written, in the world's time; for an event, when it happened.
    pub fn at(&self) -> Timestamp {
        match self {
            Entry::Started { at, .. }
            | Entry::Resumed { at, .. }
            | Entry::Intent { at, .. }
            | Entry::Result { at, .. }
            | Entry::Asked { at, .. }
            | Entry::Answered { at, .. }
            | Entry::Finished { at, .. } => *at,
            Entry::Event { event, .. } => event.at,
        }
    }
}

//! How a primitive puts what it does for a person: in a plan, on a screen, in a journal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a primitive puts a call for a person, in a plan and on the screen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// `RegisterTaskDefinition`, `GET`, `wait`.
    pub verb: String,
    /// `catalog:42`, `https://api…/health`.
    pub object: String,
    /// `waits for exit 0, at most 30m`, `status 200, version 1.3.0`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// For writes: what is there now and what will be, leaf by leaf.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// The write creates something (`+`), changes it (`~`) or removes it (`-`).
    #[serde(default)]
    pub kind: LineKind,
    /// What the object is predicted to be called where only AWS decides (`catalog:42`).
    #[serde(default)]
    pub predicted: bool,
    /// Longest it may take, in milliseconds, for waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most_ms: Option<u64>,
}

/// The sign in front of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Changes nothing.
    #[default]
    Looks,
    /// `+`
    Creates,
    /// `~`
    Changes,
    /// `-`
    Removes,
}

/// One leaf that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// `containerDefinitions[catalog-service].image`.
    pub path: String,
    /// What is there; null: nothing.
    pub from: Value,
    /// What will be there; null: nothing.
    pub to: Value,
}

/// How a wait is going: the one thing waited for, since when, and the numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// `deployment ecs-svc/8812`.
    pub waiting_for: String,
    /// What it is to do: `complete`, `stop with exit 0`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub until: String,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Until when at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// `catalog:42 new 2/3 running, 1 starting · old 3 serving`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// Something new that happened (service event, stopped task, log line); said once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub news: Option<String>,
}

/// A write that stays.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Left {
    /// `task definition catalog:42`.
    pub text: String,
    /// Whether it costs and changes nothing.
    pub harmless: bool,
    /// Why it stays on purpose, where the script says so (`stays`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
    /// Whether it told people something.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub notification: bool,
}

impl Left {
    /// Whether somebody would have to take it back by hand to have everything as it was.
    pub fn is_lasting(&self) -> bool {
        !self.harmless && !self.notification && self.kept.is_none()
    }
}

/// What goes on in AWS by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Going {
    /// What it is about, as a wait for its end names it in its input: a service, a task, a snapshot.
    pub about: String,
    /// In words.
    pub text: String,
    /// The command that stops it.
    pub stop: Option<String>,
}

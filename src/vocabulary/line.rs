//! How a primitive puts what it does for a person: in a plan, on a screen, in a journal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a primitive puts a call for a person, in a plan and on the screen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "StoredLine")]
pub struct Line {
    /// What is done: the operation of AWS (`RegisterTaskDefinition`), the HTTP method (`GET`), or `wait`.
    pub verb: String,
    /// What it is done to: `catalog:42`, `https://api…/health`.
    pub object: String,
    /// `waits for exit 0, at most 30m`, `status 200, version 1.3.0`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What is watched, a rule an item. It is not stored: the detail names the rules, too.
    #[serde(skip)]
    pub rules: Vec<String>,
    /// For writes: what is there now and what will be, leaf by leaf.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// What the call does to its object.
    pub kind: LineKind,
    /// What the object is predicted to be called where only AWS decides (`catalog:42`).
    pub predicted: bool,
    /// Longest it may take, in milliseconds, for waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most_ms: Option<u64>,
}

/// What a call does to its object. All kinds that change nothing are stored as `looks`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Reads its object and changes nothing.
    #[default]
    Looks,
    /// Waits until its object has reached a state.
    #[serde(rename(serialize = "looks"))]
    Waits,
    /// Watches for as long as its object says that rules hold.
    #[serde(rename(serialize = "looks"))]
    Watches,
    /// Lets the time pass that its object says.
    #[serde(rename(serialize = "looks"))]
    Sleeps,
    /// Asks its object, an address, until it answers as the detail says.
    #[serde(rename(serialize = "looks"))]
    Polls,
    /// Creates its object; shown as `+`.
    Creates,
    /// Changes its object; shown as `~`.
    Changes,
    /// Removes its object; shown as `-`.
    Removes,
}

/// A line as it is stored, which says how a call waits by its verb.
#[derive(Deserialize)]
struct StoredLine {
    verb: String,
    object: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    changes: Vec<Change>,
    #[serde(default)]
    kind: LineKind,
    #[serde(default)]
    predicted: bool,
    #[serde(default)]
    at_most_ms: Option<u64>,
}

impl From<StoredLine> for Line {
    fn from(stored: StoredLine) -> Self {
        let kind = match (stored.kind, stored.verb.as_str()) {
            (LineKind::Looks, "wait") => LineKind::Waits,
            (LineKind::Looks, "watch") => LineKind::Watches,
            (LineKind::Looks, "sleep") => LineKind::Sleeps,
            (LineKind::Looks, "GET") if stored.at_most_ms.is_some() => LineKind::Polls,
            (kind, _) => kind,
        };
        Line {
            verb: stored.verb,
            object: stored.object,
            detail: stored.detail,
            rules: Vec::new(),
            changes: stored.changes,
            kind,
            predicted: stored.predicted,
            at_most_ms: stored.at_most_ms,
        }
    }
}

/// One value that a write changes in its object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Path of the value in the object: `containerDefinitions[catalog-service].image`.
    pub path: String,
    /// The value before the write; null: it did not exist.
    pub from: Value,
    /// What will be there; null: nothing.
    pub to: Value,
}

/// How a wait is going: the one thing waited for, since when, and the numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The thing waited for: `deployment ecs-svc/8812`.
    pub waiting_for: String,
    /// What it is to do: `complete`, `stop with exit 0`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub until: String,
    /// When what is waited for began, in the world's time; `None`: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When the wait gives up, in the world's time; `None`: it has no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// `catalog:42 new 2/3 running, 1 starting · old 3 serving`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// Something new that happened (service event, stopped task, log line); said once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub news: Option<String>,
}

/// A write of the run that was not undone and stays in place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Residue {
    /// What stays, in words: `task definition catalog:42`.
    pub text: String,
    /// Whether it costs and changes nothing.
    pub harmless: bool,
    /// Why it stays on purpose, where the script says so (`stays`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
    /// Whether it only notified people of something.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub notification: bool,
}

impl Residue {
    /// Whether somebody would have to take it back by hand to have everything as it was.
    pub fn is_lasting(&self) -> bool {
        !self.harmless && !self.notification && self.kept.is_none()
    }
}

/// What continues in AWS by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InFlight {
    /// What it is about, as a wait for its end names it in its input: a service, a task, a snapshot.
    pub about: String,
    /// What continues, in one line for a person.
    pub text: String,
    /// The command line that stops it; `None`: none is known.
    pub stop: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_call_waits_is_stored_by_its_verb() {
        for (verb, kind, stored) in [
            ("wait", LineKind::Waits, "looks"),
            ("watch", LineKind::Watches, "looks"),
            ("sleep", LineKind::Sleeps, "looks"),
            ("GET", LineKind::Polls, "looks"),
            ("load GET", LineKind::Looks, "looks"),
            ("write", LineKind::Changes, "changes"),
        ] {
            let line = Line {
                verb: verb.to_owned(),
                kind,
                at_most_ms: Some(1_000),
                ..Line::default()
            };
            let json = serde_json::to_value(&line).unwrap();
            assert_eq!(json["kind"], stored, "{verb}");
            assert_eq!(serde_json::from_value::<Line>(json).unwrap(), line);
        }
    }
}

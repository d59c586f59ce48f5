//! The people whom a fixture describes.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

/// How someone answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    Approve,
    Reject,
    Never,
    Mistype,
}

/// The people whom the fixture describes, and what they were asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct People {
    pub(super) persons: Vec<Person>,
    /// When each question was first asked.
    pub(super) asked: BTreeMap<String, Timestamp>,
}

impl People {
    /// Makes someone known.
    pub(crate) fn add(&mut self, person: Person) {
        self.persons.push(person);
    }
}

/// Someone.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// `None`: answers for every role that nobody else answers for.
    pub(crate) role: Option<String>,
    pub(crate) name: String,
    pub(crate) after: Duration,
    pub(crate) reply: Reply,
    pub(crate) note: Option<String>,
}

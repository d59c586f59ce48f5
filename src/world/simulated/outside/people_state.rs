//! The people whom a fixture describes.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

/// How a person of the fixture answers.
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
    /// Adds a person who may be asked.
    pub(crate) fn add(&mut self, person: Person) {
        self.persons.push(person);
    }
}

/// A person of the fixture, and how they answer.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// `None`: answers for every role that nobody else answers for.
    pub(crate) role: Option<String>,
    pub(crate) name: String,
    pub(crate) after: Duration,
    pub(crate) reply: Reply,
    pub(crate) note: Option<String>,
}

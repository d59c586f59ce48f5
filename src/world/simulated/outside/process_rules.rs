//! What a fixture says of the processes that are run, and what they did.

use std::collections::BTreeMap;

use crate::text::wildcard::fits as matches;
use crate::world::ProcessCommand;
use crate::world::simulated::fixture;

/// What processes do, and what they did.
#[derive(Debug, Clone, Default)]
pub(crate) struct Processes {
    pub(super) described: Vec<ProcessRule>,
    /// Command lines of those that exited with 0.
    pub(super) ran: Vec<String>,
    /// Local images by the names that `tag` gave them.
    pub(super) tagged: BTreeMap<String, String>,
    /// How many images were built so far.
    pub(super) builds: u32,
}

/// A description, and how often it has applied.
#[derive(Debug, Clone)]
pub(super) struct ProcessRule {
    pub(super) what: fixture::Process,
    pub(super) applied: u32,
}

impl ProcessRule {
    pub(super) fn fits(&self, command: &ProcessCommand, ran: &[String]) -> bool {
        let after = self.what.after.as_deref();
        let there = after.is_none_or(|after| ran.iter().any(|line| line.starts_with(after)));
        let program = command.program.as_str();
        let file = program.rsplit('/').next().unwrap_or(program);
        let named = self.what.program == program || self.what.program == file;
        let left = self.what.times.is_none_or(|times| self.applied < times);
        let given = &command.args;
        let begins = self.what.args.len() <= given.len()
            && self
                .what
                .args
                .iter()
                .zip(given)
                .all(|(p, a)| matches(p, a, true));
        named && left && begins && there
    }
}

impl Processes {
    /// The processes that a fixture describes.
    pub(crate) fn new(described: Vec<fixture::Process>) -> Self {
        let described = described.into_iter();
        Processes {
            described: described
                .map(|what| ProcessRule { what, applied: 0 })
                .collect(),
            ..Processes::default()
        }
    }

    pub(super) fn tag(&mut self, image: &str, name: &str) {
        self.tagged.insert(name.to_owned(), image.to_owned());
    }
}

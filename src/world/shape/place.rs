//! Where a walk through a JSON value stands.

use std::fmt::Write as _;

/// The steps from the whole to the value that is looked at.
#[derive(Debug, Default)]
pub(super) struct Place<'a>(Vec<Step<'a>>);

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Member(&'a str),
    Item(usize),
}

impl<'a> Place<'a> {
    /// Goes into a member of an object.
    pub fn enter(&mut self, name: &'a str) {
        self.0.push(Step::Member(name));
    }

    /// Goes into an item of an array.
    pub fn enter_item(&mut self, index: usize) {
        self.0.push(Step::Item(index));
    }

    /// Goes back to what is around it.
    pub fn leave(&mut self) {
        self.0.pop();
    }

    /// As people read it: `containerDefinitions[0].memory`.
    pub fn path(&self) -> String {
        let mut out = String::new();
        for step in &self.0 {
            match step {
                Step::Member(name) if out.is_empty() => out.push_str(name),
                // Writing into a string cannot fail.
                Step::Member(name) => drop(write!(out, ".{name}")),
                Step::Item(index) => drop(write!(out, "[{index}]")),
            }
        }
        out
    }

    /// The path of a member of what is here.
    pub fn path_of(&self, member: &str) -> String {
        match self.0.is_empty() {
            true => member.to_owned(),
            false => format!("{}.{member}", self.path()),
        }
    }
}

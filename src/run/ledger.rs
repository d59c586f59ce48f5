//! What a run wrote, what is left of it, and how to undo it.

use std::collections::HashMap;

use serde_json::Value;

use super::Undo;
use crate::primitive::ResidueUpdate;
use crate::text::arn::short_name;
use crate::vocabulary::{InFlight, Residue};

/// What a run wrote, and how to undo it.
#[derive(Default)]
pub(super) struct Ledger {
    undos: Vec<RegisteredUndo>,
    writes: Vec<RecordedWrite>,
    in_flight: Vec<InFlight>,
    stopped_in: Option<String>,
    undoing: bool,
    /// The undo that runs, or ran last.
    undo: Option<usize>,
    proven: Option<String>,
    /// Why the next call of a branch stays.
    stays: HashMap<String, String>,
}

struct RegisteredUndo {
    label: String,
    /// Path of the parallel branch in which it was registered.
    branch: String,
    undo: Option<Undo>,
    /// How many writes the run had made when it was registered.
    position: usize,
    succeeded: bool,
}

/// A write that the run made.
pub(super) struct Write {
    /// Path of the parallel branch that made it.
    pub(super) branch: String,
    /// What it acts upon, and how: another one like it takes its place.
    pub(super) about: String,
    /// What the write leaves in place; `None`: nothing.
    pub(super) left: Option<Residue>,
    /// It is proven that nothing was done.
    pub(super) refused: bool,
}

/// A write, and whether it takes back or tells, and so is not to be undone.
struct RecordedWrite {
    write: Write,
    apart: bool,
    /// Index of the undo that made the write; `None`: the script did.
    undo: Option<usize>,
    /// An undo made another one in its place.
    superseded: bool,
}

/// Whether a branch is another one or lies in it: `0/1.2` in `0`.
fn within(branch: &str, of: &str) -> bool {
    branch
        .strip_prefix(of)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a text in `input` is this name, or an ARN of it.
fn names(input: &Value, name: &str) -> bool {
    match input {
        Value::String(text) => text == name || short_name(text) == name,
        Value::Array(items) => items.iter().any(|item| names(item, name)),
        Value::Object(members) => members.values().any(|member| names(member, name)),
        _ => false,
    }
}

impl Ledger {
    pub(super) fn register(&mut self, label: String, branch: String, undo: Undo) {
        self.undos.push(RegisteredUndo {
            label,
            branch,
            undo: Some(undo),
            position: self.writes.len(),
            succeeded: false,
        });
    }

    /// How many undos were registered so far, those that have run included.
    pub(super) fn undos(&self) -> usize {
        self.undos.len()
    }

    /// The next call of the branch stays on purpose, if it writes.
    pub(super) fn stays(&mut self, reason: String, branch: String) {
        self.stays.insert(branch, reason);
    }

    /// A branch makes its next call: why it stays, if the script has said so.
    pub(super) fn calls(&mut self, branch: &str) -> Option<String> {
        self.stays.remove(branch)
    }

    /// `closing`: it tells how the run ended.
    pub(super) fn wrote(&mut self, write: Write, closing: bool) {
        let undoing = self.undoing && !closing;
        if undoing && !write.refused {
            // Of what an undo has set anew, nothing is left as it was set before.
            let before = self.writes.iter_mut();
            for recorded in before.filter(|recorded| recorded.write.about == write.about) {
                recorded.superseded = true;
            }
        }
        self.writes.push(RecordedWrite {
            write,
            apart: self.undoing || closing,
            undo: self.undo.filter(|_| undoing),
            superseded: false,
        });
    }

    /// What is left of a write is known better than when it was made.
    pub(super) fn corrected(&mut self, by: ResidueUpdate) {
        let writes = self.writes.iter_mut().map(|recorded| &mut recorded.write);
        // A task definition may have been named without its revision.
        let is_it = |about: &str| {
            by.about
                .strip_prefix(about)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        let mut same = writes.filter(|write| is_it(&write.about));
        if let Some(left) = same.next_back().and_then(|write| write.left.as_mut()) {
            left.text = by.text.clone();
            left.harmless = by.harmless;
            // What stays on purpose is something that was done.
            left.kept = None;
        }
    }

    /// Something continues in AWS by itself, until a wait has seen it end.
    pub(super) fn in_flight(&mut self, what: Option<InFlight>) {
        if let Some(going) = what {
            self.in_flight.retain(|other| other.about != going.about);
            self.in_flight.push(going);
        }
    }

    /// A wait has seen what its input names come to its end.
    pub(super) fn waited(&mut self, input: &Value) {
        self.in_flight.retain(|going| !names(input, &going.about));
    }

    /// What holds now; what an undo brings back is not a success of the run.
    pub(super) fn proven(&mut self, what: String) {
        if !self.undoing {
            self.proven = Some(what);
        }
    }

    pub(super) fn stopped_in(&mut self, step: &str) {
        self.stopped_in.get_or_insert_with(|| step.to_owned());
    }

    pub(super) fn undoing(&self) -> bool {
        self.undoing
    }

    /// The writes behind an undo that it may stand for, in its branch and those within: up to the next undo that is
    /// registered behind one of them.
    fn behind(&self, index: usize) -> impl Iterator<Item = (usize, &Write)> {
        let undo = &self.undos[index];
        let others = self.undos[index + 1..].iter();
        let end = others
            .filter(|other| other.branch == undo.branch)
            .map(|other| other.position)
            .find(|end| self.made_in(undo, *end).next().is_some());
        self.made_in(undo, end.unwrap_or(self.writes.len()))
    }

    fn made_in<'a>(
        &'a self,
        undo: &'a RegisteredUndo,
        end: usize,
    ) -> impl Iterator<Item = (usize, &'a Write)> {
        let writes = self.writes.iter().enumerate().take(end);
        writes
            .skip(undo.position)
            .filter(|(_, recorded)| !recorded.apart && within(&recorded.write.branch, &undo.branch))
            .map(|(index, recorded)| (index, &recorded.write))
    }

    /// The write that an undo takes back: the first behind it that was carried out, or else the last before it.
    fn covered(&self, index: usize) -> Option<usize> {
        let undo = &self.undos[index];
        let done = |(_, write): &(usize, &Write)| !write.refused;
        let behind = self.made_in(undo, self.writes.len()).find(done);
        let before = || {
            let writes = self.writes[..undo.position].iter().enumerate();
            writes
                .filter(|(_, recorded)| !recorded.apart && recorded.write.branch == undo.branch)
                .map(|(index, recorded)| (index, &recorded.write))
                .rfind(done)
        };
        behind.or_else(before).map(|(index, _)| index)
    }

    /// An undo has nothing to undo only where all that it may stand for was refused; in doubt, it runs.
    fn needed(&self, index: usize) -> bool {
        let mut behind = self.behind(index).peekable();
        behind.peek().is_none() || behind.any(|(_, write)| !write.refused)
    }

    /// Labels of the undos that have not run and have something to undo, latest first.
    pub(super) fn to_undo(&self) -> Vec<String> {
        let waiting = self.undos.iter().enumerate().rev();
        waiting
            .filter(|(index, undo)| !undo.succeeded && self.needed(*index))
            .map(|(_, undo)| undo.label.clone())
            .collect()
    }

    /// What is left of the writes: neither undone nor set anew by an undo. Of an undo that failed, what it did is left.
    pub(super) fn left(&self) -> Vec<Residue> {
        let undos = self.undos.iter().enumerate();
        let undone: Vec<usize> = undos
            .filter(|(_, undo)| undo.succeeded)
            .filter_map(|(index, _)| self.covered(index))
            .collect();
        let writes = self.writes.iter().enumerate();
        let remain = writes.filter(|(index, recorded)| {
            let by_undo = recorded
                .undo
                .is_some_and(|undo| !self.undos[undo].succeeded);
            let by_script = !recorded.apart && !undone.contains(index);
            !recorded.superseded && (by_script || by_undo)
        });
        remain
            .filter_map(|(_, recorded)| recorded.write.left.clone())
            .collect()
    }

    /// Whether the run has made a write that was not refused.
    pub(super) fn has_written(&self) -> bool {
        self.writes.iter().any(|recorded| !recorded.write.refused)
    }

    /// What holds by what the run did.
    pub(super) fn proof(&self) -> Option<String> {
        self.proven.clone()
    }

    /// The step in which it went wrong.
    pub(super) fn stopped(&self) -> Option<String> {
        self.stopped_in.clone()
    }

    /// What continues in AWS by itself.
    pub(super) fn going_on(&self) -> Vec<InFlight> {
        self.in_flight.clone()
    }

    /// From now on, what is written takes back.
    pub(super) fn begin_undoing(&mut self) {
        self.undoing = true;
    }

    /// Takes the latest undo that was not taken: its place, its label, and itself, if it has something to undo.
    pub(super) fn next_undo(&mut self) -> Option<(usize, String, Option<Undo>)> {
        let index = self.undos.iter().rposition(|u| u.undo.is_some())?;
        let needed = self.needed(index);
        let undo = self.undos[index].undo.take();
        self.undo = Some(index);
        Some((
            index,
            self.undos[index].label.clone(),
            undo.filter(|_| needed),
        ))
    }

    /// The undo at this place has run.
    pub(super) fn undone(&mut self, index: usize, succeeded: bool) {
        self.undos[index].succeeded = succeeded;
    }

    /// Takes every undo that never ran.
    pub(super) fn take_undos(&mut self) -> Vec<Undo> {
        let undos = self.undos.iter_mut();
        undos.filter_map(|u| u.undo.take()).collect()
    }
}

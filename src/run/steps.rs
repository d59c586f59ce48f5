//! What a script says about itself: steps, title, notes, and how to undo.

use std::collections::HashMap;

use jiff::Timestamp;

use super::emit::Persistence;
use super::{Run, Undo};
use crate::text::elapsed::between;
use crate::vocabulary::event::{self, EventKind, StepResult};
use crate::vocabulary::{Fault, Site, codes};

/// Most undos of a run.
const MOST_UNDOS: usize = 2_000;
/// Bytes of one line that a script says: more than anybody reads.
const LINE: usize = 64 << 10;

/// A line as it is kept and shown.
fn cut(text: &str) -> String {
    match text.len() <= LINE {
        true => text.to_owned(),
        false => {
            let end = text.floor_char_boundary(LINE);
            format!("{} … ({} bytes more)", &text[..end], text.len() - end)
        }
    }
}

/// The steps that are open, by the path of the branch that is in them: branches that run side by side are each in
/// their own, and in those of the branch that they come from.
#[derive(Default)]
pub(super) struct Steps(HashMap<String, Vec<(String, Timestamp)>>);

impl Steps {
    /// A branch, and those that it comes from: `0/1.2/1.1`, `0/1.2`, `0`.
    fn line(branch: &str) -> impl Iterator<Item = &str> {
        std::iter::successors(Some(branch), |branch| Some(branch.rsplit_once('/')?.0))
    }

    fn depth(&self, branch: &str) -> usize {
        let open = Steps::line(branch).filter_map(|branch| self.0.get(branch));
        open.map(Vec::len).sum()
    }

    /// Name of the innermost open step of a branch, or of the branch that it was forked from.
    fn innermost(&self, branch: &str) -> Option<&str> {
        let open = Steps::line(branch).filter_map(|branch| self.0.get(branch));
        let mut innermost = open.filter_map(|steps| steps.last());
        innermost.next().map(|(step, _)| step.as_str())
    }
}

impl Run {
    /// A step of a branch began; returns its depth.
    pub fn step_started(&self, step: &str, branch: &str, site: Site) -> usize {
        let now = self.now();
        let depth = {
            let mut state = self.state();
            let depth = state.steps.depth(branch);
            let open = state.steps.0.entry(branch.to_owned()).or_default();
            open.push((step.to_owned(), now));
            state.summary.step_started(step);
            depth
        };
        self.emit(
            EventKind::StepStarted(event::StepStarted {
                step: step.to_owned(),
                depth,
                site,
            }),
            Persistence::Script,
        );
        depth
    }

    /// The innermost step of a branch ended; `reason`: why it failed.
    pub fn step_ended(&self, branch: &str, result: StepResult, reason: Option<&str>) {
        let now = self.now();
        let ended = {
            let mut state = self.state();
            let ended = state.steps.0.get_mut(branch).and_then(Vec::pop);
            if let Some((step, _)) = &ended {
                state.summary.step_ended(step, result);
            }
            if let (Some((step, _)), StepResult::Failed | StepResult::Halted) = (&ended, result) {
                state.ledger.stopped_in(step);
            }
            ended.map(|(step, since)| (step, since, state.steps.depth(branch)))
        };
        if let Some((step, since, depth)) = ended {
            self.emit(
                EventKind::StepEnded(event::StepEnded {
                    step,
                    depth,
                    elapsed_ms: between(since, now),
                    result,
                    reason: reason.map(cut),
                }),
                Persistence::Script,
            );
        }
    }

    /// The step that a branch of the script is in.
    pub(super) fn step(&self, branch: &str) -> Option<String> {
        self.state().steps.innermost(branch).map(str::to_owned)
    }

    /// Names what the run deploys, for lists and notifications.
    pub fn title(&self, text: &str) {
        let text = cut(text);
        self.state().summary.titled(&text);
        self.emit(EventKind::Title(event::Title { text }), Persistence::Script);
    }

    /// The next call of a branch, if it writes, stays on purpose, whatever becomes of the run; `reason`: why.
    pub fn register_stays(&self, reason: &str, branch: &str) {
        let mut state = self.state();
        state.ledger.stays(reason.to_owned(), branch.to_owned());
    }

    /// A remark beside the step that a branch is in.
    pub fn note(&self, text: &str, branch: &str) {
        self.emit(
            EventKind::Note(event::Note {
                step: self.step(branch),
                text: cut(text),
            }),
            Persistence::Script,
        );
    }

    /// A line that the script printed.
    pub fn printed(&self, text: &str, site: Site) {
        self.emit(
            EventKind::Printed(event::Printed {
                text: cut(text),
                site,
            }),
            Persistence::Script,
        );
    }

    /// Remembers how to undo the writes that follow. Nothing undoes an undo: while the run undoes, nothing is
    /// remembered.
    ///
    /// `branch`: path of the parallel branch whose write it is.
    ///
    /// # Errors
    /// `limit_exceeded`: there are too many.
    pub fn register_undo(&self, label: &str, branch: &str, undo: Undo) -> Result<(), Fault> {
        let step = self.step(branch);
        let (undoing, registered) = {
            let state = self.state();
            (state.ledger.undoing(), state.ledger.undos())
        };
        if undoing {
            return Ok(());
        }
        if registered >= MOST_UNDOS {
            let message = format!("more than {MOST_UNDOS} undos");
            let fault = Fault::new(codes::LIMIT_EXCEEDED, message);
            return Err(fault.hint("look for a loop that never ends"));
        }
        self.state()
            .ledger
            .register(label.to_owned(), branch.to_owned(), undo);
        self.emit(
            EventKind::UndoRegistered(event::UndoRegistered {
                label: label.to_owned(),
                step,
            }),
            Persistence::Script,
        );
        Ok(())
    }
}

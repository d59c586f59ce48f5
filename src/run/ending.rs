//! How a run ends: what is undone, what is left, and which outcome that is.

use serde_json::Value;

use super::emit::Persistence;
use super::{Failure, Run};
use crate::journal::Entry;
use crate::text::elapsed::between;
use crate::vocabulary::event::{self, EventKind};
use crate::vocabulary::outcome::{Cause, Ending, Outcome, StillRunning, Undone};
use crate::vocabulary::{Fault, Halt, Next, NextCommands, Residue, Site, Stop, codes};

impl Run {
    /// Ends the run: undoes what a failed script changed, and says truthfully how it ended.
    pub fn finish(&self, result: Result<Value, Failure>) -> Ending {
        let result = self.unless_finished(result);
        let result = result.and_then(|_| self.nothing_refused());
        let mut ending = match (self.halted(), result) {
            (Some(halt), Err(failure)) => self.halt_ending(halt, failure.frames),
            (Some(halt), Ok(())) => self.halt_ending(halt, Vec::new()),
            (None, Ok(())) => {
                let mut ending = self.ending(Outcome::Succeeded);
                let state = self.state();
                let early = state.finished.as_ref();
                ending.message = early
                    .map(|reason| format!("finished early: {reason}"))
                    .or_else(|| state.ledger.proof());
                drop(state);
                ending
            }
            (
                None,
                Err(Failure {
                    stop: Stop::Halt(halt),
                    frames,
                }),
            ) => self.halt_ending(halt, frames),
            (
                None,
                Err(Failure {
                    stop: Stop::Fault(fault),
                    frames,
                }),
            ) => self.failed(fault, frames),
        };
        if ending.outcome.is_last() {
            let closed = self.close(&ending);
            let over = closed.and_then(|()| match ending.outcome {
                Outcome::Succeeded => self.nothing_left_over(),
                _ => Ok(()),
            });
            if let Err(halt) = over {
                ending = self.halt_ending(halt, Vec::new());
            }
        }
        self.drop_undos();
        self.drop_finalizers();
        ending = self.redacted_ending(ending);
        ending.exit_code = ending.outcome.exit_code();
        ending.elapsed_ms = between(self.started, self.now());
        let last = ending.outcome.is_last();
        let entry = Entry::Finished {
            ending: Box::new(ending.clone()),
            last,
            at: self.now(),
        };
        // The run is over either way; a resume finds out what a missing last line would have said.
        let _halted = self.record(&entry, true);
        self.emit(
            EventKind::Finished(event::Finished {
                run: self.id.clone(),
                ending: Box::new(ending.clone()),
            }),
            Persistence::Derived,
        );
        ending
    }

    /// Ends the script well before its text ends.
    ///
    /// # Errors
    /// `too_late`: an undo or a `finally` is not a script.
    pub fn finish_early(&self, reason: &str) -> Result<Halt, Fault> {
        let mut state = self.state();
        if state.ledger.undoing() || state.summary.closing() {
            let message = "`finish` ends a script; an undo or a `finally` ends by itself";
            return Err(Fault::new(codes::TOO_LATE, message));
        }
        let begun = state.summary.begun();
        let behind = self.steps.iter().rposition(|step| begun.contains(step));
        let not_reached = &self.steps[behind.map_or(0, |last| last + 1)..];
        let not_reached = match not_reached {
            [] => String::new(),
            steps => format!(" · not reached: {}", steps.join(", ")),
        };
        let reason = format!("{reason}{not_reached}");
        let halt = Halt::Finished { reason };
        Ok(state.halt.get_or_insert(halt).clone())
    }

    /// What came of the script: a good end, where it said that there is nothing more to do. From then on the run is no
    /// longer halted, so that what is to be done at its end can be.
    pub fn unless_finished(&self, result: Result<Value, Failure>) -> Result<Value, Failure> {
        let reason = {
            let mut state = self.state();
            let Some(Halt::Finished { reason }) = state.halt.clone() else {
                return result;
            };
            state.halt = None;
            state.finished = Some(reason.clone());
            reason
        };
        let text = format!("finished early: {reason}");
        self.emit(
            EventKind::Note(event::Note { step: None, text }),
            Persistence::Script,
        );
        Ok(Value::Null)
    }

    /// Undos that never ran hold the engine that would run them, which holds this run: they go, or none would.
    fn drop_undos(&self) {
        let undos = self.state().ledger.take_undos();
        // Outside of the lock: what they hold may want it on its way out.
        drop(undos);
    }

    /// A script that ends while recorded calls are left over has diverged too.
    fn nothing_left_over(&self) -> Result<(), Halt> {
        let left_over = {
            let state = self.state();
            state.cursor.left_over().map(|(key, call)| {
                (
                    key.to_owned(),
                    format!("{}({})", call.primitive, call.input),
                )
            })
        };
        let Some((key, recorded)) = left_over else {
            return Ok(());
        };
        let halt = Halt::Diverged {
            key,
            recorded,
            attempted: "the end of the script".into(),
        };
        Err(self.state().halt.get_or_insert(halt).clone())
    }

    fn failed(&self, fault: Fault, frames: Vec<Site>) -> Ending {
        let undone = match self.undo_all() {
            Ok(undone) => undone,
            Err(halt) => return self.halt_ending(halt, frames),
        };
        let all_undone = undone.iter().all(|u| u.fault.is_none());
        let as_it_was = {
            let state = self.state();
            let lasting = state.ledger.left().iter().any(Residue::is_lasting);
            !lasting
                && !state
                    .ledger
                    .going_on()
                    .iter()
                    .any(|going| going.stop.is_some())
        };
        let outcome = if !all_undone {
            Outcome::Failed
        } else if fault.code == codes::REJECTED {
            Outcome::Rejected
        } else if undone.is_empty() || !as_it_was {
            Outcome::Failed
        } else {
            Outcome::RolledBack
        };
        let mut ending = self.ending(outcome);
        ending.step = self.state().ledger.stopped();
        ending.causes = causes(&fault);
        ending.fault = Some(fault);
        ending.frames = frames;
        ending.undone = undone;
        ending
    }

    /// Undoes everything, latest first, as a failed run does. A plan foresees with it what that would take.
    ///
    /// # Errors
    /// The halt that stopped it.
    pub fn undo_all(&self) -> Result<Vec<Undone>, Halt> {
        self.state().ledger.begin_undoing();
        let mut done = Vec::new();
        loop {
            let next = self.state().ledger.next_undo();
            let Some((index, label, undo)) = next else {
                return Ok(done);
            };
            let Some(undo) = undo else { continue };
            let since = self.now();
            self.emit(
                EventKind::UndoStarted(event::UndoStarted {
                    label: label.clone(),
                }),
                Persistence::Script,
            );
            let fault = match undo() {
                Ok(()) => None,
                Err(Failure {
                    stop: Stop::Fault(fault),
                    ..
                }) => Some(fault),
                Err(Failure {
                    stop: Stop::Halt(halt),
                    ..
                }) => return Err(halt),
            };
            if let Some(halt) = self.halted() {
                return Err(halt);
            }
            let elapsed_ms = between(since, self.now());
            self.state().ledger.undone(index, fault.is_none());
            self.emit(
                EventKind::UndoEnded(event::UndoEnded {
                    label: label.clone(),
                    elapsed_ms,
                    fault: fault.clone(),
                }),
                Persistence::Script,
            );
            done.push(Undone {
                label,
                elapsed_ms,
                fault,
            });
        }
    }

    fn halt_ending(&self, halt: Halt, frames: Vec<Site>) -> Ending {
        let outcome = match &halt {
            Halt::Suspended { .. } => Outcome::Suspended,
            Halt::Diverged { .. } => Outcome::Diverged,
            Halt::Cancelled
            | Halt::Journal { .. }
            | Halt::InDoubt { .. }
            | Halt::Unavailable { .. }
            | Halt::Finished { .. }
            | Halt::Unknown { .. } => Outcome::Interrupted,
        };
        let mut ending = self.ending(outcome);
        ending.message = Some(halt.to_string());
        ending.halt = Some(halt.clone());
        ending.step = self.state().ledger.stopped();
        ending.frames = frames;
        if outcome == Outcome::Interrupted && self.program.is_some() {
            ending.by_hand = self.state().ledger.to_undo();
        }
        ending.next = self.next(outcome, Some(&halt));
        ending
    }

    /// What is left of what the run wrote.
    pub fn left(&self) -> Vec<Residue> {
        self.state().ledger.left()
    }

    /// The commands that make sense now, if another process finds the run.
    fn next(&self, outcome: Outcome, halt: Option<&Halt>) -> NextCommands {
        let Some(program) = &self.program else {
            return NextCommands::default();
        };
        NextCommands::new(program, &self.id, Next::after(outcome, halt))
    }

    pub(super) fn ending(&self, outcome: Outcome) -> Ending {
        let state = self.state();
        let in_flight = state.ledger.going_on().into_iter();
        let mut ending = Ending::of(outcome);
        if outcome != Outcome::Succeeded {
            ending.left = state.ledger.left();
        }
        match outcome {
            Outcome::Succeeded => {}
            Outcome::Interrupted | Outcome::Diverged | Outcome::Suspended => {
                ending.in_flight = in_flight.map(|going| going.text).collect();
            }
            Outcome::Failed | Outcome::RolledBack | Outcome::Rejected => {
                // What ends by itself is not told: an undo has had its turn.
                let running = in_flight.filter(|going| going.stop.is_some());
                let running = running.map(|going| StillRunning {
                    text: going.text,
                    stop: going.stop,
                });
                ending.still_running = running.collect();
            }
        }
        ending.next = self.next(outcome, None);
        ending
    }
}

/// Causes that the script found out: `details.causes` of the fault, `[{text, hint}]`.
fn causes(fault: &Fault) -> Vec<Cause> {
    let listed = fault.details.get("causes").and_then(Value::as_array);
    listed
        .into_iter()
        .flatten()
        .filter_map(|cause| serde_json::from_value(cause.clone()).ok())
        .collect()
}

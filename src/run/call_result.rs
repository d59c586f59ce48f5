//! What came of a call: recorded, taken into account, and given to the script.

use serde_json::Value;

use super::Run;
use super::attempt::Attempt;
use super::emit::Persistence;
use super::ledger::Write;
use crate::journal::{Entry, recordable};
use crate::text::elapsed::between;
use crate::vocabulary::event::{self, EventKind};
use crate::vocabulary::{Effect, Fault, Residue, Retry, Stop, codes};

/// A result that the journal can hold: a run that could not read it again could not be resumed.
pub(super) fn storable(
    attempt: &Attempt<'_>,
    result: Result<Value, Fault>,
) -> Result<Value, Fault> {
    let path = attempt.primitive.declaration().path();
    match result {
        Ok(output) => match recordable(&output) {
            Ok(()) => Ok(output),
            Err(why) => {
                let done = match attempt.effect {
                    Effect::Write => "it was carried out, but ",
                    _ => "",
                };
                let message =
                    format!("{path}: {done}what it answered cannot be kept in the journal: {why}");
                Err(Fault::new(codes::LIMIT_EXCEEDED, message))
            }
        },
        Err(fault) if recordable(&fault.details).is_err() => Err(fault.details(Value::Null)),
        fault => fault,
    }
}

impl Run {
    /// What a write acts upon, and how.
    fn acts_upon(&self, attempt: &Attempt<'_>) -> String {
        attempt.call.acts_upon().unwrap_or_else(|| {
            let line = attempt.call.line(&attempt.seen);
            format!("{} {}", attempt.primitive.declaration().path(), line.object)
        })
    }

    /// What a write leaves in place; of one that failed, it may be anything.
    fn left_by(&self, attempt: &Attempt<'_>, result: &Result<Value, Fault>) -> Option<Residue> {
        let fault = match result {
            Ok(output) => return attempt.call.residue(output),
            Err(fault) if attempt.call.proves_refusal(fault) => return None,
            Err(fault) => fault,
        };
        let line = attempt.call.line(&attempt.seen);
        let how_far = match fault.retry {
            Retry::InDoubt => "its answer was lost, and whether it was carried out is not known",
            _ => "it failed, and how far it came is not known",
        };
        Some(Residue {
            text: format!("{} {} ({how_far})", line.verb, line.object),
            harmless: false,
            ..Residue::default()
        })
    }

    /// Records what came of a call, takes it in, and gives it to the script.
    pub(super) fn settle(
        &self,
        attempt: &Attempt<'_>,
        result: Result<Value, Fault>,
        stays: Option<String>,
        (branch, replayed): (&str, bool),
    ) -> Result<Value, Stop> {
        if !replayed {
            let at = self.world.now();
            self.state().summary.passed(at);
            let entry = Entry::Result {
                key: attempt.key.clone(),
                result: result.clone(),
                at,
            };
            // A lost result of a write is found again by looking, so this need not wait for the disk.
            self.record(&entry, false)?;
        }
        let summary = match &result {
            Ok(output) => attempt.call.summary(output),
            Err(_) => None,
        };
        if attempt.effect == Effect::Write {
            let write = Write {
                branch: branch.to_owned(),
                about: self.acts_upon(attempt),
                left: self.left_by(attempt, &result).map(|left| Residue {
                    kept: stays,
                    ..left
                }),
                refused: matches!(&result, Err(fault) if attempt.call.proves_refusal(fault)),
            };
            let going = match &result {
                Ok(output) => attempt.call.in_flight(output),
                Err(_) => None,
            };
            let mut state = self.state();
            let closing = state.summary.closing();
            state.ledger.wrote(write, closing);
            state.ledger.in_flight(going);
        }
        if let Err(fault) = &result
            && let Some(corrected) = attempt.call.residue_update(fault)
        {
            self.state().ledger.corrected(corrected);
        }
        let seen_to_end = !matches!(&result, Err(fault) if fault.code == codes::TIMED_OUT);
        if attempt.effect == Effect::Wait && seen_to_end {
            self.state().ledger.waited(attempt.input);
        }
        if let (Effect::Ask, Ok(answers)) = (attempt.effect, &result) {
            self.state().summary.asked(attempt.input, answers);
        }
        if let Ok(output) = &result {
            if !attempt.call.is_outside_aws() {
                let module = attempt.primitive.declaration().module;
                self.state().answered.insert(module);
            }
            if let Some(proven) = attempt.call.proven_state(output) {
                self.state().ledger.proven(proven);
            }
            let strangers = attempt.call.unknown_names(output);
            let mut state = self.state();
            state.seen.observe(attempt.input, output);
            state.seen.remember_unknown(strangers);
        }
        self.emit(
            EventKind::Returned(event::Returned {
                key: attempt.key.clone(),
                result: result.clone(),
                elapsed_ms: between(attempt.at, self.now()),
                summary,
            }),
            Persistence::Derived,
        );
        result.map_err(Stop::Fault)
    }
}

//! The one door.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::Run;
use super::doubt::Outage;
use super::emit::Persistence;
use super::ledger::Write;
use crate::journal::{Entry, RecordedCall, recordable};
use crate::primitive::{Call, Context, Output, Primitive, Reconciled, ResourceCache, Signal};
use crate::text::elapsed::between;
use crate::vocabulary::event::{self, EventKind};
use crate::vocabulary::{
    Answer, Effect, Fault, Halt, Left, Retry, Site, Stop, codes, unknown_within,
};

/// How often a write whose answer was lost is looked for and, if it did not happen, sent again.
const WRITE_ATTEMPTS: u32 = 4;

/// A call on its way through the door.
pub(super) struct Attempt<'a> {
    pub(super) primitive: &'a dyn Primitive,
    pub(super) call: Box<dyn Call + 'a>,
    pub(super) key: String,
    pub(super) effect: Effect,
    pub(super) input: &'a Value,
    pub(super) at: Timestamp,
    pub(super) deadline: Option<Timestamp>,
    /// How long processes are known to have been at it before.
    pub(super) spent: Duration,
    pub(super) answers: Vec<Answer>,
    /// How often people have had it sent again; each approval is good for one sending.
    pub(super) approvals: Cell<usize>,
    pub(super) seen: ResourceCache,
}

/// Modules whose calls do not go to AWS.
const OUTSIDE: [&str; 4] = ["http", "process", "net", "load"];

/// Most calls of a run that nobody keeps, a rehearsal or a plan: its waits cost no time, and so never end by themselves.
const REHEARSED: u64 = 20_000;

/// A result that the journal can hold: a run that could not read it again could not be resumed.
fn kept(attempt: &Attempt<'_>, result: Result<Value, Fault>) -> Result<Value, Fault> {
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
                Err(Fault::new("limit_exceeded", message))
            }
        },
        Err(fault) if recordable(&fault.details).is_err() => Err(fault.details(Value::Null)),
        fault => fault,
    }
}

impl Run {
    /// Performs a call, or replays it: the one door.
    ///
    /// `branch` is the path of the parallel branch that makes it (`0` for the script itself).
    ///
    /// # Errors
    /// The fault of the call, or the halt of the run.
    pub fn perform(
        self: &Arc<Self>,
        primitive: &dyn Primitive,
        input: Value,
        site: Site,
        branch: &str,
    ) -> Result<Output, Stop> {
        if let Some(halt) = self.halted() {
            return Err(Stop::Halt(halt));
        }
        if self.program.is_none() && self.calls() >= REHEARSED {
            let message = format!("{REHEARSED} calls: the script never ends");
            return Err(Fault::new("limit_exceeded", message)
                .hint("look for a loop that waits for what never comes, and give it an end")
                .into());
        }
        let (call, vouched) = self.prepare(primitive, &input)?;
        if let Err(why) = recordable(&input) {
            let path = primitive.declaration().path();
            let message = format!("the input of {path} cannot be kept in the journal: {why}");
            return Err(Fault::new("limit_exceeded", message).into());
        }
        if let Some(names) = vouched {
            let text = format!(
                "passed on as AWS gave it: {} (this version of deployer does not know it)",
                names.join(", ")
            );
            self.emit(
                EventKind::Note(event::Note { step: None, text }),
                Persistence::Script,
            );
        }
        // Before it has a place in the journal: what is refused was never there.
        let remark =
            self.ask_guard(primitive, (call.as_ref(), &input), branch, |guard, call| {
                guard.before(call)
            })?;
        let stays = self.state().ledger.calls(branch);
        let (key, recorded) = self.place(branch);
        let attempt = self.attempt((primitive, call), key, &input, recorded.as_ref())?;
        let replayed = recorded.as_ref().is_some_and(|r| r.result.is_some());
        if !replayed {
            self.state().replaying = None;
            if let Some(text) = remark.filter(|_| recorded.is_none()) {
                self.emit(
                    EventKind::Note(event::Note { step: None, text }),
                    Persistence::World,
                );
            }
            if self.cancel.is_cancelled() {
                return Err(self.halt(Halt::Cancelled));
            }
        }
        let (line, undoing, closing) = {
            let mut state = self.state();
            state.summary.passed(attempt.at);
            (
                attempt.call.line(&state.seen),
                state.ledger.undoing() && !state.summary.closing(),
                state.summary.closing(),
            )
        };
        self.emit(
            EventKind::Call(event::Call {
                key: attempt.key.clone(),
                primitive: primitive.declaration().path(),
                effect: attempt.effect,
                input: attempt.input.clone(),
                line: line.clone(),
                step: self.step(branch),
                site: site.clone(),
                replayed,
                undoing,
                closing,
            }),
            Persistence::Derived,
        );
        match replayed {
            true => self.state().owed.extend(attempt.call.fetches()),
            false => self.relearn(&attempt)?,
        }
        let result = match recorded {
            Some(RecordedCall {
                result: Some((result, at)),
                ..
            }) => {
                let mut state = self.state();
                state.replaying = Some(at);
                state.summary.passed(at);
                result
            }
            Some(_) => self.continue_call(&attempt)?,
            None => {
                let entry = Entry::Intent {
                    key: attempt.key.clone(),
                    primitive: primitive.declaration().path(),
                    effect: attempt.effect,
                    input: attempt.input.clone(),
                    line,
                    step: self.step(branch),
                    site,
                    undoing,
                    closing,
                    deadline: attempt.deadline,
                    at: attempt.at,
                };
                self.record(&entry, attempt.effect == Effect::Write)?;
                match self.claimed(&attempt, branch) {
                    Ok(()) => self.act(&attempt)?,
                    // Nothing was sent.
                    Err(fault) => Err(fault.retry(Retry::Transient)),
                }
            }
        };
        let result = match replayed {
            true => result,
            false => self.redacted(&attempt, kept(&attempt, result)),
        };
        let judged = self.ask_guard(
            primitive,
            (attempt.call.as_ref(), &input),
            branch,
            |guard, call| guard.after(call, &result),
        );
        let value = self.settle(&attempt, result, stays, (branch, replayed))?;
        judged?;
        let source = attempt.call.source();
        Ok(Output { value, source })
    }

    /// Reads and checks the input of a call; with it, what only AWS has vouched for, if anything.
    fn prepare<'a>(
        &self,
        primitive: &'a dyn Primitive,
        input: &'a Value,
    ) -> Result<(Box<dyn Call + 'a>, Option<Vec<String>>), Stop> {
        // What does not fit may only not be known yet.
        let unfit = |fault: Fault| match unknown_within(input) {
            Some(what) => Stop::Halt(self.unknown(what)),
            None => fault.into(),
        };
        let call = primitive.prepare(input).map_err(unfit)?;
        let Err(fault) = call.check() else {
            return Ok((call, None));
        };
        let vouched = self.state().seen.vouches(&fault);
        match vouched {
            Some(names) => Ok((call, Some(names))),
            None => Err(unfit(fault)),
        }
    }

    /// Calls made so far.
    fn calls(&self) -> u64 {
        self.state().made.values().sum()
    }

    /// The place of the next call of a branch, and what is recorded there.
    fn place(&self, branch: &str) -> (String, Option<RecordedCall>) {
        let mut state = self.state();
        let made = state.made.entry(branch.to_owned()).or_default();
        *made += 1;
        let key = format!("{branch}:{made}");
        let recorded = state.cursor.replay(&key);
        (key, recorded)
    }

    fn attempt<'a>(
        &self,
        (primitive, call): (&'a dyn Primitive, Box<dyn Call + 'a>),
        key: String,
        input: &'a Value,
        recorded: Option<&RecordedCall>,
    ) -> Result<Attempt<'a>, Stop> {
        let path = primitive.declaration().path();
        let effect = call.effect(primitive.declaration().effect);
        let seen = self.state().seen.clone();
        let Some(recorded) = recorded else {
            let at = self.world.now();
            let deadline = call.limit().and_then(|limit| at.checked_add(limit).ok());
            return Ok(Attempt {
                primitive,
                call,
                key,
                effect,
                input,
                at,
                deadline,
                spent: Duration::ZERO,
                answers: Vec::new(),
                approvals: Cell::new(0),
                seen,
            });
        };
        if recorded.primitive != path || recorded.input != *input {
            return Err(self.halt(Halt::Diverged {
                key,
                recorded: format!("{}({})", recorded.primitive, recorded.input),
                attempted: format!("{path}({input})"),
            }));
        }
        Ok(Attempt {
            primitive,
            call,
            key,
            effect,
            input,
            at: recorded.at,
            deadline: recorded.deadline,
            spent: recorded.spent,
            answers: recorded.answers.clone(),
            approvals: Cell::new(recorded.answers.iter().filter(|a| a.approved).count()),
            seen,
        })
    }

    /// Performs; a write whose answer was lost is looked for before it is sent again, and what is undone is tried
    /// for longer.
    pub(super) fn act(
        self: &Arc<Self>,
        attempt: &Attempt<'_>,
    ) -> Result<Result<Value, Fault>, Stop> {
        let mut tries = 1;
        let mut outage = Outage::default();
        loop {
            let fault = match self.with_context(attempt, |cx| attempt.call.perform(cx)) {
                Ok(output) => return Ok(Ok(output)),
                Err(Stop::Fault(fault)) => fault,
                Err(halt) => {
                    if attempt.effect == Effect::Wait {
                        let what = attempt.call.in_flight(&Value::Null);
                        self.state().ledger.in_flight(what);
                    }
                    return Err(self.sticky(halt));
                }
            };
            if fault.code == codes::UNKNOWN_UNTIL_RUN {
                return Err(self.halt(Halt::Unknown {
                    what: fault.message,
                }));
            }
            let lost = attempt.effect == Effect::Write && fault.retry == Retry::InDoubt;
            if !lost {
                let undoing = self.state().ledger.undoing() && !self.state().summary.closing();
                if fault.retry == Retry::Never || !(undoing || self.out_of_reach(attempt, &fault)) {
                    return Ok(Err(fault));
                }
                // An undo that is given up leaves what is broken in place: it outlasts more than a moment. Nor is it a
                // verdict on a version that AWS, which has answered before, cannot be reached.
                let why = match undoing {
                    true => "it could not be undone",
                    false => "AWS does not answer",
                };
                self.wait_out(attempt, &mut outage, fault, why)?;
                continue;
            }
            let how = match self.find_out(attempt)? {
                Reconciled::Happened { output, how } => {
                    self.reconciled(attempt, Some(true), how);
                    return Ok(Ok(output));
                }
                Reconciled::Unknown => return self.ask_whether(attempt),
                // It is known that nothing was done.
                Reconciled::DidNot { .. } if tries == WRITE_ATTEMPTS => {
                    return Ok(Err(fault.retry(Retry::Transient)));
                }
                Reconciled::MayRepeat { .. } if tries == WRITE_ATTEMPTS => return Ok(Err(fault)),
                Reconciled::DidNot { how } => (Some(false), how),
                Reconciled::MayRepeat { how } => (None, how),
            };
            self.reconciled(attempt, how.0, how.1);
            let delay = Duration::from_millis(250 << tries);
            self.wait_before_again(attempt, tries, fault, delay)?;
            tries += 1;
        }
    }

    /// Whether a part of AWS that has answered this run before cannot be reached, when something was changed already.
    fn out_of_reach(&self, attempt: &Attempt<'_>, fault: &Fault) -> bool {
        let unreachable = ["connection_failed", "timed_out", "not_an_answer"];
        let state = self.state();
        self.program.is_some()
            && attempt.effect != Effect::Wait
            && unreachable.contains(&fault.code.as_str())
            && !state.summary.closing()
            && state.ledger.has_written()
            && state
                .answered
                .contains(attempt.primitive.declaration().module)
    }

    pub(super) fn with_context<T>(
        self: &Arc<Self>,
        attempt: &Attempt<'_>,
        f: impl FnOnce(&Context<'_>) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let broken = Cell::new(None);
        let signal = |signal: Signal| {
            if let Err(stop) = self.on_signal(&attempt.key, signal) {
                broken.set(Some(stop));
            }
        };
        let result = f(&Context {
            world: self.world.as_ref(),
            resumable: self.program.is_some(),
            began: (self.world.now(), self.world.monotonic()),
            run: &self.id,
            key: &attempt.key,
            started: attempt.at,
            deadline: attempt.deadline,
            spent: attempt.spent,
            seen: &attempt.seen,
            starter: &self.starter,
            answers: &attempt.answers,
            cancel: &self.cancel,
            secrets: &self.secrets,
            budget: &self.budget,
            signal: &signal,
        });
        match broken.take() {
            Some(stop) => Err(stop),
            None => result.map_err(|stop| self.unless_stopped(self.unless_logged_out(stop))),
        }
    }

    /// A call that was broken off because someone asked to stop has no result: resumed, it is looked into.
    fn unless_stopped(&self, stop: Stop) -> Stop {
        match stop {
            Stop::Fault(fault) if fault.code == "interrupted" && self.cancel.is_cancelled() => {
                Stop::Halt(Halt::Cancelled)
            }
            stop => stop,
        }
    }

    /// Makes a halt stick; a fault passes.
    pub(super) fn sticky(&self, stop: Stop) -> Stop {
        match stop {
            Stop::Halt(halt) => self.halt(halt),
            fault => fault,
        }
    }

    /// What a write acts upon, and how.
    fn acts_upon(&self, attempt: &Attempt<'_>) -> String {
        let line = attempt.call.line(&attempt.seen);
        format!("{} {}", attempt.primitive.declaration().path(), line.object)
    }

    /// What a write leaves in place; of one that failed, it may be anything.
    fn left_by(&self, attempt: &Attempt<'_>, result: &Result<Value, Fault>) -> Option<Left> {
        let fault = match result {
            Ok(output) => return attempt.call.leaves(output),
            Err(fault) if attempt.call.refused(fault) => return None,
            Err(fault) => fault,
        };
        let line = attempt.call.line(&attempt.seen);
        let how_far = match fault.retry {
            Retry::InDoubt => "its answer was lost, and whether it was carried out is not known",
            _ => "it failed, and how far it came is not known",
        };
        Some(Left {
            text: format!("{} {} ({how_far})", line.verb, line.object),
            harmless: false,
            ..Left::default()
        })
    }

    /// Records what came of a call, takes it in, and gives it to the script.
    fn settle(
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
                left: self.left_by(attempt, &result).map(|left| Left {
                    kept: stays,
                    ..left
                }),
                refused: matches!(&result, Err(fault) if attempt.call.refused(fault)),
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
            && let Some(corrected) = attempt.call.corrects(fault)
        {
            self.state().ledger.corrected(corrected);
        }
        let seen_to_end = !matches!(&result, Err(fault) if fault.code == "timed_out");
        if attempt.effect == Effect::Wait && seen_to_end {
            self.state().ledger.waited(attempt.input);
        }
        if let (Effect::Ask, Ok(answers)) = (attempt.effect, &result) {
            self.state().summary.asked(attempt.input, answers);
        }
        if let Ok(output) = &result {
            let module = attempt.primitive.declaration().module;
            if !OUTSIDE.contains(&module) {
                self.state().answered.insert(module);
            }
            if let Some(proven) = attempt.call.proves(output) {
                self.state().ledger.proven(proven);
            }
            let strangers = attempt.call.strangers(output);
            let mut state = self.state();
            state.seen.observe(output);
            state.seen.met(strangers);
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

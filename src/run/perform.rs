//! The one door.

use std::sync::Arc;

use serde_json::Value;

use super::Run;
use super::attempt::Attempt;
use super::call_result::storable;
use super::emit::Persistence;
use crate::journal::{Entry, RecordedCall, recordable};
use crate::primitive::{Call, Output, Primitive, Reconciled};
use crate::retry::RetryPolicy;
use crate::vocabulary::event::{self, EventKind};
use crate::vocabulary::{Effect, Fault, Halt, Retry, Site, Stop, codes, unknown_within};

/// Most calls of a run that nobody keeps, a rehearsal or a plan: its waits cost no time, and so never end by themselves.
const REHEARSED: u64 = 20_000;

/// A call whose input was read and checked, and what only AWS has vouched for, if anything.
type PreparedCall<'a> = (Box<dyn Call + 'a>, Option<Vec<String>>);

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
        let call = self.admit(primitive, &input)?;
        // Before it has a place in the journal: what is refused was never there.
        let parsed = (call.as_ref(), &input);
        let remark = self.ask_guard(primitive, parsed, branch, |guard, call| guard.before(call))?;
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
        let call = self.announce(&attempt, site, branch, replayed);
        match replayed {
            true => self.state().owed.extend(attempt.call.secret_references()),
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
                self.record(&intent(&attempt, call), attempt.effect == Effect::Write)?;
                match self.claimed(&attempt, branch) {
                    Ok(()) => self.act(&attempt)?,
                    // Nothing was sent.
                    Err(fault) => Err(fault.retry(Retry::Transient)),
                }
            }
        };
        let result = match replayed {
            true => result,
            false => self.redacted(&attempt, storable(&attempt, result)),
        };
        let parsed = (attempt.call.as_ref(), &input);
        let judged = self.ask_guard(primitive, parsed, branch, |guard, call| {
            guard.after(call, &result)
        });
        let value = self.settle(&attempt, result, stays, (branch, replayed))?;
        judged?;
        let source = attempt.call.text_source();
        Ok(Output { value, source })
    }

    /// Reads the input of a call that may be made: it is right, the journal can hold it, and the run has not made too many.
    fn admit<'a>(
        &self,
        primitive: &'a dyn Primitive,
        input: &'a Value,
    ) -> Result<Box<dyn Call + 'a>, Stop> {
        if let Some(halt) = self.halted() {
            return Err(Stop::Halt(halt));
        }
        if self.program.is_none() && self.calls() >= REHEARSED {
            let message = format!("{REHEARSED} calls: the script never ends");
            return Err(Fault::new(codes::LIMIT_EXCEEDED, message)
                .hint("look for a loop that waits for what never comes, and give it an end")
                .into());
        }
        let (call, vouched) = self.prepare(primitive, input)?;
        if let Err(why) = recordable(input) {
            let path = primitive.declaration().path();
            let message = format!("the input of {path} cannot be kept in the journal: {why}");
            return Err(Fault::new(codes::LIMIT_EXCEEDED, message).into());
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
        Ok(call)
    }

    /// Reads and checks the input of a call; with it, what only AWS has vouched for, if anything.
    fn prepare<'a>(
        &self,
        primitive: &'a dyn Primitive,
        input: &'a Value,
    ) -> Result<PreparedCall<'a>, Stop> {
        // What does not fit may only not be known yet.
        let unfit = |fault: Fault| match unknown_within(input) {
            Some(what) => Stop::Halt(self.unknown(what)),
            None => fault.into(),
        };
        let call = primitive.prepare(input).map_err(unfit)?;
        let Err(fault) = call.check() else {
            return Ok((call, None));
        };
        let vouched = self.state().seen.vouched_names(&fault);
        match vouched {
            Some(names) => Ok((call, Some(names))),
            None => Err(unfit(fault)),
        }
    }

    /// Tells that a call is about to be performed or replayed.
    fn announce(
        &self,
        attempt: &Attempt<'_>,
        site: Site,
        branch: &str,
        replayed: bool,
    ) -> event::Call {
        let (line, undoing, closing) = {
            let mut state = self.state();
            state.summary.passed(attempt.at);
            let closing = state.summary.closing();
            let undoing = state.ledger.undoing() && !closing;
            let line = attempt.call.line(&state.seen);
            (line, undoing, closing)
        };
        let call = event::Call {
            key: attempt.key.clone(),
            primitive: attempt.primitive.declaration().path(),
            effect: attempt.effect,
            input: attempt.input.clone(),
            line,
            step: self.step(branch),
            site,
            replayed,
            undoing,
            closing,
        };
        self.emit(EventKind::Call(call.clone()), Persistence::Derived);
        call
    }

    /// How many calls all branches have made so far.
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

    /// Performs; a write whose answer was lost is looked for before it is sent again, and what is undone is tried
    /// for longer.
    pub(super) fn act(
        self: &Arc<Self>,
        attempt: &Attempt<'_>,
    ) -> Result<Result<Value, Fault>, Stop> {
        let mut resent = self.tries(&RetryPolicy::LOST_WRITE, attempt);
        let mut outage = self.tries(&RetryPolicy::OUTAGE, attempt);
        loop {
            let result = self.with_context(attempt, |cx| match self.world.predicts() {
                true => attempt.call.predict(cx),
                false => attempt.call.perform(cx),
            });
            let fault = match result {
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
            let (happened, how) = match self.find_out(attempt)? {
                Reconciled::Happened { output, how } => {
                    self.reconciled(attempt, Some(true), how);
                    return Ok(Ok(output));
                }
                Reconciled::Unknown => return self.ask_whether(attempt),
                Reconciled::DidNot { how } => (Some(false), how),
                Reconciled::MayRepeat { how } => (None, how),
            };
            let Some(delay) = resent.again(fault.retry, self.world.now()) else {
                let nothing_done = happened == Some(false);
                return Ok(Err(match nothing_done {
                    true => fault.retry(Retry::Transient),
                    false => fault,
                }));
            };
            self.reconciled(attempt, happened, how);
            self.wait_before_again(attempt, resent.failed(), fault, delay)?;
        }
    }

    /// Whether a part of AWS that has answered this run before cannot be reached, when something was changed already.
    fn out_of_reach(&self, attempt: &Attempt<'_>, fault: &Fault) -> bool {
        let unreachable = [
            codes::CONNECTION_FAILED,
            codes::TIMED_OUT,
            codes::NOT_AN_ANSWER,
        ];
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

    /// Makes a halt stick; a fault passes.
    pub(super) fn sticky(&self, stop: Stop) -> Stop {
        match stop {
            Stop::Halt(halt) => self.halt(halt),
            fault => fault,
        }
    }
}

/// The entry that announces a call.
fn intent(attempt: &Attempt<'_>, call: event::Call) -> Entry {
    Entry::Intent {
        key: call.key,
        primitive: call.primitive,
        effect: call.effect,
        input: call.input,
        line: call.line,
        step: call.step,
        site: call.site,
        undoing: call.undoing,
        closing: call.closing,
        deadline: attempt.deadline,
        at: attempt.at,
    }
}

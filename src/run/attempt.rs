//! A call on its way through the door, and what its primitive may use meanwhile.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::Run;
use crate::journal::RecordedCall;
use crate::primitive::{Call, Context, Primitive, ResourceCache, Signal};
use crate::vocabulary::{Answer, Effect, Halt, Stop, codes};

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

impl Run {
    /// The attempt of a call at its place in the journal; a call that is not the recorded one halts the run.
    pub(super) fn attempt<'a>(
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
            let deadline = call
                .time_limit()
                .and_then(|limit| at.checked_add(limit).ok());
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

    /// Lets a primitive act or look.
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
            Stop::Fault(fault)
                if fault.code == codes::INTERRUPTED && self.cancel.is_cancelled() =>
            {
                Stop::Halt(Halt::Cancelled)
            }
            stop => stop,
        }
    }
}

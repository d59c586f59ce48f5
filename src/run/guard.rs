//! Who may refuse at the one door.

use serde_json::Value;

use super::{Failure, Run};
use crate::primitive::{Call, Primitive};
use crate::sync::Lock;
use crate::vocabulary::{Effect, Fault};

/// A call as a guard sees it.
#[derive(Debug, Clone, Copy)]
pub struct GuardedCall<'a> {
    /// Path of the parallel branch that makes it.
    pub branch: &'a str,
    /// Full name of the verb: `ecs::update_service`.
    pub primitive: &'a str,
    /// Name of the call for people: `UpdateService catalog-service`.
    pub name: &'a str,
    /// What it does to the world.
    pub effect: Effect,
    /// Its input, as the script gave it.
    pub input: &'a Value,
    /// Whether it is made by an undo.
    pub undoing: bool,
    /// Whether it is made at the end, by a `finally`.
    pub closing: bool,
    /// Whether a fault has ended the script: undos and finalizers run now.
    pub failed: bool,
}

/// Judges what a run is about to do. A replay asks it the same again, and must hear the same.
pub trait Guard: Send {
    /// A call is about to be made. What it returns is worth a remark, and does not keep the call from being made.
    ///
    /// # Errors
    /// Why it must not be made; nothing is recorded or sent.
    fn before(&mut self, call: &GuardedCall<'_>) -> Result<Option<String>, Fault>;

    /// A call has ended.
    ///
    /// # Errors
    /// Why the run must not go on from what it returned.
    fn after(&mut self, call: &GuardedCall<'_>, result: &Result<Value, Fault>)
    -> Result<(), Fault>;

    /// The script has caught what was thrown.
    fn caught(&mut self) {}

    /// The script has ended as it should.
    ///
    /// # Errors
    /// Why that is not a success.
    fn at_the_end(&self) -> Result<(), Fault>;
}

impl Run {
    /// Asks the guard about a call, if there is one.
    pub(super) fn ask_guard<T: Default>(
        &self,
        primitive: &dyn Primitive,
        (call, input): (&dyn Call, &Value),
        branch: &str,
        judge: impl FnOnce(&mut dyn Guard, &GuardedCall<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut guard = self.guard.locked();
        let Some(guard) = guard.as_mut() else {
            return Ok(T::default());
        };
        let (line, failed, closing) = {
            let state = self.state();
            let line = call.line(&state.seen);
            (line, state.ledger.undoing(), state.summary.closing())
        };
        let name = format!("{} {}", line.verb, line.object);
        let guarded = GuardedCall {
            branch,
            primitive: &primitive.declaration().path(),
            name: name.trim(),
            effect: call.effect(primitive.declaration().effect),
            input,
            undoing: failed && !closing,
            closing,
            failed,
        };
        judge(guard.as_mut(), &guarded)
    }

    /// The script has caught what was thrown.
    pub fn caught(&self) {
        let mut guard = self.guard.locked();
        if let Some(guard) = guard.as_mut() {
            guard.caught();
        }
    }

    /// A script that swallows what its guard says has not succeeded.
    pub(super) fn nothing_refused(&self) -> Result<(), Failure> {
        let guard = self.guard.locked();
        let judged = guard.as_ref().map_or(Ok(()), |guard| guard.at_the_end());
        judged.map_err(|fault| Failure {
            stop: fault.into(),
            frames: Vec::new(),
        })
    }
}

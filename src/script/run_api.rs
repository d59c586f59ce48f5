//! What a script needs of a run: the one door, and nothing beside it.

use std::sync::Arc;

use serde_json::Value;

use crate::primitive::{Output, Primitive};
use crate::run::{Finalizer, Run, Undo};
use crate::vocabulary::event::StepResult;
use crate::vocabulary::{Fault, Halt, Site, Stop, codes};
use crate::world::Scheduler;

/// The run, as a script sees it.
pub trait RunApi: Send + Sync {
    /// Performs a call, or replays it. `branch`: path of the parallel branch, `0` for the script itself.
    ///
    /// # Errors
    /// The fault of the call, or the halt of the run.
    fn perform(
        &self,
        primitive: &dyn Primitive,
        input: Value,
        site: Site,
        branch: &str,
    ) -> Result<Output, Stop>;
    /// Ends the run because its script depends on a value that only the real run can know.
    fn unknown(&self, what: &str) -> Halt {
        Halt::Unknown {
            what: what.to_owned(),
        }
    }
    /// The script has caught what was thrown: what it does next may be to clean up.
    fn caught(&self) {}
    /// Ends the run well before the end of its script; `reason`: why there is nothing more to do.
    ///
    /// # Errors
    /// `too_late`: an undo or a `finally` is not a script.
    fn finish_early(&self, reason: &str) -> Result<Halt, Fault>;
    /// Whether this is a plan: there are values that only the real run can know.
    fn plans(&self) -> bool {
        false
    }
    /// Whose turn it is, where time is virtual.
    fn scheduler(&self) -> Option<Arc<Scheduler>> {
        None
    }
    /// The halt that ended the run, if one did.
    fn halted(&self) -> Option<Halt>;
    /// A step of a branch began.
    fn step_started(&self, step: &str, branch: &str, site: Site);
    /// The innermost step of a branch ended; `reason`: why it failed.
    fn step_ended(&self, branch: &str, result: StepResult, reason: Option<&str>);
    /// Names what the run deploys, for lists and notifications.
    fn title(&self, text: &str);
    /// A remark beside the step that a branch is in.
    fn note(&self, text: &str, branch: &str);
    /// A line that the script printed.
    fn printed(&self, text: &str, site: Site);
    /// Remembers how to undo the next write of this branch.
    ///
    /// # Errors
    /// There are too many.
    fn register_undo(&self, label: &str, branch: &str, undo: Undo) -> Result<(), Fault>;
    /// The halt that ended the run, or that a person wants: asked while the script computes.
    fn interrupted(&self) -> Option<Halt> {
        self.halted()
    }
    /// The next call of this branch, if it writes, stays on purpose; `reason`: why.
    fn register_stays(&self, reason: &str, branch: &str);
    /// Remembers what to do however the run ends.
    ///
    /// # Errors
    /// The run is at its end already, or there are too many.
    fn register_finalizer(&self, label: &str, site: Site, closing: Finalizer) -> Result<(), Fault>;
}

impl RunApi for Arc<Run> {
    fn perform(
        &self,
        primitive: &dyn Primitive,
        input: Value,
        site: Site,
        branch: &str,
    ) -> Result<Output, Stop> {
        Run::perform(self, primitive, input, site, branch)
    }
    fn unknown(&self, what: &str) -> Halt {
        Run::unknown(self, what)
    }
    fn plans(&self) -> bool {
        Run::plans(self)
    }
    fn finish_early(&self, reason: &str) -> Result<Halt, Fault> {
        Run::finish_early(self, reason)
    }
    fn caught(&self) {
        Run::caught(self);
    }
    fn scheduler(&self) -> Option<Arc<Scheduler>> {
        Run::scheduler(self)
    }
    fn halted(&self) -> Option<Halt> {
        Run::halted(self)
    }
    fn step_started(&self, step: &str, branch: &str, site: Site) {
        Run::step_started(self, step, branch, site);
    }
    fn step_ended(&self, branch: &str, result: StepResult, reason: Option<&str>) {
        Run::step_ended(self, branch, result, reason);
    }
    fn title(&self, text: &str) {
        Run::title(self, text);
    }
    fn note(&self, text: &str, branch: &str) {
        Run::note(self, text, branch);
    }
    fn printed(&self, text: &str, site: Site) {
        Run::printed(self, text, site);
    }
    fn register_undo(&self, label: &str, branch: &str, undo: Undo) -> Result<(), Fault> {
        Run::register_undo(self, label, branch, undo)
    }
    fn interrupted(&self) -> Option<Halt> {
        Run::interrupted(self)
    }
    fn register_stays(&self, reason: &str, branch: &str) {
        Run::register_stays(self, reason, branch);
    }
    fn register_finalizer(&self, label: &str, site: Site, closing: Finalizer) -> Result<(), Fault> {
        Run::register_finalizer(self, label, site, closing)
    }
}

/// The door of a script that must not act yet: declaring parameters, loading modules.
pub(crate) struct ClosedApi(pub(crate) &'static str);

impl RunApi for ClosedApi {
    fn perform(
        &self,
        primitive: &dyn Primitive,
        _input: Value,
        _site: Site,
        _branch: &str,
    ) -> Result<Output, Stop> {
        let path = primitive.declaration().path();
        Err(Fault::new(
            codes::TOO_EARLY,
            format!("{path} cannot be called here: {}", self.0),
        )
        .into())
    }
    fn finish_early(&self, _reason: &str) -> Result<Halt, Fault> {
        let message = format!("finish cannot be called here: {}", self.0);
        Err(Fault::new(codes::TOO_EARLY, message))
    }
    fn halted(&self) -> Option<Halt> {
        None
    }
    fn step_started(&self, _step: &str, _branch: &str, _site: Site) {}
    fn step_ended(&self, _branch: &str, _result: StepResult, _reason: Option<&str>) {}
    fn title(&self, _text: &str) {}
    fn note(&self, _text: &str, _branch: &str) {}
    fn printed(&self, _text: &str, _site: Site) {}
    fn register_undo(&self, _label: &str, _branch: &str, _undo: Undo) -> Result<(), Fault> {
        Ok(())
    }
    fn register_stays(&self, _reason: &str, _branch: &str) {}
    fn register_finalizer(&self, _: &str, _: Site, _: Finalizer) -> Result<(), Fault> {
        Ok(())
    }
}

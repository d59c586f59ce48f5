//! What a script does however it ends: told how, after everything is undone.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Failure, Run};
use crate::vocabulary::event::StepResult;
use crate::vocabulary::outcome::{Ending, Outcome};
use crate::vocabulary::{Fault, Halt, Site, Stop, codes};

/// Most of them in a run.
const MOST_FINALIZERS: usize = 200;

/// The branch in which that is done: the script itself.
const CLOSING: &str = "0";

/// Does something about how the run ended.
pub type Finalizer = Box<dyn FnOnce(Value) -> Result<(), Failure> + Send>;

/// What a run can tell of itself at its end. Its times are the recorded ones, so that a replay tells the same.
pub(super) struct RunSummary {
    /// When the last call began or ended.
    clock: Timestamp,
    steps: Vec<Step>,
    asked: Vec<Value>,
    title: String,
    closings: BTreeMap<usize, (String, Site, Finalizer)>,
    /// How many finalizers were registered so far; their numbers count up.
    registered: usize,
    closing: bool,
}

struct Step {
    name: String,
    at: Timestamp,
    ended: Option<(Timestamp, StepResult)>,
}

impl RunSummary {
    pub(super) fn new(started: Timestamp) -> Self {
        RunSummary {
            clock: started,
            steps: Vec::new(),
            asked: Vec::new(),
            title: String::new(),
            closings: BTreeMap::new(),
            registered: 0,
            closing: false,
        }
    }

    /// A call began or ended. Of branches that run side by side, the latest counts.
    pub(super) fn passed(&mut self, at: Timestamp) {
        self.clock = self.clock.max(at);
    }

    pub(super) fn titled(&mut self, title: &str) {
        title.clone_into(&mut self.title);
    }

    pub(super) fn step_started(&mut self, name: &str) {
        self.steps.push(Step {
            name: name.to_owned(),
            at: self.clock,
            ended: None,
        });
    }

    pub(super) fn step_ended(&mut self, name: &str, result: StepResult) {
        let now = self.clock;
        let mut open = self.steps.iter_mut().rev().filter(|s| s.ended.is_none());
        if let Some(step) = open.find(|s| s.name == name) {
            step.ended = Some((now, result));
        }
    }

    /// Names of the steps that have begun.
    pub(super) fn begun(&self) -> Vec<String> {
        self.steps.iter().map(|step| step.name.clone()).collect()
    }

    /// Notes a question that was answered, for the summary that finalizers get.
    pub(super) fn asked(&mut self, input: &Value, answers: &Value) {
        self.asked
            .push(json!({ "title": input["title"], "answers": answers }));
    }

    pub(super) fn closing(&self) -> bool {
        self.closing
    }

    fn steps(&self) -> Vec<Value> {
        let told = self.steps.iter().map(|step| {
            let (end, ended) = match step.ended {
                Some((end, StepResult::Done)) => (end, "done"),
                Some((end, _)) => (end, "failed"),
                None => (self.clock, "failed"),
            };
            let seconds = (end.as_second() - step.at.as_second()).max(0);
            json!({ "name": step.name, "at": whole(step.at), "seconds": seconds, "ended": ended })
        });
        told.collect()
    }
}

/// RFC 3339, whole seconds: for people.
fn whole(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).map_or_else(|_| at.to_string(), |t| t.to_string())
}

impl Run {
    /// Remembers what is to be done at the end, told how the run ended. They are done in the order in which they
    /// were registered, each in a step of its label.
    ///
    /// # Errors
    /// `too_late` while that is done, or it would never end; `limit_exceeded`: there are too many.
    pub fn register_finalizer(
        &self,
        label: &str,
        site: Site,
        closing: Finalizer,
    ) -> Result<(), Fault> {
        let mut state = self.state();
        if state.summary.closing {
            let message = format!("finally \"{label}\" is registered while the run ends");
            return Err(
                Fault::new(codes::TOO_LATE, message).hint("register it before, or do it here")
            );
        }
        if state.summary.registered >= MOST_FINALIZERS {
            let message = format!("more than {MOST_FINALIZERS} `finally`");
            let fault = Fault::new(codes::LIMIT_EXCEEDED, message);
            return Err(fault.hint("look for a loop that never ends"));
        }
        let place = state.summary.registered;
        state.summary.registered += 1;
        let entry = (label.to_owned(), site, closing);
        state.summary.closings.insert(place, entry);
        Ok(())
    }

    /// Does all that is to be done at the end. What goes wrong there is noted, and changes nothing about how the
    /// run ended.
    ///
    /// # Errors
    /// The halt that stopped it.
    pub(super) fn close(&self, ending: &Ending) -> Result<(), Halt> {
        let told = self.ending_for_script(ending);
        self.state().summary.closing = true;
        loop {
            let next = self.state().summary.closings.pop_first();
            let Some((_, (label, site, closing))) = next else {
                break;
            };
            self.step_started(&label, CLOSING, site);
            let result = closing(told.clone());
            if let Some(halt) = self.halted() {
                self.step_ended(CLOSING, StepResult::Halted, None);
                return Err(halt);
            }
            match result {
                Ok(()) => self.step_ended(CLOSING, StepResult::Done, None),
                Err(Failure { stop, .. }) => {
                    match stop {
                        Stop::Fault(fault) => {
                            self.note(&format!("not done: {}", fault.message), CLOSING);
                        }
                        Stop::Halt(halt) => return Err(halt),
                    }
                    self.step_ended(CLOSING, StepResult::Failed, None);
                }
            }
        }
        self.state().summary.closing = false;
        Ok(())
    }

    /// Does all that is to be done at the end of a run that goes well: a plan foresees it.
    ///
    /// # Errors
    /// The halt that stopped it.
    pub fn finalize_success(&self) -> Result<(), Halt> {
        self.close(&self.ending(Outcome::Succeeded))
    }

    fn ending_for_script(&self, ending: &Ending) -> Value {
        let state = self.state();
        let summary = &state.summary;
        let undone = ending.undone.iter();
        let undone: Vec<Value> = undone
            .map(|u| json!({ "label": u.label, "fault": u.fault }))
            .collect();
        let left: Vec<&str> = ending.left.iter().map(|l| l.text.as_str()).collect();
        let causes: Vec<Value> = ending
            .causes
            .iter()
            .map(|cause| json!({ "text": cause.text, "hint": cause.hint }))
            .collect();
        json!({
            "run": self.id,
            "title": summary.title,
            "outcome": ending.outcome.name(),
            "failed_in": ending.step,
            "fault": ending.fault.as_ref().map(|f| json!({
                "code": f.code, "message": f.message, "hint": f.hint, "details": f.details,
            })),
            "causes": causes,
            "undone": undone,
            "left": left,
            "asked": summary.asked,
            "steps": summary.steps(),
            "started": whole(self.started),
            "ended": whole(summary.clock),
            "seconds": (summary.clock.as_second() - self.started.as_second()).max(0),
        })
    }

    /// What never ran holds the engine that would run it, which holds this run.
    pub(super) fn drop_finalizers(&self) {
        let closings = std::mem::take(&mut self.state().summary.closings);
        // Outside of the lock: what they hold may want it on its way out.
        drop(closings);
    }
}

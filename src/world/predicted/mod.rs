//! The world of a plan: it predicts what a run would do, and changes nothing.
//!
//! What the plan has not touched is read from the live world, once. What it changes is changed in a simulated cloud
//! alone, into which each resource is brought as it is live when it is first needed. There all goes well, but for the
//! faults that `--what-if` injects. The live side is a [`ReadOnlyWorld`], which cannot write.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::load::{Load, Shot};
use super::simulated::model::{CallLog, Cloud, json};
use super::simulated::{FaultSpec, Fixture, HttpSeen, Request, Simulated};
use super::{
    AskResult, AwsCall, HttpRequest, HttpResponse, ProcessCommand, ProcessOutput, ReadOnlyWorld,
    Scheduler, Scratch, Stream, World,
};
use crate::vocabulary::{Fault, Question, Replies};

mod assumptions;
mod clusters;
mod daemons;
mod deployments;
mod edit;
mod express;
mod image_changes;
mod images;
mod import;
mod overlay;
mod overlay_reads;
mod overlay_writes;
mod plan_state;
mod processes;
mod resources;
mod scaling;
mod services;
mod tags;
mod target_group_timing;
mod task_definitions;
mod tasks;
#[cfg(test)]
mod tests;
mod unmodelled;

use plan_state::PlanState;

/// A plan's world. Clones are handles on the same world.
#[derive(Clone)]
pub struct PlanWorld(Arc<Mutex<State>>);

struct State {
    cloud: Cloud,
    plan: PlanState,
    log: CallLog,
    scheduler: Arc<Scheduler>,
}

impl fmt::Debug for PlanWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlanWorld").finish_non_exhaustive()
    }
}

impl PlanWorld {
    /// A plan over what `live` shows, which begins at `now` in virtual time; `faults` are injected.
    pub fn new(live: Box<dyn ReadOnlyWorld>, now: Timestamp, faults: &[FaultSpec]) -> Self {
        PlanWorld(Arc::new(Mutex::new(State {
            cloud: Cloud::where_all_goes_well(now, faults),
            plan: PlanState::new(live),
            log: CallLog::default(),
            scheduler: Arc::default(),
        })))
    }

    /// A plan whose live side is a fixture's cloud: nothing real is read, and the same fixture gives the same plan.
    ///
    /// # Errors
    /// As [`Simulated::from_fixture`].
    pub fn of_fixture(fixture: Fixture) -> Result<Self, Fault> {
        let live = Simulated::from_fixture(fixture, &[], 0)?;
        let plan = PlanWorld::new(Box::new(live.clone()), live.now(), &[]);
        plan.state().cloud.answers = live.fixture_answers();
        Ok(plan.with_files_of(&live))
    }

    /// With the project's files as a simulated world has them.
    pub fn with_files_of(self, other: &Simulated) -> Self {
        self.state().cloud.files = other.project_files();
        self
    }

    /// Every text in the answers that were really read.
    pub fn read_live(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for answer in self.state().plan.read() {
            json::collect_texts(answer, &mut found);
        }
        found
    }

    /// The faults that have met nothing so far (`fault_met_nothing`), each with why.
    pub fn missed_faults(&self) -> Vec<Fault> {
        self.state().cloud.kernel.faults_missed()
    }

    /// The predicted AWS calls that write so far, in order.
    pub fn writes(&self) -> Vec<Request> {
        self.state().log.writes()
    }

    /// The predicted HTTP requests so far, in order.
    pub fn http_requests(&self) -> Vec<HttpSeen> {
        self.state().log.http.clone()
    }

    /// The processes so far, in order, also those that are only predicted.
    pub fn processes(&self) -> Vec<ProcessCommand> {
        self.state().log.processes.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World for PlanWorld {
    fn aws(&self, call: &AwsCall) -> Result<Arc<Value>, Fault> {
        let mut state = self.state();
        let State {
            cloud, plan, log, ..
        } = &mut *state;
        log.call(cloud, call, |cloud, call| {
            let answer = cloud.answers.answer(call);
            answer
                .unwrap_or_else(|| plan.answer(cloud, call))
                .map(Arc::new)
        })
    }

    fn http(&self, request: &HttpRequest) -> Result<HttpResponse, Fault> {
        let mut state = self.state();
        let at = state.cloud.now();
        let answer = Ok(assumptions::response(&state.cloud, request));
        state.log.sent(at, request, &answer);
        answer
    }

    fn process(
        &self,
        command: &ProcessCommand,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault> {
        let mut guard = self.state();
        let state = &mut *guard;
        state.log.processes.push(command.clone());
        let Some((live, command)) = state.plan.process_to_read(command) else {
            return Ok(state.plan.predict_process(&mut state.cloud, command));
        };
        // Who listens to its output may ask this world for the time.
        drop(guard);
        live.read_process(&command, output)
    }

    fn process_alive(&self, _: &str) -> bool {
        false
    }

    fn file(&self, path: &str) -> Result<String, Fault> {
        self.state().cloud.files.read(path)
    }

    fn file_bytes(&self, path: &str) -> Result<Vec<u8>, Fault> {
        self.state().cloud.files.read_bytes(path)
    }

    fn files(&self, pattern: &str) -> Result<Vec<String>, Fault> {
        self.state().cloud.files.list(pattern)
    }

    fn write_file(&self, path: &str, text: &str) -> Result<(), Fault> {
        self.state().cloud.files.write(path, text)
    }

    fn scratch(&self, name: &str) -> Result<Scratch, Fault> {
        Ok(Scratch::named(&format!("/simulated/{name}")))
    }

    /// Every connection is predicted to be accepted.
    fn connect(&self, _: &str, _: u16, _: Duration) -> Result<(), Fault> {
        Ok(())
    }

    /// Every request is predicted to be answered at once.
    fn load(
        &self,
        load: &Load,
        each: &mut dyn FnMut(Shot) -> ControlFlow<()>,
    ) -> Result<(), Fault> {
        let answer = assumptions::response(&self.state().cloud, &load.request);
        for number in 0..load.count() {
            let shot = Shot {
                ended: load.due(number),
                latency: Duration::ZERO,
                answer: Ok(answer.clone()),
            };
            if each(shot).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.state().cloud.now()
    }

    /// The virtual time itself: nobody can set a virtual clock.
    fn monotonic(&self) -> Duration {
        Duration::from_nanos(u64::try_from(self.now().as_nanosecond()).unwrap_or(0))
    }

    fn sleep(&self, duration: Duration) {
        let scheduler = Arc::clone(&self.state().scheduler);
        let pass = |duration| self.state().cloud.pass(duration);
        scheduler.sleep(duration, || self.now(), pass);
    }

    fn predicts(&self) -> bool {
        true
    }

    fn scheduler(&self) -> Option<Arc<Scheduler>> {
        Some(Arc::clone(&self.state().scheduler))
    }

    fn ask(&self, question: &Question, before: &Replies) -> Result<AskResult, Fault> {
        Ok(assumptions::approvals(
            &mut self.state().cloud,
            question,
            before,
        ))
    }
}

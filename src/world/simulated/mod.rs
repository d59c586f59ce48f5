//! The simulated cloud: a model of what AWS does, in virtual time.
//!
//! One model serves two purposes. A rehearsal's cloud comes from a [`Fixture`], with faults; a plan's
//! cloud is empty at first, and each resource is seeded by a live *read* when it is first touched.
//! Time only moves when someone sleeps or a call takes its time, and it jumps from event to event:
//! an hour costs as much as what happens in it. The same seed gives the same world.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::load::{Load, Shot};
use super::{
    Asked, AwsCall, HttpRequest, HttpResponse, Look, ProcessCommand, ProcessOutput, ReadCall,
    ReadProcess, Scheduler, Scratch, Stream, World,
};
use crate::vocabulary::{Effect, Fault, Question, Replies};

mod aws;
mod cloud;
pub mod faults;
pub mod fixture;
mod kernel;
mod outside;
mod seed;
#[cfg(test)]
mod tests;
mod time;

pub use aws::secrets::VALUE as SECRET;
use aws::{cloudwatch, dispatch, ecr, ecs, elb, json, rds, secrets, sqs, ssm};
use cloud::Cloud;
pub use faults::{FaultInfo, FaultSpec, Mentioned, catalogue};
pub use fixture::Fixture;
use fixture::build;
use kernel::clock;
use kernel::fault_injection::{Injected, injected, server_error};
pub(crate) use kernel::rng;
use kernel::{ActiveFaults, Prospects};
use outside::{http, load, net, people, processes as process};
use seed::Seeds;

/// One call that a simulated world was asked to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Virtual time.
    pub at: Timestamp,
    /// The call.
    pub call: AwsCall,
    /// The code of the fault that it was answered with, if it was.
    pub fault: Option<String>,
    /// Whether it was carried out; an injected server error may say it was not.
    pub carried_out: bool,
}

/// One HTTP request that a simulated world was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpSeen {
    /// Virtual time.
    pub at: Timestamp,
    /// The request, its body included.
    pub request: HttpRequest,
    /// The status that it was answered with; `None`: there was no answer.
    pub status: Option<u16>,
}

/// A simulated world. Clones are handles on the same world.
#[derive(Clone)]
pub struct Simulated(Arc<Mutex<State>>);

struct State {
    cloud: Cloud,
    seeds: Option<Seeds>,
    requests: Vec<Request>,
    http: Vec<HttpSeen>,
    processes: Vec<ProcessCommand>,
    scheduler: Arc<Scheduler>,
}

impl fmt::Debug for Simulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulated").finish_non_exhaustive()
    }
}

impl Simulated {
    /// A rehearsal's world: the fixture's cloud, with `faults`, all chance drawn from `seed`.
    ///
    /// # Errors
    /// `bad_fixture`, where its parts do not fit together (a service without its task definition).
    pub fn from_fixture(fixture: Fixture, faults: &[FaultSpec], seed: u64) -> Result<Self, Fault> {
        let cloud = build::build(fixture, faults, seed)?;
        Ok(Simulated::around(cloud, None))
    }

    /// A plan's world: what nothing planned has touched is read through `look`, once; writes act on
    /// the simulated cloud alone, and go well but for `faults`.
    pub fn seeded(look: Box<dyn Look>, now: Timestamp, faults: &[FaultSpec]) -> Self {
        let mut cloud = Cloud::new(now, 0, Prospects::Good);
        cloud.kernel.faults = ActiveFaults::new(faults);
        Simulated::around(cloud, Some(Seeds::new(look)))
    }

    /// A plan's world whose live side is a fixture's cloud: nothing real is looked at, and the same
    /// fixture gives the same plan.
    ///
    /// # Errors
    /// As [`Simulated::from_fixture`].
    pub fn planned(fixture: Fixture) -> Result<Self, Fault> {
        let live = Simulated::from_fixture(fixture, &[], 0)?;
        let plan = Simulated::seeded(Box::new(live.clone()), live.now(), &[]);
        let answers = live.state().cloud.answers.clone();
        plan.state().cloud.answers = answers;
        Ok(plan.with_files_of(&live))
    }

    /// With the project's files as another world has them.
    pub fn with_files_of(self, other: &Simulated) -> Self {
        let files = other.state().cloud.files.clone();
        self.state().cloud.files = files;
        self
    }

    fn around(cloud: Cloud, seeds: Option<Seeds>) -> Self {
        Simulated(Arc::new(Mutex::new(State {
            cloud,
            seeds,
            requests: Vec::new(),
            http: Vec::new(),
            processes: Vec::new(),
            scheduler: Arc::default(),
        })))
    }

    /// Every text in the answers that a plan has really read; none in a rehearsal.
    pub fn read_live(&self) -> BTreeSet<String> {
        let state = self.state();
        let mut found = BTreeSet::new();
        for answer in state.seeds.iter().flat_map(Seeds::read) {
            json::collect_texts(answer, &mut found);
        }
        found
    }

    /// The faults that have met nothing so far (`fault_met_nothing`), each with why.
    pub fn missed_faults(&self) -> Vec<Fault> {
        self.state().cloud.kernel.faults_missed()
    }

    /// The answers of the fixture that nothing has asked for so far (`answer_not_asked`).
    pub fn answers_not_asked(&self) -> Vec<Fault> {
        let state = self.state();
        let calls = state.requests.iter().map(|request| &request.call);
        state.cloud.answers.not_asked(calls)
    }

    /// Every AWS call so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// Every HTTP request so far, in order, also those that a plan only predicts.
    pub fn http_requests(&self) -> Vec<HttpSeen> {
        self.state().http.clone()
    }

    /// Every process so far, in order, also those that a plan only predicts.
    pub fn processes(&self) -> Vec<ProcessCommand> {
        self.state().processes.clone()
    }

    /// Files that were written so far, with their text, by path.
    pub fn files_written(&self) -> BTreeMap<String, String> {
        self.state().cloud.files.written()
    }

    /// The calls so far that write, and were carried out.
    pub fn writes(&self) -> Vec<Request> {
        let writes = |r: &&Request| r.call.effect() == Effect::Write && r.carried_out;
        self.state()
            .requests
            .iter()
            .filter(writes)
            .cloned()
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World for Simulated {
    fn aws(&self, call: &AwsCall) -> Result<Value, Fault> {
        let mut state = self.state();
        let state = &mut *state;
        state.cloud.kernel.calls += 1;
        let at = state.cloud.now();
        state
            .cloud
            .kernel
            .faults
            .called(state.cloud.kernel.calls, at);
        let (answer, carried_out) = match injected(&mut state.cloud.kernel, call) {
            Some(Injected::Refused(fault)) => (Err(fault), false),
            Some(Injected::Lost { carried_out }) => {
                // What it answers is lost on the way.
                let carried_out = carried_out && state.carry_out(call).is_ok();
                (Err(server_error(call.effect())), carried_out)
            }
            None => {
                let answer = state.carry_out(call);
                let done = answer.is_ok();
                (answer, done)
            }
        };
        state.requests.push(Request {
            at,
            call: call.clone(),
            fault: answer.as_ref().err().map(|f| f.code.clone()),
            carried_out,
        });
        answer
    }

    fn http(&self, request: &HttpRequest) -> Result<HttpResponse, Fault> {
        let mut state = self.state();
        let at = state.cloud.now();
        let answer = match state.seeds {
            Some(_) => seed::predict::http(&state.cloud, request),
            None => http::answer(&mut state.cloud, request),
        };
        state.http.push(HttpSeen {
            at,
            request: request.clone(),
            status: answer.as_ref().ok().map(|a| a.status),
        });
        answer
    }

    fn process(
        &self,
        command: &ProcessCommand,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault> {
        // Who listens may ask this world for the time: it is told once the world is free again.
        let mut lines = Vec::new();
        let mut keep = |stream: Stream, line: &str| lines.push((stream, line.to_owned()));
        let result = 'simulated: {
            let mut guard = self.state();
            let state = &mut *guard;
            state.processes.push(command.clone());
            let looks = match &mut state.seeds {
                Some(seeds) => match seeds.looks(command) {
                    Some(looks) => looks,
                    None => return Ok(seeds.process(&mut state.cloud, command)),
                },
                None => break 'simulated process::run(&mut state.cloud, command, &mut keep),
            };
            drop(guard);
            // It may print more than fits into memory.
            return looks.0.look_process(&looks.1, output);
        };
        for (stream, line) in lines {
            output(stream, &line);
        }
        result
    }

    fn file(&self, path: &str) -> Result<String, Fault> {
        self.state().cloud.files.read(path)
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

    fn connect(&self, host: &str, port: u16, timeout: Duration) -> Result<(), Fault> {
        net::connect(&mut self.state().cloud, host, port, timeout)
    }

    fn load(
        &self,
        load: &Load,
        each: &mut dyn FnMut(Shot) -> ControlFlow<()>,
    ) -> Result<(), Fault> {
        load::fire(self, load, each)
    }

    fn now(&self) -> Timestamp {
        self.state().cloud.now()
    }

    /// Nobody sets a virtual clock.
    fn monotonic(&self) -> Duration {
        Duration::from_nanos(u64::try_from(self.now().as_nanosecond()).unwrap_or(0))
    }

    fn sleep(&self, duration: Duration) {
        let scheduler = Arc::clone(&self.state().scheduler);
        let pass = |duration| self.state().cloud.pass(duration);
        scheduler.sleep(duration, || self.now(), pass);
    }

    fn scheduler(&self) -> Option<Arc<Scheduler>> {
        Some(Arc::clone(&self.state().scheduler))
    }

    fn process_alive(&self, _: &str) -> bool {
        false
    }

    fn predicts(&self) -> bool {
        self.state().seeds.is_some()
    }

    fn ask(&self, question: &Question, before: &Replies) -> Result<Asked, Fault> {
        let mut state = self.state();
        match state.seeds {
            Some(_) => Ok(seed::predict::answers(&mut state.cloud, question, before)),
            None => people::ask(&mut state.cloud, question, before),
        }
    }
}

/// A look from outside: it takes no time, no fault meets it, and it is no request.
impl Look for Simulated {
    fn look(&self, call: &ReadCall) -> Result<Value, Fault> {
        dispatch(&mut self.state().cloud, call.call())
    }

    fn look_process(
        &self,
        command: &ReadProcess,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault> {
        process::run(&mut self.state().cloud, command.command(), output)
    }
}

impl State {
    fn carry_out(&mut self, call: &AwsCall) -> Result<Value, Fault> {
        let mut whole = Cow::Borrowed(call);
        if call.input.is_object() && json::has_nulls(&call.input) {
            json::without_nulls(&mut whole.to_mut().input);
        }
        let call = &*whole;
        if self.seeds.is_none() {
            // A call takes its time, and what happens meanwhile happens before it.
            let takes = self.cloud.kernel.rng.millis(20, 90);
            self.cloud.pass(takes);
        }
        if let Some(answer) = self.cloud.answers.answer(call) {
            return answer;
        }
        match &mut self.seeds {
            Some(seeds) => seeds.answer(&mut self.cloud, call),
            None => aws::answer(&mut self.cloud, call)
                .map_err(|fault| self.cloud.answers.help(fault, call)),
        }
    }
}

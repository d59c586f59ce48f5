//! The simulated cloud: a model of what AWS does, in virtual time.
//!
//! One model serves two worlds. A rehearsal's, [`Simulated`], has the cloud of a [`Fixture`], with faults. A plan's, which
//! lays live reads over it, uses what `model` shows.
//! Time only moves when someone sleeps or a call takes its time, and it jumps from event to event:
//! an hour costs as much as what happens in it. The same seed gives the same world.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::load::{Load, Shot};
use super::{
    AskResult, AwsCall, HttpRequest, HttpResponse, ProcessCommand, ProcessOutput, ReadCall,
    ReadOnlyWorld, ReadProcess, Scheduler, Scratch, Stream, World,
};
use crate::sync::Lock;
use crate::vocabulary::{Fault, Question, Replies};

mod aws;
mod call_log;
mod cloud;
mod coverage;
pub mod faults;
pub mod fixture;
mod kernel;
pub(in crate::world) mod model;
mod outside;
mod repeated_read;
#[cfg(test)]
pub(in crate::world) mod tests;
mod time;

use aws::answers::Answers;
use aws::dispatch;
pub use aws::secrets::VALUE as SECRET;
use call_log::CallLog;
pub use call_log::{HttpSeen, Request};
use cloud::Cloud;
pub use coverage::Coverage;
pub use faults::{FaultInfo, FaultSpec, PipelineText, catalogue};
pub use fixture::Fixture;
use fixture::build;
pub(crate) use kernel::rng;
use outside::files::Files;
use outside::{http, load, net, people, processes as process};
use repeated_read::RepeatedRead;

/// How far each service is simulated, sorted by their names.
pub fn coverage() -> &'static [Coverage] {
    &aws::COVERAGE
}

/// The operations of a service that are simulated, sorted; none of a service that is not.
pub fn simulated_operations(service: &str) -> Vec<&'static str> {
    aws::operations(service)
}

/// A simulated world. Clones are handles on the same world.
#[derive(Clone)]
pub struct Simulated(Arc<Mutex<State>>);

struct State {
    cloud: Cloud,
    log: CallLog,
    scheduler: Arc<Scheduler>,
    repeated: RepeatedRead,
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
        Ok(Simulated(Arc::new(Mutex::new(State {
            cloud,
            log: CallLog::default(),
            scheduler: Arc::default(),
            repeated: RepeatedRead::default(),
        }))))
    }

    /// The project's files, with what was written to them.
    pub(in crate::world) fn project_files(&self) -> Files {
        self.state().cloud.files.clone()
    }

    /// What the fixture says of calls that the model does not answer.
    pub(in crate::world) fn fixture_answers(&self) -> Answers {
        self.state().cloud.answers.clone()
    }

    /// The faults that have met nothing so far (`fault_met_nothing`), each with why.
    pub fn missed_faults(&self) -> Vec<Fault> {
        self.state().cloud.kernel.faults_missed()
    }

    /// The answers of the fixture that nothing has asked for so far (`answer_not_asked`).
    pub fn answers_not_asked(&self) -> Vec<Fault> {
        let state = self.state();
        let calls = state.log.requests.iter().map(|request| &request.call);
        state.cloud.answers.not_asked(calls)
    }

    /// Every AWS call so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.state().log.requests.clone()
    }

    /// Every HTTP request so far, in order.
    pub fn http_requests(&self) -> Vec<HttpSeen> {
        self.state().log.http.clone()
    }

    /// Every process so far, in order.
    pub fn processes(&self) -> Vec<ProcessCommand> {
        self.state().log.processes.clone()
    }

    /// Files that were written so far, with their text, by path.
    pub fn files_written(&self) -> BTreeMap<String, String> {
        self.state().cloud.files.written()
    }

    /// The calls so far that write, and were carried out.
    pub fn writes(&self) -> Vec<Request> {
        self.state().log.writes()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.locked()
    }
}

impl World for Simulated {
    fn aws(&self, call: &AwsCall) -> Result<Arc<Value>, Fault> {
        let mut state = self.state();
        let State {
            cloud,
            log,
            repeated,
            ..
        } = &mut *state;
        log.call(cloud, call, |cloud, call| carry_out(cloud, repeated, call))
    }

    fn http(&self, request: &HttpRequest) -> Result<HttpResponse, Fault> {
        let mut state = self.state();
        let at = state.cloud.now();
        let answer = http::answer(&mut state.cloud, request);
        state.log.sent(at, request, &answer);
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
        let mut guard = self.state();
        let state = &mut *guard;
        state.log.processes.push(command.clone());
        state.repeated.forget();
        let result = process::run(&mut state.cloud, command, &mut keep);
        drop(guard);
        for (stream, line) in lines {
            output(stream, &line);
        }
        result
    }

    /// What a killed process has started ends with it.
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

    /// The virtual time itself: nobody can set a virtual clock.
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

    fn predicts(&self) -> bool {
        false
    }

    fn ask(&self, question: &Question, before: &Replies) -> Result<AskResult, Fault> {
        let mut state = self.state();
        state.repeated.forget();
        people::ask(&mut state.cloud, question, before)
    }
}

/// A read from outside: it takes no time, no fault meets it, and it is not a request.
impl ReadOnlyWorld for Simulated {
    fn read(&self, call: &ReadCall) -> Result<Value, Fault> {
        dispatch(&mut self.state().cloud, call.call())
    }

    fn read_process(
        &self,
        command: &ReadProcess,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault> {
        let mut state = self.state();
        state.repeated.forget();
        process::run(&mut state.cloud, command.command(), output)
    }
}

/// A call takes its time, and what happens meanwhile happens before it.
fn carry_out(
    cloud: &mut Cloud,
    repeated: &mut RepeatedRead,
    call: &AwsCall,
) -> Result<Arc<Value>, Fault> {
    let takes = cloud.kernel.rng.millis(20, 90);
    cloud.pass(takes);
    if let Some(answer) = repeated.answer(cloud, call) {
        return Ok(answer);
    }
    let answer = answer(cloud, call).map(Arc::new);
    match &answer {
        Ok(answer) => repeated.remember(cloud, call, answer),
        Err(_) => repeated.forget(),
    }
    answer
}

fn answer(cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
    match cloud.answers.answer(call) {
        Some(answer) => answer,
        None => aws::answer(cloud, call)
            .map_err(|fault| aws::absent::explain(cloud, call, fault))
            .map_err(|fault| cloud.answers.help(fault, call)),
    }
}

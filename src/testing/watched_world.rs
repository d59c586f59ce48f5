//! The world of one rehearsal: a simulated cloud that records what the run does, and stops a run that never ends.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, Weak};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;

use super::journal_recorder::JournalRecorder;
use crate::cancel::Cancel;
use crate::run::Run;
use crate::sync::Lock;
use crate::vocabulary::event::Event;
use crate::vocabulary::{Effect, Fault, Question, Replies, codes};
use crate::world::load::{Load, Shot};
use crate::world::simulated::Simulated;
use crate::world::{
    AskResult, AwsCall, HttpRequest, HttpResponse, ProcessCommand, ProcessOutput, Scheduler,
    Scratch, Stream, World,
};

/// Virtual time after which a rehearsal counts as endless.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);
/// Number of events after which a rehearsal counts as endless.
const MOST_EVENTS: usize = 200_000;

/// A simulated cloud that records what the run does.
pub(super) struct WatchedWorld {
    cloud: Simulated,
    /// Set to stop the run, when it takes too long or its process counts as killed.
    pub(super) cancel: Cancel,
    recorder: JournalRecorder,
    /// Whether the process counts as killed when the journal is full: then nothing reaches the cloud.
    dies_when_full: bool,
    latest: Timestamp,
    patience: Instant,
    run: OnceLock<Weak<Run>>,
    observed: Mutex<Observations>,
}

/// What was recorded of a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Observations {
    /// All events of the run, in order.
    pub(super) events: Vec<Event>,
    /// Why the rehearsal was stopped, if it was.
    pub(super) stopped: Option<String>,
    /// Writes that were sent after a halt.
    pub(super) after_halt: Vec<String>,
}

impl WatchedWorld {
    pub(super) fn new(
        cloud: Simulated,
        recorder: JournalRecorder,
        dies_when_full: bool,
        patience: Instant,
    ) -> Arc<Self> {
        let latest = cloud.now().checked_add(LONGEST).unwrap_or(Timestamp::MAX);
        Arc::new(WatchedWorld {
            cloud,
            cancel: Cancel::default(),
            recorder,
            dies_when_full,
            latest,
            patience,
            run: OnceLock::new(),
            observed: Mutex::default(),
        })
    }

    /// Sets the run that is watched.
    pub(super) fn watch(&self, run: &Arc<Run>) {
        let _already_watched = self.run.set(Arc::downgrade(run));
    }

    /// Records an event. Stops a run with too many of them.
    pub(super) fn observe(&self, event: &Event) {
        let mut observed = self.observed();
        observed.events.push(event.clone());
        let many = observed.events.len();
        drop(observed);
        if many > MOST_EVENTS {
            self.stop(format!("more than {MOST_EVENTS} events"));
        } else if many.is_multiple_of(32) {
            self.look_at_the_clock();
        }
    }

    /// Takes out what was recorded so far.
    pub(super) fn take(&self) -> Observations {
        std::mem::take(&mut self.observed())
    }

    fn look_at_the_clock(&self) {
        if Instant::now() >= self.patience {
            self.stop("the test's time is up".to_owned());
        } else if self.cloud.now() >= self.latest {
            let days = LONGEST.as_secs() / (24 * 3600);
            self.stop(format!("{days} days have passed in the simulated cloud"));
        }
    }

    fn stop(&self, why: String) {
        self.observed().stopped.get_or_insert(why);
        self.cancel.cancel();
    }

    fn process_is_dead(&self) -> bool {
        self.dies_when_full && self.recorder.is_full()
    }

    /// The cloud.
    ///
    /// # Errors
    /// `killed`, if the process is dead.
    fn living_cloud(&self) -> Result<&Simulated, Fault> {
        match self.process_is_dead() {
            true => Err(killed()),
            false => Ok(&self.cloud),
        }
    }

    /// Records a write that comes after the run's halt.
    fn writes(&self, what: impl FnOnce() -> String) {
        let run = self.run.get().and_then(Weak::upgrade);
        if run.is_some_and(|run| run.halted().is_some()) {
            self.observed().after_halt.push(what());
        }
    }

    fn observed(&self) -> MutexGuard<'_, Observations> {
        self.observed.locked()
    }
}

fn killed() -> Fault {
    Fault::new(codes::KILLED, "the process is gone")
}

#[deny(clippy::missing_trait_methods)]
impl World for WatchedWorld {
    fn aws(&self, call: &AwsCall) -> Result<Arc<Value>, Fault> {
        let cloud = self.living_cloud()?;
        if call.effect() == Effect::Write {
            self.writes(|| format!("{} {}", call.operation, call.input));
        }
        cloud.aws(call)
    }

    fn http(&self, request: &HttpRequest) -> Result<HttpResponse, Fault> {
        self.living_cloud()?.http(request)
    }

    fn file(&self, path: &str) -> Result<String, Fault> {
        self.living_cloud()?.file(path)
    }

    fn file_bytes(&self, path: &str) -> Result<Vec<u8>, Fault> {
        self.living_cloud()?.file_bytes(path)
    }

    fn files(&self, pattern: &str) -> Result<Vec<String>, Fault> {
        self.living_cloud()?.files(pattern)
    }

    fn write_file(&self, path: &str, text: &str) -> Result<(), Fault> {
        let cloud = self.living_cloud()?;
        self.writes(|| format!("file {path}"));
        cloud.write_file(path, text)
    }

    fn scratch(&self, name: &str) -> Result<Scratch, Fault> {
        self.living_cloud()?.scratch(name)
    }

    fn connect(&self, host: &str, port: u16, timeout: Duration) -> Result<(), Fault> {
        self.living_cloud()?.connect(host, port, timeout)
    }

    fn load(
        &self,
        load: &Load,
        each: &mut dyn FnMut(Shot) -> ControlFlow<()>,
    ) -> Result<(), Fault> {
        self.living_cloud()?.load(load, each)?;
        self.look_at_the_clock();
        Ok(())
    }

    fn process(
        &self,
        command: &ProcessCommand,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault> {
        let cloud = self.living_cloud()?;
        if !command.reads {
            self.writes(|| command.words());
        }
        cloud.process(command, output)
    }

    fn now(&self) -> Timestamp {
        self.cloud.now()
    }

    /// The virtual time itself: nobody can set a virtual clock.
    fn monotonic(&self) -> Duration {
        Duration::from_nanos(u64::try_from(self.now().as_nanosecond()).unwrap_or(0))
    }

    fn sleep(&self, duration: Duration) {
        if self.process_is_dead() {
            return self.cancel.cancel();
        }
        let left = self.latest.duration_since(self.cloud.now());
        let left = Duration::try_from(left).unwrap_or_default();
        self.cloud.sleep(duration.min(left));
        self.look_at_the_clock();
    }

    fn process_alive(&self, mark: &str) -> bool {
        self.cloud.process_alive(mark)
    }

    fn predicts(&self) -> bool {
        self.cloud.predicts()
    }

    fn scheduler(&self) -> Option<Arc<Scheduler>> {
        self.cloud.scheduler()
    }

    fn ask(&self, question: &Question, before: &Replies) -> Result<AskResult, Fault> {
        self.living_cloud()?.ask(question, before)
    }
}

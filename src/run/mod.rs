//! A run: the one door, what it tells, and how it ends.
//!
//! [`Run::perform`] is the only way from a script to the world. It replays what the journal has, settles
//! what is in doubt, and performs the rest, intent first.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use serde_json::Value;

use crate::cancel::Cancel;
use crate::journal::{Cursor, Entry, FORMAT, Log};
use crate::primitive::ResourceCache;
use crate::retry::RetryBudget;
use crate::scrub::Secrets;
use crate::sync::Lock;
use crate::vocabulary::{Halt, Site, Stop};
use crate::world::{Scheduler, World};

pub mod guard;
pub mod history;
pub mod planned;

mod attempt;
mod call_result;
mod claims;
mod credentials;
mod emit;
mod ending;
mod finalizers;
mod in_doubt;
mod ledger;
mod perform;
mod redaction;
mod steps;

use crate::vocabulary::event::{self, Event, EventKind};
pub use claims::Claims;
use emit::{LogQuota, Persistence};
pub use finalizers::Finalizer;
use finalizers::RunSummary;
use guard::Guard;
use ledger::Ledger;
use steps::Steps;

/// A script's end that is not success: what stopped it, and where, innermost frame first.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The fault or halt that stopped the script.
    pub stop: Stop,
    /// Where; the pipeline's own frame is the last.
    pub frames: Vec<Site>,
}

/// Puts back what a step changed.
pub type Undo = Box<dyn FnOnce() -> Result<(), Failure> + Send>;

/// Receives every event, in order.
pub type Listener = Box<dyn FnMut(&Event) + Send>;

/// What a run is made of.
pub struct RunSetup {
    /// Id of the run, a ULID.
    pub id: String,
    /// How the program is called about this run (`deployer --state DIR`); `None`: the run is not kept.
    pub program: Option<String>,
    /// Path of the pipeline as it was given.
    pub pipeline: String,
    /// Values of the pipeline's parameters by name.
    pub params: Value,
    /// Names of the steps in the order of the text.
    pub steps: Vec<String>,
    /// Library modules that the project replaces.
    pub overridden: Vec<String>,
    /// SHA-256 (hex) of every script by name.
    pub sources: BTreeMap<String, String>,
    /// SHA-256 (hex) of the saved plan that it is held to, if it is.
    pub plan: Option<String>,
    /// What the environment says of AWS, by variable.
    pub aws: BTreeMap<String, String>,
    /// Who starts it; empty: nobody whose approval would be their own.
    pub starter: String,
    /// The world that calls act upon: live, simulated or predicted.
    pub world: Arc<dyn World>,
    /// Where the run writes its journal entries.
    pub log: Box<dyn Log>,
    /// What the journal already holds; empty: a new run.
    pub recorded: Vec<Entry>,
    /// What must not be shown; it learns what calls fetch.
    pub secrets: Arc<Secrets>,
    /// Set when a person asks the run to stop.
    pub cancel: Cancel,
    /// Called with every event, in order.
    pub listener: Listener,
    /// Who may refuse what the script asks for; `None`: nobody.
    pub guard: Option<Box<dyn Guard>>,
    /// Keeps other runs from what this one changes; `None`: there are none.
    pub claims: Option<Box<dyn Claims>>,
}

/// One run of a pipeline: it performs or replays calls, and keeps journal and ledger.
pub struct Run {
    id: String,
    program: Option<String>,
    starter: String,
    /// The AWS profile that the environment names.
    profile: Option<String>,
    /// Names of the steps in the order of the text.
    steps: Vec<String>,
    params: Value,
    world: Arc<dyn World>,
    cancel: Cancel,
    secrets: Arc<Secrets>,
    budget: RetryBudget,
    started: Timestamp,
    listener: Mutex<Listener>,
    guard: Mutex<Option<Box<dyn Guard>>>,
    state: Mutex<State>,
}

struct State {
    log: Box<dyn Log>,
    cursor: Cursor,
    /// Calls made so far, by branch.
    made: HashMap<String, u64>,
    /// Time of the recorded call that was replayed last, until the first call that is not replayed.
    replaying: Option<Timestamp>,
    halt: Option<Halt>,
    /// Why the script ended before its text did.
    finished: Option<String>,
    seen: ResourceCache,
    steps: Steps,
    quota: LogQuota,
    ledger: Ledger,
    claims: Option<Box<dyn Claims>>,
    /// Modules of AWS that have answered.
    answered: BTreeSet<&'static str>,
    /// What the run has taken for itself.
    claimed: BTreeSet<String>,
    summary: RunSummary,
    /// References of secrets that an earlier process of this run has fetched.
    owed: BTreeSet<String>,
}

impl Run {
    /// Begins a run, or goes on with the recorded one.
    ///
    /// # Errors
    /// A journal that no run writes, or one that cannot be written.
    pub fn start(mut setup: RunSetup) -> io::Result<Arc<Run>> {
        let now = setup.world.now();
        let resumed = !setup.recorded.is_empty();
        let cursor = Cursor::new(&setup.recorded).map_err(|(line, message)| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("journal line {line}: {message}"),
            )
        })?;
        let profile = setup.aws.get("AWS_PROFILE").cloned();
        let deployer = env!("CARGO_PKG_VERSION").to_owned();
        let (entry, started) = match setup.recorded.first() {
            Some(Entry::Started {
                at, overridden, by, ..
            }) => {
                setup.overridden.clone_from(overridden);
                setup.starter.clone_from(by);
                (Entry::Resumed { deployer, at: now }, *at)
            }
            _ => {
                let entry = Entry::Started {
                    format: FORMAT,
                    run: setup.id.clone(),
                    pipeline: setup.pipeline.clone(),
                    params: setup.params.clone(),
                    deployer,
                    sources: setup.sources,
                    overridden: setup.overridden.clone(),
                    plan: setup.plan,
                    aws: setup.aws,
                    by: setup.starter.clone(),
                    at: now,
                };
                (entry, now)
            }
        };
        setup.log.append(&entry, true)?;
        let run = Arc::new(Run {
            id: setup.id.clone(),
            program: setup.program,
            starter: setup.starter,
            profile,
            steps: setup.steps.clone(),
            params: setup.params.clone(),
            world: setup.world,
            cancel: setup.cancel,
            secrets: setup.secrets,
            budget: RetryBudget::default(),
            started,
            listener: Mutex::new(setup.listener),
            guard: Mutex::new(setup.guard),
            state: Mutex::new(State {
                log: setup.log,
                cursor,
                made: HashMap::new(),
                replaying: resumed.then_some(started),
                halt: None,
                finished: None,
                seen: ResourceCache::default(),
                steps: Steps::default(),
                quota: LogQuota::default(),
                ledger: Ledger::default(),
                claims: setup.claims,
                answered: BTreeSet::new(),
                claimed: BTreeSet::new(),
                summary: RunSummary::new(started),
                owed: BTreeSet::new(),
            }),
        });
        run.emit(
            EventKind::Started(event::Started {
                run: setup.id,
                pipeline: setup.pipeline,
                params: setup.params,
                resumed,
                overridden: setup.overridden,
                steps: setup.steps,
            }),
            Persistence::Derived,
        );
        Ok(run)
    }

    /// The run's id, a ULID.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Values of the pipeline's parameters by name.
    pub fn params(&self) -> &Value {
        &self.params
    }

    /// The halt that ended the run, if one did: nothing may be done after it.
    pub fn halted(&self) -> Option<Halt> {
        self.state().halt.clone()
    }

    /// The halt that ended the run. A person who wants it to stop is heard between two calls, too; what is replayed is
    /// done with soon.
    pub fn interrupted(&self) -> Option<Halt> {
        let mut state = self.state();
        if state.halt.is_none() && state.replaying.is_none() && self.cancel.is_cancelled() {
            state.halt = Some(Halt::Cancelled);
        }
        state.halt.clone()
    }

    /// Ends the run because its script depends on a value that only the real run can know; an earlier halt
    /// sticks.
    pub fn unknown(&self, what: &str) -> Halt {
        let mut state = self.state();
        let halt = || Halt::Unknown {
            what: what.to_owned(),
        };
        state.halt.get_or_insert_with(halt).clone()
    }

    /// Whether the run is foretold: a plan.
    pub fn plans(&self) -> bool {
        self.world.predicts()
    }

    /// Ends the run in a way that no script can catch; the first halt sticks.
    fn halt(&self, halt: Halt) -> Stop {
        let mut state = self.state();
        Stop::Halt(state.halt.get_or_insert(halt).clone())
    }

    /// Writes an entry, or halts the run.
    fn record(&self, entry: &Entry, sync: bool) -> Result<(), Stop> {
        let written = self.state().log.append(entry, sync);
        written.map_err(|e| {
            self.halt(Halt::Journal {
                message: e.to_string(),
            })
        })
    }

    /// The run's time: the world's, or the recorded one while recorded calls are replayed.
    fn now(&self) -> Timestamp {
        let replaying = self.state().replaying;
        replaying.unwrap_or_else(|| self.world.now())
    }

    /// Whose turn it is, where time is virtual.
    pub fn scheduler(&self) -> Option<Arc<Scheduler>> {
        self.world.scheduler()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.locked()
    }
}

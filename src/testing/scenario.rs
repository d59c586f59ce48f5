//! What is rehearsed: a pipeline with its parameters, on a cloud with its faults.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::journal_recorder::JournalRecorder;
use super::library::{CheckedPipeline, LoadedFixture};
use super::watched_world::{Observations, WatchedWorld};
use super::{Library, TestFailure, refuse_unknown};
use crate::journal::Entry;
use crate::run::{Run, RunSetup};
use crate::script::params;
use crate::vocabulary::outcome::Ending;
use crate::vocabulary::{Fault, codes};
use crate::world::simulated::{FaultSpec, Simulated};

/// The run id of every rehearsal: the same seed gives the same bytes.
const RUN: &str = "rehearsal";

/// A rehearsal that can be made again and again.
#[derive(Clone)]
pub struct Scenario {
    pub(super) path: PathBuf,
    pub(super) pipeline: Arc<CheckedPipeline>,
    pub(super) cloud: Arc<LoadedFixture>,
    /// The file of parameters that was named.
    pub(super) file: Option<PathBuf>,
    /// The parameters that were given beside it.
    pub(super) given: Map<String, Value>,
    /// Values of all parameters by name, defaults included.
    pub(super) params: Value,
    /// The faults as the test or the command line names them: `NAME:ARGUMENT@TIME`.
    pub(super) faults: Vec<String>,
    pub(super) specs: Vec<FaultSpec>,
    pub(super) seed: u64,
    /// When it begins, where that is not the fixture's business.
    pub(super) start: Option<Timestamp>,
}

/// One process's part of a rehearsal.
pub(super) struct RunAttempt {
    pub(super) cloud: Simulated,
    pub(super) recorder: JournalRecorder,
    pub(super) recorded: Vec<Entry>,
    /// Whether the process dies with its tape.
    pub(super) dies_when_full: bool,
    /// Real time at which the rehearsal is stopped.
    pub(super) patience: Instant,
}

/// What to rehearse a pipeline with.
pub(super) struct ScenarioOptions {
    /// Path of the fixture, else the pipeline's own.
    pub(super) cloud: Option<PathBuf>,
    /// Path of a file of parameters.
    pub(super) file: Option<PathBuf>,
    /// Parameters over those of the file.
    pub(super) params: Map<String, Value>,
    pub(super) faults: Vec<String>,
    pub(super) seed: u64,
    /// When it begins, else the fixture's time.
    pub(super) start: Option<Timestamp>,
}

impl Scenario {
    /// A scenario.
    ///
    /// # Errors
    /// A pipeline or fixture that is not sound, an unknown fault, parameters that do not fit.
    pub(super) fn new(
        library: &Library,
        pipeline: &Path,
        with: ScenarioOptions,
    ) -> Result<Self, TestFailure> {
        let loaded = library.pipeline(pipeline)?;
        let cloud = match &with.cloud {
            Some(path) => library.cloud(path)?,
            None => library.cloud_for(pipeline)?,
        };
        let mut values = Map::new();
        if let Some(path) = &with.file {
            let file = params::load(path).map_err(|message| {
                TestFailure::new("params_file", format!("{}: {message}", path.display()))
            })?;
            values = params::meant_for(pipeline, &loaded.declared, file, &library.primitives);
        }
        values.extend(with.params.clone());
        let fixture = &cloud.fixture.params;
        let params = params::read(&loaded.declared, &[], Some(&values), fixture);
        let params = params.map_err(|problems| {
            let mut failure = TestFailure::new("parameter", "the parameters do not fit");
            if let Some(problem) = problems.into_iter().next() {
                failure.message = problem.message.trim_start_matches('-').to_owned();
                failure.hint = problem.help.filter(|help| !help.starts_with("--"));
                failure.frames = problem.site.into_iter().collect();
            }
            failure
        })?;
        let scenario = Scenario {
            path: pipeline.to_owned(),
            pipeline: loaded,
            cloud,
            file: with.file,
            given: with.params,
            params,
            faults: Vec::new(),
            specs: Vec::new(),
            seed: with.seed,
            start: with.start,
        };
        let scenario = scenario.with_faults(with.faults, with.seed)?;
        refuse_unknown(
            &scenario.specs,
            &scenario.cloud.fixture,
            &scenario.pipeline.program,
            &scenario.params,
        )?;
        Ok(scenario)
    }

    /// A copy of the scenario with other faults and another seed. Fails with the first fault that is invalid.
    pub(super) fn with_faults(mut self, faults: Vec<String>, seed: u64) -> Result<Self, Fault> {
        self.specs = faults.iter().map(|f| f.parse()).collect::<Result<_, _>>()?;
        self.faults = faults;
        self.seed = seed;
        Ok(self)
    }

    /// A fresh cloud, made from the fixture with the faults and the seed.
    pub(super) fn world(&self) -> Result<Simulated, Fault> {
        let mut fixture = self.cloud.fixture.clone();
        fixture.start = self.start.unwrap_or(fixture.start);
        Simulated::from_fixture(fixture, &self.specs, self.seed)
    }

    /// Plays one process's part of it.
    pub(super) fn play(&self, part: RunAttempt) -> Result<(Ending, Observations), Fault> {
        let watched = WatchedWorld::new(
            part.cloud,
            part.recorder.clone(),
            part.dies_when_full,
            part.patience,
        );
        let watcher = Arc::clone(&watched);
        let program = &self.pipeline.program;
        let run = Run::start(RunSetup {
            id: RUN.into(),
            program: None,
            pipeline: program.entry().to_owned(),
            params: self.params.clone(),
            steps: program.steps(),
            overridden: program.overridden().to_vec(),
            sources: self.pipeline.digests.clone(),
            world: Arc::clone(&watched) as _,
            log: Box::new(part.recorder),
            recorded: part.recorded,
            cancel: watched.cancel.clone(),
            secrets: Arc::default(),
            listener: Box::new(move |event| watcher.observe(event)),
            plan: None,
            aws: std::collections::BTreeMap::new(),
            starter: String::new(),
            claims: None,
            guard: None,
        })
        .map_err(|error| Fault::new(codes::JOURNAL, error.to_string()))?;
        watched.watch(&run);
        let result = program.execute(Arc::new(Arc::clone(&run)), self.params.clone());
        let ending = run.finish(result);
        Ok((ending, watched.take()))
    }

    /// How long to let a cloud settle after a run, so that what is going on comes to its end.
    pub(super) const SETTLED: Duration = Duration::from_secs(45 * 60);

    /// The command that rehearses the same.
    pub fn command(&self) -> String {
        let mut words = vec!["deployer".to_owned(), "rehearse".to_owned()];
        words.push(self.path.display().to_string());
        if let Some(path) = &self.cloud.path {
            words.extend(["--cloud".to_owned(), path.display().to_string()]);
        }
        if let Some(path) = &self.file {
            words.extend(["--params".to_owned(), path.display().to_string()]);
        }
        for (name, value) in &self.given {
            let value = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            words.extend(["--set".to_owned(), format!("{name}={value}")]);
        }
        for fault in &self.faults {
            words.extend(["--fault".to_owned(), fault.clone()]);
        }
        if let Some(start) = self.start {
            words.extend(["--start".to_owned(), start.to_string()]);
        }
        words.extend(["--seed".to_owned(), self.seed.to_string()]);
        let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        words.join(" ")
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// `prod.rhai crash-loop, slow-start:5m, seed 7`.
impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        write!(f, "{}", name.to_string_lossy())?;
        if self.faults.is_empty() {
            write!(f, " without faults")?;
        } else {
            write!(f, " {}", self.faults.join(" + "))?;
        }
        write!(f, ", seed {}", self.seed)
    }
}

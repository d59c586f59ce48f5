//! One test while it runs: its rehearsals, the number of its assertions, and the first one that failed.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use jiff::Timestamp;
use rhai::{Dynamic, Map, NativeCallContext};
use serde::Deserialize;
use serde_json::Value;

use super::expect::{CheckResult, Violation};
use super::rehearsal::Rehearsal;
use super::scenario::{Scenario, ScenarioOptions};
use super::{Library, TestFailure};
use crate::primitive::{Output, Primitive, args};
use crate::run::{Finalizer, Undo};
use crate::script::failure::{self, Error};
use crate::script::{RunApi, values};
use crate::sync::Lock;
use crate::vocabulary::event::StepResult;
use crate::vocabulary::{Fault, Halt, Site, Stop, codes};

/// The state of one test while it runs.
pub(super) struct TestContext {
    pub(super) library: Arc<Library>,
    /// Folder of the test's file: paths in the test are relative to it.
    pub(super) folder: PathBuf,
    /// Seed of rehearsals that name none.
    pub(super) seed: u64,
    /// Real time at which the test is stopped.
    pub(super) patience: Instant,
    record: Mutex<TestRecord>,
}

/// What a test has asserted, rehearsed and printed so far.
#[derive(Default)]
pub(super) struct TestRecord {
    pub(super) asserted: usize,
    pub(super) rehearsals: Vec<Arc<Rehearsal>>,
    /// Where the test asks for each of them.
    places: Vec<Site>,
    pub(super) printed: Vec<String>,
    pub(super) failure: Option<TestFailure>,
}

/// Options of the function `rehearse` in tests.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RehearseOptions {
    /// A file of parameters, over those of the fixture.
    params_file: Option<String>,
    /// Parameters, over those of the file.
    params: serde_json::Map<String, Value>,
    /// The fixture, else the one beside the pipeline.
    cloud: Option<String>,
    /// Faults to inject, each as `NAME:ARGUMENT@TIME`.
    faults: Vec<String>,
    /// Seed of everything left to chance.
    seed: Option<u64>,
    /// When it begins (RFC 3339), else the fixture's time: a Friday, say.
    start: Option<String>,
}

impl TestContext {
    pub(super) fn new(
        library: Arc<Library>,
        folder: PathBuf,
        seed: u64,
        patience: Instant,
    ) -> Self {
        TestContext {
            library,
            folder,
            seed,
            patience,
            record: Mutex::default(),
        }
    }

    /// Takes what the test has done.
    pub(super) fn take(&self) -> TestRecord {
        std::mem::take(&mut self.record())
    }

    pub(super) fn asserts_nothing(&self) -> bool {
        self.record().asserted == 0
    }

    /// The first fault that had no effect in a rehearsal, nor in what the test read afterwards.
    pub(super) fn missed(&self) -> Option<TestFailure> {
        let record = self.record();
        let mut all = record.rehearsals.iter().zip(&record.places);
        all.find_map(|(rehearsal, place)| {
            let missed = rehearsal.cloud.missed_faults().into_iter().next()?;
            Some(TestFailure {
                frames: vec![place.clone()],
                again: Some(rehearsal.scenario.command()),
                ..TestFailure::from(missed)
            })
        })
    }

    pub(super) fn over_time(&self) -> bool {
        Instant::now() >= self.patience
    }

    /// Rehearses a pipeline for the test, and keeps the rehearsal for its report. `path` counts from the test's folder.
    pub(super) fn rehearse(
        &self,
        cx: &NativeCallContext<'_>,
        path: &str,
        options: Map,
    ) -> Result<Arc<Rehearsal>, Error> {
        let rehearsed = self.rehearsed(path, options);
        match rehearsed {
            Ok(rehearsal) => {
                let rehearsal = Arc::new(rehearsal);
                self.record().rehearsals.push(Arc::clone(&rehearsal));
                let place = failure::site(cx.call_source().unwrap_or_default(), cx.call_position());
                self.record().places.push(place);
                let Some(why) = &rehearsal.observed.stopped else {
                    return Ok(rehearsal);
                };
                let failure =
                    TestFailure::new("endless", format!("the rehearsal never ends: {why}"));
                Err(self.failure(cx, failure, Some(&rehearsal)))
            }
            Err(failure) => Err(self.failure(cx, failure, None)),
        }
    }

    fn rehearsed(&self, path: &str, options: Map) -> Result<Rehearsal, TestFailure> {
        let options = values::to_json(&options.into())
            .map_err(|e| Fault::new(codes::INVALID_INPUT, format!("rehearse: {e}")))?;
        let given: RehearseOptions = args::read("rehearse", &options)?;
        let start = given.start.map(|text| {
            text.parse::<Timestamp>().map_err(|_| {
                let message =
                    format!("rehearse: `start` is a time such as 2026-01-16T21:30:00Z, not {text}");
                Fault::new(codes::INVALID_INPUT, message)
            })
        });
        let with = ScenarioOptions {
            start: start.transpose()?,
            cloud: given.cloud.map(|path| self.folder.join(path)),
            file: given.params_file.map(|path| self.folder.join(path)),
            params: given.params,
            faults: given.faults,
            seed: given.seed.unwrap_or(self.seed),
        };
        let scenario = Scenario::new(&self.library, &self.folder.join(path), with)?;
        Ok(scenario.rehearse(self.patience)?)
    }

    /// Counts an assertion, and records its failure.
    pub(super) fn judge(
        &self,
        cx: &NativeCallContext<'_>,
        of: Option<&Arc<Rehearsal>>,
        met: CheckResult,
    ) -> Result<(), Error> {
        self.record().asserted += 1;
        let failure = match met {
            Ok(()) => return Ok(()),
            Err(Violation::Misuse(fault)) => fault.into(),
            Err(Violation::Not {
                what,
                expected,
                found,
            }) => TestFailure {
                difference: Some((expected, found)),
                ..TestFailure::new("assertion", what)
            },
        };
        let last = self.record().rehearsals.last().cloned();
        Err(self.failure(cx, failure, of.or(last.as_ref())))
    }

    /// Returns what was read from the cloud. A read is not an assertion.
    pub(super) fn fetched(
        &self,
        cx: &NativeCallContext<'_>,
        of: &Arc<Rehearsal>,
        answer: Result<Value, Violation>,
    ) -> Result<Dynamic, Error> {
        match answer {
            Ok(value) => Ok(values::from_json(&value)),
            Err(Violation::Misuse(fault)) => Err(self.failure(cx, fault.into(), Some(of))),
            Err(Violation::Not { what, .. }) => {
                Err(self.failure(cx, TestFailure::new("assertion", what), Some(of)))
            }
        }
    }

    /// Records the first failure. A test that catches it has failed as well.
    fn failure(
        &self,
        cx: &NativeCallContext<'_>,
        mut failure: TestFailure,
        of: Option<&Arc<Rehearsal>>,
    ) -> Error {
        let position = cx.call_position();
        let fault = Fault::new(&failure.code, &failure.message);
        let source = cx.call_source().unwrap_or_default();
        failure.frames.push(failure::site(source, position));
        if let Some(rehearsal) = of {
            failure.timeline = rehearsal.events().to_vec();
            failure.again = Some(rehearsal.scenario.command());
            // It may be why something else did not come about.
            let missed = rehearsal.cloud.missed_faults().into_iter().next();
            failure.hint = failure.hint.or(missed.map(|missed| missed.message));
        }
        self.record().failure.get_or_insert(failure);
        failure::raise(&fault, position)
    }

    fn record(&self) -> MutexGuard<'_, TestRecord> {
        self.record.locked()
    }
}

/// A test acts through `rehearse` alone.
impl RunApi for TestContext {
    fn perform(
        &self,
        primitive: &dyn Primitive,
        _input: Value,
        _site: Site,
        _branch: &str,
    ) -> Result<Output, Stop> {
        let path = primitive.declaration().path();
        Err(Fault::new(codes::TOO_EARLY, format!("{path} belongs in a pipeline")).into())
    }
    fn finish_early(&self, _reason: &str) -> Result<Halt, Fault> {
        let message = "`finish` ends a pipeline; a test ends by itself";
        Err(Fault::new(codes::TOO_LATE, message))
    }
    fn halted(&self) -> Option<Halt> {
        self.over_time().then_some(Halt::Cancelled)
    }
    fn step_started(&self, _step: &str, _branch: &str, _site: Site) {}
    fn step_ended(&self, _branch: &str, _result: StepResult, _reason: Option<&str>) {}
    fn title(&self, _text: &str) {}
    fn note(&self, text: &str, _branch: &str) {
        self.record().printed.push(text.to_owned());
    }
    fn printed(&self, text: &str, _site: Site) {
        self.record().printed.push(text.to_owned());
    }
    fn register_undo(&self, _label: &str, _branch: &str, _undo: Undo) -> Result<(), Fault> {
        Ok(())
    }
    fn register_stays(&self, _reason: &str, _branch: &str) {}
    fn register_finalizer(&self, _: &str, _: Site, _: Finalizer) -> Result<(), Fault> {
        Ok(())
    }
}

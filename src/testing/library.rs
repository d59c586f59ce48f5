//! Pipelines and fixtures, read once for all rehearsals.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::TestFailure;
use crate::journal::digest;
use crate::primitive::{self, Primitive};
use crate::script::{Param, Program};
use crate::sync::Lock;
use crate::vocabulary::{Fault, Site, Stop};
use crate::world::simulated::Fixture;

/// A pipeline that can be rehearsed.
pub(super) struct CheckedPipeline {
    pub(super) program: Program,
    pub(super) declared: Vec<Param>,
    pub(super) digests: BTreeMap<String, String>,
}

/// A fixture, and where it is from; `None`: it is built in.
pub(super) struct LoadedFixture {
    pub(super) path: Option<PathBuf>,
    pub(super) fixture: Fixture,
}

type Cache<T> = Mutex<HashMap<PathBuf, Result<Arc<T>, TestFailure>>>;

/// What tests have read so far.
pub struct Library {
    pub(super) primitives: Vec<Arc<dyn Primitive>>,
    pipelines: Cache<CheckedPipeline>,
    clouds: Cache<LoadedFixture>,
}

impl Default for Library {
    fn default() -> Self {
        Library {
            primitives: primitive::all(),
            pipelines: Cache::default(),
            clouds: Cache::default(),
        }
    }
}

impl Library {
    /// The pipeline at `path`, checked.
    pub(super) fn pipeline(&self, path: &Path) -> Result<Arc<CheckedPipeline>, TestFailure> {
        once(&self.pipelines, path, || self.load(path))
    }

    fn load(&self, path: &Path) -> Result<CheckedPipeline, TestFailure> {
        let program = Program::load(path, &self.primitives).map_err(|rejected| {
            let mut failure = TestFailure::new("check", format!("{} cannot run", path.display()));
            if let Some(first) = rejected.diagnoses.first() {
                failure.message = format!("{}: {}", failure.message, first.message);
                let label = (!first.label.is_empty()).then(|| first.label.clone());
                failure.hint = first.help.clone().or(label);
                failure.frames = vec![first.site.clone()];
            }
            failure
        })?;
        let declared = program.declare().map_err(|run_failure| {
            let mut failure = match run_failure.stop {
                Stop::Fault(fault) => TestFailure::from(fault),
                Stop::Halt(halt) => TestFailure::new("halted", halt.to_string()),
            };
            failure.frames = run_failure.frames;
            failure
        })?;
        let digests = program.sources().into_iter();
        let digests = digests.map(|(name, text)| (name, digest(&text))).collect();
        Ok(CheckedPipeline {
            program,
            declared,
            digests,
        })
    }

    /// Reads the fixture at `path`, once for all tests. Fails if it cannot be read or is invalid.
    pub(super) fn cloud(&self, path: &Path) -> Result<Arc<LoadedFixture>, TestFailure> {
        once(&self.clouds, path, || {
            let fixture = Fixture::load(path).map_err(fixture_trouble)?;
            Ok(LoadedFixture {
                path: Some(path.to_owned()),
                fixture,
            })
        })
    }

    /// The fixture that `pipeline` is rehearsed with where none is named.
    pub(super) fn cloud_for(&self, pipeline: &Path) -> Result<Arc<LoadedFixture>, TestFailure> {
        match beside(pipeline) {
            Some(path) => self.cloud(&path),
            None => Ok(Arc::new(LoadedFixture {
                path: None,
                fixture: Fixture::builtin().map_err(fixture_trouble)?,
            })),
        }
    }
}

fn once<T>(
    cache: &Cache<T>,
    path: &Path,
    read: impl FnOnce() -> Result<T, TestFailure>,
) -> Result<Arc<T>, TestFailure> {
    let mut cache = cache.locked();
    if let Some(known) = cache.get(path) {
        return known.clone();
    }
    let read = read().map(Arc::new);
    cache.insert(path.to_owned(), read.clone());
    read
}

/// What is wrong with a fixture, with its line.
fn fixture_trouble(fault: Fault) -> TestFailure {
    let place = |name: &str| fault.details[name].as_u64().unwrap_or(0) as usize;
    let site = fault.details["source"].as_str().map(|source| Site {
        source: source.to_owned(),
        line: place("line"),
        column: place("column"),
    });
    let frames = site.into_iter().collect();
    TestFailure {
        frames,
        ..TestFailure::from(fault)
    }
}

/// The fixture that `pipeline` is rehearsed with where none is named: `prod.cloud.toml` (or `.json`) beside
/// `prod.rhai`, else `cloud.toml` (or `.json`) beside it, or else the one that is built in.
///
/// # Errors
/// As [`Fixture::load`].
pub fn fixture_for(pipeline: &Path) -> Result<Fixture, Fault> {
    match beside(pipeline) {
        Some(path) => Fixture::load(&path),
        None => Fixture::builtin(),
    }
}

fn beside(pipeline: &Path) -> Option<PathBuf> {
    let names = ["cloud.toml", "cloud.json"];
    let own = names.map(|name| pipeline.with_extension(name));
    let of_folder = names.map(|name| pipeline.with_file_name(name));
    own.into_iter().chain(of_folder).find(|path| path.is_file())
}

//! Tests of pipelines: many rehearsals, and what must be true of them.
//!
//! A test is a function of a `*.test.rhai` file: public, without arguments, its name beginning with `test_`.
//! It rehearses pipelines, each on a fresh simulated cloud, and says what must have come of it. The same
//! rehearsals can be killed everywhere ([`crash`]), and their pipelines met with any faults ([`chaos`]).

use std::time::Duration;

use crate::vocabulary::event::Event;
use crate::vocabulary::{Fault, Site};

pub mod chaos;
mod cloud_snapshot;
pub mod crash;
mod discover;
mod expect;
mod faults;
mod invariants;
mod journal_recorder;
mod library;
mod pool;
mod rehearsal;
mod scenario;
mod suite;
mod test_context;
mod watched_world;
mod words;

pub use discover::{discover, is_test, scripts};
pub use faults::refuse_unknown;
pub use library::{Library, fixture_for};
pub use scenario::Scenario;
pub use suite::{Suite, Test, check};
pub use words::WORDS;

/// How tests are run.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Seed of rehearsals that do not name one.
    pub seed: u64,
    /// Tests at the same time, at least one.
    pub threads: usize,
    /// Real time that one test may take.
    pub patience: Duration,
}

/// What came of one test.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The file, as it was given.
    pub file: String,
    /// The test's name, without `test_`.
    pub name: String,
    /// How often it rehearsed.
    pub rehearsals: usize,
    /// Virtual time of all its rehearsals, in milliseconds.
    pub virtual_ms: u64,
    /// Real time that it took.
    pub took: Duration,
    /// What the test printed.
    pub printed: Vec<String>,
    /// Why it failed; `None`: it passed.
    pub failure: Option<TestFailure>,
}

/// Why a test failed.
#[derive(Debug, Clone, Default)]
pub struct TestFailure {
    /// `assertion` or the fault's code.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// What was expected and what was found, where something was.
    pub difference: Option<(String, String)>,
    /// Where, innermost first; the test's own frame is the last.
    pub frames: Vec<Site>,
    /// What the pipeline did.
    pub timeline: Vec<Event>,
    /// The command that shows it again.
    pub again: Option<String>,
}

impl TestFailure {
    fn new(code: &str, message: impl Into<String>) -> Self {
        TestFailure {
            code: code.to_owned(),
            message: message.into(),
            ..TestFailure::default()
        }
    }
}

impl From<Fault> for TestFailure {
    fn from(fault: Fault) -> Self {
        TestFailure {
            hint: fault.hint,
            ..TestFailure::new(&fault.code, fault.message)
        }
    }
}

/// What a panic said.
fn panicked(panic: &(dyn std::any::Any + Send)) -> TestFailure {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    let message = format!("deployer itself failed: {}", said.unwrap_or("no reason"));
    TestFailure {
        hint: Some("this is a defect of deployer: please report it".into()),
        ..TestFailure::new("internal", message)
    }
}

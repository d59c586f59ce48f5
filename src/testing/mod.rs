//! Tests of pipelines: they rehearse pipelines and assert what the rehearsals did.
//!
//! A test is a function of a `*.test.rhai` file: public, without arguments, its name beginning with `test_`.
//! It rehearses pipelines, each on a fresh simulated cloud, and asserts what they did. [`crash`] kills and resumes the
//! same rehearsals at every call. [`chaos`] rehearses their pipelines with random faults.

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

/// Options of a run of tests.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Seed of rehearsals that do not name one.
    pub seed: u64,
    /// Number of tests that run at the same time, at least one.
    pub threads: usize,
    /// Real time that one test may take.
    pub patience: Duration,
}

/// The result of one test, with what its report needs.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The path of the file, as the user wrote it.
    pub file: String,
    /// The test's name, without `test_`.
    pub name: String,
    /// How many rehearsals the test made.
    pub rehearsals: usize,
    /// Virtual time of all its rehearsals, in milliseconds.
    pub virtual_ms: u64,
    /// Real time that the test took.
    pub took: Duration,
    /// Lines that the test printed, in order.
    pub printed: Vec<String>,
    /// Why it failed; `None`: it passed.
    pub failure: Option<TestFailure>,
}

/// Why a test failed, with all that its report needs.
#[derive(Debug, Clone, Default)]
pub struct TestFailure {
    /// Stable code: `assertion`, or the code of the fault.
    pub code: String,
    /// What went wrong, in one sentence.
    pub message: String,
    /// What the reader can do about it.
    pub hint: Option<String>,
    /// What was expected and what was found, if the test compared something.
    pub difference: Option<(String, String)>,
    /// The places in scripts, innermost first. The test's own frame is the last.
    pub frames: Vec<Site>,
    /// The events of the rehearsal that failed.
    pub timeline: Vec<Event>,
    /// The command that reproduces the failure; `None`: there is none.
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

/// The failure of a test in which deployer itself panicked.
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

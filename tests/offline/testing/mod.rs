//! Tests of pipelines: the runner on small projects, and on the pipeline that ships.

mod crash_and_chaos;
mod environments;
mod eventual_consistency;
mod expect_beside_aws;
mod faults_without_effect;
mod finally;
mod fixture_answers;
mod language;
mod mutations;
mod reference;
mod runbook_steps;
mod runner;
mod shipped_pipelines;

use crate::support::deployer::{Deployer, Finished};

/// A pipeline that needs no cloud.
const QUIET: &str = "step \"Nothing\" { note(\"nothing to do\"); }\n";

/// A project with a quiet pipeline and one file of tests.
fn project(tests: &str) -> Deployer {
    let mut deployer = Deployer::offline();
    deployer.write("quiet.rhai", QUIET);
    deployer.write("quiet.test.rhai", tests);
    deployer
}

/// What `deployer test` says of it.
fn tested(tests: &str) -> Finished {
    project(tests).run(&["test"])
}

/// It fails, and says all of `phrases`.
fn fails(tests: &str, phrases: &[&str]) {
    let finished = tested(tests);
    finished.expect(1);
    for phrase in phrases {
        finished.says(phrase);
    }
    assert_eq!(last(&finished), "0 passed, 1 failed", "{finished}");
}

fn last(finished: &Finished) -> &str {
    finished.stdout.lines().last().unwrap_or_default()
}

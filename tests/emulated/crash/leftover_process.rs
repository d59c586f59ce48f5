//! A process that a killed run has begun goes on by itself: it is waited for, and never doubled.

use super::ARRIVAL;
use crate::support::cloud::until;
use crate::support::deployer::Deployer;

/// A program that takes two seconds, of which the shell that was started is not the last part.
fn script(option: &str) -> String {
    format!(
        r#"process::run("sh", #{{ args: ["-c", "echo begun >> log; (sleep 2; echo ended >> log; touch done) & wait"], {option} }});"#
    )
}

fn log_after_death(option: &str) -> String {
    let mut deployer = Deployer::offline();
    deployer.write("team.rhai", &script(option));
    let live = deployer.spawn_json(&["run", "team.rhai"]);
    let log = deployer.directory().join("log");
    until("it has begun", ARRIVAL, || log.exists().then_some(()));
    live.kill();
    let id = deployer.newest_run();
    deployer.json(&["resume", &id]).expect(0);
    deployer.read("log")
}

#[test]
fn what_is_repeatable_begins_again_when_the_first_is_over() {
    let log = log_after_death("repeatable: true");
    assert_eq!(log, "begun\nended\nbegun\nended\n");
}

#[test]
fn what_has_done_its_work_by_then_is_not_begun_again() {
    let log = log_after_death(r#"done: #{ program: "test", args: ["-f", "done"] }"#);
    assert_eq!(log, "begun\nended\n");
}

//! Killed anywhere, a run resumes to the same end, and nothing is done twice.

mod every_request;
mod everywhere;
mod interrupt;
mod leftover_process;
mod rolled_back_meanwhile;
mod two_runs;

use std::time::Duration;

use crate::support::stage::Stage;

/// Until a request arrives that surely comes.
const ARRIVAL: Duration = crate::support::HANG;

/// Resumes the newest run and checks that it ends as if nothing had happened.
fn resumes_to_the_same_end(stage: &Stage, version: &str) {
    let id = stage.deployer.newest_run();
    let resumed = stage.deployer.json(&["resume", &id]);
    assert_eq!(resumed.expect(0).ending()["outcome"], "succeeded");
    stage.serves(version);
    stage.changed_once();
    let migrated = migrations(stage);
    assert_eq!(migrated, 1, "the migration ran {migrated} times");
}

/// How many tasks of the migration exist.
fn migrations(stage: &Stage) -> usize {
    ["RUNNING", "STOPPED"]
        .into_iter()
        .map(|status| {
            let listed = crate::support::cloud::must(
                &stage.ministack.endpoint(),
                "ecs",
                "ListTasks",
                serde_json::json!({"cluster": stage.names.cluster, "family": stage.names.migration,
                                   "desiredStatus": status}),
            );
            listed["taskArns"].as_array().map_or(0, Vec::len)
        })
        .sum()
}

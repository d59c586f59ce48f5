//! Killed before the answer to its update has come, and resumed when ECS has already gone back.

use std::time::Duration;

use super::ARRIVAL;
use crate::support::catalog::{CRASHING, OLD, UNPULLABLE};
use crate::support::cloud::{self, until};
use crate::support::rules::Moment;
use crate::support::stage::Stage;

/// Until the circuit breaker has given the new deployment up and the old tasks are back.
const GIVEN_UP: Duration = crate::support::HANG;

#[test]
fn a_crashing_version_is_no_success() {
    is_no_success(CRASHING);
}

#[test]
fn a_version_without_an_image_is_no_success() {
    is_no_success(UNPULLABLE);
}

/// The service that is found then is healthy and completely deployed, with the old version: not what was asked for.
fn is_no_success(version: &str) {
    let stage = Stage::set();
    let held = stage.proxy.hold("UpdateService", 1, Moment::After);
    let live = stage.deployer.spawn_json(&stage.arguments("run", version));
    assert!(held.reached(ARRIVAL).is_some());
    live.kill();
    held.abandon();
    until("ECS goes back", GIVEN_UP, || {
        let service = stage.service();
        let primary = cloud::primary(&service)?;
        let back = primary["taskDefinition"] == stage.names.revision
            && primary["runningCount"] == 2
            && primary["rolloutState"] == "COMPLETED";
        back.then_some(())
    });

    let id = stage.deployer.newest_run();
    let resumed = stage.deployer.json(&["resume", &id]);
    let ending = resumed.expect(3).ending();
    assert_eq!(ending["outcome"], "rolled_back", "{resumed}");
    assert_eq!(ending["step"], "Deploy", "{resumed}");
    assert_eq!(ending["fault"]["code"], "deployment_failed", "{resumed}");
    stage.serves(OLD);
    let updates = stage.proxy.carried_out("UpdateService");
    assert_eq!(updates, 1, "the failed update is not sent again: {resumed}");
}

//! Wherever the process dies or is interrupted: whoever goes on comes to the same end, and does nothing twice.

use std::time::Duration;

use deployer::journal::Entry;
use deployer::vocabulary::Retry;
use deployer::vocabulary::outcome::{Ending, Outcome};
use deployer::world::{AwsCall, World};
use serde_json::{Value, json};

use super::mortal_world::{Play, Scene, Then};

#[test]
fn a_good_version() {
    everywhere(&[], Outcome::Succeeded);
}

#[test]
fn a_crash_loop() {
    everywhere(&["crash-loop"], Outcome::RolledBack);
}

#[test]
#[ignore = "deep: every prefix of a long run"]
fn an_unhealthy_version() {
    everywhere(&["version-unhealthy"], Outcome::RolledBack);
}

#[test]
#[ignore = "deep: every prefix of a long run"]
fn a_version_that_only_its_endpoint_betrays() {
    everywhere(&["version-degraded"], Outcome::RolledBack);
}

#[test]
fn a_migration_that_fails() {
    everywhere(&["migration-fails"], Outcome::Failed);
}

#[test]
fn a_rejected_approval() {
    everywhere(&["approval-rejected"], Outcome::Rejected);
}

#[test]
#[ignore = "deep: every prefix of a long run"]
fn throttling() {
    everywhere(&["throttling"], Outcome::Succeeded);
}

#[test]
#[ignore = "deep: every prefix of a long run"]
fn server_errors() {
    everywhere(&["server-errors"], Outcome::Succeeded);
}

#[test]
#[ignore = "deep: every prefix of a long run"]
fn server_errors_on_the_way_back() {
    everywhere(&["server-errors", "crash-loop"], Outcome::RolledBack);
}

/// Whoever goes on may come later: what was under way has ended by then, and ECS may have gone back.
#[test]
#[ignore = "deep: every prefix of a long run"]
fn half_an_hour_later() {
    resumed_after(Duration::from_secs(1800), &[], Outcome::Succeeded);
    resumed_after(
        Duration::from_secs(1800),
        &["crash-loop"],
        Outcome::RolledBack,
    );
}

/// Ends the process at every place of its journal, in every way, and lets another go on.
fn everywhere(faults: &[&str], outcome: Outcome) {
    resumed_after(Duration::ZERO, faults, outcome);
}

fn resumed_after(pause: Duration, faults: &[&str], outcome: Outcome) {
    let end = |scene: &Scene, ending: &Ending| {
        let mut end = end(scene, ending);
        if !pause.is_zero() {
            // What ECS has given up and forgotten can only be seen to be gone.
            for why in ["fault", "cause"] {
                end[why] = Value::Null;
            }
        }
        end
    };
    let play = Play::shipped();
    let uncut = Scene::set(faults);
    let ending = uncut.perform(&play);
    assert_eq!(ending.outcome, outcome, "{ending:#?}");
    let expected = end(&uncut, &ending);
    nothing_twice(&uncut, "uncut");

    let entries = uncut.entries();
    let length = entries.len();
    assert!(length > 20, "too few entries to mean anything: {length}");
    for after in 1..length {
        for then in worth_trying(&entries[after - 1]) {
            let place = format!("{faults:?} {then:?} after entry {after}");
            let scene = Scene::set(faults);
            match scene.perform_until(&play, after, *then) {
                None => {}
                Some(left) if left.outcome == Outcome::Interrupted => {}
                // Asked to stop when there was nothing left to do.
                Some(done) => {
                    assert_eq!(end(&scene, &done), expected, "{place}");
                    continue;
                }
            }
            scene.world.sleep(pause);
            let resumed = scene.perform(&play);
            nothing_twice(&scene, &place);
            assert_eq!(end(&scene, &resumed), expected, "{place}");
        }
    }
}

/// What can happen after an entry. Behind one that only the script drives, all of it comes to the same.
fn worth_trying(entry: &Entry) -> &'static [Then] {
    match entry {
        Entry::Started { .. } | Entry::Event { scripted: true, .. } => &[Then::DiesUnrecorded],
        _ => &[Then::DiesUnrecorded, Then::DiesUnsent, Then::IsCancelled],
    }
}

/// What must not depend on how often the process died.
fn end(scene: &Scene, ending: &Ending) -> Value {
    // Until what is still starting or stopping has done so.
    scene.world.sleep(Duration::from_secs(600));
    let input = json!({ "cluster": "realserv-prod", "services": ["catalog-service"] });
    let described = patiently(scene, &AwsCall::new("ecs", "DescribeServices", input));
    let service = &described["services"][0];
    let deployments: Vec<Value> = service["deployments"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|d| {
            json!([
                d["status"],
                d["taskDefinition"],
                d["rolloutState"],
                d["runningCount"],
                d["pendingCount"],
                d["desiredCount"],
            ])
        })
        .collect();
    let undone: Vec<Value> = ending
        .undone
        .iter()
        .map(|u| json!([u.label, u.fault.as_ref().map(|f| &f.code)]))
        .collect();
    json!({
        "outcome": ending.outcome,
        "fault": ending.fault.as_ref().map(|f| &f.code),
        "step": ending.step,
        "cause": ending.causes.first().map(|c| &c.hint),
        "undone": undone,
        "left": ending.left,
        "in_flight": ending.in_flight,
        "taskDefinition": service["taskDefinition"],
        "counts": [service["desiredCount"], service["runningCount"], service["pendingCount"]],
        "deployments": deployments,
    })
}

/// A call of the test's own, which the world's faults meet too.
fn patiently(scene: &Scene, call: &AwsCall) -> Value {
    loop {
        match scene.world.aws(call) {
            Ok(output) => return std::sync::Arc::unwrap_or_clone(output),
            Err(fault) => assert_ne!(fault.retry, Retry::Never, "{fault}"),
        }
    }
}

/// No write was carried out twice, and none has two results.
fn nothing_twice(scene: &Scene, place: &str) {
    let writes = scene.writes();
    for (index, write) in writes.iter().enumerate() {
        assert!(
            !writes[..index].contains(write),
            "{place}: carried out twice: {write:?}"
        );
    }
    let started = writes.iter().filter(|(name, _)| name == "RunTask").count();
    assert!(started <= 1, "{place}: {started} migrations");
    let entries = scene.entries();
    let last = entries.last();
    assert!(
        matches!(last, Some(Entry::Finished { last: true, .. })),
        "{place}: the last entry is {last:?}"
    );
}

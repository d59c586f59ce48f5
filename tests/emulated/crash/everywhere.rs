//! SIGKILL at every boundary of the journal: around each call, and inside each write, before AWS has carried
//! it out and after.

use serde_json::Value;

use super::{ARRIVAL, resumes_to_the_same_end};
use crate::support::catalog::GOOD;
use crate::support::killed;
use crate::support::rules::Moment;
use crate::support::stage::Stage;

#[test]
fn inside_each_write() {
    let points = ["RegisterTaskDefinition", "RunTask", "UpdateService"]
        .into_iter()
        .flat_map(|operation| [(operation, Moment::Before), (operation, Moment::After)]);
    on_stages(
        &points.collect::<Vec<_>>(),
        |stage, &(operation, moment)| {
            let held = stage.proxy.hold(operation, 1, moment);
            let live = stage.deployer.spawn_json(&stage.arguments("run", GOOD));
            let reached = held.reached(ARRIVAL);
            let killed = live.kill();
            assert!(reached.is_some(), "{operation} was never sent: {killed}");
            held.abandon();

            let id = stage.deployer.newest_run();
            let resumed = stage.deployer.json(&["resume", &id]);
            assert_eq!(resumed.expect(0).ending()["outcome"], "succeeded");
            let settled = resumed.events("reconciled");
            assert_eq!(settled.len(), 1, "one call was in doubt: {resumed}");
            assert_eq!(settled[0]["happened"], moment == Moment::After, "{resumed}");
            stage.serves(GOOD);
            stage.changed_once();
        },
    );
}

#[test]
#[ignore = "deep: a run for each call"]
fn around_each_call() {
    let reference = Stage::set();
    let run = reference.run(GOOD);
    run.expect(0);
    let boundaries: Vec<Boundary> = run.lines().iter().filter_map(Boundary::of).collect();
    assert!(
        boundaries.len() >= 10,
        "too few calls to mean anything: {run}"
    );

    on_stages(&boundaries, |stage, boundary| {
        let mut live = stage.deployer.spawn_json(&stage.arguments("run", GOOD));
        let reached = live.line(|line| {
            let event = serde_json::from_str(line).unwrap_or_default();
            Boundary::of(&event).as_ref() == Some(boundary)
        });
        let killed = live.kill();
        assert!(
            reached.is_some(),
            "{boundary:?} was never reached: {killed}"
        );
        if Some(boundary) == boundaries.last() && stage.deployer.newest()["outcome"] == "succeeded"
        {
            // Behind the last call the end may be on disk before the signal comes.
            stage.serves(GOOD);
            stage.changed_once();
            return;
        }
        resumes_to_the_same_end(stage, GOOD);
    });
}

#[test]
fn again_and_again() {
    let stage = Stage::set();
    let held = stage.proxy.hold("RegisterTaskDefinition", 1, Moment::After);
    let live = stage.deployer.spawn_json(&stage.arguments("run", GOOD));
    assert!(held.reached(ARRIVAL).is_some());
    live.kill();
    held.abandon();
    let id = stage.deployer.newest_run();
    for (operation, moment) in [
        ("UpdateService", Moment::Before),
        ("UpdateService", Moment::After),
    ] {
        let held = stage.proxy.hold(operation, 1, moment);
        let live = stage.deployer.spawn_json(&["resume", &id]);
        let reached = held.reached(ARRIVAL);
        let killed = live.kill();
        held.abandon();
        assert!(reached.is_some(), "{operation} was never sent: {killed}");
    }
    resumes_to_the_same_end(&stage, GOOD);
}

/// A line between two entries of the journal: a call begins, or has returned.
#[derive(Debug, Clone, PartialEq)]
struct Boundary {
    event: String,
    key: String,
}

impl Boundary {
    fn of(event: &Value) -> Option<Boundary> {
        let kind = event["event"].as_str()?;
        let key = event["key"].as_str()?;
        ["call", "returned"].contains(&kind).then(|| Boundary {
            event: kind.to_owned(),
            key: key.to_owned(),
        })
    }
}

/// Does `work` for each point on a stage of its own, several at once.
fn on_stages<P: Sync + std::fmt::Debug>(points: &[P], work: impl Fn(&Stage, &P) + Sync) {
    killed::at_each(points, |point| work(&Stage::set(), point));
}

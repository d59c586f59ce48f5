//! `aws::wait`: anything in AWS to the state that it is to reach.

use deployer::journal::Entry;
use deployer::vocabulary::event::{self, EventKind};
use deployer::vocabulary::outcome::{Ending, Outcome};
use deployer::world::World;

use super::mortal_world::{Play, Scene, Then};

/// A snapshot of the fixture's database, and a wait for it with more options.
fn snapshot(options: &str) -> Play {
    Play::written(&format!(
        r#"rds::create_db_snapshot(#{{ DBInstanceIdentifier: "catalog-db", DBSnapshotIdentifier: "before" }});
aws::wait(#{{
    service: "rds", operation: "DescribeDBSnapshots", input: #{{ DBSnapshotIdentifier: "before" }},
    path: "DBSnapshots[0].Status", becomes: ["available"], {options}
}});"#
    ))
}

fn ended(play: &Play) -> Ending {
    Scene::set(&[]).perform(play)
}

/// Code and message of the fault that a run failed with.
fn fault(ending: &Ending) -> (&str, &str) {
    assert_eq!(ending.outcome, Outcome::Failed, "{ending:#?}");
    let fault = ending.fault.as_ref().expect("a fault");
    (&fault.code, &fault.message)
}

#[test]
fn it_shows_what_it_sees() {
    let scene = Scene::set(&[]);
    let ending = scene.perform(&snapshot(r#"what: "the snapshot""#));
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    let events = scene.events();
    let states: Vec<&str> = events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Progress(event::Progressed { progress, .. }) => {
                assert_eq!(progress.waiting_for, "the snapshot");
                Some(progress.state.as_str())
            }
            _ => None,
        })
        .collect();
    assert_eq!(states.first(), Some(&"creating"));
    assert_eq!(states.last(), Some(&"available"));
    // Six minutes in a few checks.
    assert!((20..80).contains(&states.len()), "{}", states.len());
}

#[test]
fn what_never_comes_is_a_fault() {
    let ending = ended(&snapshot(r#"timeout: "2m", what: "the snapshot""#));
    let said = "the snapshot was still creating after 2m, not available";
    assert_eq!(fault(&ending), ("timed_out", said));

    let ending = ended(&snapshot(r#"fails: ["creating"]"#));
    let said = "DBSnapshots[0].Status is creating";
    assert_eq!(fault(&ending), ("wait_failed", said));
    let details = &ending.fault.as_ref().expect("a fault").details;
    assert_eq!(details["value"], "creating");
    assert_eq!(
        details["output"]["DBSnapshots"][0]["DBSnapshotIdentifier"],
        "before"
    );

    let ending = ended(&snapshot(
        r#"what: "the snapshot", fails: #{ "DBSnapshots[0].SnapshotType": ["manual"] }"#,
    ));
    let said = "the snapshot: SnapshotType is manual";
    assert_eq!(fault(&ending), ("wait_failed", said));
}

#[test]
fn what_is_not_there_is_not_waited_for_long() {
    let ending = ended(&Play::written(
        r#"aws::wait(#{ service: "rds", operation: "DescribeDBSnapshots", input: #{ DBSnapshotIdentifier: "none" }, path: "DBSnapshots[0].Status", becomes: ["available"] });"#,
    ));
    assert_eq!(fault(&ending).0, "DBSnapshotNotFound");
    assert!(ending.elapsed_ms < 30_000, "{}", ending.elapsed_ms);
}

#[test]
fn resumed_it_keeps_its_deadline() {
    let play = snapshot(r#"timeout: "7m""#);
    let scene = Scene::set(&[]);
    assert_eq!(scene.perform_until(&play, 4, Then::DiesUnsent), None);
    scene.world.sleep(std::time::Duration::from_secs(600));
    let ending = scene.perform(&play);
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
}

/// What happened while nobody watched was not watched: the rest of the time is watched from then on.
#[test]
fn a_watch_does_not_hold_unwatched() {
    let play = Play::written(
        r#"check::hold(#{ duration: "10m", every: "10s", checks: [
    #{ kind: "http", url: "https://api.realserv.com/catalog/health", expect: #{ status: 200 } } ] });"#,
    );
    let checks = |scene: &Scene| {
        let entries = scene.entries();
        let found = entries.iter().rev().find_map(|entry| match entry {
            Entry::Result {
                result: Ok(output), ..
            } => output["checks"].as_u64(),
            _ => None,
        });
        found.expect("it has held")
    };
    let whole = Scene::set(&[]);
    assert_eq!(whole.perform(&play).outcome, Outcome::Succeeded);
    let cut = Scene::set(&[]);
    assert_eq!(cut.perform_until(&play, 2, Then::DiesUnsent), None);
    cut.world.sleep(std::time::Duration::from_secs(3600));
    assert_eq!(cut.perform(&play).outcome, Outcome::Succeeded);
    assert_eq!(checks(&cut), checks(&whole));
}

#[test]
fn only_reads_are_repeated() {
    for (options, said) in [
        (
            r#"operation: "PurgeQueue", path: "a", becomes: ["x"]"#,
            "PurgeQueue does not only read",
        ),
        (
            r#"operation: "GetQueueUrl", path: "a..b", becomes: ["x"]"#,
            "`a..b` is not a path",
        ),
        (
            r#"operation: "GetQueueUrl", path: "a", becomes: []"#,
            "no value to wait for",
        ),
        (
            r#"operation: "GetQueueUrl", path: "a", becomes: [1], fails: #{ "[0]": [1] }"#,
            "`[0]` is not a path",
        ),
    ] {
        let ending = ended(&Play::written(&format!(
            r#"let asked = #{{ service: "sqs", {options} }}; aws::wait(asked);"#
        )));
        let (code, message) = fault(&ending);
        assert_eq!(code, "invalid_input");
        assert!(message.contains(said), "{message}");
    }
    let ending = ended(&Play::written(
        r#"let asked = #{ service: "secretsmanager", operation: "GetSecretValue", path: "SecretString", becomes: ["x"] }; aws::wait(asked);"#,
    ));
    assert_eq!(fault(&ending).0, "secret_operation");
}

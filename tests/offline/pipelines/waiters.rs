//! `aws::wait_for` and `aws::pages`: AWS's own waiters and paginators, on the simulated cloud.

use std::path::Path;

use deployer::journal::Entry;
use deployer::primitive;
use deployer::script::Program;
use deployer::vocabulary::event::{self, EventKind};
use deployer::vocabulary::outcome::{Ending, Outcome};
use deployer::world::World;
use serde_json::{Value, json};

use super::mortal_world::{Play, Scene, Then};

/// A snapshot of the fixture's database, and a wait for it by a waiter with options.
fn snapshot(waiter: &str, options: &str) -> Play {
    Play::written(&format!(
        r#"rds::create_db_snapshot(#{{ DBInstanceIdentifier: "catalog-db", DBSnapshotIdentifier: "before" }});
aws::wait_for("rds", "{waiter}", #{{ DBSnapshotIdentifier: "before" }}, #{{ {options} }});"#
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

/// What the last call of a run returned.
fn returned(scene: &Scene) -> Value {
    let entries = scene.entries();
    let mut results = entries.iter().rev().filter_map(|entry| match entry {
        Entry::Result { result, .. } => result.clone().ok(),
        _ => None,
    });
    results.next().expect("a result")
}

/// Amazon RDS API Reference, DescribeDBSnapshots, and AWS CLI Command Reference, `rds wait db-snapshot-available`.
#[test]
fn a_waiter_waits_until_it_is_there_and_shows_what_it_sees() {
    let scene = Scene::set(&[]);
    let ending = scene.perform(&snapshot("DBSnapshotAvailable", r#"what: "the snapshot""#));
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    assert_eq!(returned(&scene)["DBSnapshots"][0]["Status"], "available");
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
}

#[test]
fn a_failure_and_a_wait_without_end_are_faults_with_what_aws_said_last() {
    let ending = ended(&snapshot("DBSnapshotAvailable", r#"timeout: "2m""#));
    let said = "rds DBSnapshotAvailable: it was still creating after 2m";
    assert_eq!(fault(&ending), ("timed_out", said));
    let details = &ending.fault.as_ref().expect("a fault").details;
    assert_eq!(details["output"]["DBSnapshots"][0]["Status"], "creating");
    // What is being made is not being deleted.
    let ending = ended(&snapshot("DBSnapshotDeleted", ""));
    let said = "rds DBSnapshotDeleted: DBSnapshots[].Status is creating";
    assert_eq!(fault(&ending), ("wait_failed", said));
    let details = &ending.fault.as_ref().expect("a fault").details;
    assert_eq!(details["waiter"], "DBSnapshotDeleted");
    assert_eq!(
        details["output"]["DBSnapshots"][0]["DBSnapshotIdentifier"],
        "before"
    );
}

#[test]
fn an_error_may_be_what_is_waited_for() {
    let scene = Scene::set(&[]);
    let ending = scene.perform(&Play::written(
        r#"rds::delete_db_snapshot(#{ DBSnapshotIdentifier: "catalog-db-before-1-2-0" });
aws::wait_for("rds", "DBSnapshotDeleted", #{ DBSnapshotIdentifier: "catalog-db-before-1-2-0" });"#,
    ));
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    assert_eq!(returned(&scene), Value::Null);
    let ending = ended(&Play::written(
        r#"aws::wait_for("rds", "DBSnapshotAvailable", #{ DBSnapshotIdentifier: "none" });"#,
    ));
    assert_eq!(fault(&ending).0, "DBSnapshotNotFound");
    assert!(ending.elapsed_ms < 60_000, "{}", ending.elapsed_ms);
}

#[test]
fn resumed_a_waiter_keeps_its_deadline() {
    let play = snapshot("DBSnapshotAvailable", r#"timeout: "7m""#);
    let scene = Scene::set(&[]);
    assert_eq!(scene.perform_until(&play, 4, Then::DiesUnsent), None);
    scene.world.sleep(std::time::Duration::from_secs(600));
    let ending = scene.perform(&play);
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
}

/// What is said of a script that does not check.
fn rejected(text: &str) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("team.rhai");
    std::fs::write(&path, text).expect("a file of our own");
    match Program::load(Path::new(&path), &primitive::all()) {
        Ok(_) => panic!("it checks: {text}"),
        Err(rejected) => format!("{:?}", rejected.diagnoses),
    }
}

#[test]
fn a_misspelt_waiter_and_its_input_are_found_before_anything_runs() {
    for (call, said) in [
        (
            r#"aws::wait_for("rds", "DBSnapshotAvailible", #{});"#,
            "did you mean `DBSnapshotAvailable`?",
        ),
        (
            r#"aws::wait_for("rds", "DBSnapshotAvailable", #{ DBSnapshotIdentifer: "x" });"#,
            "did you mean `DBSnapshotIdentifier`?",
        ),
        (
            r#"aws::wait_for("sns", "TopicExists");"#,
            "AWS publishes no waiters for sns: use aws::wait",
        ),
        (
            r#"aws::wait_for("rdss", "DBSnapshotAvailable");"#,
            "did you mean `rds`?",
        ),
        (
            r#"aws::pages("rds", "DescribeDBSnapshot");"#,
            "did you mean `DescribeDBSnapshots`?",
        ),
    ] {
        let told = rejected(call);
        assert!(told.contains(said), "{call}: {told}");
    }
    // What is computed is told when it runs.
    let ending = ended(&Play::written(
        r#"let waiter = "DBSnapshotAvailible"; aws::wait_for("rds", waiter, #{});"#,
    ));
    let (code, message) = fault(&ending);
    assert_eq!(code, "invalid_input");
    assert!(
        message.contains("rds has no waiter `DBSnapshotAvailible`"),
        "{message}"
    );
}

#[test]
fn pages_returns_the_items_of_a_list() {
    let listed = |options: &str| {
        let scene = Scene::set(&[]);
        let ending = scene.perform(&Play::written(&format!(
            r#"let options = #{{ service: "rds", operation: "DescribeDBSnapshots", {options} }}; aws::pages(options);"#
        )));
        let code = ending.fault.as_ref().map(|fault| fault.code.clone());
        match ending.outcome {
            Outcome::Succeeded => Ok(returned(&scene)),
            _ => Err((code.unwrap_or_default(), fault(&ending).1.to_owned())),
        }
    };
    let all = listed("").expect("items");
    let all = all.as_array().expect("an array");
    assert!(
        all.iter()
            .any(|one| one["DBSnapshotIdentifier"] == "catalog-db-before-1-2-0")
    );
    assert_eq!(listed("max_items: 1").expect("items"), json!([all[0]]));
    for (options, said) in [
        (
            r#"list: "DBSnapshot""#,
            "DescribeDBSnapshots has no list `DBSnapshot`",
        ),
        ("max_items: 0", "expected at least 1"),
    ] {
        let (code, message) = listed(options).expect_err(options);
        assert_eq!(code, "invalid_input");
        assert!(message.contains(said), "{message}");
    }
    for (call, code, said) in [
        (
            r#"service: "sqs", operation: "PurgeQueue", input: #{ QueueUrl: "q" }"#,
            "invalid_input",
            "PurgeQueue does not only read",
        ),
        (
            r#"service: "ecs", operation: "DescribeServices", input: #{ services: ["web"] }"#,
            "invalid_input",
            "ecs DescribeServices has no pages",
        ),
        (
            r#"service: "ssm", operation: "GetParametersByPath", input: #{ Path: "/" }"#,
            "secret_operation",
            "aws::pages does not do GetParametersByPath",
        ),
    ] {
        let ending = ended(&Play::written(&format!(
            "let call = #{{ {call} }}; aws::pages(call);"
        )));
        assert_eq!(fault(&ending).0, code, "{call}");
        assert!(fault(&ending).1.contains(said), "{:?}", fault(&ending));
    }
}

/// AWS CLI Command Reference, `ec2 wait password-data-available`: it calls GetPasswordData. Whatever a verb calls, what hands
/// out secrets is refused, and nothing is called.
#[test]
fn no_verb_calls_what_hands_out_secrets() {
    let waited =
        r#"aws::wait_for("ec2", "PasswordDataAvailable", #{ InstanceId: "i-0123456789abcdef0" });"#;
    let options = r#"service: "ec2", operation: "GetPasswordData", input: #{ InstanceId: "i-0123456789abcdef0" }"#;
    let polled = format!(
        r#"aws::wait(#{{ {options}, path: "PasswordData", becomes: [""], timeout: "1m", what: "it" }});"#
    );
    let listed = format!("aws::pages(#{{ {options} }});");
    let called = format!("aws::call(#{{ {options} }});");
    for script in [waited, &polled, &listed, &called] {
        let scene = Scene::set(&[]);
        let ending = scene.perform(&Play::written(script));
        assert_eq!(fault(&ending).0, "secret_operation", "{script}");
        let calls = |entry: &Entry| matches!(entry, Entry::Result { .. });
        assert!(!scene.entries().iter().any(calls), "{script}");
    }
}

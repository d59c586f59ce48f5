//! AWS and the way there at their worst: tried again within a budget, then a clear fault. Never a hang, never a
//! false success.

use std::time::Duration;

use crate::support::catalog::{GOOD, OLD};
use crate::support::deployer::Finished;
use crate::support::emulators::PATIENT;
use crate::support::rules::{Disturbance, Moment, Rule, Which};
use crate::support::stage::Stage;

/// A run that cannot succeed has said so by then, on any machine.
const PATIENCE: Duration = crate::support::HANG;

fn under(disturbances: &[Rule]) -> (Stage, Finished) {
    let stage = Stage::set();
    for rule in disturbances {
        stage.proxy.disturb(rule.clone());
    }
    let run = stage.run(GOOD);
    (stage, run)
}

fn passes(rule: Rule) {
    let (stage, run) = under(&[rule]);
    run.expect(0);
    assert!(
        !run.events("retried").is_empty(),
        "it says that it tried again: {run}"
    );
    stage.serves(GOOD);
    stage.changed_once();
}

#[test]
fn throttled_reads_are_tried_again() {
    passes(Rule::some("DescribeServices", 1, 2, Disturbance::Throttled));
}

#[test]
fn throttled_writes_are_tried_again() {
    passes(Rule::some(Which::Writes, 1, 2, Disturbance::Throttled));
}

#[test]
fn errors_of_the_server_are_tried_again() {
    passes(Rule::some(
        "DescribeTaskDefinition",
        1,
        2,
        Disturbance::ServerError,
    ));
}

#[test]
fn html_in_place_of_json_is_tried_again() {
    passes(Rule::some("DescribeImages", 1, 1, Disturbance::Html(502)));
}

#[test]
fn a_broken_connection_is_tried_again() {
    passes(Rule::some(
        "DescribeServices",
        2,
        2,
        Disturbance::ResetBefore,
    ));
}

#[test]
fn every_fifth_request_fails() {
    let disturbed = (1..=20).map(|n| Rule::some(Which::Any, n * 5, 1, Disturbance::ServerError));
    let (stage, run) = under(&disturbed.collect::<Vec<_>>());
    assert!(run.elapsed < PATIENCE, "{run}");
    // A write whose 500 leaves it in doubt is looked up, not repeated blindly.
    run.expect(0);
    stage.serves(GOOD);
    stage.changed_once();
}

#[test]
fn a_lost_answer_to_a_write_is_looked_up_and_not_repeated() {
    for operation in ["RegisterTaskDefinition", "RunTask", "UpdateService"] {
        let (stage, run) = under(&[Rule::some(operation, 1, 1, Disturbance::ResetAfter)]);
        run.expect(0);
        stage.serves(GOOD);
        stage.changed_once();
    }
}

#[test]
fn late_answers_are_waited_for() {
    let late = Disturbance::Late(Duration::from_millis(400));
    let (stage, run) = under(&[Rule::every(Which::Any, late)]);
    run.expect(0);
    stage.serves(GOOD);
}

/// A fault that does not pass, before anything was changed.
fn gives_up(disturbance: Disturbance, code: Option<&str>) {
    let (stage, run) = under(&[Rule::every("DescribeServices", disturbance)]);
    assert!(run.elapsed < PATIENCE, "{run}");
    let ending = run.expect(1).ending();
    assert_eq!(ending["outcome"], "failed");
    match code {
        Some(code) => assert_eq!(ending["fault"]["code"], code, "{run}"),
        None => assert!(ending["fault"]["code"].is_string(), "{run}"),
    }
    let tries = stage.proxy.count("DescribeServices");
    assert!((2..=20).contains(&tries), "tried {tries} times");
    stage.changed_nothing();
    stage.serves(OLD);
}

#[test]
fn throttling_that_does_not_pass() {
    gives_up(Disturbance::Throttled, Some("ThrottlingException"));
}

#[test]
fn errors_of_the_server_that_do_not_pass() {
    gives_up(Disturbance::ServerError, Some("InternalFailure"));
}

#[test]
fn html_that_does_not_pass() {
    gives_up(Disturbance::Html(503), None);
}

#[test]
fn connections_that_break() {
    gives_up(Disturbance::ResetBefore, None);
}

#[test]
fn an_update_that_is_always_refused_is_no_success() {
    let refused = Disturbance::Refused("AccessDeniedException");
    let (stage, run) = under(&[Rule::every("UpdateService", refused)]);
    assert!(matches!(run.code, Some(1 | 3)), "{run}");
    let ending = run.ending();
    assert_eq!(ending["fault"]["code"], "AccessDeniedException", "{run}");
    assert_eq!(ending["step"], "Deploy", "{run}");
    assert_eq!(stage.proxy.carried_out("UpdateService"), 0);
    stage.serves(OLD);
}

#[test]
fn silence_is_not_waited_out_for_ever() {
    let silence = Disturbance::Silence(Duration::from_secs(3600));
    let mut stage = Stage::set();
    stage.deployer.environment(PATIENT.0, "20s");
    stage
        .proxy
        .disturb(Rule::some("DescribeServices", 1, 1, silence));
    let run = stage.run(GOOD);
    assert!(run.elapsed < PATIENCE, "{run}");
    run.expect(0);
    stage.serves(GOOD);
}

#[test]
fn while_it_rolls_a_fault_that_passes_is_only_a_delay() {
    let stage = Stage::set();
    // The polls of the deployment come after the reads of the preflight.
    for n in [4, 6, 7] {
        stage
            .proxy
            .disturb(Rule::some("DescribeServices", n, 1, Disturbance::Html(503)));
    }
    stage.run(GOOD).expect(0);
    stage.serves(GOOD);
    stage.changed_once();
}

/// An answer that was emptied on its way says nothing: what it is the answer to is looked for, and not made again.
#[test]
fn an_emptied_answer_to_a_write_is_looked_up_and_not_repeated() {
    for operation in ["RegisterTaskDefinition", "RunTask", "UpdateService"] {
        for body in ["{}", "", "{\"tasks\": [], \"failures\": []}"] {
            let rule = Rule::some(operation, 1, 1, Disturbance::Instead(body));
            let (stage, run) = under(&[rule]);
            run.expect(0);
            stage.serves(GOOD);
            stage.changed_once();
        }
    }
}

#[test]
fn an_emptied_answer_to_a_read_is_asked_for_again() {
    let disturbed = [
        "DescribeServices",
        "DescribeTasks",
        "DescribeTaskDefinition",
    ];
    let rules = disturbed.map(|read| Rule::some(read, 2, 1, Disturbance::Instead("{}")));
    let (stage, run) = under(&rules);
    run.expect(0);
    stage.serves(GOOD);
    stage.changed_once();
}

/// Nobody's fault: the run waits for somebody to log in, and nothing is taken back.
#[test]
fn credentials_that_expire_leave_the_run_to_be_resumed() {
    for (operation, from) in [
        ("DescribeTasks", 1),
        ("UpdateService", 1),
        ("DescribeServices", 4),
    ] {
        for code in [
            "ExpiredTokenException",
            "ExpiredToken",
            "UnrecognizedClientException",
        ] {
            let stage = Stage::set();
            stage
                .proxy
                .disturb(Rule::some(operation, from, 1, Disturbance::Refused(code)));
            let run = stage.run(GOOD);
            // What is wrong from the beginning is not an expiry.
            if run.code == Some(1) && code == "UnrecognizedClientException" {
                stage.changed_nothing();
                continue;
            }
            run.expect(130).says("log in again");
            assert!(run.ending()["undone"].is_null(), "{run}");
            let id = run.run_id().expect("a run");
            stage.deployer.json(&["resume", &id]).expect(0);
            stage.serves(GOOD);
            stage.changed_once();
        }
    }
}

/// Longer than any call is tried again: that AWS cannot be reached is no verdict on the version.
#[test]
#[ignore = "deep: it waits for more than a minute"]
fn an_aws_that_is_away_for_a_while_takes_nothing_back() {
    let stage = Stage::set();
    let held = stage.proxy.hold("UpdateService", 1, Moment::After);
    let live = stage.deployer.spawn_json(&stage.arguments("run", GOOD));
    assert!(held.reached(PATIENCE).is_some());
    stage
        .proxy
        .disturb(Rule::every(Which::Any, Disturbance::ResetBefore));
    held.release();
    std::thread::sleep(Duration::from_secs(75));
    stage.proxy.calm();
    live.finish().expect(0);
    stage.serves(GOOD);
    stage.changed_once();
}

//! Faults that strike nothing, tests that would vanish, and what a failure says.

use super::{fails, project};
use crate::support::deployer::Deployer;

/// A rehearsal of the pipeline that ships.
fn rehearsed(faults: &[&str]) -> crate::support::deployer::Finished {
    let mut deployer = Deployer::offline();
    deployer.write(
        "prod.rhai",
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/prod.rhai")),
    );
    deployer.write(
        "cloud.toml",
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/pipelines/prod.cloud.toml"
        )),
    );
    let mut words = vec!["rehearse", "prod.rhai"];
    for fault in faults {
        words.extend(["--fault", fault]);
    }
    deployer.run(&words)
}

#[test]
fn what_a_fault_names_must_be_there() {
    for (fault, said) in [
        ("secret-empty:nosuch", "there is no secret `nosuch`"),
        ("image-missing:9.9", "there is no tag `9.9`"),
        ("approval-rejected:boss", "there is no role `boss`"),
        ("approval-unanswered:laed", "did you mean `lead`?"),
        ("access-denied:NoSuchOp", "there is no operation `NoSuchOp`"),
        (
            "access-denied:ecs:UpdateServices",
            "did you mean `UpdateService`?",
        ),
        ("alarm-fires:nosuch", "there is no alarm `nosuch`"),
        ("hook-fails:nosuch", "there is no function `nosuch`"),
    ] {
        rehearsed(&[fault])
            .expect(2)
            .says(said)
            .says("nothing was run");
    }
}

#[test]
fn a_fault_that_met_nothing_is_said() {
    for fault in [
        "crash-loop@99h",
        "crash-loop@5000",
        "hook-fails",
        "dead-letters:6",
        "load:50",
    ] {
        let said = format!("the fault `{fault}` met nothing");
        rehearsed(&[fault]).expect(2).says(&said);
    }
    rehearsed(&["crash-loop"]).expect(3);
    rehearsed(&["access-denied:ecs:UpdateService"]).expect(1);
}

#[test]
fn a_test_with_a_fault_that_met_nothing_fails() {
    fails(
        "fn test_it() {\n    let run = rehearse(\"quiet.rhai\", #{ faults: [\"crash-loop\"] });\n    \
         run.expect_outcome(\"succeeded\");\n}\n",
        &["the fault `crash-loop` met nothing", "quiet.test.rhai:2:"],
    );
}

#[test]
fn a_role_without_a_person_is_not_approved() {
    let mut deployer = Deployer::offline();
    deployer.write(
        "ask.rhai",
        "step \"Ask\" { approval::ask(\"go\", #{ roles: [\"devops\"] }); }\n",
    );
    deployer.write(
        "cloud.toml",
        "account = \"123456789012\"\nregion = \"eu-west-1\"\n[[people]]\nrole = \"lead\"\nname = \"Ana\"\n",
    );
    let finished = deployer.run(&["rehearse", "ask.rhai"]);
    finished
        .expect(1)
        .says("nobody who answers as `devops`")
        .says("role = \"devops\"");
}

#[test]
fn no_test_vanishes() {
    fails(
        "fn a_test_without_its_prefix() { assert(false); }\nfn test_it() { assert(true); }\n",
        &[
            "`a_test_without_its_prefix` is not run",
            "test_a_test_without_its_prefix",
        ],
    );
    fails("fn helper(n) { n }\n", &["the file has no test"]);
}

#[test]
fn what_an_assertion_takes_is_said() {
    for (demand, said) in [
        (
            "run.expect_lasting(20)",
            "a text like \"20m\", this is a number (20)",
        ),
        ("run.expect_asked(\"lead\")", "a list like [\"lead\"]"),
        ("run.expect_outcome(3)", "this is a number (3)"),
    ] {
        let text = format!(
            "fn test_it() {{\n    let run = rehearse(\"quiet.rhai\");\n    {demand};\n}}\n"
        );
        fails(&text, &[said, "quiet.test.rhai:3:"]);
    }
}

#[test]
fn the_reason_comes_last_and_the_timeline_on_demand() {
    let tests = "fn test_it() {\n    rehearse(\"quiet.rhai\").expect_outcome(\"failed\");\n}\n";
    let deployer = project(tests);
    let short = deployer.run(&["test"]);
    assert!(!short.has_said("nothing to do"), "{short}");
    let long = deployer.run(&["test", "--verbose"]);
    let text = long.says("nothing to do").stdout.clone();
    assert!(
        text.find("nothing to do") < text.find("the outcome is another one"),
        "{long}"
    );
}

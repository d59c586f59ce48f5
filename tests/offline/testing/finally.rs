//! What a pipeline does however it ends.

use crate::support::deployer::Deployer;

const PIPELINE: &str = r#"let app = params(#{ fails: flag("whether it fails").or(false) });
title("team 1.0");
finally("Unreachable", |ended| throw #{ code: "no_route", message: "nobody listens" });
finally("Record", |ended| {
    let undone = ended.undone.map(|u| u.label);
    file::write("record.md", `${ended.title} ${ended.outcome} in ${ended.failed_in}: ${ended.fault?.message}; ${undone}; ${ended.left}`);
    note(`${ended.outcome} after ${ended.steps.len()} steps`);
});
step "Write" {
    undo("take it back", || file::write("made.txt", ""));
    file::write("made.txt", "made");
}
step "Judge" { if app.fails { throw #{ code: "bad", message: "it is bad" }; } }
"#;

const TESTS: &str = r#"
fn test_the_end_of_a_run_that_fails() {
    let run = rehearse("team.rhai", #{ params: #{ fails: true } });
    run.expect_outcome("rolled_back");
    run.expect_undone("take it back");
    run.expect_note("not done: nobody listens");
    run.expect_note("rolled_back after 2 steps");
    run.expect_nothing_left();
    assert(run.files["record.md"].contains("rolled_back in Judge: it is bad"), "the record says why");
}

fn test_the_end_of_a_run_that_goes_well() {
    let run = rehearse("team.rhai");
    run.expect_outcome("succeeded");
    run.expect_note("succeeded after 2 steps");
}
"#;

#[test]
fn it_is_told_how_the_run_ended_and_changes_nothing_about_it() {
    let mut deployer = Deployer::offline();
    deployer.write("team.rhai", PIPELINE);
    deployer.write("team.test.rhai", TESTS);
    deployer.run(&["test"]).expect(0);
    // Killed anywhere, at its end too, it comes to the same.
    deployer.run(&["test", "--crash"]).expect(0);
}

#[test]
fn a_plan_shows_it_at_the_end() {
    let mut deployer = Deployer::offline();
    deployer.write("team.rhai", PIPELINE);
    let planned = deployer.run(&["plan", "team.rhai"]);
    planned.expect(0);
    let at = |text: &str| {
        planned
            .stdout
            .find(text)
            .unwrap_or_else(|| panic!("no {text}: {planned}"))
    };
    assert!(at("  Judge") < at("  Record"), "{planned}");
    planned.says("take it back");
}

//! A run that ends before its last step is not a success, unless its script says so.

use crate::support::deployer::Deployer;

fn run(script: &str) -> (Deployer, crate::support::deployer::Finished) {
    let mut deployer = Deployer::offline();
    deployer.write("team.rhai", script);
    let run = deployer.run(&["run", "team.rhai"]);
    (deployer, run)
}

#[test]
fn a_run_that_returns_early_is_undone_and_says_what_it_did_not_reach() {
    let (deployer, run) = run(r#"
undo("put back", || file::write("back.txt", "x"));
step "Deploy" { file::write("new.txt", "x"); }
if true { return; }
step "Verify" { }
step "Watch" { }
"#);
    run.expect(3)
        .says("ended early in Deploy: Verify, Watch were not reached");
    run.says("finish(\"why\")");
    assert_eq!(deployer.read("back.txt"), "x");
}

#[test]
fn a_return_in_a_step_does_not_run_at_all() {
    let (deployer, run) = run(
        "file::write(\"new.txt\", \"x\");\nstep \"Gate\" { if true { return; } }\nstep \"Deploy\" { }\n",
    );
    run.expect(2)
        .says("`return` in a step ends the whole pipeline")
        .says("team.rhai:2:");
    assert!(!deployer.directory().join("new.txt").exists());
}

#[test]
fn a_script_may_say_that_there_is_nothing_to_do() {
    let script = r#"
finally("Tell", |ended| file::write("ended.txt", ended.outcome));
step "Gate" { if true { finish("nothing to do"); } }
step "Deploy" { file::write("new.txt", "x"); }
"#;
    let (deployer, run) = run(script);
    run.expect(0)
        .says("finished early: nothing to do · not reached: Deploy");
    assert!(!deployer.directory().join("new.txt").exists());
    assert_eq!(deployer.read("ended.txt"), "succeeded");
    let planned = deployer.run(&["plan", "team.rhai"]);
    planned.expect(0).says("finished early: nothing to do");
}

#[test]
fn what_undoes_or_closes_a_run_cannot_finish_it() {
    let (_, run) = run(r#"
undo("put back", || finish("fine"));
file::write("new.txt", "x");
throw "no";
"#);
    run.expect(1).says("FAILED: `finish` ends a script");
}

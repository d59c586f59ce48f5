//! Answers that do not count, and people who cannot be asked: nobody has said no, so nothing is undone.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::deployer::Deployer;

const ASKS: &str = r#"
undo("gone.txt", || file::write("undone.txt", "x"));
file::write("done.txt", "x");
approval::ask("deploy?", #{ roles: ["lead", "devops"] });
"#;

/// A run that waits for two roles, its id, and the file of its answers.
fn waiting(script: &str) -> (Deployer, String, PathBuf) {
    let mut deployer = Deployer::offline();
    deployer.write("ask.rhai", script);
    deployer.run(&["run", "ask.rhai"]).expect(5);
    let run = deployer.newest_run();
    let answers = deployer.state().join("runs").join(&run).join("answers");
    (deployer, run, answers)
}

/// The answer that `approve` has written last.
fn written(answers: &PathBuf) -> Value {
    let text = fs::read_to_string(answers).expect("answers");
    let last = text.lines().last().expect("an answer");
    serde_json::from_str(last).expect("JSON")
}

fn post(answers: &PathBuf, answer: &Value) {
    let text = fs::read_to_string(answers).unwrap_or_default();
    fs::write(answers, format!("{text}{answer}\n")).expect("answers");
}

#[test]
fn one_person_answers_one_role_once() {
    let (deployer, run, _) = waiting(ASKS);
    deployer
        .run(&["runs"])
        .expect(0)
        .says("waiting for lead, devops");
    let approved = deployer.run(&["approve", &run, "--as", "lead"]);
    approved
        .expect(0)
        .says("(claimed)")
        .says("waiting for devops");
    let runs = deployer.run(&["runs"]);
    runs.expect(0)
        .says("waiting for devops")
        .says("--as devops --reviewed");
    let again = deployer.run(&["approve", &run, "--as", "lead"]);
    again.expect(2).says("has answered as lead already");
    let other = deployer.run(&["approve", &run, "--as", "devops"]);
    other.expect(2).says("each role needs a person of its own");
    let resumed = deployer.run(&["resume", &run]);
    resumed.expect(5).says("started the run");
    assert!(!deployer.directory().join("undone.txt").exists());
}

#[test]
fn one_person_may_answer_all_roles_where_the_pipeline_says_so() {
    let (deployer, run, _) =
        waiting(r#"approval::ask("go?", #{ roles: ["a", "b"], distinct: false });"#);
    for role in ["a", "b"] {
        deployer.run(&["approve", &run, "--as", role]).expect(0);
    }
    let shown = deployer.run(&["show", &run]);
    shown
        .expect(0)
        .says("answered")
        .says(&format!("resume {run}"));
    assert!(!shown.has_said("--as"), "{shown}");
    deployer.run(&["resume", &run]).expect(0);
}

#[test]
fn answers_that_approve_did_not_write_are_refused_and_said() {
    let (deployer, run, answers) = waiting(ASKS);
    deployer.run(&["approve", &run, "--as", "lead"]).expect(0);
    let genuine = written(&answers);
    let edited = |member: &str, value: Value| {
        let mut answer = genuine.clone();
        answer[member] = value;
        answer
    };
    let mut unsealed = edited("role", json!("devops"));
    unsealed.as_object_mut().expect("an object").remove("seal");
    for answer in [
        edited("role", json!("devops")),
        edited("by", json!("somebody else")),
        edited("at", json!("2020-01-01T00:00:00Z")),
        unsealed,
    ] {
        post(&answers, &answer);
    }
    let resumed = deployer.run(&["resume", &run]);
    resumed
        .expect(5)
        .says("does not count")
        .says("`deployer approve` did not write it");
    assert!(!deployer.directory().join("undone.txt").exists());
}

#[test]
fn a_replayed_answer_is_none_to_another_run() {
    let (deployer, run, answers) = waiting(ASKS);
    deployer.run(&["approve", &run, "--as", "lead"]).expect(0);
    let genuine = written(&answers);
    deployer.run(&["run", "ask.rhai"]).expect(5);
    let second = deployer.newest_run();
    assert_ne!(run, second);
    let others = deployer.state().join("runs").join(&second).join("answers");
    post(&others, &genuine);
    let resumed = deployer.run(&["resume", &second]);
    resumed.expect(5).says("lead, devops");
}

#[test]
fn answers_that_cannot_be_read_leave_the_run_waiting() {
    let (deployer, run, answers) = waiting(ASKS);
    symlink("/dev/zero", &answers).expect("a link");
    let resumed = deployer.run(&["resume", &run]);
    resumed
        .expect(5)
        .says("nobody can be asked here")
        .says("is a link");
    assert!(!deployer.directory().join("undone.txt").exists());
    fs::remove_file(&answers).expect("the link");
    fs::create_dir(&answers).expect("a folder");
    deployer.run(&["resume", &run]).expect(5);
    deployer.run(&["approve", &run, "--as", "lead"]).expect(2);
}

#[test]
fn what_a_script_shows_people_can_be_read_again() {
    let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    let asks = |levels| {
        format!(
            "approval::ask(\"go?\", #{{ about: json::parse(`{}`) }});",
            nested(levels)
        )
    };
    let (deployer, run, _) = waiting(&asks(120));
    deployer.run(&["show", &run]).expect(0);
    deployer.run(&["approve", &run]).expect(0);
    deployer.run(&["resume", &run]).expect(0);
    // As deep as a script can build it, which is deeper than a parser reads.
    let mut deployer = Deployer::offline();
    let deep = "let deep = 1; for i in 0..200 { deep = [deep]; }\n\
                try { approval::ask(\"go?\", #{ about: deep }); } catch (e) { print(e.code); }\n";
    deployer.write("deep.rhai", deep);
    deployer
        .run(&["run", "deep.rhai"])
        .expect(0)
        .says("limit_exceeded");
}

#[test]
fn nothing_is_written_once_the_state_is_gone() {
    let mut deployer = Deployer::offline();
    let state = deployer.state();
    let script = format!(
        "file::write(\"first.txt\", \"x\");\n\
         process::run(\"rm\", #{{ args: [\"-r\", \"{}\"] }});\n\
         file::write(\"second.txt\", \"x\");\n",
        state.display()
    );
    deployer.write("team.rhai", &script);
    let run = deployer.run(&["run", "team.rhai"]);
    run.expect(130).says("is gone");
    assert!(!deployer.directory().join("second.txt").exists());
}

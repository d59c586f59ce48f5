//! Runs that cannot simply be resumed: a damaged journal, an edited script, another process at work.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::support::catalog::GOOD;
use crate::support::deployer::Deployer;
use crate::support::rules::Moment;
use crate::support::stage::Stage;

const ARRIVAL: Duration = crate::support::HANG;

/// A run that was killed before its update; returns its id.
fn killed(stage: &Stage) -> String {
    let held = stage.proxy.hold("UpdateService", 1, Moment::Before);
    let live = stage.deployer.spawn_json(&stage.arguments("run", GOOD));
    let reached = held.reached(ARRIVAL);
    let killed = live.kill();
    held.abandon();
    assert!(reached.is_some(), "{killed}");
    stage.deployer.newest_run()
}

/// The journal of the only run.
fn journal(deployer: &Deployer) -> PathBuf {
    let files = deployer.state_files();
    let journals: Vec<_> = files
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| path.to_string_lossy().contains("journal"))
        .collect();
    assert_eq!(journals.len(), 1, "{journals:?}");
    journals[0].clone()
}

#[test]
fn a_torn_last_entry_is_as_if_it_had_not_been_written() {
    let stage = Stage::set();
    let id = killed(&stage);
    let path = journal(&stage.deployer);
    let mut content = fs::read(&path).expect("the journal");
    // A crash of the machine tears what was being appended.
    content.extend_from_slice(b"{\"torn\": tr");
    fs::write(&path, content).expect("the journal");
    stage.deployer.json(&["resume", &id]).expect(0);
    stage.serves(GOOD);
    stage.changed_once();
}

#[test]
fn a_corrupted_journal_is_refused() {
    let stage = Stage::set();
    let id = killed(&stage);
    let path = journal(&stage.deployer);
    let mut content = fs::read(&path).expect("the journal");
    let middle = content.len() / 2;
    content[middle] ^= 0x01;
    fs::write(&path, content).expect("the journal");
    let writes = stage.proxy.writes().len();

    let resumed = stage.deployer.run(&["resume", &id]);
    resumed.expect(2).says("journal");
    assert_eq!(stage.proxy.writes().len(), writes);
    stage.deployer.run(&["runs"]).expect(0).says(&id);
}

#[test]
fn a_run_is_not_resumed_somewhere_else() {
    let mut stage = Stage::set();
    let id = killed(&stage);
    let writes = stage.proxy.writes().len();
    let region = "AWS_REGION";
    stage.deployer.environment(region, "sa-east-1");
    let resumed = stage.deployer.run(&["resume", &id]);
    resumed.expect(2).says(region).says("`sa-east-1`");
    resumed.says("nothing was run");
    assert_eq!(stage.proxy.writes().len(), writes, "{resumed}");
}

#[test]
fn a_run_that_nobody_knows() {
    let deployer = Deployer::offline();
    for command in ["resume", "show", "approve", "reject"] {
        deployer
            .run(&[command, "01NOSUCHRUN"])
            .expect(2)
            .says("01NOSUCHRUN");
    }
    deployer.run(&["runs"]).expect(0);
}

#[test]
fn an_edited_script_does_not_matter_to_a_run_that_has_begun() {
    let stage = Stage::set();
    let mut deployer = Deployer::at(&stage.proxy.endpoint());
    let script = |word: &str| {
        format!(
            "import \"./words\" as words;\napproval::ask(\"go?\", #{{}});\nprint(\"{word} \" + words::word());\n"
        )
    };
    let module = |word: &str| format!("fn word() {{ \"{word}\" }}\n");
    deployer.write("team.rhai", &script("first"));
    deployer.write("words.rhai", &module("module"));
    let run = deployer.json(&["run", "team.rhai"]);
    let id = run.expect(5).run_id().expect("a run");
    deployer.write("team.rhai", &script("second"));
    deployer.write("words.rhai", &module("edited"));
    deployer.run(&["approve", &id]).expect(0);
    let resumed = deployer.json(&["resume", &id]);
    resumed.expect(0);
    assert_eq!(
        resumed.events("printed")[0]["text"],
        "first module",
        "{resumed}"
    );
}

#[test]
fn a_run_that_another_process_is_running() {
    let stage = Stage::set();
    let held = stage.proxy.hold("UpdateService", 1, Moment::Before);
    let live = stage.deployer.spawn_json(&stage.arguments("run", GOOD));
    assert!(held.reached(ARRIVAL).is_some());
    let id = stage.deployer.newest_run();
    let resumed = stage.deployer.run(&["resume", &id]);
    resumed.expect(2).says("running");
    held.release();
    live.finish().expect(0);
    stage.changed_once();
}

#[test]
fn a_run_that_has_ended_stays_ended() {
    let stage = Stage::set();
    let run = stage.run(GOOD);
    let id = run.expect(0).run_id().expect("a run");
    let requests = stage.proxy.requests().len();
    stage
        .deployer
        .run(&["resume", &id])
        .expect(2)
        .says("has finished");
    assert_eq!(stage.proxy.requests().len(), requests);
}

/// A disk that is full for a moment: half an entry is taken back, and the run can be gone on with.
#[test]
fn an_entry_that_did_not_fit_is_taken_back() {
    let mut deployer = Deployer::offline();
    let script = "for i in 0..40 { time::now(); }\nfile::write(\"done.txt\", \"x\");\n";
    deployer.write("team.rhai", script);
    // No file may be longer than 4 KiB; who writes on is told so, and not killed.
    let limited = "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"";
    let program = env!("CARGO_BIN_EXE_deployer");
    let state = deployer.state();
    let output = Command::new("sh")
        .args(["-c", limited, program, "run", "team.rhai", "--state"])
        .arg(&state)
        .current_dir(deployer.directory())
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("the journal cannot be written"), "{said}");
    assert!(!deployer.directory().join("done.txt").exists());

    let id = deployer.newest_run();
    deployer.json(&["resume", &id]).expect(0);
    assert_eq!(deployer.read("done.txt"), "x");
}

/// What a process says is shown whole, and kept as far as someone may read it.
#[test]
fn a_process_that_says_too_much_does_not_fill_the_disk() {
    let mut deployer = Deployer::offline();
    let script = "process::run(\"seq\", #{ args: [\"1\", \"50000\"] });\n";
    deployer.write("team.rhai", script);
    let run = deployer.run(&["run", "team.rhai"]);
    run.expect(0).says("50000");
    let size = fs::metadata(journal(&deployer)).expect("the journal").len();
    assert!(size < 4 << 20, "{size} bytes");
    let shown = deployer.run(&["show", &deployer.newest_run()]);
    shown.expect(0).says("is not kept");
}

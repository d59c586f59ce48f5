//! People who answer: at the terminal, and from elsewhere with the commands that were printed.

use std::process::Command;

use crate::support::deployer::Deployer;

const ASKS: &str = r#"
step "Wait" { time::sleep("2s"); }
step "Ask" { approval::ask("go on?", #{ roles: ["lead"] }); }
"#;

/// Types `approve` while nobody is asked, and `reject` once somebody is; prints what the program exits with.
const TYPIST: &str = r#"
import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
time.sleep(0.7)
os.write(terminal, b"approve\n\n")
said, answered = b"", False
while True:
    try:
        some = os.read(terminal, 4096)
    except OSError:
        break
    if not some:
        break
    said += some
    if not answered and b"approve or reject?" in said:
        time.sleep(1)
        os.write(terminal, b"reject not yet\n")
        answered = True
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

#[test]
fn what_was_typed_before_the_question_does_not_answer_it() {
    let mut deployer = Deployer::offline();
    deployer.write("ask.rhai", ASKS);
    let typed = Command::new("timeout")
        .args(["60", "python3", "-c", TYPIST])
        .arg(env!("CARGO_BIN_EXE_deployer"))
        .args(["run", "ask.rhai", "--state"])
        .arg(deployer.state())
        .current_dir(deployer.directory())
        .output()
        .expect("Python is there");
    let said = String::from_utf8_lossy(&typed.stdout);
    let wrong = String::from_utf8_lossy(&typed.stderr);
    assert_eq!(said.trim(), "4", "it was rejected: {said}{wrong}");
}

/// Runs until somebody is asked; the commands that it prints.
fn suspended(deployer: &Deployer) -> Vec<String> {
    let run = deployer.run(&["run", "ask.rhai"]);
    run.expect(5);
    let commands = run.stdout.lines().map(str::trim);
    let commands = commands.filter(|line| line.starts_with("deployer "));
    commands.map(str::to_owned).collect()
}

/// Runs a command as it was printed, as a shell takes it.
fn typed(deployer: &Deployer, command: &str) -> (i32, String) {
    let program = format!(
        "{} {}",
        env!("CARGO_BIN_EXE_deployer"),
        &command["deployer".len()..]
    );
    let done = Command::new("sh")
        .args(["-c", &program])
        .current_dir(deployer.directory())
        .output()
        .expect("a shell");
    let said = [done.stdout, done.stderr].concat();
    (
        done.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[test]
fn what_was_reviewed_is_shown_and_the_printed_commands_answer_it() {
    let mut deployer = Deployer::offline();
    let asks = r#"
approval::ask("deploy?", #{ roles: ["team lead", "dev's"], distinct: false, about: #{ image: "catalog@sha256:1c05", findings: [] } });
"#;
    deployer.write("ask.rhai", asks);
    let commands = suspended(&deployer);
    let shown = deployer.run(&["show", &deployer.newest_run()]);
    shown
        .says("image      catalog@sha256:1c05")
        .says("findings  none");
    let approve = commands
        .iter()
        .filter(|command| command.contains(" approve "));
    for command in approve {
        assert!(command.contains(" --reviewed "), "{command}");
        let (code, said) = typed(&deployer, command);
        assert_eq!(code, 0, "{command}: {said}");
    }
    let resume = commands.iter().find(|command| command.contains(" resume "));
    let resume = resume.expect("it says how to go on");
    let (code, said) = typed(&deployer, resume.split("   (").next().unwrap_or(resume));
    assert_eq!(code, 0, "{said}");
}

#[test]
fn an_answer_to_what_is_asked_no_more_is_none() {
    let mut deployer = Deployer::offline();
    let asks = r#"
approval::ask("first?", #{ roles: ["lead"], about: "one" });
approval::ask("second?", #{ roles: ["lead"], about: "two" });
"#;
    deployer.write("ask.rhai", asks);
    let commands = suspended(&deployer);
    let approve = commands
        .iter()
        .find(|command| command.contains(" approve "));
    let approve = approve.expect("it says how to answer");
    assert_eq!(typed(&deployer, approve).0, 0);
    deployer.run(&["resume", &deployer.newest_run()]).expect(5);
    let (code, said) = typed(&deployer, approve);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("now asks another question: second?"),
        "{said}"
    );
    deployer
        .run(&["approve", &deployer.newest_run()])
        .expect(0)
        .says("second?");
}

#[test]
fn branches_that_ask_side_by_side_are_answered_one_by_one() {
    let mut deployer = Deployer::offline();
    let asks = r#"
parallel([|| approval::ask("one?", #{ roles: ["a"] }), || approval::ask("two?", #{ roles: ["b"] })]);
"#;
    deployer.write("ask.rhai", asks);
    suspended(&deployer);
    let run = deployer.newest_run();
    for _ in 0..2 {
        let shown = deployer.run(&["show", &run]);
        let command = shown
            .stdout
            .lines()
            .map(str::trim)
            .find(|line| line.contains(" approve "));
        let command = command.unwrap_or_else(|| panic!("{shown}"));
        assert_eq!(typed(&deployer, command).0, 0, "{command}");
        deployer.run(&["resume", &run]);
    }
    assert_eq!(deployer.newest()["outcome"], "succeeded");
}

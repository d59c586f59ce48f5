//! A person at a terminal: what is typed too early answers nothing.

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

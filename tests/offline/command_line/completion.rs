//! Completion, in a real bash.

use std::process::Command;

use super::program::{Folder, PROGRAM};

const PIPELINE: &str = r#"
let app = params(#{
    version: text("image tag to deploy"),
    colour:  choice(["blue", "green"], "which half").or("blue"),
    watch:   duration("how long to watch").or("15m"),
});
step "Approve" { approval::ask(#{ title: "go?", roles: ["lead", "data"] }); }
"#;

/// What bash offers for a line; `|` parts the words as bash does, the last one is completed.
fn offered(folder: &Folder, line: &str) -> Vec<String> {
    let words: Vec<String> = line.split('|').map(|word| format!("'{word}'")).collect();
    let script = format!(
        "source <({PROGRAM} completions bash)
         COMP_WORDS=({}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
         _deployer
         [ ${{#COMPREPLY[@]}} = 0 ] || printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        words.join(" ")
    );
    let mut command = Command::new("bash");
    command.args(["--norc", "-c", &script]);
    let ended = folder.finish("", command);
    assert_eq!(ended.expect(0).stderr, "", "{line}");
    ended.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_what_the_project_holds() {
    let folder = Folder::new();
    folder.write("pipelines/prod.rhai", PIPELINE);
    folder.write("pipelines/prod.test.rhai", "");
    folder.write("stdlib/ours.rhai", "//! Ours.\n/// Waits.\nfn pause() {}");
    for (line, expected) in [
        ("deployer|reh", &["rehearse"][..]),
        (
            "deployer|re",
            &["rehearse", "resume", "reject", "reference"],
        ),
        ("deployer|run|--par", &["--params"]),
        ("deployer|--output|pl", &["plain"]),
        // Bash parts words at `=` and `:`.
        ("deployer|--output|=|js", &["json"]),
        ("deployer|run|pipelines/pr", &["pipelines/prod.rhai"]),
        ("deployer|run|pipelines/prod.rhai|--set|ver", &["version="]),
        (
            "deployer|run|pipelines/prod.rhai|--set|colour|=",
            &["blue", "green"],
        ),
        (
            "deployer|run|pipelines/prod.rhai|--set|colour|=|g",
            &["green"],
        ),
        ("deployer|plan|pipelines/prod.rhai|--set|watch|=", &["15m"]),
        (
            "deployer|rehearse|pipelines/prod.rhai|--fault|crash",
            &["crash-loop"],
        ),
        ("deployer|stdlib|eject|watc", &["watch"]),
        ("deployer|stdlib|show|our", &["ours"]),
        ("deployer|stdlib|show|ours|::|", &["pause"]),
        ("deployer|reference|ecs|::|update_serv", &["update_service"]),
        ("deployer|reference|services|cloudfo", &["cloudformation"]),
        (
            "deployer|reference|services|lambda|UpdateAl",
            &["UpdateAlias"],
        ),
        ("deployer|reference|ecs|lamb", &[]),
        ("deployer|completions|f", &["fish"]),
        ("deployer|show|01", &[]),
    ] {
        assert_eq!(offered(&folder, line), expected, "{line}");
    }
    // A parameter that is set already is not offered again.
    let open = offered(
        &folder,
        "deployer|run|pipelines/prod.rhai|--set|version|=|1|--set|",
    );
    assert!(open.contains(&"watch=".to_owned()), "{open:?}");
    assert!(!open.contains(&"version=".to_owned()), "{open:?}");
}

#[test]
fn bash_completes_runs_and_whom_they_ask() {
    let folder = Folder::new();
    folder.write("prod.rhai", PIPELINE);
    let run = folder.run_in("", &["run", "prod.rhai", "--set", "version=1"]);
    run.expect(5);
    let listed = folder.run_in("", &["runs", "--output", "json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed.stdout).expect("one run");
    let id = listed["run"].as_str().expect("an id").to_owned();
    for command in ["show", "resume", "approve", "reject"] {
        let offered = offered(&folder, &format!("deployer|{command}|0"));
        assert_eq!(offered, [id.as_str()], "{command}");
    }
    let line = format!("deployer|approve|{id}|--as|");
    let roles = offered(&folder, &line);
    assert_eq!(roles[..2], ["lead", "data"], "{roles:?}");
}

#[test]
fn every_shell_has_a_script_that_calls_the_program() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = folder.run_in("", &["completions", shell]);
        let stdout = &script.expect(0).stdout;
        assert!(stdout.contains(PROGRAM), "{shell}: {stdout}");
        assert!(
            stdout.contains(&format!("DEPLOYER_COMPLETE={shell}"))
                || stdout.contains(&format!("DEPLOYER_COMPLETE=\"{shell}\"")),
            "{shell}: {stdout}"
        );
    }
    let candidates = folder.run_with(
        "",
        &["--", "deployer", "comp"],
        &[("DEPLOYER_COMPLETE", "fish")],
    );
    let help = "completions\tPrint the script that completes commands in a shell\n";
    assert_eq!(candidates.expect(0).stdout, help);
    folder.run_in("", &["completions", "tcsh"]).expect(2);
}

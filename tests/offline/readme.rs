//! What the README shows is true.

use std::path::Path;
use std::process::{Command, Stdio};

const README: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));

fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let behind = README.split(fence.as_str()).skip(1);
    behind.filter_map(|text| text.split("```").next()).collect()
}

fn deployer(arguments: &[&str]) -> (Option<i32>, String) {
    deployer_in(Path::new("."), arguments)
}

fn deployer_in(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_deployer"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[test]
fn the_walk_through_is_the_whole_pipeline() {
    let pipeline = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/pipelines/examples/worker.rhai"
    ));
    let begin = README.find("## Write a pipeline").unwrap_or_default();
    let end = README
        .find("What else the language has")
        .unwrap_or_default();
    let shown = blocks("rhai")
        .into_iter()
        .filter(|block| (begin..end).contains(&README.find(block).unwrap_or_default()));
    let shown: Vec<&str> = shown.map(str::trim).collect();
    assert_eq!(shown.join("\n\n"), pipeline.trim());
}

/// Lines of shell that begin with one of these words, without their comments.
fn commands(beginnings: &[&str]) -> Vec<Vec<&'static str>> {
    let lines = blocks("sh").into_iter().flat_map(str::lines);
    lines
        .filter(|line| {
            beginnings
                .iter()
                .any(|beginning| line.starts_with(beginning))
        })
        .map(|line| line.split('#').next().unwrap_or_default())
        .map(|line| line.split_whitespace().skip(1).collect())
        .collect()
}

#[test]
fn a_project_begins_as_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let shown = commands(&["deployer init", "deployer stdlib"]);
    assert!(shown.len() >= 5, "{shown:?}");
    for command in shown {
        let (code, said) = deployer_in(folder.path(), &command);
        assert_eq!(code, Some(0), "{command:?}: {said}");
    }
    assert!(folder.path().join("stdlib/watch.rhai").is_file());
    let (code, said) = deployer_in(&folder.path().join("orders-api"), &["test"]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn the_worker_is_rehearsed_as_shown() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shown = commands(&["deployer rehearse pipelines/examples/"]);
    assert_eq!(shown.len(), 2, "{shown:?}");
    for (command, code) in shown.iter().zip([0, 3]) {
        let (ended, said) = deployer_in(here, command);
        assert_eq!(ended, Some(code), "{command:?}: {said}");
    }
}

#[test]
fn a_misspelt_option_is_shown_as_the_program_shows_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let team = folder.path().join("pipelines/team.rhai");
    let script = "import \"std/watch\" as watch; let rules = [];\n\nwatch::hold(\"15m\", rules, #{ every: \"30s\", tolerat: \"2m\" });\n";
    std::fs::create_dir_all(team.parent().expect("a folder")).expect("a folder");
    std::fs::write(&team, script).expect("written");
    let (code, said) = deployer_in(folder.path(), &["check", "pipelines/team.rhai"]);
    assert_eq!(code, Some(2), "{said}");
    let shown = blocks("text")
        .into_iter()
        .find(|block| block.contains("tolerat"));
    let shown: Vec<&str> = shown.unwrap_or_default().lines().map(str::trim).collect();
    let said: Vec<&str> = said.lines().map(str::trim).take(shown.len()).collect();
    assert_eq!(said, shown);
}

#[test]
fn the_commands_and_exit_codes_are_those_of_the_program() {
    let (_, help) = deployer(&["--help"]);
    let verbs = README.match_indices("\ndeployer ").map(|(at, found)| {
        let rest = &README[at + found.len()..];
        rest.split_whitespace().next().unwrap_or_default()
    });
    for verb in verbs {
        assert!(
            help.contains(&format!("\n  {verb} ")),
            "{verb} is not a command:\n{help}"
        );
    }
    for code in ["0", "1", "2", "3", "4", "5", "6", "130"] {
        assert!(
            README.contains(&format!("\n| {code} | ")),
            "the README does not explain exit code {code}"
        );
        assert!(
            help.contains(&format!("\n  {code:<5}")),
            "--help does not explain exit code {code}"
        );
    }
}

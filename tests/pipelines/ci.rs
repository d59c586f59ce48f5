//! The workflows that ship (`pipelines/*/ci/`): every line of them that calls deployer is one that this program takes, for
//! files that are there, and none of them trusts more than it must.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::deployer::Deployer;

fn workflows() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines");
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .expect("pipelines")
        .flatten()
        .flat_map(|team| fs::read_dir(team.path().join("ci")).into_iter().flatten())
        .flatten()
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// What a line runs, word by word, without quotes, redirections and what else the shell does.
fn command(line: &str) -> Option<Vec<String>> {
    let rest = line.trim().strip_prefix("deployer ")?;
    let rest = rest.split(" >> ").next().unwrap_or(rest);
    let rest = rest.split(" || ").next().unwrap_or(rest);
    let words = rest.split_whitespace();
    Some(words.map(|word| word.replace('"', "")).collect())
}

/// The flags that a command has.
fn flags(deployer: &Deployer, name: &str) -> String {
    let help = deployer.run(&[name, "--help"]);
    help.expect(0);
    help.stdout
}

#[test]
fn every_team_has_one() {
    let teams = ["catalog", "coditect", "imagy", "menotime", "truecaller"];
    let found = workflows();
    for team in teams {
        assert!(
            found.iter().any(|path| path
                .parent()
                .and_then(Path::parent)
                .is_some_and(|folder| folder.ends_with(team))),
            "{team} has no workflow"
        );
    }
}

#[test]
fn each_line_is_one_that_this_program_takes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let deployer = Deployer::offline();
    for path in workflows() {
        let text = fs::read_to_string(&path).expect("a workflow");
        let mut seen = Vec::new();
        for words in text.lines().filter_map(command) {
            let named = words.iter().position(|word| {
                ["plan", "run", "test", "approve", "resume"].contains(&word.as_str())
            });
            let name = &words[named.unwrap_or_else(|| panic!("{path:?}: {words:?}"))];
            seen.push(name.clone());
            let known = flags(&deployer, name);
            for flag in words.iter().filter(|word| word.starts_with("--")) {
                assert!(
                    known.contains(flag.as_str()),
                    "{path:?}: {name} has no {flag}"
                );
            }
            for file in words.iter().filter(|word| word.starts_with("pipelines/")) {
                assert!(root.join(file).exists(), "{path:?}: there is no {file}");
            }
            // A plan is made here as it is made there, on the simulated cloud.
            if name == "plan" && words.iter().any(|word| word == "--cloud") {
                deployer.run(&words).expect(0);
            }
        }
        for wanted in ["plan", "run", "test", "approve", "resume"] {
            assert!(
                seen.iter().any(|name| name == wanted),
                "{path:?}: no {wanted}"
            );
        }
    }
}

#[test]
fn none_trusts_more_than_it_must() {
    for path in workflows() {
        let text = fs::read_to_string(&path).expect("a workflow");
        assert!(
            text.contains("\npermissions:\n  contents: read\n"),
            "{path:?}"
        );
        assert!(
            !text.contains("write-all") && !text.contains("pull_request_target"),
            "{path:?}"
        );
        assert!(
            !text.contains("aws-access-key-id"),
            "{path:?}: roles, and no keys"
        );
        for line in text.lines().map(str::trim) {
            if let Some(action) = line.trim_start_matches("- ").strip_prefix("uses: ") {
                let version = action.split('@').nth(1).unwrap_or_default();
                let commit = version.split(' ').next().unwrap_or_default();
                assert!(
                    commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()),
                    "{path:?}: {action}"
                );
            }
            // What a person typed reaches the shell as a variable only.
            let shell = line.starts_with("deployer ") || line.starts_with("run: ");
            assert!(!shell || !line.contains("${{"), "{path:?}: {line}");
        }
        // What runs is held to a plan that was saved before.
        assert!(
            text.contains("run --plan release.json") && text.contains("--out release.json"),
            "{path:?}"
        );
        // Without credentials where anybody's pull request is looked at.
        let rehearsed = text
            .split("\n  rehearse:")
            .nth(1)
            .and_then(|rest| rest.split("\n  plan-").next());
        assert!(
            !rehearsed.expect("a rehearsal").contains("role-to-assume"),
            "{path:?}"
        );
    }
}

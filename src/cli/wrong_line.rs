//! Says what to type instead of a command or an option that does not exist.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use strsim::damerau_levenshtein;

/// A word may differ in one of so many letters from the word that was meant.
const MISSPELT: usize = 4;

/// Words of other tools, and the sentence that says what to type.
const COMMANDS: [(&[&str], &str); 16] = [
    (
        &[
            "deploy", "apply", "start", "execute", "exec", "up", "launch", "release",
        ],
        "to run a pipeline, type `deployer run PIPELINE`",
    ),
    (
        &[
            "status", "logs", "log", "history", "describe", "inspect", "events", "get",
        ],
        "to see what a run did, type `deployer show RUN`; to list the runs, type `deployer runs`",
    ),
    (
        &["list", "ls", "ps", "jobs"],
        "to list the runs, type `deployer runs`",
    ),
    (
        &["lint", "validate", "verify", "fmt", "format"],
        "to check a pipeline, type `deployer check PIPELINE`",
    ),
    (
        &["preview", "diff", "dry-run", "dryrun", "what-if", "explain"],
        "to see what a run would do, type `deployer plan PIPELINE`",
    ),
    (
        &["simulate", "simulation", "emulate", "sandbox"],
        "to run a pipeline on the simulated cloud, type `deployer rehearse PIPELINE`",
    ),
    (
        &["continue", "restart", "retry", "recover"],
        "to continue a run, type `deployer resume RUN`",
    ),
    (
        &["rollback", "roll-back", "undo", "revert"],
        "a run that fails undoes its changes automatically; to go back to an earlier version, run the pipeline with it: `deployer run PIPELINE --set version=…`",
    ),
    (
        &["cancel", "stop", "abort", "kill", "pause"],
        "to stop a run, press Ctrl-C in its terminal, or send SIGTERM to its process; `deployer resume RUN` continues it",
    ),
    (
        &["accept", "confirm", "answer", "yes", "allow"],
        "to approve what a run asks, type `deployer approve RUN`",
    ),
    (
        &["deny", "decline", "refuse", "no"],
        "to reject what a run asks, type `deployer reject RUN`",
    ),
    (
        &["new", "create", "scaffold", "generate", "setup"],
        "to start a project, type `deployer init DIR`",
    ),
    (
        &["import", "export", "snapshot", "record", "dump"],
        "to write a fixture from the live cloud, type `deployer capture --out FILE`",
    ),
    (
        &["doc", "docs", "manual", "verbs", "functions", "faults"],
        "to read about verbs, functions and faults, type `deployer reference`",
    ),
    (
        &["module", "modules", "library", "lib", "std"],
        "to list the modules of the standard library, type `deployer stdlib list`",
    ),
    (
        &["complete", "completion"],
        "to complete commands in a shell, type `deployer completions SHELL`",
    ),
];

/// Options of other tools, and the sentence that says what to type.
const OPTIONS: [(&[&str], &str); 7] = [
    (&["--json", "--format"], "for JSON, type `--output json`"),
    (
        &["--no-color", "--no-colour", "--nocolor"],
        "for no colors, type `--color never`",
    ),
    (
        &[
            "--var",
            "-var",
            "--param",
            "--parameter",
            "--arg",
            "-p",
            "-e",
        ],
        "to set a parameter of the pipeline, type `--set NAME=VALUE`",
    ),
    (
        &[
            "--var-file",
            "-var-file",
            "--vars",
            "--env",
            "--env-file",
            "--environment",
            "--values",
        ],
        "for a file of parameters, type `--params FILE`",
    ),
    (
        &["--yes", "-y", "--auto-approve", "--force"],
        "a pipeline decides what must be approved; answer at the terminal, or type `deployer approve RUN`",
    ),
    (
        &["--dryrun", "--check", "--preview"],
        "to see what a run would do, type `deployer plan PIPELINE`",
    ),
    (
        &["--cwd", "--dir", "-C", "--chdir", "--root"],
        "for the project in another directory, type `--project DIR`",
    ),
];

/// Adds what to type instead to the error of a command line that clap does not understand.
pub(super) fn add_tip(error: &mut Error) {
    let Some(tip) = tip(error) else { return };
    // What clap suggests from the letters alone is worse.
    for kind in [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::Usage,
    ] {
        error.remove(kind);
    }
    let tips = ContextValue::StyledStrs(vec![tip.into()]);
    error.insert(ContextKind::Suggested, tips);
}

/// `None`: what clap says is better.
fn tip(error: &Error) -> Option<String> {
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let typed = text(error, ContextKind::InvalidSubcommand)?;
            let known = error.get(ContextKind::SuggestedSubcommand).is_some();
            look_up(&COMMANDS, &typed, !known)
        }
        ErrorKind::UnknownArgument => {
            let typed = text(error, ContextKind::InvalidArg)?;
            let name = typed.split('=').next().unwrap_or(&typed);
            look_up(&OPTIONS, name, false).or_else(|| parameter(error, name))
        }
        _ => None,
    }
}

fn text(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => texts.first().cloned(),
        _ => None,
    }
}

/// The sentence of a word. `misspelt`: words that differ in a letter or two are found, too.
fn look_up(table: &[(&[&str], &str)], typed: &str, misspelt: bool) -> Option<String> {
    let typed = typed.to_lowercase();
    let words = || {
        let rows = table.iter();
        rows.flat_map(|(words, sentence)| words.iter().map(move |word| (*word, *sentence)))
    };
    let exact = words().find(|(word, _)| *word == typed);
    let close = || {
        let distances =
            words().map(|(word, sentence)| (damerau_levenshtein(word, &typed), sentence));
        let closest = distances.min_by_key(|(distance, _)| *distance);
        closest.filter(|(distance, _)| *distance <= typed.chars().count() / MISSPELT)
    };
    let sentence = exact.map(|(_, sentence)| sentence);
    let sentence = sentence.or_else(|| close().filter(|_| misspelt).map(|(_, it)| it));
    sentence.map(str::to_owned)
}

/// `--version 1.3.0` behind a pipeline is meant for its parameter.
fn parameter(error: &Error, option: &str) -> Option<String> {
    let known = text(error, ContextKind::SuggestedArg)
        .is_some_and(|known| damerau_levenshtein(&known, option) <= 2);
    let usage = error.get(ContextKind::Usage)?.to_string();
    let name = option.strip_prefix("--")?.replace('-', "_");
    let takes_parameters = ["run", "plan", "rehearse"]
        .iter()
        .any(|command| usage.contains(&format!("deployer {command} ")));
    (takes_parameters && !known).then(|| {
        format!("to set the parameter `{name}` of the pipeline, type `--set {name}=VALUE`")
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_word_has_one_sentence() {
        let words = COMMANDS
            .iter()
            .chain(&OPTIONS)
            .flat_map(|(words, _)| *words);
        let mut seen = BTreeSet::new();
        for word in words {
            assert!(seen.insert(word), "{word} is listed twice");
        }
    }
}

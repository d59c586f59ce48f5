//! Candidates for the values of arguments: runs, pipelines, parameters, faults, modules.

use std::ffi::OsStr;
use std::path::Path;

use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};

use super::command_line::CompletionLine;
use serde_json::Value;

use crate::cli::execution::questions::open_questions;
use crate::journal::JournalSummary;
use crate::primitive;
use crate::script::params::Kind;
use crate::script::{Param, Program, Resolver, docs, library};
use crate::vocabulary::Question;
use crate::world::apis::aws;
use crate::world::simulated::faults;

/// Runs are listed from the newest back to this one.
const MOST_RUNS: usize = 50;

/// Those of `all` that begin with what is typed; each with a sentence of help.
pub(in crate::cli) fn matching(
    typed: &OsStr,
    all: impl IntoIterator<Item = (String, String)>,
) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let all = all
        .into_iter()
        .filter(|(value, _)| value.starts_with(&*typed));
    all.map(|(value, help)| {
        let help = Some(help).filter(|help| !help.is_empty());
        CompletionCandidate::new(value).help(help.map(Into::into))
    })
    .collect()
}

/// Ids of runs, the newest first.
pub(in crate::cli) fn runs(typed: &OsStr) -> Vec<CompletionCandidate> {
    runs_that(typed, |_| true)
}

/// Ids of runs that ask a question.
pub(in crate::cli) fn asking_runs(typed: &OsStr) -> Vec<CompletionCandidate> {
    runs_that(typed, |run| run.asks)
}

fn runs_that(typed: &OsStr, wanted: impl Fn(&JournalSummary) -> bool) -> Vec<CompletionCandidate> {
    let typed = typed.to_ascii_uppercase();
    let runs = CompletionLine::now().store().list().into_iter().flatten();
    let runs = runs.filter(wanted).take(MOST_RUNS).map(|run| {
        let what = run.title.unwrap_or(run.pipeline);
        let when = run.started.strftime("%Y-%m-%d %H:%MZ");
        (run.run, format!("{what} · {when}"))
    });
    matching(&typed, runs)
}

/// Roles that the run on the line asks.
pub(in crate::cli) fn roles(typed: &OsStr) -> Vec<CompletionCandidate> {
    let roles = questions().into_iter().flat_map(|question| {
        let title = question.title;
        question
            .roles
            .into_iter()
            .map(move |role| (role, title.clone()))
    });
    matching(typed, roles)
}

/// Digests of what the run on the line asks people to review.
pub(in crate::cli) fn digests(typed: &OsStr) -> Vec<CompletionCandidate> {
    let digests = questions().into_iter();
    matching(
        typed,
        digests.map(|it| (it.reviewed().to_string(), it.title)),
    )
}

/// The open questions of the run on the line.
fn questions() -> Vec<Question> {
    let line = CompletionLine::now();
    let store = line.store();
    // A word that is not an id finds no run.
    let words = line.words().filter(|word| word.len() > 3);
    let run = words.filter_map(|word| store.find(word).ok()).next();
    let entries = run.and_then(|run| run.read().ok());
    entries.map_or_else(Vec::new, |(entries, _)| open_questions(&entries))
}

/// Pipelines, and the folders on the way to one.
pub(in crate::cli) fn pipelines(typed: &OsStr) -> Vec<CompletionCandidate> {
    let pipeline = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".rhai") && !name.ends_with(".test.rhai")
    };
    PathCompleter::any().filter(pipeline).complete(typed)
}

/// Files of parameters and fixtures, and the folders on the way to one.
pub(in crate::cli) fn data_files(typed: &OsStr) -> Vec<CompletionCandidate> {
    let data = |path: &Path| {
        let extension = path.extension().and_then(OsStr::to_str);
        extension.is_some_and(|it| ["toml", "json"].contains(&it))
    };
    PathCompleter::any().filter(data).complete(typed)
}

/// Parameters of the pipeline on the line (`version=`), and their values where a few are possible.
pub(in crate::cli) fn parameters(typed: &OsStr) -> Vec<CompletionCandidate> {
    let line = CompletionLine::now();
    let Some(pipeline) = line.pipeline() else {
        return Vec::new();
    };
    let program = Program::load(pipeline, &primitive::all()).ok();
    let Some(declared) = program.and_then(|program| program.declare().ok()) else {
        return Vec::new();
    };
    let text = typed.to_string_lossy();
    if let Some((name, _)) = text.split_once('=') {
        let param = declared.iter().find(|param| param.name == name);
        let values = param.map(values).unwrap_or_default().into_iter();
        return matching(
            typed,
            values.map(|it| (format!("{name}={it}"), String::new())),
        );
    }
    let given: Vec<&str> = line
        .values("set")
        .filter_map(|pair| Some(pair.split_once('=')?.0))
        .collect();
    let open = declared
        .into_iter()
        .filter(|param| !given.contains(&param.name.as_str()));
    matching(typed, open.map(|it| (format!("{}=", it.name), it.doc)))
}

/// The values that a parameter may have, where they can be listed; otherwise its default.
fn values(param: &Param) -> Vec<String> {
    match (&param.kind, &param.default) {
        (Kind::Choice(all), _) => all.clone(),
        (Kind::Flag, _) => vec!["true".to_owned(), "false".to_owned()],
        (_, Some(Value::String(text))) => vec![text.clone()],
        (_, Some(Value::Number(number))) => vec![number.to_string()],
        _ => Vec::new(),
    }
}

/// Names of faults that begin with what was typed, each with its summary.
pub(in crate::cli) fn fault_names(typed: &OsStr) -> Vec<CompletionCandidate> {
    let all = faults::catalogue().iter();
    matching(
        typed,
        all.map(|it| (it.name.to_owned(), it.summary.to_owned())),
    )
}

/// Modules of the standard library that are built in.
pub(in crate::cli) fn built_in_modules(typed: &OsStr) -> Vec<CompletionCandidate> {
    let modules = library::MODULES.iter();
    matching(
        typed,
        modules.map(|module| (module.name.to_owned(), String::new())),
    )
}

/// Modules of the standard library and of the project; behind `module::` its functions.
pub(in crate::cli) fn modules_and_functions(typed: &OsStr) -> Vec<CompletionCandidate> {
    let here = std::env::current_dir().unwrap_or_default();
    let resolver = Resolver::project(&here.join("pipeline.rhai"));
    let text = typed.to_string_lossy();
    let Some((module, _)) = text.split_once("::") else {
        let names = resolver.library_modules().into_iter();
        return matching(typed, names.map(|name| (name, String::new())));
    };
    let Ok(module) = docs::chapter(&resolver, module) else {
        return Vec::new();
    };
    let functions = module.functions.iter().map(|function| {
        let name = format!("{}::{}", module.name, function.name);
        let summary = function.doc.split(". ").next().unwrap_or_default();
        (name, summary.replace('\n', " "))
    });
    matching(typed, functions)
}

/// Services of AWS, behind the word `services`.
pub(in crate::cli) fn aws_services(typed: &OsStr) -> Vec<CompletionCandidate> {
    let line = CompletionLine::now();
    if !line.words().any(|word| word == "services") {
        return Vec::new();
    }
    let names = aws::services().iter();
    matching(typed, names.map(|name| ((*name).to_owned(), String::new())))
}

/// Operations of the service of AWS that the line names.
pub(in crate::cli) fn aws_operations(typed: &OsStr) -> Vec<CompletionCandidate> {
    let line = CompletionLine::now();
    let behind = line.words().skip_while(|word| *word != "services").nth(1);
    let names = behind.map(aws::operations).unwrap_or_default().iter();
    matching(typed, names.map(|name| ((*name).to_owned(), String::new())))
}

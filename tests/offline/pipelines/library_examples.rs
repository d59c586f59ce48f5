//! The standard library says of every public function what it does, and shows it: each example is rehearsed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use deployer::primitive;
use deployer::script::docs::{self, FunctionDoc, ModuleDoc};
use deployer::script::{InvalidPipeline, Program};
use deployer::vocabulary::outcome::Outcome;
use serde_json::json;

use super::mortal_world::{Play, Scene};

#[test]
fn every_public_function_is_documented_and_shown() {
    let chapters = docs::shipped().unwrap_or_else(|rejected| panic!("{}", said(&rejected)));
    let mut wrong = Vec::new();
    for chapter in &chapters {
        if chapter.doc.is_empty() {
            wrong.push(format!(
                "std/{}: has no `//!` where it begins",
                chapter.name
            ));
        }
        for function in &chapter.functions {
            if let Err(why) = sound(chapter, function) {
                let signature = &function.signatures[0];
                wrong.push(format!("std/{} {signature}: {why}", chapter.name));
            }
        }
    }
    let count = wrong.len();
    assert!(
        wrong.is_empty(),
        "{count} of the library:\n- {}",
        wrong.join("\n- ")
    );
}

fn sound(chapter: &ModuleDoc, function: &FunctionDoc) -> Result<(), String> {
    if function.doc.is_empty() {
        return Err("has no doc comment `///`".into());
    }
    if !function.options.is_empty() && function.doc.contains("Options:\n") {
        let why = "lists options by hand that `options(…)` declares, and the reference shows";
        return Err(why.into());
    }
    let [example] = function.examples.as_slice() else {
        let many = function.examples.len();
        return Err(format!("has {many} examples (```rhai), not one"));
    };
    let import = format!("import \"std/{0}\" as {0};", chapter.name);
    let call = format!("{}::{}(", chapter.name, function.name);
    for needed in [import, call] {
        if !example.contains(&needed) {
            return Err(format!("its example does not say {needed}"));
        }
    }
    let rehearsed = catch_unwind(AssertUnwindSafe(|| rehearse(example)));
    rehearsed.unwrap_or_else(|_| Err("its example lets deployer itself fail".into()))
}

fn rehearse(example: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let path = folder.path().join("team.rhai");
    std::fs::write(&path, example).map_err(|e| e.to_string())?;
    let program = load(&path)?;
    let warnings: Vec<&str> = program
        .warnings()
        .iter()
        .map(|w| w.message.as_str())
        .collect();
    if !warnings.is_empty() {
        return Err(format!("its example: {}", warnings.join("; ")));
    }
    let params = json!({});
    let ending = Scene::set(&[]).perform(&Play { program, params });
    if ending.outcome == Outcome::Succeeded {
        return Ok(());
    }
    let fault = ending.fault.map(|fault| {
        let hint = fault.hint.map(|hint| format!(" ({hint})"));
        format!(
            ": {}: {}{}",
            fault.code,
            fault.message,
            hint.unwrap_or_default()
        )
    });
    let place = ending
        .frames
        .last()
        .map(|at| format!(" in its line {}", at.line));
    let (place, fault) = (place.unwrap_or_default(), fault.unwrap_or_default());
    Err(format!(
        "its example ends as {:?}{place}{fault}",
        ending.outcome
    ))
}

fn load(path: &Path) -> Result<Program, String> {
    Program::load(path, &primitive::all())
        .map_err(|rejected| format!("its example does not check: {}", said(&rejected)))
}

fn said(rejected: &InvalidPipeline) -> String {
    let Some(first) = rejected.diagnoses.first() else {
        return String::new();
    };
    let place = match first.site.source.starts_with("std/") {
        true => format!("{}:{}", first.site.source, first.site.line),
        false => format!("its line {}", first.site.line),
    };
    format!("{place}: {} ({})", first.message, first.label)
}

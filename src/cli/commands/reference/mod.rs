//! `deployer reference`: what the primitives declare, for people.

use std::ffi::OsStr;
use std::sync::Arc;

use clap::Args;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::cli::completion::candidates;
use crate::cli::error::{CommandError, CommandResult};
use crate::cli::exit_code::ExitCode;
use crate::primitive::{self, Primitive};
use crate::report;
use crate::script::docs::{self, ModuleDoc};
use crate::script::{pure, words};
use crate::suggest::did_you_mean;
use crate::testing;

mod fixture;
pub(super) mod library;
mod markdown;
mod schema;
mod services;
mod simulated;

/// An introduction to the language.
const RHAI: &str = include_str!("rhai.md");

/// Pages that are neither modules nor verbs.
const PAGES: [&str; 8] = [
    "language",
    "tests",
    "fixture",
    "faults",
    "answers",
    "simulated",
    "rhai",
    "services",
];

/// The page of AWS's services.
const SERVICES: &str = "services";

/// Command-line arguments of `deployer reference`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReferenceArgs {
    /// What to show: `language`, `tests`, `fixture`, `faults`, `answers`, `simulated`, `rhai`, `services` (of AWS); a module (`ecs`, `std/service`), a
    /// verb (`ecs::update_service`), a function (`service::roll_out`), a word (`step`, `expect_write`) or a field of a
    /// fixture (`services`). [default: an overview]
    #[arg(value_name = "NAME", add = ArgValueCompleter::new(complete_name))]
    name: Option<String>,
    /// A service of AWS, after `services`: `lambda`. [default: all of them]
    #[arg(value_name = "SERVICE", add = ArgValueCompleter::new(candidates::aws_services))]
    service: Option<String>,
    /// An operation of that service: `UpdateAlias`. [default: all of them]
    #[arg(value_name = "OPERATION", add = ArgValueCompleter::new(candidates::aws_operations))]
    operation: Option<String>,
    /// Print the whole reference as one Markdown page
    #[arg(long, conflicts_with = "name")]
    markdown: bool,
}

/// Prints the reference, or the part of it that was named. Fails if nothing has that name.
pub(super) fn main(args: &ReferenceArgs) -> CommandResult {
    let all = primitive::all();
    let std = docs::shipped()?;
    let (service, operation) = (args.service.as_deref(), args.operation.as_deref());
    if let (Some(name), Some(service)) = (args.name.as_deref(), service)
        && name != SERVICES
    {
        let message =
            format!("only `{SERVICES}` takes another name, `{name}` does not take `{service}`");
        let hint = "deployer reference services lambda UpdateAlias";
        return Err(CommandError::with_hint("unknown_name", message, hint));
    }
    let text = match args.name.as_deref() {
        None if args.markdown => markdown::page(&all, &std),
        None => markdown::overview(&all, &std),
        Some("language") => markdown::language(),
        Some("tests") => markdown::tests(),
        Some("fixture") => fixture::page(),
        Some("faults") => markdown::faults(),
        Some("answers") => format!(
            "{}\n{}",
            markdown::answers(),
            fixture::field("answers").unwrap_or_default()
        ),
        Some("simulated") => simulated::page(),
        Some("rhai") => RHAI.to_owned(),
        Some(SERVICES) => {
            // A field of a fixture has the same name.
            let field = fixture::field(SERVICES).filter(|_| service.is_none());
            let page = services::page(service, operation)?;
            field.map_or(page.clone(), |field| format!("{page}\n{field}"))
        }
        Some(name) => entries(name, &all, &std)?,
    };
    match args.markdown {
        true => report::print_text(&text),
        false => report::print_page(&text),
    }
    Ok(ExitCode::SUCCESS)
}

/// The entries of a module, a verb, a function, a word, or a field of a fixture.
fn entries(name: &str, all: &[Arc<dyn Primitive>], std: &[ModuleDoc]) -> CommandResult<String> {
    let primitives = all
        .iter()
        .filter(|p| {
            let declaration = p.declaration();
            declaration.path() == name || declaration.module == name
        })
        .map(|p| markdown::entry(p.as_ref()));
    let functions = pure::ALL
        .iter()
        .filter(|f| f.path() == name || f.module == name)
        .map(markdown::function_entry);
    let written = library::named(std, name);
    let words = words::LANGUAGE.iter().chain(testing::WORDS);
    let words = words
        .filter(|word| word.explains(name))
        .map(markdown::word_entry);
    let found = primitives.chain(functions).chain(written).chain(words);
    let found: Vec<String> = found.chain(fixture::field(name)).collect();
    match found.is_empty() {
        true => Err(unknown(name, all, std)),
        false => Ok(found.join("\n")),
    }
}

fn unknown(name: &str, all: &[Arc<dyn Primitive>], std: &[ModuleDoc]) -> CommandError {
    let names = names(all, std);
    let hint = did_you_mean(name, &names);
    let hint = hint.unwrap_or_else(|| "`deployer reference` lists everything".into());
    let message = format!("nothing is called {name}");
    CommandError::with_hint("unknown_name", message, hint)
}

/// Every name that the reference knows.
fn names(all: &[Arc<dyn Primitive>], std: &[ModuleDoc]) -> Vec<String> {
    let verbs = all.iter().map(|p| p.declaration());
    let verbs = verbs.flat_map(|d| [d.path(), d.module.to_owned()]);
    let pure = pure::ALL
        .iter()
        .flat_map(|f| [f.path(), f.module.to_owned()]);
    let written = std.iter().flat_map(library::names);
    let words = words::LANGUAGE.iter().chain(testing::WORDS);
    let words = words.flat_map(|word| [word.name].into_iter().chain(word.also.iter().copied()));
    let words = words.chain(PAGES).map(str::to_owned);
    verbs
        .chain(pure)
        .chain(written)
        .chain(words)
        .chain(fixture::names())
        .collect()
}

fn complete_name(typed: &OsStr) -> Vec<CompletionCandidate> {
    let std = docs::shipped().unwrap_or_default();
    let mut names = names(&primitive::all(), &std);
    names.sort();
    names.dedup();
    candidates::matching(typed, names.into_iter().map(|name| (name, String::new())))
}

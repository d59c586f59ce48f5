//! `deployer reference`: what the primitives declare, for people.

use std::sync::Arc;

use clap::Args;

use crate::cli::error::{CommandError, CommandResult};
use crate::cli::exit_code::ExitCode;
use crate::primitive::{self, Primitive};
use crate::report;
use crate::script::docs::{self, ModuleDoc};
use crate::script::pure;

pub(super) mod library;
mod markdown;

/// Arguments of `reference`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReferenceArgs {
    /// A module (`ecs`, `std/service`), a verb (`ecs::update_service`) or function (`service::roll_out`),
    /// `faults`, or `answers` of a fixture; nothing: an overview
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The whole reference as one Markdown page
    #[arg(long, conflicts_with = "name")]
    markdown: bool,
}

/// Prints the reference.
pub(super) fn main(args: &ReferenceArgs) -> CommandResult {
    let all = primitive::all();
    let std = docs::shipped()?;
    let text = match args.name.as_deref() {
        None if args.markdown => markdown::page(&all, &std),
        None => markdown::overview(&all, &std),
        Some("faults") => markdown::faults(),
        Some("answers") => markdown::answers(),
        Some(name) => entries(name, &all, &std)?,
    };
    report::print_text(&text);
    Ok(ExitCode::SUCCESS)
}

/// The entries of a module, a verb or a function.
fn entries(name: &str, all: &[Arc<dyn Primitive>], std: &[ModuleDoc]) -> CommandResult<String> {
    let primitives = all
        .iter()
        .map(|p| p.declaration())
        .filter(|d| d.path() == name || d.module == name)
        .map(markdown::entry);
    let functions = pure::ALL
        .iter()
        .filter(|f| f.path() == name || f.module == name)
        .map(markdown::function_entry);
    let written = library::named(std, name);
    let found: Vec<String> = primitives.chain(functions).chain(written).collect();
    match found.is_empty() {
        true => Err(unknown(name, all, std)),
        false => Ok(found.join("\n")),
    }
}

fn unknown(name: &str, all: &[Arc<dyn Primitive>], std: &[ModuleDoc]) -> CommandError {
    let names = names(all, std);
    let near = names
        .iter()
        .map(|known| (strsim::jaro_winkler(known, name), known))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(score, _)| *score > 0.8);
    let hint = match near {
        Some((_, near)) => format!("did you mean `{near}`?"),
        None => "`deployer reference` lists everything".into(),
    };
    let message = format!("nothing is called {name}");
    CommandError::with_hint("unknown_name", message, hint)
}

/// Every name that the reference knows: modules, verbs and functions.
fn names(all: &[Arc<dyn Primitive>], std: &[ModuleDoc]) -> Vec<String> {
    let verbs = all.iter().map(|p| p.declaration());
    let verbs = verbs.flat_map(|d| [d.path(), d.module.to_owned()]);
    let pure = pure::ALL
        .iter()
        .flat_map(|f| [f.path(), f.module.to_owned()]);
    let written = std.iter().flat_map(library::names);
    verbs.chain(pure).chain(written).collect()
}

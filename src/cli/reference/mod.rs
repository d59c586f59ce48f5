//! `deployer reference`: what the primitives declare, for people.

use clap::Args;

use super::{Everywhere, problem};
use crate::primitive::{self, Primitive};
use crate::report;
use crate::script::docs::{self, ModuleDoc};
use crate::script::{Sources, pure};

pub(super) mod library;
mod markdown;

/// Arguments of `reference`.
#[derive(Debug, Args)]
pub(super) struct ReferenceArgs {
    /// A module (`ecs`, `std/service`), a verb (`ecs::update_service`) or function (`service::roll_out`),
    /// `faults`, or `answers` of a fixture; nothing: an overview
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The whole reference as one Markdown page
    #[arg(long, conflicts_with = "name")]
    markdown: bool,
}

pub(super) fn main(args: &ReferenceArgs, everywhere: &Everywhere) -> u8 {
    let all = primitive::all();
    let std = match docs::shipped() {
        Ok(std) => std,
        Err(rejected) => return problem::rejected(&rejected, everywhere),
    };
    let text = match args.name.as_deref() {
        None if args.markdown => markdown::page(&all, &std),
        None => markdown::overview(&all, &std),
        Some("faults") => markdown::faults(),
        Some("answers") => markdown::answers(),
        Some(name) => {
            let primitives = all
                .iter()
                .map(|p| p.declaration())
                .filter(|d| d.path() == name || d.module == name)
                .map(markdown::entry);
            let functions = pure::ALL
                .iter()
                .filter(|f| f.path() == name || f.module == name)
                .map(markdown::function_entry);
            let written = library::named(&std, name);
            let found: Vec<String> = primitives.chain(functions).chain(written).collect();
            if found.is_empty() {
                return unknown(name, &all, &std, everywhere);
            }
            found.join("\n")
        }
    };
    report::print_text(&text);
    0
}

fn unknown(
    name: &str,
    all: &[std::sync::Arc<dyn Primitive>],
    std: &[ModuleDoc],
    everywhere: &Everywhere,
) -> u8 {
    let names = all
        .iter()
        .flat_map(|p| [p.declaration().path(), p.declaration().module.to_owned()])
        .chain(
            pure::ALL
                .iter()
                .flat_map(|f| [f.path(), f.module.to_owned()]),
        )
        .chain(std.iter().flat_map(library::names));
    let near = names
        .map(|n| (strsim::jaro_winkler(&n, name), n))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(score, _)| *score > 0.8);
    let hint = match near {
        Some((_, near)) => format!("did you mean `{near}`?"),
        None => "`deployer reference` lists everything".into(),
    };
    let said = problem::plain(
        "unknown_name",
        format!("nothing is called {name}"),
        Some(hint),
    );
    problem::nothing_ran(&[said], &Sources::new(), everywhere)
}

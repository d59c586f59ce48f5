//! `deployer stdlib`: the standard library to read, and to take over into a project.

use crate::vocabulary::codes;
use std::path::Path;

use clap::{Args, Subcommand};
use clap_complete::engine::ArgValueCompleter;
use serde_json::json;

use super::reference::library as pages;
use crate::cli::completion::candidates;
use crate::cli::error::{CommandError, CommandResult};
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::report::{self, Output};
use crate::script::docs::{self, FunctionDoc, ModuleDoc};
use crate::script::{Resolver, library};
use crate::suggest::{did_you_mean, suggest};

/// Command-line arguments of `deployer stdlib`.
#[derive(Debug, Args)]
pub(in crate::cli) struct StdlibArgs {
    #[command(subcommand)]
    command: StdlibCommand,
}

#[derive(Debug, Subcommand)]
enum StdlibCommand {
    /// List the modules, and which of them the project replaces
    List,
    /// Show a module or a function: what it does, its options, an example
    Show {
        /// A module (`service`) or a function (`service::roll_out`)
        #[arg(value_name = "NAME", add = ArgValueCompleter::new(candidates::modules_and_functions))]
        name: String,
        /// Print the source code
        #[arg(long)]
        source: bool,
    },
    /// Copy a module into the project, where it overrides the built-in one
    Eject {
        /// A module (`service`)
        #[arg(value_name = "NAME", add = ArgValueCompleter::new(candidates::built_in_modules))]
        name: String,
    },
}

/// Lists, shows or ejects modules.
pub(super) fn main(args: &StdlibArgs, global: &GlobalArgs) -> CommandResult {
    // The project that a pipeline in this folder would belong to.
    let here = std::env::current_dir().unwrap_or_default();
    let resolver = Resolver::project(&here.join("pipeline.rhai"));
    match &args.command {
        StdlibCommand::List => list(&resolver, global)?,
        StdlibCommand::Show { name, source } => show(&resolver, bare(name), *source)?,
        StdlibCommand::Eject { name } => eject(&resolver, bare(name), &here, global)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn bare(name: &str) -> &str {
    let name = name.strip_prefix("std/").unwrap_or(name);
    name.strip_suffix(".rhai").unwrap_or(name)
}

/// Where the text of a module comes from.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    /// The module ships with the program, and the project has no copy.
    Shipped,
    /// The project has a copy that says the same.
    Copied,
    /// The project's module of that name has another text than the one that ships.
    Replaced,
    /// Only the project has a module of that name.
    Own,
}

impl Origin {
    fn of(resolver: &Resolver, chapter: &ModuleDoc) -> Origin {
        let own = resolver
            .own_copy(&chapter.name)
            .is_some_and(|path| path.is_file());
        match (own, library::text(&chapter.name)) {
            (false, _) => Origin::Shipped,
            (true, None) => Origin::Own,
            (true, Some(text)) if text == chapter.text => Origin::Copied,
            (true, Some(_)) => Origin::Replaced,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Origin::Shipped => "shipped",
            Origin::Copied => "copied",
            Origin::Replaced => "replaced",
            Origin::Own => "own",
        }
    }

    /// A remark beside the name of the module; empty for a built-in one.
    fn remark(self) -> &'static str {
        match self {
            Origin::Shipped => "",
            Origin::Copied => " (the project's copy, unchanged)",
            Origin::Replaced => " (replaced by the project)",
            Origin::Own => " (the project's own)",
        }
    }
}

fn list(resolver: &Resolver, global: &GlobalArgs) -> CommandResult<()> {
    let names = resolver.library_modules();
    let width = names.iter().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    for name in names {
        let chapter = docs::chapter(resolver, &name)?;
        let origin = Origin::of(resolver, &chapter);
        let summary = chapter.summary();
        if global.output == Output::Json {
            let functions = chapter.functions.iter().flat_map(|f| &f.signatures);
            let functions: Vec<&String> = functions.collect();
            let line = json!({
                "name": name, "summary": summary, "whose": origin.word(), "functions": functions,
            });
            text.push_str(&format!("{line}\n"));
        } else {
            text.push_str(&format!("{name:<width$}  {summary}{}\n", origin.remark()));
        }
    }
    report::print_text(&text);
    Ok(())
}

fn show(resolver: &Resolver, name: &str, source: bool) -> CommandResult<()> {
    let Some((module, function)) = name.split_once("::") else {
        let chapter = docs::chapter(resolver, name)?;
        if source {
            report::print_text(&chapter.text);
            return Ok(());
        }
        let head = format!("### std/{}", chapter.name);
        let remark = Origin::of(resolver, &chapter).remark();
        let text = pages::chapter(&chapter).replacen(&head, &format!("{head}{remark}"), 1);
        report::print_page(&text);
        return Ok(());
    };
    let chapter = docs::chapter(resolver, module)?;
    let functions = chapter.functions.iter();
    let same: Vec<_> = functions.filter(|f| f.name == function).collect();
    if same.is_empty() {
        let names: Vec<&str> = chapter.functions.iter().map(|f| f.name.as_str()).collect();
        let hint = match suggest(function, &names) {
            Some(close) => format!("did you mean `{module}::{close}`?"),
            None => format!("it has {}", names.join(", ")),
        };
        let message = format!("std/{module} has no public function `{name}`");
        return Err(CommandError::with_hint("unknown_name", message, hint));
    }
    let text = |function: &&FunctionDoc| match source {
        true => format!("{}\n", function.source),
        false => pages::section(&chapter, function),
    };
    let texts: Vec<String> = same.iter().map(text).collect();
    let text = texts.join("\n");
    match source {
        true => report::print_text(&text),
        false => report::print_page(&text),
    }
    Ok(())
}

fn eject(resolver: &Resolver, name: &str, here: &Path, global: &GlobalArgs) -> CommandResult<()> {
    let shipped: Vec<&str> = library::MODULES.iter().map(|module| module.name).collect();
    let (Some(text), Some(path)) = (library::text(name), resolver.own_copy(name)) else {
        let hint = did_you_mean(name, &shipped)
            .unwrap_or_else(|| "`deployer stdlib list` lists them".to_owned());
        let message = format!("the library has no module `{name}`");
        return Err(CommandError::with_hint("unknown_name", message, hint));
    };
    let shown = path
        .strip_prefix(here)
        .unwrap_or(&path)
        .display()
        .to_string();
    if path.exists() {
        let message = format!("{shown} is there already, and is not overwritten");
        let hint = format!("`deployer stdlib show {name} --source` shows what is imported now");
        return Err(CommandError::with_hint("exists", message, hint));
    }
    let folder = path.parent().unwrap_or(here);
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, text));
    written.map_err(|error| {
        let message = format!("{shown} cannot be written: {error}");
        CommandError::message(codes::FILE_FAILED, message)
    })?;
    let said = if global.output == Output::Json {
        json!({ "name": name, "path": shown }).to_string()
    } else {
        format!(
            "{shown} now overrides the built-in module in every pipeline of the project.\n\
             Plans, runs and `deployer stdlib list` say so once you change it. Delete it to use the built-in one again."
        )
    };
    if !global.quiet || global.output == Output::Json {
        report::print_text(&format!("{said}\n"));
    }
    Ok(())
}

//! `deployer check`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use serde_json::json;

use crate::cli::completion::candidates;
use crate::cli::error::{CommandError, CommandResult};
use crate::cli::execution::pipeline::load;
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::cli::print;
use crate::report::diagnostic::Problem;
use crate::report::styled_line::StyledLine;
use crate::report::{self, Output};
use crate::script::{Param, Program};
use crate::testing::{self, scripts};

/// Command-line arguments of `deployer check`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    /// Pipelines, or folders: every script in a folder is checked, except tests
    #[arg(value_name = "PIPELINE", required = true, add = ArgValueCompleter::new(candidates::pipelines))]
    pub(super) pipelines: Vec<PathBuf>,
}

/// Checks every pipeline, and reports each as it is checked.
pub(super) fn main(args: &CheckArgs, global: &GlobalArgs) -> CommandResult {
    // `load` reports a path that is not there.
    let all = scripts(&args.pipelines).unwrap_or_else(|_| args.pipelines.clone());
    if all.is_empty() {
        return Err(CommandError::message(
            "no_scripts",
            "there is no script to check",
        ));
    }
    let mut worst = ExitCode::SUCCESS;
    for path in &all {
        let checked = match testing::is_test(path) {
            true => testing::check(path)
                .map_err(CommandError::from)
                .and_then(|program| report_test(&program, global)),
            false => load(path).and_then(|program| report_on(&program, global)),
        };
        if let Err(error) = checked {
            print::error(&error, false, global);
            worst = worst.max(error.code);
        }
    }
    Ok(worst)
}

/// Reports a file of tests that is valid.
fn report_test(program: &Program, global: &GlobalArgs) -> CommandResult<()> {
    if global.output == Output::Json {
        print_json(program, &[]);
        return Ok(());
    }
    let warnings: Vec<_> = program.warnings().iter().map(Problem::from).collect();
    print::warnings(&warnings, &program.sources(), global);
    let hint = format!(" · run it with deployer test {}", program.entry());
    report::print_rows(&[StyledLine::new()
        .strong(format!("{} is valid", program.entry()))
        .dim(hint)]);
    Ok(())
}

/// Reports a program that is valid: its warnings, steps and parameters.
fn report_on(program: &Program, global: &GlobalArgs) -> CommandResult<()> {
    let declared = program.declare().map_err(|failure| {
        CommandError::new(vec![Problem::from(&failure)]).in_scripts(program.sources())
    })?;
    if global.output == Output::Json {
        print_json(program, &declared);
        return Ok(());
    }
    let warnings: Vec<_> = program.warnings().iter().map(Problem::from).collect();
    print::warnings(&warnings, &program.sources(), global);
    if global.quiet {
        return Ok(());
    }
    let mut head = StyledLine::new().strong(format!("{} is valid", program.entry()));
    if !program.steps().is_empty() {
        head = head.dim(format!(" · {}", program.steps().join(", ")));
    }
    let mut rows = vec![head];
    rows.extend(declared.iter().map(|param| parameter(param, &declared)));
    report::print_rows(&rows);
    Ok(())
}

fn print_json(program: &Program, declared: &[Param]) {
    let params: Vec<_> = declared
        .iter()
        .map(|p| json!({ "name": p.name, "type": p.kind.to_string(), "default": p.default, "doc": p.doc }))
        .collect();
    let warnings = program.warnings().iter().map(
        |warning| json!({ "message": warning.message, "hint": warning.help, "site": warning.site }),
    );
    let checked = json!({
        "pipeline": program.entry(), "steps": program.steps(), "params": params,
        "warnings": warnings.collect::<Vec<_>>(),
    });
    report::print_text(&format!("{checked}\n"));
}

fn parameter(param: &Param, all: &[Param]) -> StyledLine {
    let column = all.iter().map(|p| p.name.len()).max().unwrap_or(0);
    let default = match &param.default {
        Some(default) => format!(" [default: {default}]"),
        None => String::new(),
    };
    StyledLine::new()
        .plain(format!("  {:<column$}  ", param.name))
        .dim(format!("{:<10} ", param.kind.to_string()))
        .plain(&param.doc)
        .dim(default)
}

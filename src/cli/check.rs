//! `deployer check`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::pipeline::load;
use super::{Everywhere, problem};
use crate::report::styled_line::Row;
use crate::report::{self, Output};
use crate::script::{Param, Program, Sources};
use crate::testing::scripts;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The scripts; a folder: all that are in it but tests
    #[arg(value_name = "PIPELINE", required = true)]
    pipelines: Vec<PathBuf>,
}

pub(super) fn main(args: &CheckArgs, everywhere: &Everywhere) -> u8 {
    let mut worst = 0;
    // One that is not there is told by whoever loads it.
    let all = scripts(&args.pipelines).unwrap_or_else(|_| args.pipelines.clone());
    if all.is_empty() {
        let said = problem::plain("no_scripts", "there is no script to check", None);
        return problem::nothing_ran(&[said], &Sources::new(), everywhere);
    }
    for path in &all {
        match load(path, everywhere) {
            Ok(program) => worst = worst.max(report_on(&program, everywhere)),
            Err(code) => worst = worst.max(code),
        }
    }
    worst
}

fn report_on(program: &Program, everywhere: &Everywhere) -> u8 {
    let declared = match program.declare() {
        Ok(declared) => declared,
        Err(failure) => {
            return problem::nothing_ran(
                &[problem::failure(&failure)],
                &program.sources(),
                everywhere,
            );
        }
    };
    if everywhere.output == Output::Json {
        let params: Vec<_> = declared
            .iter()
            .map(|p| json!({ "name": p.name, "type": p.kind.to_string(), "default": p.default, "doc": p.doc }))
            .collect();
        let warnings = program.warnings().iter().map(|warning| {
            json!({ "message": warning.message, "hint": warning.help, "site": warning.site })
        });
        let checked = json!({
            "pipeline": program.entry(), "steps": program.steps(), "params": params,
            "warnings": warnings.collect::<Vec<_>>(),
        });
        report::print_text(&format!("{checked}\n"));
        return 0;
    }
    let warnings: Vec<_> = program.warnings().iter().map(problem::diagnosis).collect();
    if !warnings.is_empty() {
        problem::say(&warnings, &program.sources(), false, everywhere);
    }
    let mut rows = vec![
        Row::new()
            .strong(format!("{} is fine", program.entry()))
            .dim(format!(" · {}", program.steps().join(", "))),
    ];
    rows.extend(declared.iter().map(|param| parameter(param, &declared)));
    report::print_rows(&rows);
    0
}

fn parameter(param: &Param, all: &[Param]) -> Row {
    let column = all.iter().map(|p| p.name.len()).max().unwrap_or(0);
    let default = match &param.default {
        Some(default) => format!(" [default: {default}]"),
        None => String::new(),
    };
    Row::new()
        .plain(format!("  {:<column$}  ", param.name))
        .dim(format!("{:<10} ", param.kind.to_string()))
        .plain(&param.doc)
        .dim(default)
}

//! A pipeline with its parameters, as several commands take it.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};

use super::{Everywhere, problem};
use crate::primitive;
use crate::script::{Program, Sources, params};
use crate::vocabulary::Site;

/// A pipeline and the values of its parameters.
#[derive(Debug, Clone, Args)]
pub(super) struct Pipeline {
    /// The script
    #[arg(value_name = "PIPELINE")]
    pub path: PathBuf,
    #[command(flatten)]
    pub values: Values,
}

/// Values of parameters.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Values {
    /// Value of a parameter, read as its declaration says; lists and maps are JSON
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// Values of parameters: a JSON or TOML file, for all pipelines of a folder
    #[arg(long, value_name = "FILE")]
    pub params: Option<PathBuf>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.to_owned()))
        }
        _ => Err("write it as NAME=VALUE".into()),
    }
}

/// A checked program with the values of its parameters.
pub(super) struct Prepared {
    pub program: Program,
    pub params: Value,
}

impl Pipeline {
    /// Loads and checks the script and reads its parameters; `fixture`: values that a rehearsal adds.
    ///
    /// # Errors
    /// The exit code, after saying what is wrong.
    pub fn prepare(
        &self,
        fixture: &Map<String, Value>,
        everywhere: &Everywhere,
    ) -> Result<Prepared, u8> {
        let program = load(&self.path, everywhere)?;
        let file = match &self.values.params {
            Some(path) => Some(read_file(path, everywhere)?),
            None => None,
        };
        let declared = program.declare().map_err(|f| {
            problem::nothing_ran(&[problem::failure(&f)], &program.sources(), everywhere)
        })?;
        let file =
            file.map(|file| params::meant_for(&self.path, &declared, file, &primitive::all()));
        match params::read(&declared, &self.values.set, file.as_ref(), fixture) {
            Ok(params) => Ok(Prepared { program, params }),
            Err(problems) => {
                let script = Site {
                    source: program.entry().to_owned(),
                    ..Site::default()
                };
                let problems: Vec<_> = problems
                    .iter()
                    .map(|p| problem::parameter(p, &script))
                    .collect();
                Err(problem::nothing_ran(
                    &problems,
                    &program.sources(),
                    everywhere,
                ))
            }
        }
    }
}

/// Loads and checks a script.
///
/// # Errors
/// The exit code, after saying what is wrong.
pub(super) fn load(path: &Path, everywhere: &Everywhere) -> Result<Program, u8> {
    Program::load(path, &primitive::all()).map_err(|r| problem::rejected(&r, everywhere))
}

fn read_file(path: &Path, everywhere: &Everywhere) -> Result<Map<String, Value>, u8> {
    params::load(path).map_err(|wrong| {
        let form = "a parameter file is one JSON object, or TOML".to_owned();
        let message = wrong.within(&path.display().to_string());
        let hint = Some(wrong.help.unwrap_or(form));
        let said = problem::plain("params_file", message, hint);
        problem::nothing_ran(&[said], &Sources::new(), everywhere)
    })
}

//! A pipeline with its parameters, as several commands take it.

use std::path::{Path, PathBuf};

use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use serde_json::{Map, Value};

use super::parameter_errors;
use crate::cli::completion::candidates;
use crate::cli::error::{CommandError, CommandResult};
use crate::primitive;
use crate::report::diagnostic::Problem;
use crate::script::{Program, params};

/// A pipeline and the values of its parameters.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct Pipeline {
    /// The pipeline: a Rhai script
    #[arg(value_name = "PIPELINE", add = ArgValueCompleter::new(candidates::pipelines))]
    pub path: PathBuf,
    #[command(flatten)]
    pub values: ParameterValues,
}

/// Values of the pipeline's parameters, from the command line and from a file.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct ParameterValues {
    /// Value of a parameter; lists and maps are JSON; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, add = ArgValueCompleter::new(candidates::parameters))]
    pub set: Vec<(String, String)>,
    /// File of parameters, in JSON or TOML; --set overrides it; all pipelines of a directory can share it
    #[arg(long, value_name = "FILE", add = ArgValueCompleter::new(candidates::data_files))]
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
pub(in crate::cli) struct PreparedPipeline {
    pub program: Program,
    pub params: Value,
}

impl Pipeline {
    /// The paths on the command line.
    pub fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        [&mut self.path].into_iter().chain(&mut self.values.params)
    }

    /// Loads and checks the script, and reads its parameters. `fixture`: values that a rehearsal adds.
    ///
    /// # Errors
    /// What is wrong with the script, the file of parameters or the parameters.
    pub fn prepare(&self, fixture: &Map<String, Value>) -> CommandResult<PreparedPipeline> {
        let program = load(&self.path)?;
        let file = self.values.params.as_deref().map(read_file).transpose()?;
        let declared = program.declare().map_err(|failure| {
            CommandError::new(vec![Problem::from(&failure)]).in_scripts(program.sources())
        })?;
        let file =
            file.map(|file| params::meant_for(&self.path, &declared, file, &primitive::all()));
        let params = params::read(&declared, &self.values.set, file.as_ref(), fixture);
        let params = params.map_err(|wrong| {
            parameter_errors::explain(&wrong, &program, self.values.params.as_deref())
        })?;
        Ok(PreparedPipeline { program, params })
    }
}

/// Loads and checks a script.
///
/// # Errors
/// What is wrong with it.
pub(in crate::cli) fn load(path: &Path) -> CommandResult<Program> {
    if let Some(error) = parameter_errors::no_pipeline(path) {
        return Err(error);
    }
    Ok(Program::load(path, &primitive::all())?)
}

fn read_file(path: &Path) -> CommandResult<Map<String, Value>> {
    params::load(path).map_err(|wrong| parameter_errors::unreadable(path, &wrong))
}

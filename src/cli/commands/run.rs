//! `deployer run`.

use std::fs::File;
use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use serde_json::Map;
use ulid::Ulid;

use super::plan::{self, PlanArgs};
use crate::cli::completion::candidates;
use crate::cli::error::{CommandError, CommandResult};
use crate::cli::execution::live_run::LiveRun;
use crate::cli::execution::pipeline::{ParameterValues, Pipeline};
use crate::cli::execution::saved_plan;
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::journal::{FileLog, RunDir, Tail};
use crate::script::Sources;

/// Command-line arguments of `deployer run`.
#[derive(Debug, Args)]
pub(in crate::cli) struct RunArgs {
    /// The pipeline: a Rhai script
    #[arg(value_name = "PIPELINE", required_unless_present = "plan", add = ArgValueCompleter::new(candidates::pipelines))]
    path: Option<PathBuf>,
    #[command(flatten)]
    values: ParameterValues,
    /// Run a saved plan (`deployer plan --out FILE`): the run may only do what the plan lists
    #[arg(long, value_name = "FILE", conflicts_with_all = ["path", "set", "params", "dry_run"], add = ArgValueCompleter::new(candidates::data_files))]
    plan: Option<PathBuf>,
    /// Show the plan and change nothing, as `deployer plan` does
    #[arg(long)]
    dry_run: bool,
}

impl RunArgs {
    /// The paths on the command line.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let paths = self.path.iter_mut().chain(&mut self.plan);
        paths.chain(&mut self.values.params).collect()
    }
}

/// Starts a run and executes it.
pub(super) fn main(args: &RunArgs, global: &GlobalArgs) -> CommandResult {
    let pipeline = |path: &PathBuf| Pipeline {
        path: path.clone(),
        values: args.values.clone(),
    };
    let (prepared, plan) = match (&args.plan, &args.path) {
        (Some(file), _) => {
            let plan = saved_plan::open(file, global)?;
            (plan.prepared, Some(plan.text))
        }
        (None, Some(path)) if args.dry_run => {
            return plan::main(&PlanArgs::of(pipeline(path)), global);
        }
        (None, Some(path)) => (pipeline(path).prepare(&Map::new())?, None),
        // clap demands one of both.
        (None, None) => return Ok(ExitCode::USAGE),
    };
    let stored = StoredRun::create(&prepared.program.sources(), plan.as_deref(), global);
    let stored = stored.map_err(|message| {
        let state = global.state().display().to_string();
        CommandError::message("state", format!("{state}: {message}"))
    })?;
    let run = LiveRun {
        program: &prepared.program,
        params: prepared.params,
        dir: &stored.dir,
        log: stored.log,
        recorded: Vec::new(),
    };
    run.execute(global)
}

/// A new run on disk.
struct StoredRun {
    dir: RunDir,
    log: FileLog,
    /// Held as long as the process executes the run.
    _lock: File,
}

impl StoredRun {
    fn create(
        sources: &Sources,
        plan: Option<&str>,
        global: &GlobalArgs,
    ) -> Result<StoredRun, String> {
        let id = Ulid::new().to_string();
        let dir = global.store().create(&id, sources);
        let dir = dir.map_err(|error| error.to_string())?;
        if let Some(plan) = plan {
            dir.write_plan(plan).map_err(|error| error.to_string())?;
        }
        let lock = dir.lock()?;
        let log = dir.open(Tail::none()).map_err(|error| error.to_string())?;
        Ok(StoredRun {
            dir,
            log,
            _lock: lock,
        })
    }
}

//! `deployer resume`.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cli::completion::candidates;
use crate::cli::error::{CommandError, CommandResult};
use crate::cli::execution::live_run::LiveRun;
use crate::cli::execution::{aws_identity, stored_run};
use crate::cli::global::GlobalArgs;
use crate::journal::Entry;
use crate::primitive;
use crate::script::Program;

/// Command-line arguments of `deployer resume`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ResumeArgs {
    /// Run id, or the beginning of it
    #[arg(value_name = "RUN", add = ArgValueCompleter::new(candidates::runs))]
    run: String,
}

/// Replays the journal of the run, and executes the rest.
pub(super) fn main(args: &ResumeArgs, global: &GlobalArgs) -> CommandResult {
    let dir = stored_run::find(&args.run, global)?;
    let _lock = dir.lock().map_err(|message| {
        let message = format!("run {}: {message}", dir.id());
        let hint = "wait for it, answer it with `deployer approve`, or end that process first";
        CommandError::with_hint("busy", message, hint)
    })?;
    let (recorded, tail) = stored_run::read(&dir)?;
    require_unfinished(&recorded, &dir.id(), global)?;
    let Some(Entry::Started {
        pipeline,
        params,
        sources: digests,
        aws,
        ..
    }) = recorded.first()
    else {
        return Err(stored_run::unreadable("the journal has no beginning"));
    };
    aws_identity::require_same(aws, &dir.id(), global)?;
    let sources = dir
        .sources(digests)
        .map_err(|error| stored_run::unreadable(&error.to_string()))?;
    let program = Program::recorded(sources, pipeline, &primitive::all())?;
    let log = dir
        .open(tail)
        .map_err(|error| stored_run::unreadable(&error.to_string()))?;
    let run = LiveRun {
        program: &program,
        params: params.clone(),
        dir: &dir,
        log,
        recorded,
    };
    run.execute(global)
}

fn require_unfinished(recorded: &[Entry], run: &str, global: &GlobalArgs) -> CommandResult<()> {
    let Some(Entry::Finished {
        last: true, ending, ..
    }) = recorded.last()
    else {
        return Ok(());
    };
    let outcome = ending.outcome.name();
    let message = format!("run {run} has finished: {outcome}");
    let hint = format!("see what it did with `{} show {run}`", global.program());
    Err(CommandError::with_hint("over", message, hint))
}

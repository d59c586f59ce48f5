//! Runs of the past: found by their id, read from their journal.

use crate::cli::error::{CommandError, CommandResult};
use crate::cli::global::GlobalArgs;
use crate::journal::{Entry, RunDir, Tail};

/// Finds a run by its id, or by the beginning of it.
///
/// # Errors
/// `no_such_run`: there is none, or there are several.
pub(in crate::cli) fn find(run: &str, global: &GlobalArgs) -> CommandResult<RunDir> {
    global.store().find(run).map_err(|message| {
        let hint = format!("list them with `{} runs`", global.program());
        CommandError::with_hint("no_such_run", message, hint)
    })
}

/// Reads the journal of a run.
///
/// # Errors
/// `journal`: it cannot be read.
pub(in crate::cli) fn read(dir: &RunDir) -> CommandResult<(Vec<Entry>, Tail)> {
    dir.read().map_err(|error| unreadable(&error.to_string()))
}

/// The journal of a run cannot be read.
pub(in crate::cli) fn unreadable(message: &str) -> CommandError {
    let hint = "nothing can be replayed from it: check what is in AWS, and start a new run";
    CommandError::with_hint("journal", message, hint)
}

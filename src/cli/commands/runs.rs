//! `deployer runs`.

use jiff::tz::TimeZone;

use crate::cli::error::{CommandResult, problem};
use crate::cli::execution::pending_run::PendingRun;
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::cli::print;
use crate::journal::{JournalSummary, Store};
use crate::report::runs::{ListedRun, runs_json, runs_rows};
use crate::report::{self, Output};
use crate::script::Sources;

/// Lists the runs, newest first.
pub(super) fn main(global: &GlobalArgs) -> CommandResult {
    let store = global.store();
    let mut summaries = Vec::new();
    let mut unreadable = Vec::new();
    for run in store.list() {
        match run {
            Ok(run) => summaries.push(summary(run, &store, global)),
            Err(error) => unreadable.push(problem("journal", error.to_string(), None)),
        }
    }
    if global.output == Output::Json {
        report::print_text(&runs_json(&summaries));
    } else {
        let width = report::screen::terminal_size().0;
        report::print_rows(&runs_rows(&summaries, &TimeZone::system(), width));
    }
    print::warnings(&unreadable, &Sources::new(), global);
    Ok(ExitCode::SUCCESS)
}

fn summary(run: JournalSummary, store: &Store, global: &GlobalArgs) -> ListedRun {
    let waiting = match run.asks {
        true => waiting(store, &run.run, global),
        false => PendingRun::default(),
    };
    let recorded = run.ending.as_ref().map(|ending| ending.outcome.name());
    let outcome = match recorded {
        _ if run.running => "running",
        Some(outcome) => outcome,
        // No process executes it, and none recorded how it ended.
        None => "interrupted",
    };
    let elapsed_ms = run.last.as_millisecond() - run.started.as_millisecond();
    ListedRun {
        outcome: outcome.to_owned(),
        run: run.run,
        pipeline: run.pipeline,
        title: run.title,
        waits_for: waiting.waits_for,
        next: waiting.next,
        started: run.started,
        elapsed_ms: u64::try_from(elapsed_ms).unwrap_or(0),
    }
}

/// What a run that asks people waits for.
fn waiting(store: &Store, run: &str, global: &GlobalArgs) -> PendingRun {
    let Ok(dir) = store.find(run) else {
        return PendingRun::default();
    };
    match dir.read() {
        Ok((entries, _)) => PendingRun::of(&dir, &entries, global),
        // The list reports it.
        Err(_) => PendingRun::default(),
    }
}

//! `deployer runs`.

use jiff::tz::TimeZone;

use super::show::Waiting;
use super::{Everywhere, problem};
use crate::journal::Store;
use crate::report::runs::{ListedRun, runs_json, runs_rows};
use crate::report::{self, Output};
use crate::script::Sources;

pub(super) fn main(everywhere: &Everywhere) -> u8 {
    let mut summaries = Vec::new();
    let mut unreadable = Vec::new();
    let store = Store::new(&everywhere.state);
    for found in store.list() {
        match found {
            Ok(run) => {
                let waiting = match run.asks {
                    true => waiting(&store, &run.run, everywhere),
                    false => Waiting::default(),
                };
                let recorded = run.ending.as_ref().and_then(|e| e["outcome"].as_str());
                let outcome = match recorded {
                    _ if run.running => "running",
                    Some(outcome) => outcome,
                    // No process has it, and none said that it left it.
                    None => "interrupted",
                };
                summaries.push(ListedRun {
                    run: run.run,
                    pipeline: run.pipeline,
                    title: run.title,
                    outcome: outcome.to_owned(),
                    waits_for: waiting.waits_for,
                    next: waiting.next,
                    started: run.started,
                    elapsed_ms: u64::try_from(
                        run.last.as_millisecond() - run.started.as_millisecond(),
                    )
                    .unwrap_or(0),
                });
            }
            Err(error) => unreadable.push(problem::plain("journal", error.to_string(), None)),
        }
    }
    if everywhere.output == Output::Json {
        report::print_text(&runs_json(&summaries));
    } else {
        let width = report::screen::terminal_size().0;
        report::print_rows(&runs_rows(&summaries, &TimeZone::system(), width));
    }
    if !unreadable.is_empty() {
        problem::say(&unreadable, &Sources::new(), false, everywhere);
    }
    0
}

/// What a run that asks people waits for.
fn waiting(store: &Store, run: &str, everywhere: &Everywhere) -> Waiting {
    let Ok(dir) = store.find(run) else {
        return Waiting::default();
    };
    match dir.read() {
        Ok((entries, _)) => Waiting::of(&dir, &entries, everywhere),
        // The list says so by itself.
        Err(_) => Waiting::default(),
    }
}

//! `deployer show`.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use jiff::tz::TimeZone;

use crate::cli::completion::candidates;
use crate::cli::error::CommandResult;
use crate::cli::execution::pending_run::PendingRun;
use crate::cli::execution::stored_run;
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::report::show::{OpenRun, show_rows};
use crate::report::{self, Output};
use crate::run::history;
use crate::vocabulary::Answer;
use crate::vocabulary::event::{self, EVENT_VERSION, Event, EventKind};

/// Command-line arguments of `deployer show`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// Run id, or the beginning of it
    #[arg(value_name = "RUN", add = ArgValueCompleter::new(candidates::runs))]
    run: String,
}

/// Shows the run from its journal.
pub(super) fn main(args: &ShowArgs, global: &GlobalArgs) -> CommandResult {
    let dir = stored_run::find(&args.run, global)?;
    let (entries, _) = stored_run::read(&dir)?;
    let mut events = history::events(&entries, &global.program());
    if global.output == Output::Json {
        let lines = events.iter().filter_map(|e| serde_json::to_string(e).ok());
        report::print_text(&lines.map(|l| l + "\n").collect::<String>());
        return Ok(ExitCode::SUCCESS);
    }
    let waiting = PendingRun::of(&dir, &entries, global);
    let open = OpenRun {
        running: dir.is_running(),
        waits_for: waiting.waits_for,
        next: waiting.next,
    };
    events.extend(waiting.posted.into_iter().map(answered));
    let width = report::screen::terminal_size().0;
    report::print_rows(&show_rows(&events, &open, &TimeZone::system(), width));
    Ok(ExitCode::SUCCESS)
}

fn answered(answer: Answer) -> Event {
    Event {
        version: EVENT_VERSION,
        at: answer.at,
        kind: EventKind::Answered(event::Answered { answer }),
    }
}

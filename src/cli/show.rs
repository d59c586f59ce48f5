//! `deployer show`.

use clap::Args;
use jiff::tz::TimeZone;

use super::{Everywhere, resume};
use crate::report::show::show_rows;
use crate::report::{self, Output};
use crate::run::history;

/// Arguments of `show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// Run id, or the beginning of it
    #[arg(value_name = "RUN")]
    run: String,
}

pub(super) fn main(args: &ShowArgs, everywhere: &Everywhere) -> u8 {
    let dir = match resume::find(&args.run, everywhere) {
        Ok(dir) => dir,
        Err(code) => return code,
    };
    let entries = match dir.read() {
        Ok((entries, _)) => entries,
        Err(error) => return resume::unreadable(&error.to_string(), everywhere),
    };
    let events = history::events(&entries);
    if everywhere.output == Output::Json {
        let lines = events.iter().filter_map(|e| serde_json::to_string(e).ok());
        report::print_text(&lines.map(|l| l + "\n").collect::<String>());
    } else {
        let width = report::screen::terminal_size().0;
        report::print_rows(&show_rows(&events, &TimeZone::system(), width));
    }
    0
}

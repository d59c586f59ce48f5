//! `deployer capture`: a fixture from what is live, by reading only.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::cancel::Cancel;
use crate::cli::error::CommandResult;
use crate::cli::execution::signals;
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::report::styled_line::StyledLine;
use crate::report::{self, Notice, Output};
use crate::vocabulary::{Fault, codes};
use crate::world::live::LiveReader;
use crate::world::simulated::{Fixture, Simulated};

mod alarms;
mod args;
mod balancing;
mod captured;
mod databases;
mod definitions;
mod endpoints;
mod fitting;
mod images;
mod logs;
mod messages;
mod reader;
mod scaling;
mod secrets;
mod services;
mod text;

pub(super) use args::CaptureArgs;

use captured::Captured;
use reader::Reader;

/// Reads the live cloud and writes the fixture.
pub(super) fn main(args: &CaptureArgs, global: &GlobalArgs) -> CommandResult {
    capture(args, global)?;
    Ok(ExitCode::SUCCESS)
}

fn capture(args: &CaptureArgs, global: &GlobalArgs) -> Result<(), Fault> {
    let out = args.out.display();
    if args.out.exists() && !args.force {
        let message = format!("{out} is there already");
        return Err(
            Fault::new(codes::FILE_EXISTS, message).hint("name another file, or add --force")
        );
    }
    let cancel = Cancel::default();
    signals::listen(&cancel, Notice::default());
    let reader = Reader::new(LiveReader::new(cancel.clone(), Arc::default()));
    let captured = read(args, &reader)?;
    if cancel.is_cancelled() {
        return Err(Fault::new(
            codes::INTERRUPTED,
            "someone asked to stop; nothing was written",
        ));
    }
    let text = text::write(&captured, args, &reader.left_out(), Timestamp::now())?;
    // What cannot be rehearsed on is not worth a file.
    let fixture = Fixture::parse(&text, &out.to_string())?;
    Simulated::from_fixture(fixture, &[], 1)?;
    std::fs::write(&args.out, text)
        .map_err(|error| Fault::new(codes::FILE_NOT_WRITTEN, format!("{out}: {error}")))?;
    print_summary(&captured, args, &reader, global);
    Ok(())
}

fn read(args: &CaptureArgs, reader: &Reader) -> Result<Captured, Fault> {
    let mut captured = Captured::default();
    services::read(args, reader, &mut captured)?;
    definitions::read(args, reader, &mut captured)?;
    images::read(reader, &mut captured);
    secrets::read(reader, &mut captured);
    balancing::read(reader, &mut captured);
    messages::queues(reader, &mut captured);
    messages::topics(reader, &mut captured);
    databases::read(reader, &mut captured);
    scaling::read(reader, &mut captured);
    alarms::read(reader, &mut captured);
    logs::read(reader, &captured);
    endpoints::read(args, reader, &mut captured);
    fitting::only_what_fits(&mut captured, reader);
    if captured.services.is_empty() && args.task_family.is_empty() {
        let message = "there is no service that a fixture can hold";
        return Err(
            Fault::new(codes::NOTHING_TO_CAPTURE, message).hint(reader.left_out().join("; "))
        );
    }
    reader.leave_out(
        "what cannot be read: the values of secrets and parameters, traffic, deployments that have ended",
    );
    Ok(captured)
}

fn print_summary(captured: &Captured, args: &CaptureArgs, reader: &Reader, global: &GlobalArgs) {
    let (out, reads, left_out) = (
        args.out.display().to_string(),
        reader.reads(),
        reader.left_out(),
    );
    if global.output == Output::Json {
        let told: Map<String, Value> = captured
            .counts()
            .iter()
            .map(|(name, count)| (name.replace(' ', "_"), json!(count)))
            .collect();
        let line = json!({ "file": out, "reads": reads, "captured": told, "left_out": left_out });
        report::print_text(&format!("{line}\n"));
        return;
    }
    if global.quiet {
        return;
    }
    let many = |(name, count): &(&str, usize)| match (*count, name.strip_suffix('y')) {
        (1, _) => format!("1 {name}"),
        (count, Some(stem)) => format!("{count} {stem}ies"),
        (count, None) => format!("{count} {name}s"),
    };
    let found: Vec<String> = captured
        .counts()
        .iter()
        .filter(|c| c.1 > 0)
        .map(many)
        .collect();
    let mut rows = vec![
        StyledLine::new()
            .strong(format!("{out} is written"))
            .dim(format!(" · {} · {reads} reads, no write", found.join(", "))),
    ];
    rows.extend(
        left_out
            .iter()
            .map(|what| StyledLine::new().plain("  left out: ").dim(what)),
    );
    rows.push(StyledLine::new().dim(format!("  deployer rehearse PIPELINE --cloud {out}")));
    report::print_rows(&rows);
}

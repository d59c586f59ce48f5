//! `deployer resume`.

use clap::Args;

use super::{Everywhere, problem, run, surroundings};
use crate::journal::{Entry, RunDir, Store};
use crate::primitive;
use crate::script::{Program, Sources};

/// Arguments of `resume`.
#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// Run id, or the beginning of it
    #[arg(value_name = "RUN")]
    run: String,
}

pub(super) fn main(args: &ResumeArgs, everywhere: &Everywhere) -> u8 {
    match resume(args, everywhere) {
        Ok(code) | Err(code) => code,
    }
}

fn resume(args: &ResumeArgs, everywhere: &Everywhere) -> Result<u8, u8> {
    let dir = find(&args.run, everywhere)?;
    let busy = |message: String| {
        let hint = "wait for it, answer it with `deployer approve`, or end that process first";
        let said = problem::plain(
            "busy",
            format!("run {}: {message}", dir.id()),
            Some(hint.into()),
        );
        problem::nothing_ran(&[said], &Sources::new(), everywhere)
    };
    let _held = dir.lock().map_err(busy)?;
    let unreadable = |e: crate::journal::JournalError| unreadable(&e.to_string(), everywhere);
    let (recorded, tail) = dir.read().map_err(unreadable)?;
    if let Some(Entry::Finished {
        last: true, ending, ..
    }) = recorded.last()
    {
        let message = format!(
            "run {} is over: {}",
            dir.id(),
            ending["outcome"].as_str().unwrap_or_default()
        );
        let hint = Some(format!(
            "see what it did with `{} show {}`",
            super::called(everywhere),
            dir.id()
        ));
        let said = problem::plain("over", message, hint);
        return Err(problem::nothing_ran(&[said], &Sources::new(), everywhere));
    }
    let Some(Entry::Started {
        pipeline,
        params,
        sources: digests,
        aws,
        ..
    }) = recorded.first()
    else {
        return Err(unreadable_text("the journal has no beginning", everywhere));
    };
    surroundings::same(aws, &dir.id(), everywhere)?;
    let sources = dir.sources(digests).map_err(unreadable)?;
    let program = Program::recorded(sources, pipeline, &primitive::all())
        .map_err(|rejected| problem::rejected(&rejected, everywhere))?;
    let params = params.clone();
    let log = dir
        .open(tail)
        .map_err(|e| unreadable_text(&e.to_string(), everywhere))?;
    Ok(run::live(&program, params, &dir, log, recorded, everywhere))
}

/// Finds a run.
///
/// # Errors
/// The exit code, after saying what is wrong.
pub(super) fn find(run: &str, everywhere: &Everywhere) -> Result<RunDir, u8> {
    Store::new(&everywhere.state).find(run).map_err(|message| {
        let hint = Some(format!(
            "list them with `{} runs`",
            super::called(everywhere)
        ));
        problem::nothing_ran(
            &[problem::plain("no_such_run", message, hint)],
            &Sources::new(),
            everywhere,
        )
    })
}

/// Says that a journal cannot be read.
pub(super) fn unreadable(message: &str, everywhere: &Everywhere) -> u8 {
    unreadable_text(message, everywhere)
}

fn unreadable_text(message: &str, everywhere: &Everywhere) -> u8 {
    let hint =
        "nothing can be replayed from it: look at what is in AWS, and start a new run".to_owned();
    problem::nothing_ran(
        &[problem::plain("journal", message, Some(hint))],
        &Sources::new(),
        everywhere,
    )
}

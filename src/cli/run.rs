//! `deployer run`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value};
use ulid::Ulid;

use super::desk::Desk;
use super::pipeline::{Pipeline, Values};
use super::plan::PlanArgs;
use super::session::{Session, show_line};
use super::{Everywhere, claims, plan, problem, saved};
use crate::cancel::Cancel;
use crate::journal::{Entry, FileLog, RunDir, Store, Tail};
use crate::report::{self, Console};
use crate::script::{Program, Sources};
use crate::world::live::Live;

/// Arguments of `run`.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The script
    #[arg(value_name = "PIPELINE", required_unless_present = "plan")]
    path: Option<PathBuf>,
    #[command(flatten)]
    values: Values,
    /// Hold the run to a saved plan (`deployer plan --out`), which names pipeline and parameters
    #[arg(long, value_name = "FILE", conflicts_with_all = ["path", "set", "params", "dry_run"])]
    plan: Option<PathBuf>,
    /// Only show what it would do: the same as `deployer plan`
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn main(args: &RunArgs, everywhere: &Everywhere) -> u8 {
    match run(args, everywhere) {
        Ok(code) | Err(code) => code,
    }
}

fn run(args: &RunArgs, everywhere: &Everywhere) -> Result<u8, u8> {
    let pipeline = |path: &PathBuf| Pipeline {
        path: path.clone(),
        values: args.values.clone(),
    };
    let (prepared, plan) = match (&args.plan, &args.path) {
        (Some(file), _) => {
            let planned = saved::open(file, everywhere)?;
            (planned.prepared, Some(planned.text))
        }
        (None, Some(path)) if args.dry_run => {
            return Ok(plan::main(&PlanArgs::of(pipeline(path)), everywhere));
        }
        (None, Some(path)) => (pipeline(path).prepare(&Map::new(), everywhere)?, None),
        // clap has seen to it.
        (None, None) => return Err(super::USAGE),
    };
    let id = Ulid::new().to_string();
    let opened = Store::new(&everywhere.state)
        .create(&id, &prepared.program.sources())
        .map_err(|e| e.to_string())
        .and_then(|dir| {
            if let Some(plan) = &plan {
                dir.write_plan(plan).map_err(|e| e.to_string())?;
            }
            Ok((
                dir.lock()?,
                dir.open(Tail::none()).map_err(|e| e.to_string())?,
                dir,
            ))
        });
    let (_held, log, dir) = match opened {
        Ok(opened) => opened,
        Err(message) => {
            return Err(unusable(
                &everywhere.state.display().to_string(),
                &message,
                everywhere,
            ));
        }
    };
    Ok(live(
        &prepared.program,
        prepared.params,
        &dir,
        log,
        Vec::new(),
        everywhere,
    ))
}

/// Runs or resumes against the live world.
pub(super) fn live(
    program: &Program,
    params: Value,
    dir: &RunDir,
    log: FileLog,
    recorded: Vec<Entry>,
    everywhere: &Everywhere,
) -> u8 {
    let hold = match saved::hold(dir, &recorded, everywhere) {
        Ok(hold) => hold,
        Err(code) => return code,
    };
    let cancel = Cancel::default();
    let Console {
        mut reporter,
        prompter,
        notice,
    } = report::console(everywhere.output);
    super::signals::listen(&cancel, notice);
    let desk = Desk {
        dir: dir.clone(),
        prompter,
        cancel: cancel.clone(),
    };
    let secrets = Arc::new(super::surroundings::secrets());
    let session = Session {
        id: dir.id(),
        params,
        world: Arc::new(Live::new(
            cancel.clone(),
            Box::new(desk),
            Arc::clone(&secrets),
        )),
        log: Box::new(log),
        recorded,
        cancel,
        secrets,
        listener: Box::new(move |event| reporter.event(event)),
        hold,
        starter: super::desk::user(),
        claims: Some(Box::new(claims::Kept::of(dir.id(), everywhere))),
    };
    match session.run(program, everywhere) {
        Ok(ending) => {
            show_line(&ending, program, everywhere);
            ending.exit_code
        }
        Err(code) => code,
    }
}

/// Says that the state directory cannot be used.
pub(super) fn unusable(what: &str, message: &str, everywhere: &Everywhere) -> u8 {
    let said = problem::plain("state", format!("{what}: {message}"), None);
    problem::nothing_ran(&[said], &Sources::new(), everywhere)
}

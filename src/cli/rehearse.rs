//! `deployer rehearse`: the pipeline on the simulated cloud, in virtual time.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::pipeline::Pipeline;
use super::saved::Hold;
use super::session::{Session, show_line};
use super::{Everywhere, USAGE, problem};
use crate::cancel::Cancel;
use crate::report::{self, Console};
use crate::script::Sources;
use crate::testing::{fixture_for, refuse_unknown};
use crate::vocabulary::Fault;
use crate::world::simulated::{FaultSpec, Fixture, Simulated};

/// Shown below `--help`.
pub(super) const FAULTS_HELP: &str = "Faults are listed by `deployer reference faults`. A fault that met nothing until the \
end is said, and the exit code is 2. Without --cloud, \
the fixture PIPELINE.cloud.toml beside the pipeline is used, or cloud.toml beside it, or the one that ships with \
deployer.";

/// Seed of rehearsals that do not name one.
pub(super) const SEED: u64 = 1;

/// Arguments of `rehearse`.
#[derive(Debug, Args)]
pub(super) struct RehearseArgs {
    #[command(flatten)]
    pipeline: Pipeline,
    /// The cloud to rehearse on: a fixture in TOML or JSON
    #[arg(long, value_name = "FIXTURE")]
    cloud: Option<PathBuf>,
    /// What goes wrong; may be given several times
    #[arg(long, value_name = "FAULT")]
    fault: Vec<String>,
    /// When it begins, instead of the fixture's time: 2026-01-16T21:30:00Z
    #[arg(long, value_name = "TIME")]
    start: Option<jiff::Timestamp>,
    /// Seed of everything that is left to chance
    #[arg(long, value_name = "N", default_value_t = SEED)]
    seed: u64,
}

pub(super) fn main(args: &RehearseArgs, everywhere: &Everywhere) -> u8 {
    match rehearse(args, everywhere) {
        Ok(code) | Err(code) => code,
    }
}

fn rehearse(args: &RehearseArgs, everywhere: &Everywhere) -> Result<u8, u8> {
    let wrong =
        |fault: Fault| problem::nothing_ran(&[problem::fault(&fault)], &Sources::new(), everywhere);
    let faults: Vec<FaultSpec> = args
        .fault
        .iter()
        .map(|text| text.parse())
        .collect::<Result<_, _>>()
        .map_err(wrong)?;
    let mut fixture = fixture(args).map_err(wrong)?;
    fixture.start = args.start.unwrap_or(fixture.start);
    let prepared = args.pipeline.prepare(&fixture.params, everywhere)?;
    let cancel = Cancel::default();
    refuse_unknown(&faults, &fixture, &prepared.program, &prepared.params).map_err(wrong)?;
    let world = Simulated::from_fixture(fixture, &faults, args.seed).map_err(wrong)?;
    let Console {
        mut reporter,
        notice,
        ..
    } = report::console(everywhere.output);
    super::signals::listen(&cancel, notice);
    let session = Session {
        // The same for every rehearsal, so that the same seed gives the same bytes.
        id: "rehearsal".into(),
        params: prepared.params,
        world: Arc::new(world.clone()),
        log: Box::new(Vec::new()),
        recorded: Vec::new(),
        cancel,
        secrets: Arc::default(),
        listener: Box::new(move |event| reporter.event(event)),
        hold: Hold::default(),
        starter: String::new(),
        claims: None,
    };
    let ending = session.run(&prepared.program, everywhere)?;
    show_line(&ending, &prepared.program, everywhere);
    tell_not_asked(&world, everywhere);
    Ok(missed(&world, everywhere).unwrap_or(ending.exit_code))
}

/// Says which faults met nothing until the end; the exit code then.
fn missed(world: &Simulated, everywhere: &Everywhere) -> Option<u8> {
    let missed = world.missed_faults();
    if missed.is_empty() {
        return None;
    }
    let missed: Vec<_> = missed.iter().map(problem::fault).collect();
    problem::say(&missed, &Sources::new(), false, everywhere);
    Some(USAGE)
}

/// Says which answers of the fixture nothing asked for; other pipelines of the folder may.
fn tell_not_asked(world: &Simulated, everywhere: &Everywhere) {
    let answers: Vec<_> = world
        .answers_not_asked()
        .iter()
        .map(problem::fault)
        .collect();
    if !answers.is_empty() {
        problem::say(&answers, &Sources::new(), false, everywhere);
    }
}

fn fixture(args: &RehearseArgs) -> Result<Fixture, Fault> {
    match &args.cloud {
        Some(path) => Fixture::load(path),
        None => fixture_for(&args.pipeline.path),
    }
}

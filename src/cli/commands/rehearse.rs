//! `deployer rehearse`: the pipeline on the simulated cloud, in virtual time.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cancel::Cancel;
use crate::cli::completion::candidates;
use crate::cli::error::{CommandError, CommandResult};
use crate::cli::execution::pipeline::Pipeline;
use crate::cli::execution::plan_binding::PlanBinding;
use crate::cli::execution::session::{Session, print_failed_line};
use crate::cli::execution::signals;
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::cli::print;
use crate::report::diagnostic::Problem;
use crate::report::{self, Console};
use crate::script::Sources;
use crate::testing::{fixture_for, refuse_unknown};
use crate::vocabulary::Fault;
use crate::world::simulated::{FaultSpec, Fixture, Simulated};

/// Text on faults and fixtures below `deployer rehearse --help`.
pub(super) const FAULTS_HELP: &str = "\
A rehearsal needs no AWS account and changes nothing. Its exit code is the one that the run would end with.

`deployer reference faults` lists the faults. A fault that had no effect is reported, and the exit code is 2.

Without --cloud, the fixture is PIPELINE.cloud.toml in the directory of the pipeline, or else cloud.toml there, or \
else the built-in one.";

/// Seed of rehearsals that do not name one.
pub(super) const SEED: u64 = 1;

/// Command-line arguments of `deployer rehearse`.
#[derive(Debug, Args)]
pub(in crate::cli) struct RehearseArgs {
    #[command(flatten)]
    pipeline: Pipeline,
    /// Fixture that describes the simulated cloud, in TOML or JSON
    #[arg(long, value_name = "FIXTURE", add = ArgValueCompleter::new(candidates::data_files))]
    cloud: Option<PathBuf>,
    /// Fault to inject; may be given several times
    #[arg(long, value_name = "FAULT", add = ArgValueCompleter::new(candidates::fault_names))]
    fault: Vec<String>,
    /// Start of the rehearsal, for instance 2026-01-16T21:30:00Z [default: the time of the fixture]
    #[arg(long, value_name = "TIME", value_parser = start_time)]
    start: Option<jiff::Timestamp>,
    /// Seed of the random numbers: the same seed gives the same rehearsal
    #[arg(long, value_name = "N", default_value_t = SEED)]
    seed: u64,
}

impl RehearseArgs {
    /// The paths on the command line.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        self.pipeline.paths().chain(&mut self.cloud).collect()
    }
}

/// Reads the time of `--start`.
fn start_time(text: &str) -> Result<jiff::Timestamp, String> {
    let example = "write a time with its zone: 2026-01-16T21:30:00Z, or 2026-01-16T21:30:00+05:30";
    text.parse().map_err(|_| example.to_owned())
}

/// Rehearses the pipeline. Returns the exit code of its outcome.
pub(super) fn main(args: &RehearseArgs, global: &GlobalArgs) -> CommandResult {
    let faults = args.fault.iter().map(|text| text.parse());
    let faults: Vec<FaultSpec> = faults.collect::<Result<_, Fault>>()?;
    let mut fixture = fixture(args)?;
    fixture.start = args.start.unwrap_or(fixture.start);
    let prepared = args.pipeline.prepare(&fixture.params)?;
    let cancel = Cancel::default();
    refuse_unknown(&faults, &fixture, &prepared.program, &prepared.params)?;
    let world = Simulated::from_fixture(fixture, &faults, args.seed)?;
    let Console {
        mut reporter,
        notice,
        ..
    } = report::console(global.output, global.detail());
    signals::listen(&cancel, notice);
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
        binding: PlanBinding::default(),
        starter: String::new(),
        claims: None,
    };
    let ending = session.run(&prepared.program, global)?;
    print_failed_line(&ending, &prepared.program, global);
    warn_of_unused_answers(&world, global);
    require_effect(&world.missed_faults())?;
    Ok(ExitCode::from(ending.exit_code))
}

/// Checks that every fault had an effect. `missed`: those that had none.
///
/// # Errors
/// Names the faults without one. The script was executed all the same.
pub(super) fn require_effect(missed: &[Fault]) -> CommandResult<()> {
    if missed.is_empty() {
        return Ok(());
    }
    let problems = missed.iter().map(Problem::from).collect();
    Err(CommandError::new(problems).after_execution(ExitCode::USAGE))
}

/// Prints the answers of the fixture that no call used; other pipelines of the folder may use them.
fn warn_of_unused_answers(world: &Simulated, global: &GlobalArgs) {
    let answers = world.answers_not_asked();
    let answers: Vec<_> = answers.iter().map(Problem::from).collect();
    if !global.quiet {
        print::warnings(&answers, &Sources::new(), global);
    }
}

fn fixture(args: &RehearseArgs) -> Result<Fixture, Fault> {
    match &args.cloud {
        Some(path) => Fixture::load(path),
        None => fixture_for(&args.pipeline.path),
    }
}

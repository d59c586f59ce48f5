//! `deployer plan`: the pipeline in a world that predicts, over what is live.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueHint};
use clap_complete::engine::ArgValueCompleter;
use jiff::{SignedDuration, Timestamp};

use super::rehearse::{SEED, require_effect};
use crate::cancel::Cancel;
use crate::cli::completion::candidates;
use crate::cli::error::CommandResult;
use crate::cli::execution::pipeline::{Pipeline, PreparedPipeline};
use crate::cli::execution::plan_reader::PlanReader;
use crate::cli::execution::prediction::{Prediction, PredictionWorld, Predictor};
use crate::cli::execution::session::print_failed_line;
use crate::cli::execution::{aws_identity, saved_plan, signals};
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::primitive::args::Span;
use crate::report::plan::{Plan, PlannedPrograms};
use crate::report::{self, Notice, Output};
use crate::sync::Lock;
use crate::testing::refuse_unknown;
use crate::vocabulary::outcome::{Ending, Outcome};
use crate::vocabulary::{Fault, Halt};
use crate::world::live::LiveReader;
use crate::world::predicted::PlanWorld;
use crate::world::simulated::{FaultSpec, Fixture, Simulated};

/// Text on exit codes and `--what-if` below `deployer plan --help`.
pub(super) const PLAN_HELP: &str = "\
A plan changes nothing. Exit code: 0 if the plan is complete, or stops where the script needs a value that only the \
run can know; 2 if something is wrong; otherwise the exit code of the run.

With --what-if, the exit code is the one that the run would end with. `deployer reference faults` lists the faults. \
Plans of the live cloud refuse a fault whose outcome depends on more than a plan reads; with --cloud, the outcome is \
that of the rehearsal. A fault that had no effect is reported, and the exit code is 2.";

/// Command-line arguments of `deployer plan`.
#[derive(Debug, Args)]
pub(in crate::cli) struct PlanArgs {
    #[command(flatten)]
    pipeline: Pipeline,
    /// Save the plan to a file, for `deployer run --plan FILE`
    #[arg(long, value_name = "FILE", conflicts_with = "what_if", value_hint = ValueHint::FilePath)]
    out: Option<PathBuf>,
    /// How long the saved plan is valid
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = Span::parse, requires = "out")]
    expires: Span,
    /// Show what happens if this fault occurs: what is undone, what is left; may be given several times
    #[arg(long, value_name = "FAULT", add = ArgValueCompleter::new(candidates::fault_names))]
    what_if: Vec<String>,
    /// Plan against a fixture (TOML or JSON) instead of the live cloud; nothing live is read
    #[arg(long, value_name = "FIXTURE", conflicts_with = "out", add = ArgValueCompleter::new(candidates::data_files))]
    cloud: Option<PathBuf>,
    /// Run no programs, not even those that only read: their output is unknown. For pipelines that a stranger may have
    /// changed, as in a pull request from a fork
    #[arg(long)]
    no_processes: bool,
    /// Print the plan as Markdown, for a pull request
    #[arg(long)]
    markdown: bool,
}

impl PlanArgs {
    /// The paths on the command line.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let paths = self.pipeline.paths().chain(&mut self.out);
        paths.chain(&mut self.cloud).collect()
    }

    /// Arguments that show the plan of a pipeline.
    pub(super) fn of(pipeline: Pipeline) -> Self {
        PlanArgs {
            pipeline,
            out: None,
            expires: Span::seconds(24 * 60 * 60),
            what_if: Vec::new(),
            cloud: None,
            no_processes: false,
            markdown: false,
        }
    }
}

/// Makes the plan and shows it; `--out` saves it.
pub(super) fn main(args: &PlanArgs, global: &GlobalArgs) -> CommandResult {
    let what_if = args.what_if.iter().map(|text| text.parse());
    let what_if: Vec<FaultSpec> = what_if.collect::<Result<_, Fault>>()?;
    let fixture = args.cloud.as_deref().map(Fixture::load).transpose()?;
    let params = fixture.as_ref().map(|fixture| fixture.params.clone());
    let prepared = args.pipeline.prepare(&params.unwrap_or_default())?;
    let faults = simulated_faults(what_if, fixture.as_ref(), &prepared)?;
    let cancel = Cancel::default();
    signals::listen(&cancel, Notice::default());
    let secrets = Arc::new(aws_identity::secrets());
    let reader = LiveReader::new(cancel.clone(), Arc::clone(&secrets));
    let reader = PlanReader::new(reader, !args.no_processes);
    let programs = reader.seen_programs();
    let now = Timestamp::now();
    let world = || match &fixture {
        Some(fixture) if faults.is_empty() => {
            PlanWorld::of_fixture(fixture.clone()).map(PredictionWorld::Plan)
        }
        // The rehearsal shows what a fault does.
        Some(fixture) => {
            Simulated::from_fixture(fixture.clone(), &faults, SEED).map(PredictionWorld::Rehearsal)
        }
        None => {
            let plan = PlanWorld::new(Box::new(reader.clone()), now, &faults);
            Ok(PredictionWorld::Plan(plan))
        }
    };
    let predictor = Predictor {
        prepared: &prepared,
        cancel,
        secrets,
        global,
    };
    let prediction = predictor.of(world()?, faults.is_empty())?;
    let failing = match faults.is_empty() {
        true => predictor.failing(world)?,
        false => Vec::new(),
    };
    require_effect(&prediction.world.missed_faults())?;
    let programs = std::mem::take(&mut *programs.locked());
    let plan = Plan {
        programs: PlannedPrograms {
            run: !args.no_processes,
            words: programs,
        },
        ..plan_of(&prediction, &failing, &args.what_if)
    };
    show(&plan, args, global);
    print_failed_line(&prediction.ending, &prepared.program, global);
    if let Some(path) = &args.out {
        if !plan.is_complete() {
            return Err(saved_plan::not_saved("it is incomplete"));
        }
        let saved = prediction.saved(&failing, &prepared);
        let expires = SignedDuration::try_from(args.expires.0).unwrap_or(SignedDuration::MAX);
        saved_plan::save(&saved.sealed(Timestamp::now(), expires), path)?;
    }
    Ok(exit_code(&plan, &prediction.ending))
}

/// The faults of `--what-if` as the simulated cloud takes them.
///
/// # Errors
/// A fault that names something that is not there, or whose outcome a plan cannot know.
fn simulated_faults(
    faults: Vec<FaultSpec>,
    fixture: Option<&Fixture>,
    prepared: &PreparedPipeline,
) -> Result<Vec<FaultSpec>, Fault> {
    let Some(fixture) = fixture else {
        let faults = faults.into_iter();
        return faults.map(|it| it.in_a_plan(&prepared.params)).collect();
    };
    refuse_unknown(&faults, fixture, &prepared.program, &prepared.params)?;
    Ok(faults)
}

/// The plan as it is shown. `failing`: the pipeline, failing after each write.
fn plan_of(prediction: &Prediction, failing: &[(String, Prediction)], what_if: &[String]) -> Plan {
    if !what_if.is_empty() {
        return Plan::what_if(&prediction.events, what_if.to_vec(), &prediction.ending);
    }
    let failing = failing
        .iter()
        .map(|(write, it)| (write.as_str(), it.events.as_slice()));
    Plan {
        not_undone: prediction.not_undone.clone(),
        ..Plan::from_events(&prediction.events)
    }
    .where_it_fails(failing)
}

fn show(plan: &Plan, args: &PlanArgs, global: &GlobalArgs) {
    if args.markdown {
        report::print_text(&plan.markdown());
    } else if global.output == Output::Json {
        report::print_text(&(serde_json::to_string(plan).unwrap_or_default() + "\n"));
    } else {
        report::print_rows(&plan.rows(report::screen::terminal_size().0));
    }
}

fn exit_code(plan: &Plan, ending: &Ending) -> ExitCode {
    if let Some(what_if) = &plan.what_if {
        // A plan promises no exit code that it cannot know.
        return what_if.exit_code.map_or(ExitCode::USAGE, ExitCode::from);
    }
    // A plan may end where the script needs a value that only the real run can know.
    let unknown = matches!(ending.halt, Some(Halt::Unknown { .. }));
    match ending.outcome {
        Outcome::Interrupted if unknown || plan.is_complete() => ExitCode::SUCCESS,
        outcome => ExitCode::from(outcome),
    }
}

//! `deployer plan`: the pipeline on a simulated cloud that is seeded from live reads.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::foresee::{Foreseen, Foresight};
use super::pipeline::{Pipeline, Prepared};
use super::programs::Programs;
use super::rehearse::SEED;
use super::session::show_line;
use super::{Everywhere, USAGE, problem, saved, signals, surroundings};
use crate::cancel::Cancel;
use crate::primitive::args::Span;
use crate::report::plan::{Plan, PlannedPrograms};
use crate::report::{self, Notice, Output};
use crate::run::planned::SavedPlan;
use crate::script::Sources;
use crate::testing::refuse_unknown;
use crate::vocabulary::outcome::{Ending, Outcome};
use crate::vocabulary::{Fault, Halt};
use crate::world::live::LiveReader;
use crate::world::simulated::{FaultSpec, Fixture, Simulated};

/// Shown below `--help`.
pub(super) const PLAN_HELP: &str = "A plan writes nothing. With --what-if, the exit code is the one that the run \
would end with; faults are listed by `deployer reference faults`. With --what-if and --cloud, it is that of the \
rehearsal on the fixture; without --cloud, a fault whose outcome depends on more than a plan reads is refused. A \
fault that met nothing until the end is said, and the exit code is 2.";

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    pipeline: Pipeline,
    /// Save the plan, for `deployer run --plan FILE`
    #[arg(long, value_name = "FILE", conflicts_with = "what_if")]
    out: Option<PathBuf>,
    /// How long a saved plan holds
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = Span::parse, requires = "out")]
    expires: Span,
    /// Show what would come of a fault: what is undone, what is left; may be given several times
    #[arg(long, value_name = "FAULT")]
    what_if: Vec<String>,
    /// Plan against this fixture (TOML or JSON) instead of what is live: nothing real is looked at
    #[arg(long, value_name = "FIXTURE", conflicts_with = "out")]
    cloud: Option<PathBuf>,
    /// Run no program to make the plan, not even those that only read: what they would say is not known. For pipelines
    /// that somebody else may have changed, as in a pull request from a fork
    #[arg(long)]
    no_processes: bool,
    /// Show the plan as Markdown, for a pull request
    #[arg(long)]
    markdown: bool,
}

impl PlanArgs {
    /// The plan of a pipeline, shown and nothing more.
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

pub(super) fn main(args: &PlanArgs, everywhere: &Everywhere) -> u8 {
    match plan(args, everywhere) {
        Ok(code) | Err(code) => code,
    }
}

fn plan(args: &PlanArgs, everywhere: &Everywhere) -> Result<u8, u8> {
    let wrong =
        |fault: Fault| problem::nothing_ran(&[problem::fault(&fault)], &Sources::new(), everywhere);
    let faults: Vec<FaultSpec> = args
        .what_if
        .iter()
        .map(|text| text.parse())
        .collect::<Result<_, _>>()
        .map_err(wrong)?;
    let fixture = match &args.cloud {
        Some(path) => Some(Fixture::load(path).map_err(wrong)?),
        None => None,
    };
    let given = fixture.as_ref().map(|fixture| fixture.params.clone());
    let prepared = args
        .pipeline
        .prepare(&given.unwrap_or_default(), everywhere)?;
    let faults = match &fixture {
        Some(fixture) => {
            refuse_unknown(&faults, fixture, &prepared.program, &prepared.params).map(|()| faults)
        }
        None => faults
            .into_iter()
            .map(|fault| fault.in_a_plan(&prepared.params))
            .collect(),
    }
    .map_err(wrong)?;
    let cancel = Cancel::default();
    signals::listen(&cancel, Notice::default());
    let secrets = Arc::new(surroundings::secrets());
    let reader = LiveReader::new(cancel.clone(), Arc::clone(&secrets));
    let programs = Programs::new(reader, !args.no_processes);
    let seen = programs.seen();
    let now = Timestamp::now();
    let world = || match &fixture {
        Some(fixture) if faults.is_empty() => Simulated::planned(fixture.clone()),
        // What comes of a fault is what the rehearsal shows.
        Some(fixture) => Simulated::from_fixture(fixture.clone(), &faults, SEED),
        None => Ok(Simulated::seeded(Box::new(programs.clone()), now, &faults)),
    };
    let foresight = Foresight {
        prepared: &prepared,
        cancel,
        secrets,
        everywhere,
    };
    let foreseen = foresight.of(world().map_err(wrong)?, faults.is_empty())?;
    let failing = match faults.is_empty() {
        true => foresight.failing(world)?,
        false => Vec::new(),
    };
    let Foreseen { events, ending, .. } = &foreseen;
    let missed = foreseen.world.missed_faults();
    if !missed.is_empty() {
        let missed: Vec<_> = missed.iter().map(problem::fault).collect();
        problem::say(&missed, &Sources::new(), false, everywhere);
        return Err(USAGE);
    }
    let plan = match faults.is_empty() {
        true => Plan {
            not_undone: foreseen.not_undone.clone(),
            ..Plan::from_events(events)
        }
        .where_it_fails(
            failing
                .iter()
                .map(|(write, it)| (write.as_str(), it.events.as_slice())),
        ),
        false => Plan::what_if(events, args.what_if.clone(), ending),
    };
    let plan = Plan {
        programs: PlannedPrograms {
            run: !args.no_processes,
            words: std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner)),
        },
        ..plan
    };
    show(&plan, args, everywhere);
    show_line(ending, &prepared.program, everywhere);
    if let Some(path) = &args.out {
        if !plan.is_complete() {
            return Err(saved::not_saved("it is incomplete", everywhere));
        }
        let saving = foreseen.saved(&failing, &prepared);
        let holds = SignedDuration::try_from(args.expires.0).unwrap_or(SignedDuration::MAX);
        saved::save(&saving.sealed(Timestamp::now(), holds), path, everywhere)?;
    }
    Ok(exit_code(&plan, ending))
}

/// Makes the plan of a pipeline once more, from what is live now; it is not shown.
///
/// # Errors
/// The exit code, after saying why not.
pub(super) fn again(
    prepared: &Prepared,
    everywhere: &Everywhere,
) -> Result<(SavedPlan, Ending), u8> {
    let cancel = Cancel::default();
    let secrets = Arc::new(surroundings::secrets());
    let reader = Box::new(LiveReader::new(cancel.clone(), Arc::clone(&secrets)));
    let world = Simulated::seeded(reader, Timestamp::now(), &[]);
    let foresight = Foresight {
        prepared,
        cancel,
        secrets,
        everywhere,
    };
    let foreseen = foresight.of(world, true)?;
    Ok((foreseen.saved(&[], prepared), foreseen.ending))
}

fn show(plan: &Plan, args: &PlanArgs, everywhere: &Everywhere) {
    if args.markdown {
        report::print_text(&plan.markdown());
    } else if everywhere.output == Output::Json {
        report::print_text(&(serde_json::to_string(plan).unwrap_or_default() + "\n"));
    } else {
        report::print_rows(&plan.rows(report::screen::terminal_size().0));
    }
}

fn exit_code(plan: &Plan, ending: &Ending) -> u8 {
    if let Some(what_if) = &plan.what_if {
        // What cannot be told is no promise.
        return what_if.exit_code.unwrap_or(USAGE);
    }
    // What only the real run can know ends a plan honestly.
    let unknown = matches!(ending.halt, Some(Halt::Unknown { .. }));
    match ending.outcome {
        Outcome::Interrupted if unknown || plan.is_complete() => 0,
        outcome => outcome.exit_code(),
    }
}

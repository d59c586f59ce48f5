//! Saved plans: written by `deployer plan --out`, opened by `deployer run --plan`.

use crate::vocabulary::codes;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::aws_identity;
use super::pipeline::{PreparedPipeline, load};
use super::prediction::{PredictionWorld, Predictor};
use super::session::digests;
use crate::cancel::Cancel;
use crate::cli::error::{CommandError, CommandResult, problem};
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::data;
use crate::run::planned::{SavedPlan, outdated};
use crate::vocabulary::outcome::Ending;
use crate::world::live::LiveReader;
use crate::world::predicted::PlanWorld;

/// What to do about a plan that cannot be used any more.
const PLAN_AGAIN: &str = "make a new plan, and have it reviewed";

/// A saved plan with its pipeline.
pub(in crate::cli) struct OpenedPlan {
    pub prepared: PreparedPipeline,
    /// Text of the plan's file, as it was read.
    pub text: String,
}

/// Opens a saved plan, loads its pipeline, and checks that a plan made now would be the same.
///
/// # Errors
/// `plan_file`: the file is not a plan, or has expired. `plan_outdated`: names the scripts that differ from the planned
/// ones, or what has changed in AWS.
pub(in crate::cli) fn open(path: &Path, global: &GlobalArgs) -> CommandResult<OpenedPlan> {
    let unusable = |message: String, hint: &str| {
        let message = format!("{}: {message}", path.display());
        CommandError::with_hint("plan_file", message, hint)
    };
    let no_plan = |message| unusable(message, "save a plan with `deployer plan --out FILE`");
    let text = data::file(path).map_err(|error| no_plan(error.to_string()))?;
    let plan = SavedPlan::parse(&text).map_err(no_plan)?;
    plan.holds(Timestamp::now())
        .map_err(|message| unusable(message, PLAN_AGAIN))?;
    let program = load(Path::new(&plan.pipeline))?;
    require_unchanged(plan.changed_scripts(&digests(&program)))?;
    let prepared = PreparedPipeline {
        program,
        params: plan.params.clone(),
    };
    let (again, ending) = plan_again(&prepared, global)?;
    if let Some(fault) = &ending.fault {
        let message = format!("the plan cannot be made again: {}", fault.message);
        require_unchanged(vec![message])?;
    }
    require_unchanged(outdated(&plan, &again))?;
    Ok(OpenedPlan { prepared, text })
}

fn require_unchanged(changes: Vec<String>) -> CommandResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let outdated = |change| problem(codes::PLAN_OUTDATED, change, Some(PLAN_AGAIN.to_owned()));
    let problems = changes.into_iter().map(outdated);
    Err(CommandError::new(problems.collect()))
}

/// Makes the plan of a pipeline from what is live now.
///
/// # Errors
/// Why nothing ran.
fn plan_again(
    prepared: &PreparedPipeline,
    global: &GlobalArgs,
) -> CommandResult<(SavedPlan, Ending)> {
    let cancel = Cancel::default();
    let secrets = Arc::new(aws_identity::secrets());
    let reader = Box::new(LiveReader::new(cancel.clone(), Arc::clone(&secrets)));
    let world = PredictionWorld::Plan(PlanWorld::new(reader, Timestamp::now(), &[]));
    let predictor = Predictor {
        prepared,
        cancel,
        secrets,
        global,
    };
    let prediction = predictor.of(world, true)?;
    Ok((prediction.saved(&[], prepared), prediction.ending))
}

/// Writes a plan to a file.
///
/// # Errors
/// `plan_not_saved`: the file cannot be written.
pub(in crate::cli) fn save(plan: &SavedPlan, path: &Path) -> CommandResult<()> {
    let written = serde_json::to_string_pretty(plan)
        .map_err(|e| e.to_string())
        .and_then(|text| std::fs::write(path, text + "\n").map_err(|e| e.to_string()));
    written.map_err(|message| not_saved(&format!("{}: {message}", path.display())))
}

/// The error of a plan that was made and shown, but not saved.
pub(in crate::cli) fn not_saved(reason: &str) -> CommandError {
    let message = format!("the plan was not saved: {reason}");
    CommandError::message("plan_not_saved", message).after_execution(ExitCode::FAILURE)
}

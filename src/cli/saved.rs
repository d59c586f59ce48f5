//! Saved plans: written by `deployer plan --out`, kept to by `deployer run --plan`.

use std::path::Path;

use jiff::Timestamp;

use super::pipeline::{Prepared, load};
use super::plan;
use super::session::digests;
use super::{Everywhere, problem};
use crate::data;
use crate::journal::{Entry, RunDir, digest};
use crate::report::diagnostic::Problem;
use crate::run::guard::Guard;
use crate::run::planned::{PlanGuard, SavedPlan, outdated};
use crate::script::Sources;

/// A saved plan with the pipeline that it is a plan of.
pub(super) struct Opened {
    pub prepared: Prepared,
    /// The plan as it is in its file.
    pub text: String,
}

/// Opens a saved plan, and loads its pipeline as it is now.
///
/// # Errors
/// The exit code, after saying what is wrong, or which scripts differ from the planned ones.
pub(super) fn open(path: &Path, everywhere: &Everywhere) -> Result<Opened, u8> {
    let refuse = |said: &[Problem]| problem::nothing_ran(said, &Sources::new(), everywhere);
    let wrong = |message: String| {
        let hint = "save a plan with `deployer plan --out FILE`".to_owned();
        let message = format!("{}: {message}", path.display());
        refuse(&[problem::plain("plan_file", message, Some(hint))])
    };
    let text = data::file(path).map_err(|error| wrong(error.to_string()))?;
    let plan = SavedPlan::parse(&text).map_err(wrong)?;
    if let Err(message) = plan.holds(Timestamp::now()) {
        let hint = "make a new plan, and have it reviewed".to_owned();
        let message = format!("{}: {message}", path.display());
        return Err(refuse(&[problem::plain("plan_file", message, Some(hint))]));
    }
    let program = load(Path::new(&plan.pipeline), everywhere)?;
    let changed = plan.changed_scripts(&digests(&program));
    if !changed.is_empty() {
        let hint = "make a new plan, and have it reviewed".to_owned();
        let said = |message| problem::plain("plan_outdated", message, Some(hint.clone()));
        return Err(refuse(&changed.into_iter().map(said).collect::<Vec<_>>()));
    }
    let prepared = Prepared {
        program,
        params: plan.params.clone(),
    };
    unchanged(&plan, &prepared, everywhere)?;
    Ok(Opened { prepared, text })
}

/// Demands that a plan made now would be the same, before anything is done: all that it rests on is read again.
///
/// # Errors
/// The exit code, after saying what has moved.
fn unchanged(plan: &SavedPlan, prepared: &Prepared, everywhere: &Everywhere) -> Result<(), u8> {
    let refuse = |messages: Vec<String>| {
        let hint = "make a new plan, and have it reviewed".to_owned();
        let said = |message| problem::plain("plan_outdated", message, Some(hint.clone()));
        let said: Vec<Problem> = messages.into_iter().map(said).collect();
        problem::nothing_ran(&said, &Sources::new(), everywhere)
    };
    let (again, ending) = plan::again(prepared, everywhere)?;
    if let Some(fault) = &ending.fault {
        let message = format!("the plan cannot be made again: {}", fault.message);
        return Err(refuse(vec![message]));
    }
    let moved = outdated(plan, &again);
    match moved.is_empty() {
        true => Ok(()),
        false => Err(refuse(moved)),
    }
}

/// Writes a plan to a file.
///
/// # Errors
/// The exit code, after saying why not.
pub(super) fn save(plan: &SavedPlan, path: &Path, everywhere: &Everywhere) -> Result<(), u8> {
    let written = serde_json::to_string_pretty(plan)
        .map_err(|e| e.to_string())
        .and_then(|text| std::fs::write(path, text + "\n").map_err(|e| e.to_string()));
    written.map_err(|message| not_saved(&format!("{}: {message}", path.display()), everywhere))
}

/// Says why a plan was not saved; returns the exit code for that.
pub(super) fn not_saved(why: &str, everywhere: &Everywhere) -> u8 {
    let said = problem::plain(
        "plan_not_saved",
        format!("the plan was not saved: {why}"),
        None,
    );
    problem::say(&[said], &Sources::new(), false, everywhere);
    1
}

/// What holds a run to the saved plan with which it was started.
#[derive(Default)]
pub(super) struct Hold {
    pub guard: Option<Box<dyn Guard>>,
    /// SHA-256 (hex) of the plan.
    pub digest: Option<String>,
}

/// What holds a run to its plan; nothing, if it was not started with one. `recorded`: what its journal holds.
///
/// # Errors
/// The exit code, after saying that the run's own copy of the plan cannot be read, or is not the one that it was
/// started with.
pub(super) fn hold(dir: &RunDir, recorded: &[Entry], everywhere: &Everywhere) -> Result<Hold, u8> {
    let wrong = |message: String| {
        let message = format!("the plan of run {}: {message}", dir.id());
        let said = problem::plain("plan_file", message, None);
        problem::nothing_ran(&[said], &Sources::new(), everywhere)
    };
    let text = dir.plan().map_err(|error| wrong(error.to_string()))?;
    let digest = text.as_deref().map(digest);
    if let Some(Entry::Started { plan, .. }) = recorded.first()
        && *plan != digest
    {
        return Err(wrong(match (plan, &digest) {
            (Some(_), None) => "the run's own copy is missing".to_owned(),
            _ => "the run's own copy was changed after the run started".to_owned(),
        }));
    }
    let plan = text.map(|text| SavedPlan::parse(&text)).transpose();
    Ok(Hold {
        guard: plan
            .map_err(wrong)?
            .map(|plan| Box::new(PlanGuard::new(plan)) as Box<dyn Guard>),
        digest,
    })
}

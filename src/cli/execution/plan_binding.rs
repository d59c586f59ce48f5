//! What binds a run to a saved plan.

use crate::cli::error::{CommandError, CommandResult};
use crate::journal::{Entry, RunDir, digest};
use crate::run::guard::Guard;
use crate::run::planned::{PlanGuard, SavedPlan};

/// Binds a run to the saved plan that it was started with; the default binds it to none.
#[derive(Default)]
pub(in crate::cli) struct PlanBinding {
    pub guard: Option<Box<dyn Guard>>,
    /// SHA-256 of the saved plan, in hexadecimal digits; `None`: the run is bound to none.
    pub digest: Option<String>,
}

impl PlanBinding {
    /// The binding of a run. `recorded`: the entries of its journal.
    ///
    /// # Errors
    /// `plan_file`: the run's own copy of the plan cannot be read, or was changed after the run was started.
    pub fn of(dir: &RunDir, recorded: &[Entry]) -> CommandResult<PlanBinding> {
        let wrong = |message: String| {
            let message = format!("the plan of run {}: {message}", dir.id());
            CommandError::message("plan_file", message)
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
        Ok(PlanBinding {
            guard: plan
                .map_err(wrong)?
                .map(|plan| Box::new(PlanGuard::new(plan)) as Box<dyn Guard>),
            digest,
        })
    }
}

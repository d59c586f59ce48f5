//! What a run takes for itself before it changes it, so that no other run changes it meanwhile.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Run;
use super::attempt::Attempt;
use crate::vocabulary::{Effect, Fault};

/// Takes claims for a run: what it changes, no other run may change meanwhile.
pub trait Claims: Send {
    /// Takes `what` (the ARN of a service); `step`: the step that is going on.
    ///
    /// # Errors
    /// `service_busy`: another run has it; the fault of a claim that cannot be kept.
    fn claim(&self, what: &str, step: Option<&str>) -> Result<(), Fault>;
}

impl Run {
    /// Before a write: takes every service that the run has looked at by name, and the one that the write names. What the
    /// run looked at is what it is about, and its migration comes before its first update. What undoes is never refused.
    pub(super) fn claimed(&self, attempt: &Attempt<'_>, branch: &str) -> Result<(), Fault> {
        let wanted: BTreeSet<String> = {
            let state = self.state();
            let claims = state.claims.is_some() && attempt.effect == Effect::Write;
            if !claims || state.ledger.undoing() || state.summary.closing() {
                return Ok(());
            }
            let mut wanted = state.seen.service_arns();
            wanted.extend(named(attempt.input).and_then(|(cluster, service)| {
                let seen = state.seen.service(cluster, service)?;
                seen["serviceArn"].as_str().map(str::to_owned)
            }));
            wanted.retain(|what| !state.claimed.contains(what));
            wanted
        };
        let step = self.step(branch);
        for what in wanted {
            let mut state = self.state();
            let claims = state.claims.as_ref();
            claims.map_or(Ok(()), |claims| claims.claim(&what, step.as_deref()))?;
            state.claimed.insert(what);
        }
        Ok(())
    }
}

/// Cluster and service that an input names.
fn named(input: &Value) -> Option<(&str, &str)> {
    let service = input["service"].as_str()?;
    Some((input["cluster"].as_str().unwrap_or("default"), service))
}

//! `earlySuccessCriteria`: a rolling deployment that completes before it has all its tasks.

use serde_json::Value;

use crate::world::simulated::aws::json::{flag, number, text};

/// When a rolling deployment completes early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EarlySuccess {
    /// Percent of the desired count that must be healthy.
    healthy: u64,
    /// Whether the tasks of earlier deployments may still be there.
    deferred: bool,
}

impl EarlySuccess {
    /// The criteria of a `deploymentConfiguration`; `None`: they are off.
    pub(super) fn of(configuration: &Value) -> Option<Self> {
        let criteria = configuration.get("earlySuccessCriteria")?;
        flag(criteria, "enable").then(|| EarlySuccess {
            healthy: number(criteria, "healthyPercent").unwrap_or(100),
            deferred: text(criteria, "sourceServiceRevisionCleanup") == Some("DEFERRED"),
        })
    }

    /// Whether they are met: `healthy` of `desired` tasks are healthy, and `old` tasks of earlier deployments are there.
    pub(super) fn met(self, healthy: usize, desired: usize, old: usize) -> bool {
        let enough = healthy as u64 * 100 >= desired as u64 * self.healthy;
        enough && (self.deferred || old == 0)
    }
}

//! A deployment of a service, and how it stands.

use std::sync::Arc;

use jiff::Timestamp;

use super::definition::Definition;
use super::revision::Revision;

/// The `rolloutState` of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rollout {
    InProgress,
    Completed,
    Failed,
}

impl Rollout {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Rollout::InProgress => "IN_PROGRESS",
            Rollout::Completed => "COMPLETED",
            Rollout::Failed => "FAILED",
        }
    }
}

/// A deployment of a service.
#[derive(Debug, Clone)]
pub(crate) struct Deployment {
    pub(crate) id: String,
    pub(crate) definition: Arc<Definition>,
    /// Id of the service revision.
    pub(crate) revision: String,
    /// Whether its tasks are registered with the alternate target groups.
    pub(crate) alternate: bool,
    pub(crate) rollout: Rollout,
    pub(crate) reason: String,
    /// All failures, as the API shows them.
    pub(crate) failed_tasks: u32,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// No task is started before, after repeated failures.
    pub(crate) not_before: Timestamp,
}

impl Deployment {
    pub(crate) fn new(id: String, revision: &Revision, now: Timestamp) -> Self {
        Deployment {
            reason: format!("ECS deployment {id} in progress."),
            id,
            definition: Arc::clone(&revision.definition),
            revision: revision.id.clone(),
            alternate: revision.alternate,
            rollout: Rollout::InProgress,
            failed_tasks: 0,
            created: now,
            updated: now,
            not_before: now,
        }
    }

    /// Moves to a rollout state.
    pub(crate) fn become_(&mut self, rollout: Rollout, reason: String, now: Timestamp) {
        self.rollout = rollout;
        self.reason = reason;
        self.updated = now;
    }
}

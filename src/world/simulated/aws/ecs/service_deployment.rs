//! Service deployments and service revisions: what is remembered of them.

use jiff::Timestamp;
use serde_json::Value;

use super::deployment::Deployment;
use super::hook::Hook;
use super::shift_stage::Stage;

/// `status` of a service deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Pending,
    InProgress,
    Successful,
    Stopped,
    RollbackRequested,
    RollbackInProgress,
    RollbackSuccessful,
    RollbackFailed,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Status::Pending => "PENDING",
            Status::InProgress => "IN_PROGRESS",
            Status::Successful => "SUCCESSFUL",
            Status::Stopped => "STOPPED",
            Status::RollbackRequested => "ROLLBACK_REQUESTED",
            Status::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Status::RollbackSuccessful => "ROLLBACK_SUCCESSFUL",
            Status::RollbackFailed => "ROLLBACK_FAILED",
        }
    }

    /// The status of that name, if a deployment ends with it.
    pub(crate) fn ending(name: &str) -> Option<Self> {
        let ends = [
            Status::Successful,
            Status::Stopped,
            Status::RollbackSuccessful,
            Status::RollbackFailed,
        ];
        ends.into_iter().find(|status| status.name() == name)
    }

    /// Whether nothing more will come of it.
    pub(crate) fn ended(self) -> bool {
        matches!(
            self,
            Status::Successful
                | Status::Stopped
                | Status::RollbackSuccessful
                | Status::RollbackFailed
        )
    }
}

/// The way back that a failed service deployment takes.
#[derive(Debug, Clone)]
pub(crate) struct Rollback {
    pub(crate) reason: String,
    pub(crate) started: Timestamp,
    /// Id of the service revision that it goes back to.
    pub(crate) revision: String,
}

/// A service deployment: the whole of one change, its rollback included.
#[derive(Debug, Clone)]
pub(crate) struct ServiceDeployment {
    /// The end of its ARN.
    pub(crate) id: String,
    /// Id of the deployment that it makes in its service.
    pub(crate) deployment: String,
    /// Ids of the revisions that were there before.
    pub(crate) sources: Vec<String>,
    /// Id of the revision that it brings.
    pub(crate) target: String,
    pub(crate) status: Status,
    pub(crate) reason: String,
    pub(crate) created: Timestamp,
    pub(crate) started: Option<Timestamp>,
    pub(crate) finished: Option<Timestamp>,
    pub(crate) stopped: Option<Timestamp>,
    pub(crate) updated: Timestamp,
    /// `deploymentConfiguration` as it was when the deployment was made.
    pub(crate) configuration: Value,
    pub(crate) rollback: Option<Rollback>,
    /// Failed tasks by which the circuit breaker gave up.
    pub(crate) tripped: Option<u32>,
    /// Alarms by which it was given up.
    pub(crate) alarmed: Vec<String>,
    /// Whether the alarms count: not where one of them was in ALARM at the start.
    pub(crate) alarms_watched: bool,
    /// When alarms are looked at again.
    pub(crate) next_look: Timestamp,
    /// Since when a rolling deployment with alarms has had all its tasks.
    pub(crate) baking: Option<Timestamp>,
    /// Where it stands, if it shifts traffic in stages.
    pub(crate) stage: Option<Stage>,
    /// Steps of production traffic that have been begun.
    pub(crate) step: usize,
    /// When its stage has taken its time.
    pub(crate) until: Timestamp,
    pub(crate) hooks: Vec<Hook>,
    /// Share of the production traffic that the new revision gets, in percent.
    pub(crate) production: f64,
    /// Share of the test traffic that the new revision gets, in percent.
    pub(crate) test: f64,
}

impl ServiceDeployment {
    pub(crate) fn new(id: String, deployment: &Deployment, configuration: Value) -> Self {
        let now = deployment.created;
        ServiceDeployment {
            id,
            deployment: deployment.id.clone(),
            sources: Vec::new(),
            target: deployment.revision.clone(),
            status: Status::Pending,
            reason: String::new(),
            created: now,
            started: None,
            finished: None,
            stopped: None,
            updated: now,
            configuration,
            rollback: None,
            tripped: None,
            alarmed: Vec::new(),
            alarms_watched: true,
            next_look: now,
            baking: None,
            stage: None,
            step: 0,
            until: now,
            hooks: Vec::new(),
            production: 0.0,
            test: 0.0,
        }
    }

    /// Moves to a status, with its reason and time.
    pub(crate) fn become_(&mut self, status: Status, reason: &str, now: Timestamp) {
        self.status = status;
        reason.clone_into(&mut self.reason);
        self.updated = now;
        if status.ended() {
            self.finished = Some(now);
        }
        if status == Status::Stopped {
            self.stopped = Some(now);
        }
    }
}

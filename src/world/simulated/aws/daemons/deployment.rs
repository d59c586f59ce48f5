//! A deployment of a daemon: what is remembered of it.

use jiff::Timestamp;
use serde_json::Value;

/// `status` of a daemon deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Pending,
    InProgress,
    Successful,
    Stopped,
    RollbackInProgress,
    RollbackSuccessful,
    RollbackFailed,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Status::Pending => "PENDING",
            Status::InProgress => "IN_PROGRESS",
            Status::Successful => "SUCCESSFUL",
            Status::Stopped => "STOPPED",
            Status::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Status::RollbackSuccessful => "ROLLBACK_SUCCESSFUL",
            Status::RollbackFailed => "ROLLBACK_FAILED",
        }
    }

    /// Whether nothing more will come of it.
    pub(super) fn ended(self) -> bool {
        matches!(
            self,
            Status::Successful
                | Status::Stopped
                | Status::RollbackSuccessful
                | Status::RollbackFailed
        )
    }
}

/// A deployment of a daemon, its rollback included.
#[derive(Debug, Clone)]
pub(super) struct DaemonDeployment {
    /// The end of its ARN.
    pub(super) id: String,
    /// Id of the revision that it brings.
    pub(super) target: String,
    /// Ids of the revisions that ran before.
    pub(super) sources: Vec<String>,
    pub(super) status: Status,
    pub(super) reason: String,
    pub(super) created: Timestamp,
    pub(super) started: Option<Timestamp>,
    pub(super) finished: Option<Timestamp>,
    /// `deploymentConfiguration`, in the API's shape.
    pub(super) configuration: Value,
    /// Instances that are drained now, by capacity provider.
    pub(super) draining: Vec<(String, u32)>,
    /// Daemon tasks that did not start.
    pub(super) failures: u32,
    /// So many failures end it.
    pub(super) threshold: u32,
    /// Whether the circuit breaker has ended it.
    pub(super) tripped: bool,
    /// Alarms that were in ALARM already when it began: they are ignored.
    pub(super) ignored: Vec<String>,
    /// Alarms by which it was ended.
    pub(super) alarmed: Vec<String>,
    /// Until when it bakes, once all instances run the target.
    pub(super) bakes_until: Option<Timestamp>,
    pub(super) rollback: Option<Rollback>,
}

/// The way back of a deployment that failed.
#[derive(Debug, Clone)]
pub(super) struct Rollback {
    pub(super) reason: String,
    pub(super) started: Timestamp,
    /// Id of the revision that it goes back to.
    pub(super) revision: String,
}

impl DaemonDeployment {
    pub(super) fn become_(&mut self, status: Status, reason: &str, now: Timestamp) {
        self.status = status;
        reason.clone_into(&mut self.reason);
        if status.ended() {
            self.finished = Some(now);
            self.draining.clear();
        }
    }

    /// Id of the revision that it works towards now.
    pub(super) fn goal(&self) -> &str {
        match &self.rollback {
            Some(rollback) => &rollback.revision,
            None => &self.target,
        }
    }
}

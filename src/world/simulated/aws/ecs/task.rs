//! A task: what is remembered of it.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::container_check;
use super::definition::Definition;
use super::ids::ServiceKey;
use super::start_order::StartOrder;
use crate::world::simulated::aws::elb::Health;
use crate::world::simulated::kernel::Kernel;

/// `lastStatus`, in the order of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    Provisioning,
    Pending,
    Activating,
    Running,
    Deactivating,
    Stopping,
    Deprovisioning,
    Stopped,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Status::Provisioning => "PROVISIONING",
            Status::Pending => "PENDING",
            Status::Activating => "ACTIVATING",
            Status::Running => "RUNNING",
            Status::Deactivating => "DEACTIVATING",
            Status::Stopping => "STOPPING",
            Status::Deprovisioning => "DEPROVISIONING",
            Status::Stopped => "STOPPED",
        }
    }

    /// Whether it counts as pending.
    pub(crate) fn pending(self) -> bool {
        self < Status::Running
    }
}

/// What becomes of a task, known when its image is to be pulled.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TaskOutcome {
    /// It runs until it is stopped.
    Serves {
        /// Whether its health checks pass.
        healthy: bool,
    },
    /// Its essential container exits by itself.
    Exits {
        /// How long it runs until it exits.
        after: std::time::Duration,
        code: i64,
        /// The last line that it logs; `None`: it logs nothing more.
        last: Option<String>,
    },
    /// It never starts, for this reason.
    CannotStart { reason: String },
}

/// Why a task stopped, as ECS describes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StopReason {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
    /// Whether it failed, as the circuit breaker counts.
    pub(crate) failed: bool,
}

/// A container of a task.
#[derive(Debug, Clone)]
pub(crate) struct Container {
    pub(crate) name: String,
    pub(crate) image: String,
    pub(crate) digest: Option<String>,
    pub(crate) exit_code: Option<i64>,
    pub(crate) reason: Option<String>,
    /// Whether its exit ends the task.
    pub(crate) essential: bool,
    /// What the container's own health check says.
    pub(crate) health: Health,
}

/// A task of the simulated ECS, from its start until it is forgotten.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    /// 32 hexadecimal digits, the end of its ARN.
    pub(crate) name: String,
    pub(crate) cluster: Arc<str>,
    pub(crate) definition: Arc<Definition>,
    /// The version in its image's tag, once it is pulled.
    pub(crate) version: Option<String>,
    pub(crate) service: Option<ServiceKey>,
    pub(crate) deployment: Option<String>,
    pub(crate) started_by: Option<String>,
    pub(crate) group: String,
    pub(crate) overrides: Value,
    pub(crate) launch_type: String,
    /// Its capacity provider, where it has one.
    pub(crate) provider: Option<String>,
    /// ARN of its container instance, where that is known.
    pub(crate) instance: Option<String>,
    pub(crate) tags: Value,
    /// Whether it is registered with the alternate target groups of its service.
    pub(crate) alternate: bool,
    pub(crate) status: Status,
    /// Counts its changes of status, so that what was to happen in an earlier one does not.
    pub(crate) step: u32,
    pub(crate) stop: Option<StopReason>,
    pub(crate) outcome: TaskOutcome,
    /// Of the load balancer's checks.
    pub(crate) target: Health,
    /// Whether it has counted as healthy.
    pub(crate) proved: bool,
    pub(crate) ip: String,
    pub(crate) containers: Vec<Container>,
    pub(crate) created: Timestamp,
    pub(crate) pull_started: Option<Timestamp>,
    pub(crate) pull_stopped: Option<Timestamp>,
    pub(crate) started: Option<Timestamp>,
    pub(crate) stopping: Option<Timestamp>,
    pub(crate) execution_stopped: Option<Timestamp>,
    pub(crate) stopped: Option<Timestamp>,
}

impl Task {
    /// When its containers start.
    pub(super) fn start_order(&self) -> StartOrder {
        let unhealthy = self.outcome == TaskOutcome::Serves { healthy: false };
        let failing = unhealthy.then(|| container_check::of_version(&self.definition));
        StartOrder::of(&self.definition, failing.flatten())
    }

    /// Whether it is meant to run.
    pub(crate) fn wanted(&self) -> bool {
        self.stop.is_none()
    }

    /// What the checks of its essential containers say together.
    pub(crate) fn check(&self) -> Health {
        let checks = || {
            let essential = self.containers.iter().filter(|c| c.essential);
            essential
                .map(|c| c.health)
                .filter(|h| *h != Health::Unchecked)
        };
        if checks().any(|h| h == Health::Unhealthy) {
            Health::Unhealthy
        } else if checks().any(|h| h == Health::Initial) {
            Health::Initial
        } else {
            checks().next().unwrap_or(Health::Unchecked)
        }
    }

    /// Whether it counts as healthy for the scheduler. One without any checks does when it has run for a while.
    pub(crate) fn healthy(&self) -> bool {
        let passes = match (self.target, self.check()) {
            (Health::Unchecked, Health::Unchecked) => self.proved,
            (target, check) => [target, check]
                .into_iter()
                .all(|h| matches!(h, Health::Unchecked | Health::Healthy)),
        };
        self.wanted() && self.status == Status::Running && passes
    }

    pub(crate) fn arn(&self, kernel: &Kernel) -> String {
        kernel.arn("ecs", &format!("task/{}/{}", self.cluster, self.name))
    }
}

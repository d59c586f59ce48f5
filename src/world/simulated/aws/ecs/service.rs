//! A service and its deployments: what is remembered, and how the API shows it.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::circuit_breaker::CircuitBreaker;
use super::definition::Definition;
use super::deployment::{Deployment, Rollout};
use super::ids::{ServiceKey, TaskId};
use super::lack::Lack;
use super::revision::Revision;
use super::service_deployment::{ServiceDeployment, Status};
use crate::text::arn::short_name;
use crate::world::simulated::aws::json::{list, number, text};

/// An ECS service with its deployments, tasks and events.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    /// In the API's shape: everything that the simulation does not change by itself.
    pub(crate) raw: Value,
    pub(crate) desired: u32,
    /// Its deployments, the PRIMARY one first.
    pub(crate) deployments: Vec<Deployment>,
    /// Its service events, newest first, at most 100.
    pub(crate) events: Vec<Value>,
    /// Tasks that are not STOPPED.
    pub(crate) tasks: Vec<TaskId>,
    /// Tasks that are, as long as they are described.
    pub(crate) stopped: Vec<TaskId>,
    /// The last deployment that completed.
    pub(crate) proven: Option<CompletedDeployment>,
    /// Its service deployments, newest first.
    pub(crate) history: Vec<ServiceDeployment>,
    /// Its service revisions, oldest first.
    pub(crate) revisions: Vec<Revision>,
    /// Whether production is behind the alternate target groups.
    pub(crate) alternate: bool,
    /// What it lacks to place all its tasks, and has said so.
    pub(super) short: Option<Lack>,
    /// Whether a look of the scheduler is already due now.
    pub(crate) due: bool,
    /// Whether the service has said that it is steady since it last was not.
    pub(crate) steady: bool,
    /// What it ran before the run began, by all that is known.
    pub(super) known: Vec<Arc<Definition>>,
}

/// A deployment that completed, and what it brought.
#[derive(Debug, Clone)]
pub(crate) struct CompletedDeployment {
    /// Id of the deployment: `ecs-svc/…`.
    pub(crate) deployment: String,
    pub(crate) revision: Revision,
}

/// How the service wants to be deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Running and pending tasks at most, rounded down.
    pub(crate) upper: usize,
    /// Healthy tasks at least, rounded up.
    pub(crate) lower: usize,
}

impl Service {
    pub(crate) fn new(raw: Value, desired: u32) -> Self {
        Service {
            raw,
            desired,
            deployments: Vec::new(),
            events: Vec::new(),
            tasks: Vec::new(),
            stopped: Vec::new(),
            proven: None,
            history: Vec::new(),
            revisions: Vec::new(),
            alternate: false,
            short: None,
            due: false,
            steady: true,
            known: Vec::new(),
        }
    }

    pub(crate) fn key(&self) -> ServiceKey {
        let cluster = text(&self.raw, "clusterArn").unwrap_or_default();
        let name = text(&self.raw, "serviceName").unwrap_or_default();
        ServiceKey::new(short_name(cluster), name)
    }

    pub(crate) fn arn(&self) -> &str {
        text(&self.raw, "serviceArn").unwrap_or_default()
    }

    pub(crate) fn configuration(&self) -> &Value {
        self.raw
            .get("deploymentConfiguration")
            .unwrap_or(&Value::Null)
    }

    pub(crate) fn limits(&self) -> Limits {
        let desired = self.desired as usize;
        let configuration = self.configuration();
        let max = number(configuration, "maximumPercent").unwrap_or(200) as usize;
        let min = number(configuration, "minimumHealthyPercent").unwrap_or(100) as usize;
        Limits {
            upper: desired.saturating_mul(max) / 100,
            lower: desired.saturating_mul(min).div_ceil(100),
        }
    }

    /// Its circuit breaker; `None`: it is off.
    pub(crate) fn breaker(&self) -> Option<CircuitBreaker> {
        CircuitBreaker::of(self.configuration(), self.desired)
    }

    /// The port that its first target group sends to.
    pub(crate) fn port(&self) -> u64 {
        list(&self.raw, "loadBalancers")
            .first()
            .and_then(|lb| number(lb, "containerPort"))
            .unwrap_or(80)
    }

    pub(crate) fn grace_seconds(&self) -> u64 {
        number(&self.raw, "healthCheckGracePeriodSeconds").unwrap_or(0)
    }

    pub(crate) fn primary(&self) -> Option<&Deployment> {
        self.deployments.first()
    }

    pub(crate) fn deployment_mut(&mut self, id: &str) -> Option<&mut Deployment> {
        self.deployments.iter_mut().find(|d| d.id == id)
    }

    /// Changes the desired count, if it differs.
    pub(crate) fn scale_to(&mut self, desired: u32, now: Timestamp) {
        if desired == self.desired {
            return;
        }
        self.desired = desired;
        self.steady = false;
        if let Some(primary) = self.deployments.first_mut() {
            primary.updated = now;
        }
    }

    /// Takes up a deployment that was made before the world began, as PRIMARY if it is the first;
    /// `record` is the id of its service deployment.
    pub(crate) fn take_up(&mut self, deployment: Deployment, revision: Revision, record: String) {
        let completed = deployment.rollout == Rollout::Completed;
        if completed || self.known.is_empty() {
            self.known.push(Arc::clone(&deployment.definition));
        }
        if completed && self.proven.is_none() {
            self.proven = Some(CompletedDeployment {
                deployment: deployment.id.clone(),
                revision: revision.clone(),
            });
        }
        let status = match deployment.rollout {
            Rollout::InProgress => Status::InProgress,
            Rollout::Completed => Status::Successful,
            Rollout::Failed => Status::Stopped,
        };
        let mut known = ServiceDeployment::new(record, &deployment, self.configuration().clone());
        known.started = Some(deployment.created);
        known.become_(status, "", deployment.updated);
        self.history.push(known);
        self.revisions.insert(0, revision);
        self.deployments.push(deployment);
    }

    /// Remembers a deployment that ended before the one that is there; `record` is the id of its service deployment.
    pub(crate) fn remember(
        &mut self,
        deployment: &Deployment,
        revision: Revision,
        record: String,
        status: Status,
        finished: Timestamp,
    ) {
        let mut known = ServiceDeployment::new(record, deployment, self.configuration().clone());
        known.started = Some(deployment.created);
        known.become_(status, "", finished);
        if status == Status::Successful {
            self.known.push(Arc::clone(&deployment.definition));
        }
        let older = |d: &ServiceDeployment| d.created < known.created;
        // The first is the one that is there.
        let place = self.history.iter().skip(1).position(older);
        let place = place.map_or(self.history.len(), |place| place + 1);
        self.history.insert(place, known);
        self.revisions.insert(0, revision);
    }

    /// Forgets a deployment that is not PRIMARY.
    pub(crate) fn unlist(&mut self, id: &str) {
        let mut index = 0;
        self.deployments.retain(|d| {
            index += 1;
            index == 1 || d.id != id
        });
    }
}

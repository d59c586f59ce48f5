//! A task: what is remembered, and how the API shows it.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::definitions::Definition;
use super::service::ServiceKey;
use crate::world::simulated::aws::elb::Health;
use crate::world::simulated::aws::json::{set, text};
use crate::world::simulated::cloud::Cloud;

/// Tasks in the order in which they were started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TaskId(pub(crate) u64);

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
        /// Whether its checks pass.
        healthy: bool,
    },
    /// Its essential container exits by itself.
    Exits {
        /// After that long.
        after: std::time::Duration,
        code: i64,
        /// Its last words.
        last: Option<String>,
    },
    /// It never starts.
    CannotStart { reason: String },
}

/// Why a task stopped.
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
}

/// A task.
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
    /// Of the container's own check.
    pub(crate) check: Health,
    /// Whether it has counted as successfully started.
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
    /// Whether it is meant to run.
    pub(crate) fn wanted(&self) -> bool {
        self.stop.is_none()
    }

    /// Whether it counts as healthy for the scheduler.
    pub(crate) fn healthy(&self) -> bool {
        let passes = |h| matches!(h, Health::Unchecked | Health::Healthy);
        self.wanted() && self.status == Status::Running && passes(self.target) && passes(self.check)
    }

    pub(crate) fn arn(&self, cloud: &Cloud) -> String {
        cloud.arn("ecs", &format!("task/{}/{}", self.cluster, self.name))
    }
}

/// The task in the API's shape, tags only on request.
pub(crate) fn render(cloud: &Cloud, task: &Task, tags: bool) -> Value {
    let arn = task.arn(cloud);
    let containers: Vec<Value> = task
        .containers
        .iter()
        .map(|c| render_container(cloud, task, &arn, c))
        .collect();
    let mut out = json!({
        "attachments": [{
            "id": format!("{}-eni", &task.name[..8]),
            "type": "ElasticNetworkInterface",
            "status": if task.status >= Status::Deprovisioning { "DELETED" } else { "ATTACHED" },
            "details": [{ "name": "privateIPv4Address", "value": task.ip }],
        }],
        "attributes": [{ "name": "ecs.cpu-architecture", "value": "x86_64" }],
        "availabilityZone": format!("{}a", cloud.kernel.region),
        "clusterArn": cloud.arn("ecs", &format!("cluster/{}", task.cluster)),
        "connectivity": "CONNECTED",
        "containers": containers,
        "createdAt": task.created.to_string(),
        "desiredStatus": if task.wanted() { "RUNNING" } else { "STOPPED" },
        "enableExecuteCommand": false,
        "group": task.group,
        "healthStatus": health_name(task),
        "lastStatus": task.status.name(),
        "launchType": task.launch_type,
        "overrides": task.overrides,
        "tags": if tags { task.tags.clone() } else { json!([]) },
        "taskArn": arn,
        "taskDefinitionArn": task.definition.arn(),
        "version": task.step + 1,
    });
    for size in ["cpu", "memory", "ephemeralStorage"] {
        if let Some(value) = task.definition.raw.get(size) {
            set(&mut out, size, value.clone());
        }
    }
    if task.launch_type == "FARGATE" {
        set(&mut out, "platformVersion", json!("1.4.0"));
        set(&mut out, "platformFamily", json!("Linux"));
    }
    if let Some(by) = task.deployment.as_ref().or(task.started_by.as_ref()) {
        set(&mut out, "startedBy", json!(by));
    }
    for (name, at) in [
        ("pullStartedAt", task.pull_started),
        ("pullStoppedAt", task.pull_stopped),
        ("startedAt", task.started),
        ("stoppingAt", task.stopping),
        ("executionStoppedAt", task.execution_stopped),
        ("stoppedAt", task.stopped),
    ] {
        if let Some(at) = at {
            set(&mut out, name, json!(at.to_string()));
        }
    }
    if let Some(stop) = &task.stop {
        set(&mut out, "stopCode", json!(stop.code));
        set(&mut out, "stoppedReason", json!(stop.reason));
    }
    out
}

fn health_name(task: &Task) -> &'static str {
    match task.check {
        Health::Healthy => "HEALTHY",
        Health::Unhealthy => "UNHEALTHY",
        _ => "UNKNOWN",
    }
}

fn render_container(cloud: &Cloud, task: &Task, task_arn: &str, c: &Container) -> Value {
    let rest = format!("container/{}/{}/{}", task.cluster, task.name, c.name);
    let status = match task.status {
        Status::Provisioning | Status::Pending | Status::Activating => "PENDING",
        Status::Running | Status::Deactivating | Status::Stopping => "RUNNING",
        Status::Deprovisioning | Status::Stopped => "STOPPED",
    };
    let status = if c.exit_code.is_some() {
        "STOPPED"
    } else {
        status
    };
    let mut out = json!({
        "containerArn": cloud.arn("ecs", &rest),
        "taskArn": task_arn,
        "name": c.name,
        "image": c.image,
        "lastStatus": status,
        "networkBindings": [],
        "networkInterfaces": [{ "privateIpv4Address": task.ip }],
        "healthStatus": health_name(task),
    });
    if let Some(digest) = &c.digest {
        set(&mut out, "imageDigest", json!(digest));
        set(
            &mut out,
            "runtimeId",
            json!(format!("{}-{}", task.name, c.name.len())),
        );
    }
    if let Some(code) = c.exit_code {
        set(&mut out, "exitCode", json!(code));
    }
    if let Some(reason) = &c.reason {
        set(&mut out, "reason", json!(reason));
    }
    for size in ["cpu", "memory"] {
        let declared = task
            .definition
            .containers()
            .iter()
            .find(|d| text(d, "name") == Some(c.name.as_str()))
            .and_then(|d| d.get(size));
        if let Some(value) = declared {
            set(&mut out, size, json!(value.to_string()));
        }
    }
    out
}

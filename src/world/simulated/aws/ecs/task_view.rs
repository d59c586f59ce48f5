//! How the API shows a task.

use serde_json::{Value, json};

use super::task::{Container, Status, Task};
use crate::world::simulated::aws::elb::Health;
use crate::world::simulated::aws::json::{set, text};
use crate::world::simulated::kernel::Kernel;

/// The task in the API's shape, tags only on request.
pub(crate) fn render(kernel: &Kernel, task: &Task, tags: bool) -> Value {
    let arn = task.arn(kernel);
    let containers: Vec<Value> = task
        .containers
        .iter()
        .map(|c| render_container(kernel, task, &arn, c))
        .collect();
    let mut out = json!({
        "attachments": [{
            "id": format!("{}-eni", &task.name[..8]),
            "type": "ElasticNetworkInterface",
            "status": if task.status >= Status::Deprovisioning { "DELETED" } else { "ATTACHED" },
            "details": [{ "name": "privateIPv4Address", "value": task.ip }],
        }],
        "attributes": [{ "name": "ecs.cpu-architecture", "value": "x86_64" }],
        "availabilityZone": format!("{}a", kernel.region),
        "clusterArn": kernel.arn("ecs", &format!("cluster/{}", task.cluster)),
        "connectivity": "CONNECTED",
        "containers": containers,
        "createdAt": task.created.to_string(),
        "desiredStatus": if task.wanted() { "RUNNING" } else { "STOPPED" },
        "enableExecuteCommand": false,
        "group": task.group,
        "healthStatus": health_status(task),
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
    if let Some(provider) = &task.provider {
        set(&mut out, "capacityProviderName", json!(provider));
    }
    if let Some(instance) = &task.instance {
        set(&mut out, "containerInstanceArn", json!(instance));
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

/// An essential container without a check leaves the health of its task unknown, unless another one is unhealthy.
fn health_status(task: &Task) -> &'static str {
    let mut essential = task.containers.iter().filter(|c| c.essential);
    match task.check() {
        Health::Healthy if essential.any(|c| c.health == Health::Unchecked) => "UNKNOWN",
        check => health_name(check),
    }
}

fn health_name(health: Health) -> &'static str {
    match health {
        Health::Healthy => "HEALTHY",
        Health::Unhealthy => "UNHEALTHY",
        _ => "UNKNOWN",
    }
}

fn render_container(kernel: &Kernel, task: &Task, task_arn: &str, c: &Container) -> Value {
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
        "containerArn": kernel.arn("ecs", &rest),
        "taskArn": task_arn,
        "name": c.name,
        "image": c.image,
        "lastStatus": status,
        "networkBindings": [],
        "networkInterfaces": [{ "privateIpv4Address": task.ip }],
        "healthStatus": health_name(c.health),
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

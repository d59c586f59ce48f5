//! How the API shows a service.

use serde_json::{Value, json};

use super::deployment::Deployment;
use super::service::Service;
use super::service_deployment_view::{deployment_arn, summary};
use super::task::{self, Task};
use crate::world::simulated::aws::json::{set, text};
use crate::world::simulated::cloud::Cloud;

/// Settings that AWS shows with a deployment or a revision, and not with the service.
const OF_DEPLOYMENTS: [&str; 3] = [
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
];
const OF_REVISIONS: [&str; 2] = ["gatewayConnectors", "monitoring"];

/// The service in the API's shape, tags only on request.
pub(crate) fn render(cloud: &Cloud, service: &Service, tags: bool) -> Value {
    let mut out = service.raw.clone();
    let tasks: Vec<&Task> = cloud.ecs.tasks_of(service).collect();
    let running = tasks
        .iter()
        .filter(|t| t.status == task::Status::Running)
        .count();
    let pending = tasks.iter().filter(|t| t.status.pending()).count();
    let deployments: Vec<Value> = service
        .deployments
        .iter()
        .enumerate()
        .map(|(index, d)| render_deployment(service, d, index == 0, &tasks))
        .collect();
    set(&mut out, "desiredCount", json!(service.desired));
    set(&mut out, "runningCount", json!(running));
    set(&mut out, "pendingCount", json!(pending));
    if let Some(primary) = service.primary() {
        set(&mut out, "taskDefinition", json!(primary.definition.arn()));
    }
    set(&mut out, "deployments", Value::Array(deployments));
    let key = service.key();
    if let Some(latest) = service.history.first() {
        let arn = deployment_arn(cloud, &key, &latest.id);
        set(&mut out, "currentServiceDeployment", json!(arn));
    }
    let mut revisions: Vec<&str> = Vec::new();
    for deployment in &service.deployments {
        if !revisions.contains(&deployment.revision.as_str()) {
            revisions.push(&deployment.revision);
        }
    }
    let revisions: Vec<Value> = revisions
        .into_iter()
        .map(|id| summary(cloud, &key, service, id))
        .collect();
    set(&mut out, "currentServiceRevisions", Value::Array(revisions));
    set(&mut out, "events", Value::Array(service.events.clone()));
    if let Some(object) = out.as_object_mut() {
        let hidden = OF_DEPLOYMENTS.iter().chain(&OF_REVISIONS);
        hidden.for_each(|name| drop(object.remove(*name)));
        if !tags {
            object.remove("tags");
        }
    }
    out
}

fn render_deployment(service: &Service, d: &Deployment, primary: bool, tasks: &[&Task]) -> Value {
    let own = || {
        tasks
            .iter()
            .filter(|t| t.deployment.as_deref() == Some(d.id.as_str()))
    };
    let wanted = own().filter(|t| t.wanted()).count();
    let mut out = json!({
        "id": d.id,
        "status": if primary { "PRIMARY" } else { "ACTIVE" },
        "taskDefinition": d.definition.arn(),
        "desiredCount": if primary { service.desired as usize } else { wanted },
        "pendingCount": own().filter(|t| t.status.pending()).count(),
        "runningCount": own().filter(|t| t.status == task::Status::Running).count(),
        "failedTasks": d.failed_tasks,
        "createdAt": d.created.to_string(),
        "updatedAt": d.updated.to_string(),
    });
    let inherited = [
        "launchType",
        "capacityProviderStrategy",
        "platformFamily",
        "networkConfiguration",
    ];
    for inherited in inherited.into_iter().chain(OF_DEPLOYMENTS) {
        if let Some(value) = service.raw.get(inherited) {
            set(&mut out, inherited, value.clone());
        }
    }
    if text(&service.raw, "launchType") == Some("FARGATE") {
        let version = match text(&service.raw, "platformVersion") {
            None | Some("LATEST") => "1.4.0",
            Some(version) => version,
        };
        set(&mut out, "platformVersion", json!(version));
    }
    set(&mut out, "rolloutState", json!(d.rollout.name()));
    set(&mut out, "rolloutStateReason", json!(d.reason));
    out
}

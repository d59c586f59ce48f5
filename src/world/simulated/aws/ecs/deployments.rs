//! The calls about service deployments and service revisions.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::agenda;
use super::breaker::{self, Cause};
use super::cluster;
use super::hook::HookStatus;
use super::ids::ServiceKey;
use super::service::Service;
use super::service_deployment::{ServiceDeployment, Status};
use super::service_deployment_view::{render, render_brief, render_revision};
use crate::text::arn::{Arn, short_name};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{invalid, lists, page, required, text, texts};
use crate::world::simulated::cloud::Cloud;

/// From a request to stop until it is obeyed.
const REACTION: Duration = Duration::from_secs(2);

/// The service and the last part of an ARN `…:KIND/CLUSTER/SERVICE/ID`.
pub(crate) fn parts<'a>(arn: &'a str, kind: &str) -> Option<(ServiceKey, &'a str)> {
    let (of, rest) = Arn::parse(arn)?.type_and_rest();
    let mut parts = rest.split('/');
    if of != kind {
        return None;
    }
    let key = ServiceKey::new(parts.next()?, parts.next()?);
    Some((key, parts.next()?))
}

/// A service deployment by ARN.
pub(crate) fn find<'a>(
    cloud: &'a Cloud,
    arn: &str,
) -> Option<(ServiceKey, &'a Service, &'a ServiceDeployment)> {
    let (key, id) = parts(arn, "service-deployment")?;
    let service = cloud.ecs.services.get(&key)?;
    let found = service.history.iter().find(|d| d.id == id)?;
    Some((key, service, found))
}

pub(super) fn list_briefs(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let cluster = cluster(cloud, input)?;
    let key = ServiceKey::new(cluster, short_name(required(input, "service")?));
    let service = cloud
        .ecs
        .services
        .get(&key)
        .ok_or_else(|| Fault::new("ServiceNotFoundException", "Service not found."))?;
    let statuses = texts(input, "status");
    let bound = |name: &str| -> Option<Timestamp> {
        let created = input.get("createdAt")?;
        text(created, name)?.parse().ok()
    };
    let (after, before) = (bound("after"), bound("before"));
    let found = service
        .history
        .iter()
        .filter(|d| statuses.is_empty() || statuses.iter().any(|s| s == d.status.name()))
        .filter(|d| after.is_none_or(|at| d.created >= at))
        .filter(|d| before.is_none_or(|at| d.created <= at))
        .map(|d| render_brief(cloud, &key, service, d))
        .collect();
    Ok(page(input, "serviceDeployments", found, 100))
}

/// The ARNs that a description asks for.
fn asked(input: &Value, name: &str) -> Result<Vec<String>, Fault> {
    let arns = texts(input, name);
    if arns.is_empty() || arns.len() > 20 {
        return Err(invalid(format!("{name} must have 1 to 20 elements.")));
    }
    Ok(arns)
}

pub(super) fn describe(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for arn in asked(input, "serviceDeploymentArns")? {
        match find(cloud, &arn) {
            Some((key, service, d)) => found.push(render(cloud, &key, service, d)),
            None => failures.push(json!({ "arn": arn, "reason": "MISSING" })),
        }
    }
    Ok(lists([
        ("serviceDeployments", found),
        ("failures", failures),
    ]))
}

pub(super) fn describe_revisions(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for arn in asked(input, "serviceRevisionArns")? {
        let known = parts(&arn, "service-revision").and_then(|(key, id)| {
            let service = cloud.ecs.services.get(&key)?;
            let revision = service.revisions.iter().find(|r| r.id == id)?;
            Some(render_revision(cloud, &key, service, revision))
        });
        match known {
            Some(revision) => found.push(revision),
            None => failures.push(json!({ "arn": arn, "reason": "MISSING" })),
        }
    }
    Ok(lists([("serviceRevisions", found), ("failures", failures)]))
}

fn not_found() -> Fault {
    Fault::new(
        "ServiceDeploymentNotFoundException",
        "Service deployment not found.",
    )
}

pub(super) fn stop(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let arn = required(input, "serviceDeploymentArn")?;
    let (key, service, current) = find(cloud, arn).ok_or_else(not_found)?;
    if let Some(other) = text(input, "stopType").filter(|t| *t != "ROLLBACK") {
        return Err(invalid(format!(
            "Invalid stopType: {other}. The valid values are ROLLBACK."
        )));
    }
    match current.status {
        Status::Pending | Status::InProgress => {}
        // It is being rolled back already, and goes on.
        Status::RollbackRequested | Status::RollbackInProgress => {
            return Ok(json!({ "serviceDeploymentArn": arn }));
        }
        other => {
            return Err(Fault::new(
                "ConflictException",
                format!(
                    "Service deployment in status {} cannot be stopped.",
                    other.name()
                ),
            ));
        }
    }
    if service.proven.is_none() {
        return Err(invalid("There is no service revision to roll back to."));
    }
    let now = cloud.now();
    if let Some(current) = cloud
        .ecs
        .services
        .get_mut(&key)
        .and_then(|s| s.history.first_mut())
    {
        current.become_(Status::RollbackRequested, "", now);
    }
    agenda::poke(cloud, &key, REACTION);
    Ok(json!({ "serviceDeploymentArn": arn }))
}

pub(super) fn go_on(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let arn = required(input, "serviceDeploymentArn")?;
    let hook = required(input, "hookId")?;
    let (key, _, current) = find(cloud, arn).ok_or_else(not_found)?;
    let paused = current.status == Status::InProgress
        && current
            .hooks
            .iter()
            .any(|h| h.id == hook && h.status == HookStatus::AwaitingAction);
    if !paused {
        return Err(invalid(format!(
            "The lifecycle hook {hook} is not awaiting an action."
        )));
    }
    let back = match text(input, "action").unwrap_or("CONTINUE") {
        "CONTINUE" => false,
        "ROLLBACK" => true,
        other => return Err(invalid(format!("Invalid action: {other}."))),
    };
    if let Some(current) = cloud
        .ecs
        .services
        .get_mut(&key)
        .and_then(|s| s.history.first_mut())
    {
        for known in current.hooks.iter_mut().filter(|h| h.id == hook) {
            known.status = if back {
                HookStatus::Failed
            } else {
                HookStatus::Succeeded
            };
        }
    }
    if back {
        let what = format!("lifecycle hook {hook} was rolled back");
        breaker::fail(cloud, &key, Cause::Hook(what), true);
    } else {
        agenda::poke(cloud, &key, REACTION);
    }
    Ok(json!({ "serviceDeploymentArn": arn }))
}

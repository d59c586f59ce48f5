//! Lists of daemons, their deployments and their task definitions.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::changes::{cluster, find};
use super::definitions::{registrant, status};
use super::deployment::{DaemonDeployment, Status};
use super::key::DaemonKey;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{page, set, text, texts};
use crate::world::simulated::cloud::Cloud;

pub(super) fn daemons(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let cluster = cluster(cloud, input)?;
    let providers = texts(input, "capacityProviderArns");
    let all = cloud.daemons.daemons.iter().filter(|(key, daemon)| {
        let latest = daemon.revisions.last();
        let uses = |arn: &String| latest.is_some_and(|it| it.providers.contains(arn));
        key.cluster == cluster && (providers.is_empty() || providers.iter().any(uses))
    });
    let shown = all.map(|(key, daemon)| {
        json!({
            "daemonArn": key.arn(&cloud.kernel),
            "status": daemon.status(),
            "createdAt": daemon.created.to_string(),
            "updatedAt": daemon.updated.to_string(),
        })
    });
    Ok(page(input, "daemonSummariesList", shown.collect(), 100))
}

/// The members that both listing and description of a deployment show.
pub(super) fn brief(cloud: &Cloud, key: &DaemonKey, d: &DaemonDeployment) -> Value {
    let mut out = json!({
        "daemonDeploymentArn": key.part(&cloud.kernel, "daemon-deployment", &d.id),
        "clusterArn": cloud.arn("ecs", &format!("cluster/{}", key.cluster)),
        "status": d.status.name(),
        "createdAt": d.created.to_string(),
    });
    if !d.reason.is_empty() {
        set(&mut out, "statusReason", json!(d.reason));
    }
    let stopped = d.finished.filter(|_| d.status == Status::Stopped);
    for (name, at) in [
        ("startedAt", d.started),
        ("finishedAt", d.finished),
        ("stoppedAt", stopped),
    ] {
        if let Some(at) = at {
            set(&mut out, name, json!(at.to_string()));
        }
    }
    out
}

pub(super) fn deployments(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let (key, daemon) = find(cloud, input)?;
    let statuses = texts(input, "status");
    let bound =
        |name: &str| -> Option<Timestamp> { text(input.get("createdAt")?, name)?.parse().ok() };
    let (after, before) = (bound("after"), bound("before"));
    let all = daemon
        .deployments
        .iter()
        .filter(|d| statuses.is_empty() || statuses.iter().any(|it| it == d.status.name()))
        .filter(|d| after.is_none_or(|at| d.created >= at))
        .filter(|d| before.is_none_or(|at| d.created <= at));
    let shown = all.map(|d| {
        let mut out = brief(cloud, &key, d);
        set(&mut out, "daemonArn", json!(key.arn(&cloud.kernel)));
        let target = key.part(&cloud.kernel, "daemon-revision", &d.target);
        set(&mut out, "targetDaemonRevisionArn", json!(target));
        out
    });
    Ok(page(input, "daemonDeployments", shown.collect(), 100))
}

pub(super) fn definitions(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let wanted = text(input, "status").unwrap_or("ACTIVE");
    let (prefix, family) = (text(input, "familyPrefix"), text(input, "family"));
    let last = text(input, "revision") == Some("LAST_REGISTERED");
    let mut shown = Vec::new();
    for (name, revisions) in &cloud.daemons.definitions {
        let fits =
            prefix.is_none_or(|it| name.starts_with(it)) && family.is_none_or(|it| it == name);
        let skip = if last {
            revisions.len().saturating_sub(1)
        } else {
            0
        };
        for one in revisions.iter().skip(skip).filter(|_| fits) {
            if wanted != "ALL" && wanted != status(one) {
                continue;
            }
            let mut out = json!({
                "arn": one.arn,
                "registeredAt": one.registered.to_string(),
                "registeredBy": registrant(cloud),
                "status": status(one),
            });
            if let Some(at) = one.deleted {
                set(&mut out, "deleteRequestedAt", json!(at.to_string()));
            }
            shown.push(out);
        }
    }
    if text(input, "sort") == Some("DESC") {
        shown.reverse();
    }
    Ok(page(input, "daemonTaskDefinitions", shown, 100))
}

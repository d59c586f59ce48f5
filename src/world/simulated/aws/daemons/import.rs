//! Brings a daemon that was read live into the simulated cloud.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::deployment::Status;
use super::key::daemon_of;
use super::rollout::pending;
use super::state::{Daemon, DaemonDefinition, DaemonRevision};
use crate::text::arn::{family_and_revision, short_name};
use crate::world::simulated::aws::json::{list, number, object, text};
use crate::world::simulated::cloud::Cloud;

/// What ECS assigns to a task definition, beside what was registered.
const ASSIGNED: [&str; 6] = [
    "daemonTaskDefinitionArn",
    "revision",
    "status",
    "registeredAt",
    "registeredBy",
    "deleteRequestedAt",
];

/// Imports the answer of `DescribeDaemonTaskDefinition`, unless it is known.
pub(crate) fn import_definition(cloud: &mut Cloud, described: &Value) {
    let live = &described["daemonTaskDefinition"];
    let arn = text(live, "daemonTaskDefinitionArn").unwrap_or_default();
    let Some((family, revision)) = family_and_revision(arn) else {
        return;
    };
    let mut raw = object(live);
    raw.retain(|name, _| !ASSIGNED.contains(&name.as_str()));
    let registered = text(live, "registeredAt").and_then(|at| at.parse().ok());
    let known = DaemonDefinition {
        arn: arn.to_owned(),
        raw,
        revision,
        registered: registered.unwrap_or(cloud.now()),
        deleted: None,
    };
    let all = cloud
        .daemons
        .definitions
        .entry(family.to_owned())
        .or_default();
    if all.iter().all(|one| one.revision != revision) {
        all.push(known);
        all.sort_by_key(|one| one.revision);
    }
}

/// Imports the answers of `DescribeDaemon`, of `DescribeDaemonDeployments` for its newest one, and of
/// `DescribeDaemonRevisions` for what runs.
pub(crate) fn import(cloud: &mut Cloud, described: &Value, deployments: &Value, revisions: &Value) {
    let live = &described["daemon"];
    let Some(key) = text(live, "daemonArn").and_then(daemon_of) else {
        return;
    };
    let now = cloud.now();
    let time = |value: &Value, name: &str| text(value, name).and_then(|at| at.parse().ok());
    let mut running = BTreeMap::new();
    let mut providers = BTreeMap::new();
    for current in list(live, "currentRevisions") {
        let id = short_name(text(current, "arn").unwrap_or_default());
        for provider in list(current, "capacityProviders") {
            let arn = text(provider, "arn").unwrap_or_default().to_owned();
            let count = number(provider, "runningCount").and_then(|n| u32::try_from(n).ok());
            let count = count.unwrap_or(0);
            running.insert((id.to_owned(), arn.clone()), count);
            *providers.entry(arn).or_insert(0) += count;
        }
    }
    let arns: Vec<String> = providers.keys().cloned().collect();
    let known: Vec<DaemonRevision> = list(revisions, "daemonRevisions")
        .iter()
        .map(|revision| {
            let mut settings = object(revision);
            settings
                .retain(|_, value| value.is_boolean() || *value == "DAEMON" || *value == "NONE");
            DaemonRevision {
                id: short_name(text(revision, "daemonRevisionArn").unwrap_or_default()).to_owned(),
                definition: text(revision, "daemonTaskDefinitionArn")
                    .unwrap_or_default()
                    .to_owned(),
                providers: arns.clone(),
                created: time(revision, "createdAt").unwrap_or(now),
                settings,
            }
        })
        .collect();
    let newest = list(deployments, "daemonDeployments").first();
    let newest = newest.cloned().unwrap_or_else(|| json!({}));
    let target = text(&newest["targetDaemonRevision"], "arn").unwrap_or_default();
    let id = short_name(text(live, "deploymentArn").unwrap_or_default()).to_owned();
    let configuration = newest.get("deploymentConfiguration").cloned();
    let all = providers.values().sum();
    let mut deployment = pending(
        cloud,
        id,
        short_name(target),
        configuration.unwrap_or_else(|| json!({})),
        all,
    );
    deployment.created = time(&newest, "createdAt").unwrap_or(now);
    deployment.started = time(&newest, "startedAt");
    let status = match text(&newest, "status") {
        Some("STOPPED") => Status::Stopped,
        Some("ROLLBACK_SUCCESSFUL") => Status::RollbackSuccessful,
        Some("ROLLBACK_FAILED") => Status::RollbackFailed,
        // A plan says nothing of how one that is under way ends.
        _ => Status::Successful,
    };
    deployment.become_(
        status,
        text(&newest, "statusReason").unwrap_or_default(),
        now,
    );
    let runs = |it: &&DaemonRevision| {
        let mut counts = running.iter();
        counts.any(|((id, _), count)| *id == it.id && *count > 0)
    };
    let proven = known.iter().find(runs).map(|it| it.id.clone());
    for (arn, count) in providers {
        cloud.daemons.add_instances(arn, count);
    }
    let daemon = Daemon {
        created: time(live, "createdAt").unwrap_or(now),
        updated: time(live, "updatedAt").unwrap_or(now),
        deleting: text(live, "status") == Some("DELETE_IN_PROGRESS"),
        revisions: known,
        deployments: vec![deployment],
        running,
        proven,
    };
    cloud.daemons.daemons.insert(key, daemon);
}

//! Daemons, their deployments and revisions as the API shows them.

use serde_json::{Value, json};

use super::changes::find;
use super::definitions::by_arn;
use super::deployment::{DaemonDeployment, Status};
use super::key::{DaemonKey, part_of};
use super::listing::brief;
use super::rollout::watched;
use super::state::{Daemon, DaemonRevision};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::ecr;
use crate::world::simulated::aws::json::{flag, invalid, list, lists, set, text, texts};
use crate::world::simulated::cloud::Cloud;

pub(super) fn daemon(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let (key, daemon) = find(cloud, input)?;
    let mut current = daemon.running_revisions();
    if current.is_empty() {
        current.extend(daemon.revisions.last().map(|it| it.id.clone()));
    }
    let current: Vec<Value> = current
        .iter()
        .filter_map(|id| daemon.revision(id))
        .map(|revision| running(cloud, &key, daemon, revision))
        .collect();
    let mut out = json!({
        "daemonArn": key.arn(&cloud.kernel),
        "clusterArn": cloud.arn("ecs", &format!("cluster/{}", key.cluster)),
        "status": daemon.status(),
        "currentRevisions": current,
        "createdAt": daemon.created.to_string(),
        "updatedAt": daemon.updated.to_string(),
    });
    if let Some(latest) = daemon.deployments.first() {
        let arn = key.part(&cloud.kernel, "daemon-deployment", &latest.id);
        set(&mut out, "deploymentArn", json!(arn));
    }
    Ok(json!({ "daemon": out }))
}

/// A revision with the tasks that run it.
fn running(cloud: &Cloud, key: &DaemonKey, daemon: &Daemon, revision: &DaemonRevision) -> Value {
    let on = |provider: &String| daemon.running_on(&revision.id, provider);
    let providers = revision.providers.iter().map(|provider| {
        json!({ "arn": provider, "runningCount": on(provider), "withoutDaemonCount": 0 })
    });
    json!({
        "arn": key.part(&cloud.kernel, "daemon-revision", &revision.id),
        "capacityProviders": providers.collect::<Vec<Value>>(),
        "totalRunningCount": revision.providers.iter().map(on).sum::<u32>(),
        "totalWithoutDaemonCount": 0,
    })
}

/// The ARNs that a description asks for.
fn asked(input: &Value, name: &str) -> Result<Vec<String>, Fault> {
    let arns = texts(input, name);
    match (1..=20).contains(&arns.len()) {
        true => Ok(arns),
        false => Err(invalid(format!("{name} must have 1 to 20 elements."))),
    }
}

pub(super) fn deployments(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for arn in asked(input, "daemonDeploymentArns")? {
        let known = part_of(&arn, "daemon-deployment").and_then(|(key, id)| {
            let daemon = cloud.daemons.daemons.get(&key)?;
            let deployment = daemon.deployments.iter().find(|it| it.id == id)?;
            Some(render(cloud, &key, daemon, deployment))
        });
        match known {
            Some(deployment) => found.push(deployment),
            None => failures.push(json!({ "arn": arn, "reason": "MISSING" })),
        }
    }
    Ok(lists([
        ("daemonDeployments", found),
        ("failures", failures),
    ]))
}

pub(super) fn revisions(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for arn in asked(input, "daemonRevisionArns")? {
        let known = part_of(&arn, "daemon-revision").and_then(|(key, id)| {
            let revision = cloud.daemons.daemons.get(&key)?.revision(id)?;
            Some(render_revision(cloud, &key, revision))
        });
        match known {
            Some(revision) => found.push(revision),
            None => failures.push(json!({ "arn": arn, "reason": "MISSING" })),
        }
    }
    Ok(lists([("daemonRevisions", found), ("failures", failures)]))
}

fn render_revision(cloud: &Cloud, key: &DaemonKey, revision: &DaemonRevision) -> Value {
    let raw = by_arn(cloud, &revision.definition).map(|it| Value::Object(it.raw.clone()));
    let raw = raw.unwrap_or_default();
    let images = list(&raw, "containerDefinitions").iter().map(|container| {
        let image = text(container, "image").unwrap_or_default();
        let mut out = json!({ "image": image });
        if let Some(name) = container.get("name") {
            set(&mut out, "containerName", name.clone());
        }
        let pulled = ecr::pull(&cloud.ecr, &cloud.kernel, image).ok();
        if let Some(digest) = pulled.and_then(|it| it.digest) {
            set(&mut out, "imageDigest", json!(digest));
        }
        out
    });
    let mut out = json!({
        "daemonRevisionArn": key.part(&cloud.kernel, "daemon-revision", &revision.id),
        "clusterArn": cloud.arn("ecs", &format!("cluster/{}", key.cluster)),
        "daemonArn": key.arn(&cloud.kernel),
        "daemonTaskDefinitionArn": revision.definition,
        "createdAt": revision.created.to_string(),
        "containerImages": images.collect::<Vec<Value>>(),
        "propagateTags": "NONE",
        "enableECSManagedTags": false,
        "enableExecuteCommand": false,
        "critical": true,
    });
    for (name, value) in &revision.settings {
        set(&mut out, name, value.clone());
    }
    out
}

/// A revision in a deployment, with the instances that run it and those that are drained.
fn counted(
    cloud: &Cloud,
    key: &DaemonKey,
    daemon: &Daemon,
    id: &str,
    draining: &[(String, u32)],
) -> Value {
    let providers = daemon
        .revision(id)
        .map(|it| it.providers.clone())
        .unwrap_or_default();
    let on = |provider: &String| daemon.running_on(id, provider);
    let off = |provider: &String| -> u32 {
        let own = draining.iter().filter(|(of, _)| of == provider);
        own.map(|(_, count)| count).sum()
    };
    let shown = providers.iter().map(|provider| {
        json!({
            "arn": provider, "runningInstanceCount": on(provider),
            "withoutDaemonInstanceCount": 0, "drainingInstanceCount": off(provider),
        })
    });
    json!({
        "arn": key.part(&cloud.kernel, "daemon-revision", id),
        "capacityProviders": shown.collect::<Vec<Value>>(),
        "totalRunningInstanceCount": providers.iter().map(on).sum::<u32>(),
        "totalWithoutDaemonInstanceCount": 0,
        "totalDrainingInstanceCount": providers.iter().map(off).sum::<u32>(),
    })
}

fn render(cloud: &Cloud, key: &DaemonKey, daemon: &Daemon, d: &DaemonDeployment) -> Value {
    // What is drained ran a revision from before, or, on the way back, the target.
    let back = d.status == Status::RollbackInProgress;
    let (of_sources, of_target): (&[_], &[_]) = match back {
        true => (&[], &d.draining),
        false => (&d.draining, &[]),
    };
    let sources: Vec<Value> = d
        .sources
        .iter()
        .map(|id| counted(cloud, key, daemon, id, of_sources))
        .collect();
    let monitoring = |triggered: bool, on: bool| match (on, triggered, d.status.ended()) {
        (false, ..) => "DISABLED",
        (_, true, _) => "TRIGGERED",
        (_, _, true) => "MONITORING_COMPLETE",
        _ => "MONITORING",
    };
    let mut out = brief(cloud, key, d);
    let names = texts(&d.configuration["alarms"], "alarmNames");
    let on = flag(&d.configuration["alarms"], "enable");
    let watches = watched(&d.configuration)
        .iter()
        .any(|it| !d.ignored.contains(it));
    for (name, value) in [
        (
            "targetDaemonRevision",
            counted(cloud, key, daemon, &d.target, of_target),
        ),
        ("sourceDaemonRevisions", json!(sources)),
        ("deploymentConfiguration", d.configuration.clone()),
        (
            "circuitBreaker",
            json!({
                "failureCount": d.failures, "threshold": d.threshold,
                "status": monitoring(d.tripped, true),
            }),
        ),
        (
            "alarms",
            json!({
                "status": monitoring(!d.alarmed.is_empty(), on && watches),
                "alarmNames": names, "triggeredAlarmNames": d.alarmed,
            }),
        ),
    ] {
        set(&mut out, name, value);
    }
    if let Some(rollback) = &d.rollback {
        let providers = daemon
            .revision(&rollback.revision)
            .map(|it| it.providers.clone());
        let shown = json!({
            "reason": rollback.reason,
            "startedAt": rollback.started.to_string(),
            "rollbackTargetDaemonRevisionArn": key.part(&cloud.kernel, "daemon-revision", &rollback.revision),
            "rollbackCapacityProviders": providers.unwrap_or_default(),
        });
        set(&mut out, "rollback", shown);
    }
    out
}

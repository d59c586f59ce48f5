//! The calls that create, update and delete daemons.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::deployment::Status;
use super::key::{DaemonKey, daemon_of};
use super::rollout::{REACTION, go_on, pending};
use super::state::{Daemon, DaemonRevision};
use super::{definitions, validation};
use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{invalid, required, text};
use crate::world::simulated::cloud::Cloud;

/// Members of a revision that are kept as they are given.
const SETTINGS: [&str; 4] = [
    "propagateTags",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "critical",
];

/// The daemon of a call.
pub(super) fn find<'a>(cloud: &'a Cloud, input: &Value) -> Result<(DaemonKey, &'a Daemon), Fault> {
    let arn = required(input, "daemonArn")?;
    let key = daemon_of(arn).ok_or_else(|| invalid(format!("Invalid daemon ARN: {arn}.")))?;
    if !cloud.ecs.has_cluster(&key.cluster) {
        return Err(Fault::new("ClusterNotFoundException", "Cluster not found."));
    }
    match cloud.daemons.daemons.get(&key) {
        Some(daemon) => Ok((key, daemon)),
        None => Err(Fault::new("DaemonNotFoundException", "Daemon not found.")),
    }
}

fn find_active(cloud: &Cloud, input: &Value) -> Result<DaemonKey, Fault> {
    let (key, daemon) = find(cloud, input)?;
    match daemon.deleting {
        false => Ok(key),
        true => Err(Fault::new(
            "DaemonNotActiveException",
            "Daemon was not ACTIVE.",
        )),
    }
}

/// The name of the cluster that `clusterArn` names, or the default one.
pub(super) fn cluster(cloud: &Cloud, input: &Value) -> Result<String, Fault> {
    let name = text(input, "clusterArn")
        .map_or("default", short_name)
        .to_owned();
    match cloud.ecs.has_cluster(&name) {
        true => Ok(name),
        false => Err(Fault::new("ClusterNotFoundException", "Cluster not found.")),
    }
}

pub(super) fn create(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    if let Some(known) = text(input, "clientToken").and_then(|t| cloud.daemons.tokens.get(t)) {
        return Ok(known.clone());
    }
    let key = DaemonKey {
        cluster: cluster(cloud, input)?,
        name: required(input, "daemonName")?.to_owned(),
    };
    validation::name(&key.name)?;
    if cloud.daemons.daemons.contains_key(&key) {
        return Err(invalid(format!(
            "A daemon named {} already exists.",
            key.name
        )));
    }
    let now = cloud.now();
    let daemon = Daemon {
        created: now,
        updated: now,
        deleting: false,
        revisions: Vec::new(),
        deployments: Vec::new(),
        running: BTreeMap::new(),
        proven: None,
    };
    let revision = asked(cloud, input, Map::new())?;
    cloud.daemons.daemons.insert(key.clone(), daemon);
    let out = deploy(cloud, &key, revision, input.get("deploymentConfiguration"));
    if let Some(token) = text(input, "clientToken") {
        cloud.daemons.tokens.insert(token.to_owned(), out.clone());
    }
    Ok(out)
}

pub(super) fn update(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let key = find_active(cloud, input)?;
    // What is not said of tags and commands has its default again: it is not kept.
    let before = cloud
        .daemons
        .daemons
        .get(&key)
        .and_then(|it| it.revisions.last());
    let critical = before.and_then(|it| it.settings.get("critical")).cloned();
    let mut kept = Map::new();
    kept.extend(critical.map(|it| ("critical".to_owned(), it)));
    let revision = asked(cloud, input, kept)?;
    let now = cloud.now();
    if let Some(current) = cloud
        .daemons
        .daemons
        .get_mut(&key)
        .and_then(|it| it.deployments.first_mut())
        && !current.status.ended()
    {
        current.become_(
            Status::Stopped,
            "Daemon deployment was replaced by a new deployment.",
            now,
        );
    }
    Ok(deploy(
        cloud,
        &key,
        revision,
        input.get("deploymentConfiguration"),
    ))
}

/// The revision that a call asks for.
fn asked(
    cloud: &mut Cloud,
    input: &Value,
    mut settings: Map<String, Value>,
) -> Result<DaemonRevision, Fault> {
    let definition = definitions::deployable(cloud, required(input, "daemonTaskDefinitionArn")?)?;
    let providers = validation::providers(cloud, input)?;
    validation::configuration(input.get("deploymentConfiguration").unwrap_or(&Value::Null))?;
    for name in SETTINGS {
        if let Some(value) = input.get(name).filter(|v| !v.is_null()) {
            settings.insert(name.to_owned(), value.clone());
        }
    }
    Ok(DaemonRevision {
        id: cloud.kernel.rng.digits(19),
        definition,
        providers,
        created: cloud.now(),
        settings,
    })
}

/// Begins the deployment of a revision; returns what the call answers.
fn deploy(
    cloud: &mut Cloud,
    key: &DaemonKey,
    revision: DaemonRevision,
    configuration: Option<&Value>,
) -> Value {
    let of = |arn: &String| cloud.daemons.instances.get(arn).copied().unwrap_or(0);
    let instances = revision.providers.iter().map(of).sum();
    let known = cloud.daemons.daemons.get(key);
    let sources = known.map(Daemon::running_revisions).unwrap_or_default();
    let configuration = configuration.cloned().unwrap_or_else(|| json!({}));
    let id = cloud.kernel.rng.hex(21);
    let mut deployment = pending(cloud, id.clone(), &revision.id, configuration, instances);
    deployment.sources = sources;
    let now = cloud.now();
    if let Some(daemon) = cloud.daemons.daemons.get_mut(key) {
        daemon.revisions.push(revision);
        daemon.deployments.insert(0, deployment);
        daemon.updated = now;
    }
    go_on(cloud, key, &id, REACTION);
    answer(cloud, key, &id)
}

fn answer(cloud: &Cloud, key: &DaemonKey, deployment: &str) -> Value {
    let mut out = json!({
        "daemonArn": key.arn(&cloud.kernel),
        "deploymentArn": key.part(&cloud.kernel, "daemon-deployment", deployment),
    });
    if let Some(daemon) = cloud.daemons.daemons.get(key) {
        out["createdAt"] = json!(daemon.created.to_string());
        if daemon.deployments.len() > 1 {
            out["updatedAt"] = json!(daemon.updated.to_string());
        }
        out["status"] = json!(daemon.status());
    }
    out
}

pub(super) fn delete(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let key = find_active(cloud, input)?;
    let now = cloud.now();
    let known = cloud.daemons.daemons.get(&key);
    let sources = known.map(Daemon::running_revisions).unwrap_or_default();
    let target = known
        .and_then(|it| it.revisions.last())
        .map(|it| it.id.clone());
    let target = target.unwrap_or_default();
    let id = cloud.kernel.rng.hex(21);
    let mut deployment = pending(cloud, id.clone(), &target, json!({}), 0);
    deployment.sources = sources;
    if let Some(daemon) = cloud.daemons.daemons.get_mut(&key) {
        if let Some(current) = daemon
            .deployments
            .first_mut()
            .filter(|it| !it.status.ended())
        {
            current.become_(Status::Stopped, "The daemon is being deleted.", now);
        }
        daemon.deleting = true;
        daemon.updated = now;
        daemon.deployments.insert(0, deployment);
    }
    // Its instances are drained and replaced.
    let takes = cloud.kernel.rng.millis(90_000, 150_000);
    go_on(cloud, &key, &id, takes);
    Ok(answer(cloud, &key, &id))
}

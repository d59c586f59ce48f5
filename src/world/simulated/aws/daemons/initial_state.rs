//! Daemons as they are when the world begins: on every instance.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::deployment::Status;
use super::key::DaemonKey;
use super::rollout::pending;
use super::state::{Daemon, DaemonRevision};
use super::{definitions, validation};
use crate::text::hex;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::text;
use crate::world::simulated::cloud::Cloud;

/// Adds a daemon that runs on all instances of its capacity providers; `input` is that of `CreateDaemon`.
///
/// # Errors
/// What ECS would refuse of it.
pub(crate) fn add(cloud: &mut Cloud, key: DaemonKey, input: &Value) -> Result<(), Fault> {
    let reference = text(input, "daemonTaskDefinitionArn").unwrap_or_default();
    let definition = definitions::deployable(cloud, reference)?;
    let providers = validation::providers(cloud, input)?;
    let configuration = input.get("deploymentConfiguration").cloned();
    let configuration = configuration.unwrap_or_else(|| json!({}));
    validation::configuration(&configuration)?;
    let began = cloud.began();
    let mut settings = Map::new();
    for name in [
        "propagateTags",
        "enableECSManagedTags",
        "enableExecuteCommand",
        "critical",
    ] {
        settings.extend(
            input
                .get(name)
                .map(|value| (name.to_owned(), value.clone())),
        );
    }
    // Nothing is drawn by chance for what has been there before: the rest of the world stays as it is without it.
    let mark = hex::sha256(format!("{}/{}", key.cluster, key.name));
    let id: String = mark.chars().filter(char::is_ascii_digit).take(19).collect();
    let mut running = BTreeMap::new();
    let mut instances = 0;
    for provider in &providers {
        let count = cloud.daemons.instances.get(provider).copied().unwrap_or(0);
        instances += count;
        running.insert((id.clone(), provider.clone()), count);
    }
    let mut deployment = pending(cloud, mark[..21].to_owned(), &id, configuration, instances);
    deployment.created = began;
    deployment.started = Some(began);
    deployment.become_(Status::Successful, "", began);
    let revision = DaemonRevision {
        id: id.clone(),
        definition,
        providers,
        created: began,
        settings,
    };
    let daemon = Daemon {
        created: began,
        updated: began,
        deleting: false,
        revisions: vec![revision],
        deployments: vec![deployment],
        running,
        proven: Some(id),
    };
    cloud.daemons.daemons.insert(key, daemon);
    Ok(())
}

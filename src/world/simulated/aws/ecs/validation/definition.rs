//! What `RegisterTaskDefinition` refuses of a task definition as a whole.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{client, container, fargate, given, is_name};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, text, texts};

/// Containers that a task definition may have.
const MOST_CONTAINERS: usize = 10;

/// Checks the input of `RegisterTaskDefinition`.
pub(in super::super) fn definition(input: &Value) -> Result<(), Fault> {
    let family = text(input, "family").unwrap_or_default();
    if !is_name(family) {
        return Err(client(format!("Invalid family name '{family}'.")));
    }
    containers(input)?;
    volumes(input)?;
    mode(input)?;
    let on_fargate = texts(input, "requiresCompatibilities")
        .iter()
        .any(|c| c == "FARGATE");
    if on_fargate {
        fargate::definition(input)?;
    }
    sizes(input)?;
    for container in list(input, "containerDefinitions") {
        container::container(input, container, on_fargate)?;
    }
    container::dependencies(input)?;
    container::routers(input)
}

/// Checks that there are containers, that each has a name and an image, and that one is essential.
fn containers(input: &Value) -> Result<(), Fault> {
    let containers = list(input, "containerDefinitions");
    if containers.is_empty() {
        return Err(client("Container list cannot be empty."));
    }
    if containers.len() > MOST_CONTAINERS {
        return Err(client(format!(
            "Too many containers: a task definition can have at most {MOST_CONTAINERS}."
        )));
    }
    let mut names = BTreeSet::new();
    for container in containers {
        for member in ["name", "image"] {
            if text(container, member).is_none_or(str::is_empty) {
                return Err(client(format!(
                    "Container.{member} should not be null or empty."
                )));
            }
        }
        let name = text(container, "name").unwrap_or_default();
        if !is_name(name) {
            return Err(client(format!("Invalid container name '{name}'.")));
        }
        if !names.insert(name) {
            return Err(client("Container names should be unique."));
        }
    }
    if !containers.iter().any(container::essential) {
        return Err(client(
            "At least one container must be marked as essential.",
        ));
    }
    Ok(())
}

/// Checks that volumes have names of their own, and that what is mounted is one of them.
fn volumes(input: &Value) -> Result<(), Fault> {
    let mut volumes = BTreeSet::new();
    for volume in list(input, "volumes") {
        let name = text(volume, "name").unwrap_or_default();
        if !volumes.insert(name) {
            return Err(client(format!("Duplicate volume name '{name}'.")));
        }
    }
    let containers = list(input, "containerDefinitions");
    let mounts = containers.iter().flat_map(|c| list(c, "mountPoints"));
    let mut mounted = mounts.filter_map(|m| text(m, "sourceVolume"));
    if let Some(unknown) = mounted.find(|name| !volumes.contains(name)) {
        return Err(client(format!("Unknown volume '{unknown}'.")));
    }
    let from = containers.iter().flat_map(|c| list(c, "volumesFrom"));
    let mut from = from.filter_map(|v| text(v, "sourceContainer"));
    let known = |name: &str| containers.iter().any(|c| text(c, "name") == Some(name));
    match from.find(|name| !known(name)) {
        Some(unknown) => Err(client(format!("Unknown container '{unknown}'."))),
        None => Ok(()),
    }
}

/// Checks the network mode against what the task may run on.
fn mode(input: &Value) -> Result<(), Fault> {
    let mode = text(input, "networkMode");
    // A mode that AWS does not know is found by its model; one that AWS itself answered with is newer than this program.
    if mode.is_some_and(|m| !["", "bridge", "host", "awsvpc", "none"].contains(&m)) {
        return Ok(());
    }
    let external = texts(input, "requiresCompatibilities")
        .iter()
        .any(|c| c == "EXTERNAL");
    if external && mode == Some("awsvpc") {
        return Err(client(
            "External tasks do not support network mode 'awsvpc'.",
        ));
    }
    Ok(())
}

/// Checks the CPU and the memory of the task against those of its containers.
fn sizes(input: &Value) -> Result<(), Fault> {
    let containers = list(input, "containerDefinitions");
    for (member, amount) in [
        ("cpu", fargate::cpu_units as fn(&Value) -> Option<u64>),
        ("memory", fargate::mebibytes),
    ] {
        if !given(input, member) {
            continue;
        }
        let Some(all) = input.get(member).and_then(amount) else {
            return Err(client(format!("Invalid '{member}' setting for task.")));
        };
        let of = |c: &Value| c.get(member).and_then(amount).unwrap_or(0);
        if let Some(large) = containers.iter().find(|c| of(c) > all) {
            let name = text(large, "name").unwrap_or_default();
            return Err(client(format!(
                "Invalid setting for container '{name}'. The '{member}' setting for container is greater than for the task."
            )));
        }
        // Memory limits of containers may add up to more than there is; what is reserved may not.
        let reserved = |c: &Value| match member {
            "cpu" => of(c),
            _ => c.get("memoryReservation").and_then(amount).unwrap_or(0),
        };
        if containers.iter().map(reserved).sum::<u64>() > all {
            return Err(client(format!(
                "The total '{member}' of all containers is greater than the '{member}' of the task."
            )));
        }
    }
    Ok(())
}

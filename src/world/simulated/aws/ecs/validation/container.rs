//! What `RegisterTaskDefinition` refuses of a single container, and of containers that wait for each other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{client, given, log_driver};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, number, text};

/// A member of a health check and the values that it may have.
const HEALTH: [(&str, u64, u64); 4] = [
    ("interval", 5, 300),
    ("timeout", 2, 60),
    ("retries", 1, 10),
    ("startPeriod", 0, 300),
];

/// The least memory of a container, in MiB.
const LEAST_MEMORY: u64 = 6;

/// Whether the task stops when the container does.
pub(super) fn essential(container: &Value) -> bool {
    let given = container.get("essential").and_then(Value::as_bool);
    given.unwrap_or(true)
}

/// Checks a container of the task definition `input`.
pub(super) fn container(input: &Value, container: &Value, fargate: bool) -> Result<(), Fault> {
    let name = text(container, "name").unwrap_or_default();
    memory(input, container, name)?;
    ports(input, container)?;
    environment(input, container)?;
    health(container, name)?;
    if !list(container, "links").is_empty()
        && !matches!(text(input, "networkMode"), None | Some("" | "bridge"))
    {
        return Err(client(
            "Links are not supported when the network mode is not 'bridge'.",
        ));
    }
    log_driver::log_driver(input, container, fargate)
}

fn memory(input: &Value, container: &Value, name: &str) -> Result<(), Fault> {
    let setting = |what: &str| client(format!("Invalid setting for container '{name}'. {what}"));
    let (hard, soft) = (
        number(container, "memory"),
        number(container, "memoryReservation"),
    );
    if hard.is_none() && soft.is_none() && !given(input, "memory") {
        return Err(setting(
            "At least one of 'memory' or 'memoryReservation' must be specified.",
        ));
    }
    for (member, value) in [("memory", hard), ("memoryReservation", soft)] {
        if value.is_some_and(|v| v < LEAST_MEMORY) {
            return Err(setting(&format!(
                "The '{member}' setting must be at least {LEAST_MEMORY} MiB."
            )));
        }
    }
    match (hard, soft) {
        (Some(hard), Some(soft)) if soft > hard => Err(setting(
            "The 'memoryReservation' setting must not be greater than the 'memory' setting.",
        )),
        _ => Ok(()),
    }
}

fn ports(input: &Value, container: &Value) -> Result<(), Fault> {
    let mode = text(input, "networkMode");
    let mut mapped = BTreeSet::new();
    for mapping in list(container, "portMappings") {
        if mode == Some("none") {
            return Err(client(
                "Port mappings are not supported when networkMode=none.",
            ));
        }
        let (inner, outer) = (
            number(mapping, "containerPort"),
            number(mapping, "hostPort"),
        );
        if inner.is_none() && !given(mapping, "containerPortRange") {
            return Err(client(
                "Container port or container port range must be specified in port mappings.",
            ));
        }
        if inner.is_some_and(|p| !(1..=65_535).contains(&p)) || outer.is_some_and(|p| p > 65_535) {
            return Err(client("Ports in port mappings must be 1 to 65535."));
        }
        let same = |o: u64| Some(o) == inner;
        if outer.is_some_and(|o| o != 0 && !same(o)) {
            match mode {
                Some("awsvpc") => {
                    return Err(client(
                        "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
                    ));
                }
                Some("host") => {
                    return Err(client(
                        "When networkMode=host, the host ports and container ports in port mappings must match.",
                    ));
                }
                _ => {}
            }
        }
        let protocol = text(mapping, "protocol").unwrap_or("tcp");
        if !["tcp", "udp"].contains(&protocol) {
            return Err(client(format!("Invalid protocol '{protocol}'.")));
        }
        // On an instance, a container port may be reached by several ports of the host.
        if mode == Some("awsvpc") && inner.is_some() && !mapped.insert((inner, protocol)) {
            return Err(client("Duplicate container port in port mappings."));
        }
    }
    Ok(())
}

fn environment(input: &Value, container: &Value) -> Result<(), Fault> {
    let secrets = list(container, "secrets");
    let role = text(input, "executionRoleArn").is_some_and(|arn| !arn.is_empty());
    if !secrets.is_empty() && !role {
        return Err(client(
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
        ));
    }
    let plain = list(container, "environment").iter();
    let mut names: BTreeSet<&str> = plain.filter_map(|e| text(e, "name")).collect();
    for secret in secrets {
        let name = text(secret, "name").unwrap_or_default();
        if name.is_empty() || text(secret, "valueFrom").is_none_or(str::is_empty) {
            return Err(client(
                "Secrets must have a 'name' and a 'valueFrom' that are not empty.",
            ));
        }
        if !names.insert(name) {
            return Err(client(format!(
                "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '{name}'."
            )));
        }
    }
    let mut files = list(container, "environmentFiles").iter();
    match files.find(|f| text(f, "type") != Some("s3")) {
        Some(_) => Err(client("The only type of an environment file is 's3'.")),
        None => Ok(()),
    }
}

fn health(container: &Value, name: &str) -> Result<(), Fault> {
    let Some(check) = container.get("healthCheck").filter(|c| c.is_object()) else {
        return Ok(());
    };
    if list(check, "command").is_empty() {
        return Err(client(format!(
            "Invalid health check for container '{name}'. A command must be specified."
        )));
    }
    for (member, least, most) in HEALTH {
        if number(check, member).is_some_and(|v| !(least..=most).contains(&v)) {
            return Err(client(format!(
                "Invalid health check for container '{name}'. '{member}' must be between {least} and {most}."
            )));
        }
    }
    Ok(())
}

/// Checks that containers wait for containers that are there, for what those can reach, and not in a circle.
pub(super) fn dependencies(input: &Value) -> Result<(), Fault> {
    let containers = list(input, "containerDefinitions");
    let named = |name: &str| containers.iter().find(|c| text(c, "name") == Some(name));
    let mut waits: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for container in containers {
        let name = text(container, "name").unwrap_or_default();
        for dependency in list(container, "dependsOn") {
            let on = text(dependency, "containerName").unwrap_or_default();
            let condition = text(dependency, "condition").unwrap_or_default();
            let what = format!("Invalid 'dependsOn' setting for container '{name}'.");
            let Some(other) = named(on) else {
                return Err(client(format!("{what} Container '{on}' does not exist.")));
            };
            match condition {
                "START" => {}
                "COMPLETE" | "SUCCESS" if essential(other) => {
                    return Err(client(format!(
                        "{what} Container '{on}' is essential: the condition {condition} cannot be set on it."
                    )));
                }
                "COMPLETE" | "SUCCESS" => {}
                "HEALTHY" if given(other, "healthCheck") => {}
                "HEALTHY" => {
                    return Err(client(format!(
                        "{what} Container '{on}' has no health check: the condition HEALTHY cannot be set on it."
                    )));
                }
                other => {
                    return Err(client(format!("{what} Invalid condition '{other}'.")));
                }
            }
            waits.entry(name).or_default().push(on);
        }
    }
    match waits.keys().find(|name| reaches(&waits, name, name)) {
        Some(name) => Err(client(format!(
            "Circular dependency: container '{name}' depends on itself."
        ))),
        None => Ok(()),
    }
}

/// Whether waiting for what `from` waits for comes to `to`.
fn reaches(waits: &BTreeMap<&str, Vec<&str>>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = waits.get(from).cloned().unwrap_or_default();
    while let Some(next) = open.pop() {
        if next == to {
            return true;
        }
        if seen.insert(next) {
            open.extend(waits.get(next).into_iter().flatten());
        }
    }
    false
}

/// Checks that logs are routed by a router that is there.
pub(super) fn routers(input: &Value) -> Result<(), Fault> {
    let containers = list(input, "containerDefinitions");
    let router = containers.iter().any(|c| given(c, "firelensConfiguration"));
    let routed = containers.iter().any(|c| {
        let log = c.get("logConfiguration");
        log.and_then(|log| text(log, "logDriver")) == Some("awsfirelens")
    });
    match (router, routed) {
        (true, false) => Err(client(
            "When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.",
        )),
        (false, true) => Err(client(
            "When the awsfirelens log driver is specified, one container has to be configured with a firelensConfiguration object.",
        )),
        _ => Ok(()),
    }
}

//! What Fargate asks of a task definition: a size that it has, and nothing that needs an instance of one's own.

use serde_json::Value;

use super::{client, given};
use crate::vocabulary::Fault;
use crate::world::image::ImageRef;
use crate::world::simulated::aws::json::{list, number, text};

/// CPU units, the least and the most memory for them in MiB, and the steps between.
const SIZES: [(u64, u64, u64, u64); 7] = [
    (256, 512, 2_048, 0),
    (512, 1_024, 4_096, 1_024),
    (1_024, 2_048, 8_192, 1_024),
    (2_048, 4_096, 16_384, 1_024),
    (4_096, 8_192, 30_720, 1_024),
    (8_192, 16_384, 61_440, 4_096),
    (16_384, 32_768, 122_880, 8_192),
];

/// Members of a container that Fargate has nothing for.
const UNSUPPORTED: [&str; 8] = [
    "privileged",
    "disableNetworking",
    "dnsSearchDomains",
    "dnsServers",
    "dockerSecurityOptions",
    "extraHosts",
    "links",
    "hostname",
];

/// Members of `linuxParameters` that Fargate does not support.
const UNSUPPORTED_LINUX: [&str; 5] = [
    "devices",
    "sharedMemorySize",
    "tmpfs",
    "maxSwap",
    "swappiness",
];

/// Log drivers that Fargate has.
const LOG_DRIVERS: [&str; 3] = ["awslogs", "splunk", "awsfirelens"];

/// An amount such as `1024`, `"1024"`, or `"1 vCPU"` with a unit that stands for `scale`.
fn amount(value: &Value, unit: &str, scale: f64) -> Option<u64> {
    if let Some(whole) = value.as_u64() {
        return Some(whole);
    }
    let given = value.as_str()?.trim();
    if let Ok(whole) = given.parse() {
        return Some(whole);
    }
    let lower = given.to_ascii_lowercase();
    let number: f64 = lower.strip_suffix(unit)?.trim_end().parse().ok()?;
    (number >= 0.0).then_some((number * scale).round() as u64)
}

/// CPU units: 1024 are one vCPU.
pub(in super::super) fn cpu_units(value: &Value) -> Option<u64> {
    amount(value, "vcpu", 1024.0)
}

/// An amount of memory in MiB; `None`: it is no amount.
pub(in super::super) fn mebibytes(value: &Value) -> Option<u64> {
    amount(value, "gb", 1024.0)
}

/// Checks a task definition that requires the compatibility `FARGATE`.
pub(super) fn definition(input: &Value) -> Result<(), Fault> {
    for member in ["cpu", "memory"] {
        if !given(input, member) {
            return Err(client(format!(
                "Fargate requires that '{member}' be defined at the task level."
            )));
        }
    }
    if text(input, "networkMode") != Some("awsvpc") {
        return Err(client("Fargate only supports network mode ‘awsvpc’."));
    }
    size(input)?;
    if !list(input, "placementConstraints").is_empty() {
        return Err(unsupported("placementConstraints"));
    }
    if given(input, "ipcMode") {
        return Err(unsupported("ipcMode"));
    }
    if text(input, "pidMode").is_some_and(|mode| !["", "task"].contains(&mode)) {
        return Err(client("Fargate only supports pidMode 'task'."));
    }
    if let Some(storage) = input.get("ephemeralStorage") {
        let size = number(storage, "sizeInGiB").unwrap_or(0);
        if !(21..=200).contains(&size) {
            return Err(client(
                "EphemeralStorage.sizeInGiB must be between 21 and 200.",
            ));
        }
    }
    for volume in list(input, "volumes") {
        let on_host = volume.get("host").is_some_and(|h| given(h, "sourcePath"));
        for (member, used) in [
            (
                "dockerVolumeConfiguration",
                given(volume, "dockerVolumeConfiguration"),
            ),
            (
                "fsxWindowsFileServerVolumeConfiguration",
                given(volume, "fsxWindowsFileServerVolumeConfiguration"),
            ),
            ("host.sourcePath", on_host),
        ] {
            if used {
                return Err(unsupported(member));
            }
        }
    }
    let containers = list(input, "containerDefinitions");
    containers.iter().try_for_each(container)?;
    execution_role(input)
}

fn unsupported(member: &str) -> Fault {
    client(format!(
        "Fargate compatible task definitions do not support {member}"
    ))
}

/// Checks that Fargate has the size of a task: its `cpu` and `memory`.
pub(super) fn size(input: &Value) -> Result<(), Fault> {
    let (Some(cpu), Some(memory)) = (
        input.get("cpu").and_then(cpu_units),
        input.get("memory").and_then(mebibytes),
    ) else {
        return Err(client(
            "No Fargate configuration exists for given values. See the Amazon ECS documentation for the valid values.",
        ));
    };
    let row = SIZES.iter().find(|(units, ..)| *units == cpu);
    let fits = row.is_some_and(|&(_, least, most, step)| {
        let reached = match step {
            // The smallest has three sizes, each twice the one before.
            0 => memory.is_power_of_two(),
            step => memory.is_multiple_of(step),
        };
        (least..=most).contains(&memory) && reached
    });
    match fits {
        true => Ok(()),
        false => Err(client(format!(
            "No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the Amazon ECS documentation for the valid values."
        ))),
    }
}

fn container(container: &Value) -> Result<(), Fault> {
    // A member that says what it would be without being said is none.
    let used = |of: &Value, member: &str| match of.get(member) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Number(number)) => number.as_u64() != Some(0),
        Some(_) => true,
    };
    if let Some(member) = UNSUPPORTED.iter().find(|m| used(container, m)) {
        return Err(unsupported(member));
    }
    if let Some(linux) = container.get("linuxParameters") {
        if let Some(member) = UNSUPPORTED_LINUX.iter().find(|m| used(linux, m)) {
            return Err(unsupported(member));
        }
        let capabilities = linux.get("capabilities").unwrap_or(&Value::Null);
        let added = list(capabilities, "add").iter();
        let mut added = added.filter_map(Value::as_str);
        if let Some(other) = added.find(|c| *c != "SYS_PTRACE") {
            return Err(unsupported(&format!("adding the capability {other}")));
        }
    }
    let mut resources = list(container, "resourceRequirements").iter();
    if resources.any(|r| text(r, "type") == Some("GPU")) {
        return Err(unsupported("resource requirements of type GPU"));
    }
    let stop = number(container, "stopTimeout").unwrap_or(0);
    if stop > 120 {
        return Err(client(
            "Invalid 'stopTimeout' setting: Fargate supports at most 120 seconds.",
        ));
    }
    let driver = container
        .get("logConfiguration")
        .and_then(|log| text(log, "logDriver"));
    match driver.filter(|d| !LOG_DRIVERS.contains(d)) {
        Some(other) => Err(unsupported(&format!("log driver {other}"))),
        None => Ok(()),
    }
}

/// Checks that there is a role to fetch images and to write logs with, where that needs one.
fn execution_role(input: &Value) -> Result<(), Fault> {
    if text(input, "executionRoleArn").is_some_and(|arn| !arn.is_empty()) {
        return Ok(());
    }
    for container in list(input, "containerDefinitions") {
        let image = text(container, "image").unwrap_or_default();
        if ImageRef::parse(image).ecr().is_some() {
            return Err(client(
                "Fargate requires task definition to have execution role ARN to support ECR images.",
            ));
        }
        let driver = container
            .get("logConfiguration")
            .and_then(|log| text(log, "logDriver"));
        if let Some(driver) = driver.filter(|d| *d == "awslogs") {
            return Err(client(format!(
                "Fargate requires task definition to have execution role ARN to support log driver {driver}."
            )));
        }
        if given(container, "repositoryCredentials") {
            return Err(client(
                "Fargate requires task definition to have execution role ARN to support private registry authentication.",
            ));
        }
    }
    Ok(())
}

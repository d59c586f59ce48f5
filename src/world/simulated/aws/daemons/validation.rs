//! What ECS refuses of daemons and their task definitions.

use serde_json::Value;

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{invalid, list, required, text, texts};
use crate::world::simulated::cloud::Cloud;

/// The longest bake time, in minutes.
const LONGEST_BAKE: i64 = 1_440;

fn client(message: impl Into<String>) -> Fault {
    Fault::new("ClientException", message)
}

fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=255).contains(&name.len()) && name.chars().all(fits)
}

/// Checks the name of a new daemon.
pub(super) fn name(name: &str) -> Result<(), Fault> {
    match is_name(name) {
        true => Ok(()),
        false => Err(invalid(format!(
            "Invalid daemon name '{name}'. Up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens are allowed."
        ))),
    }
}

/// Checks the input of `RegisterDaemonTaskDefinition`.
pub(super) fn definition(input: &Value) -> Result<(), Fault> {
    let family = required(input, "family")?;
    if !is_name(family) {
        return Err(client(format!("Invalid family '{family}'.")));
    }
    let containers = list(input, "containerDefinitions");
    if containers.is_empty() {
        return Err(client("Container list cannot be empty."));
    }
    for container in containers {
        if text(container, "image").is_none_or(str::is_empty) {
            return Err(client("Container.image should not be null or empty."));
        }
    }
    for volume in list(input, "volumes") {
        if volume.get("host").is_some() && volume.get("logDriverVolumeConfiguration").is_some() {
            return Err(client(
                "A volume cannot have both host and logDriverVolumeConfiguration.",
            ));
        }
    }
    Ok(())
}

/// Checks a deployment configuration.
pub(super) fn configuration(configuration: &Value) -> Result<(), Fault> {
    let share = configuration.get("drainPercent").and_then(Value::as_f64);
    if share.is_some_and(|it| !(1.0..=100.0).contains(&it)) {
        return Err(invalid("drainPercent must be between 1.0 and 100.0."));
    }
    let bake = configuration
        .get("bakeTimeInMinutes")
        .and_then(Value::as_i64);
    if bake.is_some_and(|it| !(0..=LONGEST_BAKE).contains(&it)) {
        return Err(invalid(format!(
            "bakeTimeInMinutes must be between 0 and {LONGEST_BAKE}."
        )));
    }
    Ok(())
}

/// Checks the capacity providers of a daemon: at least one, and of ECS Managed Instances.
pub(super) fn providers(cloud: &Cloud, input: &Value) -> Result<Vec<String>, Fault> {
    let arns = texts(input, "capacityProviderArns");
    if arns.is_empty() {
        return Err(invalid("capacityProviderArns cannot be empty."));
    }
    for arn in &arns {
        if ["/FARGATE", "/FARGATE_SPOT"]
            .iter()
            .any(|it| arn.ends_with(it))
        {
            return Err(Fault::new(
                "UnsupportedFeatureException",
                "Daemons are only supported for Amazon ECS Managed Instances capacity providers.",
            ));
        }
        // A plan knows no instances: all providers that it is told of are there.
        if !cloud.kernel.all_goes_well() && !cloud.daemons.instances.contains_key(arn) {
            return Err(client(format!(
                "The capacity provider {arn} does not exist."
            )));
        }
    }
    Ok(arns)
}

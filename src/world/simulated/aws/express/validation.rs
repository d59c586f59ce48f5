//! What Express Mode refuses of the input of a call.

use serde_json::Value;

use super::defaults::CONTAINER;
use crate::text::arn::Arn;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::ecs::definitions;
use crate::world::simulated::aws::json::{invalid, list, number, text, texts};
use crate::world::simulated::cloud::Cloud;

/// Tasks that a service can have at most.
const MOST_TASKS: u64 = 5_000;

/// Members that a task definition of the caller's own replaces.
const MANAGED: [&str; 6] = [
    "primaryContainer",
    "executionRoleArn",
    "taskRoleArn",
    "cpu",
    "memory",
    "cpuArchitecture",
];

/// Checks the input of `CreateExpressGatewayService`.
pub(super) fn created(cloud: &Cloud, input: &Value) -> Result<(), Fault> {
    if !given(input, "infrastructureRoleArn") {
        return Err(invalid("infrastructureRoleArn is required."));
    }
    if !given(input, "taskDefinitionArn") {
        for needed in ["primaryContainer", "executionRoleArn"] {
            if !given(input, needed) {
                return Err(invalid(format!(
                    "{needed} is required unless taskDefinitionArn is specified."
                )));
            }
        }
    }
    if let Some(name) = text(input, "serviceName") {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=255).contains(&name.len()) || !name.chars().all(fits) {
            return Err(invalid(format!(
                "Invalid service name '{name}'. Up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens are allowed."
            )));
        }
    }
    if list(input, "tags").len() > 50 {
        return Err(invalid("tags can have at most 50 items."));
    }
    role(input, "infrastructureRoleArn")?;
    updated(cloud, input)
}

/// Checks what both creating and updating may say.
pub(super) fn updated(cloud: &Cloud, input: &Value) -> Result<(), Fault> {
    role(input, "executionRoleArn")?;
    role(input, "taskRoleArn")?;
    if let Some(path) = text(input, "healthCheckPath").filter(|path| !path.starts_with('/')) {
        return Err(invalid(format!(
            "Invalid healthCheckPath '{path}': it must start with a forward slash."
        )));
    }
    if let Some(container) = input.get("primaryContainer").filter(|c| c.is_object()) {
        self::container(container)?;
    }
    let Some(definition) = text(input, "taskDefinitionArn") else {
        return Ok(());
    };
    if let Some(both) = MANAGED.into_iter().find(|name| given(input, name)) {
        return Err(invalid(format!(
            "{both} cannot be specified together with taskDefinitionArn."
        )));
    }
    own_definition(cloud, definition)
}

fn given(input: &Value, name: &str) -> bool {
    let member = input.get(name);
    member.is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
}

fn role(input: &Value, name: &str) -> Result<(), Fault> {
    let Some(arn) = text(input, name) else {
        return Ok(());
    };
    let parsed = Arn::parse(arn).filter(|it| it.service == "iam");
    match parsed.is_some_and(|it| it.resource.starts_with("role/")) {
        true => Ok(()),
        false => Err(invalid(format!(
            "Invalid {name} '{arn}': it must be the ARN of a role."
        ))),
    }
}

fn container(container: &Value) -> Result<(), Fault> {
    if !given(container, "image") {
        return Err(invalid("image of the primaryContainer is required."));
    }
    let port = container.get("containerPort").filter(|p| !p.is_null());
    if port.is_some_and(|p| !p.as_u64().is_some_and(|p| (1..=65_535).contains(&p))) {
        return Err(invalid("containerPort must be between 1 and 65535."));
    }
    Ok(())
}

/// Checks a task definition of the caller's own: the container that gets the traffic, and that Fargate can run it.
fn own_definition(cloud: &Cloud, reference: &str) -> Result<(), Fault> {
    let definition = definitions::find(cloud, reference).filter(|d| d.active());
    let definition =
        definition.ok_or_else(|| Fault::new("ClientException", "TaskDefinition not found."))?;
    let mut containers = definition.containers().iter();
    let ports = containers
        .find(|c| text(c, "name") == Some(CONTAINER))
        .map(|main| list(main, "portMappings"));
    let one_named = ports.is_some_and(|ports| {
        let one = |port: &Value| number(port, "containerPort").is_some() && given(port, "name");
        ports.len() == 1 && ports.iter().all(one)
    });
    if !one_named {
        return Err(invalid(format!(
            "The task definition must have a container named {CONTAINER} with a single TCP port mapping that has a container port and a name."
        )));
    }
    let on_fargate = texts(&definition.raw, "requiresCompatibilities");
    match on_fargate.iter().any(|it| it == "FARGATE") {
        true => Ok(()),
        false => Err(Fault::new(
            "PlatformTaskDefinitionIncompatibilityException",
            "The task definition must be compatible with FARGATE.",
        )),
    }
}

/// Checks the bounds between which a configuration lets its service scale.
pub(super) fn scaling(configuration: &Value) -> Result<(), Fault> {
    let asked = &configuration["scalingTarget"];
    let bound = |name: &str| {
        let count = number(asked, name).filter(|n| (1..=MOST_TASKS).contains(n));
        count.ok_or_else(|| invalid(format!("{name} must be between 1 and {MOST_TASKS}.")))
    };
    let (least, most) = (bound("minTaskCount")?, bound("maxTaskCount")?);
    if least > most {
        return Err(invalid("minTaskCount cannot be greater than maxTaskCount."));
    }
    let value = number(asked, "autoScalingTargetValue").unwrap_or_default();
    let share = text(asked, "autoScalingMetric") != Some("REQUEST_COUNT_PER_TARGET");
    if value == 0 || (share && value > 100) {
        let most = if share { " and at most 100" } else { "" };
        return Err(invalid(format!(
            "autoScalingTargetValue must be greater than 0{most}."
        )));
    }
    Ok(())
}

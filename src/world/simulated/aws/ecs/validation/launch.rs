//! What tasks run on: a launch type or capacity providers, and what ECS refuses of either.

use serde_json::Value;

use super::super::definition::Definition;
use super::{fargate, given, is_name};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{invalid, list, text, texts};
use crate::world::simulated::cloud::Cloud;

/// What the tasks of a call or a service run on.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Launch {
    /// Launch type of the tasks: `FARGATE`, `EC2` or `EXTERNAL`.
    pub(in super::super) kind: String,
    /// Capacity providers in the API's shape; none where there is a launch type.
    pub(in super::super) strategy: Vec<Value>,
}

/// What a call or a service says that its tasks run on: its strategy, its launch type, or the default strategy of
/// the cluster; EC2 where there is none of them.
pub(in super::super) fn wanted(cloud: &Cloud, cluster: &str, input: &Value) -> Launch {
    let own = list(input, "capacityProviderStrategy");
    let default = cloud.ecs.clusters.get(cluster);
    let default = default.map_or(&[][..], |c| list(c, "defaultCapacityProviderStrategy"));
    let strategy = match text(input, "launchType") {
        _ if !own.is_empty() => own,
        Some(_) => &[],
        None => default,
    };
    let fargate = strategy.iter().any(is_fargate);
    let kind = match (strategy.is_empty(), text(input, "launchType")) {
        (true, Some(kind)) => kind,
        (true, None) => "EC2",
        (false, _) if fargate => "FARGATE",
        (false, _) => "EC2",
    };
    Launch {
        kind: kind.to_owned(),
        strategy: strategy.to_vec(),
    }
}

/// As [`wanted`], for the input of `CreateService` and `RunTask`, and for a service as `UpdateService` would leave it.
///
/// # Errors
/// What ECS says of a launch type, a strategy or a network that do not fit each other or the task definition.
pub(in super::super) fn launch(
    cloud: &Cloud,
    cluster: &str,
    input: &Value,
    definition: &Definition,
) -> Result<Launch, Fault> {
    let own = list(input, "capacityProviderStrategy");
    if !own.is_empty() && given(input, "launchType") {
        return Err(invalid(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
        ));
    }
    strategy(own)?;
    associated(cloud, cluster, own)?;
    let launch = wanted(cloud, cluster, input);
    if !["FARGATE", "EC2", "EXTERNAL"].contains(&launch.kind.as_str()) {
        return Err(invalid(format!("Invalid launch type: {}.", launch.kind)));
    }
    if !supports(definition, &launch.kind) {
        return Err(invalid(format!(
            "Task definition does not support launch_type {}.",
            launch.kind
        )));
    }
    network(input, definition, &launch.kind)?;
    placement(input, &launch.kind)?;
    Ok(launch)
}

fn is_fargate(item: &Value) -> bool {
    let name = text(item, "capacityProvider");
    name.is_some_and(|name| name == "FARGATE" || name == "FARGATE_SPOT")
}

/// Checks a strategy by itself.
fn strategy(items: &[Value]) -> Result<(), Fault> {
    let amount = |item: &Value, name: &str| item.get(name).and_then(Value::as_i64).unwrap_or(0);
    for (name, most) in [("weight", 1_000), ("base", 100_000)] {
        if items.iter().any(|i| !(0..=most).contains(&amount(i, name))) {
            return Err(invalid(format!(
                "The {name} of a capacity provider must be between 0 and {most}."
            )));
        }
    }
    let mut names: Vec<_> = items.iter().map(|i| text(i, "capacityProvider")).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() < items.len() {
        return Err(invalid(
            "A capacity provider strategy cannot contain a capacity provider more than once.",
        ));
    }
    let on_fargate = items.iter().filter(|i| is_fargate(i)).count();
    if on_fargate > 0 && on_fargate < items.len() {
        return Err(invalid(
            "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. Specify one or the other and try again.",
        ));
    }
    if items.iter().filter(|i| amount(i, "base") > 0).count() > 1 {
        return Err(invalid(
            "Only one capacity provider in a capacity provider strategy can have a base defined.",
        ));
    }
    if items.len() > 1 && items.iter().all(|i| amount(i, "weight") == 0) {
        return Err(invalid(
            "At least one capacity provider in a capacity provider strategy must have a weight greater than 0.",
        ));
    }
    Ok(())
}

/// Checks the input of `CreateCluster`: its name, and that its default strategy is of capacity providers that it has.
pub(in super::super) fn cluster(name: &str, input: &Value) -> Result<(), Fault> {
    if !is_name(name) {
        return Err(invalid(format!("Invalid cluster name '{name}'.")));
    }
    let default = list(input, "defaultCapacityProviderStrategy");
    strategy(default)?;
    let own = texts(input, "capacityProviders");
    let named = |item: &Value| {
        text(item, "capacityProvider")
            .unwrap_or_default()
            .to_owned()
    };
    match default.iter().map(named).find(|name| !own.contains(name)) {
        Some(other) => Err(invalid(format!(
            "The default capacity provider strategy cannot contain the capacity provider {other}, which is not associated with the cluster."
        ))),
        None => Ok(()),
    }
}

/// Checks that the cluster has the capacity providers of a strategy.
fn associated(cloud: &Cloud, cluster: &str, items: &[Value]) -> Result<(), Fault> {
    // A plan has not read what every cluster has.
    if cloud.kernel.all_goes_well() {
        return Ok(());
    }
    let known = cloud.ecs.clusters.get(cluster);
    let known = known.map_or_else(Vec::new, |c| texts(c, "capacityProviders"));
    let named = |item: &Value| {
        text(item, "capacityProvider")
            .unwrap_or_default()
            .to_owned()
    };
    match items.iter().map(named).find(|name| !known.contains(name)) {
        Some(_) => Err(invalid(
            "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.",
        )),
        None => Ok(()),
    }
}

/// Whether tasks of a definition run on a launch type: as it requires, or, where it requires nothing, as it could.
fn supports(definition: &Definition, kind: &str) -> bool {
    let required = texts(&definition.raw, "requiresCompatibilities");
    if !required.is_empty() {
        return required.iter().any(|r| r == kind);
    }
    kind != "FARGATE" || fargate::definition(&definition.raw).is_ok()
}

/// Checks that a network is given where tasks need one of their own, and only there.
fn network(input: &Value, definition: &Definition, kind: &str) -> Result<(), Fault> {
    let awsvpc = text(&definition.raw, "networkMode") == Some("awsvpc");
    let network = input.get("networkConfiguration").filter(|n| !n.is_null());
    let Some(network) = network.filter(|n| given(n, "awsvpcConfiguration")) else {
        return match awsvpc {
            true => Err(invalid(
                "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
            )),
            false => Ok(()),
        };
    };
    if !awsvpc {
        return Err(invalid(
            "Network Configuration is not valid for the given networkMode of this task definition.",
        ));
    }
    let own = network.get("awsvpcConfiguration").unwrap_or(&Value::Null);
    if list(own, "subnets").is_empty() {
        return Err(invalid("subnets can not be empty."));
    }
    for (member, most) in [("subnets", 16), ("securityGroups", 5)] {
        if list(own, member).len() > most {
            return Err(invalid(format!("{member} can have at most {most} items.")));
        }
    }
    match text(own, "assignPublicIp") {
        Some("ENABLED") if kind == "EC2" => Err(invalid(
            "Assign public IP is not supported for this launch type.",
        )),
        _ => Ok(()),
    }
}

/// Checks that only tasks on instances are told where to be placed, and only those on Fargate on which platform.
fn placement(input: &Value, kind: &str) -> Result<(), Fault> {
    if kind != "FARGATE" && text(input, "platformVersion").is_some_and(|v| !v.is_empty()) {
        return Err(invalid(
            "The platform version must be null when specifying an EC2 launch type.",
        ));
    }
    let set = |member: &str| !list(input, member).is_empty();
    match (set("placementStrategy"), set("placementConstraints")) {
        (true, _) if kind == "FARGATE" => Err(invalid(
            "Placement strategies are not supported with FARGATE launch type.",
        )),
        (_, true) if kind == "FARGATE" => Err(invalid(
            "Placement constraints are not supported with FARGATE launch type.",
        )),
        _ => Ok(()),
    }
}

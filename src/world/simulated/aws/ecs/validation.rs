//! What ECS refuses in a task definition or a service, beyond what each call looks up anyway.

use std::collections::BTreeSet;

use serde_json::Value;

use super::definition::Definition;
use super::service::Service;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{invalid, list, text, texts};
use crate::world::simulated::cloud::Cloud;

fn client(message: impl Into<String>) -> Fault {
    Fault::new("ClientException", message)
}

/// Checks the input of `RegisterTaskDefinition`.
pub(super) fn definition(input: &Value) -> Result<(), Fault> {
    let containers = list(input, "containerDefinitions");
    if containers.is_empty() {
        return Err(client("Container list cannot be empty."));
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
        if !names.insert(text(container, "name")) {
            return Err(client("Container names should be unique."));
        }
    }
    let essential = |c: &Value| c.get("essential").and_then(Value::as_bool).unwrap_or(true);
    if !containers.iter().any(essential) {
        return Err(client(
            "At least one container must be marked as essential.",
        ));
    }
    let volumes: BTreeSet<_> = list(input, "volumes")
        .iter()
        .map(|v| text(v, "name"))
        .collect();
    let mounts = containers.iter().flat_map(|c| list(c, "mountPoints"));
    for mount in mounts.map(|m| text(m, "sourceVolume")) {
        if mount.is_some() && !volumes.contains(&mount) {
            return Err(client(format!(
                "Unknown volume '{}'.",
                mount.unwrap_or_default()
            )));
        }
    }
    if texts(input, "requiresCompatibilities")
        .iter()
        .any(|c| c == "FARGATE")
    {
        for member in ["cpu", "memory"] {
            if text(input, member).is_none() {
                return Err(client(format!(
                    "Fargate requires that '{member}' be defined at the task level."
                )));
            }
        }
        if text(input, "networkMode") != Some("awsvpc") {
            return Err(client("Fargate only supports network mode ‘awsvpc’."));
        }
    }
    Ok(())
}

/// Checks that `UpdateService` asks nothing of ECS that another deployment controller does.
pub(super) fn other_controller(service: Option<&Service>, input: &Value) -> Result<(), Fault> {
    let controller = service
        .and_then(|s| s.raw.get("deploymentController"))
        .and_then(|c| text(c, "type"))
        .unwrap_or("ECS");
    let forced = input.get("forceNewDeployment").and_then(Value::as_bool) == Some(true);
    let asked = [
        "taskDefinition",
        "networkConfiguration",
        "loadBalancers",
        "platformVersion",
    ]
    .into_iter()
    .find(|name| input.get(*name).is_some_and(|v| !v.is_null()));
    let words = match asked {
        _ if controller == "ECS" => return Ok(()),
        Some("taskDefinition") => "update task definition",
        Some("networkConfiguration") => "update network parameters",
        Some("loadBalancers") => "update load balancers",
        Some(_) => "update platform version",
        None if forced => "force a new deployment",
        None => return Ok(()),
    };
    let instead = match controller {
        "CODE_DEPLOY" => " Use AWS CodeDeploy to trigger a new deployment.",
        _ => "",
    };
    Err(invalid(format!(
        "Unable to {words} on services with a {controller} deployment controller.{instead}"
    )))
}

/// Checks that a network is given where tasks need one.
pub(super) fn network(input: &Value, definition: &Definition) -> Result<(), Fault> {
    let awsvpc = text(&definition.raw, "networkMode") == Some("awsvpc");
    if awsvpc && input.get("networkConfiguration").is_none_or(Value::is_null) {
        return Err(invalid(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        ));
    }
    Ok(())
}

/// Checks what `CreateService` says about load balancers.
pub(super) fn balancing(cloud: &Cloud, input: &Value) -> Result<(), Fault> {
    let balancers = list(input, "loadBalancers");
    if balancers.is_empty() && input.get("healthCheckGracePeriodSeconds").is_some() {
        return Err(invalid(
            "Health check grace period is only valid for services configured to use load balancers",
        ));
    }
    // A plan knows only the target groups that it has read.
    if cloud.kernel.all_goes_well() {
        return Ok(());
    }
    let unknown = balancers
        .iter()
        .filter_map(|b| text(b, "targetGroupArn"))
        .find(|arn| cloud.elb.group(arn).is_none());
    if let Some(arn) = unknown {
        return Err(invalid(format!(
            "The target group with targetGroupArn {arn} does not exist."
        )));
    }
    // Fixtures may leave out the load balancers.
    if cloud.elb.balancers().next().is_none() {
        return Ok(());
    }
    let mut groups = balancers.iter().filter_map(|b| text(b, "targetGroupArn"));
    match groups.find(|arn| cloud.elb.balancers_of(arn).is_empty()) {
        Some(arn) => Err(invalid(format!(
            "The target group with targetGroupArn {arn} does not have an associated load balancer."
        ))),
        None => Ok(()),
    }
}

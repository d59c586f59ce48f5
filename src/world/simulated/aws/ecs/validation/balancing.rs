//! What ECS refuses of a service's load balancers.

use serde_json::Value;

use super::super::definition::Definition;
use super::given;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{invalid, list, number, text};
use crate::world::simulated::cloud::Cloud;

/// Checks the load balancers of `service`: the input of `CreateService`, or a service as `UpdateService` would
/// leave it.
pub(in super::super) fn balancing(
    cloud: &Cloud,
    service: &Value,
    definition: &Definition,
) -> Result<(), Fault> {
    let balancers = list(service, "loadBalancers");
    balancers.iter().try_for_each(whole)?;
    containers(balancers, definition)?;
    // A plan knows only the target groups that it has read.
    if cloud.kernel.all_goes_well() {
        return Ok(());
    }
    for balancer in balancers {
        for arn in groups(balancer) {
            if cloud.elb.group(arn).is_none() {
                return Err(invalid(format!(
                    "The target group with targetGroupArn {arn} does not exist."
                )));
            }
            target_type(cloud, arn, definition)?;
        }
        // Fixtures may leave out the load balancers.
        if cloud.elb.balancers().next().is_none() {
            continue;
        }
        let group = text(balancer, "targetGroupArn");
        if let Some(arn) = group.filter(|arn| cloud.elb.balancers_of(arn).is_empty()) {
            return Err(invalid(format!(
                "The target group with targetGroupArn {arn} does not have an associated load balancer."
            )));
        }
        rules(cloud, balancer)?;
    }
    Ok(())
}

/// Checks that a load balancer says what is balanced, and with what.
fn whole(balancer: &Value) -> Result<(), Fault> {
    if !given(balancer, "targetGroupArn") && !given(balancer, "loadBalancerName") {
        return Err(invalid(
            "A targetGroupArn or a loadBalancerName must be specified for each load balancer.",
        ));
    }
    let mut needed = ["containerName", "containerPort"].into_iter();
    match needed.find(|member| !given(balancer, member)) {
        Some(missing) => Err(invalid(format!(
            "{missing} must be specified for each load balancer."
        ))),
        None => Ok(()),
    }
}

/// The target groups of a load balancer, the alternate one included.
fn groups(balancer: &Value) -> impl Iterator<Item = &str> {
    let alternate = balancer.get("advancedConfiguration");
    let alternate = alternate.and_then(|a| text(a, "alternateTargetGroupArn"));
    text(balancer, "targetGroupArn")
        .into_iter()
        .chain(alternate)
}

/// Checks that every load balancer names a container and port of the task definition.
pub(in super::super) fn containers(
    balancers: &[Value],
    definition: &Definition,
) -> Result<(), Fault> {
    for balancer in balancers {
        let Some(name) = text(balancer, "containerName") else {
            continue;
        };
        let mut containers = definition.containers().iter();
        let container = containers.find(|c| text(c, "name") == Some(name));
        let Some(container) = container else {
            return Err(invalid(format!(
                "The container {name} does not exist in the task definition."
            )));
        };
        let port = number(balancer, "containerPort");
        let mut mapped = list(container, "portMappings").iter();
        let mapped = mapped.any(|p| number(p, "containerPort") == port);
        if port.is_some() && !mapped {
            return Err(invalid(format!(
                "The container {name} did not have a container port {} defined.",
                port.unwrap_or_default()
            )));
        }
    }
    Ok(())
}

/// Checks that tasks with a network of their own are targets by address, and the others by instance.
fn target_type(cloud: &Cloud, arn: &str, definition: &Definition) -> Result<(), Fault> {
    let mode = text(&definition.raw, "networkMode").unwrap_or("bridge");
    let Some(kind) = cloud.elb.group(arn).and_then(|g| g.target_type()) else {
        return Ok(());
    };
    if (kind == "ip") == (mode == "awsvpc") {
        return Ok(());
    }
    Err(invalid(format!(
        "The provided target group {arn} has target type {kind}, which is incompatible with the {mode} network mode specified in the task definition."
    )))
}

/// Checks that the rules (or, of network load balancers, listeners) exist which a deployment shifts traffic with.
fn rules(cloud: &Cloud, balancer: &Value) -> Result<(), Fault> {
    let advanced = balancer.get("advancedConfiguration");
    let advanced = advanced.unwrap_or(&Value::Null);
    for member in ["productionListenerRule", "testListenerRule"] {
        let Some(arn) = text(advanced, member) else {
            continue;
        };
        let known = cloud.elb.rule(arn).is_some() || cloud.elb.listeners().any(|l| l == arn);
        if !known {
            return Err(invalid(format!("The {member} {arn} does not exist.")));
        }
    }
    Ok(())
}

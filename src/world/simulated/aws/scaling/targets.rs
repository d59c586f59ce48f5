//! Scalable targets and scaling activities.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::evaluation::scale;
use super::{Target, asked, invalid, listing, missing, needed, policies, resource, service_of};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{number, set, text};
use crate::world::simulated::cloud::Cloud;

fn arn(cloud: &Cloud, id: &str) -> String {
    // The ARN ends in a name of AWS's own choice.
    let mix = id.bytes().fold(0u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    cloud.arn(
        "application-autoscaling",
        &format!("scalable-target/0ec5{mix:016x}"),
    )
}

fn capacity(input: &Value, name: &str) -> Result<Option<u32>, Fault> {
    match input.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => number(input, name)
            .and_then(|n| u32::try_from(n).ok())
            .map(Some)
            .ok_or_else(|| invalid(format!("{name} must be a whole number from 0"))),
    }
}

/// Registers a target, or changes one; a service out of its bounds is moved into them.
pub(super) fn register(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let id = resource(input)?.to_owned();
    let key = service_of(&id).ok_or_else(|| invalid(format!("Unsupported resource ID: {id}")))?;
    let Some(desired) = cloud.ecs.service(&key).map(|s| s.desired) else {
        return Err(invalid(format!("ECS service doesn't exist: {id}")));
    };
    let (min, max) = (
        capacity(input, "MinCapacity")?,
        capacity(input, "MaxCapacity")?,
    );
    let now = cloud.now();
    let known = cloud.scaling.targets.get(&id);
    let (Some(min), Some(max)) = (min.or(known.map(|t| t.min)), max.or(known.map(|t| t.max)))
    else {
        return Err(invalid(
            "MinCapacity and MaxCapacity are required to register a new scalable target",
        ));
    };
    if min > max {
        return Err(invalid(
            "Maximum capacity cannot be less than minimum capacity",
        ));
    }
    let role = cloud.kernel.account.clone();
    let target = cloud.scaling.targets.entry(id.clone()).or_insert_with(|| Target {
        min,
        max,
        suspended: json!({
            "DynamicScalingInSuspended": false,
            "DynamicScalingOutSuspended": false,
            "ScheduledScalingSuspended": false,
        }),
        role: format!(
            "arn:aws:iam::{role}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"
        ),
        created: now,
        policies: BTreeMap::new(),
        out: None,
        back_after: now,
        next: now,
    });
    (target.min, target.max) = (min, max);
    if let Some(role) = text(input, "RoleARN") {
        role.clone_into(&mut target.role);
    }
    let given = input.get("SuspendedState").and_then(Value::as_object);
    for (name, value) in given.into_iter().flatten() {
        set(&mut target.suspended, name, value.clone());
    }
    let bounded = desired.clamp(min, max);
    if bounded != desired {
        let side = if bounded > desired {
            "minimum"
        } else {
            "maximum"
        };
        let cause = format!("{side} capacity was set to {bounded}");
        scale(cloud, &id, &key, bounded, &cause);
    }
    Ok(json!({ "ScalableTargetARN": arn(cloud, &id) }))
}

pub(super) fn describe(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let ecs = needed(input, "ServiceNamespace")? == "ecs";
    let found = cloud
        .scaling
        .targets
        .iter()
        .filter(|(id, _)| ecs && asked(input, id))
        .map(|(id, target)| {
            json!({
                "ServiceNamespace": "ecs",
                "ResourceId": id,
                "ScalableDimension": "ecs:service:DesiredCount",
                "MinCapacity": target.min,
                "MaxCapacity": target.max,
                "RoleARN": target.role,
                "CreationTime": target.created.to_string(),
                "SuspendedState": target.suspended,
                "ScalableTargetARN": arn(cloud, id),
            })
        })
        .collect();
    Ok(listing(input, "ScalableTargets", found))
}

/// Deregisters a target, and deletes its policies.
pub(super) fn deregister(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let id = resource(input)?;
    let target = cloud.scaling.targets.remove(id);
    let target = target.ok_or_else(|| missing(id))?;
    for (name, policy) in &target.policies {
        policies::release_alarms(cloud, id, name, policy);
    }
    Ok(json!({}))
}

pub(super) fn activities(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let ecs = needed(input, "ServiceNamespace")? == "ecs";
    let found = cloud
        .scaling
        .activities
        .iter()
        .filter(|a| ecs && text(a, "ResourceId").is_some_and(|id| asked(input, id)))
        .cloned()
        .collect();
    Ok(listing(input, "ScalingActivities", found))
}

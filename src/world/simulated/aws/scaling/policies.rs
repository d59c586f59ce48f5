//! Scaling policies.

use serde_json::{Value, json};

use super::targets::missing;
use super::{Evaluation, MINUTE, Policy, asked, invalid, listing, needed, refusals, resource};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{set, text, texts};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// The member that configures a kind of policy.
fn member(kind: &str) -> Option<&'static str> {
    match kind {
        "TargetTrackingScaling" => Some("TargetTrackingScalingPolicyConfiguration"),
        "StepScaling" => Some("StepScalingPolicyConfiguration"),
        "PredictiveScaling" => Some("PredictiveScalingPolicyConfiguration"),
        _ => None,
    }
}

/// The alarms that target tracking makes.
fn alarms(cloud: &Cloud, id: &str, policy: &Policy) -> Vec<Value> {
    if policy.kind != "TargetTrackingScaling" {
        return Vec::new();
    }
    ["High", "Low"]
        .into_iter()
        .map(|side| {
            let name = format!("TargetTracking-{id}-Alarm{side}");
            let arn = cloud.arn("cloudwatch", &format!("alarm:{name}"));
            json!({ "AlarmName": name, "AlarmARN": arn })
        })
        .collect()
}

pub(super) fn put(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let id = resource(input)?.to_owned();
    let name = needed(input, "PolicyName")?.to_owned();
    let now = cloud.now();
    let known = cloud
        .scaling
        .targets
        .get(&id)
        .ok_or_else(|| missing(&id))?
        .policies
        .get(&name);
    let kind = text(input, "PolicyType")
        .or(known.map(|p| p.kind.as_str()))
        .unwrap_or("StepScaling");
    let member = member(kind).ok_or_else(|| invalid(format!("Unknown policy type: {kind}")))?;
    let configuration = input
        .get(member)
        .filter(|c| c.is_object())
        .ok_or_else(|| invalid(format!("{member} is required for policy type {kind}")))?;
    refusals::policy(kind, &name, configuration)?;
    let path = format!(
        "scalingPolicy:{}:resource/ecs/{id}:policyName/{name}",
        cloud.kernel.rng.uuid()
    );
    let policy = Policy {
        arn: known.map_or_else(|| cloud.arn("autoscaling", &path), |p| p.arn.clone()),
        kind: kind.to_owned(),
        configuration: configuration.clone(),
        created: known.map_or(now, |p| p.created),
    };
    let out = json!({ "PolicyARN": policy.arn, "Alarms": alarms(cloud, &id, &policy) });
    if let Some(target) = cloud.scaling.targets.get_mut(&id) {
        if target.policies.is_empty() {
            target.next = later(now, MINUTE);
            cloud.schedule.after(now, MINUTE, Evaluation(id));
        }
        target.policies.insert(name, policy);
    }
    Ok(out)
}

pub(super) fn describe(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let ecs = needed(input, "ServiceNamespace")? == "ecs";
    let names = texts(input, "PolicyNames");
    let mut found = Vec::new();
    for (id, target) in &cloud.scaling.targets {
        if !ecs || !asked(input, id) {
            continue;
        }
        for (name, policy) in &target.policies {
            if !names.is_empty() && !names.contains(name) {
                continue;
            }
            let mut out = json!({
                "PolicyARN": policy.arn,
                "PolicyName": name,
                "ServiceNamespace": "ecs",
                "ResourceId": id,
                "ScalableDimension": "ecs:service:DesiredCount",
                "PolicyType": policy.kind,
                "Alarms": alarms(cloud, id, policy),
                "CreationTime": policy.created.to_string(),
            });
            if let Some(member) = member(&policy.kind) {
                set(&mut out, member, policy.configuration.clone());
            }
            found.push(out);
        }
    }
    Ok(listing(input, "ScalingPolicies", found))
}

pub(super) fn delete(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let id = resource(input)?;
    let name = needed(input, "PolicyName")?;
    let policies = cloud.scaling.targets.get_mut(id).map(|t| &mut t.policies);
    match policies.and_then(|p| p.remove(name)) {
        Some(_) => Ok(json!({})),
        None => Err(Fault::new(
            "ObjectNotFoundException",
            format!(
                "No scaling policy found for service namespace: ecs, resource ID: {id}, scalable dimension: ecs:service:DesiredCount, policy name: {name}"
            ),
        )),
    }
}

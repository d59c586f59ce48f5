//! Scaling policies.

use serde_json::{Value, json};

use super::{
    Evaluation, MINUTE, Policy, Target, asked, invalid, listing, missing, needed, refusals,
    resource, tracking,
};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::cloudwatch;
use crate::world::simulated::aws::json::{set, text, texts};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;
use crate::world::simulated::kernel::rng::uuid_of;

/// The member that configures a kind of policy.
fn member(kind: &str) -> Option<&'static str> {
    match kind {
        "TargetTrackingScaling" => Some("TargetTrackingScalingPolicyConfiguration"),
        "StepScaling" => Some("StepScalingPolicyConfiguration"),
        "PredictiveScaling" => Some("PredictiveScalingPolicyConfiguration"),
        _ => None,
    }
}

/// Whether an action of an alarm is a policy. An ARN may go on behind the name of the policy.
pub(super) fn action(resource: &str, name: &str) -> impl Fn(&str) -> bool + use<> {
    let path = format!(":resource/ecs/{resource}:policyName/{name}");
    move |action| {
        let rest = action.split_once(&path).map(|(_, rest)| rest);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    }
}

/// The alarms of a policy: those that target tracking has made, or those that act on it.
fn alarms(cloud: &Cloud, id: &str, name: &str, policy: &Policy) -> Vec<Value> {
    let names = match policy.kind.as_str() {
        "TargetTrackingScaling" => policy.alarms.clone(),
        _ => cloudwatch::alarms_with(cloud, action(id, name)),
    };
    names
        .into_iter()
        .map(|name| {
            let arn = cloud.arn("cloudwatch", &format!("alarm:{name}"));
            json!({ "AlarmName": name, "AlarmARN": arn })
        })
        .collect()
}

/// Deletes the alarms that target tracking has made; alarms that act on step scaling stay, without that action.
pub(super) fn release_alarms(cloud: &mut Cloud, id: &str, name: &str, policy: &Policy) {
    match policy.kind.as_str() {
        "TargetTrackingScaling" => cloudwatch::delete_alarms(cloud, &policy.alarms),
        _ => cloudwatch::remove_action(cloud, action(id, name)),
    }
}

/// Refuses a second target tracking policy of one target with the same metric.
fn check_metric(target: &Target, name: &str, configuration: &Value) -> Result<(), Fault> {
    let metrics = [
        "PredefinedMetricSpecification",
        "CustomizedMetricSpecification",
    ];
    let same = |policy: &Policy| {
        let mut members = metrics
            .iter()
            .map(|m| (configuration.get(*m), policy.configuration.get(*m)));
        policy.kind == "TargetTrackingScaling" && members.all(|(own, other)| own == other)
    };
    let mut others = target.policies.iter().filter(|(other, _)| *other != name);
    match others.find(|(_, policy)| same(policy)) {
        Some((other, _)) => Err(invalid(
            "Only one TargetTrackingScaling policy for a given metric specification is allowed.",
        )
        .hint(format!("the policy {other} has the same metric"))),
        None => Ok(()),
    }
}

pub(super) fn put(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let id = resource(input)?.to_owned();
    let name = needed(input, "PolicyName")?.to_owned();
    let now = cloud.now();
    let target = cloud.scaling.targets.get(&id).ok_or_else(|| missing(&id))?;
    let known = target.policies.get(&name).cloned();
    let kind = text(input, "PolicyType")
        .or(known.as_ref().map(|p| p.kind.as_str()))
        .unwrap_or("StepScaling");
    let member = member(kind).ok_or_else(|| invalid(format!("Unknown policy type: {kind}")))?;
    let configuration = input
        .get(member)
        .filter(|c| c.is_object())
        .ok_or_else(|| invalid(format!("{member} is required for policy type {kind}")))?;
    refusals::policy(kind, &name, configuration)?;
    let tracks = kind == "TargetTrackingScaling";
    if tracks {
        check_metric(target, &name, configuration)?;
    }
    let path = format!(
        "scalingPolicy:{}:resource/ecs/{id}:policyName/{name}",
        cloud.kernel.rng.uuid()
    );
    let mut policy = Policy {
        arn: known
            .as_ref()
            .map_or_else(|| cloud.arn("autoscaling", &path), |p| p.arn.clone()),
        kind: kind.to_owned(),
        configuration: configuration.clone(),
        created: known.as_ref().map_or(now, |p| p.created),
        alarms: Vec::new(),
    };
    if tracks {
        let own = known
            .as_ref()
            .map(|p| p.alarms.clone())
            .filter(|own| !own.is_empty());
        policy.alarms = own.unwrap_or_else(|| {
            let named = ["High", "Low"].map(|side| {
                let own = uuid_of(&format!("{id} {name} {side}"));
                format!("TargetTracking-{id}-Alarm{side}-{own}")
            });
            named.to_vec()
        });
        tracking::put_alarms(cloud, &id, &policy)?;
    }
    if let Some(known) = known.filter(|known| known.kind != policy.kind) {
        release_alarms(cloud, &id, &name, &known);
    }
    let out = json!({ "PolicyARN": policy.arn, "Alarms": alarms(cloud, &id, &name, &policy) });
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
                "Alarms": alarms(cloud, id, name, policy),
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
        Some(policy) => {
            release_alarms(cloud, id, name, &policy);
            Ok(json!({}))
        }
        None => Err(Fault::new(
            "ObjectNotFoundException",
            format!(
                "No scaling policy found for service namespace: ecs, resource ID: {id}, scalable dimension: ecs:service:DesiredCount, policy name: {name}"
            ),
        )),
    }
}

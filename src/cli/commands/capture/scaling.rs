//! Services that scale by themselves, and their policies.

use serde_json::{Value, json};

use super::captured::Captured;
use super::reader::{Reader, text};
use crate::world::simulated::fixture::ScalingPolicy;

const SERVICE: &str = "application-autoscaling";
const PAGE: (&str, &str) = ("NextToken", "NextToken");
/// What AWS says of a policy or a target by itself.
const GIVEN: [&str; 9] = [
    "PolicyARN",
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    "Alarms",
    "CreationTime",
    "ScalableTargetARN",
    "RoleARN",
    "PredictedCapacity",
];

/// Reads the scalable targets of the services.
pub(super) fn read(reader: &Reader, captured: &mut Captured) {
    let names = captured
        .services
        .iter()
        .filter_map(|s| s.get("serviceName")?.as_str());
    let ids = names.map(|name| format!("service/{}/{name}", captured.cluster));
    let ids: Vec<String> = ids.collect();
    let mut found = Vec::new();
    // One call takes fifty.
    for some in ids.chunks(50) {
        let input = json!({ "ServiceNamespace": "ecs", "ResourceIds": some });
        let call = (SERVICE, "DescribeScalableTargets");
        found.extend(reader.try_list("scaling", call, input, "ScalableTargets", PAGE));
    }
    let targets = found.iter().filter_map(|one| target(one, reader));
    captured.scaling = targets.collect();
}

fn target(target: &Value, reader: &Reader) -> Option<Value> {
    let id = text(target, "ResourceId");
    let bound = |name: &str| target.get(name).and_then(Value::as_u64);
    let (min, max) = (bound("MinCapacity")?, bound("MaxCapacity")?);
    let kept = ["MinCapacity", "MaxCapacity", "SuspendedState"];
    reader.lose("scalable targets", target, &kept, &GIVEN);
    let service = id.trim_start_matches("service/");
    let mut kept = json!({ "service": service, "min": min, "max": max });
    let suspended = target.get("SuspendedState").and_then(Value::as_object);
    if suspended.is_some_and(|all| all.values().any(|is| *is == Value::Bool(true))) {
        kept["suspended"] = json!(suspended);
    }
    let of_it = json!({ "ServiceNamespace": "ecs", "ResourceId": id });
    let call = (SERVICE, "DescribeScalingPolicies");
    let what = format!("scaling policies of {service}");
    let policies = reader.try_list(&what, call, of_it.clone(), "ScalingPolicies", PAGE);
    let policies = policies.iter().map(|one| policy(one, service, reader));
    let policies: Vec<Value> = policies.collect();
    if !policies.is_empty() {
        kept["policies"] = json!(policies);
    }
    let call = (SERVICE, "DescribeScheduledActions");
    let what = format!("scheduled actions of {service}");
    let scheduled = reader.try_list(&what, call, of_it, "ScheduledActions", PAGE);
    let names = scheduled
        .iter()
        .map(|one| text(one, "ScheduledActionName").to_owned());
    let names: Vec<String> = names.collect();
    let what = format!("scheduled actions of {service}:");
    reader.leave_out_all(&what, &names, "fixtures know no schedules");
    Some(kept)
}

fn policy(policy: &Value, service: &str, reader: &Reader) -> Value {
    reader.lose("scaling policies", policy, &ScalingPolicy::MEMBERS, &GIVEN);
    let members = ScalingPolicy::MEMBERS.iter();
    let kept = members.filter_map(|name| Some((*name, policy.get(*name)?)));
    let kept: Value = kept
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    let tracking = policy.get("TargetTrackingScalingPolicyConfiguration");
    let metric = tracking.and_then(|t| t.get("PredefinedMetricSpecification"));
    let metric = text(metric.unwrap_or(&Value::Null), "PredefinedMetricType");
    if metric != "ECSServiceAverageCPUUtilization" {
        reader.leave_out(format!(
            "what scaling policy {} of {service} does: it is there, but only target tracking of CPU acts in a rehearsal",
            text(policy, "PolicyName")
        ));
    }
    kept
}

//! Application Auto Scaling: scalable targets and policies of ECS services, and what they do.

use std::time::Duration;

use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::ecs;
use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::aws::ecs::task::Status;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::{flag, list, number, page, set, text, texts};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::fixture;
use crate::world::simulated::kernel::TaskProspects;
use crate::world::simulated::kernel::clock::later;

mod policies;
mod refusals;
pub(crate) mod state;
mod targets;

use state::{Evaluation, Policy, Target};

/// Policies are evaluated every minute.
const MINUTE: Duration = Duration::from_secs(60);

/// Minutes above the target until tasks are added, and well below it until they are taken away.
const HIGH_FOR: u32 = 3;
const LOW_FOR: u32 = 15;

/// The metric that policies are evaluated by.
const CPU: &str = "ECSServiceAverageCPUUtilization";

/// Scaling activities that are remembered.
const KEPT: usize = 100;

pub(crate) fn call(cloud: &mut Cloud, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "RegisterScalableTarget" => targets::register(cloud, input),
        "DescribeScalableTargets" => targets::describe(cloud, input),
        "DeregisterScalableTarget" => targets::deregister(cloud, input),
        "DescribeScalingActivities" => targets::activities(cloud, input),
        "PutScalingPolicy" => policies::put(cloud, input),
        "DescribeScalingPolicies" => policies::describe(cloud, input),
        "DeleteScalingPolicy" => policies::delete(cloud, input),
        _ => Err(not_simulated("application-autoscaling", operation)),
    }
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new("ValidationException", message)
}

fn needed<'a>(input: &'a Value, name: &str) -> Result<&'a str, Fault> {
    text(input, name)
        .filter(|t| !t.is_empty())
        .ok_or_else(|| invalid(format!("Parameter {name} is required")))
}

/// The resource that a call is about; only desired counts of ECS services are simulated.
fn resource(input: &Value) -> Result<&str, Fault> {
    let namespace = needed(input, "ServiceNamespace")?;
    let id = needed(input, "ResourceId")?;
    let dimension = needed(input, "ScalableDimension")?;
    if namespace != "ecs" || dimension != "ecs:service:DesiredCount" {
        return Err(not_simulated("application-autoscaling", dimension));
    }
    Ok(id)
}

/// The service behind a resource id.
fn service_of(resource: &str) -> Option<ServiceKey> {
    let (cluster, name) = resource.strip_prefix("service/")?.split_once('/')?;
    Some(ServiceKey::new(cluster, name))
}

/// A scalable target that is there when the world begins, with its policies.
///
/// # Errors
/// What AWS says of policies that do not fit.
pub(crate) fn declare(
    cloud: &mut Cloud,
    key: &ServiceKey,
    given: fixture::Scaling,
) -> Result<(), Fault> {
    let id = json!({
        "ServiceNamespace": "ecs",
        "ResourceId": format!("service/{}/{}", key.cluster, key.name),
        "ScalableDimension": "ecs:service:DesiredCount",
    });
    let mut target = id.clone();
    set(&mut target, "MinCapacity", json!(given.min));
    set(&mut target, "MaxCapacity", json!(given.max));
    set(&mut target, "SuspendedState", json!(given.suspended));
    targets::register(cloud, &target)?;
    let short = given.cpu_target.map(|cpu| {
        let metric = json!({ "PredefinedMetricType": CPU });
        json!({
            "PolicyName": "cpu",
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": cpu, "PredefinedMetricSpecification": metric,
            },
        })
    });
    let whole = given
        .policies
        .into_iter()
        .map(|policy| Value::Object(policy.raw));
    for mut policy in short.into_iter().chain(whole) {
        for (name, value) in id.as_object().into_iter().flatten() {
            set(&mut policy, name, value.clone());
        }
        policies::put(cloud, &policy)?;
    }
    Ok(())
}

/// CPU of each of so many running tasks, in percent, where the fixture says what they do together.
pub(crate) fn cpu_of_each(cloud: &Cloud, key: &ServiceKey, running: u32) -> Option<f64> {
    let load = cloud.scaling.loads.get(key)?;
    let share = f64::from(cloud.kernel.fault_number("load", 200).unwrap_or(100)) / 100.0;
    (running > 0).then(|| (load * share / f64::from(running)).min(100.0))
}

/// Average CPU of a service's running tasks, in percent; `None`: it has none.
pub(crate) fn cpu(cloud: &Cloud, key: &ServiceKey) -> Option<f64> {
    const USUAL: f64 = 40.0;
    // What a plan cannot know does not scale anything.
    let service = cloud
        .ecs
        .service(key)
        .filter(|_| cloud.kernel.prospects == TaskProspects::Modelled)?;
    let running = cloud
        .ecs
        .tasks_of(service)
        .filter(|t| t.wanted() && t.status == Status::Running)
        .count();
    let load = cloud.scaling.loads.get(key).copied();
    let share = f64::from(cloud.kernel.fault_number("load", 200).unwrap_or(100)) / 100.0;
    match (load, running) {
        (_, 0) => None,
        (None, _) => Some((USUAL * share).min(100.0)),
        (Some(load), running) => Some((load * share / running as f64).min(100.0)),
    }
}

/// Evaluates the policies of a scalable target, and lets it be evaluated again.
pub(crate) fn evaluate(cloud: &mut Cloud, Evaluation(resource): &Evaluation) {
    let now = cloud.now();
    let Some(key) = service_of(resource) else {
        return;
    };
    let metric = cpu(cloud, &key);
    let busy = ecs::changing(cloud, &key);
    let desired = cloud.ecs.service(&key).map(|s| s.desired);
    let Some(target) = cloud.scaling.targets.get_mut(resource) else {
        return;
    };
    if target.next > now || target.policies.is_empty() {
        return;
    }
    target.next = later(now, MINUTE);
    let again = Evaluation(resource.clone());
    cloud.schedule.after(now, MINUTE, again);
    let (Some(metric), Some(desired)) = (metric, desired) else {
        return;
    };
    let tracking = target.policies.iter().find_map(|(name, policy)| {
        // Of other metrics nothing is known.
        let metric = policy.configuration.get("PredefinedMetricSpecification");
        text(metric?, "PredefinedMetricType").filter(|metric| *metric == CPU)?;
        let goal = policy.configuration.get("TargetValue")?.as_f64()?;
        Some((name.clone(), policy.configuration.clone(), goal))
    });
    let Some((name, configuration, goal)) = tracking.filter(|(_, _, goal)| *goal > 0.0) else {
        return;
    };
    target.high = if metric > goal { target.high + 1 } else { 0 };
    target.low = if metric < goal * 0.9 {
        target.low + 1
    } else {
        0
    };
    let off = |member: &str| flag(&target.suspended, member);
    let wanted = (f64::from(desired) * metric / goal).ceil() as u32;
    let wanted = wanted.clamp(target.min, target.max);
    let out = target.high >= HIGH_FOR && wanted > desired && now >= target.out_after;
    // ECS takes no tasks away while it deploys.
    let back = target.low >= LOW_FOR
        && wanted < desired
        && now >= target.in_after
        && !busy
        && !flag(&configuration, "DisableScaleIn");
    let cooldown = |name: &str| Duration::from_secs(number(&configuration, name).unwrap_or(300));
    let side = if out && !off("DynamicScalingOutSuspended") {
        target.out_after = later(now, cooldown("ScaleOutCooldown"));
        "High"
    } else if back && !off("DynamicScalingInSuspended") {
        target.in_after = later(now, cooldown("ScaleInCooldown"));
        "Low"
    } else {
        return;
    };
    (target.high, target.low) = (0, 0);
    let alarm = format!("TargetTracking-{resource}-Alarm{side}");
    let cause = format!("monitor alarm {alarm} in state ALARM triggered policy {name}");
    scale(cloud, resource, &key, wanted, &cause);
}

/// Sets the desired count of a service, and notes it as an activity.
fn scale(cloud: &mut Cloud, resource: &str, key: &ServiceKey, count: u32, cause: &str) {
    ecs::set_desired(cloud, key, count);
    let now = cloud.now().to_string();
    let activity = json!({
        "ActivityId": cloud.kernel.rng.uuid(),
        "ServiceNamespace": "ecs",
        "ResourceId": resource,
        "ScalableDimension": "ecs:service:DesiredCount",
        "Description": format!("Setting desired count to {count}."),
        "Cause": cause,
        "StartTime": now,
        "EndTime": now,
        "StatusCode": "Successful",
        "StatusMessage": format!("Successfully set desired count to {count}. Change successfully fulfilled by ecs."),
    });
    cloud.scaling.activities.insert(0, activity);
    cloud.scaling.activities.truncate(KEPT);
}

/// Whether a description asks for that resource.
fn asked(input: &Value, resource: &str) -> bool {
    let ids = texts(input, "ResourceIds");
    let one = text(input, "ResourceId");
    (ids.is_empty() || ids.iter().any(|id| id == resource)) && one.is_none_or(|id| id == resource)
}

/// One page of a description, in this API's spelling.
fn listing(input: &Value, name: &str, items: Vec<Value>) -> Value {
    let asked = json!({
        "nextToken": input.get("NextToken"),
        "maxResults": input.get("MaxResults"),
    });
    let paged = page(&asked, name, items, 50);
    let mut out = json!({ name: list(&paged, name) });
    if let Some(token) = paged.get("nextToken") {
        set(&mut out, "NextToken", token.clone());
    }
    out
}

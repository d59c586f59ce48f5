//! Application Auto Scaling: scalable targets and policies of ECS services, and what they do.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::{list, page, set, text, texts};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::fixture;

mod evaluation;
mod policies;
mod refusals;
pub(crate) mod state;
mod steps;
mod targets;
mod tracking;

pub(crate) use evaluation::evaluate;
use state::{Evaluation, Policy, Target};

/// Policies are evaluated every minute.
const MINUTE: Duration = Duration::from_secs(60);

/// The metric of a policy that a fixture gives in short.
const CPU: &str = "ECSServiceAverageCPUUtilization";

/// How far Application Auto Scaling is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "application-autoscaling",
    behaves: "Target tracking and step policies of ECS services follow their alarms every minute, with \
              cooldowns, and change the desired count.",
    leaves_out: "Only the desired count of ECS services can scale. Scheduled actions are not simulated, and \
              predictive policies are stored without effect.",
    tests: &[
        "simulated::tests::scaling",
        "simulated::aws::scaling::steps",
        "emulated::conformance::cases::scaling",
    ],
};

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

fn missing(id: &str) -> Fault {
    Fault::new(
        "ObjectNotFoundException",
        format!(
            "No scalable target found for service namespace: ecs, resource ID: {id}, scalable dimension: ecs:service:DesiredCount"
        ),
    )
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

/// CPU of each of so many running tasks at a time, in percent, where the fixture says what they do together.
pub(crate) fn cpu_of_each(
    cloud: &Cloud,
    key: &ServiceKey,
    running: u32,
    at: Timestamp,
) -> Option<f64> {
    let load = cloud.scaling.loads.get(key)?;
    let share = load_share(cloud, at);
    (running > 0).then(|| (load * share / f64::from(running)).min(100.0))
}

/// By how much the load of services is multiplied at a time.
pub(crate) fn load_share(cloud: &Cloud, at: Timestamp) -> f64 {
    let begun = cloud
        .kernel
        .fault_since("load")
        .is_some_and(|since| since <= at);
    let percent = if begun {
        cloud.kernel.fault_number("load", 200)
    } else {
        None
    };
    f64::from(percent.unwrap_or(100)) / 100.0
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

//! Target tracking: the metric that a policy keeps near its target, and the alarms on it.

use serde_json::{Value, json};

use super::state::Policy;
use super::{invalid, service_of};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::cloudwatch;
use crate::world::simulated::aws::json::{list, set, text};
use crate::world::simulated::cloud::Cloud;

/// Minutes above the target until tasks are added, and below it until they are taken away.
const HIGH_FOR: u32 = 3;
const LOW_FOR: u32 = 15;

/// The share of the target below which tasks are taken away.
const LOW: f64 = 0.9;

/// The members of `PutMetricAlarm` that say which metric a policy is about.
fn watched(resource: &str, configuration: &Value) -> Value {
    let member = |name: &str| configuration.get(name).filter(|m| m.is_object());
    if let Some(own) = member("CustomizedMetricSpecification") {
        if list(own, "Metrics").is_empty() {
            let mut out = json!({ "Period": 60 });
            for name in ["MetricName", "Namespace", "Dimensions", "Statistic", "Unit"] {
                if let Some(value) = own.get(name).filter(|value| !value.is_null()) {
                    set(&mut out, name, value.clone());
                }
            }
            return out;
        }
        let queries = list(own, "Metrics").iter().cloned().map(|mut query| {
            if let Some(stat) = query.get_mut("MetricStat") {
                set(stat, "Period", json!(60));
            }
            query
        });
        return json!({ "Metrics": queries.collect::<Vec<_>>() });
    }
    let known = member("PredefinedMetricSpecification").unwrap_or(&Value::Null);
    let dimension = |name: &str, value: &str| json!({ "Name": name, "Value": value });
    let of_service = |metric: &str| {
        let key = service_of(resource);
        let (cluster, name) = key.map_or_else(Default::default, |key| {
            (key.cluster.to_string(), key.name.to_string())
        });
        json!({
            "Namespace": "AWS/ECS", "MetricName": metric, "Statistic": "Average", "Period": 60, "Unit": "Percent",
            "Dimensions": [dimension("ClusterName", &cluster), dimension("ServiceName", &name)],
        })
    };
    match text(known, "PredefinedMetricType").unwrap_or_default() {
        "ECSServiceAverageMemoryUtilization" => of_service("MemoryUtilization"),
        "ALBRequestCountPerTarget" => {
            let label = text(known, "ResourceLabel").unwrap_or_default();
            let (balancer, group) = label.split_once("/targetgroup/").unwrap_or((label, ""));
            json!({
                "Namespace": "AWS/ApplicationELB", "MetricName": "RequestCountPerTarget", "Statistic": "Sum",
                "Period": 60,
                "Dimensions": [
                    dimension("LoadBalancer", balancer),
                    dimension("TargetGroup", &format!("targetgroup/{group}")),
                ],
            })
        }
        _ => of_service("CPUUtilization"),
    }
}

/// Puts the alarms of a policy: one above the target, and one well below it.
///
/// # Errors
/// `ValidationException` for a metric that CloudWatch refuses; `not_simulated`.
pub(super) fn put_alarms(cloud: &mut Cloud, resource: &str, policy: &Policy) -> Result<(), Fault> {
    let goal = policy
        .configuration
        .get("TargetValue")
        .and_then(Value::as_f64);
    let goal = goal.unwrap_or_default();
    let sides = [
        ("GreaterThanThreshold", HIGH_FOR, goal),
        ("LessThanThreshold", LOW_FOR, goal * LOW),
    ];
    for (name, (comparison, minutes, threshold)) in policy.alarms.iter().zip(sides) {
        let mut raw = watched(resource, &policy.configuration);
        for (member, value) in [
            ("AlarmName", json!(name)),
            (
                "AlarmDescription",
                json!(format!(
                    "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {}.",
                    policy.arn
                )),
            ),
            ("ActionsEnabled", json!(true)),
            ("AlarmActions", json!([policy.arn])),
            ("ComparisonOperator", json!(comparison)),
            ("EvaluationPeriods", json!(minutes)),
            ("Threshold", json!(threshold)),
            ("TreatMissingData", json!("missing")),
        ] {
            set(&mut raw, member, value);
        }
        cloudwatch::put_alarm(cloud, &raw).map_err(|fault| match fault.code.as_str() {
            "ValidationError" | "InvalidParameterValue" | "MissingRequiredParameterException" => {
                let refused = invalid(fault.message);
                match fault.hint {
                    Some(hint) => refused.hint(hint),
                    None => refused,
                }
            }
            _ => fault,
        })?;
    }
    Ok(())
}

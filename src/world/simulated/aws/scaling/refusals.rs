//! What Application Auto Scaling refuses of a scaling policy.

use serde_json::Value;

use super::invalid;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, not_simulated, text};

/// Metrics of ECS services that target tracking knows by name.
const PREDEFINED: [&str; 3] = [
    "ECSServiceAverageCPUUtilization",
    "ECSServiceAverageMemoryUtilization",
    PER_TARGET,
];

/// Metrics of high resolution, which a service publishes where it is told to.
const FINE: [&str; 2] = [
    "ECSServiceAverageCPUUtilizationHighResolution",
    "ECSServiceAverageMemoryUtilizationHighResolution",
];

/// The metric that is one of a target group: it needs to be said of which.
const PER_TARGET: &str = "ALBRequestCountPerTarget";

/// How step scaling changes a capacity.
const ADJUSTMENTS: [&str; 3] = [
    "ChangeInCapacity",
    "PercentChangeInCapacity",
    "ExactCapacity",
];

/// Checks the configuration of a policy of that kind.
pub(super) fn policy(kind: &str, name: &str, configuration: &Value) -> Result<(), Fault> {
    if name.len() > 256 {
        return Err(invalid("PolicyName can have at most 256 characters"));
    }
    for member in ["ScaleOutCooldown", "ScaleInCooldown", "Cooldown"] {
        let given = configuration.get(member).and_then(Value::as_i64);
        if given.is_some_and(|seconds| seconds < 0) {
            return Err(invalid(format!("{member} must not be negative")));
        }
    }
    match kind {
        "TargetTrackingScaling" => tracking(configuration),
        "StepScaling" => steps(configuration),
        _ => Ok(()),
    }
}

fn tracking(configuration: &Value) -> Result<(), Fault> {
    match configuration.get("TargetValue").and_then(Value::as_f64) {
        None => return Err(invalid("TargetValue is required")),
        Some(goal) if goal <= 0.0 => {
            return Err(invalid("TargetValue must be greater than 0"));
        }
        Some(_) => {}
    }
    let member = |name: &str| configuration.get(name).filter(|m| m.is_object());
    let predefined = member("PredefinedMetricSpecification");
    let custom = member("CustomizedMetricSpecification");
    match (predefined, custom) {
        (None, None) => Err(invalid(
            "Either PredefinedMetricSpecification or CustomizedMetricSpecification must be specified",
        )),
        (Some(_), Some(_)) => Err(invalid(
            "Only one of PredefinedMetricSpecification and CustomizedMetricSpecification can be specified",
        )),
        (Some(known), None) => predefined_metric(known),
        (None, Some(own)) => custom_metric(own),
    }
}

fn predefined_metric(known: &Value) -> Result<(), Fault> {
    let metric = text(known, "PredefinedMetricType").unwrap_or_default();
    if FINE.contains(&metric) {
        return Err(not_simulated("application-autoscaling", metric));
    }
    if !PREDEFINED.contains(&metric) {
        return Err(invalid(format!(
            "Predefined metric type {metric} is not supported for service namespace ecs. Supported are: {}",
            PREDEFINED.join(", ")
        )));
    }
    let label = text(known, "ResourceLabel").unwrap_or_default();
    // `app/NAME/ID/targetgroup/NAME/ID`
    let parts: Vec<&str> = label.split('/').collect();
    let of_group = matches!(parts.as_slice(), ["app", _, _, "targetgroup", _, _]);
    match (metric == PER_TARGET, label.is_empty()) {
        (true, _) if !of_group => Err(invalid(format!(
            "ResourceLabel must name a load balancer and a target group for {PER_TARGET}"
        ))),
        (false, false) => Err(invalid(format!(
            "ResourceLabel cannot be specified for {metric}"
        ))),
        _ => Ok(()),
    }
}

fn custom_metric(own: &Value) -> Result<(), Fault> {
    if !list(own, "Metrics").is_empty() {
        return Ok(());
    }
    for member in ["MetricName", "Namespace", "Statistic"] {
        if text(own, member).is_none_or(str::is_empty) {
            return Err(invalid(format!(
                "CustomizedMetricSpecification needs a {member}, or Metrics"
            )));
        }
    }
    Ok(())
}

fn steps(configuration: &Value) -> Result<(), Fault> {
    let how = text(configuration, "AdjustmentType").unwrap_or_default();
    if !ADJUSTMENTS.contains(&how) {
        return Err(invalid(format!(
            "AdjustmentType '{how}' must be one of '{}'",
            ADJUSTMENTS.join(", ")
        )));
    }
    let steps = list(configuration, "StepAdjustments");
    if steps.is_empty() {
        return Err(invalid(
            "At least one StepAdjustment must be specified for a StepScaling policy",
        ));
    }
    if steps.len() > 20 {
        return Err(invalid("At most 20 StepAdjustments can be specified"));
    }
    let mut ranges = Vec::new();
    for step in steps {
        let bound = |name: &str| step.get(name).and_then(Value::as_f64);
        if step
            .get("ScalingAdjustment")
            .and_then(Value::as_i64)
            .is_none()
        {
            return Err(invalid("ScalingAdjustment is required"));
        }
        if how == "ExactCapacity" && step.get("ScalingAdjustment").and_then(Value::as_i64) < Some(0)
        {
            return Err(invalid(
                "ScalingAdjustment must not be negative for ExactCapacity",
            ));
        }
        let lower = bound("MetricIntervalLowerBound").unwrap_or(f64::NEG_INFINITY);
        let upper = bound("MetricIntervalUpperBound").unwrap_or(f64::INFINITY);
        if lower.is_infinite() && upper.is_infinite() {
            return Err(invalid(
                "A StepAdjustment needs a MetricIntervalLowerBound or a MetricIntervalUpperBound",
            ));
        }
        if lower >= upper {
            return Err(invalid(
                "MetricIntervalLowerBound must be less than MetricIntervalUpperBound",
            ));
        }
        ranges.push((lower, upper));
    }
    ranges.sort_by(|a, b| a.0.total_cmp(&b.0));
    for pair in ranges.windows(2) {
        let (end, next) = (pair[0].1, pair[1].0);
        if end > next {
            return Err(invalid("StepAdjustment intervals can't overlap"));
        }
        if end < next {
            return Err(invalid(
                "There can't be a gap between StepAdjustment intervals",
            ));
        }
    }
    let (first, last) = (ranges.first(), ranges.last());
    if first.is_some_and(|(lower, _)| *lower < 0.0 && lower.is_finite()) {
        return Err(invalid(
            "There must be a StepAdjustment with an unspecified lower bound when one StepAdjustment has a negative lower bound",
        ));
    }
    if last.is_some_and(|(_, upper)| *upper > 0.0 && upper.is_finite()) {
        return Err(invalid(
            "There must be a StepAdjustment with an unspecified upper bound when one StepAdjustment has a positive upper bound",
        ));
    }
    Ok(())
}

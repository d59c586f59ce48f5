//! Step scaling: how far a capacity moves by how far a metric is beyond an alarm's threshold.
//!
//! Application Auto Scaling User Guide, "Step scaling policies".

use serde_json::Value;

use crate::world::simulated::aws::json::{list, number, text};

/// One number of the data points of an alarm, by `MetricAggregationType`; `None`: there are none.
pub(super) fn aggregated(configuration: &Value, values: &[f64]) -> Option<f64> {
    let first = *values.first()?;
    Some(match text(configuration, "MetricAggregationType") {
        Some("Minimum") => values.iter().copied().fold(first, f64::min),
        Some("Maximum") => values.iter().copied().fold(first, f64::max),
        _ => values.iter().sum::<f64>() / values.len() as f64,
    })
}

/// The capacity that a policy wants in the place of `capacity`; `None`: none of its steps is meant.
///
/// `beyond` is the metric's value less the alarm's threshold; `above`: the alarm is about values above the threshold.
pub(super) fn capacity(
    configuration: &Value,
    capacity: u32,
    beyond: f64,
    above: bool,
) -> Option<u32> {
    // The bound that is nearer to the threshold belongs to its step.
    let above = beyond > 0.0 || (beyond == 0.0 && above);
    let fits = |step: &&Value| {
        let bound = |name: &str| step.get(name).and_then(Value::as_f64);
        let lower = bound("MetricIntervalLowerBound").unwrap_or(f64::NEG_INFINITY);
        let upper = bound("MetricIntervalUpperBound").unwrap_or(f64::INFINITY);
        match above {
            true => lower <= beyond && beyond < upper,
            false => lower < beyond && beyond <= upper,
        }
    };
    let step = list(configuration, "StepAdjustments").iter().find(fits)?;
    let adjustment = step.get("ScalingAdjustment").and_then(Value::as_i64)?;
    let capacity = i64::from(capacity);
    let wanted = match text(configuration, "AdjustmentType").unwrap_or_default() {
        "ExactCapacity" => adjustment,
        "PercentChangeInCapacity" => {
            let least = number(configuration, "MinAdjustmentMagnitude").unwrap_or(0);
            let least = i64::try_from(least).unwrap_or(i64::MAX);
            let change = rounded(capacity as f64 * adjustment as f64 / 100.0);
            let change = if change == 0 {
                0
            } else {
                change.signum() * change.abs().max(least)
            };
            capacity.saturating_add(change)
        }
        _ => capacity.saturating_add(adjustment),
    };
    Some(u32::try_from(wanted.max(0)).unwrap_or(u32::MAX))
}

/// A change of less than one counts as one; of others, the fraction is left out.
fn rounded(change: f64) -> i64 {
    if change > 0.0 && change < 1.0 {
        1
    } else if change < 0.0 && change > -1.0 {
        -1
    } else {
        change.trunc() as i64
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(how: &str, steps: Value) -> Value {
        json!({ "AdjustmentType": how, "StepAdjustments": steps })
    }

    /// Application Auto Scaling User Guide, "Step scaling policies", "Step adjustments": the example with a threshold
    /// of 50.
    #[test]
    fn steps_are_those_of_the_example() {
        let out = policy(
            "PercentChangeInCapacity",
            json!([
                { "MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 0 },
                { "MetricIntervalLowerBound": 10, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 10 },
                { "MetricIntervalLowerBound": 20, "ScalingAdjustment": 30 },
            ]),
        );
        for (value, from, to) in [
            (55.0, 10, 10),
            (60.0, 10, 11),
            (69.9, 10, 11),
            (70.0, 11, 14),
        ] {
            assert_eq!(
                capacity(&out, from, value - 50.0, true),
                Some(to),
                "{value}"
            );
        }
        let back = policy(
            "PercentChangeInCapacity",
            json!([
                { "MetricIntervalLowerBound": -10, "MetricIntervalUpperBound": 0, "ScalingAdjustment": 0 },
                { "MetricIntervalLowerBound": -20, "MetricIntervalUpperBound": -10, "ScalingAdjustment": -10 },
                { "MetricIntervalUpperBound": -20, "ScalingAdjustment": -30 },
            ]),
        );
        for (value, from, to) in [
            (45.0, 14, 14),
            (40.0, 14, 13),
            (30.1, 14, 13),
            (30.0, 13, 10),
        ] {
            assert_eq!(
                capacity(&back, from, value - 50.0, false),
                Some(to),
                "{value}"
            );
        }
        assert_eq!(capacity(&out, 10, -5.0, false), None, "no step is meant");
    }

    /// Application Auto Scaling User Guide, "Step scaling policies", "Scaling adjustment types".
    #[test]
    fn adjustments_are_of_their_types() {
        let steps = |adjustment: i64| json!([{ "MetricIntervalLowerBound": 0, "ScalingAdjustment": adjustment }]);
        let moved =
            |how: &str, from: u32, by: i64| capacity(&policy(how, steps(by)), from, 1.0, true);
        assert_eq!(moved("ChangeInCapacity", 3, 5), Some(8));
        assert_eq!(moved("ChangeInCapacity", 3, -5), Some(0));
        assert_eq!(moved("ExactCapacity", 3, 5), Some(5));
        assert_eq!(moved("PercentChangeInCapacity", 10, 10), Some(11));
        assert_eq!(moved("PercentChangeInCapacity", 4, 25), Some(5));
        assert_eq!(
            moved("PercentChangeInCapacity", 2, 10),
            Some(3),
            "0.2 is rounded to 1"
        );
        assert_eq!(
            moved("PercentChangeInCapacity", 2, -10),
            Some(1),
            "-0.2 is rounded to -1"
        );
        assert_eq!(
            moved("PercentChangeInCapacity", 13, -30),
            Some(10),
            "-3.9 is rounded to -3"
        );
        let mut at_least = policy("PercentChangeInCapacity", steps(25));
        at_least["MinAdjustmentMagnitude"] = json!(2);
        assert_eq!(capacity(&at_least, 4, 1.0, true), Some(6));
    }
}

//! `deploymentCircuitBreaker`: after how many failed tasks a deployment is given up.

use serde_json::Value;

use crate::world::simulated::aws::json::{flag, number, text};

/// Values that `type` of a `thresholdConfiguration` may have.
pub(super) const TYPES: [&str; 3] = ["COUNT", "BOUNDED_PERCENT", "UNBOUNDED_PERCENT"];

/// The bounds of a threshold of the type `BOUNDED_PERCENT`.
const LEAST: u64 = 3;
const MOST: u64 = 200;

/// A circuit breaker that is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CircuitBreaker {
    /// The failed tasks by which the deployment has failed.
    pub(crate) threshold: u32,
    /// Whether what completed last is deployed again.
    pub(crate) rollback: bool,
    /// Whether a task that becomes healthy sets the count of failures to 0.
    pub(crate) resets: bool,
}

impl CircuitBreaker {
    /// The circuit breaker of a `deploymentConfiguration`, for a service that wants `desired` tasks; `None`: it is off.
    pub(super) fn of(configuration: &Value, desired: u32) -> Option<Self> {
        let breaker = configuration.get("deploymentCircuitBreaker")?;
        if !flag(breaker, "enable") {
            return None;
        }
        let resets = breaker.get("resetOnHealthyTask").and_then(Value::as_bool);
        let configured = breaker.get("thresholdConfiguration");
        let configured = configured.unwrap_or(&Value::Null);
        let value = number(configured, "value").unwrap_or(50);
        let share = u64::from(desired).saturating_mul(value).div_ceil(100);
        let threshold = match text(configured, "type") {
            Some("COUNT") => value,
            Some("UNBOUNDED_PERCENT") => share,
            _ => share.clamp(LEAST, MOST),
        };
        Some(CircuitBreaker {
            threshold: u32::try_from(threshold).unwrap_or(u32::MAX),
            rollback: flag(breaker, "rollback"),
            resets: resets.unwrap_or(true),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// ECS API Reference, ThresholdConfiguration: `type`, `value`; Developer Guide, "How the Amazon ECS deployment circuit
    /// breaker detects failures".
    #[test]
    fn the_threshold_is_a_count_or_a_share_of_the_desired_count() {
        for (kind, value, desired, expected) in [
            (None, 50, 1, 3),
            (None, 50, 25, 13),
            (None, 50, 1_000, 200),
            (Some("COUNT"), 10, 2, 10),
            (Some("COUNT"), 1, 100, 1),
            (Some("BOUNDED_PERCENT"), 10, 20, 3),
            (Some("BOUNDED_PERCENT"), 30, 25, 8),
            (Some("BOUNDED_PERCENT"), 100, 500, 200),
            (Some("UNBOUNDED_PERCENT"), 10, 20, 2),
            (Some("UNBOUNDED_PERCENT"), 50, 1_000, 500),
        ] {
            let mut breaker = json!({ "enable": true, "rollback": true });
            if let Some(kind) = kind {
                breaker["thresholdConfiguration"] = json!({ "type": kind, "value": value });
            }
            let configuration = json!({ "deploymentCircuitBreaker": breaker });
            let breaker = CircuitBreaker::of(&configuration, desired).expect("on");
            assert_eq!(breaker.threshold, expected, "{kind:?} {value} of {desired}");
            assert!(breaker.resets);
        }
        let off = json!({ "deploymentCircuitBreaker": { "enable": false, "rollback": true } });
        assert_eq!(CircuitBreaker::of(&off, 1), None);
    }
}

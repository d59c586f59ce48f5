//! What ECS refuses of `earlySuccessCriteria`.

use serde_json::Value;

use super::super::traffic_shift::shifts;
use super::given;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, invalid, text};

/// The valid values of `sourceServiceRevisionCleanup`.
const CLEANUP: [&str; 2] = ["BLOCKING", "DEFERRED"];

/// Checks the criteria of a deployment configuration.
pub(super) fn early_success(wanted: &Value) -> Result<(), Fault> {
    let criteria = wanted.get("earlySuccessCriteria");
    let Some(criteria) = criteria.filter(|c| flag(c, "enable")) else {
        return Ok(());
    };
    if shifts(wanted) {
        return Err(invalid(
            "earlySuccessCriteria can only be used with the deployment strategy ROLLING.",
        ));
    }
    for member in ["healthyPercent", "sourceServiceRevisionCleanup"] {
        if !given(criteria, member) {
            return Err(invalid(format!(
                "{member} must be specified when earlySuccessCriteria are enabled."
            )));
        }
    }
    let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_i64);
    let healthy = number(criteria, "healthyPercent").unwrap_or(-1);
    let least = number(wanted, "minimumHealthyPercent").unwrap_or(100);
    if !(0..=100).contains(&healthy) {
        return Err(invalid("healthyPercent must be between 0 and 100."));
    }
    if healthy < least {
        return Err(invalid(format!(
            "healthyPercent must be >= minimumHealthyPercent, which is {least}."
        )));
    }
    match text(criteria, "sourceServiceRevisionCleanup") {
        Some(other) if !CLEANUP.contains(&other) => Err(invalid(format!(
            "Invalid sourceServiceRevisionCleanup: {other}. Valid values are: {}.",
            CLEANUP.join(", ")
        ))),
        _ => Ok(()),
    }
}

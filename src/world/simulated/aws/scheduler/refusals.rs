//! What EventBridge Scheduler refuses of a schedule.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::invalid;
use crate::text::arn::Arn;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::events::expression::{Dialect, is_valid};
use crate::world::simulated::aws::json::{number, text};
use crate::world::simulated::kernel::clock::earlier;

/// How far in the past a start date may be.
const START: Duration = Duration::from_secs(300);

/// What is refused whenever it is sent.
pub(super) fn members(input: &Value) -> Result<(), Fault> {
    let expression = text(input, "ScheduleExpression").unwrap_or_default();
    if !is_valid(expression, Dialect::Scheduler) {
        return Err(invalid(format!(
            "Invalid Schedule Expression {expression}."
        )));
    }
    if let Some(zone) = text(input, "ScheduleExpressionTimezone")
        && TimeZone::get(zone).is_err()
    {
        return Err(invalid(format!("Invalid timezone {zone}.")));
    }
    let window = input.get("FlexibleTimeWindow").unwrap_or(&Value::Null);
    let is_flexible = text(window, "Mode") == Some("FLEXIBLE");
    match (is_flexible, number(window, "MaximumWindowInMinutes")) {
        (true, None) => {
            return Err(invalid(
                "Must specify MaximumWindowInMinutes when FlexibleTimeWindow mode is FLEXIBLE.",
            ));
        }
        (false, Some(_)) => {
            return Err(invalid(
                "Cannot specify MaximumWindowInMinutes when FlexibleTimeWindow mode is OFF.",
            ));
        }
        _ => {}
    }
    let date = |name: &str| text(input, name).and_then(|at| at.parse::<Timestamp>().ok());
    if let (Some(start), Some(end)) = (date("StartDate"), date("EndDate"))
        && end <= start
    {
        return Err(invalid(
            "The EndDate you specify must be after the StartDate.",
        ));
    }
    target(input.get("Target").unwrap_or(&Value::Null))
}

/// What is refused of a start date at a time.
pub(super) fn start(input: &Value, now: Timestamp) -> Result<(), Fault> {
    let start = text(input, "StartDate").and_then(|at| at.parse::<Timestamp>().ok());
    match start.is_some_and(|start| start < earlier(now, START)) {
        true => Err(invalid(
            "The StartDate you specify cannot be earlier than 5 minutes ago.",
        )),
        false => Ok(()),
    }
}

fn target(target: &Value) -> Result<(), Fault> {
    let arn = text(target, "Arn").unwrap_or_default();
    let Some(parsed) = Arn::parse(arn) else {
        return Err(invalid(format!(
            "Provided Arn {arn} is not in correct format."
        )));
    };
    let is_cluster = parsed.service == "ecs";
    let ecs = target.get("EcsParameters").filter(|it| it.is_object());
    match ecs {
        None if is_cluster => Err(invalid(
            "Target.EcsParameters must be specified for an ECS target.",
        )),
        Some(_) if !is_cluster => Err(invalid(
            "Target.EcsParameters can only be specified for an ECS target.",
        )),
        _ => Ok(()),
    }
}

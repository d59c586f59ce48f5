//! What EventBridge refuses of rules and targets.

use serde_json::Value;

use super::expression::{Dialect, is_valid};
use super::invalid;
use super::state::Rule;
use crate::text::arn::Arn;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::text;

/// The most targets that a rule can have.
const TARGETS: usize = 5;

/// Members of a target that say what it is sent: it can have one of them.
const INPUTS: [&str; 3] = ["Input", "InputPath", "InputTransformer"];

/// Checks the input of `PutRule`: name, schedule expression and event pattern.
pub(super) fn rule(name: &str, input: &Value) -> Result<(), Fault> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if name.is_empty() || name.len() > 64 || !name.chars().all(is_allowed) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+"
        )));
    }
    let schedule = text(input, "ScheduleExpression").filter(|it| !it.is_empty());
    let pattern = text(input, "EventPattern").filter(|it| !it.is_empty());
    if schedule.is_none() && pattern.is_none() {
        return Err(invalid(
            "Parameter(s) EventPattern or ScheduleExpression must be specified.",
        ));
    }
    if schedule.is_some_and(|it| !is_valid(it, Dialect::Rule)) {
        return Err(invalid("Parameter ScheduleExpression is not valid."));
    }
    let is_object = |text: &str| serde_json::from_str::<Value>(text).is_ok_and(|v| v.is_object());
    match pattern {
        Some(pattern) if !is_object(pattern) => Err(Fault::new(
            "InvalidEventPatternException",
            "Event pattern is not valid. Reason: Filter is not an object",
        )),
        _ => Ok(()),
    }
}

/// A rule that a service of AWS has created for itself is changed by that service alone.
pub(super) fn managed(name: &str, rule: &Rule) -> Result<(), Fault> {
    match &rule.managed_by {
        Some(owner) => Err(Fault::new(
            "ManagedRuleException",
            format!("Rule {name} is managed by {owner}, and only that service can change it."),
        )),
        None => Ok(()),
    }
}

pub(super) fn has_targets(rule: &Rule) -> Result<(), Fault> {
    match rule.targets.is_empty() {
        true => Ok(()),
        false => Err(invalid("Rule can't be deleted since it has targets.")),
    }
}

pub(super) fn number_of_targets(number: usize) -> Result<(), Fault> {
    match number > TARGETS {
        true => Err(Fault::new(
            "LimitExceededException",
            "The requested resource exceeds the maximum number allowed.",
        )),
        false => Ok(()),
    }
}

/// Checks a target of `PutTargets`: its ARN, its input, and what an ECS target needs.
pub(super) fn target(target: &Value) -> Result<(), Fault> {
    let id = text(target, "Id").unwrap_or_default();
    let arn = text(target, "Arn").unwrap_or_default();
    let Some(parsed) = Arn::parse(arn) else {
        return Err(invalid(format!(
            "Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
        )));
    };
    let given = INPUTS
        .iter()
        .filter(|name| target.get(**name).is_some_and(|it| !it.is_null()));
    if given.count() > 1 {
        return Err(invalid(format!(
            "Only one of Input, InputPath, or InputTransformer must be provided for target {id}."
        )));
    }
    let input = text(target, "Input");
    if input.is_some_and(|it| serde_json::from_str::<Value>(it).is_err()) {
        return Err(invalid(format!(
            "JSON syntax error in input for target {id}"
        )));
    }
    match parsed.service {
        "ecs" => ecs_target(target, arn),
        _ => Ok(()),
    }
}

fn ecs_target(target: &Value, arn: &str) -> Result<(), Fault> {
    if text(target, "RoleArn").is_none_or(str::is_empty) {
        return Err(invalid(format!("RoleArn is required for target {arn}.")));
    }
    let Some(ecs) = target.get("EcsParameters").filter(|it| it.is_object()) else {
        return Err(invalid(format!(
            "EcsParameters is required for target {arn}."
        )));
    };
    let has_strategy = ecs["CapacityProviderStrategy"]
        .as_array()
        .is_some_and(|strategy| !strategy.is_empty());
    match has_strategy && ecs["LaunchType"].is_string() {
        true => Err(invalid(
            "Parameters LaunchType and CapacityProviderStrategy cannot be specified together.",
        )),
        false => Ok(()),
    }
}

//! EventBridge: the rules of the default event bus, and their targets. What a rule would start is not started.

use serde_json::{Value, json};

use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{lists, not_simulated, number, set, text, texts};
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;

pub(crate) mod expression;
mod refusals;
mod rules;
mod state;
mod targets;

pub(crate) use state::Events;

/// The event bus that every account has. Schedules exist on it only.
const DEFAULT_BUS: &str = "default";

/// How far EventBridge is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "events",
    behaves: "Rules of the default event bus and their targets are put, replaced, enabled and removed as AWS \
              does it, with its refusals.",
    leaves_out: "Nothing is started: no rule fires, and no event is delivered. Other event buses, archives, pipes \
              and `PutEvents` are not simulated.",
    tests: &[
        "simulated::tests::schedules",
        "emulated::conformance::cases::schedules",
    ],
};

/// Answers a call of EventBridge.
pub(crate) fn call(
    events: &mut Events,
    kernel: &Kernel,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    check_bus(input)?;
    match operation {
        "PutRule" => rules::put(events, kernel, input),
        "DescribeRule" => rules::describe(events, kernel, input),
        "ListRules" => rules::list(events, kernel, input),
        "EnableRule" => rules::set_state(events, input, "ENABLED"),
        "DisableRule" => rules::set_state(events, input, "DISABLED"),
        "DeleteRule" => rules::delete(events, input),
        "PutTargets" => targets::put(events, input),
        "ListTargetsByRule" => targets::of_rule(events, input),
        "ListRuleNamesByTarget" => targets::rules_of(events, input),
        "RemoveTargets" => targets::remove(events, input),
        _ => Err(not_simulated("events", operation)),
    }
}

/// A rule as a fixture describes it, which is there when the world begins: the members of `PutRule`, and `Targets`.
///
/// # Errors
/// What EventBridge says of a rule or of targets that do not fit.
pub(crate) fn declare(events: &mut Events, kernel: &Kernel, raw: &Value) -> Result<(), Fault> {
    let mut rule = raw.clone();
    let given = rule.as_object_mut().and_then(|rule| rule.remove("Targets"));
    rules::put(events, kernel, &rule)?;
    let name = text(raw, "Name").unwrap_or_default();
    if let Some(owner) = text(raw, "ManagedBy") {
        events.rule_mut(name).managed_by = Some(owner.to_owned());
    }
    let input = json!({ "Rule": name, "Targets": given.unwrap_or_else(|| json!([])) });
    targets::add(events, &input)
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new("ValidationException", message)
}

fn check_bus(input: &Value) -> Result<(), Fault> {
    match text(input, "EventBusName").map(short_name) {
        None | Some(DEFAULT_BUS) => Ok(()),
        Some(other) => Err(Fault::new(
            "ResourceNotFoundException",
            format!("Event bus {other} does not exist."),
        )),
    }
}

fn no_rule(name: &str) -> Fault {
    Fault::new(
        "ResourceNotFoundException",
        format!("Rule {name} does not exist on EventBus {DEFAULT_BUS}."),
    )
}

/// One page of a listing, in this API's spelling.
fn listing(input: &Value, name: &str, items: Vec<Value>) -> Value {
    let from = text(input, "NextToken").and_then(|token| token.parse().ok());
    let from = from.unwrap_or(0).min(items.len());
    let size = number(input, "Limit").map_or(100, |limit| (limit as usize).clamp(1, 100));
    let end = (from + size).min(items.len());
    let all = items.len();
    let items = items.into_iter().take(end).skip(from).collect();
    let mut out = lists([(name, items)]);
    if end < all {
        set(&mut out, "NextToken", json!(end.to_string()));
    }
    out
}

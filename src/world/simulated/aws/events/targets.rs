//! Targets of rules: a put replaces each target as a whole.

use serde_json::{Value, json};

use super::{Events, listing, no_rule, refusals, texts};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, text};

pub(super) fn put(events: &mut Events, input: &Value) -> Result<Value, Fault> {
    let name = text(input, "Rule").unwrap_or_default();
    let rule = events.rules.get(name).ok_or_else(|| no_rule(name))?;
    refusals::managed(name, rule)?;
    add(events, input)?;
    Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
}

/// Adds targets to a rule, or replaces those of the same ids.
///
/// # Errors
/// What EventBridge refuses of them; then none is added.
pub(super) fn add(events: &mut Events, input: &Value) -> Result<(), Fault> {
    let name = text(input, "Rule").unwrap_or_default();
    let rule = events.rules.get_mut(name).ok_or_else(|| no_rule(name))?;
    let mut targets = rule.targets.clone();
    for target in list(input, "Targets") {
        refusals::target(target)?;
        let id = text(target, "Id").unwrap_or_default();
        targets.insert(id.to_owned(), target.clone());
    }
    refusals::number_of_targets(targets.len())?;
    rule.targets = targets;
    Ok(())
}

pub(super) fn of_rule(events: &Events, input: &Value) -> Result<Value, Fault> {
    let name = text(input, "Rule").unwrap_or_default();
    let rule = events.rules.get(name).ok_or_else(|| no_rule(name))?;
    let targets = rule.targets.values().cloned().collect();
    Ok(listing(input, "Targets", targets))
}

pub(super) fn rules_of(events: &Events, input: &Value) -> Result<Value, Fault> {
    let arn = text(input, "TargetArn");
    let rules = events.rules.iter().filter(|(_, rule)| {
        let mut targets = rule.targets.values();
        targets.any(|target| text(target, "Arn") == arn)
    });
    let names = rules.map(|(name, _)| json!(name)).collect();
    Ok(listing(input, "RuleNames", names))
}

pub(super) fn remove(events: &mut Events, input: &Value) -> Result<Value, Fault> {
    let name = text(input, "Rule").unwrap_or_default();
    let rule = events.rules.get_mut(name).ok_or_else(|| no_rule(name))?;
    if input.get("Force") != Some(&json!(true)) {
        refusals::managed(name, rule)?;
    }
    for id in texts(input, "Ids") {
        rule.targets.remove(&id);
    }
    Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
}

//! Rules: put, described, listed, enabled and disabled.

use serde_json::{Map, Value, json};

use super::state::SHOWN;
use super::{DEFAULT_BUS, Events, listing, no_rule, refusals};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::text;
use crate::world::simulated::kernel::Kernel;

/// `PutRule` replaces the whole rule: what it leaves out is not kept. The targets stay.
pub(super) fn put(events: &mut Events, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let name = text(input, "Name").unwrap_or_default();
    refusals::rule(name, input)?;
    if let Some(known) = events.rules.get(name) {
        refusals::managed(name, known)?;
    }
    let member = |name: &str| Some((name.to_owned(), input.get(name)?.clone()));
    let mut raw: Map<String, Value> = SHOWN.into_iter().filter_map(member).collect();
    raw.retain(|_, value| !value.is_null());
    raw.entry("State").or_insert_with(|| json!("ENABLED"));
    events.rule_mut(name).raw = raw;
    Ok(json!({ "RuleArn": arn(kernel, name) }))
}

pub(super) fn describe(events: &Events, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let name = text(input, "Name").unwrap_or_default();
    let mut out = shown(events, kernel, name)?;
    out.insert("CreatedBy".to_owned(), json!(kernel.account));
    Ok(Value::Object(out))
}

pub(super) fn list(events: &Events, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let prefix = text(input, "NamePrefix").unwrap_or_default();
    let names = events.names().filter(|name| name.starts_with(prefix));
    let rules: Result<Vec<Value>, Fault> = names
        .map(|name| shown(events, kernel, name).map(Value::Object))
        .collect();
    Ok(listing(input, "Rules", rules?))
}

pub(super) fn set_state(events: &mut Events, input: &Value, state: &str) -> Result<Value, Fault> {
    let name = text(input, "Name").unwrap_or_default();
    let rule = events.rules.get_mut(name).ok_or_else(|| no_rule(name))?;
    refusals::managed(name, rule)?;
    rule.raw.insert("State".to_owned(), json!(state));
    Ok(json!({}))
}

/// A rule that is not there is deleted without a word; one with targets is refused.
pub(super) fn delete(events: &mut Events, input: &Value) -> Result<Value, Fault> {
    let name = text(input, "Name").unwrap_or_default();
    if let Some(rule) = events.rules.get(name) {
        refusals::managed(name, rule)?;
        refusals::has_targets(rule)?;
        events.rules.remove(name);
    }
    Ok(json!({}))
}

fn arn(kernel: &Kernel, name: &str) -> String {
    kernel.arn("events", &format!("rule/{name}"))
}

fn shown(events: &Events, kernel: &Kernel, name: &str) -> Result<Map<String, Value>, Fault> {
    let rule = events.rules.get(name).ok_or_else(|| no_rule(name))?;
    let mut out = rule.raw.clone();
    out.insert("Name".to_owned(), json!(name));
    out.insert("Arn".to_owned(), json!(arn(kernel, name)));
    out.insert("EventBusName".to_owned(), json!(DEFAULT_BUS));
    if let Some(owner) = &rule.managed_by {
        out.insert("ManagedBy".to_owned(), json!(owner));
    }
    Ok(out)
}

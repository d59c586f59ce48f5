//! Rules of listeners.

use serde_json::{Value, json};

use super::Elb;
use super::{ending, needed, normal, refusals, unless_secretless, validation};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, number, text, texts};
use crate::world::simulated::kernel::Kernel;

/// The highest priority number that a rule may have.
const LAST: u64 = 50_000;

/// A rule of a listener.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// ARN of the listener that has the rule.
    pub(crate) listener: String,
    /// Priority among the rules of the listener; `None`: it is the default rule.
    pub(crate) priority: Option<u32>,
    /// Conditions in the API's shape; empty for the default rule.
    pub(crate) conditions: Vec<Value>,
    /// In the API's shape, weights written out.
    pub(crate) actions: Vec<Value>,
}

pub(super) fn no_listener() -> Fault {
    Fault::new("ListenerNotFound", "One or more listeners not found")
}

fn no_rule() -> Fault {
    Fault::new("RuleNotFound", "One or more rules not found")
}

fn render(arn: &str, rule: &Rule) -> Value {
    json!({
        "RuleArn": arn,
        "Priority": rule.priority.map_or_else(|| "default".to_owned(), |p| p.to_string()),
        "Conditions": rule.conditions,
        "Actions": rule.actions,
        "IsDefault": rule.priority.is_none(),
    })
}

pub(super) fn describe(elb: &Elb, input: &Value) -> Result<Value, Fault> {
    let arns = texts(input, "RuleArns");
    if let Some(listener) = text(input, "ListenerArn") {
        if !elb.listeners.contains_key(listener) {
            return Err(no_listener());
        }
        let rules = elb.rules_of(listener);
        let out: Vec<Value> = rules.iter().map(|(arn, rule)| render(arn, rule)).collect();
        return Ok(json!({ "Rules": out }));
    }
    if arns.is_empty() {
        return Err(validation(
            "You must specify either listener ARN or rule ARNs",
        ));
    }
    let mut out = Vec::new();
    for arn in &arns {
        let rule = elb.rules.get(arn).ok_or_else(no_rule)?;
        out.push(render(arn, rule));
    }
    Ok(json!({ "Rules": out }))
}

fn priority(value: Option<u64>) -> Result<u32, Fault> {
    value
        .filter(|p| (1..=LAST).contains(p))
        .map(|p| p as u32)
        .ok_or_else(|| validation(format!("Priority must be between 1 and {LAST}")))
}

fn in_use(elb: &Elb, listener: &str, priority: u32, but: &[&str]) -> Result<(), Fault> {
    let mut others = elb.rules_of(listener).into_iter();
    let taken = others.any(|(arn, r)| r.priority == Some(priority) && !but.contains(&arn));
    if taken {
        return Err(Fault::new(
            "PriorityInUse",
            format!("Priority '{priority}' is currently in use"),
        ));
    }
    Ok(())
}

/// Conditions, each with a field and at least one value.
fn conditions(input: &Value) -> Result<Vec<Value>, Fault> {
    let given = list(input, "Conditions");
    refusals::conditions(given)?;
    Ok(given.to_vec())
}

pub(super) fn create(elb: &mut Elb, kernel: &mut Kernel, input: &Value) -> Result<Value, Fault> {
    let listener = needed(input, "ListenerArn")?.to_owned();
    let balancer = elb
        .listeners
        .get(&listener)
        .map(|l| l.balancer.clone())
        .ok_or_else(no_listener)?;
    let priority = priority(number(input, "Priority"))?;
    in_use(elb, &listener, priority, &[])?;
    let conditions = conditions(input)?;
    if conditions.is_empty() {
        return Err(validation("A condition must be specified"));
    }
    let rule = Rule {
        actions: normal(elb, &balancer, list(input, "Actions"))?,
        listener,
        priority: Some(priority),
        conditions,
    };
    let base = rule.listener.replacen(":listener/", ":listener-rule/", 1);
    let arn = format!("{base}/{}", ending(kernel));
    let out = json!({ "Rules": [render(&arn, &rule)] });
    elb.rules.insert(arn, rule);
    Ok(out)
}

pub(super) fn modify(elb: &mut Elb, input: &Value) -> Result<Value, Fault> {
    let arn = needed(input, "RuleArn")?;
    let mut rule = elb.rules.get(arn).cloned().ok_or_else(no_rule)?;
    if rule.priority.is_none() {
        return Err(Fault::new(
            "OperationNotPermitted",
            format!("Default rule '{arn}' cannot be modified"),
        ));
    }
    if !list(input, "Conditions").is_empty() {
        rule.conditions = conditions(input)?;
    }
    if !list(input, "Actions").is_empty() {
        let balancer = elb.balancer_of(&rule).unwrap_or_default().to_owned();
        unless_secretless(list(input, "Actions"))?;
        rule.actions = normal(elb, &balancer, list(input, "Actions"))?;
    }
    let out = json!({ "Rules": [render(arn, &rule)] });
    elb.rules.insert(arn.to_owned(), rule);
    Ok(out)
}

pub(super) fn delete(elb: &mut Elb, input: &Value) -> Result<Value, Fault> {
    let arn = needed(input, "RuleArn")?;
    let rule = elb.rules.get(arn).ok_or_else(no_rule)?;
    if rule.priority.is_none() {
        return Err(Fault::new(
            "OperationNotPermitted",
            format!("Default rule '{arn}' cannot be deleted"),
        ));
    }
    elb.rules.remove(arn);
    Ok(json!({}))
}

pub(super) fn set_priorities(elb: &mut Elb, input: &Value) -> Result<Value, Fault> {
    let given = list(input, "RulePriorities");
    let named: Vec<&str> = given.iter().filter_map(|p| text(p, "RuleArn")).collect();
    let mut changes = Vec::new();
    for pair in given {
        let arn = needed(pair, "RuleArn")?;
        let rule = elb.rules.get(arn).ok_or_else(no_rule)?;
        let wanted = priority(number(pair, "Priority"))?;
        in_use(elb, &rule.listener, wanted, &named)?;
        if rule.priority.is_none() {
            return Err(Fault::new(
                "OperationNotPermitted",
                format!("Default rule '{arn}' priority cannot be modified"),
            ));
        }
        if changes.iter().any(|(_, p)| *p == wanted) {
            return Err(validation(format!(
                "Priority '{wanted}' is specified for multiple rules"
            )));
        }
        changes.push((arn.to_owned(), wanted));
    }
    let mut out = Vec::new();
    for (arn, priority) in changes {
        if let Some(rule) = elb.rules.get_mut(&arn) {
            rule.priority = Some(priority);
            out.push(render(&arn, rule));
        }
    }
    Ok(json!({ "Rules": out }))
}

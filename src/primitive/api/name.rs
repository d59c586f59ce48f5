//! What people call the resources that an input names.

use serde_json::Value;

use crate::primitive::resource_cache::short;

/// How a value names what is acted upon: the short form of an ARN, a list's members.
pub(in crate::primitive) fn name_of(value: &Value) -> String {
    match value {
        Value::String(text) => named(text),
        Value::Array(items) => items.iter().map(name_of).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}

/// A resource as people call it; an ARN of a load balancer's part ends in an id that nobody knows.
fn named(arn: &str) -> String {
    let Some((_, path)) = arn.split_once(":elasticloadbalancing:") else {
        return short(arn).to_owned();
    };
    let parts: Vec<&str> = path.rsplit(':').next().unwrap_or(path).split('/').collect();
    match parts.as_slice() {
        ["targetgroup", name, _] | ["loadbalancer", _, name, _] => (*name).to_owned(),
        ["listener", _, balancer, ..] => format!("a listener of {balancer}"),
        ["listener-rule", _, balancer, .., id] => format!("rule {id} of {balancer}"),
        _ => short(arn).to_owned(),
    }
}

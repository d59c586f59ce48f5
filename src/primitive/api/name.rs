//! What people call the resources that an input names.

use crate::text::arn::{Arn, short_name};
use serde_json::Value;

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
    let balancing = Arn::parse(arn).filter(|arn| arn.service == "elasticloadbalancing");
    let Some(part) = balancing else {
        return short_name(arn).to_owned();
    };
    let path: Vec<&str> = part.resource.split('/').collect();
    match path.as_slice() {
        ["listener", _, balancer, ..] => format!("a listener of {balancer}"),
        ["listener-rule", _, balancer, .., id] => format!("rule {id} of {balancer}"),
        _ => part.name().to_owned(),
    }
}

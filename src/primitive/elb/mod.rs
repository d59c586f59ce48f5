//! `elb::` — Elastic Load Balancing v2: load balancers, listeners, rules, target groups.

use std::sync::Arc;

use super::Primitive;
use super::api::{Api, primitives};

mod groups;
mod listeners;
pub(super) mod login;
mod rules;
mod traffic;

const ELB: &str = "elbv2";

fn read(
    name: &'static str,
    operation: &'static str,
    object: &'static str,
    doc: &'static str,
    example: &'static str,
) -> Api {
    Api::read("elb", name, (ELB, operation), object, doc, example)
}

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    let mut all = primitives(listeners::all());
    all.extend(primitives(rules::all()));
    all.extend(primitives(groups::all()));
    all
}

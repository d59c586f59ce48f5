//! `ecs::` — the operations of Amazon ECS that deployments are made of.

use std::sync::Arc;

use super::Primitive;
use super::api::{Api, primitives};

mod daemons;
mod definitions;
mod deployments;
mod express;
mod reads;
mod services;
mod tags;
mod tasks;

const ECS: &str = "ecs";

fn read(
    name: &'static str,
    operation: &'static str,
    object: &'static str,
    doc: &'static str,
    example: &'static str,
) -> Api {
    Api::read("ecs", name, (ECS, operation), object, doc, example)
}

/// Every primitive of this module that is an API operation.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    let mut all = primitives(reads::all());
    all.extend(primitives(definitions::all()));
    all.extend(primitives(services::all()));
    all.extend(primitives(tasks::all()));
    all.extend(primitives(deployments::all()));
    all.extend(primitives(tags::all()));
    all.extend(primitives(express::all()));
    all.extend(primitives(daemons::all()));
    all
}

//! Faults that strike nothing are refused before a rehearsal, and said after it.

use std::sync::LazyLock;

use serde_json::Value;

use crate::call::Fault;
use crate::primitive::{self, Input};
use crate::script::Program;
use crate::world::shape;
use crate::world::simulated::{FaultSpec, Fixture, Mentioned};

/// Demands that what the faults name is in the fixture, the parameters or the scripts.
///
/// # Errors
/// `fault_without_subject`, with what was meant.
pub fn refuse_unknown(
    faults: &[FaultSpec],
    fixture: &Fixture,
    program: &Program,
    params: &Value,
) -> Result<(), Fault> {
    if faults.iter().all(|fault| fault.argument.is_none()) {
        return Ok(());
    }
    let scripts = program.sources().into_iter();
    let scripts = scripts.filter(|(name, _)| !name.starts_with("std/"));
    let mentioned = Mentioned {
        params: params.clone(),
        scripts: scripts.map(|(_, text)| text).collect(),
        operations: operations()
            .iter()
            .map(|(_, name)| (*name).to_owned())
            .collect(),
    };
    faults
        .iter()
        .try_for_each(|fault| fault.strikes_in(fixture, &mentioned))
}

/// The operations that are known by name, with their services: all of ECS, and what verbs stand for.
pub(super) fn operations() -> &'static [(&'static str, &'static str)] {
    static OPERATIONS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
        let ecs = shape::operations("ecs").into_iter();
        let mut all: Vec<_> = ecs.map(|operation| ("ecs", operation)).collect();
        for primitive in primitive::all() {
            if let Input::Api { service, operation } = primitive.declaration().input {
                all.push((service, operation));
            }
        }
        all
    });
    &OPERATIONS
}

//! Faults that strike nothing are refused before a rehearsal, and said after it.

use serde_json::Value;

use crate::script::Program;
use crate::vocabulary::Fault;
use crate::world::simulated::{FaultSpec, Fixture, PipelineText};

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
    let mentioned = PipelineText {
        params: params.clone(),
        scripts: scripts.map(|(_, text)| text).collect(),
    };
    faults
        .iter()
        .try_for_each(|fault| fault.strikes_in(fixture, &mentioned))
}

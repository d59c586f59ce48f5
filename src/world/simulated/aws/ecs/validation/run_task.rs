//! What `RunTask` refuses of what it is given beside a place to run.

use serde_json::{Value, json};

use super::super::definition::Definition;
use super::{fargate, given};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{invalid, set, text};

/// Texts that have a limit, in characters.
const TEXTS: [(&str, usize); 2] = [("startedBy", 128), ("clientToken", 64)];

/// Checks the input of `RunTask` for tasks of a launch type.
pub(in super::super) fn run_task(
    input: &Value,
    definition: &Definition,
    launch_type: &str,
) -> Result<(), Fault> {
    if text(input, "propagateTags") == Some("SERVICE") {
        return Err(invalid(
            "propagateTags SERVICE is not supported when running a task.",
        ));
    }
    for (member, most) in TEXTS {
        if text(input, member).is_some_and(|t| t.chars().count() > most) {
            return Err(invalid(format!(
                "{member} can have at most {most} characters."
            )));
        }
    }
    let overrides = input.get("overrides").unwrap_or(&Value::Null);
    if launch_type != "FARGATE" || !["cpu", "memory"].iter().any(|m| given(overrides, m)) {
        return Ok(());
    }
    let mut size = json!({});
    for member in ["cpu", "memory"] {
        let own = definition.raw.get(member);
        let value = overrides.get(member).filter(|v| !v.is_null()).or(own);
        set(&mut size, member, value.cloned().unwrap_or_default());
    }
    fargate::size(&size).map_err(|fault| invalid(fault.message))
}

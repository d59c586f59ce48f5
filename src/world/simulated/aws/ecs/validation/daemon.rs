//! What ECS refuses of a service that runs one task on each container instance.

use serde_json::Value;

use super::given;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{invalid, list, text};

/// Whether a service runs one task on each container instance.
pub(in super::super) fn is(service: &Value) -> bool {
    text(service, "schedulingStrategy") == Some("DAEMON")
}

/// Checks the input of `CreateService` for tasks of a launch type.
pub(in super::super) fn daemon(input: &Value, launch_type: &str) -> Result<(), Fault> {
    if !is(input) {
        return Ok(());
    }
    if launch_type == "FARGATE" {
        return Err(invalid(
            "Tasks using the FARGATE launch type do not support the DAEMON scheduling strategy.",
        ));
    }
    let controller = input
        .get("deploymentController")
        .and_then(|c| text(c, "type"));
    if let Some(other) = controller.filter(|c| *c != "ECS") {
        return Err(invalid(format!(
            "The {other} deployment controller does not support the DAEMON scheduling strategy."
        )));
    }
    if given(input, "desiredCount") {
        return Err(invalid(
            "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again.",
        ));
    }
    match list(input, "placementStrategy").is_empty() {
        true => Ok(()),
        false => Err(invalid(
            "The daemon scheduling strategy does not support a placement strategy.",
        )),
    }
}

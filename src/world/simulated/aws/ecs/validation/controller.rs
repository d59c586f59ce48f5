//! What `UpdateService` leaves to another deployment controller.

use serde_json::Value;

use super::super::service::Service;
use super::given;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{invalid, text};

/// Checks that `UpdateService` asks nothing of ECS that another deployment controller does.
pub(in super::super) fn other_controller(
    service: Option<&Service>,
    input: &Value,
) -> Result<(), Fault> {
    // A call that moves the service to another controller is already the business of that one.
    let controller = input
        .get("deploymentController")
        .or(service.and_then(|s| s.raw.get("deploymentController")))
        .and_then(|c| text(c, "type"))
        .unwrap_or("ECS");
    let forced = input.get("forceNewDeployment").and_then(Value::as_bool) == Some(true);
    let asked = [
        "taskDefinition",
        "networkConfiguration",
        "loadBalancers",
        "platformVersion",
    ]
    .into_iter()
    .find(|name| given(input, name));
    let words = match asked {
        _ if controller == "ECS" => return Ok(()),
        Some("taskDefinition") => "update task definition",
        Some("networkConfiguration") => "update network parameters",
        Some("loadBalancers") => "update load balancers",
        Some(_) => "update platform version",
        None if forced => "force a new deployment",
        None => return Ok(()),
    };
    let instead = match controller {
        "CODE_DEPLOY" => " Use AWS CodeDeploy to trigger a new deployment.",
        _ => "",
    };
    Err(invalid(format!(
        "Unable to {words} on services with a {controller} deployment controller.{instead}"
    )))
}

//! What is refused of the targets of a target group.

use std::net::IpAddr;

use serde_json::Value;

use super::super::groups::TargetGroup;
use super::super::validation;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::number;

/// Checks that a target is of the group's type, and its port one.
pub(in super::super) fn target(group: &TargetGroup, id: &str, target: &Value) -> Result<(), Fault> {
    let port = target.get("Port").filter(|p| !p.is_null());
    if port.is_some() && !number(target, "Port").is_some_and(|p| (1..=65_535).contains(&p)) {
        return Err(validation(format!(
            "The port of target '{id}' must be between 1 and 65535"
        )));
    }
    match group.target_type() {
        Some("ip") if id.parse::<IpAddr>().is_err() => Err(validation(format!(
            "The IP address '{id}' is not a valid IPv4 address"
        ))),
        Some("instance") if !id.starts_with("i-") => Err(Fault::new(
            "InvalidTarget",
            format!("The following targets are not valid instance IDs: '{id}'"),
        )),
        Some("lambda" | "alb") if !id.starts_with("arn:") => {
            Err(validation(format!("'{id}' is not a valid target ARN")))
        }
        _ => Ok(()),
    }
}

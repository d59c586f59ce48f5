//! What `CreateService` refuses of a service's name and of what it is made with.

use serde_json::Value;

use super::is_name;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{invalid, list, text};

/// Members of a service that are lists, and how long each may be.
const LISTS: [(&str, usize); 6] = [
    ("loadBalancers", 5),
    ("serviceRegistries", 1),
    ("placementConstraints", 10),
    ("placementStrategy", 5),
    ("capacityProviderStrategy", 20),
    ("tags", 50),
];

/// Checks the name of a new service.
pub(in super::super) fn name(name: &str) -> Result<(), Fault> {
    match is_name(name) {
        true => Ok(()),
        false => Err(invalid(format!(
            "Invalid service name '{name}'. Up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens are allowed."
        ))),
    }
}

/// Checks the members of `CreateService` and `UpdateService` that need nothing else to be judged.
pub(in super::super) fn members(input: &Value) -> Result<(), Fault> {
    for (member, most) in LISTS {
        if list(input, member).len() > most {
            return Err(invalid(format!("{member} can have at most {most} items.")));
        }
    }
    let controller = input
        .get("deploymentController")
        .and_then(|c| text(c, "type"));
    match controller {
        Some(other) if !["ECS", "CODE_DEPLOY", "EXTERNAL"].contains(&other) => {
            Err(invalid(format!("Invalid deployment controller: {other}.")))
        }
        _ => Ok(()),
    }
}

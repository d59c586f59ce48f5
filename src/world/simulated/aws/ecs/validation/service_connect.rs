//! What ECS refuses of a service's Service Connect configuration.

use serde_json::Value;

use super::super::definition::Definition;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, invalid, list, text};

/// Checks that what a service offers is a port mapping of the task definition, by its name.
pub(in super::super) fn service_connect(
    service: &Value,
    definition: &Definition,
) -> Result<(), Fault> {
    let connect = service.get("serviceConnectConfiguration");
    let Some(connect) = connect.filter(|c| flag(c, "enabled")) else {
        return Ok(());
    };
    let containers = definition.containers().iter();
    let mappings = containers.flat_map(|c| list(c, "portMappings"));
    let ports: Vec<&str> = mappings.filter_map(|m| text(m, "name")).collect();
    let offered = list(connect, "services").iter();
    let mut offered = offered.map(|s| text(s, "portName").unwrap_or_default());
    match offered.find(|name| !ports.contains(name)) {
        Some(unknown) => Err(invalid(format!(
            "portName '{unknown}' does not refer to any named PortMapping in the task definition."
        ))),
        None => Ok(()),
    }
}

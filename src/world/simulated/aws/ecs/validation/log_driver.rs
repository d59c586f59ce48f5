//! What `RegisterTaskDefinition` refuses of a container's logging.

use serde_json::Value;

use super::client;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, text};

/// Log drivers that there are.
const DRIVERS: [&str; 8] = [
    "json-file",
    "syslog",
    "journald",
    "gelf",
    "fluentd",
    "awslogs",
    "splunk",
    "awsfirelens",
];

/// Options of `awslogs` that it cannot do without; the last one on Fargate alone.
const AWSLOGS: [&str; 3] = ["awslogs-group", "awslogs-region", "awslogs-stream-prefix"];

/// Checks the log configuration of a container of the task definition `input`.
pub(super) fn log_driver(input: &Value, container: &Value, fargate: bool) -> Result<(), Fault> {
    let Some(log) = container.get("logConfiguration").filter(|l| l.is_object()) else {
        return Ok(());
    };
    let driver = text(log, "logDriver").unwrap_or_default();
    if !DRIVERS.contains(&driver) {
        return Err(client(format!("Invalid log driver '{driver}'.")));
    }
    let role = text(input, "executionRoleArn").is_some_and(|arn| !arn.is_empty());
    if !list(log, "secretOptions").is_empty() && !role {
        return Err(client(
            "When you are specifying secret options, you must also specify a value for 'executionRoleArn'.",
        ));
    }
    if driver != "awslogs" {
        return Ok(());
    }
    let options = log.get("options").unwrap_or(&Value::Null);
    let needed = if fargate { &AWSLOGS[..] } else { &AWSLOGS[..2] };
    let missing: Vec<&str> = needed
        .iter()
        .copied()
        .filter(|option| text(options, option).is_none_or(str::is_empty))
        .collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(client(format!(
            "Log driver awslogs requires options: {}",
            missing.join(", ")
        ))),
    }
}

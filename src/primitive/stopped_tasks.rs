//! Stopped tasks: which of them failed, and why.

use serde_json::{Value, json};

/// Whether `startedBy` is a deployment's id, as ECS writes it; not every emulator does.
pub(super) fn scheduler_names_itself(task: &Value) -> bool {
    task["startedBy"]
        .as_str()
        .is_some_and(|by| by.starts_with("ecs-svc/"))
}

/// Whether a task stopped by itself or for its health, and not because it was no longer wanted.
pub(super) fn failed(task: &Value) -> bool {
    let containers = task["containers"].as_array().into_iter().flatten();
    let exited = containers
        .filter_map(|c| c["exitCode"].as_i64())
        .any(|code| code != 0);
    let reason = task["stoppedReason"].as_str().unwrap_or_default();
    let unwanted = reason.starts_with("Scaling activity") || reason.starts_with("Deployment ");
    let code = task["stopCode"].as_str().unwrap_or_default();
    (exited && !unwanted)
        || matches!(code, "TaskFailedToStart" | "EssentialContainerExited")
        || reason.contains("failed")
}

/// What matters of a stopped task.
pub(super) fn stopped(task: &Value) -> Value {
    let containers: Vec<Value> = task["containers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|c| json!({ "name": c["name"], "exitCode": c["exitCode"], "reason": c["reason"] }))
        .collect();
    json!({
        "taskArn": task["taskArn"],
        "taskDefinitionArn": task["taskDefinitionArn"],
        "stopCode": task["stopCode"],
        "stoppedReason": task["stoppedReason"],
        "containers": containers,
    })
}

/// Why a task stopped, in one line.
pub(super) fn reason(stopped: &Value) -> String {
    let mut said = vec![
        stopped["stoppedReason"]
            .as_str()
            .unwrap_or("no reason given")
            .to_owned(),
    ];
    for container in stopped["containers"].as_array().into_iter().flatten() {
        let name = container["name"].as_str().unwrap_or_default();
        if let Some(code) = container["exitCode"].as_i64() {
            said.push(format!("{name} exited with {code}"));
        }
        if let Some(reason) = container["reason"].as_str().filter(|r| !r.is_empty()) {
            said.push(format!("{name}: {reason}"));
        }
    }
    said.join("; ")
}

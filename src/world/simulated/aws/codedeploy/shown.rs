//! Deployments, their targets and their groups as CodeDeploy shows them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::app_spec::check;
use super::state::{CodeDeploy, Deployment, Platform, SHIFT};
use crate::world::simulated::aws::json::{list, set, text};
use crate::world::simulated::cloud::Cloud;

/// A deployment as AWS shows it: its `DeploymentInfo`.
pub(super) fn deployment(state: &CodeDeploy, now: Timestamp, id: &str, of: &Deployment) -> Value {
    let group = &state.groups[&of.group];
    let (status, ended) = of.status(now);
    let mut out = Value::Object(of.input.clone());
    let count = |name: &str| i64::from(status == name);
    let own = [
        ("deploymentId", json!(id)),
        ("applicationName", json!(of.group.0)),
        ("deploymentGroupName", json!(of.group.1)),
        ("status", json!(status)),
        ("createTime", json!(of.created.to_string())),
        ("creator", json!(of.creator)),
        ("computePlatform", json!(group.platform.name())),
        (
            "deploymentOverview",
            json!({
                "Pending": count("Created"), "InProgress": count("InProgress"), "Succeeded": count("Succeeded"),
                "Failed": count("Failed"), "Skipped": count("Stopped"), "Ready": 0,
            }),
        ),
        (
            "deploymentStyle",
            json!({ "deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL" }),
        ),
    ];
    for (name, value) in own {
        set(&mut out, name, value);
    }
    for name in [
        "deploymentConfigName",
        "autoRollbackConfiguration",
        "blueGreenDeploymentConfiguration",
    ] {
        if let (None, Some(value)) = (out.get(name), group.raw.get(name)) {
            let value = value.clone();
            set(&mut out, name, value);
        }
    }
    if status != "Created" {
        let start = of.events.first().map_or(of.created, |event| event.start);
        set(&mut out, "startTime", json!(start.to_string()));
    }
    if let Some(ended) = ended {
        set(&mut out, "completeTime", json!(ended.to_string()));
    }
    let error = match of.failed(now).and_then(|event| event.fails.as_ref()) {
        Some(failure) => Some((failure.code.as_str(), failure.message.as_str())),
        None if status == "Stopped" => {
            Some(("MANUAL_STOP", "The deployment was stopped on request."))
        }
        None => None,
    };
    if let Some((code, message)) = error {
        let error = json!({ "code": code, "message": message });
        set(&mut out, "errorInformation", error);
    }
    let rollback = match (&of.rolled_back_by, &of.rolls_back) {
        (Some(by), _) => Some(json!({
            "rollbackDeploymentId": by, "rollbackMessage": format!("Deployment {by} rolls back this deployment."),
        })),
        (None, Some(triggered)) => Some(json!({ "rollbackTriggeringDeploymentId": triggered })),
        (None, None) => None,
    };
    if let Some(rollback) = rollback {
        set(&mut out, "rollbackInfo", rollback);
    }
    out
}

/// The id of the only target of a deployment: `CLUSTER:SERVICE`, or `FUNCTION:ALIAS`.
pub(super) fn target_id(state: &CodeDeploy, of: &Deployment) -> String {
    let group = &state.groups[&of.group];
    let raw = Value::Object(group.raw.clone());
    if let Some(service) = list(&raw, "ecsServices").first() {
        let part = |name: &str| text(service, name).unwrap_or_default().to_owned();
        return format!("{}:{}", part("clusterName"), part("serviceName"));
    }
    let revision = of.input.get("revision").unwrap_or(&Value::Null);
    match check(group.platform, revision) {
        Ok(Some(moves)) => format!("{}:{}", moves.function, moves.alias),
        _ => of.group.1.clone(),
    }
}

/// `DeploymentTarget`, with the lifecycle events.
pub(super) fn target(cloud: &Cloud, id: &str, of: &Deployment) -> Value {
    let now = cloud.now();
    let group = &cloud.codedeploy.groups[&of.group];
    let status = match of.status(now).0 {
        "Created" => "Pending",
        "Stopped" => "Skipped",
        status => status,
    };
    let target = target_id(&cloud.codedeploy, of);
    let whole = json!({
        "deploymentId": id, "targetId": target, "status": status, "lastUpdatedAt": now.to_string(),
        "lifecycleEvents": events(group.platform, now, of),
    });
    match group.platform {
        Platform::Ecs => json!({ "deploymentTargetType": "ECSTarget", "ecsTarget": whole }),
        Platform::Lambda => {
            json!({ "deploymentTargetType": "LambdaTarget", "lambdaTarget": whole })
        }
    }
}

fn events(platform: Platform, now: Timestamp, of: &Deployment) -> Vec<Value> {
    let end = of.stopped.unwrap_or(now);
    let each = platform.events().iter().map(|name| {
        let known = of.events.iter().find(|event| event.name == *name);
        let ended = of.status(now).1.is_some();
        let Some(event) = known.filter(|event| event.start <= end) else {
            let status = if ended { "Skipped" } else { "Pending" };
            return json!({ "lifecycleEventName": name, "status": status });
        };
        let mut out = json!({ "lifecycleEventName": name, "startTime": event.start.to_string() });
        let status = match &event.fails {
            _ if event.end > end => match of.stopped {
                Some(_) => "Skipped",
                None => "InProgress",
            },
            Some(failure) => {
                let code = match *name {
                    SHIFT => "UnknownError",
                    _ => "ScriptFailed",
                };
                let why = json!({ "errorCode": code, "message": failure.message });
                set(&mut out, "diagnostics", why);
                "Failed"
            }
            None => "Succeeded",
        };
        if event.end <= end {
            set(&mut out, "endTime", json!(event.end.to_string()));
        }
        set(&mut out, "status", json!(status));
        out
    });
    each.collect()
}

/// A deployment group as AWS shows it: its `DeploymentGroupInfo`.
pub(super) fn group(cloud: &Cloud, key: &(String, String)) -> Value {
    let state = &cloud.codedeploy;
    let group = &state.groups[key];
    let mut out = Value::Object(group.raw.clone());
    set(&mut out, "computePlatform", json!(group.platform.name()));
    let last = |id: &String| {
        let (status, ended) = state.deployments.get(id)?.status(cloud.now());
        let ended = ended.map(|at| at.to_string());
        Some(json!({ "deploymentId": id, "status": status, "endTime": ended }))
    };
    if let Some(last) = group.last.as_ref().and_then(last) {
        set(&mut out, "lastSuccessfulDeployment", last);
    }
    out
}

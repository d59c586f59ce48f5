//! What Express Mode does where nothing is said: ECS Developer Guide, "Resources created by Amazon ECS Express Mode
//! services" and "Updating an Amazon ECS Express Mode service".

use serde_json::{Map, Value, json};

use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::aws::json::{default, object};

/// The container that gets the traffic.
pub(super) const CONTAINER: &str = "Main";

/// How a container is reached where its port is not said.
const PORT: u16 = 80;

/// Members of a configuration that a call may set.
const MEMBERS: [&str; 9] = [
    "executionRoleArn",
    "taskRoleArn",
    "taskDefinitionArn",
    "cpu",
    "memory",
    "cpuArchitecture",
    "networkConfiguration",
    "healthCheckPath",
    "scalingTarget",
];

/// The configuration that a call asks for, over what there was; `before` is null for a new service.
pub(super) fn configuration(key: &ServiceKey, before: &Value, input: &Value) -> Value {
    let mut out = object(before);
    let mut given: Vec<&str> = MEMBERS.to_vec();
    given.push("primaryContainer");
    for name in given {
        if let Some(value) = input.get(name).filter(|v| !v.is_null()) {
            // Members of the scaling target that are left out stay; a container is replaced as a whole.
            let merged = match name {
                "scalingTarget" => merged(out.get(name), value),
                _ => value.clone(),
            };
            out.insert(name.to_owned(), merged);
        }
    }
    let own_definition = input.get("taskDefinitionArn").is_some_and(Value::is_string);
    if own_definition {
        for managed in ["primaryContainer", "cpuArchitecture"] {
            out.remove(managed);
        }
    } else {
        if input.get("primaryContainer").is_some() {
            out.remove("taskDefinitionArn");
        }
        default(&mut out, "cpu", json!("1024"));
        default(&mut out, "memory", json!("2048"));
        default(&mut out, "cpuArchitecture", json!("X86_64"));
        let mut container = out
            .remove("primaryContainer")
            .map_or_else(Map::new, |c| object(&c));
        default(&mut container, "containerPort", json!(PORT));
        let logs = json!({
            "logGroup": format!("/aws/ecs/{}/{}", key.cluster, key.name),
            "logStreamPrefix": "ecs",
        });
        default(&mut container, "awsLogsConfiguration", logs);
        out.insert("primaryContainer".to_owned(), Value::Object(container));
    }
    default(&mut out, "healthCheckPath", json!("/"));
    let usual = json!({
        "minTaskCount": 1, "maxTaskCount": 20,
        "autoScalingMetric": "AVERAGE_CPU", "autoScalingTargetValue": 60,
    });
    let asked = out.remove("scalingTarget").unwrap_or(Value::Null);
    out.insert("scalingTarget".to_owned(), merged(Some(&usual), &asked));
    Value::Object(out)
}

fn merged(before: Option<&Value>, over: &Value) -> Value {
    let mut out = before.map_or_else(Map::new, object);
    out.extend(object(over));
    Value::Object(out)
}

/// How ECS deploys a service: 5 % of the traffic for three minutes, then all of it, and the old tasks three minutes more.
pub(super) fn deployment(alarm: &str) -> Value {
    json!({
        "strategy": "CANARY",
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
        "bakeTimeInMinutes": 3,
        "canaryConfiguration": { "canaryPercent": 5.0, "canaryBakeTimeInMinutes": 3 },
        "deploymentCircuitBreaker": { "enable": true, "rollback": true },
        "alarms": { "alarmNames": [alarm], "enable": true, "rollback": true },
    })
}

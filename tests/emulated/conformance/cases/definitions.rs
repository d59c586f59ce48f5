//! ECS task definitions.

use serde_json::{Value, json};

use super::server;
use crate::emulated::conformance::case::{Case, case};

fn register(name: &'static str, tag: &str) -> Case {
    case(name).call("ecs", "RegisterTaskDefinition", server("{id}", tag))
}

/// The case, which then registers another revision with the image's `tag`.
fn again(case: Case, tag: &str) -> Case {
    case.call("ecs", "RegisterTaskDefinition", server("{id}", tag))
}

/// A case of registering what cannot be.
fn refused(name: &'static str, change: impl Fn(&mut Value)) -> Case {
    let mut definition = server("{id}", "1.0.0");
    change(&mut definition);
    case(name)
        .call("ecs", "RegisterTaskDefinition", definition)
        .fails("ClientException")
}

pub fn cases() -> Vec<Case> {
    vec![
        register("definitions: the first revision is 1 and ACTIVE", "1.0.0").gives(json!({
            "taskDefinition": {
                "taskDefinitionArn": "arn:aws:ecs:{region}:{account}:task-definition/{id}:1",
                "family": "{id}",
                "revision": 1,
                "status": "ACTIVE",
                "networkMode": "awsvpc",
                "requiresCompatibilities": ["FARGATE"],
                "cpu": "256",
                "memory": "512",
                "registeredAt": "$time",
                "containerDefinitions": [{"name": "app", "image": "{image}:1.0.0", "essential": true}],
            },
        })),
        register("definitions: ECS fills in what a container does not say", "1.0.0").gives(json!({
            "taskDefinition": {"volumes": [], "placementConstraints": [], "containerDefinitions": [{
                "cpu": 0,
                "environment": [],
                "mountPoints": [],
                "volumesFrom": [],
                "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}],
            }]},
        })),
        again(register("definitions: the next revision is 2", "1.0.0"), "1.1.0")
            .gives(json!({"taskDefinition": {"revision": 2}})),
        again(register("definitions: a family stands for its latest revision", "1.0.0"), "1.1.0")
            .call("ecs", "DescribeTaskDefinition", json!({"taskDefinition": "{id}"}))
            .gives(json!({"taskDefinition": {"revision": 2}})),
        again(register("definitions: described by family and revision", "1.0.0"), "1.1.0")
            .call("ecs", "DescribeTaskDefinition", json!({"taskDefinition": "{id}:1"}))
            .gives(json!({"taskDefinition": {"revision": 1}})),
        register("definitions: described by ARN", "1.0.0")
            .keep("arn", "/taskDefinition/taskDefinitionArn")
            .call("ecs", "DescribeTaskDefinition", json!({"taskDefinition": "{arn}"}))
            .gives(json!({"taskDefinition": {"taskDefinitionArn": "{arn}"}})),
        case("definitions: an unknown family is refused")
            .call("ecs", "DescribeTaskDefinition", json!({"taskDefinition": "{id}"}))
            .fails("ClientException"),
        register("definitions: an unknown revision is refused", "1.0.0")
            .call("ecs", "DescribeTaskDefinition", json!({"taskDefinition": "{id}:7"}))
            .fails("ClientException"),
        case("definitions: tags come when they are asked for")
            .call("ecs", "RegisterTaskDefinition", {
                let mut tagged = server("{id}", "1.0.0");
                tagged["tags"] = json!([{"key": "team", "value": "core"}]);
                tagged
            })
            .call("ecs", "DescribeTaskDefinition", json!({"taskDefinition": "{id}", "include": ["TAGS"]}))
            .gives(json!({"tags": [{"key": "team", "value": "core"}]})),
        again(register("definitions: listed by family, oldest first", "1.0.0"), "1.1.0")
            .call("ecs", "ListTaskDefinitions", json!({"familyPrefix": "{id}"}))
            .gives(json!({"taskDefinitionArns": ["$like *:task-definition/{id}:1", "$like *:task-definition/{id}:2"]})),
        again(register("definitions: listed newest first", "1.0.0"), "1.1.0")
            .call("ecs", "ListTaskDefinitions", json!({"familyPrefix": "{id}", "sort": "DESC"}))
            .gives(json!({"taskDefinitionArns": ["$like *:task-definition/{id}:2", "$like *:task-definition/{id}:1"]})),
        again(register("definitions: listed a page at a time", "1.0.0"), "1.1.0")
            .call("ecs", "ListTaskDefinitions", json!({"familyPrefix": "{id}", "maxResults": 1}))
            .gives(json!({"taskDefinitionArns": ["$like *:task-definition/{id}:1"], "nextToken": "$text"})),
        case("definitions: an unknown family lists nothing")
            .call("ecs", "ListTaskDefinitions", json!({"familyPrefix": "{id}"}))
            .gives(json!({"taskDefinitionArns": []})),
        register("definitions: a deregistered one is INACTIVE", "1.0.0")
            .call("ecs", "DeregisterTaskDefinition", json!({"taskDefinition": "{id}:1"}))
            .gives(json!({"taskDefinition": {"revision": 1, "status": "INACTIVE"}})),
        register("definitions: a deregistered one can be described", "1.0.0")
            .call("ecs", "DeregisterTaskDefinition", json!({"taskDefinition": "{id}:1"}))
            .call("ecs", "DescribeTaskDefinition", json!({"taskDefinition": "{id}:1"}))
            .gives(json!({"taskDefinition": {"status": "INACTIVE"}})),
        again(register("definitions: a family stands for its latest ACTIVE revision", "1.0.0"), "1.1.0")
            .call("ecs", "DeregisterTaskDefinition", json!({"taskDefinition": "{id}:2"}))
            .call("ecs", "DescribeTaskDefinition", json!({"taskDefinition": "{id}"}))
            .gives(json!({"taskDefinition": {"revision": 1}})),
        again(register("definitions: INACTIVE ones are listed apart", "1.0.0"), "1.1.0")
            .call("ecs", "DeregisterTaskDefinition", json!({"taskDefinition": "{id}:2"}))
            .call("ecs", "ListTaskDefinitions", json!({"familyPrefix": "{id}", "status": "INACTIVE"}))
            .gives(json!({"taskDefinitionArns": ["$like *:task-definition/{id}:2"]})),
        again(register("definitions: a number is never given twice", "1.0.0"), "1.1.0")
            .call("ecs", "DeregisterTaskDefinition", json!({"taskDefinition": "{id}:2"}))
            .call("ecs", "RegisterTaskDefinition", server("{id}", "1.1.0"))
            .gives(json!({"taskDefinition": {"revision": 3}})),
        case("definitions: an unknown one cannot be deregistered")
            .call("ecs", "DeregisterTaskDefinition", json!({"taskDefinition": "{id}:1"}))
            .fails("ClientException"),
        refused("definitions: no container", |d| d["containerDefinitions"] = json!([])),
        refused("definitions: a family with blanks", |d| d["family"] = json!("a b")),
        refused("definitions: a container without image", |d| d["containerDefinitions"][0]["image"] = json!("")),
        refused("definitions: Fargate without cpu", |d| d["cpu"] = Value::Null),
        refused("definitions: Fargate in bridge mode", |d| d["networkMode"] = json!("bridge")),
        refused("definitions: two containers of one name", |d| {
            let container = d["containerDefinitions"][0].clone();
            d["containerDefinitions"] = json!([container, container]);
        }),
        refused("definitions: no essential container", |d| d["containerDefinitions"][0]["essential"] = json!(false)),
        refused("definitions: a mount of no volume", |d| {
            d["containerDefinitions"][0]["mountPoints"] = json!([{"sourceVolume": "none", "containerPath": "/d"}]);
        }),
    ]
}

//! The cases, by what they are about.

use serde_json::{Value, json};

use super::case::Case;

mod balancers;
mod clusters;
mod configurations;
mod databases;
mod definitions;
mod functions;
mod images;
mod messages;
mod metrics;
mod records;
mod scaling;
mod schedules;
mod secrets;
mod services;
mod stacks;
mod tasks;
mod text;

/// Every case, service by service.
pub fn all() -> Vec<Case> {
    [
        clusters::cases(),
        definitions::cases(),
        services::cases(),
        tasks::cases(),
        images::cases(),
        secrets::cases(),
        text::cases(),
        scaling::cases(),
        balancers::cases(),
        metrics::cases(),
        messages::cases(),
        databases::cases(),
        functions::cases(),
        configurations::cases(),
        schedules::cases(),
        records::cases(),
        stacks::cases(),
        super::definitions::cases(),
    ]
    .concat()
}

/// A task definition of a server, for Fargate, in the family `{family}`.
fn server(family: &str, tag: &str) -> Value {
    json!({
        "family": family,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": "arn:aws:iam::{account}:role/execution",
        "containerDefinitions": [{
            "name": "app",
            "image": format!("{{image}}:{tag}"),
            "memory": 512,
            "essential": true,
            "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
        }],
    })
}

/// Where tasks of the stage run.
fn network() -> Value {
    json!({"awsvpcConfiguration": {
        "subnets": ["{subnet}"], "securityGroups": [], "assignPublicIp": "DISABLED",
    }})
}

/// `CreateService` for `desired` tasks of a task definition in the cluster `stage`.
fn service(definition: &str, desired: u32) -> Value {
    json!({
        "cluster": "stage",
        "serviceName": "{id}",
        "taskDefinition": definition,
        "desiredCount": desired,
        "launchType": "FARGATE",
        "networkConfiguration": network(),
    })
}

/// `DescribeServices` for the case's own service.
fn own_service() -> Value {
    json!({"cluster": "stage", "services": ["{id}"]})
}

//! The task definition that Express Mode registers from a configuration.

use serde_json::{Value, json};

use super::defaults::CONTAINER;
use super::start::Start;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::aws::json::{list, number, object, set, text};
use crate::world::simulated::aws::{ecr, ecs};
use crate::world::simulated::cloud::Cloud;

/// Registers the task definition of a configuration, unless the caller has one of his own; returns its ARN.
///
/// # Errors
/// What ECS refuses of it: `ClientException`, such as for a size that Fargate does not have.
pub(super) fn register(
    cloud: &mut Cloud,
    key: &ServiceKey,
    configuration: &Value,
    start: Start,
) -> Result<String, Fault> {
    if let Some(own) = text(configuration, "taskDefinitionArn") {
        return Ok(own.to_owned());
    }
    let main = &configuration["primaryContainer"];
    let logs = &main["awsLogsConfiguration"];
    let group = text(logs, "logGroup").unwrap_or_default().to_owned();
    let mut container = json!({
        "name": CONTAINER,
        "image": main["image"],
        "essential": true,
        "portMappings": [{
            "name": "main", "containerPort": main["containerPort"], "protocol": "tcp", "appProtocol": "http",
        }],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": group,
                "awslogs-region": cloud.kernel.region,
                "awslogs-stream-prefix": logs["logStreamPrefix"],
            },
        },
    });
    for name in ["command", "environment", "secrets", "repositoryCredentials"] {
        if let Some(value) = main.get(name) {
            set(&mut container, name, value.clone());
        }
    }
    let mut definition = json!({
        "family": format!("{}-{}", key.cluster, key.name),
        "containerDefinitions": [container],
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "runtimePlatform": {
            "operatingSystemFamily": "LINUX", "cpuArchitecture": configuration["cpuArchitecture"],
        },
    });
    for name in ["cpu", "memory", "executionRoleArn", "taskRoleArn"] {
        if let Some(value) = configuration.get(name) {
            set(&mut definition, name, value.clone());
        }
    }
    cloud.logs.add_group(group);
    if start == Start::Before {
        let known = ecs::definitions::add(cloud, object(&definition), false);
        let image = text(main, "image").unwrap_or_default();
        if let Some(digest) = ecr::pull(&cloud.ecr, &cloud.kernel, image)
            .ok()
            .and_then(|p| p.digest)
        {
            cloud.ecr.note_in_use(digest);
        }
        return Ok(known.arn().to_owned());
    }
    let registered = ecs::call(cloud, "RegisterTaskDefinition", &definition)?;
    let arn = text(&registered["taskDefinition"], "taskDefinitionArn");
    Ok(arn.unwrap_or_default().to_owned())
}

/// The container port that gets the traffic: that of the configuration, or of the caller's own task definition.
pub(super) fn port(cloud: &Cloud, configuration: &Value, definition: &str) -> u64 {
    let own = || {
        let found = ecs::definitions::find(cloud, definition)?;
        let main = found
            .containers()
            .iter()
            .find(|c| text(c, "name") == Some(CONTAINER))?;
        number(list(main, "portMappings").first()?, "containerPort")
    };
    let said = number(&configuration["primaryContainer"], "containerPort");
    said.or_else(own).unwrap_or(80)
}

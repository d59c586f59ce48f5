//! `UpdateExpressGatewayService`: another configuration, deployed as a canary.

use serde_json::{Value, json};

use super::lookup::{find_active, status};
use super::start::Start;
use super::task_definition::{port, register};
use super::{creation, defaults, resources, validation, view};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::ecs;
use crate::world::simulated::aws::json::{set, text};
use crate::world::simulated::cloud::Cloud;

/// Members whose change needs another task definition.
const OF_DEFINITION: [&str; 7] = [
    "primaryContainer",
    "taskDefinitionArn",
    "executionRoleArn",
    "taskRoleArn",
    "cpu",
    "memory",
    "cpuArchitecture",
];

pub(super) fn update(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let key = find_active(cloud, input)?;
    validation::updated(cloud, input)?;
    let Some(known) = cloud.express.services.get(&key) else {
        return Err(Fault::new("ServiceNotFoundException", "Service not found."));
    };
    let before = known.target.clone();
    let groups = known.resources.groups.clone();
    let wanted = defaults::configuration(&key, &before, input);
    validation::scaling(&wanted)?;
    let changed = |name: &str| wanted.get(name) != before.get(name);
    let mut asked = json!({ "cluster": &*key.cluster, "service": &*key.name });
    if OF_DEFINITION.into_iter().any(changed) {
        let definition = register(cloud, &key, &wanted, Start::Now)?;
        let (was, is) = (
            port(cloud, &before, &definition),
            port(cloud, &wanted, &definition),
        );
        if was != is
            && let Some(service) = cloud.ecs.service(&key)
        {
            let mut balancers = service.raw["loadBalancers"].clone();
            if let Some(first) = balancers.get_mut(0) {
                set(first, "containerPort", json!(is));
            }
            set(&mut asked, "loadBalancers", balancers);
        }
        set(&mut asked, "taskDefinition", json!(definition));
    }
    if changed("networkConfiguration") {
        set(
            &mut asked,
            "networkConfiguration",
            creation::network(&wanted),
        );
    }
    let path_changed = changed("healthCheckPath");
    // The next revision is checked at its own path: that of the target group which is idle now.
    if path_changed {
        let alternate = cloud.ecs.service(&key).is_some_and(|s| s.alternate);
        let idle = groups.get(usize::from(!alternate)).cloned();
        let path = text(&wanted, "healthCheckPath").unwrap_or("/");
        resources::check_at(cloud, idle.as_deref().unwrap_or_default(), path)?;
        set(&mut asked, "forceNewDeployment", json!(true));
    }
    if asked.as_object().is_some_and(|members| members.len() > 2) {
        ecs::call(cloud, "UpdateService", &asked)?;
    }
    if changed("scalingTarget") {
        resources::scale(cloud, &key, &wanted)?;
    }
    let now = cloud.now();
    if let Some(known) = cloud.express.services.get_mut(&key) {
        known.target = wanted.clone();
        known.updated = now;
    }
    view::note_revision(cloud, &key, &wanted);
    let Some(known) = cloud.express.services.get(&key) else {
        return Err(Fault::new("ServiceNotFoundException", "Service not found."));
    };
    Ok(json!({ "service": {
        "serviceArn": cloud.arn("ecs", &format!("service/{}/{}", key.cluster, key.name)),
        "cluster": cloud.arn("ecs", &format!("cluster/{}", key.cluster)),
        "serviceName": &*key.name,
        "status": { "statusCode": status(cloud, &key) },
        "targetConfiguration": view::target(cloud, &key, known),
        "createdAt": known.created.to_string(),
        "updatedAt": known.updated.to_string(),
    } }))
}

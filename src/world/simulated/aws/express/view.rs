//! Express Mode services as the API shows them.

use serde_json::{Value, json};

use super::lookup::{find, status};
use super::state::ExpressService;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::ecs::deployment::Rollout;
use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::aws::json::{set, texts};
use crate::world::simulated::cloud::Cloud;

pub(super) fn describe(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let (key, _) = find(cloud, input, "ResourceNotFoundException")?;
    let tags = texts(input, "include").iter().any(|it| it == "TAGS");
    Ok(json!({ "service": whole(cloud, &key, tags) }))
}

/// Notes the configuration of the service revision that is deployed now.
pub(super) fn note_revision(cloud: &mut Cloud, key: &ServiceKey, configuration: &Value) {
    let primary = cloud.ecs.service(key).and_then(|s| s.primary());
    let Some(revision) = primary.map(|d| d.revision.clone()) else {
        return;
    };
    if let Some(known) = cloud.express.services.get_mut(key) {
        known.configurations.insert(revision, configuration.clone());
    }
}

/// A service in the API's shape.
pub(super) fn whole(cloud: &Cloud, key: &ServiceKey, tags: bool) -> Value {
    let (Some(known), Some(service)) = (cloud.express.services.get(key), cloud.ecs.service(key))
    else {
        return Value::Null;
    };
    let mut active: Vec<&str> = Vec::new();
    for deployment in service
        .deployments
        .iter()
        .filter(|d| d.rollout != Rollout::Failed)
    {
        if !active.contains(&deployment.revision.as_str()) {
            active.push(&deployment.revision);
        }
    }
    let active: Vec<Value> = active
        .into_iter()
        .filter_map(|revision| configuration(cloud, key, known, revision))
        .collect();
    let mut out = json!({
        "cluster": cloud.arn("ecs", &format!("cluster/{}", key.cluster)),
        "serviceName": &*key.name,
        "serviceArn": service.arn(),
        "infrastructureRoleArn": known.infrastructure_role,
        "status": { "statusCode": status(cloud, key) },
        "activeConfigurations": active,
        "createdAt": known.created.to_string(),
        "updatedAt": known.updated.to_string(),
    });
    if let Some(latest) = service.history.first() {
        let rest = format!(
            "service-deployment/{}/{}/{}",
            key.cluster, key.name, latest.id
        );
        set(
            &mut out,
            "currentDeployment",
            json!(cloud.arn("ecs", &rest)),
        );
    }
    if tags && let Some(own) = service.raw.get("tags") {
        set(&mut out, "tags", own.clone());
    }
    out
}

/// The configuration that was asked for last, with the revision that brings it.
pub(super) fn target(cloud: &Cloud, key: &ServiceKey, known: &ExpressService) -> Value {
    let primary = cloud.ecs.service(key).and_then(|s| s.primary());
    let revision = primary.map(|d| d.revision.as_str()).unwrap_or_default();
    configuration(cloud, key, known, revision).unwrap_or_else(|| known.target.clone())
}

/// The configuration of a service revision in the API's shape.
fn configuration(
    cloud: &Cloud,
    key: &ServiceKey,
    known: &ExpressService,
    revision: &str,
) -> Option<Value> {
    let mut out = known.configurations.get(revision)?.clone();
    let service = cloud.ecs.service(key)?;
    let found = service.revisions.iter().find(|r| r.id == revision)?;
    let rest = format!("service-revision/{}/{}/{revision}", key.cluster, key.name);
    set(
        &mut out,
        "serviceRevisionArn",
        json!(cloud.arn("ecs", &rest)),
    );
    set(&mut out, "taskDefinitionArn", json!(found.definition.arn()));
    set(&mut out, "createdAt", json!(found.created.to_string()));
    let path = json!({ "accessType": "PUBLIC", "endpoint": format!("https://{}", known.host) });
    set(&mut out, "ingressPaths", json!([path]));
    Some(out)
}

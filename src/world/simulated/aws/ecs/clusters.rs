//! The calls about clusters.

use serde_json::{Value, json};

use super::task::Status;
use super::{instances, validation};
use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{lists, page, set, text, texts};
use crate::world::simulated::cloud::Cloud;

/// A cluster in the API's shape.
pub(crate) fn new_cluster(cloud: &Cloud, name: &str) -> Value {
    json!({
        "clusterArn": cloud.arn("ecs", &format!("cluster/{name}")),
        "clusterName": name,
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 0,
        "statistics": [],
        "tags": [],
        "settings": [],
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "defaultCapacityProviderStrategy": [],
    })
}

pub(super) fn describe(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let mut wanted = texts(input, "clusters");
    if wanted.is_empty() {
        wanted.push("default".to_owned());
    }
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for name in &wanted {
        match cloud.ecs.clusters.get(short_name(name)) {
            Some(raw) => found.push(with_counts(cloud, short_name(name), raw)),
            None => failures.push(json!({
                "arn": cloud.arn("ecs", &format!("cluster/{}", short_name(name))),
                "reason": "MISSING",
            })),
        }
    }
    Ok(lists([("clusters", found), ("failures", failures)]))
}

fn with_counts(cloud: &Cloud, name: &str, raw: &Value) -> Value {
    let own = || cloud.ecs.tasks.values().filter(|t| &*t.cluster == name);
    let running = own().filter(|t| t.status == Status::Running).count();
    let pending = own().filter(|t| t.status.pending()).count();
    let services = cloud
        .ecs
        .services
        .keys()
        .filter(|k| &*k.cluster == name)
        .count();
    let mut out = raw.clone();
    let instances = instances::registered(cloud, name).count();
    // What a plan has read of a live cluster is as it was read.
    if instances > 0 {
        set(
            &mut out,
            "registeredContainerInstancesCount",
            json!(instances),
        );
    }
    set(&mut out, "runningTasksCount", json!(running));
    set(&mut out, "pendingTasksCount", json!(pending));
    set(&mut out, "activeServicesCount", json!(services));
    out
}

pub(super) fn list(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let arns = cloud
        .ecs
        .clusters
        .values()
        .filter_map(|c| c.get("clusterArn").cloned())
        .collect();
    Ok(page(input, "clusterArns", arns, 100))
}

/// Creates a cluster; one that is there already is answered as it is.
pub(super) fn create(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let name = text(input, "clusterName").unwrap_or("default");
    validation::cluster(name, input)?;
    if !cloud.ecs.clusters.contains_key(name) {
        let mut raw = new_cluster(cloud, name);
        // It has those that it is made with.
        set(&mut raw, "capacityProviders", json!([]));
        for member in [
            "tags",
            "settings",
            "configuration",
            "capacityProviders",
            "defaultCapacityProviderStrategy",
            "serviceConnectDefaults",
        ] {
            if let Some(given) = input.get(member).filter(|v| !v.is_null()) {
                set(&mut raw, member, given.clone());
            }
        }
        cloud.ecs.clusters.insert(name.to_owned(), raw);
    }
    let raw = cloud.ecs.clusters.get(name).cloned().unwrap_or_default();
    Ok(json!({ "cluster": with_counts(cloud, name, &raw) }))
}

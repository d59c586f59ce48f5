//! Brings a service of Express Mode that was read live into the simulated cloud.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::lookup::key_of;
use super::state::{ExpressService, ManagedResources};
use crate::text::arn::short_name;
use crate::world::simulated::aws::ecs::service_groups::group_of;
use crate::world::simulated::aws::json::{list, object, text};
use crate::world::simulated::cloud::Cloud;

/// Members of a configuration that say which revision it is, not what it asks for.
const OF_REVISION: [&str; 4] = [
    "serviceRevisionArn",
    "taskDefinitionArn",
    "createdAt",
    "ingressPaths",
];

/// Imports the answer of `DescribeExpressGatewayService`; the ECS service underneath is known already.
pub(crate) fn import(cloud: &mut Cloud, described: &Value) {
    let live = &described["service"];
    let Some(key) = text(live, "serviceArn").and_then(key_of) else {
        return;
    };
    let time = |name: &str| text(live, name).and_then(|at| at.parse().ok());
    let now = cloud.now();
    let mut configurations = BTreeMap::new();
    let mut target = json!({});
    let mut host = String::new();
    for found in list(live, "activeConfigurations") {
        let mut asked = object(found);
        // Where ECS has registered the task definition, it says what from.
        let of_own = !asked.contains_key("primaryContainer");
        asked.retain(|name, _| {
            !OF_REVISION.contains(&name.as_str()) || (of_own && name == "taskDefinitionArn")
        });
        let asked = Value::Object(asked);
        let revision = short_name(text(found, "serviceRevisionArn").unwrap_or_default());
        if target == json!({}) {
            target.clone_from(&asked);
            let path = list(found, "ingressPaths").first();
            let endpoint = path
                .and_then(|path| text(path, "endpoint"))
                .unwrap_or_default();
            let bare = endpoint.split("://").last().unwrap_or_default();
            bare.clone_into(&mut host);
        }
        configurations.insert(revision.to_owned(), asked);
    }
    let service = cloud.ecs.service(&key);
    let balancer = service.and_then(|s| list(&s.raw, "loadBalancers").first());
    let group = |alternate| balancer.and_then(|lb| group_of(lb, alternate).map(str::to_owned));
    let groups = [false, true].into_iter().filter_map(group).collect();
    let running = service
        .and_then(|s| s.primary())
        .map(|d| d.revision.clone());
    // A live revision that is deployed alone is the one that the service shows.
    if let (Some(running), 1) = (running, configurations.len()) {
        configurations
            .entry(running)
            .or_insert_with(|| target.clone());
    }
    if let Some(members) = target.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    let role = text(live, "infrastructureRoleArn").unwrap_or_default();
    let known = ExpressService {
        infrastructure_role: role.to_owned(),
        created: time("createdAt").unwrap_or(now),
        updated: time("updatedAt").unwrap_or(now),
        target,
        configurations,
        host,
        resources: ManagedResources {
            groups,
            ..ManagedResources::default()
        },
    };
    cloud.express.services.insert(key, known);
}

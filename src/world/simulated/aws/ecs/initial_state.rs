//! Services as they are when the world begins: in operation for a day, and steady.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::definition::Definition;
use super::deployment::{Deployment, Rollout};
use super::ids::ServiceKey;
use super::revision::Revision;
use super::service::Service;
use super::service_deployment::Status;
use super::{
    capacity, placement, record_id, revision_id, service_events, services, task_start, traffic,
};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::AGE;

/// Adds a service with all its tasks; `raw` is the input of `CreateService`.
pub(crate) fn add_service(
    cloud: &mut Cloud,
    key: &ServiceKey,
    raw: Map<String, Value>,
    definition: &Arc<Definition>,
    desired: u32,
) {
    let filled = services::fill(cloud, &key.cluster, raw);
    let mut service = Service::new(filled, desired);
    let began = cloud.began();
    let id = format!("ecs-svc/{}", cloud.kernel.rng.digits(19));
    let definition = Arc::clone(definition);
    let revision = Revision::new(revision_id(&id), definition, false, &service.raw, began);
    let mut deployment = Deployment::new(id.clone(), &revision, began);
    let reason = format!("ECS deployment {id} completed.");
    deployment.become_(Rollout::Completed, reason, began);
    let definition = Arc::clone(&deployment.definition);
    service.take_up(deployment, revision, record_id(&id));
    service.events = service_events::steady(cloud, &key.name);
    cloud.ecs.add_service(key.clone(), service);
    traffic::route(cloud, key);
    start_tasks(cloud, key, &id, &definition, desired);
}

/// Starts tasks of a deployment that have been running for a day.
pub(crate) fn start_tasks(
    cloud: &mut Cloud,
    key: &ServiceKey,
    deployment: &str,
    definition: &Arc<Definition>,
    count: u32,
) {
    let Some(launch) = placement::launch_of(cloud, key, deployment, definition) else {
        return;
    };
    for _ in 0..count {
        // What runs already has its place, whether or not anybody said where.
        let placed = capacity::assign(cloud, &launch).unwrap_or_else(|_| launch.clone());
        task_start::running_already(cloud, placed, AGE);
    }
}

/// Lets a service remember a deployment that ended before the world began.
pub(crate) fn remember_deployment(
    cloud: &mut Cloud,
    key: &ServiceKey,
    definition: Arc<Definition>,
    (created, finished): (Timestamp, Timestamp),
    status: Status,
) {
    let id = format!("ecs-svc/{}", cloud.kernel.rng.digits(19));
    let Some(service) = cloud.ecs.services.get_mut(key) else {
        return;
    };
    let revision = Revision::new(revision_id(&id), definition, false, &service.raw, created);
    let deployment = Deployment::new(id.clone(), &revision, created);
    service.remember(&deployment, revision, record_id(&id), status, finished);
}

//! Lets the events of services and tasks happen.

use super::event::Event;
use super::ids::ServiceKey;
use super::{lifecycle, rollout};
use crate::world::simulated::cloud::Cloud;

/// Lets an event happen. Returns the service whose tasks may have changed.
pub(crate) fn happen(cloud: &mut Cloud, event: Event) -> Option<ServiceKey> {
    match event {
        Event::Schedule(key) => {
            rollout::schedule(cloud, &key);
            Some(key)
        }
        Event::Task { id, step, next } => {
            lifecycle::happen(cloud, id, step, next);
            cloud.ecs.tasks.get(&id).and_then(|t| t.service.clone())
        }
        Event::Forget(id) => {
            cloud.ecs.forget(id);
            None
        }
        Event::Unlist(key, deployment) => {
            if let Some(service) = cloud.ecs.services.get_mut(&key) {
                service.unlist(&deployment);
            }
            None
        }
    }
}

//! Service events, in AWS's own words.

use serde_json::{Value, json};

use super::ids::ServiceKey;
use crate::world::simulated::cloud::Cloud;

/// ECS shows the latest hundred.
const KEPT: usize = 100;

/// Adds `(service NAME) TEXT` as the newest event.
pub(crate) fn say(cloud: &mut Cloud, key: &ServiceKey, text: &str) {
    let event = json!({
        "id": cloud.kernel.rng.uuid(),
        "createdAt": cloud.now().to_string(),
        "message": format!("(service {}) {text}", key.name),
    });
    if let Some(service) = cloud.ecs.services.get_mut(key) {
        service.events.insert(0, event);
        service.events.truncate(KEPT);
    }
}

/// The names of tasks as service events list them: `(task a) (task b)`.
pub(crate) fn tasks(names: &[String]) -> String {
    let named: Vec<String> = names.iter().map(|n| format!("(task {n})")).collect();
    named.join(" ")
}

/// The events that a service in operation already has.
pub(crate) fn steady(cloud: &mut Cloud, name: &str) -> Vec<Value> {
    vec![json!({
        "id": cloud.kernel.rng.uuid(),
        "createdAt": cloud.now().to_string(),
        "message": format!("(service {name}) has reached a steady state."),
    })]
}

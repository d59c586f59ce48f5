//! What is remembered of Express Mode services, beside what ECS knows of any service.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::world::simulated::aws::ecs::ids::ServiceKey;

/// The state of ECS Express Mode.
#[derive(Debug, Clone, Default)]
pub(crate) struct Express {
    pub(super) services: BTreeMap<ServiceKey, ExpressService>,
}

impl Express {
    /// Whether a service is one of Express Mode.
    pub(crate) fn has(&self, key: &ServiceKey) -> bool {
        self.services.contains_key(key)
    }
}

/// A service of Express Mode.
#[derive(Debug, Clone)]
pub(super) struct ExpressService {
    /// ARN of the role with which ECS manages what is around the service.
    pub(super) infrastructure_role: String,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    /// The configuration that was asked for last, in the API's shape.
    pub(super) target: Value,
    /// Configurations by the id of their service revision, in the API's shape.
    pub(super) configurations: BTreeMap<String, Value>,
    /// Host name at which it is reached.
    pub(super) host: String,
    pub(super) resources: ManagedResources,
}

/// What ECS has made for a service; empty where it is not known.
#[derive(Debug, Clone, Default)]
pub(super) struct ManagedResources {
    /// ARNs of its two target groups.
    pub(super) groups: Vec<String>,
    /// ARN of its listener rule.
    pub(super) rule: String,
    /// Name of the alarm that rolls its deployments back.
    pub(super) alarm: String,
}

//! What Application Auto Scaling remembers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::world::simulated::aws::ecs::ids::ServiceKey;

/// Scalable targets, by resource id (`service/CLUSTER/NAME`), and what happened to them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scaling {
    pub(super) targets: BTreeMap<String, Target>,
    /// Newest first, in the API's shape.
    pub(super) activities: Vec<Value>,
    /// CPU that all tasks of a service use together, in percent of one task.
    pub(super) loads: BTreeMap<ServiceKey, f64>,
}

/// The policies of a resource are evaluated.
#[derive(Debug, Clone)]
pub(crate) struct Evaluation(pub(super) String);

impl Scaling {
    pub(crate) fn set_load(&mut self, key: ServiceKey, load: f64) {
        self.loads.insert(key, load);
    }
}

/// A scalable target: the bounds of a service, and its policies.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) min: u32,
    pub(super) max: u32,
    /// Suspended processes, in the API's shape (`SuspendedState`).
    pub(super) suspended: Value,
    pub(super) role: String,
    pub(super) created: Timestamp,
    /// Scaling policies by name.
    pub(super) policies: BTreeMap<String, Policy>,
    /// No tasks are added, or taken away, before.
    pub(super) out_after: Timestamp,
    pub(super) in_after: Timestamp,
    /// Minutes in a row above its target, and well below.
    pub(super) high: u32,
    pub(super) low: u32,
    /// Told apart from an earlier registration of the same resource whose evaluation is still due.
    pub(super) next: Timestamp,
}

/// A scaling policy of a scalable target.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    pub(super) arn: String,
    pub(super) kind: String,
    /// The member that configures it, in the API's shape.
    pub(super) configuration: Value,
    pub(super) created: Timestamp,
}

//! A revision of a service: what a deployment brings.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::definition::Definition;
use crate::world::simulated::aws::json::set;

/// Members of a service that its revisions remember.
const REMEMBERED: [&str; 10] = [
    "capacityProviderStrategy",
    "launchType",
    "platformVersion",
    "platformFamily",
    "loadBalancers",
    "serviceRegistries",
    "networkConfiguration",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
];

/// A revision of a service: the workload that a deployment brings.
#[derive(Debug, Clone)]
pub(crate) struct Revision {
    /// The end of its ARN.
    pub(crate) id: String,
    pub(crate) definition: Arc<Definition>,
    /// Whether its tasks are registered with the alternate target groups.
    pub(crate) alternate: bool,
    pub(crate) created: Timestamp,
    /// The remembered members of the service.
    pub(super) settings: Value,
}

impl Revision {
    pub(crate) fn new(
        id: String,
        definition: Arc<Definition>,
        alternate: bool,
        service: &Value,
        created: Timestamp,
    ) -> Self {
        let mut settings = json!({});
        for name in REMEMBERED {
            if let Some(value) = service.get(name) {
                set(&mut settings, name, value.clone());
            }
        }
        Revision {
            id,
            definition,
            alternate,
            created,
            settings,
        }
    }
}

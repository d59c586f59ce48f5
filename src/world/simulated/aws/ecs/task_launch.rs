//! A task that is to be started.

use std::sync::Arc;

use serde_json::Value;

use super::definition::Definition;
use super::ids::ServiceKey;

/// What is to be started.
#[derive(Debug, Clone)]
pub(crate) struct TaskLaunch {
    pub(crate) cluster: Arc<str>,
    pub(crate) definition: Arc<Definition>,
    /// The service and its deployment; `None`: a one-off task.
    pub(crate) owner: Option<(ServiceKey, String)>,
    pub(crate) started_by: Option<String>,
    pub(crate) group: String,
    pub(crate) overrides: Value,
    pub(crate) launch_type: String,
    /// Capacity providers to choose from, in the API's shape; none where there is a launch type.
    pub(crate) strategy: Vec<Value>,
    /// The container instance that it is placed on, where those are known.
    pub(crate) instance: Option<String>,
    pub(crate) tags: Value,
    /// Whether it is registered with the alternate target groups of its service.
    pub(crate) alternate: bool,
}

//! A task definition, its family, and what its tasks do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::world::simulated::aws::json::{list, text};

/// The revisions of a family.
#[derive(Debug, Clone, Default)]
pub(crate) struct Family {
    pub(crate) revisions: BTreeMap<u32, Arc<Definition>>,
    /// The highest number that was ever given.
    pub(crate) last: u32,
    /// What the tasks of the family do when they run.
    pub(crate) behaviour: Arc<Behaviour>,
}

/// What the tasks of a family do, beyond what AWS knows of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Behaviour {
    /// What the essential container logs.
    pub(crate) log_lines: Vec<String>,
    /// How long it runs; `None`: until it is stopped.
    pub(crate) run: Option<Duration>,
    /// Exit code of the essential container.
    pub(crate) exit_code: i64,
}

/// A revision of a task definition.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) family: String,
    pub(crate) revision: u32,
    /// In the API's shape, `taskDefinitionArn`, `revision` and `status` included, tags not.
    pub(crate) raw: Value,
    pub(crate) tags: Value,
    /// Whether it was registered after the world began.
    pub(crate) new: bool,
}

impl Definition {
    pub(crate) fn arn(&self) -> &str {
        text(&self.raw, "taskDefinitionArn").unwrap_or_default()
    }

    pub(crate) fn active(&self) -> bool {
        text(&self.raw, "status") != Some("INACTIVE")
    }

    pub(crate) fn containers(&self) -> &[Value] {
        list(&self.raw, "containerDefinitions")
    }

    /// The first essential container: the one whose exit ends the task.
    pub(crate) fn essential(&self) -> Option<&Value> {
        self.containers().iter().find(|c| essential(c))
    }
}

/// Whether the exit of a container ends its task.
pub(super) fn essential(container: &Value) -> bool {
    let said = container.get("essential").and_then(Value::as_bool);
    said.unwrap_or(true)
}

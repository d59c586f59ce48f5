//! The order in which the containers of a task start: `dependsOn`.

use std::time::Duration;

use serde_json::Value;

use super::container_check::ContainerCheck;
use super::definition::Definition;
use crate::world::simulated::aws::json::{list, number, text};

/// How long a container runs that others wait for until it has exited.
const SETUP: Duration = Duration::from_secs(5);

/// When the containers of a task start, counted from the first one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StartOrder {
    /// For each container of the definition.
    pub(super) starts: Vec<Duration>,
    /// Why the containers that wait cannot start, and when the task gives up on them.
    pub(super) blocked: Option<(String, Duration)>,
}

impl StartOrder {
    /// The order of a task whose container `failing` never becomes healthy.
    pub(super) fn of(definition: &Definition, failing: Option<usize>) -> Self {
        let containers = definition.containers();
        let position = |name: &str| {
            let mut all = containers.iter();
            all.position(|c| text(c, "name") == Some(name))
        };
        let mut order = StartOrder {
            starts: vec![Duration::ZERO; containers.len()],
            blocked: None,
        };
        // A chain is at most as long as there are containers.
        for _ in 0..containers.len() {
            for (index, container) in containers.iter().enumerate() {
                for dependency in list(container, "dependsOn") {
                    let on = text(dependency, "containerName").unwrap_or_default();
                    let Some(other) = position(on) else {
                        continue;
                    };
                    let began = order.starts[other];
                    let condition = text(dependency, "condition").unwrap_or("START");
                    order.starts[index] =
                        order.starts[index].max(began + wait(&containers[other], condition));
                    if condition == "HEALTHY" && failing == Some(other) {
                        let name = text(container, "name").unwrap_or_default();
                        let reason = format!(
                            "Task failed to start: container {name} depends on container {on}, which did not become HEALTHY"
                        );
                        order.blocked = Some((reason, began + patience(&containers[other])));
                    }
                }
            }
        }
        order
    }

    /// From the start of the first container until the last one has started.
    pub(super) fn last(&self) -> Duration {
        self.starts.iter().max().copied().unwrap_or_default()
    }
}

/// From the start of a container until it has reached a condition.
fn wait(container: &Value, condition: &str) -> Duration {
    match condition {
        "HEALTHY" => ContainerCheck::of(container).map_or(Duration::ZERO, |c| c.passes_after()),
        "COMPLETE" | "SUCCESS" => SETUP,
        _ => Duration::ZERO,
    }
}

/// How long a task waits for a container that does not become healthy: its `startTimeout`, or until its check has failed.
fn patience(container: &Value) -> Duration {
    let check = ContainerCheck::of(container).map_or(Duration::ZERO, |c| c.fails_after());
    let timeout = number(container, "startTimeout").map(Duration::from_secs);
    timeout.map_or(check, |timeout| timeout.min(check))
}

/// Whether a container of a definition has exited by the time that the task runs, because others waited for that.
pub(super) fn completes(definition: &Definition, name: &str) -> bool {
    let containers = definition.containers().iter();
    containers.flat_map(|c| list(c, "dependsOn")).any(|d| {
        text(d, "containerName") == Some(name)
            && matches!(text(d, "condition"), Some("COMPLETE" | "SUCCESS"))
    })
}

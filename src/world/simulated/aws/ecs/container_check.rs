//! The health check of a container: how long it takes until it has decided.

use std::time::Duration;

use serde_json::Value;

use super::definition::{Definition, essential};
use crate::world::simulated::aws::json::number;

/// The health check that a container definition declares, with ECS's defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ContainerCheck {
    interval: Duration,
    retries: u32,
    start_period: Duration,
}

impl ContainerCheck {
    /// The check of a container definition; `None`: it declares none.
    pub(super) fn of(container: &Value) -> Option<Self> {
        let check = container.get("healthCheck").filter(|h| h.is_object())?;
        let seconds = |name, default| Duration::from_secs(number(check, name).unwrap_or(default));
        Some(ContainerCheck {
            interval: seconds("interval", 30).max(Duration::from_secs(1)),
            retries: number(check, "retries").unwrap_or(3).min(10) as u32,
            start_period: seconds("startPeriod", 0),
        })
    }

    /// From the start of the container until its first check has passed.
    pub(super) fn passes_after(self) -> Duration {
        self.interval
    }

    /// From the start of the container until it is unhealthy, where every check fails. Checks within the start period do
    /// not count.
    pub(super) fn fails_after(self) -> Duration {
        let uncounted = self.start_period.as_secs() / self.interval.as_secs().max(1);
        self.interval * (u32::try_from(uncounted).unwrap_or(u32::MAX)).saturating_add(self.retries)
    }
}

/// The container whose check fails where the version of a task is unhealthy: the first essential one with a check.
pub(super) fn of_version(definition: &Definition) -> Option<usize> {
    let mut containers = definition.containers().iter();
    containers.position(|c| essential(c) && ContainerCheck::of(c).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// ECS API Reference, HealthCheck: `interval`, `retries`, `startPeriod`.
    #[test]
    fn failures_within_the_start_period_do_not_count() {
        for (check, passes, fails) in [
            (json!({}), 30, 90),
            (json!({ "interval": 10, "retries": 2 }), 10, 20),
            (
                json!({ "interval": 10, "retries": 2, "startPeriod": 60 }),
                10,
                80,
            ),
            (
                json!({ "interval": 10, "retries": 3, "startPeriod": 45 }),
                10,
                70,
            ),
        ] {
            let container = json!({ "healthCheck": check });
            let check = ContainerCheck::of(&container).expect("a check");
            assert_eq!(
                (
                    check.passes_after().as_secs(),
                    check.fails_after().as_secs()
                ),
                (passes, fails),
                "{container}"
            );
        }
        assert_eq!(ContainerCheck::of(&json!({})), None);
    }
}

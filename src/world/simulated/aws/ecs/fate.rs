//! What becomes of a task: decided by its secrets, its image, its behaviour and the faults.

use std::time::Duration;

use super::start::command_overridden;
use super::task::{Fate, TaskId};
use crate::world::simulated::aws::json::{list, text};
use crate::world::simulated::aws::{ecr, secrets};
use crate::world::simulated::cloud::{Cloud, Prospects};

/// How long a one-off task runs of which nothing else is known.
const ONE_OFF: Duration = Duration::from_secs(10);

/// Decides what becomes of a task whose secrets and image are about to be fetched.
pub(super) fn decide(cloud: &mut Cloud, id: TaskId) -> Fate {
    let Some(task) = cloud.tasks.get(&id) else {
        return Fate::Serves { healthy: true };
    };
    let in_service = task.service.is_some();
    let good = cloud.prospects == Prospects::Good;
    let new = cloud.is_new(task);
    let definition = task.definition.clone();
    let commanded = command_overridden(&task.overrides);
    for container in definition.containers() {
        for secret in list(container, "secrets") {
            let from = text(secret, "valueFrom").unwrap_or_default();
            let fetched = match good {
                true => secrets::for_live_task(cloud, from),
                false => secrets::for_task(cloud, from),
            };
            if let Err(reason) = fetched {
                return Fate::CannotStart { reason };
            }
        }
    }
    for container in definition.containers() {
        let image = text(container, "image").unwrap_or_default();
        if let Err(reason) = ecr::pull(cloud, image) {
            return Fate::CannotStart { reason };
        }
    }
    if in_service && new {
        if let Some(code) = cloud.fault_number("crash-loop", 1) {
            return Fate::Exits {
                after: cloud.rng.millis(2_000, 6_000),
                code: i64::from(code),
                last: Some("fatal: start-up failed: unhandled exception".to_owned()),
            };
        }
        if cloud.fault("version-unhealthy").is_some() {
            return Fate::Serves { healthy: false };
        }
    }
    let behaviour = cloud
        .families
        .get(&definition.family)
        .map(|f| f.behaviour.clone())
        .unwrap_or_default();
    let one_off = behaviour.run.is_some() || commanded || (good && !in_service);
    if !in_service && let Some(code) = cloud.fault_number("migration-fails", 1) {
        return Fate::Exits {
            after: behaviour.run.unwrap_or(ONE_OFF),
            code: i64::from(code),
            last: Some("error: migration failed: relation already exists".to_owned()),
        };
    }
    if one_off {
        return exits(behaviour.run.unwrap_or(ONE_OFF), behaviour.exit_code);
    }
    Fate::Serves { healthy: true }
}

fn exits(after: Duration, code: i64) -> Fate {
    Fate::Exits {
        after,
        code,
        last: None,
    }
}

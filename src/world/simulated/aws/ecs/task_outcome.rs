//! What becomes of a task: decided by its secrets, its image, its behaviour and the faults.

use std::time::Duration;

use super::ids::TaskId;
use super::task::TaskOutcome;
use super::task_start::command_overridden;
use crate::world::simulated::aws::json::{list, text};
use crate::world::simulated::aws::{ecr, secrets, ssm};
use crate::world::simulated::cloud::Cloud;

/// How the reason begins for which a task without its secrets stopped.
const NO_SECRET: &str = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:";

/// How long a one-off task runs of which nothing else is known.
const ONE_OFF: Duration = Duration::from_secs(10);

/// Decides what becomes of a task whose secrets and image are about to be fetched.
pub(super) fn decide(cloud: &mut Cloud, id: TaskId) -> TaskOutcome {
    let Some(task) = cloud.ecs.tasks.get(&id) else {
        return TaskOutcome::Serves { healthy: true };
    };
    let in_service = task.service.is_some();
    let good = cloud.kernel.all_goes_well();
    let new = cloud.ecs.is_new(task);
    let definition = task.definition.clone();
    let commanded = command_overridden(&task.overrides);
    for container in definition.containers() {
        for secret in list(container, "secrets") {
            let from = text(secret, "valueFrom").unwrap_or_default();
            let fetched = match good {
                true => secrets::for_live_task(&cloud.kernel, from),
                false if from.contains(":secretsmanager:") => {
                    secrets::for_task(&cloud.secrets, &cloud.kernel, from)
                }
                false => ssm::for_task(&cloud.ssm, from),
            };
            if let Err(why) = fetched {
                let reason = format!("{NO_SECRET} {why}");
                return TaskOutcome::CannotStart { reason };
            }
        }
    }
    for container in definition.containers() {
        let image = text(container, "image").unwrap_or_default();
        if let Err(reason) = ecr::pull(&cloud.ecr, &cloud.kernel, image) {
            return TaskOutcome::CannotStart { reason };
        }
    }
    if in_service && new {
        if let Some(code) = cloud.kernel.fault_number("crash-loop", 1) {
            return TaskOutcome::Exits {
                after: cloud.kernel.rng.millis(2_000, 6_000),
                code: i64::from(code),
                healthy: false,
                last: Some("fatal: start-up failed: unhandled exception".to_owned()),
            };
        }
        if cloud.kernel.fault("version-unhealthy").is_some() {
            return TaskOutcome::Serves { healthy: false };
        }
    }
    let behaviour = cloud
        .ecs
        .families
        .get(&definition.family)
        .map(|f| f.behaviour.clone())
        .unwrap_or_default();
    let one_off = behaviour.run.is_some() || commanded || (good && !in_service);
    if !in_service && let Some(code) = cloud.kernel.fault_number("migration-fails", 1) {
        return TaskOutcome::Exits {
            after: behaviour.run.unwrap_or(ONE_OFF),
            code: i64::from(code),
            healthy: true,
            last: Some("error: migration failed: relation already exists".to_owned()),
        };
    }
    if one_off {
        return exits(behaviour.run.unwrap_or(ONE_OFF), behaviour.exit_code);
    }
    TaskOutcome::Serves { healthy: true }
}

fn exits(after: Duration, code: i64) -> TaskOutcome {
    TaskOutcome::Exits {
        after,
        code,
        healthy: true,
        last: None,
    }
}

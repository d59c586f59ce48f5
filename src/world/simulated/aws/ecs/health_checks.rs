//! Health checks of a task: the load balancer's and the container's own.

use std::time::Duration;

use serde_json::Value;

use super::agenda::{later, poke};
use super::definition::Definition;
use super::event::Next;
use super::ids::TaskId;
use super::service_events;
use super::task::Task;
use super::task_stop::{prove, stop};
use crate::world::simulated::aws::elb::Health;
use crate::world::simulated::aws::json::number;
use crate::world::simulated::cloud::Cloud;

/// A task without any checks counts as started when it has run that long.
const SETTLED: Duration = Duration::from_secs(30);

/// The health check of an essential container, if one declares any.
pub(super) fn container(definition: &Definition) -> Option<&Value> {
    definition
        .containers()
        .iter()
        .filter(|c| c.get("essential").and_then(Value::as_bool).unwrap_or(true))
        .find_map(|c| c.get("healthCheck").filter(|h| h.is_object()))
}

/// Foresees what the checks of a task that just came up will say.
pub(super) fn begin(cloud: &mut Cloud, id: TaskId, healthy: bool) {
    let Some(task) = cloud.ecs.tasks.get_mut(&id) else {
        return;
    };
    let check = container(&task.definition).map(|c| {
        let of = |name, default| Duration::from_secs(number(c, name).unwrap_or(default));
        let interval = of("interval", 30);
        let retries = number(c, "retries").unwrap_or(3).min(10) as u32;
        if healthy {
            interval
        } else {
            of("startPeriod", 0) + interval * retries
        }
    });
    if check.is_some() {
        task.check = Health::Initial;
    }
    let balanced = task.target == Health::Initial;
    let in_service = task.service.is_some();
    if let Some(delay) = check {
        let next = if healthy {
            Next::ContainerHealthy
        } else {
            Next::ContainerUnhealthy
        };
        later(cloud, id, delay, next);
    }
    if balanced {
        let delay = target_delay(cloud, id, healthy) + cloud.kernel.rng.millis(0, 1_000);
        let next = if healthy {
            Next::TargetHealthy
        } else {
            Next::TargetUnhealthy
        };
        later(cloud, id, delay, next);
    }
    if check.is_none() && !balanced && in_service {
        later(cloud, id, SETTLED, Next::Proved);
    }
}

/// From RUNNING until the load balancer has decided; failures count only after the grace period.
fn target_delay(cloud: &Cloud, id: TaskId, healthy: bool) -> Duration {
    let task = cloud.ecs.tasks.get(&id);
    let alternate = task.is_some_and(|t| t.alternate);
    let service = task
        .and_then(|t| t.service.as_ref())
        .and_then(|key| cloud.ecs.services.get(key));
    let group = service
        .and_then(|s| s.target_groups(alternate).next())
        .and_then(|arn| cloud.elb.group(arn));
    let (interval, passes, failures) = group.map_or((Duration::from_secs(30), 2, 3), |g| {
        (g.interval, g.healthy_threshold, g.unhealthy_threshold)
    });
    if healthy {
        interval * passes
    } else {
        let grace = Duration::from_secs(service.map_or(0, |s| s.grace_seconds()));
        grace.max(interval * failures)
    }
}

/// A check passes; the first time that all do, the task counts as started.
pub(super) fn pass(cloud: &mut Cloud, id: TaskId, check: fn(&mut Task) -> &mut Health) {
    let Some(task) = cloud.ecs.tasks.get_mut(&id) else {
        return;
    };
    *check(task) = Health::Healthy;
    if task.healthy() && !task.proved {
        prove(cloud, id);
    }
}

/// The load balancer gives up on a task, and the scheduler replaces it.
pub(super) fn fail_target(cloud: &mut Cloud, id: TaskId) {
    let Some(task) = cloud.ecs.tasks.get_mut(&id) else {
        return;
    };
    task.target = Health::Unhealthy;
    let (name, key, alternate) = (task.name.clone(), task.service.clone(), task.alternate);
    let Some((key, service)) = key.and_then(|k| cloud.ecs.services.get(&k).map(|s| (k, s))) else {
        return;
    };
    let (port, arn) = (
        service.port(),
        service
            .target_groups(alternate)
            .next()
            .unwrap_or_default()
            .to_owned(),
    );
    service_events::say(
        cloud,
        &key,
        &format!(
            "(task {name}) (port {port}) is unhealthy in (target-group {arn}) due to (reason Health checks failed with these codes: [503])"
        ),
    );
    replace(
        cloud,
        id,
        format!("Task failed ELB health checks in (target-group {arn})"),
    );
}

/// The container's own check fails for good.
pub(super) fn fail_container(cloud: &mut Cloud, id: TaskId) {
    let Some(task) = cloud.ecs.tasks.get_mut(&id) else {
        return;
    };
    task.check = Health::Unhealthy;
    let (name, key) = (task.name.clone(), task.service.clone());
    if let Some(key) = key {
        service_events::say(
            cloud,
            &key,
            &format!("(task {name}) failed container health checks."),
        );
        replace(cloud, id, "Task failed container health checks".to_owned());
    }
}

fn replace(cloud: &mut Cloud, id: TaskId, reason: String) {
    let key = cloud.ecs.tasks.get(&id).and_then(|t| t.service.clone());
    stop(cloud, id, "ServiceSchedulerInitiated", reason, true);
    if let Some(key) = key {
        poke(cloud, &key, Duration::ZERO);
    }
}

//! Tasks that are stopped, and what their load balancers and their service learn of it.

use std::time::Duration;

use super::agenda::{enter, poke};
use super::ids::TaskId;
use super::task::{Status, StopReason};
use super::{breaker, service_events};
use crate::world::simulated::aws::elb::Health;
use crate::world::simulated::cloud::Cloud;

/// The target groups behind a task's service.
pub(super) fn target_groups(cloud: &Cloud, id: TaskId) -> Vec<String> {
    let Some(task) = cloud.ecs.tasks.get(&id) else {
        return Vec::new();
    };
    let service = task
        .service
        .as_ref()
        .and_then(|key| cloud.ecs.services.get(key));
    service.map_or_else(Vec::new, |s| {
        let groups = s.target_groups(task.alternate);
        groups.map(str::to_owned).collect()
    })
}

pub(super) fn say(cloud: &mut Cloud, id: TaskId, words: &str) {
    if let Some(key) = cloud.ecs.tasks.get(&id).and_then(|t| t.service.clone()) {
        service_events::say(cloud, &key, words);
    }
}

pub(super) fn leave_load_balancer(cloud: &mut Cloud, id: TaskId) {
    let registered = cloud
        .ecs
        .tasks
        .get(&id)
        .is_some_and(|t| t.target != Health::Unchecked);
    if !registered {
        return;
    }
    for arn in target_groups(cloud, id) {
        say(
            cloud,
            id,
            &format!("deregistered 1 targets in (target-group {arn})"),
        );
    }
    if let Some(task) = cloud.ecs.tasks.get_mut(&id) {
        task.target = Health::Unchecked;
    }
}

/// A task counts as successfully started: failures before it are forgiven.
pub(super) fn prove(cloud: &mut Cloud, id: TaskId) {
    let Some(task) = cloud.ecs.tasks.get_mut(&id) else {
        return;
    };
    task.proved = true;
    if let (Some(key), Some(deployment)) = (task.service.clone(), task.deployment.clone()) {
        breaker::task_proved(cloud, &key, &deployment);
    }
    poke_owner(cloud, id);
}

/// Begins to stop a task. `failed`: the circuit breaker counts it once it is STOPPED.
pub(super) fn stop(
    cloud: &mut Cloud,
    id: TaskId,
    code: &'static str,
    reason: String,
    failed: bool,
) {
    let now = cloud.now();
    let Some(task) = cloud.ecs.tasks.get_mut(&id).filter(|t| t.wanted()) else {
        return;
    };
    let status = task.status;
    let exited = task.execution_stopped.is_some();
    let registered = task.target != Health::Unchecked;
    task.stop = Some(StopReason {
        code,
        reason,
        failed,
    });
    task.stopping = Some(now);
    if status == Status::Running && !exited {
        if registered {
            task.target = Health::Draining;
        }
        let stay = if registered {
            drain(cloud, id)
        } else {
            cloud.kernel.rng.millis(100, 500)
        };
        enter(cloud, id, Status::Deactivating, Some(stay));
    } else {
        leave_load_balancer(cloud, id);
        let stay = cloud.kernel.rng.millis(2_000, 5_000);
        enter(cloud, id, Status::Deprovisioning, Some(stay));
    }
    poke_owner(cloud, id);
}

/// How long the load balancer lets connections end.
fn drain(cloud: &mut Cloud, id: TaskId) -> Duration {
    say(cloud, id, "has begun draining connections on 1 tasks.");
    let groups = target_groups(cloud, id);
    let longest = groups
        .iter()
        .filter_map(|arn| cloud.elb.group(arn))
        .map(|group| group.deregistration_delay)
        .max();
    longest.unwrap_or(Duration::from_secs(10))
}

pub(super) fn poke_owner(cloud: &mut Cloud, id: TaskId) {
    if let Some(key) = cloud.ecs.tasks.get(&id).and_then(|t| t.service.clone()) {
        poke(cloud, &key, Duration::ZERO);
    }
}

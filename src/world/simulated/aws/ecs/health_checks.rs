//! Health checks of a task: the load balancer's and the containers' own. They decide when it counts as healthy, and
//! when the scheduler replaces it.

use std::sync::Arc;
use std::time::Duration;

use super::agenda::{later, poke};
use super::container_check::{self, ContainerCheck};
use super::event::Next;
use super::ids::TaskId;
use super::service_events;
use super::task_stop::{prove, stop, target_groups};
use crate::world::simulated::aws::elb::Health;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock;

/// A task of a service without any checks counts as healthy when it has been RUNNING that long.
const SETTLED: Duration = Duration::from_secs(40);

/// Foresees what the checks of a task that just came up will say.
pub(super) fn begin(cloud: &mut Cloud, id: TaskId, healthy: bool) {
    let Some(task) = cloud.ecs.tasks.get_mut(&id) else {
        return;
    };
    let definition = Arc::clone(&task.definition);
    let failing = (!healthy)
        .then(|| container_check::of_version(&definition))
        .flatten();
    let order = task.start_order();
    let mut decisions = Vec::new();
    let own = task.containers.iter_mut().zip(definition.containers());
    for (index, (container, declared)) in own.enumerate() {
        let Some(check) = ContainerCheck::of(declared) else {
            continue;
        };
        container.health = Health::Initial;
        let (after, next) = match failing == Some(index) {
            true => (check.fails_after(), Next::ContainerUnhealthy(index)),
            false => (check.passes_after(), Next::ContainerHealthy(index)),
        };
        // Its checks began when it started; since then the task has waited for its other containers.
        let began = order.starts.get(index).copied().unwrap_or_default();
        decisions.push(((began + after).saturating_sub(order.last()), next));
    }
    let checked = task.check() != Health::Unchecked;
    let balanced = task.target == Health::Initial;
    let in_service = task.service.is_some();
    for (delay, next) in decisions {
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
    if !checked && !balanced && in_service {
        later(cloud, id, SETTLED, Next::Proved);
    }
}

/// From RUNNING until the load balancer has decided: a new target is healthy once its first check passes, in all of its
/// target groups, and unhealthy once as many as the threshold have failed, in one of them.
fn target_delay(cloud: &Cloud, id: TaskId, healthy: bool) -> Duration {
    let groups = target_groups(cloud, id);
    let known = groups.iter().filter_map(|arn| cloud.elb.group(arn));
    let decided = match healthy {
        true => known.map(|g| g.interval).max(),
        false => known.map(|g| g.interval * g.unhealthy_threshold).min(),
    };
    decided.unwrap_or(Duration::from_secs(match healthy {
        true => 30,
        false => 90,
    }))
}

/// The load balancer's check passes.
pub(super) fn pass_target(cloud: &mut Cloud, id: TaskId) {
    if let Some(task) = cloud.ecs.tasks.get_mut(&id) {
        task.target = Health::Healthy;
    }
    passed(cloud, id);
}

/// The own check of the container of that number passes.
pub(super) fn pass_container(cloud: &mut Cloud, id: TaskId, index: usize) {
    set_container(cloud, id, index, Health::Healthy);
    passed(cloud, id);
}

fn set_container(cloud: &mut Cloud, id: TaskId, index: usize, health: Health) {
    let task = cloud.ecs.tasks.get_mut(&id);
    if let Some(container) = task.and_then(|t| t.containers.get_mut(index)) {
        container.health = health;
    }
}

/// The first time that all checks have passed, the task counts as started.
fn passed(cloud: &mut Cloud, id: TaskId) {
    let task = cloud.ecs.tasks.get(&id);
    if task.is_some_and(|t| t.healthy() && !t.proved) {
        prove(cloud, id);
    }
}

/// The load balancer's checks have failed as often as the threshold says.
pub(super) fn fail_target(cloud: &mut Cloud, id: TaskId) {
    if let Some(task) = cloud.ecs.tasks.get_mut(&id) {
        task.target = Health::Unhealthy;
    }
    replace_unhealthy(cloud, id);
}

/// The own check of the container of that number fails for good.
pub(super) fn fail_container(cloud: &mut Cloud, id: TaskId, index: usize) {
    set_container(cloud, id, index, Health::Unhealthy);
    replace_unhealthy(cloud, id);
}

/// The scheduler replaces a task that is unhealthy, once its grace period is over: it ignores checks of load balancers
/// and of containers until then.
pub(super) fn replace_unhealthy(cloud: &mut Cloud, id: TaskId) {
    let Some(task) = cloud.ecs.tasks.get(&id) else {
        return;
    };
    // Tasks that no service has started run on, however healthy they are.
    let Some((key, service)) = task
        .service
        .clone()
        .and_then(|k| cloud.ecs.services.get(&k).map(|s| (k, s)))
    else {
        return;
    };
    let grace = Duration::from_secs(service.grace_seconds());
    let over = clock::later(task.started.unwrap_or(task.created), grace);
    if let Ok(left) = Duration::try_from(over.duration_since(cloud.now()))
        && !left.is_zero()
    {
        return later(cloud, id, left, Next::GraceEnds);
    }
    let name = task.name.clone();
    let (words, reason) = if task.target == Health::Unhealthy {
        let arn = target_groups(cloud, id).into_iter().next();
        let arn = arn.unwrap_or_default();
        (
            format!(
                "(task {name}) (port {}) is unhealthy in (target-group {arn}) due to (reason Health checks failed with these codes: [503])",
                service.port()
            ),
            format!("Task failed ELB health checks in (target-group {arn})"),
        )
    } else if task.check() == Health::Unhealthy {
        (
            format!("(task {name}) failed container health checks."),
            "Task failed container health checks".to_owned(),
        )
    } else {
        return;
    };
    service_events::say(cloud, &key, &words);
    stop(cloud, id, "ServiceSchedulerInitiated", reason, true);
    poke(cloud, &key, Duration::ZERO);
}

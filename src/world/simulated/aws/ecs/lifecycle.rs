//! The life of a task: PROVISIONING → PENDING → ACTIVATING → RUNNING → DEACTIVATING → STOPPING →
//! DEPROVISIONING → STOPPED, and what checks and exits do to it on the way.

use std::sync::Arc;
use std::time::Duration;

use super::agenda::{enter, later};
use super::event::{Event, Next};
use super::ids::TaskId;
use super::task::{Status, TaskOutcome};
use super::task_log;
use super::task_outcome;
use super::task_start::{note_pulled, pull};
use super::task_stop::{leave_load_balancer, poke_owner, prove, say, stop, target_groups};
use super::{breaker, health_checks, start_order};
use crate::world::simulated::aws::elb::Health;
use crate::world::simulated::aws::json::text;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::earlier;

/// A stopped task is described for an hour.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// Something happens to a task, if it still stands where it did when that was foreseen.
pub(crate) fn happen(cloud: &mut Cloud, id: TaskId, step: u32, next: Next) {
    if cloud.ecs.tasks.get(&id).is_none_or(|t| t.step != step) {
        return;
    }
    match next {
        Next::Advance => advance(cloud, id),
        Next::Exit(code) => exit(cloud, id, code),
        Next::Log(number) => log(cloud, id, number),
        Next::Proved => prove(cloud, id),
        Next::TargetHealthy => health_checks::pass_target(cloud, id),
        Next::ContainerHealthy(index) => health_checks::pass_container(cloud, id, index),
        Next::TargetUnhealthy => health_checks::fail_target(cloud, id),
        Next::ContainerUnhealthy(index) => health_checks::fail_container(cloud, id, index),
        Next::GraceEnds => health_checks::replace_unhealthy(cloud, id),
    }
}

fn advance(cloud: &mut Cloud, id: TaskId) {
    let Some(status) = cloud.ecs.tasks.get(&id).map(|t| t.status) else {
        return;
    };
    match status {
        Status::Provisioning => begin_pull(cloud, id),
        Status::Pending => end_pull(cloud, id),
        Status::Activating => run(cloud, id),
        Status::Running => {}
        Status::Deactivating => {
            leave_load_balancer(cloud, id);
            let stay = cloud.kernel.rng.millis(500, 2_500);
            enter(cloud, id, Status::Stopping, Some(stay));
        }
        Status::Stopping => end(cloud, id),
        Status::Deprovisioning => finish(cloud, id),
        Status::Stopped => {}
    }
    poke_owner(cloud, id);
}

fn begin_pull(cloud: &mut Cloud, id: TaskId) {
    let outcome = task_outcome::decide(cloud, id);
    let now = cloud.now();
    let mut waits = Duration::ZERO;
    if let Some(task) = cloud.ecs.tasks.get_mut(&id) {
        task.outcome = outcome;
        task.pull_started = Some(now);
        if !matches!(task.outcome, TaskOutcome::CannotStart { .. }) {
            let order = task.start_order();
            waits = order.last();
            if let Some((reason, after)) = order.blocked {
                task.outcome = TaskOutcome::CannotStart { reason };
                waits = after;
            }
        }
    }
    let slow = cloud
        .kernel
        .fault_duration("slow-start", Duration::from_secs(180));
    let pull = cloud.kernel.rng.millis(6_000, 12_000);
    let stay = pull + slow.unwrap_or_default() + waits;
    enter(cloud, id, Status::Pending, Some(stay));
}

fn end_pull(cloud: &mut Cloud, id: TaskId) {
    let Some(task) = cloud.ecs.tasks.get_mut(&id) else {
        return;
    };
    if let TaskOutcome::CannotStart { reason } = &task.outcome {
        let reason = reason.clone();
        if let (Some(container), true) = (
            task.containers.first_mut(),
            reason.starts_with("CannotPullContainerError"),
        ) {
            container.reason = Some(reason.clone());
        }
        return stop(cloud, id, "TaskFailedToStart", reason, true);
    }
    let definition = Arc::clone(&task.definition);
    let waited = task.start_order().last();
    task.pull_stopped = Some(earlier(cloud.kernel.now(), waited));
    let pulled = pull(cloud, &definition);
    note_pulled(cloud, id, pulled);
    let stay = cloud.kernel.rng.millis(1_000, 3_000);
    enter(cloud, id, Status::Activating, Some(stay));
    enter_load_balancer(cloud, id);
}

fn enter_load_balancer(cloud: &mut Cloud, id: TaskId) {
    for arn in target_groups(cloud, id) {
        if let Some(task) = cloud.ecs.tasks.get_mut(&id) {
            task.target = Health::Initial;
        }
        say(
            cloud,
            id,
            &format!("registered 1 targets in (target-group {arn})"),
        );
    }
}

fn run(cloud: &mut Cloud, id: TaskId) {
    let now = cloud.now();
    enter(cloud, id, Status::Running, None);
    task_log::open(cloud, id);
    let Some(task) = cloud.ecs.tasks.get_mut(&id) else {
        return;
    };
    task.started = Some(now);
    let definition = Arc::clone(&task.definition);
    for container in &mut task.containers {
        if start_order::completes(&definition, &container.name) {
            container.exit_code = Some(0);
        }
    }
    let outcome = task.outcome.clone();
    let family = task.definition.family.clone();
    let lines = cloud
        .ecs
        .families
        .get(&family)
        .map_or(0, |f| f.behaviour.log_lines.len());
    let span = match &outcome {
        TaskOutcome::Exits { after, .. } => *after,
        _ => Duration::from_secs(2),
    };
    for number in 0..lines {
        let delay = span * number as u32 / (lines as u32 + 1);
        later(cloud, id, delay, Next::Log(number));
    }
    if let TaskOutcome::Exits { after, code, .. } = outcome {
        later(cloud, id, after, Next::Exit(code));
    }
    health_checks::begin(
        cloud,
        id,
        matches!(outcome, TaskOutcome::Serves { healthy: true }),
    );
}

fn exit(cloud: &mut Cloud, id: TaskId, code: i64) {
    let now = cloud.now();
    let Some(task) = cloud.ecs.tasks.get_mut(&id) else {
        return;
    };
    let essential = task
        .definition
        .essential()
        .and_then(|c| text(c, "name"))
        .map(str::to_owned);
    for container in &mut task.containers {
        if Some(&container.name) == essential.as_ref() {
            container.exit_code = Some(code);
        }
    }
    task.execution_stopped = Some(now);
    let failed = !task.proved;
    let last = match &task.outcome {
        TaskOutcome::Exits { last, .. } => last.clone(),
        _ => None,
    };
    if let Some(last) = last {
        task_log::write(cloud, id, &last);
    }
    leave_load_balancer(cloud, id);
    let reason = "Essential container in task exited".to_owned();
    stop(cloud, id, "EssentialContainerExited", reason, failed);
}

fn log(cloud: &mut Cloud, id: TaskId, number: usize) {
    let line = cloud
        .ecs
        .tasks
        .get(&id)
        .and_then(|t| cloud.ecs.families.get(&t.definition.family))
        .and_then(|f| f.behaviour.log_lines.get(number))
        .cloned();
    if let Some(line) = line {
        task_log::write(cloud, id, &line);
    }
}

/// The containers have exited after SIGTERM.
fn end(cloud: &mut Cloud, id: TaskId) {
    let now = cloud.now();
    if let Some(task) = cloud.ecs.tasks.get_mut(&id) {
        task.execution_stopped = Some(now);
        for container in &mut task.containers {
            container.exit_code.get_or_insert(0);
        }
    }
    let stay = cloud.kernel.rng.millis(2_000, 5_000);
    enter(cloud, id, Status::Deprovisioning, Some(stay));
}

fn finish(cloud: &mut Cloud, id: TaskId) {
    let now = cloud.now();
    enter(cloud, id, Status::Stopped, None);
    cloud.after(REMEMBERED, Event::Forget(id));
    let Some(task) = cloud.ecs.tasks.get_mut(&id) else {
        return;
    };
    task.stopped = Some(now);
    if task.started.is_some() {
        for container in &mut task.containers {
            container.exit_code.get_or_insert(0);
        }
    }
    let failed = task.stop.as_ref().is_some_and(|s| s.failed);
    let (Some(key), Some(deployment)) = (task.service.clone(), task.deployment.clone()) else {
        return;
    };
    if let Some(service) = cloud.ecs.services.get_mut(&key) {
        service.tasks.retain(|t| *t != id);
        service.stopped.push(id);
    }
    if failed {
        let ran = cloud
            .ecs
            .tasks
            .get(&id)
            .is_some_and(|t| t.started.is_some());
        breaker::task_failed(cloud, &key, &deployment, ran);
    }
}

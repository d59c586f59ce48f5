//! What is to happen to services and tasks: it is put into the queue of events.

use std::time::Duration;

use super::event::{Event, Next};
use super::ids::{ServiceKey, TaskId};
use super::task::Status;
use crate::world::simulated::cloud::Cloud;

/// Lets the scheduler look at a service after `delay`; looks that are due together are one.
pub(crate) fn poke(cloud: &mut Cloud, key: &ServiceKey, delay: Duration) {
    if let Some(service) = cloud.ecs.services.get_mut(key)
        && !(service.due && delay.is_zero())
    {
        service.due |= delay.is_zero();
        cloud.after(delay, Event::Schedule(key.clone()));
    }
}

/// Moves a task to a status, which it leaves by itself after `stay`.
pub(super) fn enter(cloud: &mut Cloud, id: TaskId, status: Status, stay: Option<Duration>) {
    let Some(task) = cloud.ecs.tasks.get_mut(&id) else {
        return;
    };
    task.status = status;
    task.step += 1;
    if let Some(stay) = stay {
        later(cloud, id, stay, Next::Advance);
    }
}

/// Lets something happen to a task, unless its status changes before.
pub(super) fn later(cloud: &mut Cloud, id: TaskId, delay: Duration, next: Next) {
    if let Some(step) = cloud.ecs.tasks.get(&id).map(|t| t.step) {
        cloud.after(delay, Event::Task { id, step, next });
    }
}

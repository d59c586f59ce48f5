//! Capacity: how many tasks there is room for, and how long placing one takes.

use std::time::Duration;

use super::agenda::poke;
use super::breaker;
use super::ids::ServiceKey;
use super::service_events;
use super::task::Status;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// From a failed placement until the next attempt.
const AGAIN: Duration = Duration::from_secs(30);

/// How many more tasks can be placed now; `None`: any number.
pub(super) fn room(cloud: &Cloud) -> Option<usize> {
    if cloud.kernel.fault("no-capacity").is_some() {
        return Some(0);
    }
    if cloud.kernel.all_goes_well() {
        return None;
    }
    let present = || {
        cloud
            .ecs
            .tasks
            .values()
            .filter(|t| t.status < Status::Stopped)
            .count()
    };
    cloud
        .ecs
        .capacity
        .tasks
        .map(|most| most.saturating_sub(present()))
}

/// How much longer placing a task takes.
pub(super) fn delay(cloud: &Cloud) -> Duration {
    let slow = cloud
        .kernel
        .fault_duration("slow-placement", Duration::from_secs(60));
    cloud.ecs.capacity.placement + slow.unwrap_or_default()
}

/// A service cannot place all the tasks of a deployment: it says so, it counts, it tries again.
pub(super) fn lacking(cloud: &mut Cloud, key: &ServiceKey, deployment: &str, launch_type: &str) {
    let now = cloud.now();
    let Some(service) = cloud.ecs.services.get_mut(key) else {
        return;
    };
    let said = std::mem::replace(&mut service.short, true);
    if let Some(deployment) = service.deployment_mut(deployment) {
        deployment.not_before = later(now, AGAIN);
    }
    if !said {
        let why = if launch_type == "FARGATE" {
            "was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone."
        } else {
            "was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster."
        };
        let more = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";
        service_events::say(cloud, key, &format!("{why} {more}"));
    }
    breaker::task_failed(cloud, key, deployment);
    poke(cloud, key, AGAIN);
}

/// Why `RunTask` cannot start a task.
pub(super) fn run_task_reason(launch_type: &str) -> &'static str {
    match launch_type {
        "FARGATE" => {
            "Capacity is unavailable at this time. Please try again later or in a different availability zone"
        }
        _ => "RESOURCE:MEMORY",
    }
}

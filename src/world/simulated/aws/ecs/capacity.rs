//! Capacity: whether there is room for one more task and where, and how long placing it takes.

use std::time::Duration;

use super::agenda::poke;
use super::ids::ServiceKey;
use super::lack::Lack;
use super::task::Status;
use super::task_launch::TaskLaunch;
use super::{breaker, instances, service_events, validation};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::invalid;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// From a failed placement until the next attempt.
const AGAIN: Duration = Duration::from_secs(30);

/// How many more tasks can be placed now, wherever; `None`: any number.
fn room(cloud: &Cloud) -> Option<usize> {
    if cloud.kernel.fault("no-capacity").is_some() {
        return Some(0);
    }
    if cloud.kernel.all_goes_well() {
        return None;
    }
    let tasks = cloud.ecs.tasks.values();
    let present = || tasks.filter(|t| t.status < Status::Stopped).count();
    let most = cloud.ecs.capacity.tasks;
    most.map(|most| most.saturating_sub(present()))
}

/// Whether tasks of a launch are placed on container instances that are known.
fn on_instances(cloud: &Cloud, launch: &TaskLaunch) -> bool {
    let known = || {
        let mut own = instances::registered(cloud, &launch.cluster);
        own.next().is_some()
    };
    // A capacity provider adds instances where it has none.
    launch.launch_type == "EC2"
        && !instances::unbounded(cloud, &launch.cluster)
        && (launch.strategy.is_empty() || known())
}

/// Finds the place of one more task.
pub(super) fn assign(cloud: &Cloud, launch: &TaskLaunch) -> Result<TaskLaunch, Lack> {
    if room(cloud) == Some(0) {
        return Err(match launch.launch_type.as_str() {
            "FARGATE" => Lack::Fargate,
            _ => Lack::Instances,
        });
    }
    let mut launch = launch.clone();
    if on_instances(cloud, &launch) {
        let taken = daemon_places(cloud, &launch);
        let place = instances::place(cloud, &launch.cluster, &launch.definition, &taken)?;
        launch.instance = Some(place);
    }
    Ok(launch)
}

/// The instances on which a daemon service has its task already.
fn daemon_places(cloud: &Cloud, launch: &TaskLaunch) -> Vec<String> {
    let service = launch.owner.as_ref();
    let service = service.and_then(|(key, _)| cloud.ecs.services.get(key));
    let Some(service) = service.filter(|s| validation::daemon::is(&s.raw)) else {
        return Vec::new();
    };
    let tasks = cloud.ecs.tasks_of(service).filter(|t| t.wanted());
    tasks.filter_map(|t| t.instance.clone()).collect()
}

/// Refuses `RunTask` on instances in a cluster that has none.
pub(super) fn any(cloud: &Cloud, launch: &TaskLaunch) -> Result<(), Fault> {
    let mut own = instances::registered(cloud, &launch.cluster);
    match on_instances(cloud, launch) && own.next().is_none() {
        true => Err(invalid(
            "No Container Instances were found in your cluster.",
        )),
        false => Ok(()),
    }
}

/// How much longer placing a task takes.
pub(super) fn delay(cloud: &Cloud) -> Duration {
    let slow = cloud
        .kernel
        .fault_duration("slow-placement", Duration::from_secs(60));
    cloud.ecs.capacity.placement + slow.unwrap_or_default()
}

/// A service cannot place all the tasks of a deployment: it says so, it counts, it tries again.
pub(super) fn lacking(cloud: &mut Cloud, key: &ServiceKey, deployment: &str, lack: &Lack) {
    let now = cloud.now();
    let Some(service) = cloud.ecs.services.get_mut(key) else {
        return;
    };
    let said = service.short.replace(lack.clone()).is_some();
    if let Some(deployment) = service.deployment_mut(deployment) {
        deployment.not_before = later(now, AGAIN);
    }
    if !said {
        let more = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";
        service_events::say(cloud, key, &format!("{} {more}", lack.words()));
    }
    breaker::task_failed(cloud, key, deployment, false);
    poke(cloud, key, AGAIN);
}

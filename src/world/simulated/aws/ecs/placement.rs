//! Starts and stops tasks of a service, and says so in its events.

use std::sync::Arc;

use serde_json::json;

use super::definition::Definition;
use super::ids::{ServiceKey, TaskId};
use super::task_launch::TaskLaunch;
use super::task_start::{self, no_overrides};
use super::{capacity, service_events, task_stop, validation};
use crate::world::simulated::cloud::Cloud;

/// Stops tasks, for which a deployment is given as the reason.
pub(super) fn stop_all(cloud: &mut Cloud, key: &ServiceKey, chosen: Vec<TaskId>, deployment: &str) {
    if chosen.is_empty() {
        return;
    }
    let names: Vec<String> = chosen
        .iter()
        .filter_map(|id| cloud.ecs.tasks.get(id))
        .map(|t| t.name.clone())
        .collect();
    let reason = format!("Scaling activity initiated by (deployment {deployment})");
    for id in &chosen {
        task_stop::stop(
            cloud,
            *id,
            "ServiceSchedulerInitiated",
            reason.clone(),
            false,
        );
    }
    let count = names.len();
    let words = format!(
        "has stopped {count} running tasks: {}.",
        service_events::tasks(&names)
    );
    service_events::say(cloud, key, &words);
}

/// Starts tasks of a deployment, as far as there is capacity for them.
pub(super) fn start_tasks(
    cloud: &mut Cloud,
    key: &ServiceKey,
    deployment: &str,
    definition: &Arc<Definition>,
    count: usize,
) {
    let Some(launch) = launch_of(cloud, key, deployment, definition).filter(|_| count > 0) else {
        return;
    };
    let mut names = Vec::with_capacity(count);
    let mut lack = None;
    for _ in 0..count {
        let launch = match capacity::assign(cloud, &launch) {
            Ok(launch) => launch,
            Err(why) => {
                lack = Some(why);
                break;
            }
        };
        let id = task_start::launch(cloud, launch);
        names.extend(cloud.ecs.tasks.get(&id).map(|t| t.name.clone()));
    }
    let placed = names.len();
    if placed > 0 {
        let words = format!(
            "has started {placed} tasks: {}.",
            service_events::tasks(&names)
        );
        service_events::say(cloud, key, &words);
    }
    if let Some(lack) = lack {
        capacity::lacking(cloud, key, deployment, &lack);
    } else if let Some(service) = cloud.ecs.services.get_mut(key) {
        service.short = None;
    }
}

/// How a service starts a task of a deployment.
pub(crate) fn launch_of(
    cloud: &Cloud,
    key: &ServiceKey,
    deployment: &str,
    definition: &Arc<Definition>,
) -> Option<TaskLaunch> {
    let service = cloud.ecs.services.get(key)?;
    let wanted = validation::wanted(cloud, &key.cluster, &service.raw);
    Some(TaskLaunch {
        cluster: Arc::clone(&key.cluster),
        definition: Arc::clone(definition),
        owner: Some((key.clone(), deployment.to_owned())),
        started_by: None,
        group: format!("service:{}", key.name),
        overrides: no_overrides(),
        launch_type: wanted.kind,
        strategy: wanted.strategy,
        instance: None,
        tags: json!([]),
        alternate: service
            .deployments
            .iter()
            .find(|d| d.id == deployment)
            .map_or(service.alternate, |d| d.alternate),
    })
}

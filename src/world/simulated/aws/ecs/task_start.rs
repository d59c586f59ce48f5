//! How a task comes to be: started by someone, or running already when the world begins.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::agenda::enter;
use super::container_check::ContainerCheck;
use super::definition::{Definition, essential};
use super::ids::TaskId;
use super::task::{Container, Status, Task, TaskOutcome};
use super::task_launch::TaskLaunch;
use super::{capacity, providers};
use crate::world::simulated::aws::ecr;
use crate::world::simulated::aws::elb::Health;
use crate::world::simulated::aws::json::{list, text};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::earlier;

/// Starts a task; it is PROVISIONING.
pub(crate) fn launch(cloud: &mut Cloud, launch: TaskLaunch) -> TaskId {
    let id = create(cloud, launch);
    let delay = cloud.kernel.rng.millis(3_000, 7_000) + capacity::delay(cloud);
    enter(cloud, id, Status::Provisioning, Some(delay));
    id
}

/// A task that has been running, healthy, for `age` already.
pub(crate) fn running_already(cloud: &mut Cloud, launch: TaskLaunch, age: Duration) -> TaskId {
    let balanced = balanced(cloud, &launch);
    let definition = Arc::clone(&launch.definition);
    let id = create(cloud, launch);
    let started = earlier(cloud.now(), age);
    let pulled = pull(cloud, &definition);
    if let Some(task) = cloud.ecs.tasks.get_mut(&id) {
        task.status = Status::Running;
        task.created = earlier(started, Duration::from_secs(40));
        task.started = Some(started);
        task.proved = true;
        task.target = if balanced {
            Health::Healthy
        } else {
            Health::Unchecked
        };
        for (container, declared) in task.containers.iter_mut().zip(definition.containers()) {
            if ContainerCheck::of(declared).is_some() {
                container.health = Health::Healthy;
            }
        }
    }
    note_pulled(cloud, id, pulled);
    id
}

fn balanced(cloud: &Cloud, launch: &TaskLaunch) -> bool {
    launch
        .owner
        .as_ref()
        .and_then(|(key, _)| cloud.ecs.services.get(key))
        .is_some_and(|s| s.target_groups(launch.alternate).next().is_some())
}

fn create(cloud: &mut Cloud, launch: TaskLaunch) -> TaskId {
    let id = TaskId(cloud.ecs.next_task);
    cloud.ecs.next_task += 1;
    let name = cloud.kernel.rng.hex(32);
    let containers = launch
        .definition
        .containers()
        .iter()
        .map(container)
        .collect();
    let now = cloud.now();
    let provider = providers::choose(cloud, &launch);
    let (service, deployment) = launch.owner.unzip();
    let task = Task {
        name: name.clone(),
        cluster: launch.cluster,
        definition: launch.definition,
        version: None,
        service: service.clone(),
        deployment,
        started_by: launch.started_by,
        group: launch.group,
        overrides: launch.overrides,
        launch_type: launch.launch_type,
        provider,
        instance: launch.instance,
        tags: launch.tags,
        alternate: launch.alternate,
        status: Status::Provisioning,
        step: 0,
        stop: None,
        outcome: TaskOutcome::Serves { healthy: true },
        target: Health::Unchecked,
        proved: false,
        ip: format!("10.0.{}.{}", (id.0 / 250) % 250, 4 + id.0 % 250),
        containers,
        created: now,
        pull_started: None,
        pull_stopped: None,
        started: None,
        stopping: None,
        execution_stopped: None,
        stopped: None,
    };
    cloud.ecs.tasks.insert(id, task);
    cloud.ecs.task_names.insert(name, id);
    if let Some(service) = service.and_then(|key| cloud.ecs.services.get_mut(&key)) {
        service.tasks.push(id);
    }
    id
}

fn container(definition: &Value) -> Container {
    Container {
        name: text(definition, "name").unwrap_or_default().to_owned(),
        image: text(definition, "image").unwrap_or_default().to_owned(),
        digest: None,
        exit_code: None,
        reason: None,
        essential: essential(definition),
        health: Health::Unchecked,
    }
}

pub(super) fn pull(cloud: &Cloud, definition: &Definition) -> Vec<Option<ecr::PulledImage>> {
    definition
        .containers()
        .iter()
        .map(|c| {
            ecr::pull(
                &cloud.ecr,
                &cloud.kernel,
                text(c, "image").unwrap_or_default(),
            )
            .ok()
        })
        .collect()
}

pub(super) fn note_pulled(cloud: &mut Cloud, id: TaskId, pulled: Vec<Option<ecr::PulledImage>>) {
    let Some(task) = cloud.ecs.tasks.get_mut(&id) else {
        return;
    };
    for (container, pulled) in task.containers.iter_mut().zip(&pulled) {
        container.digest = pulled.as_ref().and_then(|p| p.digest.clone());
    }
    let essential = task.definition.essential().and_then(|c| text(c, "name"));
    let at = task
        .containers
        .iter()
        .position(|c| Some(c.name.as_str()) == essential)
        .unwrap_or(0);
    task.version = pulled.into_iter().nth(at).flatten().and_then(|p| p.version);
}

/// The overrides of a task that has none.
pub(crate) fn no_overrides() -> Value {
    json!({ "containerOverrides": [], "inferenceAcceleratorOverrides": [] })
}

/// Whether the overrides replace a container's command.
pub(super) fn command_overridden(overrides: &Value) -> bool {
    list(overrides, "containerOverrides")
        .iter()
        .any(|c| !list(c, "command").is_empty())
}

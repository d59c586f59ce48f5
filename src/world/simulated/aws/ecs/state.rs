//! Everything that the simulated ECS remembers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::capacity::Capacity;
use super::definitions::Family;
use super::hooks::Function;
use super::service::{Service, ServiceKey};
use super::task::{Task, TaskId};

/// The state of the simulated ECS.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ecs {
    /// Clusters by name, in the API's shape.
    pub(super) clusters: BTreeMap<String, Value>,
    /// Task definitions by family.
    pub(super) families: BTreeMap<String, Family>,
    pub(super) services: BTreeMap<ServiceKey, Service>,
    pub(super) tasks: BTreeMap<TaskId, Task>,
    /// Tasks by the end of their ARN.
    pub(super) task_names: BTreeMap<String, TaskId>,
    pub(super) next_task: u64,
    /// Tasks by `RunTask` client token.
    pub(super) tokens: BTreeMap<String, Vec<TaskId>>,
    /// What lifecycle hooks call, by ARN or name.
    pub(super) functions: BTreeMap<String, Function>,
    pub(super) capacity: Capacity,
}

impl Ecs {
    /// Forgets a stopped task.
    pub(super) fn forget(&mut self, id: TaskId) {
        if let Some(task) = self.tasks.remove(&id) {
            self.task_names.remove(&task.name);
            if let Some(service) = task.service.and_then(|key| self.services.get_mut(&key)) {
                service.stopped.retain(|t| *t != id);
            }
        }
    }

    /// Whether a cluster of that name is known.
    pub(crate) fn has_cluster(&self, name: &str) -> bool {
        self.clusters.contains_key(name)
    }

    /// Makes a cluster known, in the API's shape.
    pub(crate) fn add_cluster(&mut self, name: String, raw: Value) {
        self.clusters.insert(name, raw);
    }

    /// The name of the first cluster.
    pub(crate) fn first_cluster(&self) -> Option<&str> {
        self.clusters.keys().next().map(String::as_str)
    }

    /// A service by its key.
    pub(crate) fn service(&self, key: &ServiceKey) -> Option<&Service> {
        self.services.get(key)
    }

    /// All services, by their keys.
    pub(crate) fn services(&self) -> impl Iterator<Item = (&ServiceKey, &Service)> {
        self.services.iter()
    }

    /// Makes a service known as it is; nothing is scheduled.
    pub(crate) fn add_service(&mut self, key: ServiceKey, service: Service) {
        self.services.insert(key, service);
    }

    /// The tasks of a service that are not STOPPED.
    pub(crate) fn tasks_of<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Task> {
        service.tasks.iter().filter_map(|id| self.tasks.get(id))
    }

    /// A task by its id.
    pub(crate) fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.get(&id)
    }

    /// The id of a task, by the end of its ARN.
    pub(crate) fn task_named(&self, name: &str) -> Option<TaskId> {
        self.task_names.get(name).copied()
    }

    /// All tasks that are described.
    pub(crate) fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.values()
    }

    /// A family of task definitions, made if there is none.
    pub(crate) fn family_mut(&mut self, name: &str) -> &mut Family {
        self.families.entry(name.to_owned()).or_default()
    }

    /// All families of task definitions.
    pub(crate) fn families(&self) -> impl Iterator<Item = &Family> {
        self.families.values()
    }

    /// Says what the function behind a lifecycle hook does.
    pub(crate) fn add_function(&mut self, name: String, function: Function) {
        self.functions.insert(name, function);
    }

    /// Says how much there is room for.
    pub(crate) fn set_capacity(&mut self, capacity: Capacity) {
        self.capacity = capacity;
    }
}

//! Everything that the simulated ECS remembers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use super::definition::Family;
use super::hook::Function;
use super::ids::{ServiceKey, TaskId};
use super::instance::Instance;
use super::service::Service;
use super::service_groups::groups_of;
use super::task::Task;

/// What there is room for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Capacity {
    /// Tasks at once; `None`: as many as are wanted.
    pub(crate) tasks: Option<usize>,
    /// How much longer it takes until a task is placed.
    pub(crate) placement: Duration,
    /// The instances of clusters that have some.
    pub(crate) instances: Vec<Instance>,
    /// Clusters whose instances nobody has described, though tasks run there: they have as many as are wanted.
    pub(crate) unbounded: BTreeSet<String>,
}

/// The state of the simulated ECS.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ecs {
    /// Clusters by name, in the API's shape.
    pub(super) clusters: BTreeMap<String, Value>,
    /// Task definitions of the account, by family.
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
    /// Services that have named a target group, by its ARN; some may have left it since.
    pub(super) behind: BTreeMap<String, BTreeSet<ServiceKey>>,
    /// Services that split their traffic differently, and nobody has taken note of yet.
    pub(super) splits: Vec<ServiceKey>,
}

impl Ecs {
    /// Takes the services that split their traffic differently since this was last asked.
    pub(crate) fn take_splits(&mut self) -> Vec<ServiceKey> {
        std::mem::take(&mut self.splits)
    }

    /// Removes a stopped task, which ECS no longer describes.
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

    /// The names of all clusters, in alphabetical order.
    pub(crate) fn cluster_names(&self) -> impl Iterator<Item = &String> {
        self.clusters.keys()
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
        self.services.insert(key.clone(), service);
        self.note_target_groups(&key);
    }

    /// Notes the target groups that a service names.
    pub(super) fn note_target_groups(&mut self, key: &ServiceKey) {
        for arn in self.services.get(key).into_iter().flat_map(groups_of) {
            let services = self.behind.entry(arn.to_owned()).or_default();
            services.insert(key.clone());
        }
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

    /// Notes the clusters where tasks run on instances that nobody has described.
    pub(crate) fn assume_instances(&mut self) {
        let described = |cluster: &str| {
            let mut instances = self.capacity.instances.iter();
            instances.any(|i| i.cluster == cluster)
        };
        let tasks = self.tasks.values().filter(|t| t.launch_type == "EC2");
        let clusters = tasks.map(|t| t.cluster.to_string());
        let unbounded = clusters.filter(|cluster| !described(cluster)).collect();
        self.capacity.unbounded = unbounded;
    }
}

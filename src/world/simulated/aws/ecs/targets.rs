//! The tasks that services have registered with target groups.

use super::service::Service;
use super::task::{Status, Task};
use crate::world::simulated::aws::elb::{Health, Member};
use crate::world::simulated::cloud::Cloud;

/// The services that register with a target group.
pub(crate) fn behind<'a>(cloud: &'a Cloud, arn: &str) -> Vec<&'a Service> {
    let balances = |service: &&Service| service.balances(arn);
    let keys = cloud.ecs.behind.get(arn).into_iter().flatten();
    let known = keys.filter_map(|key| cloud.ecs.services.get(key));
    known.filter(balances).collect()
}

/// The tasks that a service has registered with one of its target groups.
pub(crate) fn registered<'a>(cloud: &'a Cloud, service: &'a Service, arn: &str) -> Vec<&'a Task> {
    let here = |task: &&Task| {
        service.target_groups(task.alternate).any(|a| a == arn)
            && task.status >= Status::Activating
            && task.target != Health::Unchecked
    };
    cloud.ecs.tasks_of(service).filter(here).collect()
}

/// The tasks that are registered with a target group, by their services.
fn members<'a>(cloud: &'a Cloud, arn: &str) -> Vec<(&'a Service, &'a Task)> {
    let with = |service| {
        let tasks = registered(cloud, service, arn).into_iter();
        tasks.map(move |task| (service, task))
    };
    behind(cloud, arn).into_iter().flat_map(with).collect()
}

/// Whether a registered task can be sent requests.
pub(crate) fn takes(task: &Task) -> bool {
    task.wanted() && task.status == Status::Running
}

/// The tasks that get a target group's requests: healthy ones; where there are none, all of them.
pub(crate) fn serving<'a>(cloud: &'a Cloud, arn: &str) -> Vec<&'a Task> {
    let running: Vec<&Task> = members(cloud, arn)
        .into_iter()
        .map(|(_, task)| task)
        .filter(|t| takes(t))
        .collect();
    let healthy: Vec<&Task> = running
        .iter()
        .copied()
        .filter(|t| t.target == Health::Healthy)
        .collect();
    if healthy.is_empty() { running } else { healthy }
}

/// The tasks that are registered with a target group, as its targets.
pub(crate) fn members_of(cloud: &Cloud, arn: &str) -> Vec<Member> {
    let targets = members(cloud, arn).into_iter();
    targets
        .map(|(service, task)| Member {
            ip: task.ip.clone(),
            port: service.port(),
            health: task.target,
        })
        .collect()
}

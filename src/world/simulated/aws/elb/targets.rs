//! The targets of target groups: services' tasks, and what is registered by hand.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::groups::{TargetGroup, group_mut, not_found};
use super::{needed, validation};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::ecs::service::{Service, tasks};
use crate::world::simulated::aws::ecs::task::{Health, Status, Task};
use crate::world::simulated::aws::json::{list, number, text};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;
use crate::world::simulated::outside::traffic;

/// A target that was registered by hand.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    id: String,
    port: u64,
    registered: Timestamp,
    /// When it was deregistered.
    leaving: Option<Timestamp>,
}

impl TargetGroup {
    /// How a target that was registered by hand stands; `None`: it has left.
    fn stands(&self, target: &Target, now: Timestamp) -> Option<Health> {
        if let Some(leaving) = target.leaving {
            return (now < later(leaving, self.deregistration_delay)).then_some(Health::Draining);
        }
        let proven = later(target.registered, self.interval * self.healthy_threshold);
        Some(if now < proven {
            Health::Initial
        } else {
            Health::Healthy
        })
    }

    fn present(&self, now: Timestamp) -> impl Iterator<Item = (&Target, Health)> {
        let stands = move |t| self.stands(t, now).map(|health| (t, health));
        self.targets.iter().filter_map(stands)
    }
}

/// The services that register with a target group.
pub(crate) fn behind<'a>(cloud: &'a Cloud, arn: &str) -> Vec<&'a Service> {
    let balances = |service: &&Service| service.balances(arn);
    match traffic::behind(cloud, arn) {
        Some(keys) => {
            let known = keys.filter_map(|key| cloud.ecs.service(key));
            known.filter(balances).collect()
        }
        None => cloud
            .ecs
            .services()
            .map(|(_, service)| service)
            .filter(balances)
            .collect(),
    }
}

/// ARNs of the target groups with which a service registers tasks, in either slot.
pub(crate) fn groups_of(service: &Service) -> impl Iterator<Item = &str> {
    let usual: Vec<&str> = service.target_groups(false).collect();
    let other = service.target_groups(true);
    let other: Vec<&str> = other.filter(|arn| !usual.contains(arn)).collect();
    usual.into_iter().chain(other)
}

/// The tasks that a service has registered with one of its target groups.
pub(crate) fn registered<'a>(cloud: &'a Cloud, service: &'a Service, arn: &str) -> Vec<&'a Task> {
    let here = |task: &&Task| {
        service.target_groups(task.alternate).any(|a| a == arn)
            && task.status >= Status::Activating
            && task.target != Health::Unchecked
    };
    tasks(cloud, service).filter(here).collect()
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

/// Healthy and unhealthy tasks behind a group.
pub(crate) fn healthy(cloud: &Cloud, arn: &str) -> (u32, u32) {
    count(members(cloud, arn).into_iter().map(|(_, task)| task.target))
}

/// Healthy and unhealthy targets that were registered by hand, at a time.
pub(crate) fn by_hand(cloud: &Cloud, arn: &str, at: Timestamp) -> (u32, u32) {
    let group = cloud.elb.groups.get(arn).into_iter();
    count(group.flat_map(|g| g.present(at)).map(|(_, health)| health))
}

/// How many are healthy, and how many are not.
pub(crate) fn count(all: impl Iterator<Item = Health>) -> (u32, u32) {
    all.fold((0, 0), |(healthy, unhealthy), health| match health {
        Health::Healthy => (healthy + 1, unhealthy),
        Health::Unhealthy | Health::Initial => (healthy, unhealthy + 1),
        Health::Draining | Health::Unchecked => (healthy, unhealthy),
    })
}

pub(super) fn target_health(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let arn = needed(input, "TargetGroupArn")?;
    let group = cloud.elb.groups.get(arn).ok_or_else(not_found)?;
    let asked: Vec<&str> = list(input, "Targets")
        .iter()
        .filter_map(|t| text(t, "Id"))
        .collect();
    let wanted = |id: &str| asked.is_empty() || asked.contains(&id);
    let mut out = Vec::new();
    for (service, task) in members(cloud, arn) {
        if wanted(&task.ip) {
            out.push(target(cloud, &task.ip, service.port(), task.target));
        }
    }
    for (by_hand, health) in group.present(cloud.now()) {
        if wanted(&by_hand.id) {
            out.push(target(cloud, &by_hand.id, by_hand.port, health));
        }
    }
    for id in asked {
        if !out.iter().any(|t| t["Target"]["Id"] == id) {
            let mut unused = target(cloud, id, u64::from(group.port), Health::Initial);
            unused["TargetHealth"] = json!({
                "State": "unused",
                "Reason": "Target.NotRegistered",
                "Description": "Target is not registered to the target group",
            });
            out.push(unused);
        }
    }
    Ok(json!({ "TargetHealthDescriptions": out }))
}

fn target(cloud: &Cloud, id: &str, port: u64, health: Health) -> Value {
    let health = match health {
        Health::Healthy | Health::Unchecked => json!({ "State": "healthy" }),
        Health::Initial => json!({
            "State": "initial",
            "Reason": "Elb.RegistrationInProgress",
            "Description": "Target registration is in progress",
        }),
        Health::Unhealthy => json!({
            "State": "unhealthy",
            "Reason": "Target.ResponseCodeMismatch",
            "Description": "Health checks failed with these codes: [503]",
        }),
        Health::Draining => json!({
            "State": "draining",
            "Reason": "Target.DeregistrationInProgress",
            "Description": "Target deregistration is in progress",
        }),
    };
    json!({
        "Target": {
            "Id": id,
            "Port": port,
            "AvailabilityZone": format!("{}a", cloud.kernel.region),
        },
        "HealthCheckPort": port.to_string(),
        "TargetHealth": health,
    })
}

pub(super) fn register(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let now = cloud.now();
    let group = group_mut(cloud, input)?;
    let given = list(input, "Targets");
    if given.is_empty() {
        return Err(validation("At least one target must be specified"));
    }
    for target in given {
        let id = needed(target, "Id")?.to_owned();
        let port = number(target, "Port").unwrap_or(u64::from(group.port));
        group.targets.retain(|t| t.id != id || t.port != port);
        group.targets.push(Target {
            id,
            port,
            registered: now,
            leaving: None,
        });
    }
    Ok(json!({}))
}

pub(super) fn deregister(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let now = cloud.now();
    let group = group_mut(cloud, input)?;
    for target in list(input, "Targets") {
        let id = needed(target, "Id")?;
        let port = number(target, "Port");
        for known in &mut group.targets {
            if known.id == id && port.is_none_or(|p| p == known.port) {
                known.leaving.get_or_insert(now);
            }
        }
    }
    Ok(json!({}))
}

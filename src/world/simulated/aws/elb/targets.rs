//! The targets of target groups: services' tasks, and what is registered by hand.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Elb;
use super::groups::{Target, TargetGroup, group_mut, not_found};
use super::{needed, refusals, validation};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, number, text};
use crate::world::simulated::kernel::Kernel;
use crate::world::simulated::kernel::clock::later;

/// What the checks of a load balancer, or of a container, say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// There is no check that could pass or fail.
    Unchecked,
    /// The checks have not decided yet.
    Initial,
    Healthy,
    Unhealthy,
    /// Being taken out of the load balancer.
    Draining,
}

/// A target that a service has registered.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) ip: String,
    pub(crate) port: u64,
    pub(crate) health: Health,
}

impl TargetGroup {
    /// How a target that was registered by hand stands; `None`: it has left.
    fn stands(&self, target: &Target, now: Timestamp) -> Option<Health> {
        if let Some(leaving) = target.leaving {
            return (now < later(leaving, self.deregistration_delay)).then_some(Health::Draining);
        }
        // A new target is healthy once its first check has passed; the threshold counts only after failures.
        let checked = later(target.registered, self.interval);
        Some(if now < checked {
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

/// Healthy and unhealthy targets that were registered by hand, at a time.
pub(crate) fn by_hand(elb: &Elb, arn: &str, at: Timestamp) -> (u32, u32) {
    let group = elb.groups.get(arn).into_iter();
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

/// Answers `DescribeTargetHealth`; `members` are the targets that services have registered with the group.
pub(super) fn target_health(
    elb: &Elb,
    kernel: &Kernel,
    input: &Value,
    members: &[Member],
) -> Result<Value, Fault> {
    let arn = needed(input, "TargetGroupArn")?;
    let group = elb.groups.get(arn).ok_or_else(not_found)?;
    let asked: Vec<&str> = list(input, "Targets")
        .iter()
        .filter_map(|t| text(t, "Id"))
        .collect();
    let wanted = |id: &str| asked.is_empty() || asked.contains(&id);
    let mut out = Vec::new();
    for member in members {
        if wanted(&member.ip) {
            out.push(target(kernel, &member.ip, member.port, member.health));
        }
    }
    for (by_hand, health) in group.present(kernel.now()) {
        if wanted(&by_hand.id) {
            out.push(target(kernel, &by_hand.id, by_hand.port, health));
        }
    }
    for id in asked {
        if !out.iter().any(|t| t["Target"]["Id"] == id) {
            let mut unused = target(kernel, id, u64::from(group.port), Health::Initial);
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

fn target(kernel: &Kernel, id: &str, port: u64, health: Health) -> Value {
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
            "AvailabilityZone": format!("{}a", kernel.region),
        },
        "HealthCheckPort": port.to_string(),
        "TargetHealth": health,
    })
}

pub(super) fn register(elb: &mut Elb, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let now = kernel.now();
    let group = group_mut(elb, input)?;
    let given = list(input, "Targets");
    if given.is_empty() {
        return Err(validation("At least one target must be specified"));
    }
    for target in given {
        refusals::target(group, needed(target, "Id")?, target)?;
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

pub(super) fn deregister(elb: &mut Elb, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let now = kernel.now();
    let group = group_mut(elb, input)?;
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

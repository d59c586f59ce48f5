//! Deployments begin, are stopped and rolled back.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::app_spec::{check, content};
use super::state::{AliasMove, Deployment, Event, Group, LifecycleEvent, SHIFT};
use super::{group_key, named};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, list, number, object, text};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// Answers `CreateDeployment`: the deployment begins, or is refused.
pub(super) fn create(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let key = group_key(&cloud.codedeploy, input)?;
    let revision = input
        .get("revision")
        .ok_or_else(|| Fault::new("RevisionRequiredException", "Revision is required"))?;
    let now = cloud.now();
    let active = cloud
        .codedeploy
        .deployments
        .iter()
        .find(|(_, deployment)| deployment.group == key && deployment.status(now).1.is_none());
    if let Some((id, _)) = active {
        return Err(Fault::new(
            "DeploymentLimitExceededException",
            format!(
                "The Deployment Group '{}' already has an active Deployment '{id}'",
                key.1
            ),
        ));
    }
    let group = &cloud.codedeploy.groups[&key];
    let moves = check(group.platform, revision)?;
    let id = begin(cloud, &key, object(input), "user", moves);
    Ok(json!({ "deploymentId": id }))
}

/// Begins a deployment; its id.
fn begin(
    cloud: &mut Cloud,
    key: &(String, String),
    input: Map<String, Value>,
    creator: &'static str,
    moves: Option<AliasMove>,
) -> String {
    let id = format!("d-{}", cloud.kernel.rng.hex(9).to_uppercase());
    let now = cloud.now();
    let well = cloud.kernel.all_goes_well() || creator != "user";
    let group = &cloud.codedeploy.groups[key];
    let revision = input.get("revision").unwrap_or(&Value::Null);
    let text_of = content(revision).unwrap_or_default();
    let mut failures = group.failures.iter().filter(|_| !well);
    let failure = failures
        .find(|failure| text_of.contains(&failure.revision))
        .cloned();
    let shift = shift_of(&input, group);
    let mut events: Vec<LifecycleEvent> = Vec::new();
    let mut at = later(now, Duration::from_secs(2));
    for name in group.platform.events() {
        let takes = match *name {
            SHIFT => shift.takes().max(Duration::from_secs(5)),
            _ => group.event_takes,
        };
        let fails = failure.clone().filter(|failure| failure.event == *name);
        let event = LifecycleEvent {
            name,
            start: at,
            end: later(at, takes),
            fails,
        };
        at = event.end;
        let ends = event.fails.is_some();
        events.push(event);
        if ends {
            break;
        }
    }
    let deployment = Deployment {
        group: key.clone(),
        input,
        created: now,
        creator,
        completes: later(at, termination(group)),
        events,
        stopped: None,
        rolled_back_by: None,
        rolls_back: None,
    };
    schedule(cloud, &id, &deployment, moves, shift);
    cloud.codedeploy.deployments.insert(id.clone(), deployment);
    id
}

/// What happens of a deployment by itself.
fn schedule(
    cloud: &mut Cloud,
    id: &str,
    deployment: &Deployment,
    moves: Option<AliasMove>,
    shift: Shift,
) {
    let now = deployment.created;
    let until = |at: Timestamp| at.duration_since(now).try_into().unwrap_or_default();
    let shifting = deployment.events.iter().find(|event| event.name == SHIFT);
    if let (Some(event), Some(moves)) = (shifting, moves) {
        for (after, share) in shift.steps() {
            let at = later(event.start, after);
            if event.fails.is_none() || at < event.end {
                let event = Event::Share(id.to_owned(), moves.clone(), share);
                cloud.after(until(at), event);
            }
        }
    }
    let ends = match deployment.events.last() {
        Some(last) if last.fails.is_some() => last.end,
        _ => deployment.completes,
    };
    cloud.after(until(ends), Event::Ended(id.to_owned()));
}

/// How traffic moves, as the name of the deployment configuration says it.
#[derive(Debug, Clone, Copy)]
struct Shift {
    /// Percent of a step; 100: all at once.
    percent: u32,
    interval: Duration,
    linear: bool,
}

impl Shift {
    /// When the share of the new version becomes what, from 0 to 1.
    fn steps(self) -> Vec<(Duration, f64)> {
        let whole = |percent: u32| f64::from(percent) / 100.0;
        if self.percent >= 100 {
            return vec![(Duration::ZERO, 1.0)];
        }
        if !self.linear {
            return vec![(Duration::ZERO, whole(self.percent)), (self.interval, 1.0)];
        }
        let count = 100_u32.div_ceil(self.percent.max(1));
        let step = |n: u32| (self.interval * n, whole(((n + 1) * self.percent).min(100)));
        (0..count).map(step).collect()
    }

    fn takes(self) -> Duration {
        self.steps()
            .last()
            .map_or(Duration::ZERO, |(after, _)| *after)
    }
}

/// `CodeDeployDefault.ECSCanary10Percent5Minutes`, `CodeDeployDefault.LambdaLinear10PercentEvery1Minute`, and those that
/// are named like them; all others move all at once.
fn shift_of(input: &Map<String, Value>, group: &Group) -> Shift {
    let own = input.get("deploymentConfigName").and_then(Value::as_str);
    let of_group = group
        .raw
        .get("deploymentConfigName")
        .and_then(Value::as_str);
    let name = own.or(of_group).unwrap_or_default();
    let number = |after: &str| -> Option<u32> {
        let (_, rest) = name.split_once(after)?;
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        rest[..end].parse().ok()
    };
    let canary = number("Canary").zip(number("Percent"));
    let linear = number("Linear").zip(number("PercentEvery"));
    let (percent, minutes, linear) = match (canary, linear) {
        (Some((percent, minutes)), _) => (percent, minutes, false),
        (_, Some((percent, minutes))) => (percent, minutes, true),
        _ => (100, 0, false),
    };
    Shift {
        percent,
        interval: Duration::from_secs(u64::from(minutes) * 60),
        linear,
    }
}

/// How long the old tasks are kept.
fn termination(group: &Group) -> Duration {
    let of = group.raw.get("blueGreenDeploymentConfiguration");
    let of = of.and_then(|of| of.get("terminateBlueInstancesOnDeploymentSuccess"));
    let minutes = of.and_then(|of| number(of, "terminationWaitTimeInMinutes"));
    Duration::from_secs(minutes.unwrap_or(0) * 60)
}

/// Answers `StopDeployment`: the deployment ends, and perhaps rolls back.
pub(super) fn stop(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let now = cloud.now();
    let (id, deployment) = named(&cloud.codedeploy, input)?;
    let (status, ended) = deployment.status(now);
    if ended.is_some() {
        return Err(Fault::new(
            "DeploymentAlreadyCompletedException",
            format!("The deployment {id} has already ended: {status}"),
        ));
    }
    let id = id.to_owned();
    if let Some(deployment) = cloud.codedeploy.deployments.get_mut(&id) {
        deployment.stopped = Some(now);
    }
    if flag(input, "autoRollbackEnabled") || rolls_back_on(cloud, &id, "DEPLOYMENT_STOP_ON_REQUEST")
    {
        roll_back(cloud, &id);
    }
    Ok(json!({ "status": "Succeeded", "statusMessage": "No more events will be scheduled." }))
}

/// Whether a deployment is rolled back on an event, as it says itself or its group.
pub(super) fn rolls_back_on(cloud: &Cloud, id: &str, event: &str) -> bool {
    let Some(deployment) = cloud.codedeploy.deployments.get(id) else {
        return false;
    };
    let of = "autoRollbackConfiguration";
    let group = cloud.codedeploy.groups[&deployment.group].raw.get(of);
    let rolls = deployment.input.get(of).or(group);
    rolls.is_some_and(|rolls| {
        flag(rolls, "enabled") && list(rolls, "events").iter().any(|own| own == event)
    })
}

/// CodeDeploy deploys what was there before, as a deployment of its own.
pub(super) fn roll_back(cloud: &mut Cloud, id: &str) {
    let Some(deployment) = cloud.codedeploy.deployments.get(id).cloned() else {
        return;
    };
    let revision = deployment.input.get("revision").unwrap_or(&Value::Null);
    let platform = cloud.codedeploy.groups[&deployment.group].platform;
    let back = check(platform, revision)
        .ok()
        .flatten()
        .map(|moves| AliasMove {
            from: moves.to,
            to: moves.from,
            ..moves
        });
    let last = cloud.codedeploy.groups[&deployment.group].last.clone();
    let before = last.and_then(|last| cloud.codedeploy.deployments.get(&last));
    let revision = before
        .and_then(|before| before.input.get("revision"))
        .unwrap_or(revision);
    let mut input = Map::new();
    for (name, value) in [
        ("revision", revision.clone()),
        (
            "deploymentConfigName",
            json!(format!("CodeDeployDefault.{}AllAtOnce", platform.name())),
        ),
    ] {
        input.insert(name.to_owned(), value);
    }
    for name in ["applicationName", "deploymentGroupName"] {
        if let Some(value) = text(&Value::Object(deployment.input.clone()), name) {
            input.insert(name.to_owned(), json!(value));
        }
    }
    let rollback = begin(cloud, &deployment.group, input, "codeDeployRollback", back);
    let all = &mut cloud.codedeploy.deployments;
    if let Some(own) = all.get_mut(&rollback) {
        own.rolls_back = Some(id.to_owned());
    }
    if let Some(own) = all.get_mut(id) {
        own.rolled_back_by = Some(rollback);
    }
}

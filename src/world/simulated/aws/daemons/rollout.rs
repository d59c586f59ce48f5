//! How a daemon deployment goes on: a batch of instances drains, is replaced, and its daemon tasks start or do not.
//!
//! ECS Developer Guide, "Daemon deployments".

use std::time::Duration;

use serde_json::Value;

use super::deployment::{DaemonDeployment, Rollback, Status};
use super::key::DaemonKey;
use super::state::Daemon;
use super::step::Step;
use crate::world::simulated::aws::json::{flag, list, number, text, texts};
use crate::world::simulated::aws::{cloudwatch, ecr};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// From a call until ECS begins with it.
pub(super) const REACTION: Duration = Duration::from_secs(5);
/// From a task that did not start until the next try, and between two looks at the alarms.
const RETRY: Duration = Duration::from_secs(30);
/// Share of the instances that drain at once where nothing is said, in percent.
const DRAIN: f64 = 25.0;

/// Lets a deployment go on after a while.
pub(super) fn go_on(cloud: &mut Cloud, key: &DaemonKey, deployment: &str, after: Duration) {
    let step = Step {
        key: key.clone(),
        deployment: deployment.to_owned(),
    };
    cloud.after(after, step);
}

/// What happens next in a deployment.
pub(crate) fn happen(cloud: &mut Cloud, step: &Step) {
    let now = cloud.now();
    let Some(mut daemon) = cloud.daemons.daemons.get(&step.key).cloned() else {
        return;
    };
    let newest = daemon.deployments.first();
    if newest.is_none_or(|it| it.id != step.deployment || it.status.ended()) {
        return;
    }
    let next = match daemon.deleting {
        true => drain_all(&mut daemon),
        false => advance(cloud, &mut daemon),
    };
    let gone = daemon.deleting && daemon.running.values().all(|count| *count == 0);
    daemon.updated = now;
    if gone {
        cloud.daemons.daemons.remove(&step.key);
        return;
    }
    cloud.daemons.daemons.insert(step.key.clone(), daemon);
    if let Some(after) = next {
        go_on(cloud, &step.key, &step.deployment, after);
    }
}

/// A daemon that is deleted leaves its instances.
fn drain_all(daemon: &mut Daemon) -> Option<Duration> {
    daemon.running.clear();
    None
}

/// One step; returns after how long the next one follows.
fn advance(cloud: &mut Cloud, daemon: &mut Daemon) -> Option<Duration> {
    let now = cloud.now();
    let ringing = ringing(cloud, daemon);
    let deployment = daemon.deployments.first_mut()?;
    if deployment.status == Status::Pending {
        deployment.become_(Status::InProgress, "", now);
        deployment.started = Some(now);
    }
    if deployment.status == Status::InProgress && !ringing.is_empty() {
        deployment.alarmed = ringing;
        return fail(
            daemon,
            "one or more CloudWatch alarms are in the ALARM state",
            now,
        );
    }
    if !daemon.deployments.first()?.draining.is_empty()
        && let Some(after) = start_batch(cloud, daemon)
    {
        return after;
    }
    drain_batch(cloud, daemon)
}

/// Starts the daemon on the instances that have replaced the drained ones. `None`: all of them run it.
#[expect(
    clippy::option_option,
    reason = "the outer one: it goes on; the inner one: when"
)]
fn start_batch(cloud: &mut Cloud, daemon: &mut Daemon) -> Option<Option<Duration>> {
    let now = cloud.now();
    let deployment = daemon.deployments.first_mut()?;
    let goal = deployment.goal().to_owned();
    let back = deployment.rollback.is_some();
    if let Some(why) = failure(cloud, daemon, &goal, back) {
        let deployment = daemon.deployments.first_mut()?;
        deployment.failures += 1;
        if deployment.failures < deployment.threshold {
            return Some(Some(RETRY));
        }
        if back {
            let reason = format!("The rollback failed: {why}.");
            deployment.become_(Status::RollbackFailed, &reason, now);
            return Some(None);
        }
        deployment.tripped = true;
        return Some(fail(
            daemon,
            &format!("the circuit breaker threshold was exceeded: {why}"),
            now,
        ));
    }
    let deployment = daemon.deployments.first_mut()?;
    for (provider, count) in std::mem::take(&mut deployment.draining) {
        let slot = daemon.running.entry((goal.clone(), provider)).or_insert(0);
        *slot += count;
    }
    None
}

/// Drains the next instances, or ends the deployment if there are none left.
fn drain_batch(cloud: &mut Cloud, daemon: &mut Daemon) -> Option<Duration> {
    let now = cloud.now();
    let deployment = daemon.deployments.first()?;
    let goal = deployment.goal().to_owned();
    let share = deployment.configuration.get("drainPercent");
    let share = share
        .and_then(Value::as_f64)
        .filter(|it| *it > 0.0)
        .unwrap_or(DRAIN);
    let mut batch = Vec::new();
    for provider in daemon.revision(&goal)?.providers.clone() {
        let all = cloud.daemons.instances.get(&provider).copied().unwrap_or(0);
        let left = all.saturating_sub(daemon.running_on(&goal, &provider));
        let most = ((f64::from(all) * share / 100.0).ceil() as u32).max(1);
        let count = left.min(most);
        if count > 0 {
            batch.push((provider, count));
        }
    }
    if batch.is_empty() {
        return end(daemon, now);
    }
    for (provider, count) in &batch {
        let mut left = *count;
        for ((revision, of), running) in &mut daemon.running {
            if *of == *provider && *revision != goal {
                let taken = left.min(*running);
                *running -= taken;
                left -= taken;
            }
        }
    }
    daemon.running.retain(|_, count| *count > 0);
    daemon.deployments.first_mut()?.draining = batch;
    // Tasks leave the instances, others are launched, and the daemon starts first.
    Some(cloud.kernel.rng.millis(90_000, 150_000))
}

/// All instances run what they should: the deployment bakes, then it is over.
fn end(daemon: &mut Daemon, now: jiff::Timestamp) -> Option<Duration> {
    let deployment = daemon.deployments.first_mut()?;
    if deployment.rollback.is_some() {
        let reason = deployment.reason.clone();
        deployment.become_(Status::RollbackSuccessful, &reason, now);
        daemon.proven = Some(daemon.deployments.first()?.goal().to_owned());
        return None;
    }
    let minutes = number(&deployment.configuration, "bakeTimeInMinutes").unwrap_or(0);
    let until = *deployment
        .bakes_until
        .get_or_insert_with(|| later(now, Duration::from_secs(60 * minutes)));
    if now < until {
        return Some(RETRY);
    }
    deployment.become_(Status::Successful, "", now);
    daemon.proven = Some(deployment.target.clone());
    None
}

/// The deployment has failed: it goes back to the revision before, if there is one.
fn fail(daemon: &mut Daemon, why: &str, now: jiff::Timestamp) -> Option<Duration> {
    let proven = daemon.proven.clone();
    let deployment = daemon.deployments.first_mut()?;
    deployment.draining.clear();
    let Some(revision) = proven else {
        let reason = format!("Daemon deployment stopped because {why}.");
        deployment.become_(Status::Stopped, &reason, now);
        return None;
    };
    let reason = format!("Daemon deployment rolled back because {why}.");
    deployment.become_(Status::RollbackInProgress, &reason, now);
    deployment.failures = 0;
    deployment.rollback = Some(Rollback {
        reason,
        started: now,
        revision,
    });
    Some(REACTION)
}

/// Why daemon tasks of a revision do not start; `None`: they do. `back`: the revision has run before.
fn failure(cloud: &mut Cloud, daemon: &Daemon, revision: &str, back: bool) -> Option<String> {
    let definition = &daemon.revision(revision)?.definition;
    let raw = super::definitions::by_arn(cloud, definition)?.raw.clone();
    let raw = Value::Object(raw);
    for container in list(&raw, "containerDefinitions") {
        let image = text(container, "image").unwrap_or_default();
        if let Err(reason) = ecr::pull(&cloud.ecr, &cloud.kernel, image) {
            return Some(reason);
        }
    }
    if back || daemon.proven.as_deref() == Some(revision) {
        return None;
    }
    if cloud.kernel.fault_number("crash-loop", 1).is_some() {
        return Some("Essential container in task exited".to_owned());
    }
    let unhealthy = cloud.kernel.fault("version-unhealthy").is_some();
    unhealthy.then(|| "Task failed container health checks".to_owned())
}

/// The alarms that end a deployment now.
fn ringing(cloud: &Cloud, daemon: &Daemon) -> Vec<String> {
    let Some(deployment) = daemon.deployments.first() else {
        return Vec::new();
    };
    let mut names = watched(&deployment.configuration);
    names.retain(|name| {
        let fires = cloud.kernel.fault_begun("alarm-fires").is_some()
            && cloud.kernel.fault_on("alarm-fires", name);
        !deployment.ignored.contains(name) && (fires || cloudwatch::in_alarm(cloud, name))
    });
    names
}

/// The alarms that a deployment configuration watches.
pub(super) fn watched(configuration: &Value) -> Vec<String> {
    let alarms = configuration.get("alarms").filter(|it| flag(it, "enable"));
    alarms.map_or_else(Vec::new, |it| texts(it, "alarmNames"))
}

/// Those of them that are in ALARM already when a deployment begins.
pub(super) fn ringing_already(cloud: &Cloud, configuration: &Value) -> Vec<String> {
    let mut names = watched(configuration);
    names.retain(|name| cloudwatch::in_alarm(cloud, name));
    names
}

/// So many daemon tasks may fail: half of the instances, at least 3 and at most 200, as for services.
pub(super) fn threshold(instances: u32) -> u32 {
    instances.div_ceil(2).clamp(3, 200)
}

/// A deployment before it begins.
pub(super) fn pending(
    cloud: &Cloud,
    id: String,
    target: &str,
    configuration: Value,
    instances: u32,
) -> DaemonDeployment {
    DaemonDeployment {
        id,
        target: target.to_owned(),
        sources: Vec::new(),
        status: Status::Pending,
        reason: String::new(),
        created: cloud.now(),
        started: None,
        finished: None,
        ignored: ringing_already(cloud, &configuration),
        configuration,
        draining: Vec::new(),
        failures: 0,
        threshold: threshold(instances),
        tripped: false,
        alarmed: Vec::new(),
        bakes_until: None,
        rollback: None,
    }
}

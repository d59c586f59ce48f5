//! Failing deployments: counting failures, starting less often, giving up, rolling back.

use std::time::Duration;

use super::agenda::poke;
use super::deployment::Rollout;
use super::event::Event;
use super::ids::ServiceKey;
use super::new_deployment::deploy_revision;
use super::revision::Revision;
use super::service::CompletedDeployment;
use super::service_deployment::{Rollback, Status};
use super::{service_events, traffic};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// From a broken circuit until the scheduler acts on the rollback.
const ROLLBACK: Duration = Duration::from_secs(10);

/// A task of a deployment has become healthy: failures are counted anew, unless the circuit breaker adds them all up.
pub(crate) fn task_proved(cloud: &mut Cloud, key: &ServiceKey, deployment: &str) {
    let now = cloud.now();
    let Some(service) = cloud.ecs.services.get_mut(key) else {
        return;
    };
    let resets = service.breaker().is_none_or(|b| b.resets);
    if let Some(deployment) = service.deployment_mut(deployment) {
        if resets {
            deployment.failed_tasks = 0;
        }
        deployment.not_before = now;
    }
}

/// A task of a deployment has failed to start, or has failed its checks. ECS waits longer and longer with the next one only
/// where tasks have not even come to be RUNNING (`ran`).
pub(crate) fn task_failed(cloud: &mut Cloud, key: &ServiceKey, id: &str, ran: bool) {
    let now = cloud.now();
    let Some(service) = cloud.ecs.services.get_mut(key) else {
        return;
    };
    service.steady = false;
    let breaker = service.breaker();
    let is_primary = service.primary().is_some_and(|p| p.id == id);
    let Some(deployment) = service.deployment_mut(id) else {
        return;
    };
    deployment.failed_tasks += 1;
    deployment.updated = now;
    let failures = deployment.failed_tasks;
    let open = is_primary && deployment.rollout == Rollout::InProgress;
    match breaker {
        Some(breaker) if open && failures >= breaker.threshold => {
            fail(cloud, key, Cause::Tasks, breaker.rollback);
        }
        _ if is_primary && failures >= 3 && !ran => back_off(cloud, key, failures),
        _ => {}
    }
}

/// ECS starts tasks less and less often where they keep failing.
fn back_off(cloud: &mut Cloud, key: &ServiceKey, failures: u32) {
    let pause = Duration::from_secs(10 << (failures - 3).min(7));
    let until = later(cloud.now(), pause);
    if let Some(primary) = cloud
        .ecs
        .services
        .get_mut(key)
        .and_then(|s| s.deployments.first_mut())
    {
        primary.not_before = until;
    }
    cloud.after(pause, Event::Schedule(key.clone()));
    if failures.is_power_of_two() || failures == 3 {
        service_events::say(
            cloud,
            key,
            "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
        );
    }
}

/// Why a deployment is given up.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cause {
    /// Its tasks do not start.
    Tasks,
    /// An alarm that it watches.
    Alarm,
    /// A lifecycle hook, and what it did.
    Hook(String),
    /// A call of `StopServiceDeployment` ended it.
    RolledBack,
}

impl Cause {
    /// What failed the deployment, as its event says it.
    fn words(&self) -> String {
        match self {
            Cause::Tasks => "tasks failed to start".to_owned(),
            Cause::Alarm => "alarm detected".to_owned(),
            Cause::Hook(what) => what.clone(),
            Cause::RolledBack => "rollback requested".to_owned(),
        }
    }

    /// The beginning of `rolloutStateReason`, which names who gave it up.
    fn detector(&self) -> &'static str {
        match self {
            Cause::Tasks => "ECS deployment circuit breaker",
            Cause::Alarm => "ECS deployment alarm",
            Cause::Hook(_) => "ECS deployment lifecycle hook",
            Cause::RolledBack => "ECS deployment stopped",
        }
    }

    /// `statusReason` of the service deployment.
    fn status_reason(&self, back: bool) -> String {
        let why = match self {
            Cause::Tasks => "the circuit breaker threshold was exceeded".to_owned(),
            Cause::Alarm => "of one or more CloudWatch alarms in ALARM state".to_owned(),
            Cause::Hook(what) => format!("the {what}"),
            Cause::RolledBack => "of a user request".to_owned(),
        };
        let what = if back { "rolled back" } else { "stopped" };
        format!("Service deployment {what} because {why}.")
    }
}

/// The PRIMARY deployment has failed; what completed last is deployed again where that is wanted.
pub(super) fn fail(cloud: &mut Cloud, key: &ServiceKey, cause: Cause, rollback: bool) {
    let now = cloud.now();
    let Some(service) = cloud.ecs.services.get_mut(key) else {
        return;
    };
    let Some(failed) = service.deployments.first_mut() else {
        return;
    };
    let failures = failed.failed_tasks;
    let reason = format!("{}: {}.", cause.detector(), cause.words());
    failed.become_(Rollout::Failed, reason, now);
    let failed_id = failed.id.clone();
    let proven = service.proven.clone();
    let way_back = proven.filter(|p| rollback && p.deployment != failed_id);
    // A rollback that fails is not rolled back.
    let failed_back = service
        .history
        .first()
        .is_some_and(|d| d.status == Status::RollbackInProgress);
    let way_back = way_back.filter(|_| !failed_back);
    if let Some(current) = service.history.first_mut() {
        if cause == Cause::Tasks && !failed_back {
            current.tripped = Some(failures);
        }
        let reason = cause.status_reason(way_back.is_some());
        let status = match (failed_back, &way_back) {
            (true, _) => Status::RollbackFailed,
            (false, Some(_)) => Status::RollbackInProgress,
            (false, None) => Status::Stopped,
        };
        current.become_(status, &reason, now);
        current.rollback = match &way_back {
            Some(proven) => Some(Rollback {
                reason,
                started: now,
                revision: proven.revision.id.clone(),
            }),
            None => current.rollback.take(),
        };
    }
    let words = format!(
        "(deployment {failed_id}) deployment failed: {}.",
        cause.words()
    );
    service_events::say(cloud, key, &words);
    if let Some(proven) = way_back {
        roll_back(cloud, key, &cause, proven);
    }
}

fn roll_back(cloud: &mut Cloud, key: &ServiceKey, cause: &Cause, proven: CompletedDeployment) {
    let now = cloud.now();
    let CompletedDeployment {
        deployment: id,
        revision,
    } = proven;
    service_events::say(cloud, key, &format!("rolling back to deployment {id}."));
    let new = deploy_revision(cloud, key, &revision);
    if let Some(service) = cloud.ecs.services.get_mut(key) {
        service.alternate = revision.alternate;
        if let Some(current) = service.history.first_mut() {
            (current.production, current.test) = (0.0, 0.0);
        }
        if let Some(primary) = service.deployments.first_mut() {
            primary.reason = format!("{}: rolling back to deploymentId {id}.", cause.detector());
            primary.not_before = later(now, ROLLBACK);
        }
    }
    adopt(cloud, key, &new, &revision);
    traffic::route(cloud, key);
    poke(cloud, key, ROLLBACK);
}

/// A rollback keeps the tasks that already run what it goes back to.
fn adopt(cloud: &mut Cloud, key: &ServiceKey, deployment: &str, revision: &Revision) {
    let ids = cloud
        .ecs
        .services
        .get(key)
        .map_or_else(Vec::new, |s| s.tasks.clone());
    for id in ids {
        if let Some(task) = cloud.ecs.tasks.get_mut(&id)
            && task.wanted()
            && task.alternate == revision.alternate
            && task.definition.arn() == revision.definition.arn()
        {
            task.deployment = Some(deployment.to_owned());
        }
    }
}

//! The service scheduler: starts and stops tasks within the minimum and maximum percent, and ends
//! deployments.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::definition::Definition;
use super::deployment::Rollout;
use super::early_success::EarlySuccess;
use super::event::Event;
use super::ids::{ServiceKey, TaskId};
use super::lack::Lack;
use super::placement::{start_tasks, stop_all};
use super::service::{Limits, Service};
use super::service_deployment::Status as DeploymentStatus;
use super::task::Status;
use super::{alarms, deployment_changes, service_events, traffic_shift};
use crate::world::simulated::aws::json::{set, text};
use crate::world::simulated::cloud::Cloud;

/// How long a failed deployment is still listed after the service is steady again.
const LISTED: Duration = Duration::from_secs(300);

/// A service as its scheduler sees it.
struct RolloutView {
    desired: usize,
    limits: Limits,
    /// Id of the PRIMARY deployment.
    deployment: String,
    definition: Arc<Definition>,
    rollout: Rollout,
    /// Its tasks that are meant to run.
    new: Vec<TaskId>,
    /// Those of its tasks that failed and are not gone yet: they are replaced when they are.
    failing: usize,
    new_healthy: usize,
    /// Tasks of other deployments that are meant to run: healthy ones, and others.
    old_healthy: Vec<TaskId>,
    old_others: Vec<TaskId>,
    /// Tasks of other deployments that are still there in any way.
    old_present: usize,
}

impl RolloutView {
    fn of(cloud: &Cloud, key: &ServiceKey) -> Option<RolloutView> {
        let service = cloud.ecs.services.get(key)?;
        let primary = service.primary()?;
        let mut view = RolloutView {
            desired: service.desired as usize,
            limits: service.limits(),
            deployment: primary.id.clone(),
            definition: Arc::clone(&primary.definition),
            rollout: primary.rollout,
            new: Vec::new(),
            failing: 0,
            new_healthy: 0,
            old_healthy: Vec::new(),
            old_others: Vec::new(),
            old_present: 0,
        };
        for id in &service.tasks {
            let Some(task) = cloud.ecs.tasks.get(id) else {
                continue;
            };
            let own = task.deployment.as_deref() == Some(primary.id.as_str());
            view.old_present += usize::from(!own && task.status < Status::Stopping);
            match (own, task.wanted(), task.healthy()) {
                (true, true, healthy) => {
                    view.new.push(*id);
                    view.new_healthy += usize::from(healthy);
                }
                (true, false, _) => {
                    let failed = task.stop.as_ref().is_some_and(|s| s.failed);
                    view.failing += usize::from(failed);
                }
                (false, true, true) => view.old_healthy.push(*id),
                (false, true, false) => view.old_others.push(*id),
                (false, false, _) => {}
            }
        }
        Some(view)
    }

    /// How many tasks are running or pending.
    fn active(&self) -> usize {
        self.new.len() + self.old_healthy.len() + self.old_others.len()
    }

    /// Tasks that the PRIMARY deployment still lacks.
    fn lacking(&self) -> usize {
        self.desired.saturating_sub(self.new.len() + self.failing)
    }

    fn room(&self) -> usize {
        self.limits.upper.saturating_sub(self.active())
    }

    fn stable(&self) -> bool {
        self.new.len() == self.desired && self.new_healthy == self.desired && self.old_present == 0
    }
}

/// One look of the scheduler.
pub(crate) fn schedule(cloud: &mut Cloud, key: &ServiceKey) {
    if let Some(service) = cloud.ecs.services.get_mut(key) {
        service.due = false;
        if text(&service.raw, "status") != Some("ACTIVE") {
            return drain(cloud, key);
        }
    }
    deployment_changes::obey(cloud, key);
    alarms::watch(cloud, key);
    traffic_shift::advance(cloud, key);
    scale_in(cloud, key);
    match cloud.ecs.services.get(key).and_then(traffic_shift::held) {
        Some(_) => traffic_shift::keep_old(cloud, key),
        None => stop_old(cloud, key),
    }
    start_new(cloud, key);
    settle(cloud, key);
}

/// A deleted service stops its tasks, and is INACTIVE once they are gone.
fn drain(cloud: &mut Cloud, key: &ServiceKey) {
    let Some(service) = cloud.ecs.services.get(key) else {
        return;
    };
    let wanted = |id: &&TaskId| cloud.ecs.tasks.get(id).is_some_and(|t| t.wanted());
    let left: Vec<TaskId> = service.tasks.iter().filter(wanted).copied().collect();
    let deployment = service.primary().map_or_else(String::new, |d| d.id.clone());
    stop_all(cloud, key, left, &deployment);
    if let Some(service) = cloud.ecs.services.get_mut(key)
        && service.tasks.is_empty()
    {
        set(&mut service.raw, "status", json!("INACTIVE"));
        service.deployments.clear();
    }
}

/// Stops tasks beyond the desired count, those that are not healthy first, then the newest.
fn scale_in(cloud: &mut Cloud, key: &ServiceKey) {
    let Some(view) = RolloutView::of(cloud, key) else {
        return;
    };
    let excess = view.new.len().saturating_sub(view.desired);
    let mut candidates = view.new;
    candidates.sort_by_key(|id| {
        let healthy = cloud.ecs.tasks.get(id).is_some_and(|t| t.healthy());
        (healthy, std::cmp::Reverse(*id))
    });
    candidates.truncate(excess);
    stop_all(cloud, key, candidates, &view.deployment);
}

/// Stops tasks of other deployments, as far as enough healthy ones remain.
fn stop_old(cloud: &mut Cloud, key: &ServiceKey) {
    let Some(view) = RolloutView::of(cloud, key) else {
        return;
    };
    if view.rollout == Rollout::Failed {
        return;
    }
    let short = cloud.ecs.services.get(key).and_then(|s| s.short.as_ref());
    let short = matches!(short, Some(Lack::Resource(..)));
    // No room by the limits of the deployment, or none on the instances, where an old task makes some.
    let cramped = view.lacking() > 0 && (view.room() == 0 || short);
    let floor = if cramped {
        view.limits.lower
    } else {
        view.limits.lower.max(view.desired)
    };
    let keep = floor.saturating_sub(view.new_healthy);
    let mut stoppable = view.old_healthy.len().saturating_sub(keep);
    if cramped {
        stoppable = stoppable.min(view.lacking());
    }
    let mut chosen = view.old_others;
    chosen.extend(view.old_healthy.into_iter().take(stoppable));
    stop_all(cloud, key, chosen, &view.deployment);
}

/// Starts what the PRIMARY deployment lacks, as far as there is room.
fn start_new(cloud: &mut Cloud, key: &ServiceKey) {
    let Some(view) = RolloutView::of(cloud, key) else {
        return;
    };
    let waiting = cloud
        .ecs
        .services
        .get(key)
        .and_then(|s| s.primary())
        .is_some_and(|d| d.not_before > cloud.now());
    let count = match cloud.ecs.services.get(key).and_then(traffic_shift::held) {
        Some(stage) if traffic_shift::scales_up(stage) => view.lacking(),
        Some(_) => 0,
        None => view.lacking().min(view.room()),
    };
    if view.rollout == Rollout::Failed || waiting {
        return;
    }
    start_tasks(cloud, key, &view.deployment, &view.definition, count);
}

/// Ends the PRIMARY deployment if it is done, and forgets deployments that are gone.
fn settle(cloud: &mut Cloud, key: &ServiceKey) {
    let Some(view) = RolloutView::of(cloud, key) else {
        return;
    };
    let present: Vec<String> = cloud.ecs.services.get(key).map_or_else(Vec::new, |s| {
        cloud
            .ecs
            .tasks_of(s)
            .filter(|t| t.status < Status::Stopping)
            .filter_map(|t| t.deployment.clone())
            .collect()
    });
    let now = cloud.now();
    let Some(service) = cloud.ecs.services.get_mut(key) else {
        return;
    };
    service.deployments.retain(|d| {
        d.id == view.deployment || d.rollout == Rollout::Failed || present.contains(&d.id)
    });
    let waits = service.primary().is_some_and(|d| d.not_before > now);
    let held = traffic_shift::held(service).is_some();
    if held || view.rollout == Rollout::Failed || waits {
        return;
    }
    let completes = view.rollout == Rollout::InProgress;
    let stable = view.stable();
    let is_over = stable || (completes && succeeds_early(service, &view));
    if !is_over {
        return;
    }
    if completes && deployment_changes::bakes(cloud, key) {
        return;
    }
    let Some(service) = cloud.ecs.services.get_mut(key) else {
        return;
    };
    let was_steady = service.steady || !stable;
    service.steady |= stable;
    if completes {
        let others = service.deployments.iter().skip(1);
        let others = others.filter(|d| d.rollout == Rollout::Failed);
        let failed: Vec<String> = others.map(|d| d.id.clone()).collect();
        deployment_changes::completed(cloud, key);
        for id in failed {
            cloud.after(LISTED, Event::Unlist(key.clone(), id));
        }
        let words = format!("(deployment {}) deployment completed.", view.deployment);
        service_events::say(cloud, key, &words);
    }
    if !was_steady {
        service_events::say(cloud, key, "has reached a steady state.");
    }
}

/// Whether the service deployment completes before the service is steady: not one that is rolled back.
fn succeeds_early(service: &Service, view: &RolloutView) -> bool {
    let current = service.history.first();
    let current = current.filter(|d| d.status == DeploymentStatus::InProgress);
    let criteria = current.and_then(|d| EarlySuccess::of(&d.configuration));
    criteria.is_some_and(|c| c.met(view.new_healthy, view.desired, view.old_present))
}

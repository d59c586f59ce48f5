//! Deployments that shift traffic in stages: BLUE_GREEN, CANARY and LINEAR.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::breaker::{self, Cause};
use super::event::Event;
use super::hooks::{self, HookVerdict};
use super::ids::{ServiceKey, TaskId};
use super::placement;
use super::service::Service;
use super::service_deployment::{ServiceDeployment, Status};
use super::shift_stage::Stage;
use super::traffic;
use crate::world::simulated::aws::json::{number, text};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// What a stage takes at least; a shift of traffic takes longer.
const PAUSE: Duration = Duration::from_secs(2);
const SHIFT: Duration = Duration::from_secs(15);

/// Whether a configuration shifts traffic in stages.
pub(crate) fn shifts(configuration: &Value) -> bool {
    matches!(
        text(configuration, "strategy"),
        Some("BLUE_GREEN" | "CANARY" | "LINEAR")
    )
}

/// Percentages of production traffic that the new revision gets, step by step, and the time between.
fn steps(configuration: &Value) -> (Vec<f64>, Duration) {
    let of =
        |member: &str, name: &str| configuration.get(member).and_then(|c| c.get(name)).cloned();
    let percent = |value: Option<Value>, default: f64| {
        let given = value.and_then(|v| v.as_f64()).unwrap_or(default);
        given.clamp(0.1, 100.0)
    };
    let minutes = |value: Option<Value>, default: u64| {
        Duration::from_secs(60 * value.and_then(|v| v.as_u64()).unwrap_or(default))
    };
    match text(configuration, "strategy") {
        Some("CANARY") => {
            let member = "canaryConfiguration";
            let first = percent(of(member, "canaryPercent"), 5.0);
            let bake = minutes(of(member, "canaryBakeTimeInMinutes"), 10);
            let steps = if first < 100.0 {
                vec![first, 100.0]
            } else {
                vec![100.0]
            };
            (steps, bake)
        }
        Some("LINEAR") => {
            let member = "linearConfiguration";
            let step = percent(of(member, "stepPercent"), 10.0).max(3.0);
            let bake = minutes(of(member, "stepBakeTimeInMinutes"), 6);
            let count = (100.0 / step).ceil() as u32;
            let to = |n: u32| ((step * f64::from(n) * 10.0).round() / 10.0).min(100.0);
            ((1..=count).map(to).collect(), bake)
        }
        _ => (vec![100.0], Duration::ZERO),
    }
}

/// How long a deployment goes on once it is done: `bakeTimeInMinutes`.
pub(super) fn bake_time(configuration: &Value) -> Duration {
    Duration::from_secs(60 * number(configuration, "bakeTimeInMinutes").unwrap_or(0))
}

/// The stage at which a service's deployment holds its old and new tasks side by side.
pub(super) fn held(service: &Service) -> Option<Stage> {
    let current = service
        .history
        .first()
        .filter(|d| d.status == Status::InProgress)?;
    current.stage.filter(|stage| *stage < Stage::CleanUp)
}

/// Keeps the revision that serves at its desired count, and stops what is neither old nor new.
pub(super) fn keep_old(cloud: &mut Cloud, key: &ServiceKey) {
    let Some(service) = cloud.ecs.services.get(key) else {
        return;
    };
    let Some(primary) = service.primary().map(|p| p.id.clone()) else {
        return;
    };
    let blue = service
        .deployments
        .iter()
        .skip(1)
        .find(|d| d.alternate == service.alternate)
        .map(|d| (d.id.clone(), Arc::clone(&d.definition)));
    let mut old: Vec<TaskId> = Vec::new();
    let mut strays: Vec<TaskId> = Vec::new();
    for id in &service.tasks {
        let Some(task) = cloud.ecs.tasks.get(id).filter(|t| t.wanted()) else {
            continue;
        };
        match &task.deployment {
            Some(own) if *own == primary => {}
            _ if task.alternate == service.alternate => old.push(*id),
            _ => strays.push(*id),
        }
    }
    let desired = service.desired as usize;
    strays.extend(old.iter().skip(desired));
    let lacking = desired.saturating_sub(old.len());
    placement::stop_all(cloud, key, strays, &primary);
    if let Some((id, definition)) = blue {
        placement::start_tasks(cloud, key, &id, &definition, lacking);
    }
}

/// Whether the new revision may have tasks yet.
pub(super) fn scales_up(stage: Stage) -> bool {
    stage >= Stage::ScaleUp
}

/// Moves a deployment on as far as it goes now.
pub(super) fn advance(cloud: &mut Cloud, key: &ServiceKey) {
    while step(cloud, key) {}
}

fn step(cloud: &mut Cloud, key: &ServiceKey) -> bool {
    let now = cloud.now();
    let Some(service) = cloud.ecs.services.get(key) else {
        return false;
    };
    let (Some(stage), Some(current)) = (held(service), service.history.first()) else {
        return false;
    };
    let until = current.until;
    match hooks::look(cloud, key) {
        HookVerdict::Pass if now < until => return false,
        HookVerdict::Pass => {}
        HookVerdict::Wait => return false,
        HookVerdict::Fail(reason) => {
            breaker::fail(cloud, key, Cause::Hook(reason), true);
            return false;
        }
    }
    if stage == Stage::ScaleUp && !ready(cloud, key) {
        return false;
    }
    let next = next(cloud, key, stage);
    enter(cloud, key, next);
    true
}

/// Whether all tasks of the new revision are there and healthy.
fn ready(cloud: &Cloud, key: &ServiceKey) -> bool {
    let Some((service, primary)) = cloud
        .ecs
        .services
        .get(key)
        .and_then(|s| Some((s, s.primary()?)))
    else {
        return false;
    };
    let healthy = cloud
        .ecs
        .tasks_of(service)
        .filter(|t| t.deployment.as_deref() == Some(primary.id.as_str()) && t.healthy())
        .count();
    healthy >= service.desired as usize
}

fn next(cloud: &Cloud, key: &ServiceKey, stage: Stage) -> Stage {
    let more = cloud
        .ecs
        .services
        .get(key)
        .and_then(|s| s.history.first())
        .is_some_and(|d| d.step < steps(&d.configuration).0.len());
    match stage {
        Stage::ReconcileService => Stage::PreScaleUp,
        Stage::PreScaleUp => Stage::ScaleUp,
        Stage::ScaleUp => Stage::PostScaleUp,
        Stage::PostScaleUp => Stage::TestTrafficShift,
        Stage::TestTrafficShift => Stage::PostTestTrafficShift,
        Stage::PostTestTrafficShift => Stage::PreProductionTrafficShift,
        Stage::PreProductionTrafficShift => Stage::ProductionTrafficShift,
        Stage::ProductionTrafficShift if more => Stage::PreProductionTrafficShift,
        Stage::ProductionTrafficShift => Stage::PostProductionTrafficShift,
        Stage::PostProductionTrafficShift => Stage::BakeTime,
        Stage::BakeTime | Stage::CleanUp => Stage::CleanUp,
    }
}

/// Begins a stage: its traffic, its hooks, its time.
pub(super) fn enter(cloud: &mut Cloud, key: &ServiceKey, stage: Stage) {
    let now = cloud.now();
    let Some(configuration) = cloud
        .ecs
        .services
        .get(key)
        .and_then(|s| s.history.first())
        .map(|d| d.configuration.clone())
    else {
        return;
    };
    let begun = hooks::begin(cloud, &configuration, stage);
    for hook in &begun {
        let wait = Duration::try_from(hook.decided().duration_since(now)).unwrap_or_default();
        cloud.after(wait, Event::Schedule(key.clone()));
    }
    let Some(service) = cloud.ecs.services.get_mut(key) else {
        return;
    };
    let Some(current) = service.history.first_mut() else {
        return;
    };
    current.stage = Some(stage);
    current.updated = now;
    current.hooks.extend(begun);
    let takes = match stage {
        Stage::TestTrafficShift => {
            current.test = 100.0;
            SHIFT
        }
        Stage::ProductionTrafficShift => shift(current, &configuration),
        Stage::BakeTime => bake_time(&configuration),
        _ => PAUSE,
    };
    current.until = later(now, takes);
    if stage == Stage::CleanUp {
        // The new revision is what production is from now on.
        service.alternate = service.deployments.first().is_some_and(|d| d.alternate);
    }
    traffic::route(cloud, key);
    cloud.after(takes, Event::Schedule(key.clone()));
}

/// Gives the new revision its next share of the production traffic; how long the step lasts.
fn shift(current: &mut ServiceDeployment, configuration: &Value) -> Duration {
    let (steps, between) = steps(configuration);
    current.production = steps.get(current.step).copied().unwrap_or(100.0);
    current.step += 1;
    // No time is left to pass after the last step.
    SHIFT
        + if current.step < steps.len() {
            between
        } else {
            Duration::ZERO
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn steps_end_at_all_of_the_traffic() {
        let linear = json!({ "strategy": "LINEAR", "linearConfiguration": { "stepPercent": 30, "stepBakeTimeInMinutes": 2 } });
        let (shares, between) = steps(&linear);
        assert_eq!(shares, [30.0, 60.0, 90.0, 100.0]);
        assert_eq!(between, Duration::from_secs(120));
        let canary =
            json!({ "strategy": "CANARY", "canaryConfiguration": { "canaryPercent": 2.5 } });
        assert_eq!(steps(&canary).0, [2.5, 100.0]);
        assert_eq!(steps(&json!({ "strategy": "BLUE_GREEN" })).0, [100.0]);
    }
}

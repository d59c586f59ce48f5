//! The course of a service deployment: begun, superseded, stopped on request, ended.

use std::sync::Arc;
use std::time::Duration;

use super::breaker::{self, Cause};
use super::definition::Definition;
use super::deployment::Rollout;
use super::event::Event;
use super::ids::ServiceKey;
use super::new_deployment::{self, record_id};
use super::service::{CompletedDeployment, Service};
use super::service_deployment::{ServiceDeployment, Status};
use super::shift_stage::Stage;
use super::traffic;
use super::traffic_shift;
use crate::world::simulated::aws::json::flag;
use crate::world::simulated::cloud::Cloud;
use serde_json::Value;

/// Service deployments and revisions that are remembered of a service.
const KEPT: usize = 100;

/// Begins a new service deployment; one that is in progress ends.
pub(super) fn begin(cloud: &mut Cloud, key: &ServiceKey, definition: Arc<Definition>) {
    supersede(cloud, key);
    let Some(service) = cloud.ecs.services.get(key) else {
        return;
    };
    let configuration = service.configuration().clone();
    let mut sources: Vec<String> = Vec::new();
    for task in cloud.ecs.tasks_of(service).filter(|t| t.wanted()) {
        let own = service
            .deployments
            .iter()
            .find(|d| Some(d.id.as_str()) == task.deployment.as_deref());
        if let Some(own) = own.filter(|own| !sources.contains(&own.revision)) {
            sources.push(own.revision.clone());
        }
    }
    // Where nothing runs there is no traffic to shift.
    let shifts = traffic_shift::shifts(&configuration) && !sources.is_empty();
    let alternate = service.alternate != shifts;
    new_deployment::deploy(cloud, key, definition, alternate);
    let silent = alarms_silent(cloud, &configuration);
    let Some(service) = cloud.ecs.services.get_mut(key) else {
        return;
    };
    let Some(primary) = service.deployments.first() else {
        return;
    };
    let mut new = ServiceDeployment::new(record_id(&primary.id), primary, configuration);
    new.sources = sources;
    new.alarms_watched = silent;
    service.history.insert(0, new);
    service.history.truncate(KEPT);
    let spare = service.revisions.len().saturating_sub(KEPT);
    service.revisions.drain(..spare);
}

/// ECS does not watch alarms that are in ALARM already when a deployment starts.
fn alarms_silent(cloud: &Cloud, configuration: &Value) -> bool {
    super::alarms::ringing(cloud, configuration).is_empty()
}

/// Ends the service deployment that another takes the place of.
fn supersede(cloud: &mut Cloud, key: &ServiceKey) {
    let now = cloud.now();
    let Some(service) = cloud.ecs.services.get_mut(key) else {
        return;
    };
    let held = traffic_shift::held(service).is_some();
    let Some(current) = service.history.first_mut() else {
        return;
    };
    let all_shifted = held && current.production >= 100.0;
    if !current.status.ended() {
        let reason = "A new service deployment was started.";
        current.become_(Status::Stopped, reason, now);
    }
    if all_shifted {
        // What has all of the traffic is what the next deployment starts from.
        complete_primary(service, now);
        service.alternate = service.deployments.first().is_some_and(|d| d.alternate);
    }
    traffic::route(cloud, key);
}

fn complete_primary(service: &mut Service, now: jiff::Timestamp) {
    let Some(primary) = service.deployments.first_mut() else {
        return;
    };
    let reason = format!("ECS deployment {} completed.", primary.id);
    primary.become_(Rollout::Completed, reason, now);
    let revision = primary.revision.clone();
    let deployment = primary.id.clone();
    let found = service.revisions.iter().find(|r| r.id == revision);
    service.proven = found.cloned().map(|revision| CompletedDeployment {
        deployment,
        revision,
    });
}

/// What the scheduler does first: starts what is pending, does what was asked for.
pub(super) fn obey(cloud: &mut Cloud, key: &ServiceKey) {
    let now = cloud.now();
    let Some(service) = cloud.ecs.services.get_mut(key) else {
        return;
    };
    let shifts = service
        .deployments
        .first()
        .is_some_and(|d| d.alternate != service.alternate);
    let Some(current) = service.history.first_mut() else {
        return;
    };
    match current.status {
        Status::Pending => {
            current.become_(Status::InProgress, "", now);
            current.started = Some(now);
            let first = match current.sources.len() {
                0 | 1 => Stage::PreScaleUp,
                _ => Stage::ReconcileService,
            };
            if shifts {
                traffic_shift::enter(cloud, key, first);
            }
        }
        Status::RollbackRequested => breaker::fail(cloud, key, Cause::RolledBack, true),
        _ => {}
    }
}

/// The PRIMARY deployment has completed, and with it the service deployment.
pub(super) fn completed(cloud: &mut Cloud, key: &ServiceKey) {
    let now = cloud.now();
    let Some(service) = cloud.ecs.services.get_mut(key) else {
        return;
    };
    complete_primary(service, now);
    if let Some(current) = service.history.first_mut() {
        match current.status {
            Status::Pending | Status::InProgress => current.become_(Status::Successful, "", now),
            Status::RollbackInProgress => {
                let reason = current.reason.clone();
                current.become_(Status::RollbackSuccessful, &reason, now);
            }
            _ => {}
        }
    }
    traffic::route(cloud, key);
}

/// Whether a rolling deployment that has its tasks still bakes: as long as it says, or, where it watches alarms, as long
/// as those must stay silent.
pub(super) fn bakes(cloud: &mut Cloud, key: &ServiceKey) -> bool {
    let now = cloud.now();
    let Some(current) = cloud
        .ecs
        .services
        .get_mut(key)
        .and_then(|s| s.history.first_mut())
    else {
        return false;
    };
    let alarms = current.configuration.get("alarms");
    let watches = alarms.is_some_and(|a| flag(a, "enable")) && current.alarms_watched;
    let said = match traffic_shift::shifts(&current.configuration) {
        true => Duration::ZERO,
        false => traffic_shift::bake_time(&current.configuration),
    };
    let bake = match watches && said.is_zero() {
        true => super::alarms::BAKE,
        false => said,
    };
    if current.status != Status::InProgress || current.stage.is_some() || bake.is_zero() {
        return false;
    }
    let since = *current.baking.get_or_insert_with(|| {
        let look = Event::Schedule(key.clone());
        cloud.schedule.after(now, bake, look);
        now
    });
    now < crate::world::simulated::kernel::clock::later(since, bake)
}

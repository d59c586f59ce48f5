//! Brings what was read live into the simulated cloud, so that planned writes act on it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::text::arn::{family_and_revision, short_name};
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::ecs;
use crate::world::simulated::model::ecs::definition::Definition;
use crate::world::simulated::model::ecs::definitions;
use crate::world::simulated::model::ecs::deployment::{Deployment, Rollout};
use crate::world::simulated::model::ecs::ids::ServiceKey;
use crate::world::simulated::model::ecs::revision::Revision;
use crate::world::simulated::model::ecs::service::Service;
use crate::world::simulated::model::ecs::service_groups::group_of;
use crate::world::simulated::model::elb::{TargetGroup, name_in};
use crate::world::simulated::model::json::{list, number, object, text};

/// Imports an answer of `DescribeTaskDefinition`; what the plan changed stays as it is.
pub(super) fn definition(cloud: &mut Cloud, output: &Value) {
    let Some(live) = output.get("taskDefinition") else {
        return;
    };
    let arn = text(live, "taskDefinitionArn").unwrap_or_default();
    if definitions::find(cloud, arn).is_some() {
        return;
    }
    let mut raw = object(live);
    if let Some(tags) = output.get("tags") {
        raw.insert("tags".to_owned(), tags.clone());
    }
    definitions::add(cloud, raw, false);
}

/// The task definitions that a service's deployments name.
pub(super) fn definitions_of(service: &Value) -> Vec<String> {
    let mut names: Vec<String> = list(service, "deployments")
        .iter()
        .chain([service])
        .filter_map(|d| text(d, "taskDefinition"))
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Imports a service of `DescribeServices`: its deployments, and a task for each that is running.
/// `alternate`: its production is behind the alternate target groups.
pub(super) fn service(cloud: &mut Cloud, key: &ServiceKey, raw: &Value, alternate: bool) {
    let desired = count(raw, "desiredCount");
    let mut service = Service::new(raw.clone(), desired);
    service.alternate = alternate;
    service.events = list(raw, "events").to_vec();
    let mut live: Vec<&Value> = list(raw, "deployments").iter().collect();
    live.sort_by_key(|d| text(d, "status") != Some("PRIMARY"));
    let whole = [raw];
    if live.is_empty() {
        live.extend(whole);
    }
    let mut running = Vec::new();
    for (index, deployment) in live.into_iter().enumerate() {
        let (imported, revision) = self::deployment(cloud, raw, deployment, alternate);
        running.push((
            imported.id.clone(),
            Arc::clone(&imported.definition),
            count(deployment, "runningCount"),
        ));
        let current = text(raw, "currentServiceDeployment").filter(|_| index == 0);
        let record = current.map_or_else(
            || ecs::record_id(&imported.id),
            |arn| short_name(arn).to_owned(),
        );
        service.take_up(imported, revision, record);
    }
    target_groups(cloud, raw);
    cloud.ecs.add_service(key.clone(), service);
    for (id, definition, count) in running {
        ecs::initial_state::start_tasks(cloud, key, &id, &definition, count);
    }
}

fn count(value: &Value, name: &str) -> u32 {
    number(value, name)
        .and_then(|n| u32::try_from(n).ok())
        .unwrap_or(0)
}

fn deployment(
    cloud: &mut Cloud,
    service: &Value,
    live: &Value,
    alternate: bool,
) -> (Deployment, Revision) {
    let time = |name| text(live, name).and_then(|t| t.parse::<Timestamp>().ok());
    let id = text(live, "id").map_or_else(
        || format!("ecs-svc/{}", cloud.kernel.rng.digits(19)),
        str::to_owned,
    );
    let reference = text(live, "taskDefinition").unwrap_or_default();
    let definition = definitions::find(cloud, reference).unwrap_or_else(|| gone(reference));
    let created = time("createdAt").unwrap_or(cloud.now());
    let known = list(service, "currentServiceRevisions");
    let only = known
        .first()
        .and_then(|r| text(r, "arn"))
        .filter(|_| known.len() == 1);
    let revision_id = only.map_or_else(|| ecs::revision_id(&id), |arn| short_name(arn).to_owned());
    let revision = Revision::new(revision_id, definition, alternate, service, created);
    let mut deployment = Deployment::new(id, &revision, created);
    let rollout = match text(live, "rolloutState") {
        Some("FAILED") => Rollout::Failed,
        Some("IN_PROGRESS") => Rollout::InProgress,
        _ => Rollout::Completed,
    };
    let reason = text(live, "rolloutStateReason")
        .unwrap_or_default()
        .to_owned();
    deployment.become_(rollout, reason, time("updatedAt").unwrap_or(created));
    deployment.failed_tasks = count(live, "failedTasks");
    (deployment, revision)
}

/// A task definition that can no longer be described, though tasks still run it.
fn gone(reference: &str) -> Arc<Definition> {
    let (family, revision) = family_and_revision(reference).unwrap_or((reference, 0));
    Arc::new(Definition {
        family: family.to_owned(),
        revision,
        raw: json!({ "taskDefinitionArn": reference, "status": "INACTIVE" }),
        tags: json!([]),
        new: false,
    })
}

/// Makes the target groups of a service known.
pub(super) fn target_groups(cloud: &mut Cloud, service: &Value) {
    for lb in list(service, "loadBalancers") {
        let port = number(lb, "containerPort").and_then(|p| u16::try_from(p).ok());
        for arn in [false, true].into_iter().filter_map(|a| group_of(lb, a)) {
            if cloud.elb.group(arn).is_none() {
                let group = TargetGroup {
                    healthy_threshold: 2,
                    unhealthy_threshold: 3,
                    deregistration_delay: Duration::from_secs(30),
                    ..TargetGroup::new(name_in(arn), port.unwrap_or(80))
                };
                cloud.elb.add_group(arn.to_owned(), group);
            }
        }
    }
}

//! Deployments of services that ended before the world began.

use std::sync::Arc;

use super::{bad, service_of};
use crate::vocabulary::Fault;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::ecs::service::Deployment;
use crate::world::simulated::ecs::service_deployment::{Revision, Status};
use crate::world::simulated::ecs::{self, definitions};
use crate::world::simulated::fixture::PastDeployment;

/// Lets a service remember a deployment.
pub(super) fn add(cloud: &mut Cloud, past: PastDeployment) -> Result<(), Fault> {
    let what = format!("deployment of {}", past.service);
    let Some(key) = service_of(cloud, Some(&past.service), &what)? else {
        return Ok(());
    };
    let definition = definitions::find(cloud, &past.task_definition).ok_or_else(|| {
        bad(format!(
            "{what}: there is no task definition {}",
            past.task_definition
        ))
    })?;
    let status = Status::ending(&past.status).ok_or_else(|| {
        bad(format!(
            "{what}: {} is no status that a deployment ends with: SUCCESSFUL, STOPPED, ROLLBACK_SUCCESSFUL or ROLLBACK_FAILED",
            past.status
        ))
    })?;
    let created = past.created.unwrap_or(past.finished);
    if past.finished >= cloud.start || created > past.finished {
        return Err(bad(format!(
            "{what}: it ends before the world begins, and not before it was created"
        )));
    }
    let id = format!("ecs-svc/{}", cloud.rng.digits(19));
    let Some(service) = cloud.services.get_mut(&key) else {
        return Ok(());
    };
    let revision = Revision::new(
        ecs::revision_id(&id),
        Arc::clone(&definition),
        false,
        &service.raw,
        created,
    );
    let deployment = Deployment::new(id.clone(), &revision, created);
    service.remember(
        &deployment,
        revision,
        ecs::record_id(&id),
        status,
        past.finished,
    );
    Ok(())
}

//! Makes new deployments of services.

use std::sync::Arc;

use super::definition::Definition;
use super::deployment::Deployment;
use super::ids::ServiceKey;
use super::revision::Revision;
use crate::world::simulated::cloud::Cloud;

/// Makes a new PRIMARY deployment of `definition`, in a new revision of the service.
pub(super) fn deploy(
    cloud: &mut Cloud,
    key: &ServiceKey,
    definition: Arc<Definition>,
    alternate: bool,
) {
    let id = format!("ecs-svc/{}", cloud.kernel.rng.digits(19));
    let now = cloud.now();
    if let Some(service) = cloud.ecs.services.get_mut(key) {
        let revision_id = revision_id(&id);
        let revision = Revision::new(revision_id, definition, alternate, &service.raw, now);
        let deployment = Deployment::new(id, &revision, now);
        service.steady = false;
        service.revisions.push(revision);
        service.deployments.insert(0, deployment);
    }
}

/// Makes a new PRIMARY deployment of a revision that is known; returns its id.
pub(super) fn deploy_revision(cloud: &mut Cloud, key: &ServiceKey, revision: &Revision) -> String {
    let id = format!("ecs-svc/{}", cloud.kernel.rng.digits(19));
    let deployment = Deployment::new(id.clone(), revision, cloud.now());
    if let Some(service) = cloud.ecs.services.get_mut(key) {
        service.steady = false;
        service.deployments.insert(0, deployment);
    }
    id
}

/// The id of the service deployment that makes a deployment.
pub(crate) fn record_id(deployment: &str) -> String {
    let mix = |seed: u64| {
        deployment.bytes().fold(seed, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    let hash = mix(0xcbf2_9ce4_8422_2325);
    format!("{hash:016x}-{:04x}", mix(hash) & 0xffff)
}

/// The id of the revision that a deployment brings.
pub(crate) fn revision_id(deployment: &str) -> String {
    let digits = deployment.strip_prefix("ecs-svc/").unwrap_or(deployment);
    digits.chars().rev().collect()
}

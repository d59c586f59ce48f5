//! Which service a call of Express Mode is about.

use serde_json::Value;

use super::state::ExpressService;
use crate::text::arn::Arn;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::aws::json::{invalid, required, text};
use crate::world::simulated::cloud::Cloud;

/// The service that an ARN names; `None`: it is not that of a service.
pub(crate) fn key_of(arn: &str) -> Option<ServiceKey> {
    let ("service", rest) = Arn::parse(arn)?.type_and_rest() else {
        return None;
    };
    let (cluster, name) = rest.split_once('/')?;
    Some(ServiceKey::new(cluster, name))
}

/// The service of a call, and what is remembered of it; `absent` is the code of the fault if it is not one of Express Mode.
pub(super) fn find<'a>(
    cloud: &'a Cloud,
    input: &Value,
    absent: &str,
) -> Result<(ServiceKey, &'a ExpressService), Fault> {
    let arn = required(input, "serviceArn")?;
    let key = key_of(arn).ok_or_else(|| invalid(format!("Invalid service ARN: {arn}.")))?;
    if !cloud.ecs.has_cluster(&key.cluster) {
        return Err(Fault::new("ClusterNotFoundException", "Cluster not found."));
    }
    match cloud.express.services.get(&key) {
        Some(known) => Ok((key, known)),
        None => Err(Fault::new(absent, "Resource not found.")),
    }
}

/// Status of a service as ECS has it: `ACTIVE`, `DRAINING` or `INACTIVE`.
pub(super) fn status<'a>(cloud: &'a Cloud, key: &ServiceKey) -> &'a str {
    let service = cloud.ecs.service(key);
    service
        .and_then(|service| text(&service.raw, "status"))
        .unwrap_or("INACTIVE")
}

/// The service of a call that may be changed.
pub(super) fn find_active(cloud: &Cloud, input: &Value) -> Result<ServiceKey, Fault> {
    let (key, _) = find(cloud, input, "ServiceNotFoundException")?;
    match status(cloud, &key) {
        "ACTIVE" => Ok(key),
        status => Err(Fault::new(
            "ServiceNotActiveException",
            format!("Cannot perform this operation on a service in {status} status."),
        )),
    }
}

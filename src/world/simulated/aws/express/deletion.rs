//! `DeleteExpressGatewayService`: the service drains, and what was made for it goes.

use serde_json::{Value, json};

use super::lookup::find_active;
use super::{resources, view};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::ecs;
use crate::world::simulated::cloud::Cloud;

pub(super) fn delete(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let key = find_active(cloud, input)?;
    let asked = json!({ "cluster": &*key.cluster, "service": &*key.name, "force": true });
    ecs::call(cloud, "DeleteService", &asked)?;
    let made = cloud
        .express
        .services
        .get(&key)
        .map(|known| known.resources.clone());
    resources::remove(cloud, &key, &made.unwrap_or_default());
    Ok(json!({ "service": view::whole(cloud, &key, true) }))
}

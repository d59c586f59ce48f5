//! ECS Express Mode: services that ECS runs with everything around them, from an image and two roles.
//!
//! It makes what the real one makes, through the calls of each service: a task definition, a service that deploys as a
//! canary, target groups and a rule of a shared load balancer, an alarm that rolls deployments back, a scalable target.
//! Certificates, security groups and network addresses are not simulated.

use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::cloud::Cloud;

mod creation;
mod defaults;
mod deletion;
mod import;
mod lookup;
mod resources;
mod start;
pub(crate) mod state;
mod task_definition;
mod update;
mod validation;
mod view;

pub(crate) use creation::add;
pub(crate) use import::import;
pub(crate) use lookup::key_of;
pub(crate) use start::Start;

/// Whether an operation of ECS is one of Express Mode.
pub(crate) fn knows(operation: &str) -> bool {
    operation.ends_with("ExpressGatewayService")
}

/// Answers a call of ECS Express Mode, or fails as ECS does.
pub(crate) fn call(cloud: &mut Cloud, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "CreateExpressGatewayService" => {
            let key = add(cloud, input, Start::Now)?;
            Ok(json!({ "service": view::whole(cloud, &key, true) }))
        }
        "DescribeExpressGatewayService" => view::describe(cloud, input),
        "UpdateExpressGatewayService" => update::update(cloud, input),
        "DeleteExpressGatewayService" => deletion::delete(cloud, input),
        _ => Err(not_simulated("ecs", operation)),
    }
}

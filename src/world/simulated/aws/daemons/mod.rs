//! ECS's managed daemons: an agent on each instance of ECS Managed Instances, deployed batch by batch.
//!
//! Instances are only counted, by capacity provider. Daemon tasks do not show among the tasks of a cluster.

use serde_json::Value;

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::cloud::Cloud;

mod changes;
mod definitions;
mod deployment;
mod import;
mod initial_state;
pub(crate) mod key;
mod listing;
mod rollout;
pub(crate) mod state;
pub(crate) mod step;
mod validation;
mod view;

pub(crate) use definitions::add as add_definition;
pub(crate) use import::{import, import_definition};
pub(crate) use initial_state::add;
pub(crate) use rollout::happen;

/// Whether an operation of ECS is one about daemons.
pub(crate) fn knows(operation: &str) -> bool {
    operation.contains("Daemon")
}

/// Answers a call about daemons, or fails as ECS does.
pub(crate) fn call(cloud: &mut Cloud, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "RegisterDaemonTaskDefinition" => definitions::register(cloud, input),
        "DescribeDaemonTaskDefinition" => definitions::describe(cloud, input),
        "ListDaemonTaskDefinitions" => listing::definitions(cloud, input),
        "DeleteDaemonTaskDefinition" => definitions::delete(cloud, input),
        "CreateDaemon" => changes::create(cloud, input),
        "UpdateDaemon" => changes::update(cloud, input),
        "DeleteDaemon" => changes::delete(cloud, input),
        "DescribeDaemon" => view::daemon(cloud, input),
        "DescribeDaemonDeployments" => view::deployments(cloud, input),
        "DescribeDaemonRevisions" => view::revisions(cloud, input),
        "ListDaemons" => listing::daemons(cloud, input),
        "ListDaemonDeployments" => listing::deployments(cloud, input),
        _ => Err(not_simulated("ecs", operation)),
    }
}

//! ECS: clusters, task definitions, services and their rollouts, tasks.

use serde_json::Value;

use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::text;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::coverage::Coverage;

mod agenda;
mod alarms;
mod breaker;
mod capacity;
mod circuit_breaker;
mod clusters;
mod container_check;
pub(crate) mod definition;
pub(crate) mod definitions;
pub(crate) mod deployment;
mod deployment_changes;
pub(crate) mod deployments;
mod early_success;
pub(crate) mod event;
mod event_handling;
mod health_checks;
pub(crate) mod hook;
pub(crate) mod hooks;
pub(crate) mod ids;
pub(crate) mod initial_state;
pub(crate) mod instance;
pub(crate) mod instances;
mod lack;
pub(crate) mod lifecycle;
mod new_deployment;
mod new_versions;
mod placement;
mod providers;
pub(crate) mod revision;
pub(crate) mod rollout;
pub(crate) mod service;
pub(crate) mod service_deployment;
mod service_deployment_view;
pub(crate) mod service_events;
pub(crate) mod service_groups;
mod service_view;
pub(crate) mod services;
mod shift_stage;
mod start_order;
pub(crate) mod state;
pub(crate) mod tags;
pub(crate) mod targets;
pub(crate) mod task;
mod task_launch;
pub(crate) mod task_log;
mod task_outcome;
pub(crate) mod task_start;
mod task_stop;
mod task_view;
pub(crate) mod tasks;
pub(crate) mod traffic;
mod traffic_shift;
mod update_service;
mod validation;

pub(crate) use clusters::new_cluster;
pub(crate) use event_handling::happen;
pub(crate) use new_deployment::{record_id, revision_id};
pub(crate) use services::{changing, set_desired};
pub(crate) use state::Capacity;

/// How far ECS is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "ecs",
    behaves: "Rolling, blue/green, canary and linear deployments run in time: capacity, image pulls, secrets, \
              health checks, circuit breakers, alarms and lifecycle hooks decide how they end and whether they \
              roll back. One-off tasks run and exit as the fixture says. Express Mode services deploy as canaries; daemons \
              reach the managed instances batch by batch.",
    leaves_out: "Service Connect, volumes, placement strategies and most other members are checked, stored and \
              shown without effect. Task sets, task protection, `ExecuteCommand` and changes of clusters, \
              instances and capacity providers are not simulated. Express Mode has no certificates and security groups; \
              managed instances are only counted, and daemon tasks are not listed.",
    tests: &[
        "simulated::tests::services",
        "simulated::tests::health",
        "simulated::tests::rollout_end",
        "simulated::tests::shifting",
        "simulated::tests::shifting_ended",
        "simulated::tests::hooks",
        "simulated::tests::laws",
        "simulated::tests::express",
        "simulated::tests::daemons",
        "simulated::tests::deploying_members",
        "simulated::tests::refusals::definitions",
        "simulated::tests::refusals::deployments",
        "simulated::tests::refusals::instances",
        "simulated::tests::refusals::services",
        "emulated::conformance::cases::services",
        "emulated::conformance::cases::tasks",
        "emulated::conformance::cases::definitions",
        "emulated::conformance::cases::clusters",
    ],
};

/// Answers a call of ECS, or fails as ECS does.
pub(crate) fn call(cloud: &mut Cloud, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "CreateCluster" => clusters::create(cloud, input),
        "DescribeClusters" => clusters::describe(cloud, input),
        "ListClusters" => clusters::list(cloud, input),
        "RegisterTaskDefinition" => definitions::register(cloud, input),
        "DescribeTaskDefinition" => definitions::describe(cloud, input),
        "ListTaskDefinitions" => definitions::list_arns(cloud, input),
        "DeregisterTaskDefinition" => definitions::deregister(cloud, input),
        "CreateService" => services::create(cloud, input),
        "DescribeServices" => services::describe(cloud, input),
        "ListServices" => services::list_arns(cloud, input),
        "UpdateService" => update_service::update(cloud, input),
        "DeleteService" => services::delete(cloud, input),
        "ListServiceDeployments" => deployments::list_briefs(cloud, input),
        "DescribeServiceDeployments" => deployments::describe(cloud, input),
        "DescribeServiceRevisions" => deployments::describe_revisions(cloud, input),
        "StopServiceDeployment" => deployments::stop(cloud, input),
        "ContinueServiceDeployment" => deployments::go_on(cloud, input),
        "ListContainerInstances" => instances::list_arns(cloud, input),
        "DescribeContainerInstances" => instances::describe(cloud, input),
        "RunTask" => tasks::run(cloud, input),
        "DescribeTasks" => tasks::describe(cloud, input),
        "ListTasks" => tasks::list_arns(cloud, input),
        "StopTask" => tasks::stop(cloud, input),
        "TagResource" => tags::tag(cloud, input),
        "UntagResource" => tags::untag(cloud, input),
        "ListTagsForResource" => tags::list_tags(cloud, input),
        _ => Err(not_simulated("ecs", operation)),
    }
}

/// The name of the cluster that a call is about.
pub(crate) fn cluster_name(input: &Value) -> &str {
    short_name(
        text(input, "cluster")
            .filter(|c| !c.is_empty())
            .unwrap_or("default"),
    )
}

/// Name of the cluster that the input names. Fails with `ClusterNotFoundException` if there is none.
fn cluster<'a>(cloud: &Cloud, input: &'a Value) -> Result<&'a str, Fault> {
    let name = cluster_name(input);
    if cloud.ecs.clusters.contains_key(name) {
        Ok(name)
    } else {
        Err(Fault::new("ClusterNotFoundException", "Cluster not found."))
    }
}

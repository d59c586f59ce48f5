//! CodeDeploy: deployments to ECS services and Lambda functions, which follow their lifecycle events in time.
//!
//! A deployment of Lambda moves the alias as its configuration says. The tasks of an ECS service stay as they are: only
//! the deployment itself is modelled.

use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, not_simulated, text};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::coverage::Coverage;

mod app_spec;
mod create;
mod event;
mod shown;
pub(crate) mod state;

pub(crate) use event::happen;
use state::Deployment;
pub(crate) use state::{CodeDeploy, Failure, Group, Platform};

/// How far CodeDeploy is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "codedeploy",
    behaves: "A deployment passes through its lifecycle events in time, fails where the fixture says so, can be \
              stopped, and rolls back. A deployment of a Lambda function moves its alias step by step.",
    leaves_out: "Applications and groups come from the fixture and cannot be created. A deployment of an ECS \
              service leaves the service's tasks and target groups as they are, and a deployment configuration \
              whose name tells no canary or linear steps moves all traffic at once. Deployments to EC2 instances \
              are left out.",
    tests: &[
        "simulated::tests::codedeploy",
        "emulated::function_deployments",
        "emulated::conformance::cases::functions",
    ],
};

pub(crate) fn call(cloud: &mut Cloud, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "CreateDeployment" => create::create(cloud, input),
        "GetDeployment" => {
            let (id, deployment) = named(&cloud.codedeploy, input)?;
            let info = shown::deployment(&cloud.codedeploy, cloud.now(), id, deployment);
            Ok(json!({ "deploymentInfo": info }))
        }
        "BatchGetDeployments" => {
            let known = list(input, "deploymentIds")
                .iter()
                .filter_map(Value::as_str);
            let found = known.filter_map(|id| cloud.codedeploy.deployments.get_key_value(id));
            let infos =
                found.map(|(id, it)| shown::deployment(&cloud.codedeploy, cloud.now(), id, it));
            Ok(json!({ "deploymentsInfo": infos.collect::<Vec<_>>() }))
        }
        "ListDeployments" => list_deployments(cloud, input),
        "StopDeployment" => create::stop(cloud, input),
        "GetDeploymentGroup" => {
            let key = group_key(&cloud.codedeploy, input)?;
            let info = shown::group(cloud, &key);
            Ok(json!({ "deploymentGroupInfo": info }))
        }
        "ListDeploymentTargets" => {
            let (_, deployment) = named(&cloud.codedeploy, input)?;
            Ok(json!({ "targetIds": [shown::target_id(&cloud.codedeploy, deployment)] }))
        }
        "GetDeploymentTarget" => {
            let (id, deployment) = named(&cloud.codedeploy, input)?;
            Ok(json!({ "deploymentTarget": shown::target(cloud, id, deployment) }))
        }
        "BatchGetDeploymentTargets" => {
            let (id, deployment) = named(&cloud.codedeploy, input)?;
            Ok(json!({ "deploymentTargets": [shown::target(cloud, id, deployment)] }))
        }
        _ => Err(not_simulated("codedeploy", operation)),
    }
}

/// The deployment that an input names.
fn named<'s>(state: &'s CodeDeploy, input: &Value) -> Result<(&'s str, &'s Deployment), Fault> {
    let id = text(input, "deploymentId").unwrap_or_default();
    let found = state.deployments.get_key_value(id);
    let found = found.map(|(id, deployment)| (id.as_str(), deployment));
    found.ok_or_else(|| {
        Fault::new(
            "DeploymentDoesNotExistException",
            format!("The deployment {id} could not be found"),
        )
    })
}

/// The group that an input names.
fn group_key(state: &CodeDeploy, input: &Value) -> Result<(String, String), Fault> {
    let word = |name: &str| text(input, name).unwrap_or_default().to_owned();
    let (application, group) = (word("applicationName"), word("deploymentGroupName"));
    if !state.groups.keys().any(|(own, _)| *own == application) {
        return Err(Fault::new(
            "ApplicationDoesNotExistException",
            format!("No application found for name: {application}"),
        ));
    }
    if group.is_empty() {
        return Err(Fault::new(
            "DeploymentGroupNameRequiredException",
            "Deployment Group name is missing",
        ));
    }
    let key = (application, group);
    match state.groups.contains_key(&key) {
        true => Ok(key),
        false => Err(Fault::new(
            "DeploymentGroupDoesNotExistException",
            format!("No Deployment Group found for name: {}", key.1),
        )),
    }
}

/// `ListDeployments`: ids, the newest first.
fn list_deployments(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    if input.get("applicationName").is_some() {
        group_key(&cloud.codedeploy, input)?;
    }
    let now = cloud.now();
    let statuses = list(input, "includeOnlyStatuses");
    let bound = |name: &str| {
        input
            .get("createTimeRange")?
            .get(name)?
            .as_str()?
            .parse::<jiff::Timestamp>()
            .ok()
    };
    let (from, to) = (bound("start"), bound("end"));
    let fits = |deployment: &Deployment| {
        let (application, group) = &deployment.group;
        let named = |name: &str, own: &str| text(input, name).is_none_or(|asked| asked == own);
        let status = deployment.status(now).0;
        named("applicationName", application)
            && named("deploymentGroupName", group)
            && (statuses.is_empty() || statuses.iter().any(|asked| asked == status))
            && from.is_none_or(|from| deployment.created >= from)
            && to.is_none_or(|to| deployment.created <= to)
    };
    let all = cloud.codedeploy.deployments.iter();
    let mut found: Vec<_> = all.filter(|(_, deployment)| fits(deployment)).collect();
    found.sort_by_key(|(_, deployment)| std::cmp::Reverse(deployment.created));
    let ids: Vec<&String> = found.into_iter().map(|(id, _)| id).collect();
    Ok(json!({ "deployments": ids }))
}

//! Service deployments: what a run of a deployment's revisions is to ECS.

use serde_json::{Value, json};

use super::{ECS, read};
use crate::primitive::api::reconcile::{did_not_happen, find};
use crate::primitive::api::{Api, name_of};
use crate::primitive::{Context, LineKind, Reconciled};
use crate::vocabulary::Stop;

/// The verbs on service deployments and service revisions.
pub(super) fn all() -> [Api; 5] {
    [
        read(
            "list_service_deployments",
            "ListServiceDeployments",
            "service",
            "Lists a service's deployments, newest first, by `status` and `createdAt`.",
            r#"let found = ecs::list_service_deployments(#{ cluster: "realserv-prod", service: "catalog-service" });
print(found.serviceDeployments[0].status);"#,
        ),
        read(
            "describe_service_deployments",
            "DescribeServiceDeployments",
            "serviceDeploymentArns",
            "Describes up to twenty service deployments: status, lifecycle stage, hooks, circuit breaker, rollback.",
            r#"let listed = ecs::list_service_deployments(#{ cluster: "realserv-prod", service: "catalog-service" });
let arn = listed.serviceDeployments[0].serviceDeploymentArn;
let found = ecs::describe_service_deployments(#{ serviceDeploymentArns: [arn] });
print(found.serviceDeployments[0].targetServiceRevision.arn);"#,
        ),
        read(
            "describe_service_revisions",
            "DescribeServiceRevisions",
            "serviceRevisionArns",
            "Describes up to twenty service revisions: task definition, images by digest, network, load balancers.",
            r#"let listed = ecs::list_service_deployments(#{ cluster: "realserv-prod", service: "catalog-service" });
let arn = listed.serviceDeployments[0].targetServiceRevisionArn;
let found = ecs::describe_service_revisions(#{ serviceRevisionArns: [arn] });
print(found.serviceRevisions[0].taskDefinition);"#,
        ),
        read(
            "stop_service_deployment",
            "StopServiceDeployment",
            "serviceDeploymentArn",
            "Stops a running deployment: the service goes back to the revision before. The only `stopType` is ROLLBACK.",
            r#"ecs::update_service(#{ cluster: "realserv-prod", service: "catalog-service", taskDefinition: "realserv-catalog-service:40" });
let listed = ecs::list_service_deployments(#{ cluster: "realserv-prod", service: "catalog-service" });
let arn = listed.serviceDeployments[0].serviceDeploymentArn;
print(ecs::stop_service_deployment(#{ serviceDeploymentArn: arn }).serviceDeploymentArn);"#,
        )
        .writes(LineKind::Changes)
        .residue(|_, _| None)
        .reconciled_by(|input, cx| {
            let found = described(cx, input)?.unwrap_or_default();
            let status = found["status"].as_str().unwrap_or("unknown");
            Ok(match status {
                "PENDING" | "IN_PROGRESS" | "unknown" => did_not_happen("the deployment is under way"),
                _ => happened(input, format!("the deployment is {status}")),
            })
        })
        .in_flight(|input| {
            Some(format!("{} is being stopped in ECS", name_of(&input["serviceDeploymentArn"])))
        }),
        read(
            "continue_service_deployment",
            "ContinueServiceDeployment",
            "serviceDeploymentArn",
            "Ends the pause of a deployment at one of its lifecycle hooks: with `action` CONTINUE (the default) the deployment continues; with ROLLBACK it is rolled back.",
            r#"let service = #{ cluster: "realserv-prod", service: "catalog-worker" };
let made = ecs::create_service(#{
    cluster: service.cluster, serviceName: service.service, taskDefinition: "realserv-catalog-service:41", desiredCount: 1,
    launchType: "FARGATE", networkConfiguration: #{ awsvpcConfiguration: #{ subnets: ["subnet-abc123"] } },
    deploymentConfiguration: #{
        strategy: "BLUE_GREEN", bakeTimeInMinutes: 5,
        lifecycleHooks: [#{ targetType: "PAUSE", lifecycleStages: ["POST_SCALE_UP"] }],
    },
});
ecs::follow_deployment(service + #{ deployment: made.service.deployments[0].id });
ecs::update_service(service + #{ taskDefinition: "realserv-catalog-service:40" });
let listed = ecs::list_service_deployments(service);
let arn = listed.serviceDeployments[0].serviceDeploymentArn;
let paused = aws::wait(#{
    service: "ecs", operation: "DescribeServiceDeployments", input: #{ serviceDeploymentArns: [arn] },
    path: "serviceDeployments[0].lifecycleHookDetails[0].status", becomes: ["AWAITING_ACTION"],
});
let hook = paused.serviceDeployments[0].lifecycleHookDetails[0].hookId;
ecs::continue_service_deployment(#{ serviceDeploymentArn: arn, hookId: hook });"#,
        )
        .writes(LineKind::Changes)
        .residue(|_, _| None)
        .reconciled_by(|input, cx| {
            let found = described(cx, input)?.unwrap_or_default();
            let hooks = found["lifecycleHookDetails"].as_array().into_iter().flatten();
            let mut own = hooks.filter(|hook| hook["hookId"] == input["hookId"]);
            let waits = own.any(|hook| hook["status"] == json!("AWAITING_ACTION"));
            Ok(match waits {
                true => did_not_happen("the deployment is paused"),
                false => happened(input, "the deployment is not paused".into()),
            })
        }),
    ]
}

/// The service deployment that a call is about, as it is.
fn described(cx: &Context<'_>, input: &Value) -> Result<Option<Value>, Stop> {
    let describe = json!({ "serviceDeploymentArns": [input["serviceDeploymentArn"]] });
    let operation = (ECS, "DescribeServiceDeployments");
    find(cx, operation, describe, "serviceDeployments")
}

fn happened(input: &Value, how: String) -> Reconciled {
    Reconciled::Happened {
        output: json!({ "serviceDeploymentArn": input["serviceDeploymentArn"] }),
        how,
    }
}

//! Services of ECS Express Mode.

use serde_json::{Value, json};

use super::{ECS, read};
use crate::primitive::api::reconcile::{
    contains_asked, did_not_happen, find, happened_if_created, is_not_found, is_since_call, list,
};
use crate::primitive::api::{Api, left, name_of, send};
use crate::primitive::{Context, LineKind, Reconciled, diff};
use crate::text::arn::{Arn, short_name};
use crate::vocabulary::Stop;
use crate::world::AwsCall;

/// Operations of Express Mode: services with everything around them.
pub(super) fn all() -> [Api; 4] {
    [
        read(
            "describe_express_gateway_service",
            "DescribeExpressGatewayService",
            "serviceArn",
            "Describes a service of ECS Express Mode: its status, the configurations that are active, and the addresses at which it is reached (`ingressPaths`).",
            r#"let made = ecs::create_express_gateway_service(#{
    cluster: "realserv-prod", serviceName: "shop",
    executionRoleArn: "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    infrastructureRoleArn: "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
    primaryContainer: #{ image: "123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service:1.3.0", containerPort: 8080 },
});
let found = ecs::describe_express_gateway_service(#{ serviceArn: made.service.serviceArn });
print(found.service.activeConfigurations[0].ingressPaths[0].endpoint);"#,
        ),
        read(
            "create_express_gateway_service",
            "CreateExpressGatewayService",
            "serviceName",
            "Creates a service of ECS Express Mode from an image and two roles, and starts its first deployment. ECS makes the task definition, the service, its load balancing, an alarm and the scaling.",
            r#"let made = ecs::create_express_gateway_service(#{
    cluster: "realserv-prod", serviceName: "shop",
    executionRoleArn: "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    infrastructureRoleArn: "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
    primaryContainer: #{ image: "123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service:1.3.0" },
    healthCheckPath: "/health",
});
print(made.service.status.statusCode);   // ACTIVE"#,
        )
        .writes(LineKind::Creates)
        .reconciled_by(|input, cx| {
            // Without a name, ECS has chosen one that nobody knows.
            let Some(name) = input["serviceName"].as_str() else {
                return Ok(Reconciled::Unknown);
            };
            let ask = json!({ "cluster": input["cluster"], "services": [name] });
            let service = find(cx, (ECS, "DescribeServices"), ask, "services")?;
            let service = service.filter(|it| it["status"] == json!("ACTIVE"));
            let live = match service {
                Some(service) => described(cx, &service["serviceArn"])?,
                None => None,
            };
            Ok(happened_if_created(live, "createdAt", cx, |live| json!({ "service": live })))
        })
        .changes(|input, _| diff::asked(None, input, &["cluster", "serviceName", "tags"]))
        .residue(|input, output| {
            let made = output["service"]["serviceName"].as_str();
            let name = made.or(input["serviceName"].as_str()).unwrap_or("without a name");
            left(format!("Express Mode service {name}"), false)
        })
        .in_flight(|input| {
            let name = input["serviceName"].as_str().unwrap_or("an Express Mode service");
            Some(format!("the first deployment of {name} continues in ECS"))
        }),
        read(
            "update_express_gateway_service",
            "UpdateExpressGatewayService",
            "serviceArn",
            "Changes a service of ECS Express Mode: ECS deploys the new configuration as a canary, and goes back if it fails. Members that are left out stay; `primaryContainer` is given as a whole.",
            r#"let app = #{ cluster: "realserv-prod", service: "shop" };
let made = ecs::create_express_gateway_service(#{
    cluster: app.cluster, serviceName: app.service,
    executionRoleArn: "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    infrastructureRoleArn: "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
    primaryContainer: #{ image: "123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service:1.2.0" },
});
let updated = ecs::update_express_gateway_service(#{
    serviceArn: made.service.serviceArn, memory: "4096",
    primaryContainer: #{ image: "123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service:1.3.0" },
});
print(updated.service.targetConfiguration.serviceRevisionArn);"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(find_update)
        .changes(|input, _| diff::asked(None, input, &["serviceArn"]))
        .residue(|input, _| {
            left(format!("Express Mode service {} updated", name_of(&input["serviceArn"])), false)
        })
        .in_flight(|input| {
            let name = short_name(input["serviceArn"].as_str()?);
            Some(format!("the deployment of {name} continues in ECS"))
        }),
        read(
            "delete_express_gateway_service",
            "DeleteExpressGatewayService",
            "serviceArn",
            "Deletes a service of ECS Express Mode with everything that ECS has made for it. It drains, and is INACTIVE when its tasks are gone.",
            r#"let made = ecs::create_express_gateway_service(#{
    cluster: "realserv-prod", serviceName: "shop",
    executionRoleArn: "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    infrastructureRoleArn: "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
    primaryContainer: #{ image: "123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service:1.3.0" },
});
let gone = ecs::delete_express_gateway_service(#{ serviceArn: made.service.serviceArn });
print(gone.service.status.statusCode);   // DRAINING"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| {
            let live = described(cx, &input["serviceArn"])?;
            let status = live.as_ref().map(|it| it["status"]["statusCode"].clone());
            Ok(match status {
                Some(status) if status == json!("ACTIVE") => {
                    did_not_happen("the service is ACTIVE")
                }
                _ => Reconciled::Happened {
                    output: json!({ "service": live }),
                    how: "the service is deleted".into(),
                },
            })
        })
        .in_flight(|input| {
            Some(format!("{} drains in ECS", short_name(input["serviceArn"].as_str()?)))
        }),
    ]
}

/// An Express Mode service as it is; `None`: there is none of that ARN.
fn described(cx: &Context<'_>, arn: &Value) -> Result<Option<Value>, Stop> {
    let ask = json!({ "serviceArn": arn });
    match send(cx, &AwsCall::new(ECS, "DescribeExpressGatewayService", ask)) {
        Ok(mut output) => Ok(Some(output["service"].take())),
        Err(Stop::Fault(fault)) if is_not_found(&fault.code) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// An update has happened if the service is as asked, or if a deployment since the call brings its image: that one may
/// have been rolled back. Of an update without an image nobody but a person can say, once something was deployed.
fn find_update(input: &Value, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    let Some(mut live) = described(cx, &input["serviceArn"])? else {
        return Ok(did_not_happen("the service is not there"));
    };
    let mut asked = input.clone();
    if let Some(members) = asked.as_object_mut() {
        members.remove("serviceArn");
    }
    let active = live["activeConfigurations"].take();
    let mut active = active.as_array().into_iter().flatten();
    if let Some(found) = active.find(|found| contains_asked(found, &asked)) {
        live["targetConfiguration"] = found.clone();
        return Ok(Reconciled::Happened {
            output: json!({ "service": live }),
            how: "the service is as asked".into(),
        });
    }
    let recent = deployed_since(input, cx)?;
    let image = &asked["primaryContainer"]["image"];
    if recent.is_empty() {
        return Ok(did_not_happen(
            "no deployment has begun since, and the service is not as asked",
        ));
    }
    if image.is_null() {
        return Ok(Reconciled::Unknown);
    }
    let brings = |revision: &&Value| {
        let mut images = revision["containerImages"].as_array().into_iter().flatten();
        images.any(|one| one["image"] == *image)
    };
    let Some(found) = recent.iter().find(brings) else {
        return Ok(did_not_happen("no deployment since brings its image"));
    };
    asked["serviceRevisionArn"] = found["serviceRevisionArn"].clone();
    asked["taskDefinitionArn"] = found["taskDefinition"].clone();
    live["targetConfiguration"] = asked;
    Ok(Reconciled::Happened {
        output: json!({ "service": live }),
        how: "its deployment has begun".into(),
    })
}

/// The revisions that deployments since the call bring, the newest first.
fn deployed_since(input: &Value, cx: &Context<'_>) -> Result<Vec<Value>, Stop> {
    let arn = input["serviceArn"].as_str().and_then(Arn::parse);
    let (_, rest) = arn.map(Arn::type_and_rest).unwrap_or_default();
    let (cluster, name) = rest.split_once('/').unwrap_or_default();
    let ask = json!({ "cluster": cluster, "service": name });
    let operation = (ECS, "ListServiceDeployments");
    let all = list(cx, operation, ask, "serviceDeployments")?;
    let recent = all.iter().filter(|d| is_since_call(cx, &d["createdAt"]));
    let arns: Vec<&Value> = recent
        .map(|d| &d["targetServiceRevisionArn"])
        .take(20)
        .collect();
    if arns.is_empty() {
        return Ok(Vec::new());
    }
    let ask = json!({ "serviceRevisionArns": arns });
    list(
        cx,
        (ECS, "DescribeServiceRevisions"),
        ask,
        "serviceRevisions",
    )
}

//! Services.

use serde_json::{Value, json};

use super::{ECS, read};
use crate::primitive::api::reconcile::{
    contains_asked, did_not_happen, find, happened_if_created, is_since_call, list, time,
};
use crate::primitive::api::{Api, left};
use crate::primitive::{Change, Context, LineKind, Reconciled, ResourceCache, diff};
use crate::text::arn::{family, short_name};
use crate::vocabulary::Stop;

/// Operations that create, update and delete services.
pub(super) fn all() -> [Api; 3] {
    [
        read(
            "create_service",
            "CreateService",
            "serviceName",
            "Creates a service and starts its first deployment. It adds a client token of this run if the script gives none. A service of that name that exists already is a fault: update it instead.",
            r#"let made = ecs::create_service(#{
    cluster: "realserv-prod", serviceName: "catalog-worker", taskDefinition: "realserv-catalog-service:41", desiredCount: 1,
    launchType: "FARGATE",
    networkConfiguration: #{ awsvpcConfiguration: #{ subnets: ["subnet-abc123"], securityGroups: ["sg-catalog"] } },
});
print(made.service.deployments[0].id);"#,
        )
        .writes(LineKind::Creates)
        .prepared_by(with_token)
        .reconciled_by(|input, cx| {
            let live = described(cx, input, &input["serviceName"])?;
            let asked = input["taskDefinition"].as_str().map(short_name);
            let live = live.filter(|service| {
                let first = service["taskDefinition"].as_str().map(short_name);
                let alike = first.is_some_and(|it| asked == Some(it) || asked == Some(family(it)));
                service["status"] == json!("ACTIVE") && alike
            });
            Ok(happened_if_created(live, "createdAt", cx, |service| json!({ "service": service })))
        })
        .changes(|input, _| {
            let but = ["cluster", "serviceName", "clientToken", "tags"];
            diff::asked(None, input, &but)
        })
        .residue(|input, _| left(format!("service {}", input["serviceName"].as_str()?), false))
        .in_flight(|input| {
            Some(format!(
                "the first deployment of {} continues in ECS",
                input["serviceName"].as_str()?
            ))
        }),
        read(
            "update_service",
            "UpdateService",
            "service",
            "Updates a service and starts a deployment. Name the task definition's revision: `forceNewDeployment` alone deploys the old one again. Fields that are left out, such as `desiredCount`, keep their values.",
            r#"let updated = ecs::update_service(#{
    cluster: "realserv-prod", service: "catalog-service", taskDefinition: "realserv-catalog-service:40",
});
print(updated.service.deployments[0].id);"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(find_update)
        .changes(service_changes)
        .residue(|input, output| {
            let definition = output["service"]["taskDefinition"].as_str();
            let service = short_name(input["service"].as_str().unwrap_or_default());
            let definition = short_name(definition.unwrap_or_default());
            left(format!("service {service} updated to {definition}"), false)
        })
        .in_flight(|input| {
            Some(format!(
                "the deployment of {} continues in ECS",
                short_name(input["service"].as_str()?)
            ))
        }),
        read(
            "delete_service",
            "DeleteService",
            "service",
            "Deletes a service: it drains, and is INACTIVE when its tasks are gone. A service whose desired count is not 0 is deleted only with `force`.",
            r#"ecs::update_service(#{ cluster: "realserv-prod", service: "catalog-service", desiredCount: 0 });
let gone = ecs::delete_service(#{ cluster: "realserv-prod", service: "catalog-service" });
print(gone.service.status);"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| {
            Ok(match described(cx, input, &input["service"])? {
                Some(service) if service["status"] == json!("ACTIVE") => {
                    did_not_happen("the service is ACTIVE")
                }
                service => Reconciled::Happened {
                    output: json!({ "service": service }),
                    how: "the service is deleted".into(),
                },
            })
        })
        .in_flight(|input| {
            Some(format!("{} drains in ECS", short_name(input["service"].as_str()?)))
        }),
    ]
}

/// The service that a call is about, as it is.
fn described(cx: &Context<'_>, input: &Value, name: &Value) -> Result<Option<Value>, Stop> {
    let describe = json!({ "cluster": input["cluster"], "services": [name] });
    find(cx, (ECS, "DescribeServices"), describe, "services")
}

fn with_token(input: &Value, cx: &Context<'_>) -> Value {
    let mut input = input.clone();
    if let Some(fields) = input.as_object_mut() {
        let token = fields.entry("clientToken");
        token.or_insert_with(|| json!(cx.token()));
    }
    input
}

fn service_changes(input: &Value, seen: &ResourceCache) -> Vec<Change> {
    let cluster = input["cluster"].as_str().unwrap_or("default");
    let name = input["service"].as_str();
    let live = name.and_then(|name| seen.service(cluster, name));
    let Some(fields) = input.as_object() else {
        return Vec::new();
    };
    let asked = fields
        .iter()
        .filter(|(k, _)| !matches!(k.as_str(), "cluster" | "service"));
    let mut changes = Vec::new();
    for (name, to) in asked {
        let from = live.map_or(Value::Null, |l| l[name].clone());
        if name == "taskDefinition" {
            let brief = |v: &Value| v.as_str().map_or(Value::Null, |s| json!(short_name(s)));
            if brief(&from) != brief(to) {
                changes.push(Change {
                    path: name.clone(),
                    from: brief(&from),
                    to: brief(to),
                });
            }
        } else {
            diff::into(name, &from, to, &mut changes);
        }
    }
    changes
}

/// Members of an update that a description shows as they were asked for.
const SHOWN: [&str; 7] = [
    "desiredCount",
    "deploymentConfiguration",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "loadBalancers",
    "networkConfiguration",
    "propagateTags",
];
/// Members that say which service, and what deployment.
const NAMED: [&str; 4] = ["cluster", "service", "taskDefinition", "forceNewDeployment"];

/// An update has happened if there is a deployment that it started, or if the service is what it would lead to.
fn find_update(input: &Value, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    let service = described(cx, input, &input["service"])?.unwrap_or_default();
    let cluster = input["cluster"].as_str().unwrap_or("default");
    let name = input["service"].as_str().unwrap_or_default();
    let before = cx.seen.service(cluster, name);
    // What the run has seen before the call cannot come of it.
    let fresh = |d: &Value| match before {
        Some(before) => !deployments(before).any(|known| known["id"] == d["id"]),
        None => d["createdAt"].is_string() && is_since_call(cx, &d["createdAt"]),
    };
    let wanted = input["taskDefinition"].as_str().map(short_name);
    let of_wanted = |d: &Value| {
        let definition = d["taskDefinition"].as_str().map(short_name);
        // A family stands for its latest revision.
        wanted.is_none_or(|wanted| definition.is_some_and(|d| d == wanted || family(d) == wanted))
    };
    let is_primary = |d: &Value| d["status"] == json!("PRIMARY");
    // One of that revision that is no longer the primary has been followed by another, or was rolled back.
    let started = deployments(&service)
        .filter(|d| of_wanted(d) && fresh(d))
        .find(|d| is_primary(d) || wanted.is_some());
    // What a description does not show is only seen by the deployment that it starts.
    let members = input.as_object().into_iter().flatten();
    let shown = members
        .filter(|(_, value)| !value.is_null())
        .all(|(name, _)| SHOWN.contains(&name.as_str()) || NAMED.contains(&name.as_str()));
    // Which revision a bare family stood for is not known any more.
    let exact = wanted.is_none_or(|wanted| wanted.contains(':'));
    let as_asked = (shown && exact)
        && input["forceNewDeployment"] != json!(true)
        && SHOWN
            .iter()
            .all(|name| contains_asked(&service[*name], &input[*name]))
        && deployments(&service).any(|d| is_primary(d) && of_wanted(d));
    let how = match started {
        Some(d) => {
            let id = d["id"].as_str().unwrap_or_default();
            Some(format!("deployment {id} is under way"))
        }
        None if as_asked => Some("the service is as asked".into()),
        None => ended_since(input, cx, before, of_wanted)?,
    };
    Ok(match how {
        Some(how) => Reconciled::Happened {
            output: json!({ "service": service }),
            how,
        },
        None => did_not_happen("the service has no such deployment, and is not as asked"),
    })
}

/// The deployments that a service shows.
fn deployments(service: &Value) -> impl Iterator<Item = &Value> {
    service["deployments"].as_array().into_iter().flatten()
}

/// A deployment of the revision that began since the call, and that the service itself shows no longer: ECS gave it up
/// and went back. Nothing where ECS does not list deployments (an external controller, a role that may not ask).
fn ended_since(
    input: &Value,
    cx: &Context<'_>,
    before: Option<&Value>,
    of_wanted: impl Fn(&Value) -> bool,
) -> Result<Option<String>, Stop> {
    if !input["taskDefinition"].is_string() {
        return Ok(None);
    }
    let ask =
        json!({ "cluster": input["cluster"], "service": input["service"], "maxResults": 100 });
    let listed = as_far(list(
        cx,
        (ECS, "ListServiceDeployments"),
        ask,
        "serviceDeployments",
    ))?;
    // By AWS's own clock, if the run has seen what was there before.
    let known = before.map(deployments).into_iter().flatten();
    let newest = known.filter_map(|d| time(&d["createdAt"])).max();
    let began = |d: &&Value| match (newest, time(&d["createdAt"])) {
        (_, None) => false,
        (Some(newest), Some(at)) => at > newest,
        (None, Some(_)) => is_since_call(cx, &d["createdAt"]),
    };
    let recent: Vec<&Value> = listed.iter().filter(began).take(20).collect();
    if recent.is_empty() {
        return Ok(None);
    }
    let arns: Vec<&Value> = recent
        .iter()
        .map(|d| &d["targetServiceRevisionArn"])
        .collect();
    let ask = json!({ "serviceRevisionArns": arns });
    let revisions = as_far(list(
        cx,
        (ECS, "DescribeServiceRevisions"),
        ask,
        "serviceRevisions",
    ))?;
    let ours = revisions.iter().find(|revision| of_wanted(revision));
    let ours = ours.and_then(|revision| {
        let arn = &revision["serviceRevisionArn"];
        recent
            .iter()
            .find(|d| d["targetServiceRevisionArn"] == *arn)
    });
    Ok(ours.map(|d| {
        let arn = short_name(d["serviceDeploymentArn"].as_str().unwrap_or_default());
        let status = d["status"].as_str().unwrap_or("over");
        format!("deployment {arn} is {status}")
    }))
}

/// What a list shows, as far as it can be had.
fn as_far(listed: Result<Vec<Value>, Stop>) -> Result<Vec<Value>, Stop> {
    match listed {
        Err(Stop::Fault(_)) => Ok(Vec::new()),
        other => other,
    }
}

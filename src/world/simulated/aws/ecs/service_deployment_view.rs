//! Service deployments and service revisions as the API shows them.

use serde_json::{Value, json};

use super::circuit_breaker::CircuitBreaker;
use super::hook::Hook;
use super::ids::ServiceKey;
use super::revision::Revision;
use super::service::Service;
use super::service_deployment::ServiceDeployment;
use super::task::{Status as TaskStatus, Task};
use crate::world::simulated::aws::json::{flag, list, set, text, texts};
use crate::world::simulated::cloud::Cloud;

/// The ARN of a service deployment or revision: `arn:…:KIND/CLUSTER/SERVICE/ID`.
fn arn(cloud: &Cloud, kind: &str, key: &ServiceKey, id: &str) -> String {
    cloud.arn("ecs", &format!("{kind}/{}/{}/{id}", key.cluster, key.name))
}

pub(crate) fn deployment_arn(cloud: &Cloud, key: &ServiceKey, id: &str) -> String {
    arn(cloud, "service-deployment", key, id)
}

pub(crate) fn revision_arn(cloud: &Cloud, key: &ServiceKey, id: &str) -> String {
    arn(cloud, "service-revision", key, id)
}

/// The members that both listing and description show.
pub(super) fn brief(
    cloud: &Cloud,
    key: &ServiceKey,
    service: &Service,
    d: &ServiceDeployment,
) -> Value {
    let mut out = json!({
        "serviceDeploymentArn": deployment_arn(cloud, key, &d.id),
        "serviceArn": service.arn(),
        "clusterArn": cloud.arn("ecs", &format!("cluster/{}", key.cluster)),
        "createdAt": d.created.to_string(),
        "status": d.status.name(),
    });
    if !d.reason.is_empty() {
        set(&mut out, "statusReason", json!(d.reason));
    }
    for (name, at) in [("startedAt", d.started), ("finishedAt", d.finished)] {
        if let Some(at) = at {
            set(&mut out, name, json!(at.to_string()));
        }
    }
    out
}

/// A service deployment as `ListServiceDeployments` lists it.
pub(super) fn render_brief(
    cloud: &Cloud,
    key: &ServiceKey,
    service: &Service,
    d: &ServiceDeployment,
) -> Value {
    let mut out = brief(cloud, key, service, d);
    let target = revision_arn(cloud, key, &d.target);
    set(&mut out, "targetServiceRevisionArn", json!(target));
    out
}

/// A service deployment as `DescribeServiceDeployments` describes it.
pub(super) fn render(
    cloud: &Cloud,
    key: &ServiceKey,
    service: &Service,
    d: &ServiceDeployment,
) -> Value {
    let mut out = brief(cloud, key, service, d);
    let shifts = d.stage.is_some();
    let summary = |id: &String, target: bool| {
        let mut out = summary(cloud, key, service, id);
        if shifts {
            let share = |share: f64| if target { share } else { 100.0 - share };
            set(
                &mut out,
                "requestedProductionTrafficWeight",
                json!(share(d.production)),
            );
            set(&mut out, "requestedTestTrafficWeight", json!(share(d.test)));
        }
        out
    };
    let sources: Vec<Value> = d.sources.iter().map(|id| summary(id, false)).collect();
    set(&mut out, "updatedAt", json!(d.updated.to_string()));
    set(&mut out, "sourceServiceRevisions", json!(sources));
    set(&mut out, "targetServiceRevision", summary(&d.target, true));
    set(&mut out, "deploymentConfiguration", d.configuration.clone());
    set(&mut out, "deploymentCircuitBreaker", breaker(service, d));
    if let Some(alarms) = d.configuration.get("alarms") {
        set(&mut out, "alarms", render_alarms(d, alarms));
    }
    if let Some(at) = d.stopped {
        set(&mut out, "stoppedAt", json!(at.to_string()));
    }
    if let Some(stage) = d.stage {
        set(&mut out, "lifecycleStage", json!(stage.name()));
        let hooks: Vec<Value> = d.hooks.iter().map(Hook::render).collect();
        set(&mut out, "lifecycleHookDetails", json!(hooks));
    }
    if let Some(rollback) = &d.rollback {
        let shown = json!({
            "reason": rollback.reason,
            "startedAt": rollback.started.to_string(),
            "serviceRevisionArn": revision_arn(cloud, key, &rollback.revision),
        });
        set(&mut out, "rollback", shown);
    }
    out
}

fn breaker(service: &Service, d: &ServiceDeployment) -> Value {
    // As the service was configured when the deployment began.
    let Some(breaker) = CircuitBreaker::of(&d.configuration, service.desired) else {
        return json!({ "status": "DISABLED", "failureCount": 0, "threshold": 0 });
    };
    let failures = d.tripped.unwrap_or_else(|| {
        let own = service.deployments.iter().find(|o| o.id == d.deployment);
        own.map_or(0, |own| own.failed_tasks)
    });
    json!({
        "status": monitoring(d, d.tripped.is_some()),
        "failureCount": failures,
        "threshold": breaker.threshold,
    })
}

fn render_alarms(d: &ServiceDeployment, alarms: &Value) -> Value {
    let status = match flag(alarms, "enable") && d.alarms_watched {
        true => monitoring(d, !d.alarmed.is_empty()),
        false => "DISABLED",
    };
    json!({
        "status": status,
        "alarmNames": texts(alarms, "alarmNames"),
        "triggeredAlarmNames": d.alarmed,
    })
}

fn monitoring(d: &ServiceDeployment, triggered: bool) -> &'static str {
    match (triggered, d.status.ended()) {
        (true, _) => "TRIGGERED",
        (false, true) => "MONITORING_COMPLETE",
        (false, false) => "MONITORING",
    }
}

/// The tasks of a revision.
fn of_revision<'a>(cloud: &'a Cloud, service: &'a Service, id: &'a str) -> Vec<&'a Task> {
    let deployments: Vec<&str> = service
        .deployments
        .iter()
        .filter(|d| d.revision == id)
        .map(|d| d.id.as_str())
        .collect();
    cloud
        .ecs
        .tasks_of(service)
        .filter(|t| {
            t.deployment
                .as_deref()
                .is_some_and(|d| deployments.contains(&d))
        })
        .collect()
}

/// A revision and its counts, as services and service deployments show them.
pub(super) fn summary(cloud: &Cloud, key: &ServiceKey, service: &Service, id: &str) -> Value {
    let own = of_revision(cloud, service, id);
    let primary = service.primary().is_some_and(|d| d.revision == id);
    let wanted = own.iter().filter(|t| t.wanted()).count();
    json!({
        "arn": revision_arn(cloud, key, id),
        "requestedTaskCount": if primary { service.desired as usize } else { wanted },
        "runningTaskCount": own.iter().filter(|t| t.status == TaskStatus::Running).count(),
        "pendingTaskCount": own.iter().filter(|t| t.status.pending()).count(),
    })
}

/// A service revision as `DescribeServiceRevisions` describes it.
pub(super) fn render_revision(
    cloud: &Cloud,
    key: &ServiceKey,
    service: &Service,
    revision: &Revision,
) -> Value {
    let images: Vec<Value> = revision
        .definition
        .containers()
        .iter()
        .map(|c| {
            let image = text(c, "image").unwrap_or_default();
            let mut out = json!({ "containerName": c.get("name"), "image": image });
            let pulled =
                crate::world::simulated::aws::ecr::pull(&cloud.ecr, &cloud.kernel, image).ok();
            if let Some(digest) = pulled.and_then(|p| p.digest) {
                set(&mut out, "imageDigest", json!(digest));
            }
            out
        })
        .collect();
    let mut out = revision.settings.clone();
    let balancers: Vec<Value> = list(&revision.settings, "loadBalancers")
        .iter()
        .map(|lb| resolved(lb, revision.alternate))
        .collect();
    set(
        &mut out,
        "serviceRevisionArn",
        json!(revision_arn(cloud, key, &revision.id)),
    );
    set(&mut out, "serviceArn", json!(service.arn()));
    let cluster = cloud.arn("ecs", &format!("cluster/{}", key.cluster));
    set(&mut out, "clusterArn", json!(cluster));
    set(&mut out, "taskDefinition", json!(revision.definition.arn()));
    set(&mut out, "containerImages", json!(images));
    set(&mut out, "guardDutyEnabled", json!(false));
    set(&mut out, "createdAt", json!(revision.created.to_string()));
    set(
        &mut out,
        "resolvedConfiguration",
        json!({ "loadBalancers": balancers }),
    );
    out
}

/// AWS resolves the rule of production traffic; its model has none of test traffic.
fn resolved(lb: &Value, alternate: bool) -> Value {
    let mut out = json!({ "targetGroupArn": super::service_groups::group_of(lb, alternate) });
    let rule = lb
        .get("advancedConfiguration")
        .and_then(|advanced| advanced.get("productionListenerRule"));
    if let Some(rule) = rule {
        set(&mut out, "productionListenerRule", rule.clone());
    }
    out
}

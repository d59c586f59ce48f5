//! The calls about services.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::deployment::Rollout;
use super::ids::ServiceKey;
use super::service::Service;
use super::service_view::render;
use super::{agenda, definitions, deployment_changes, instances, traffic, validation};
use super::{cluster, cluster_name};
use crate::text::arn::{Arn, short_name};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{
    default, flag, invalid, list, lists, number, page, required, set, text, texts,
};
use crate::world::simulated::cloud::Cloud;

/// From a change until the scheduler acts on it.
pub(super) const REACTION: Duration = Duration::from_secs(2);

/// The service that a call is about.
pub(super) fn find(cloud: &Cloud, input: &Value) -> Result<ServiceKey, Fault> {
    let cluster = cluster(cloud, input)?;
    let key = ServiceKey::new(cluster, short_name(required(input, "service")?));
    let service = cloud
        .ecs
        .services
        .get(&key)
        .ok_or_else(|| Fault::new("ServiceNotFoundException", "Service not found."))?;
    if text(&service.raw, "status") == Some("ACTIVE") {
        Ok(key)
    } else {
        Err(Fault::new(
            "ServiceNotActiveException",
            "Service was not ACTIVE.",
        ))
    }
}

/// Puts the members into a service that AWS would; `raw` is the input of `CreateService`.
pub(crate) fn fill(cloud: &Cloud, cluster: &str, mut raw: Map<String, Value>) -> Value {
    let name = raw
        .get("serviceName")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    for input_only in ["cluster", "clientToken", "role"] {
        raw.remove(input_only);
    }
    let arn = cloud.arn("ecs", &format!("service/{cluster}/{name}"));
    default(&mut raw, "serviceArn", json!(arn));
    let arn = cloud.arn("ecs", &format!("cluster/{cluster}"));
    default(&mut raw, "clusterArn", json!(arn));
    default(&mut raw, "status", json!("ACTIVE"));
    default(&mut raw, "schedulingStrategy", json!("REPLICA"));
    if raw.get("launchType").and_then(Value::as_str) == Some("FARGATE") {
        default(&mut raw, "platformVersion", json!("LATEST"));
        default(&mut raw, "platformFamily", json!("Linux"));
    }
    for empty in [
        "loadBalancers",
        "serviceRegistries",
        "placementConstraints",
        "placementStrategy",
    ] {
        default(&mut raw, empty, json!([]));
    }
    default(&mut raw, "createdAt", json!(cloud.now().to_string()));
    let user = format!("arn:aws:iam::{}:user/simulated", cloud.kernel.account);
    default(&mut raw, "createdBy", json!(user));
    default(&mut raw, "enableECSManagedTags", json!(false));
    default(&mut raw, "propagateTags", json!("NONE"));
    default(&mut raw, "enableExecuteCommand", json!(false));
    let given = raw.remove("deploymentConfiguration").unwrap_or(json!({}));
    let daemon = raw.get("schedulingStrategy").and_then(Value::as_str) == Some("DAEMON");
    let (most, least) = if daemon { (100, 0) } else { (200, 100) };
    let mut configuration = json!({
        "deploymentCircuitBreaker": { "enable": false, "rollback": false },
        "maximumPercent": most,
        "minimumHealthyPercent": least,
    });
    merge(&mut configuration, &given);
    plain(&mut configuration);
    default(&mut raw, "deploymentConfiguration", configuration);
    Value::Object(raw)
}

pub(super) fn merge(into: &mut Value, from: &Value) {
    for (name, value) in from.as_object().into_iter().flatten() {
        set(into, name, value.clone());
    }
}

/// Leaves out what says nothing: members of another strategy, and those that have the value that they have unsaid.
pub(super) fn plain(configuration: &mut Value) {
    let strategy = text(configuration, "strategy").unwrap_or("ROLLING");
    let mut spare = Vec::new();
    if strategy == "ROLLING" {
        spare.push("strategy");
    }
    if strategy != "CANARY" {
        spare.push("canaryConfiguration");
    }
    if strategy != "LINEAR" {
        spare.push("linearConfiguration");
    }
    if number(configuration, "bakeTimeInMinutes") == Some(0) {
        spare.push("bakeTimeInMinutes");
    }
    if list(configuration, "lifecycleHooks").is_empty() {
        spare.push("lifecycleHooks");
    }
    let silent = |alarms: &Value| !flag(alarms, "enable") && list(alarms, "alarmNames").is_empty();
    if configuration.get("alarms").is_some_and(silent) {
        spare.push("alarms");
    }
    if let Some(members) = configuration.as_object_mut() {
        members.retain(|name, _| !spare.contains(&name.as_str()));
    }
}

pub(super) fn create(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let cluster = cluster(cloud, input)?.to_owned();
    let key = ServiceKey::new(&cluster, required(input, "serviceName")?);
    match cloud.ecs.services.get(&key).map(|s| text(&s.raw, "status")) {
        Some(Some("DRAINING")) => {
            return Err(invalid("Unable to Start a service that is still Draining."));
        }
        None | Some(Some("INACTIVE")) => {}
        Some(_) => return Err(invalid("Creation of service was not idempotent.")),
    }
    let definition = definitions::startable(cloud, required(input, "taskDefinition")?)?;
    validation::name(&key.name)?;
    validation::members(input)?;
    let configuration = input.get("deploymentConfiguration");
    let configuration = configuration.unwrap_or(&Value::Null);
    validation::configuration(input, configuration, &Value::Null)?;
    validation::balancing(cloud, input, &definition)?;
    validation::service_connect(input, &definition)?;
    let launch = validation::launch(cloud, &cluster, input, &definition)?;
    validation::daemon(input, &launch.kind)?;
    let desired = match number(input, "desiredCount") {
        Some(desired) => count(desired)?,
        None if validation::daemon::is(input) => instances::each(cloud, &cluster),
        None => return Err(invalid("desiredCount is required.")),
    };
    let mut raw = fill(
        cloud,
        &cluster,
        input.as_object().cloned().unwrap_or_default(),
    );
    match launch.strategy.is_empty() {
        true => set(&mut raw, "launchType", json!(launch.kind)),
        false => set(&mut raw, "capacityProviderStrategy", json!(launch.strategy)),
    }
    cloud
        .ecs
        .add_service(key.clone(), Service::new(raw, desired));
    deployment_changes::begin(cloud, &key, definition);
    traffic::route(cloud, &key);
    agenda::poke(cloud, &key, REACTION);
    answer(cloud, &key)
}

/// Deletes a service: it drains, and is INACTIVE when its tasks are gone.
pub(super) fn delete(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let key = find(cloud, input)?;
    let Some(service) = cloud.ecs.services.get_mut(&key) else {
        return Err(Fault::new("ServiceNotFoundException", "Service not found."));
    };
    let daemon = validation::daemon::is(&service.raw);
    if service.desired > 0 && !daemon && !flag(input, "force") {
        return Err(invalid(
            "The service cannot be stopped while it is scaled above 0.",
        ));
    }
    service.desired = 0;
    set(&mut service.raw, "status", json!("DRAINING"));
    agenda::poke(cloud, &key, REACTION);
    answer(cloud, &key)
}

pub(super) fn count(desired: u64) -> Result<u32, Fault> {
    u32::try_from(desired)
        .ok()
        .filter(|d| *d <= 5_000)
        .ok_or_else(|| invalid("desiredCount must not be more than 5000."))
}

pub(super) fn answer(cloud: &Cloud, key: &ServiceKey) -> Result<Value, Fault> {
    let service = cloud
        .ecs
        .services
        .get(key)
        .ok_or_else(|| Fault::new("ServiceNotFoundException", "Service not found."))?;
    Ok(json!({ "service": render(cloud, service, true) }))
}

/// Sets the desired count of a service, as scaling does.
pub(crate) fn set_desired(cloud: &mut Cloud, key: &ServiceKey, desired: u32) {
    let now = cloud.now();
    if let Some(service) = cloud.ecs.services.get_mut(key) {
        service.scale_to(desired, now);
        agenda::poke(cloud, key, REACTION);
    }
}

/// Whether a deployment of a service is in progress.
pub(crate) fn changing(cloud: &Cloud, key: &ServiceKey) -> bool {
    let primary = cloud.ecs.services.get(key).and_then(|s| s.primary());
    primary.is_some_and(|d| d.rollout == Rollout::InProgress)
}

pub(super) fn describe(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let cluster = cluster(cloud, input)?;
    let names = texts(input, "services");
    if names.is_empty() {
        return Err(invalid("Services cannot be empty."));
    }
    if names.len() > 10 {
        return Err(invalid("Services cannot have more than 10 elements."));
    }
    let tags = texts(input, "include").iter().any(|i| i == "TAGS");
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for name in &names {
        match cloud
            .ecs
            .services
            .get(&ServiceKey::new(cluster, short_name(name)))
        {
            Some(service) => found.push(render(cloud, service, tags)),
            None => failures.push(missing(cloud, input, name)),
        }
    }
    Ok(lists([("services", found), ("failures", failures)]))
}

fn missing(cloud: &Cloud, input: &Value, name: &str) -> Value {
    let arn = if Arn::parse(name).is_some() {
        name.to_owned()
    } else {
        let cluster = cluster_name(input);
        cloud.arn("ecs", &format!("service/{cluster}/{name}"))
    };
    json!({ "arn": arn, "reason": "MISSING" })
}

pub(super) fn list_arns(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let cluster = cluster(cloud, input)?;
    let launch_type = text(input, "launchType");
    let arns = cloud
        .ecs
        .services
        .iter()
        .filter(|(key, _)| &*key.cluster == cluster)
        .filter(|(_, s)| text(&s.raw, "status") != Some("INACTIVE"))
        .filter(|(_, s)| launch_type.is_none() || text(&s.raw, "launchType") == launch_type)
        .map(|(_, s)| json!(s.arn()))
        .collect();
    Ok(page(input, "serviceArns", arns, 100))
}

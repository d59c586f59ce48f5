//! `UpdateService`: which members are kept, and which of them start a deployment.

use serde_json::{Map, Value, json};

use super::services::{REACTION, answer, count, find, merge, plain};
use super::{agenda, definitions, deployment_changes, validation};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, invalid, list, number, set, text};
use crate::world::simulated::cloud::Cloud;

/// Members that are kept, and whether changing them starts a deployment.
const SETTINGS: [(&str, bool); 18] = [
    ("networkConfiguration", true),
    ("platformVersion", true),
    ("loadBalancers", true),
    ("serviceRegistries", true),
    ("serviceConnectConfiguration", true),
    ("volumeConfigurations", true),
    ("vpcLatticeConfigurations", true),
    ("gatewayConnectors", true),
    ("capacityProviderStrategy", false),
    ("enableExecuteCommand", false),
    ("enableECSManagedTags", false),
    ("propagateTags", false),
    ("monitoring", false),
    ("healthCheckGracePeriodSeconds", false),
    ("deploymentController", false),
    ("placementConstraints", false),
    ("placementStrategy", false),
    ("availabilityZoneRebalancing", false),
];

/// Members that say where tasks run.
const PLACES: [&str; 6] = [
    "taskDefinition",
    "networkConfiguration",
    "capacityProviderStrategy",
    "platformVersion",
    "placementConstraints",
    "placementStrategy",
];

/// Whether a call gives one of these members.
fn gives(input: &Value, members: &[&str]) -> bool {
    let given = |name: &&str| input.get(*name).is_some_and(|v| !v.is_null());
    members.iter().any(given)
}

pub(super) fn update(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let key = find(cloud, input)?;
    let named = text(input, "taskDefinition")
        .map(|reference| definitions::startable(cloud, reference))
        .transpose()?;
    let desired = number(input, "desiredCount").map(count).transpose()?;
    let now = cloud.now();
    validation::members(input)?;
    validation::other_controller(cloud.ecs.services.get(&key), input)?;
    let Some(service) = cloud.ecs.services.get(&key) else {
        return Err(Fault::new("ServiceNotFoundException", "Service not found."));
    };
    let Some(current) = service.primary().map(|p| p.definition.clone()) else {
        return Err(Fault::new(
            "ServerException",
            "The service has no deployment.",
        ));
    };
    if desired.is_some() && validation::daemon::is(&service.raw) {
        return Err(invalid(
            "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again.",
        ));
    }
    let definition = named.unwrap_or_else(|| current.clone());
    let was = validation::wanted(cloud, &key.cluster, &service.raw);
    let (raw, changed) = changed(&service.raw, input, &was.kind);
    if gives(input, &["loadBalancers", "healthCheckGracePeriodSeconds"]) {
        validation::balancing(cloud, &raw, &definition)?;
    } else {
        validation::containers(list(&raw, "loadBalancers"), &definition)?;
    }
    if gives(input, &["serviceConnectConfiguration"]) {
        validation::service_connect(&raw, &definition)?;
    }
    if gives(input, &PLACES) {
        let mut placed = raw.clone();
        // The platform that it has had so far goes with what it has run on.
        let platform = input.get("platformVersion").cloned();
        set(
            &mut placed,
            "platformVersion",
            platform.unwrap_or(Value::Null),
        );
        validation::launch(cloud, &key.cluster, &placed, &definition)?;
    }
    if gives(input, &["loadBalancers", "deploymentConfiguration"]) {
        let asked = input.get("deploymentConfiguration");
        let asked = asked.unwrap_or(&Value::Null);
        validation::configuration(&raw, asked, service.configuration())?;
    }
    let deploys = changed || flag(input, "forceNewDeployment") || definition.arn() != current.arn();
    if let Some(service) = cloud.ecs.services.get_mut(&key) {
        service.raw = raw;
        if let Some(desired) = desired {
            service.scale_to(desired, now);
        }
    }
    cloud.ecs.note_target_groups(&key);
    if deploys {
        deployment_changes::begin(cloud, &key, definition);
    }
    agenda::poke(cloud, &key, REACTION);
    answer(cloud, &key)
}

/// What a member says: without what has the value that it has unsaid, and with names in any order.
fn meaning(name: &str, value: Option<&Value>) -> Value {
    let value = value.map_or(Value::Null, meant);
    match name {
        "platformVersion" if value == "LATEST" => Value::Null,
        "serviceConnectConfiguration" if !flag(&value, "enabled") => Value::Null,
        _ => value,
    }
}

fn meant(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let said = members.iter().map(|(name, value)| (name, meant(value)));
            let said = said.filter(|(name, value)| {
                let unsaid = *name == "assignPublicIp" && *value == "DISABLED";
                !value.is_null() && !unsaid
            });
            let said: Map<String, Value> = said.map(|(n, v)| (n.clone(), v)).collect();
            match said.is_empty() {
                true => Value::Null,
                false => Value::Object(said),
            }
        }
        Value::Array(items) if items.is_empty() => Value::Null,
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(meant).collect();
            if items.iter().all(Value::is_string) {
                items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
            Value::Array(items)
        }
        other => other.clone(),
    }
}

/// A service as the call leaves it, and whether what changed starts a deployment; `kind` is the launch type that it
/// has had.
fn changed(before: &Value, input: &Value, kind: &str) -> (Value, bool) {
    let mut raw = before.clone();
    let mut deploys = false;
    for (name, makes_deployment) in SETTINGS {
        if let Some(value) = input.get(name).filter(|v| !v.is_null())
            && meaning(name, raw.get(name)) != meaning(name, Some(value))
        {
            set(&mut raw, name, value.clone());
            deploys |= makes_deployment;
        }
    }
    let strategy = !list(&raw, "capacityProviderStrategy").is_empty();
    if let Some(members) = raw.as_object_mut() {
        // A service has the one or the other; without its strategy it is back at a launch type.
        match strategy {
            true => members.remove("launchType"),
            false => members.remove("capacityProviderStrategy"),
        };
    }
    if !strategy
        && text(&raw, "launchType").is_none()
        && gives(input, &["capacityProviderStrategy"])
    {
        set(&mut raw, "launchType", json!(kind));
    }
    let given = input.get("deploymentConfiguration");
    if let Some(given) = given.filter(|v| !v.is_null()) {
        let mut configuration = raw["deploymentConfiguration"].take();
        if configuration.is_null() {
            configuration = json!({});
        }
        merge(&mut configuration, given);
        plain(&mut configuration);
        set(&mut raw, "deploymentConfiguration", configuration);
    }
    (raw, deploys)
}

//! Task definitions: families, revisions, and what their tasks do.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::definition::Definition;
use super::validation;
use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{self, default, required, set, text};
use crate::world::simulated::cloud::Cloud;

/// Registers a revision in a family of the cloud; `raw` is the registration's own input.
pub(crate) fn add(cloud: &mut Cloud, mut raw: Map<String, Value>, new: bool) -> Arc<Definition> {
    let family_name = raw
        .get("family")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let last = cloud.ecs.families.get(&family_name).map_or(0, |f| f.last);
    let revision = raw
        .get("revision")
        .and_then(Value::as_u64)
        .and_then(|r| u32::try_from(r).ok())
        .unwrap_or(last + 1);
    let arn = cloud.arn("ecs", &format!("task-definition/{family_name}:{revision}"));
    let tags = raw.remove("tags").unwrap_or_else(|| json!([]));
    default(&mut raw, "taskDefinitionArn", json!(arn));
    default(&mut raw, "revision", json!(revision));
    default(&mut raw, "status", json!("ACTIVE"));
    for empty in ["volumes", "placementConstraints", "requiresAttributes"] {
        default(&mut raw, empty, json!([]));
    }
    let compatibilities = raw
        .get("requiresCompatibilities")
        .cloned()
        .unwrap_or_else(|| json!(["EC2"]));
    default(&mut raw, "compatibilities", compatibilities);
    let now = cloud.now().to_string();
    default(&mut raw, "registeredAt", json!(now));
    default(
        &mut raw,
        "registeredBy",
        json!(format!(
            "arn:aws:iam::{}:user/simulated",
            cloud.kernel.account
        )),
    );
    let mode = raw.get("networkMode").and_then(Value::as_str);
    let same_ports = matches!(mode, Some("awsvpc" | "host"));
    if let Some(containers) = raw
        .get_mut("containerDefinitions")
        .and_then(Value::as_array_mut)
    {
        containers
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(|container| fill_container(container, same_ports));
    }
    let definition = Arc::new(Definition {
        family: family_name.clone(),
        revision,
        raw: Value::Object(raw),
        tags,
        new,
    });
    let family = cloud.ecs.families.entry(family_name).or_default();
    family.last = family.last.max(revision);
    family.revisions.insert(revision, Arc::clone(&definition));
    definition
}

/// The members that ECS adds to every container. `same_ports`: those of the host are the containers' own.
fn fill_container(container: &mut Map<String, Value>, same_ports: bool) {
    default(container, "cpu", json!(0));
    default(container, "essential", json!(true));
    for empty in [
        "portMappings",
        "environment",
        "mountPoints",
        "volumesFrom",
        "systemControls",
    ] {
        default(container, empty, json!([]));
    }
    if let Some(ports) = container
        .get_mut("portMappings")
        .and_then(Value::as_array_mut)
    {
        for port in ports.iter_mut().filter_map(Value::as_object_mut) {
            // A range of ports has no single one.
            if let Some(number) = port.get("containerPort").cloned() {
                default(port, "hostPort", if same_ports { number } else { json!(0) });
            }
            default(port, "protocol", json!("tcp"));
        }
    }
    if let Some(check) = container
        .get_mut("healthCheck")
        .and_then(Value::as_object_mut)
    {
        default(check, "interval", json!(30));
        default(check, "timeout", json!(5));
        default(check, "retries", json!(3));
    }
}

/// A revision by family (its latest ACTIVE one), `family:revision` or ARN.
pub(crate) fn find(cloud: &Cloud, reference: &str) -> Option<Arc<Definition>> {
    let name = short_name(reference);
    match name.split_once(':') {
        Some((family, revision)) => cloud
            .ecs
            .families
            .get(family)?
            .revisions
            .get(&revision.parse().ok()?)
            .cloned(),
        None => cloud
            .ecs
            .families
            .get(name)?
            .revisions
            .values()
            .rev()
            .find(|d| d.active())
            .cloned(),
    }
}

/// A revision that tasks can be started from.
pub(crate) fn startable(cloud: &Cloud, reference: &str) -> Result<Arc<Definition>, Fault> {
    let definition = find(cloud, reference)
        .ok_or_else(|| Fault::new("ClientException", "TaskDefinition not found."))?;
    if definition.active() {
        Ok(definition)
    } else {
        Err(Fault::new("ClientException", "TaskDefinition is inactive"))
    }
}

pub(super) fn register(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    required(input, "family")?;
    validation::definition(input)?;
    let mut raw = input.as_object().cloned().unwrap_or_default();
    // An output of DescribeTaskDefinition may be registered again: what AWS assigns is assigned anew.
    for assigned in [
        "taskDefinitionArn",
        "revision",
        "status",
        "registeredAt",
        "registeredBy",
    ] {
        raw.remove(assigned);
    }
    let definition = add(cloud, raw, true);
    let mut out = json!({ "taskDefinition": definition.raw });
    if definition.tags.as_array().is_some_and(|t| !t.is_empty()) {
        set(&mut out, "tags", definition.tags.clone());
    }
    Ok(out)
}

pub(super) fn describe(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let reference = required(input, "taskDefinition")?;
    let definition = find(cloud, reference)
        .ok_or_else(|| Fault::new("ClientException", "Unable to describe task definition."))?;
    let mut out = json!({ "taskDefinition": definition.raw });
    if json::texts(input, "include").iter().any(|i| i == "TAGS") {
        set(&mut out, "tags", definition.tags.clone());
    }
    Ok(out)
}

pub(super) fn list_arns(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let wanted = text(input, "status").unwrap_or("ACTIVE");
    let family = text(input, "familyPrefix");
    let mut arns: Vec<Value> = cloud
        .ecs
        .families
        .iter()
        .filter(|(name, _)| family.is_none_or(|f| f == name.as_str()))
        .flat_map(|(_, family)| family.revisions.values())
        .filter(|d| wanted == if d.active() { "ACTIVE" } else { "INACTIVE" })
        .map(|d| json!(d.arn()))
        .collect();
    if text(input, "sort") == Some("DESC") {
        arns.reverse();
    }
    Ok(json::page(input, "taskDefinitionArns", arns, 100))
}

pub(super) fn deregister(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let reference = required(input, "taskDefinition")?;
    if !short_name(reference).contains(':') {
        return Err(json::invalid(format!(
            "Invalid revision number. Number: {reference}"
        )));
    }
    let definition = find(cloud, reference)
        .ok_or_else(|| Fault::new("ClientException", "Unable to describe task definition."))?;
    let mut raw = definition.raw.clone();
    set(&mut raw, "status", json!("INACTIVE"));
    set(&mut raw, "deregisteredAt", json!(cloud.now().to_string()));
    let inactive = Definition {
        family: definition.family.clone(),
        revision: definition.revision,
        raw: raw.clone(),
        tags: definition.tags.clone(),
        new: definition.new,
    };
    if let Some(family) = cloud.ecs.families.get_mut(&definition.family) {
        family
            .revisions
            .insert(definition.revision, Arc::new(inactive));
    }
    Ok(json!({ "taskDefinition": raw }))
}

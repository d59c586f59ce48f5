//! Tags of clusters, services, tasks and task definitions.

use std::sync::Arc;

use serde_json::{Value, json};

use super::definition::Definition;
use super::definitions;
use super::ids::ServiceKey;
use crate::text::arn::{Arn, short_name};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{invalid, list, required, set, text, texts};
use crate::world::simulated::cloud::Cloud;

/// The tags of the resource with that ARN.
fn tags(cloud: &Cloud, arn: &str) -> Result<Value, Fault> {
    let (kind, rest) = Arn::parse(arn).map(Arn::type_and_rest).unwrap_or_default();
    let of = |raw: &Value| raw.get("tags").cloned().unwrap_or_else(|| json!([]));
    let found = match kind {
        "cluster" => cloud.ecs.clusters.get(rest).map(of),
        "service" => service_key(rest)
            .and_then(|key| cloud.ecs.services.get(&key))
            .map(|s| of(&s.raw)),
        "task" => cloud
            .ecs
            .task_names
            .get(short_name(rest))
            .and_then(|id| cloud.ecs.tasks.get(id))
            .map(|t| t.tags.clone()),
        "task-definition" => definitions::find(cloud, rest).map(|d| d.tags.clone()),
        _ => return Err(invalid("Invalid ARN.")),
    };
    found.ok_or_else(|| invalid("The specified resource is not found."))
}

fn service_key(rest: &str) -> Option<ServiceKey> {
    let (cluster, name) = rest.split_once('/')?;
    Some(ServiceKey::new(cluster, name))
}

fn put(cloud: &mut Cloud, arn: &str, tags: Value) {
    let (kind, rest) = Arn::parse(arn).map(Arn::type_and_rest).unwrap_or_default();
    match kind {
        "cluster" => {
            if let Some(raw) = cloud.ecs.clusters.get_mut(rest) {
                set(raw, "tags", tags);
            }
        }
        "service" => {
            if let Some(service) = service_key(rest).and_then(|k| cloud.ecs.services.get_mut(&k)) {
                set(&mut service.raw, "tags", tags);
            }
        }
        "task" => {
            let id = cloud.ecs.task_names.get(short_name(rest)).copied();
            if let Some(task) = id.and_then(|id| cloud.ecs.tasks.get_mut(&id)) {
                task.tags = tags;
            }
        }
        _ => {
            let Some(old) = definitions::find(cloud, rest) else {
                return;
            };
            let family = cloud.ecs.families.get_mut(&old.family);
            if let Some(known) = family.and_then(|f| f.revisions.get_mut(&old.revision)) {
                *known = Arc::new(Definition {
                    family: old.family.clone(),
                    revision: old.revision,
                    raw: old.raw.clone(),
                    tags,
                    new: old.new,
                });
            }
        }
    }
}

/// Tags with others put over them.
pub(crate) fn with(known: &Value, given: &[Value]) -> Result<Value, Fault> {
    let mut known = known.as_array().cloned().unwrap_or_default();
    for tag in given {
        known.retain(|t| text(t, "key") != text(tag, "key"));
        known.push(tag.clone());
    }
    if known.len() > 50 {
        return Err(invalid("The maximum number of tags is 50."));
    }
    Ok(Value::Array(known))
}

/// Tags without those of the given keys.
pub(crate) fn without(known: &Value, keys: &[String]) -> Value {
    let mut known = known.as_array().cloned().unwrap_or_default();
    known.retain(|t| !keys.iter().any(|key| text(t, "key") == Some(key)));
    Value::Array(known)
}

pub(super) fn tag(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let arn = required(input, "resourceArn")?;
    let all = with(&tags(cloud, arn)?, list(input, "tags"))?;
    put(cloud, arn, all);
    Ok(json!({}))
}

pub(super) fn untag(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let arn = required(input, "resourceArn")?;
    let left = without(&tags(cloud, arn)?, &texts(input, "tagKeys"));
    put(cloud, arn, left);
    Ok(json!({}))
}

pub(super) fn list_tags(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    Ok(json!({ "tags": tags(cloud, required(input, "resourceArn")?)? }))
}

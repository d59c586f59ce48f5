//! Daemon task definitions.

use serde_json::{Map, Value, json};

use super::state::DaemonDefinition;
use super::validation;
use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{default, list, object, required, set};
use crate::world::simulated::cloud::Cloud;

/// Adds a revision to a family; `raw` is the input of `RegisterDaemonTaskDefinition`. Returns its ARN.
pub(crate) fn add(cloud: &mut Cloud, mut raw: Map<String, Value>) -> String {
    raw.remove("tags");
    let family = raw
        .get("family")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let known = cloud.daemons.definitions.entry(family.clone()).or_default();
    let revision = known.last().map_or(1, |last| last.revision + 1);
    let containers = raw
        .get_mut("containerDefinitions")
        .and_then(Value::as_array_mut);
    for container in containers
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        default(container, "essential", json!(true));
    }
    let arn = cloud.arn(
        "ecs",
        &format!("daemon-task-definition/{family}:{revision}"),
    );
    let added = DaemonDefinition {
        arn: arn.clone(),
        raw,
        revision,
        registered: cloud.now(),
        deleted: None,
    };
    cloud
        .daemons
        .definitions
        .entry(family)
        .or_default()
        .push(added);
    arn
}

/// A revision by its ARN or by `family:revision`; of a family alone, the latest one that is ACTIVE.
pub(super) fn by_arn<'a>(cloud: &'a Cloud, reference: &str) -> Option<&'a DaemonDefinition> {
    let name = short_name(reference);
    match name.split_once(':') {
        Some((family, revision)) => {
            let revision: u32 = revision.parse().ok()?;
            let mut all = cloud.daemons.definitions.get(family)?.iter();
            all.find(|it| it.revision == revision)
        }
        None => {
            let mut all = cloud.daemons.definitions.get(name)?.iter().rev();
            all.find(|it| it.deleted.is_none())
        }
    }
}

/// A revision from which a daemon can be deployed.
pub(super) fn deployable(cloud: &Cloud, reference: &str) -> Result<String, Fault> {
    let found = by_arn(cloud, reference).filter(|it| it.deleted.is_none());
    found
        .map(|it| it.arn.clone())
        .ok_or_else(|| Fault::new("ClientException", "Daemon task definition not found."))
}

pub(super) fn register(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    validation::definition(input)?;
    let arn = add(cloud, object(input));
    Ok(json!({ "daemonTaskDefinitionArn": arn }))
}

/// The status that a revision shows: a deletion is over soon after it was asked for.
pub(super) fn status(definition: &DaemonDefinition) -> &'static str {
    match definition.deleted {
        None => "ACTIVE",
        Some(_) => "DELETED",
    }
}

fn not_found() -> Fault {
    Fault::new(
        "ClientException",
        "The specified daemon task definition was not found.",
    )
}

pub(super) fn describe(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let reference = required(input, "daemonTaskDefinition")?;
    let found = by_arn(cloud, reference).ok_or_else(not_found)?;
    let mut out = Value::Object(found.raw.clone());
    set(&mut out, "daemonTaskDefinitionArn", json!(found.arn));
    set(&mut out, "revision", json!(found.revision));
    set(&mut out, "status", json!(status(found)));
    set(
        &mut out,
        "registeredAt",
        json!(found.registered.to_string()),
    );
    set(&mut out, "registeredBy", json!(registrant(cloud)));
    if list(&out, "volumes").is_empty() {
        set(&mut out, "volumes", json!([]));
    }
    if let Some(at) = found.deleted {
        set(&mut out, "deleteRequestedAt", json!(at.to_string()));
    }
    Ok(json!({ "daemonTaskDefinition": out }))
}

/// Who has registered what there is.
pub(super) fn registrant(cloud: &Cloud) -> String {
    format!("arn:aws:iam::{}:user/simulated", cloud.kernel.account)
}

pub(super) fn delete(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let reference = required(input, "daemonTaskDefinition")?;
    let arn = deployable(cloud, reference)?;
    let now = cloud.now();
    let all = cloud.daemons.definitions.values_mut().flatten();
    for one in all.filter(|one| one.arn == arn) {
        one.deleted = Some(now);
    }

    Ok(json!({ "daemonTaskDefinitionArn": arn }))
}

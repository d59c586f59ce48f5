//! Secrets and parameters that the task definitions name: whether they are there. Never their values.

use crate::text::arn::{Arn, secret_and_parts};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::captured::Captured;
use super::reader::{Reader, items, text};

pub(super) fn read(reader: &Reader, captured: &mut Captured) {
    let mut secrets: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut parameters = BTreeSet::new();
    for reference in references(captured) {
        let arn = Arn::parse(&reference);
        match arn.map(|arn| arn.service) {
            Some("secretsmanager") => {
                let (own, [key, stage, version]) = secret_and_parts(&reference);
                let keys = secrets.entry(own.to_owned()).or_default();
                keys.extend(key.map(str::to_owned));
                if stage.or(version).is_some() {
                    reader.leave_out(format!(
                        "the version that {reference} names: fixtures have the current one"
                    ));
                }
            }
            Some("ssm") => {
                parameters.extend(arn.map(|arn| arn.name().to_owned()));
            }
            Some(_) => reader.leave_out(format!(
                "{reference}: it is neither a secret nor a parameter"
            )),
            None => {
                parameters.insert(reference);
            }
        }
    }
    // One secret may be named with and without the random ending of its ARN.
    let mut found: BTreeMap<String, (Value, BTreeSet<String>)> = BTreeMap::new();
    for (id, keys) in secrets {
        if let Some(secret) = secret(&id, reader) {
            let arn = text(&secret, "arn").to_owned();
            let known = found.entry(arn).or_insert((secret, BTreeSet::new()));
            known.1.extend(keys);
        }
    }
    captured.secrets = found.into_values().map(with_keys).collect();
    captured.parameters = parameters
        .iter()
        .filter_map(|name| parameter(name, reader))
        .collect();
}

/// A secret with the keys of its JSON that definitions name.
fn with_keys((mut secret, keys): (Value, BTreeSet<String>)) -> Value {
    if !keys.is_empty() {
        secret["keys"] = json!(keys);
    }
    secret
}

/// Every secret and parameter that a task definition names (`valueFrom`, `credentialsParameter`).
fn references(captured: &Captured) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let containers = captured
        .definitions
        .iter()
        .filter_map(|d| d.get("containerDefinitions")?.as_array());
    for container in containers.flatten() {
        let log = container.get("logConfiguration").unwrap_or(&Value::Null);
        let named = items(container, "secrets")
            .iter()
            .chain(items(log, "secretOptions"));
        found.extend(named.map(|secret| text(secret, "valueFrom").to_owned()));
        let registry = container
            .get("repositoryCredentials")
            .unwrap_or(&Value::Null);
        found.insert(text(registry, "credentialsParameter").to_owned());
    }
    found.remove("");
    found
}

fn secret(id: &str, reader: &Reader) -> Option<Value> {
    let what = format!("secret {id}");
    let answer = reader.try_read(
        &what,
        "secretsmanager",
        "DescribeSecret",
        json!({ "SecretId": id }),
    )?;
    let stages = answer.get("VersionIdsToStages").and_then(Value::as_object);
    let current = |stages: &Value| {
        stages
            .as_array()
            .is_some_and(|s| s.contains(&json!("AWSCURRENT")))
    };
    let mut kept = json!({
        "name": text(&answer, "Name"),
        "arn": text(&answer, "ARN"),
        "has_value": stages.is_some_and(|stages| stages.values().any(current)),
    });
    if answer
        .get("DeletedDate")
        .is_some_and(|date| !date.is_null())
    {
        kept["deleted"] = json!(true);
    }
    Some(kept)
}

fn parameter(name: &str, reader: &Reader) -> Option<Value> {
    // An ARN has a slash where the name may have none.
    let bare = name.trim_start_matches('/');
    let mut names = vec![name];
    if !bare.contains('/') && bare != name {
        names.push(bare);
    }
    let filter = json!([{ "Key": "Name", "Option": "Equals", "Values": names }]);
    let what = format!("parameter {name}");
    let input = json!({ "ParameterFilters": filter });
    let answer = reader.try_read(&what, "ssm", "DescribeParameters", input)?;
    let Some(found) = items(&answer, "Parameters").first() else {
        reader.leave_out(format!("parameter {name}: there is none"));
        return None;
    };
    let secure = text(found, "Type") == "SecureString";
    Some(json!({ "name": text(found, "Name"), "secure": secure }))
}

//! What differs between two AWS documents, leaf by leaf.

use serde_json::Value;

use super::Change;
use super::api::reconcile::contains_asked;

/// Members that AWS adds to a task definition when it is registered.
const ADDED_BY_AWS: [&str; 8] = [
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
];

/// What registering `wanted` changes against the described `live` one.
pub fn task_definition(live: &Value, wanted: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    let (live, wanted) = (&filled_in(live), &filled_in(wanted));
    let members = wanted.as_object().into_iter().flatten();
    for (name, to) in members.filter(|(n, _)| *n != "tags") {
        into(name, &live[name], to, &mut changes);
    }
    let dropped = live.as_object().into_iter().flatten();
    for (name, from) in
        dropped.filter(|(n, _)| wanted.get(n).is_none() && !ADDED_BY_AWS.contains(&n.as_str()))
    {
        into(name, from, &Value::Null, &mut changes);
    }
    changes
}

/// What a write asks for and is not so yet, but for the members that only name what it is about. What is not asked
/// for stays as it is, and is not a change.
pub fn asked(live: Option<&Value>, input: &Value, but: &[&str]) -> Vec<Change> {
    let mut changes = Vec::new();
    let members = input.as_object().into_iter().flatten();
    for (name, to) in members.filter(|(name, _)| !but.contains(&name.as_str())) {
        let from = live.map_or(&Value::Null, |live| &live[name]);
        asked_into(name, from, to, &mut changes);
    }
    changes
}

fn asked_into(path: &str, from: &Value, to: &Value, changes: &mut Vec<Change>) {
    if contains_asked(from, to) || (empty(from) && empty(to)) {
        return;
    }
    match (from, to) {
        (Value::Object(from), Value::Object(to)) => {
            for (name, to) in to {
                let from = from.get(name).unwrap_or(&Value::Null);
                asked_into(&format!("{path}.{name}"), from, to, changes);
            }
        }
        _ => changes.push(Change {
            path: path.to_owned(),
            from: from.clone(),
            to: to.clone(),
        }),
    }
}

/// Adds what differs below `path`. Lists of named things are compared by name; what AWS fills in with an
/// empty value is the same as nothing.
pub fn into(path: &str, from: &Value, to: &Value, changes: &mut Vec<Change>) {
    if from == to || (empty(from) && empty(to)) {
        return;
    }
    match (from, to) {
        (Value::Object(a), Value::Object(b)) => {
            let only_a = a.keys().filter(|k| !b.contains_key(*k));
            for key in b.keys().chain(only_a) {
                into(&format!("{path}.{key}"), &from[key], &to[key], changes);
            }
        }
        (Value::Array(a), Value::Array(b)) if named(a) && named(b) => {
            let find = |list: &[Value], name: &Value| {
                list.iter()
                    .find(|i| i["name"] == *name)
                    .cloned()
                    .unwrap_or_default()
            };
            let only_a = a.iter().filter(|i| find(b, &i["name"]).is_null());
            for item in b.iter().chain(only_a) {
                let name = item["name"].as_str().unwrap_or_default();
                into(
                    &format!("{path}[{name}]"),
                    &find(a, &item["name"]),
                    &find(b, &item["name"]),
                    changes,
                );
            }
        }
        _ => changes.push(Change {
            path: path.to_owned(),
            from: from.clone(),
            to: to.clone(),
        }),
    }
}

/// A task definition with the members that ECS fills in.
fn filled_in(wanted: &Value) -> Value {
    let mut wanted = wanted.clone();
    let fill = |it: &mut Value, name: &str, value: Value| {
        if let Some(members) = it.as_object_mut()
            && members.get(name).is_none_or(Value::is_null)
        {
            members.insert(name.to_owned(), value);
        }
    };
    fill(&mut wanted, "networkMode", "bridge".into());
    let same_ports = matches!(wanted["networkMode"].as_str(), Some("awsvpc" | "host"));
    for container in list(&mut wanted, "containerDefinitions") {
        fill(container, "essential", Value::Bool(true));
        if let Some(check) = container.get_mut("healthCheck") {
            for (name, value) in [("interval", 30), ("timeout", 5), ("retries", 3)] {
                fill(check, name, value.into());
            }
        }
        for port in list(container, "portMappings") {
            fill(port, "protocol", "tcp".into());
            if let Some(number) = port.get("containerPort").cloned() {
                let host = if same_ports { number } else { 0.into() };
                fill(port, "hostPort", host);
            }
        }
    }
    wanted
}

fn list<'a>(value: &'a mut Value, name: &str) -> &'a mut [Value] {
    let list = value.get_mut(name).and_then(Value::as_array_mut);
    list.map_or(&mut [], Vec::as_mut_slice)
}

fn named(list: &[Value]) -> bool {
    list.iter().all(|i| i["name"].is_string())
}

/// Defaults that ECS fills in when they are left out count as nothing too.
fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(a) => a.is_empty(),
        Value::Object(o) => o.is_empty(),
        Value::Number(n) => n.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Bool(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn leaves_by_name() {
        let live = json!({ "family": "c", "revision": 4, "containerDefinitions": [
            { "name": "log", "image": "l:1" },
            { "name": "web", "image": "w:1", "cpu": 0, "environment": [] },
        ]});
        let wanted = json!({ "family": "c", "containerDefinitions": [
            { "name": "web", "image": "w:2" },
            { "name": "log", "image": "l:1" },
        ]});
        let changes = task_definition(&live, &wanted);
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert_eq!(changes[0].path, "containerDefinitions[web].image");
        assert_eq!(
            (&changes[0].from, &changes[0].to),
            (&json!("w:1"), &json!("w:2"))
        );
    }

    #[test]
    fn only_what_is_asked_changes() {
        let live =
            json!({ "Threshold": 100.0, "Period": 60, "State": { "In": false, "Out": false } });
        let input = json!({ "Name": "x", "Threshold": 100, "Period": 30, "State": { "In": true } });
        let changes = asked(Some(&live), &input, &["Name"]);
        let paths: Vec<&str> = changes.iter().map(|c| c.path.as_str()).collect();
        assert_eq!(paths, ["Period", "State.In"]);
        assert_eq!(asked(None, &input, &["Name"]).len(), 3);
    }

    #[test]
    fn what_ecs_fills_in_is_no_change() {
        let wanted = json!({ "networkMode": "awsvpc", "containerDefinitions": [
            { "name": "web", "portMappings": [{ "containerPort": 80 }], "healthCheck": { "command": ["x"] } },
        ]});
        let mut live = json!({ "networkMode": "awsvpc", "taskRoleArn": "", "containerDefinitions": [{
            "name": "web", "essential": true, "cpu": 0, "environment": [],
            "portMappings": [{ "containerPort": 80, "hostPort": 80, "protocol": "tcp" }],
            "healthCheck": { "command": ["x"], "interval": 30, "timeout": 5, "retries": 3 },
        }]});
        assert_eq!(task_definition(&live, &wanted), []);
        live["containerDefinitions"][0]["essential"] = json!(false);
        assert_eq!(task_definition(&live, &wanted).len(), 1);
    }
}

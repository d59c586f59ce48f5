//! Task definitions as the world writes them: registered and described without loss, on every backend.

use std::collections::{BTreeMap, BTreeSet};

use deployer::world::shape;
use serde_json::{Value, json};

use super::case::{Case, case};

/// Realistic ones; together they have every member that the schema knows.
const FILES: [(&str, &str); 6] = [
    (
        "task definitions: a web service with sidecars is kept whole",
        include_str!("task_definitions/web_with_sidecars.json"),
    ),
    (
        "task definitions: an agent on its host is kept whole",
        include_str!("task_definitions/ec2_host.json"),
    ),
    (
        "task definitions: a legacy container on a bridge is kept whole",
        include_str!("task_definitions/bridge_minimal.json"),
    ),
    (
        "task definitions: a container of Windows is kept whole",
        include_str!("task_definitions/windows.json"),
    ),
    (
        "task definitions: volumes that are set at launch are kept whole",
        include_str!("task_definitions/ebs_at_launch.json"),
    ),
    (
        "task definitions: a confidential task is kept whole",
        include_str!("task_definitions/confidential.json"),
    ),
];

fn files() -> impl Iterator<Item = (&'static str, Value)> {
    FILES.into_iter().map(|(name, text)| {
        let value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        (name, value)
    })
}

/// Each is described as it was registered, and differs in nothing from what was wanted.
pub fn cases() -> Vec<Case> {
    let kept = |(name, mut definition): (&'static str, Value)| {
        definition["family"] = json!("{id}");
        let mut wanted = json!({});
        let members = definition.as_object_mut().expect("an object");
        if let Some(tags) = members.remove("tags") {
            wanted["tags"] = tags;
        }
        let mut input = definition.clone();
        if let Some(tags) = wanted.get("tags") {
            input["tags"] = tags.clone();
        }
        wanted["taskDefinition"] = definition.clone();
        case(name)
            .call("ecs", "RegisterTaskDefinition", input)
            .call(
                "ecs",
                "DescribeTaskDefinition",
                json!({"taskDefinition": "{id}", "include": ["TAGS"]}),
            )
            .gives(wanted)
            .without_change(definition)
    };
    files().map(kept).collect()
}

/// The members that the schema has at each place where the files have an object, told by its own complaints
/// about one that it does not have; and those that the files use there.
#[test]
fn the_files_have_every_member_of_the_schema() {
    const PROBE: &str = "zzzNoSuchMember";
    let mut places: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for (name, definition) in files() {
        let sound = shape::check("ecs", "RegisterTaskDefinition", &definition);
        assert_eq!(sound, Ok(()), "{name}");
        for pointer in objects("", &definition) {
            let mut probed = definition.clone();
            let object = probed.pointer_mut(&pointer).and_then(Value::as_object_mut);
            let object = object.expect("it is an object");
            let used: Vec<String> = object.keys().cloned().collect();
            object.insert(PROBE.to_owned(), json!("x"));
            let problems = shape::check("ecs", "RegisterTaskDefinition", &probed);
            let problems = problems.err().unwrap_or_default();
            // A map takes any name.
            let Some(problem) = problems.iter().find(|p| p.path.ends_with(PROBE)) else {
                continue;
            };
            let place: Vec<&str> = pointer
                .split('/')
                .filter(|step| step.parse::<usize>().is_err())
                .collect();
            let (known, seen) = places.entry(place.join(".")).or_default();
            known.extend(problem.expected.split(", ").map(str::to_owned));
            seen.extend(used);
        }
    }
    assert!(places.len() > 20, "{places:#?}");
    let missing: Vec<String> = places
        .iter()
        .flat_map(|(place, (known, seen))| {
            known
                .difference(seen)
                .map(move |member| format!("{place}.{member}"))
        })
        .collect();
    assert!(missing.is_empty(), "no file has {missing:#?}");
}

/// Pointers of all objects in a value.
fn objects(at: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let inner = members
                .iter()
                .flat_map(|(name, it)| objects(&format!("{at}/{name}"), it));
            inner.chain([at.to_owned()]).collect()
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items
                .flat_map(|(i, it)| objects(&format!("{at}/{i}"), it))
                .collect()
        }
        _ => Vec::new(),
    }
}

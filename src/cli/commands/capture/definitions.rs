//! Task definitions: what the services run, the migrations, and the revisions before.

use serde_json::{Map, Value, json};

use super::args::CaptureArgs;
use super::captured::Captured;
use super::reader::{Reader, items, says_nothing, text};
use crate::text::arn::family_and_revision;
use crate::vocabulary::{Fault, codes};
use crate::world::simulated::fixture::TaskDefinition;

/// So many revisions before the live one are captured.
const EARLIER: usize = 3;

/// What AWS says of a task definition by itself.
const GIVEN: [&str; 3] = ["taskDefinitionArn", "registeredBy", "deregisteredAt"];

/// What differs between two revisions of which nobody changed anything.
const OF_ITSELF: [&str; 5] = [
    "revision",
    "status",
    "registeredAt",
    "compatibilities",
    "requiresAttributes",
];

/// Reads the definitions of the services and of the families that are named.
///
/// # Errors
/// AWS's own, for a family that is named; a service whose definition cannot be read is left out.
pub(super) fn read(
    args: &CaptureArgs,
    reader: &Reader,
    captured: &mut Captured,
) -> Result<(), Fault> {
    let mut live = of_services(reader, captured);
    if live.is_empty() && args.task_family.is_empty() {
        let message = "no task definition of a service can be read";
        return Err(
            Fault::new(codes::NOTHING_TO_CAPTURE, message).hint(reader.left_out().join("; "))
        );
    }
    for family in &args.task_family {
        live.push((one(family, reader)?, true));
    }
    let mut known: Vec<(Value, Value)> = Vec::new();
    let id = |d: &Map<String, Value>| {
        let member = |name: &str| d.get(name).cloned().unwrap_or_default();
        (member("family"), member("revision"))
    };
    for (definition, _) in &live {
        known.push(id(definition));
    }
    for (place, (mut kept, job)) in live.into_iter().enumerate() {
        let first = known.iter().position(|other| *other == id(&kept));
        if first != Some(place) {
            continue;
        }
        let mut images = Vec::new();
        for before in earlier(&kept, reader) {
            if known.contains(&id(&before)) {
                continue;
            }
            match but_for_the_image(&before, &kept) {
                Some(image) => images.push(image),
                None => {
                    known.push(id(&before));
                    captured.definitions.push(before);
                }
            }
        }
        if !images.is_empty() {
            kept.insert("earlier".into(), Value::Array(images));
        }
        if job {
            // Nobody can read how long a task takes, and how it ends.
            kept.insert("run_seconds".into(), json!(30));
            kept.insert("exit_code".into(), json!(0));
        }
        captured.definitions.push(kept);
    }
    Ok(())
}

/// The definitions of the services, none of them of tasks that run by themselves. A service without one is left out.
fn of_services(reader: &Reader, captured: &mut Captured) -> Vec<(Map<String, Value>, bool)> {
    let mut services = std::mem::take(&mut captured.services);
    let mut live = Vec::new();
    services.retain(|service| {
        let name = |member: &str| service.get(member).and_then(Value::as_str);
        match one(name("taskDefinition").unwrap_or_default(), reader) {
            Ok(definition) => {
                live.push((definition, false));
                true
            }
            Err(fault) => {
                let name = name("serviceName").unwrap_or_default();
                reader.leave_out(format!("service {name}: {}: {}", fault.code, fault.message));
                false
            }
        }
    });
    captured.services = services;
    live
}

fn one(name: &str, reader: &Reader) -> Result<Map<String, Value>, Fault> {
    let input = json!({ "taskDefinition": name, "include": ["TAGS"] });
    let answer = reader.read("ecs", "DescribeTaskDefinition", input)?;
    let definition = answer.get("taskDefinition").unwrap_or(&Value::Null);
    reader.lose(
        "task definitions",
        definition,
        &TaskDefinition::MEMBERS,
        &GIVEN,
    );
    let mut kept = Map::new();
    for member in TaskDefinition::MEMBERS {
        match definition.get(member) {
            Some(value) if !says_nothing(value) => {
                kept.insert(member.into(), value.clone());
            }
            _ => {}
        }
    }
    if let Some(tags) = answer.get("tags").filter(|tags| !says_nothing(tags)) {
        kept.insert("tags".into(), tags.clone());
    }
    let containers = kept
        .get_mut("containerDefinitions")
        .and_then(Value::as_array_mut);
    for container in containers.into_iter().flatten() {
        hide(container, name, reader);
    }
    Ok(kept)
}

/// Values in the environment that are secrets by their name do not leave the account.
fn hide(container: &mut Value, definition: &str, reader: &Reader) {
    const SECRET: [&str; 6] = [
        "PASSWORD",
        "PASSWD",
        "SECRET",
        "TOKEN",
        "CREDENTIAL",
        "APIKEY",
    ];
    let variables = container
        .get_mut("environment")
        .and_then(Value::as_array_mut);
    for variable in variables.into_iter().flatten() {
        let name = text(variable, "name").to_owned();
        let plain = name.to_uppercase().replace(['_', '-'], "");
        if SECRET.iter().any(|word| plain.contains(word)) {
            variable["value"] = json!("left out");
            reader.leave_out(format!(
                "the value of {name} in {definition}: it is called like a secret"
            ));
        }
    }
}

/// The revisions before, the oldest first.
fn earlier(live: &Map<String, Value>, reader: &Reader) -> Vec<Map<String, Value>> {
    let family = live
        .get("family")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let number = live.get("revision").and_then(Value::as_u64).unwrap_or(0);
    if number <= 1 {
        return Vec::new();
    }
    let input = json!({ "familyPrefix": family, "sort": "DESC", "maxResults": 100 });
    let what = format!("the earlier revisions of {family}");
    let Some(answer) = reader.try_read(&what, "ecs", "ListTaskDefinitions", input) else {
        return Vec::new();
    };
    let mut numbers: Vec<u64> = items(&answer, "taskDefinitionArns")
        .iter()
        .filter_map(|arn| family_and_revision(arn.as_str()?))
        .filter(|(of, _)| *of == family)
        .map(|(_, revision)| u64::from(revision))
        .filter(|revision| *revision < number)
        .collect();
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    if numbers.len() > EARLIER {
        let older = numbers.len() - EARLIER;
        reader.leave_out(format!(
            "{older} revisions of {family}: the {EARLIER} before the live one are captured"
        ));
    }
    numbers.truncate(EARLIER);
    let revision = |number: u64| {
        let name = format!("{family}:{number}");
        let found = one(&name, reader);
        let told =
            |fault: &Fault| reader.leave_out(format!("{name}: {}: {}", fault.code, fault.message));
        found.inspect_err(told).ok()
    };
    numbers.into_iter().rev().filter_map(revision).collect()
}

/// An earlier revision as a fixture says it in short; `None`: more than the image of its first container differs.
fn but_for_the_image(before: &Map<String, Value>, live: &Map<String, Value>) -> Option<Value> {
    let plain = |definition: &Map<String, Value>| {
        let mut plain = definition.clone();
        plain.retain(|name, _| !OF_ITSELF.contains(&name.as_str()));
        let containers = plain.get_mut("containerDefinitions");
        let first = containers
            .and_then(|c| c.get_mut(0))
            .and_then(Value::as_object_mut);
        let image = first.and_then(|container| container.remove("image"));
        (plain, image)
    };
    let (rest, image) = plain(before);
    (rest == plain(live).0).then(|| {
        json!({
            "revision": before.get("revision"),
            "image": image,
            "inactive": before.get("status") == Some(&json!("INACTIVE")),
        })
    })
}

//! Task definitions: what the services run, the migrations, and the revisions before.

use serde_json::{Map, Value, json};

use super::reader::{Reader, items, says_nothing, short, text};
use super::{CaptureArgs, Captured};
use crate::call::Fault;
use crate::world::simulated::fixture::TaskDefinition;

/// So many revisions before the live one are captured.
const EARLIER: usize = 3;

pub(super) fn read(
    args: &CaptureArgs,
    reader: &Reader,
    captured: &mut Captured,
) -> Result<(), Fault> {
    let of =
        |service: &Map<String, Value>| service.get("taskDefinition")?.as_str().map(str::to_owned);
    let mut wanted: Vec<(String, bool)> = captured
        .services
        .iter()
        .filter_map(of)
        .map(|n| (n, false))
        .collect();
    wanted.extend(args.task_family.iter().map(|family| (family.clone(), true)));
    wanted.dedup();
    for (name, job) in wanted {
        let mut kept = one(&name, reader)?;
        let family = kept
            .get("family")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let known = |d: &Map<String, Value>| {
            d.get("family") == kept.get("family") && d.get("revision") == kept.get("revision")
        };
        if captured.definitions.iter().any(known) {
            continue;
        }
        let before = earlier(&family, &kept, reader);
        if !before.is_empty() {
            kept.insert("earlier".into(), Value::Array(before));
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

fn one(name: &str, reader: &Reader) -> Result<Map<String, Value>, Fault> {
    let input = json!({ "taskDefinition": name, "include": ["TAGS"] });
    let answer = reader.read("ecs", "DescribeTaskDefinition", input)?;
    let definition = answer.get("taskDefinition").unwrap_or(&Value::Null);
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

/// The revisions before, as a fixture says them: the same but for their image.
fn earlier(family: &str, live: &Map<String, Value>, reader: &Reader) -> Vec<Value> {
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
        .filter_map(|arn| short(arn.as_str()?).rsplit_once(':')?.1.parse().ok())
        .filter(|revision| *revision < number)
        .collect();
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    numbers.truncate(EARLIER);
    let revision = |number: u64| {
        let name = format!("{family}:{number}");
        let input = json!({ "taskDefinition": name });
        let answer = reader.try_read(&name, "ecs", "DescribeTaskDefinition", input)?;
        let definition = answer.get("taskDefinition")?;
        let image = text(items(definition, "containerDefinitions").first()?, "image");
        let inactive = text(definition, "status") == "INACTIVE";
        Some(json!({ "revision": number, "image": image, "inactive": inactive }))
    };
    numbers.into_iter().rev().filter_map(revision).collect()
}

//! The fixture's text: TOML, with a comment for what is left out.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::args::CaptureArgs;
use super::captured::Captured;
use super::images;
use super::reader::{items, text};
use crate::vocabulary::{Fault, codes};

/// Writes what was captured.
///
/// # Errors
/// `not_written`, for what TOML cannot say.
pub(super) fn write(
    captured: &Captured,
    args: &CaptureArgs,
    left_out: &[String],
    now: Timestamp,
) -> Result<String, Fault> {
    let second = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let mut out = format!(
        "# Captured from cluster {} at {second}, by reading only.\n",
        captured.cluster
    );
    if !left_out.is_empty() {
        out.push_str("#\n# Left out:\n");
    }
    for what in left_out {
        let _written = writeln!(out, "#   {what}");
    }
    out.push('\n');
    let mut header = head(captured);
    header["start"] = json!(second.to_string());
    out += &toml(&header)?;
    let params = params(captured, args);
    if !params.is_empty() {
        out.push_str(
            "\n# What pipelines are rehearsed with, unless the command line says otherwise.\n",
        );
        out += &toml(&json!({ "params": params }))?;
    }
    for (name, all) in sections(captured) {
        for one in all {
            out.push('\n');
            if name == "task_definitions" && one.get("run_seconds").is_some() {
                out.push_str("# How long its tasks run, and how they end, is assumed.\n");
            }
            out += &toml(&json!({ name: [one] }))?;
        }
    }
    Ok(out)
}

/// What stands before all sections.
fn head(captured: &Captured) -> Value {
    let mut head = json!({
        "account": captured.account(),
        "region": captured.region(),
        "clusters": [captured.cluster],
    });
    if !captured.topics.is_empty() {
        head["topics"] = json!(captured.topics);
    }
    head
}

fn sections(captured: &Captured) -> [(&'static str, Vec<Value>); 12] {
    let objects = |maps: &[Map<String, Value>]| maps.iter().cloned().map(Value::Object).collect();
    [
        ("repositories", captured.repositories.clone()),
        ("secrets", captured.secrets.clone()),
        ("parameters", captured.parameters.clone()),
        ("target_groups", captured.target_groups.clone()),
        ("load_balancers", captured.load_balancers.clone()),
        ("task_definitions", objects(&captured.definitions)),
        ("services", objects(&captured.services)),
        ("scaling", captured.scaling.clone()),
        ("queues", captured.queues.clone()),
        ("databases", captured.databases.clone()),
        ("alarms", objects(&captured.alarms)),
        ("endpoints", captured.endpoints.clone()),
    ]
}

/// What was captured as one value, without its comments and parameters.
pub(super) fn document(captured: &Captured) -> Value {
    let mut document = head(captured);
    for (name, all) in sections(captured) {
        document[name] = Value::Array(all);
    }
    without_nulls(&mut document);
    document
}

fn toml(value: &Value) -> Result<String, Fault> {
    let mut value = value.clone();
    without_nulls(&mut value);
    toml::to_string(&value).map_err(|error| Fault::new(codes::NOT_WRITTEN, error.to_string()))
}

/// TOML has no null; neither has AWS.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

/// What the shipped pipeline asks for, as far as it can be told.
fn params(captured: &Captured, args: &CaptureArgs) -> Map<String, Value> {
    let mut params = Map::new();
    let Some(service) = captured.services.first() else {
        return params;
    };
    let mut put = |name: &str, value: Value| params.insert(name.into(), value);
    put("cluster", json!(captured.cluster));
    put(
        "service",
        service.get("serviceName").cloned().unwrap_or_default(),
    );
    if let Some((container, image)) = deployed(service, captured) {
        put("container", json!(container));
        if let Some((repository, _)) = images::split(&image, captured) {
            put("repository", json!(repository));
            let known = captured
                .repositories
                .iter()
                .find(|r| text(r, "name") == repository);
            // The newest one; they are in the order in which they were pushed.
            let newest = known.and_then(|r| items(r, "images").iter().rev().find_map(tag));
            if let Some(newest) = newest {
                put("version", json!(newest));
            }
        }
    }
    if let Some(family) = args.task_family.first() {
        put("migration", json!(family));
    }
    let health = captured
        .endpoints
        .iter()
        .find(|e| text(e, "body").contains("{version}"));
    if let Some(endpoint) = health {
        put("health_url", json!(text(endpoint, "url")));
    }
    params
}

/// The container that is deployed (the one behind the load balancer, or else the first), and its image.
fn deployed(service: &Map<String, Value>, captured: &Captured) -> Option<(String, String)> {
    let definition = captured.definition(service)?;
    let containers = definition.get("containerDefinitions")?.as_array()?;
    let balancers = service.get("loadBalancers").and_then(Value::as_array);
    let balanced = balancers
        .and_then(|b| b.first())
        .map(|b| text(b, "containerName"));
    let own = |c: &&Value| images::split(text(c, "image"), captured).is_some();
    let container = containers
        .iter()
        .find(|c| balanced == Some(text(c, "name")))
        .or_else(|| containers.iter().find(own))
        .or(containers.first())?;
    Some((
        text(container, "name").to_owned(),
        text(container, "image").to_owned(),
    ))
}

fn tag(image: &Value) -> Option<&str> {
    let mut tags = items(image, "tags").iter().filter_map(Value::as_str);
    tags.find(|tag| *tag != "latest")
}

//! The fields of a fixture in Markdown, from their declarations.

use serde_json::{Map, Value};

use super::schema::kind;
use crate::world::simulated::fixture;

const INTRODUCTION: &str = "\
A fixture describes the cloud in which pipelines are rehearsed, planned with `--cloud` and tested: one file, TOML or JSON. \
`deployer rehearse` takes the one of `--cloud`, else `NAME.cloud.toml` or `cloud.toml` beside the pipeline. What AWS has a shape for \
is written in AWS's own spelling (camelCase or PascalCase); fields of our own are written in snake_case. `account` and `region` are \
required.\n";

/// Every field, with its members and an example.
pub(super) fn page() -> String {
    let schema = fixture::schema();
    let schema = schema.as_value();
    let mut text = format!("## Fixture\n\n{INTRODUCTION}");
    for (name, field) in members(schema) {
        text.push('\n');
        text.push_str(&section(schema, name, field));
    }
    text
}

/// One field, if a fixture has it.
pub(super) fn field(name: &str) -> Option<String> {
    let schema = fixture::schema();
    let schema = schema.as_value();
    let (name, field) = members(schema).find(|(member, _)| *member == name)?;
    Some(section(schema, name, field))
}

/// The names of all fields.
pub(super) fn names() -> Vec<String> {
    let schema = fixture::schema();
    members(schema.as_value())
        .map(|(name, _)| name.clone())
        .collect()
}

fn members(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(Map::iter)
}

fn section(schema: &Value, name: &str, field: &Value) -> String {
    let doc = field["description"].as_str().unwrap_or_default();
    let (doc, example) = doc.split_once("```toml").unwrap_or((doc, ""));
    let mut text = format!(
        "### {name}\n\n{}\n\n```toml{}\n",
        doc.trim(),
        example.trim_end()
    );
    if let Some(of) = definition(schema, field) {
        tables(schema, name, of, &mut text);
    }
    text
}

/// The declaration behind a field: of itself, of its items, or of what it may hold.
fn definition<'s>(schema: &'s Value, field: &'s Value) -> Option<&'s Value> {
    let choices = field["anyOf"].as_array().into_iter().flatten();
    let mut places = [field, &field["items"]].into_iter().chain(choices);
    let reference = places.find_map(|place| place["$ref"].as_str())?;
    let of = &schema["$defs"][reference.rsplit('/').next()?];
    of["properties"].is_object().then_some(of)
}

/// The members of a declaration, and below it those of what is in it.
fn tables(schema: &Value, path: &str, of: &Value, text: &mut String) {
    let required: Vec<&str> = of["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    text.push_str(&format!(
        "\n| `{path}` | type | default | |\n| --- | --- | --- | --- |\n"
    ));
    let mut inner = Vec::new();
    for (name, member) in members(of) {
        let default = match required.contains(&name.as_str()) {
            true => "required".to_owned(),
            false => default(&member["default"]),
        };
        let doc = member["description"].as_str().unwrap_or_default();
        let doc = doc.replace('\n', " ").replace('|', "\\|");
        let kind = kind(&resolved(schema, member));
        text.push_str(&format!("| `{name}` | {kind} | {default} | {doc} |\n"));
        if let Some(of) = definition(schema, member) {
            inner.push((format!("{path}.{name}"), of));
        }
    }
    for (path, of) in inner {
        tables(schema, &path, of, text);
    }
}

/// A member with the declaration that it refers to in its place, unless that one has members.
fn resolved(schema: &Value, member: &Value) -> Value {
    let of = member["$ref"]
        .as_str()
        .and_then(|reference| reference.rsplit('/').next());
    match of.map(|name| &schema["$defs"][name]) {
        Some(of) if !of["properties"].is_object() => of.clone(),
        _ => member.clone(),
    }
}

/// A default as a fixture writes it.
fn default(value: &Value) -> String {
    let whole = |name: &str| value[name].as_u64();
    match value {
        Value::Null => "none".to_owned(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::String(text) if text.is_empty() => "none".to_owned(),
        Value::Object(members) if members.is_empty() => "none".to_owned(),
        Value::Object(_) => match (whole("secs"), whole("nanos")) {
            (Some(0), Some(0)) => "`\"0s\"`".to_owned(),
            (Some(0), Some(nanos)) => format!("`\"{}ms\"`", nanos / 1_000_000),
            (Some(secs), Some(0)) if secs % 60 == 0 => format!("`\"{}m\"`", secs / 60),
            (Some(secs), Some(0)) => format!("`\"{secs}s\"`"),
            _ => format!("`{value}`"),
        },
        other => format!("`{other}`"),
    }
}

//! The type of a value as people read it, from its JSON schema.

use serde_json::Value;

/// `text`, `list`, `one of …`.
pub(super) fn kind(property: &Value) -> String {
    if let Some(choices) = choices(property) {
        return format!("one of {choices}");
    }

    let name = |k: &str| match k {
        "object" => "map".to_owned(),
        "array" => "list".to_owned(),
        "string" if property["format"] == "duration" => "duration".to_owned(),
        "string" if property["format"] == "date-time" => "time (RFC 3339)".to_owned(),
        "string" => "text".to_owned(),
        other => other.to_owned(),
    };
    match &property["type"] {
        Value::String(k) => name(k),
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(Value::as_str)
            .filter(|k| *k != "null")
            .map(name)
            .collect::<Vec<_>>()
            .join(" or "),
        _ if property["anyOf"].is_array() => {
            let choices = property["anyOf"].as_array().into_iter().flatten();
            let some = choices.filter(|choice| choice["type"] != "null");
            let mut kinds: Vec<String> = some.map(kind).collect();
            kinds.dedup();
            kinds.join(" or ")
        }
        _ if property["$ref"].is_string() => "map".into(),
        _ => "anything".into(),
    }
}

/// The texts that a value may be, where it is one of several.
fn choices(property: &Value) -> Option<String> {
    let listed = property["enum"].as_array().into_iter().flatten();
    let told = property["oneOf"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| &one["const"]);
    let texts: Vec<String> = listed
        .chain(told)
        .filter_map(Value::as_str)
        .map(|text| format!("`{text}`"))
        .collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

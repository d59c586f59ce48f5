//! The text that stands in a plan for a value that only the real run can know.

use std::fmt;

use serde_json::Value;

/// How the text begins and ends that a plan puts where only the real run can know a value.
const UNKNOWN: (&str, char) = ("‹known only when it runs: ", '›');

/// A text that stands for a value that only the real run can know; `what`: that value, as a person would
/// name it. It may be passed on and printed; nothing may depend on it.
pub fn unknown(what: impl fmt::Display) -> String {
    format!("{}{what}{}", UNKNOWN.0, UNKNOWN.1)
}

/// What only the real run can know, if a text holds such a value.
pub fn unknown_in(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(UNKNOWN.0)?;
    Some(rest.split(UNKNOWN.1).next().unwrap_or(rest))
}

/// What stands around the values in a text that only the real run can know.
pub fn around_unknown(text: &str) -> Vec<&str> {
    let mut pieces = text.split(UNKNOWN.0);
    let first = pieces.next();
    let behind = pieces.map(|piece| piece.split_once(UNKNOWN.1).map_or("", |(_, behind)| behind));
    first.into_iter().chain(behind).collect()
}

/// The first value in JSON that only the real run can know.
pub fn unknown_within(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => unknown_in(text),
        Value::Array(items) => items.iter().find_map(unknown_within),
        Value::Object(members) => members.values().find_map(unknown_within),
        _ => None,
    }
}

//! Values that are neither list nor map: which JSON stands for them.

use serde_json::{Number, Value};

use crate::world::apis::aws::{Kind, Marks, Shape};

/// What numbers of JSON cannot say.
const SPECIAL: [&str; 3] = ["NaN", "Infinity", "-Infinity"];

/// The name of a type, as problems tell it.
pub(super) fn name(shape: &Shape) -> &'static str {
    match shape.kind {
        Kind::Structure if shape.marks.has(Marks::DOCUMENT) => "anything",
        Kind::Structure | Kind::Map => "map",
        Kind::List => "list",
        Kind::String => "string",
        Kind::Integer | Kind::Long => "integer",
        Kind::Float | Kind::Double => "number",
        Kind::Boolean => "boolean",
        Kind::Blob => "base64 text",
        Kind::Timestamp => "timestamp (RFC 3339)",
    }
}

/// Whether a value is of this kind. `loose`: what can be written as text in the same way is, too.
pub(super) fn fits(kind: Kind, value: &Value, loose: bool) -> bool {
    match (kind, value) {
        (Kind::Structure | Kind::List | Kind::Map, _) => false,
        (Kind::String, value) => value.is_string() || loose,
        (Kind::Blob, Value::String(text)) => aws_smithy_types::base64::decode(text).is_ok(),
        (Kind::Integer, value) => {
            integer(value, loose).is_some_and(|number| i32::try_from(number).is_ok())
        }
        (Kind::Long, value) => value.is_u64() || integer(value, loose).is_some(),
        (Kind::Float | Kind::Double, Value::String(text)) => {
            SPECIAL.contains(&text.as_str()) || loose && text.parse::<f64>().is_ok()
        }
        (Kind::Float | Kind::Double, value) => value.is_number(),
        (Kind::Boolean, Value::String(text)) => loose && text.parse::<bool>().is_ok(),
        (Kind::Boolean, value) => value.is_boolean(),
        (Kind::Timestamp, Value::String(text)) => text.parse::<jiff::Timestamp>().is_ok(),
        (Kind::Timestamp, value) => value.is_number(),
        (Kind::Blob, _) => false,
    }
}

fn integer(value: &Value, loose: bool) -> Option<i64> {
    match value {
        Value::String(text) if loose => text.parse().ok(),
        other => other.as_i64(),
    }
}

/// The number that a value stands for.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    }
}

/// How many bytes a base64 text stands for.
pub(super) fn bytes(text: &str) -> usize {
    aws_smithy_types::base64::decode(text).map_or(0, |bytes| bytes.len())
}

/// A number without a fraction, written as one with (`2.0`).
fn whole(number: &Number) -> Option<i64> {
    let float = number.as_f64()?;
    #[allow(clippy::cast_possible_truncation)]
    (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
}

/// The value of the expected type that a misfit probably stands for.
pub(super) fn meant(expected: &str, value: &Value) -> Option<String> {
    match (expected, value) {
        ("string", Value::Number(number)) => Some(format!("\"{number}\"")),
        ("string", Value::Bool(flag)) => Some(format!("\"{flag}\"")),
        ("integer", Value::String(text)) => text.parse::<i64>().ok().map(|n| n.to_string()),
        ("integer", Value::Number(number)) if number.is_f64() => {
            whole(number).map(|n| n.to_string())
        }
        ("number", Value::String(text)) => text.parse::<f64>().ok().map(|n| n.to_string()),
        ("boolean", Value::String(text)) => text.parse::<bool>().ok().map(|b| b.to_string()),
        _ => None,
    }
}

/// What a value is that is not of the kind that is expected, in a few words.
pub(super) fn found(expected: Kind, value: &Value) -> String {
    match (expected, value) {
        (Kind::Integer | Kind::Long, Value::Number(number)) if !number.is_f64() => {
            format!("{number}, which is out of range")
        }
        (Kind::Timestamp, Value::String(text)) => format!("\"{text}\""),
        // The text itself may be a secret.
        (Kind::Blob, Value::String(_)) => "text that is not base64".to_owned(),
        _ => kind(value).to_owned(),
    }
}

/// What a value is, in a word.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number with a fraction",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "map",
    }
}

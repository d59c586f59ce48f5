//! Scalars that are written as texts: in XML, in headers, and in JSON where a service means well.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use percent_encoding::percent_decode_str;
use serde_json::{Number, Value};

use crate::world::apis::aws::model::{Kind, Service, Shape};

/// The value of a text. What is not of its kind stays the text that it is.
pub(super) fn from_text(kind: Kind, text: &str) -> Value {
    let read = match kind {
        Kind::Boolean => match text.trim().to_ascii_lowercase().as_str() {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        Kind::Integer | Kind::Long => text.trim().parse::<i64>().ok().map(Value::from),
        Kind::Float | Kind::Double => {
            let number = text.trim().parse().ok().and_then(Number::from_f64);
            number.map(Value::Number)
        }
        Kind::Timestamp => timestamp(text.trim()).map(Value::String),
        // Encoders break lines.
        Kind::Blob => Some(text.split_whitespace().collect::<String>().into()),
        _ => None,
    };
    read.unwrap_or_else(|| text.into())
}

/// A policy document of IAM: JSON, encoded as in a URL. botocore decodes it in `json_decode_policies`.
pub(super) fn policy(service: &Service, shape: &Shape, text: &str) -> Option<Value> {
    if service.name != "iam" || shape.name != "policyDocumentType" {
        return None;
    }
    let document = percent_decode_str(text).decode_utf8().ok()?;
    serde_json::from_str(&document).ok()
}

/// The value of a scalar in JSON or CBOR.
pub(super) fn from_json(kind: Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::Timestamp, Value::Number(number)) => {
            let seconds = epoch(number).map(|at| Value::String(at.to_string()));
            seconds.unwrap_or_else(|| value.clone())
        }
        (_, Value::String(text)) => from_text(kind, text),
        _ => value.clone(),
    }
}

/// Any form that AWS writes times in, as RFC 3339 in UTC: RFC 3339, RFC 2822, seconds since 1970, a date; a time without
/// an offset is UTC.
fn timestamp(text: &str) -> Option<String> {
    let at = text.parse::<Timestamp>().ok();
    let at = at.or_else(|| rfc2822::DateTimeParser::new().parse_timestamp(text).ok());
    let at = at.or_else(|| epoch(&text.parse::<Number>().ok()?));
    let at = at.or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    });
    at.map(|at| at.to_string())
}

/// Seconds since 1970 as a time; to the microsecond, which is all that a double can say.
fn epoch(seconds: &Number) -> Option<Timestamp> {
    if let Some(whole) = seconds.as_i64() {
        return Timestamp::from_second(whole).ok();
    }
    let micros = (seconds.as_f64()? * 1e6).round();
    if micros.abs() > 4e17 {
        return None;
    }
    #[allow(clippy::cast_possible_truncation)] // Far inside the range of i64.
    Timestamp::from_microsecond(micros as i64).ok()
}

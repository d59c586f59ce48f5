//! awsJson: what a body says, and timestamps on their way in and out.

use jiff::Timestamp;
use serde_json::{Number, Value};

use super::fault::{self, AwsError};
use super::interceptor::RawAnswer;
use crate::vocabulary::Fault;
use crate::world::AwsCall;

/// The JSON of an answer.
///
/// # Errors
/// The error that AWS tells, or `not_an_answer`.
pub(super) fn json(call: &AwsCall, answer: &RawAnswer) -> Result<Value, Fault> {
    let body = if answer.body.is_empty() && answer.status < 300 {
        Some(Value::Object(serde_json::Map::new()))
    } else {
        serde_json::from_slice::<Value>(&answer.body)
            .ok()
            .filter(Value::is_object)
    };
    if (200..300).contains(&answer.status) {
        return body.ok_or_else(|| fault::not_an_answer(call, answer));
    }
    let member = |names: &[&str]| {
        let body = body.as_ref()?;
        let found = names.iter().find_map(|name| body.get(name)?.as_str());
        found.map(str::to_owned)
    };
    let code = answer
        .error_type
        .clone()
        .or_else(|| member(&["__type", "code", "Code"]));
    match code {
        Some(code) => Err(fault::to_fault(
            call,
            answer,
            AwsError {
                code: bare(&code).to_owned(),
                message: member(&["message", "Message", "errorMessage"]).unwrap_or_default(),
            },
        )),
        None => Err(fault::not_an_answer(call, answer)),
    }
}

/// `com.amazonaws.ecs#ServerException:http://…` is `ServerException`.
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}

/// Which way a timestamp goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimestampDirection {
    /// RFC 3339 to epoch seconds.
    In,
    /// Epoch seconds to RFC 3339.
    Out,
}

/// Turns the timestamps at `places`, which are JSON pointers.
pub(super) fn turn_at(value: &mut Value, places: &[String], way: TimestampDirection) {
    for place in places {
        if let Some(value) = value.pointer_mut(place) {
            turn(value, way);
        }
    }
}

/// Turns every member with one of these names, wherever it is.
pub(super) fn turn_named(value: &mut Value, names: &[&str], way: TimestampDirection) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                if names.contains(&name.as_str()) {
                    match value {
                        Value::Array(items) if !items.iter().any(Value::is_object) => {
                            items.iter_mut().for_each(|item| turn(item, way));
                        }
                        Value::Array(_) | Value::Object(_) => turn_named(value, names, way),
                        _ => turn(value, way),
                    }
                } else {
                    turn_named(value, names, way);
                }
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| turn_named(item, names, way)),
        _ => {}
    }
}

/// Turns one timestamp; what is none stays as it is.
fn turn(value: &mut Value, way: TimestampDirection) {
    let turned = match (way, &*value) {
        (TimestampDirection::In, Value::String(text)) => {
            text.parse::<Timestamp>().ok().and_then(epoch)
        }
        (TimestampDirection::Out, Value::Number(seconds)) => rfc3339(seconds).map(Value::String),
        _ => None,
    };
    if let Some(turned) = turned {
        *value = turned;
    }
}

fn epoch(at: Timestamp) -> Option<Value> {
    let millis = at.as_millisecond();
    if millis % 1000 == 0 {
        return Some(Value::from(millis / 1000));
    }
    // Milliseconds are all that the services keep, and a double holds them exactly enough.
    #[allow(clippy::cast_precision_loss)]
    Number::from_f64(millis as f64 / 1000.0).map(Value::Number)
}

fn rfc3339(seconds: &Number) -> Option<String> {
    let at = match seconds.as_i64() {
        Some(whole) => Timestamp::from_second(whole).ok()?,
        None => {
            let micros = (seconds.as_f64()? * 1e6).round();
            // Far inside the range of i64, or no time at all.
            if micros.abs() > 4e17 {
                return None;
            }
            #[allow(clippy::cast_possible_truncation)]
            Timestamp::from_microsecond(micros as i64).ok()?
        }
    };
    Some(at.to_string())
}

/// Removes members that are null: a script's `()` is the same as not saying it.
pub(super) fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|_, value| !value.is_null());
            object.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::vocabulary::Retry;

    fn answer(status: u16, body: &str) -> RawAnswer {
        RawAnswer {
            status,
            error_type: None,
            request_id: Some("r".to_owned()),
            body: body.as_bytes().to_vec(),
        }
    }

    fn read(status: u16, body: &str) -> Result<Value, Fault> {
        let call = AwsCall::new("ecs", "DescribeServices", json!({}));
        json(&call, &answer(status, body))
    }

    #[test]
    fn an_error_has_its_code_without_prefixes() {
        let fault = read(
            400,
            r#"{"__type":"com.amazonaws.ecs#ClusterNotFoundException","message":"Cluster not found."}"#,
        )
        .expect_err("an error");
        assert_eq!(fault.code, "ClusterNotFoundException");
        assert_eq!(fault.message, "Cluster not found.");
        assert_eq!(fault.details["status"], 400);
        assert_eq!(
            bare("ValidationException:http://internal"),
            "ValidationException"
        );
    }

    #[test]
    fn what_is_not_json_is_not_an_answer() {
        for (status, body) in [
            (200, "<html>"),
            (200, "[]"),
            (200, "{\"a\":"),
            (503, ""),
            (500, "{}"),
        ] {
            let fault = read(status, body).expect_err("an error");
            assert_eq!(
                (fault.code.as_str(), fault.retry),
                ("not_an_answer", Retry::InDoubt)
            );
        }
        assert_eq!(read(200, ""), Ok(json!({})));
    }

    #[test]
    fn timestamps_turn_both_ways() {
        let mut value = json!({"StartTime": "2026-11-20T16:30:00Z", "Period": 60,
            "Timestamps": ["2026-11-20T16:30:00.5+00:00"], "Label": "2026-11-20T16:30:00Z"});
        turn_named(
            &mut value,
            &["StartTime", "Timestamps"],
            TimestampDirection::In,
        );
        assert_eq!(value["StartTime"], 1_795_192_200);
        assert_eq!(value["Timestamps"], json!([1_795_192_200.5]));
        assert_eq!(value["Label"], "2026-11-20T16:30:00Z");
        turn_named(
            &mut value,
            &["StartTime", "Timestamps"],
            TimestampDirection::Out,
        );
        assert_eq!(value["StartTime"], "2026-11-20T16:30:00Z");
        assert_eq!(value["Timestamps"], json!(["2026-11-20T16:30:00.5Z"]));
    }

    #[test]
    fn nulls_are_absent() {
        let mut value = json!({"a": null, "b": [{"c": null}], "d": 0});
        without_nulls(&mut value);
        assert_eq!(value, json!({"b": [{}], "d": 0}));
    }
}

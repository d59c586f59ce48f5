//! Groups and lines that a run makes by itself.

use serde_json::{Value, json};

use super::Logs;
use super::{Line, Streams};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, number, required, text};

const RETENTIONS: [u64; 23] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653, 0,
];

fn no_group() -> Fault {
    Fault::new(
        "ResourceNotFoundException",
        "The specified log group does not exist.",
    )
}

fn group<'a>(logs: &'a mut Logs, input: &Value) -> Result<&'a mut Streams, Fault> {
    let name = required(input, "logGroupName")?;
    logs.groups.get_mut(name).ok_or_else(no_group)
}

pub(super) fn create_group(logs: &mut Logs, input: &Value) -> Result<Value, Fault> {
    let name = required(input, "logGroupName")?;
    if logs.groups.contains_key(name) {
        return Err(Fault::new(
            "ResourceAlreadyExistsException",
            "The specified log group already exists",
        ));
    }
    logs.groups.insert(name.to_owned(), Streams::new());
    Ok(json!({}))
}

pub(super) fn create_stream(logs: &mut Logs, input: &Value) -> Result<Value, Fault> {
    let stream = required(input, "logStreamName")?.to_owned();
    let streams = group(logs, input)?;
    if streams.contains_key(&stream) {
        return Err(Fault::new(
            "ResourceAlreadyExistsException",
            "The specified log stream already exists",
        ));
    }
    streams.insert(stream, Vec::new());
    Ok(json!({}))
}

pub(super) fn delete_group(logs: &mut Logs, input: &Value) -> Result<Value, Fault> {
    group(logs, input)?;
    let name = required(input, "logGroupName")?;
    logs.groups.remove(name);
    logs.retention.remove(name);
    Ok(json!({}))
}

pub(super) fn retention(logs: &mut Logs, input: &Value) -> Result<Value, Fault> {
    group(logs, input)?;
    let name = required(input, "logGroupName")?.to_owned();
    let days = number(input, "retentionInDays").unwrap_or(0);
    if days == 0 || !RETENTIONS.contains(&days) {
        return Err(Fault::new(
            "InvalidParameterException",
            format!(
                "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set"
            ),
        ));
    }
    logs.retention.insert(name, days);
    Ok(json!({}))
}

pub(super) fn put_events(logs: &mut Logs, input: &Value) -> Result<Value, Fault> {
    let stream = required(input, "logStreamName")?;
    let mut lines = Vec::new();
    for event in list(input, "logEvents") {
        let at = event.get("timestamp").and_then(Value::as_i64);
        let message = text(event, "message").filter(|m| !m.is_empty());
        let (Some(at), Some(message)) = (at, message) else {
            return Err(Fault::new(
                "InvalidParameterException",
                "A log event needs a timestamp and a message.",
            ));
        };
        lines.push(Line {
            at,
            message: message.to_owned(),
        });
    }
    if !lines.is_sorted_by_key(|l| l.at) {
        return Err(Fault::new(
            "InvalidParameterException",
            "Log events in a single PutLogEvents request must be in chronological order.",
        ));
    }
    let known = group(logs, input)?.get_mut(stream).ok_or_else(|| {
        Fault::new(
            "ResourceNotFoundException",
            "The specified log stream does not exist.",
        )
    })?;
    known.extend(lines);
    known.sort_by_key(|l| l.at);
    Ok(json!({ "nextSequenceToken": "0" }))
}

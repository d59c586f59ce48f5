//! Messages that are sent, received, kept out of sight for a time, and deleted.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::state::Message;
use super::{Queue, named, needed, none, visible};
use crate::text::arn::Arn;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, set, text, texts};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// Seconds that a received message is out of sight, and those that a message is sent late, where nothing else is
/// said; and the most of each.
const VISIBILITY: (u64, u64) = (30, 43_200);
const DELAY: (u64, u64) = (0, 900);

/// Time between two purges of a queue.
const PURGE: Duration = Duration::from_secs(60);

/// A time in seconds: what the call says, or the queue's attribute, or the default.
fn seconds(
    input: &Value,
    name: &str,
    queue: &Queue,
    attribute: &str,
    (default, most): (u64, u64),
) -> Result<Duration, Fault> {
    let whole = |value: &Value| {
        let text = value.as_str().and_then(|t| t.parse().ok());
        value.as_u64().or(text)
    };
    let given = input.get(name).filter(|v| !v.is_null());
    let seconds = match given {
        Some(given) => whole(given).filter(|s| *s <= most).ok_or_else(|| {
            parameter(format!(
                "Value {given} for parameter {name} is invalid. Reason: Must be between 0 and {most}, if provided."
            ))
        })?,
        None => queue.attributes.get(attribute).and_then(whole).unwrap_or(default),
    };
    Ok(Duration::from_secs(seconds))
}

fn parameter(message: String) -> Fault {
    Fault::new("InvalidParameterValue", message)
}

pub(super) fn send(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let now = cloud.now();
    let body = needed(input, "MessageBody")?.to_owned();
    let id = cloud.kernel.rng.uuid();
    let (_, queue) = named(cloud, input)?;
    let delay = seconds(input, "DelaySeconds", queue, "DelaySeconds", DELAY)?;
    let message = Message {
        id: id.clone(),
        body,
        received: 0,
        receipt: None,
    };
    if delay.is_zero() {
        queue.surface(now);
        queue.changes.push((now, 1));
        queue.ready.push_back(message);
    } else {
        queue.hide(message, later(now, delay), false);
    }
    Ok(json!({ "MessageId": id }))
}

/// How often a message is received before it is a dead letter, and the queue of those.
fn redrive(cloud: &Cloud, queue: &Queue) -> Option<(u64, String)> {
    let policy = queue
        .attributes
        .get("RedrivePolicy")
        .and_then(Value::as_str);
    let policy: Option<Value> = policy.and_then(|p| serde_json::from_str(p).ok());
    let (most, name) = match (policy, &queue.dead_letters) {
        (Some(policy), _) => {
            let most = policy.get("maxReceiveCount")?;
            let most = most.as_u64().or_else(|| most.as_str()?.parse().ok())?;
            let arn = text(&policy, "deadLetterTargetArn")?;
            (most, Arn::parse(arn)?.name().to_owned())
        }
        (None, Some(name)) => (super::RECEIVED, name.clone()),
        (None, None) => return None,
    };
    cloud.sqs.queues.contains_key(&name).then_some((most, name))
}

pub(super) fn receive(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let most = input.get("MaxNumberOfMessages").filter(|v| !v.is_null());
    let most = most.map_or(Some(1), Value::as_u64);
    let Some(most) = most.filter(|n| (1..=10).contains(n)) else {
        let given = input.get("MaxNumberOfMessages").unwrap_or(&Value::Null);
        return Err(parameter(format!(
            "Value {given} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
        )));
    };
    let now = cloud.now();
    let (name, queue) = named(cloud, input)?;
    let span = seconds(
        input,
        "VisibilityTimeout",
        queue,
        "VisibilityTimeout",
        VISIBILITY,
    )?;
    queue.surface(now);
    let counted = ["AttributeNames", "MessageSystemAttributeNames"]
        .iter()
        .flat_map(|member| texts(input, member))
        .any(|n| n == "All" || n == "ApproximateReceiveCount");
    let mut messages = Vec::new();
    while (messages.len() as u64) < most {
        let queue = cloud.sqs.queues.get(&name).ok_or_else(none)?;
        let dead = redrive(cloud, queue);
        if visible(cloud, &name, queue, now) <= 0 {
            break;
        }
        let (id, receipt) = (cloud.kernel.rng.uuid(), cloud.kernel.rng.hex(64));
        let queue = cloud.sqs.queues.get_mut(&name).ok_or_else(none)?;
        queue.changes.push((now, -1));
        // Of those that were there at the start, only the number is known.
        let mut message = queue.ready.pop_front().unwrap_or_else(|| Message {
            id,
            body: "{}".to_owned(),
            received: 0,
            receipt: None,
        });
        if let Some((_, dead)) = dead.filter(|(most, _)| message.received >= *most) {
            let dead = cloud.sqs.queues.get_mut(&dead).ok_or_else(none)?;
            dead.changes.push((now, 1));
            dead.ready.push_back(message);
            continue;
        }
        message.received += 1;
        message.receipt = Some(receipt.clone());
        let mut out = json!({
            "MessageId": message.id, "ReceiptHandle": receipt, "Body": message.body,
        });
        if counted {
            let count = json!({ "ApproximateReceiveCount": message.received.to_string() });
            set(&mut out, "Attributes", count);
        }
        messages.push(out);
        queue.hide(message, later(now, span), true);
    }
    Ok(match messages.is_empty() {
        true => json!({}),
        false => json!({ "Messages": messages }),
    })
}

/// Whether that could be a receipt of this service.
fn check_receipt(receipt: &str) -> Result<(), Fault> {
    let fits = receipt.len() == 64 && receipt.chars().all(|c| c.is_ascii_hexdigit());
    match fits {
        true => Ok(()),
        false => Err(Fault::new(
            "ReceiptHandleIsInvalid",
            format!("The input receipt handle \"{receipt}\" is not a valid receipt handle."),
        )),
    }
}

pub(super) fn delete(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let now = cloud.now();
    let receipt = needed(input, "ReceiptHandle")?;
    let (_, queue) = named(cloud, input)?;
    check_receipt(receipt)?;
    // By an older receipt nothing is deleted, and nothing is said.
    queue.take(receipt, now);
    Ok(json!({}))
}

pub(super) fn delete_batch(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let entries = list(input, "Entries").to_vec();
    if entries.is_empty() {
        return Err(Fault::new(
            "EmptyBatchRequest",
            "There should be at least one DeleteMessageBatchRequestEntry in the request.",
        ));
    }
    if entries.len() > 10 {
        return Err(Fault::new(
            "TooManyEntriesInBatchRequest",
            "Maximum number of entries per request are 10.",
        ));
    }
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for mut entry in entries {
        let id = entry.get("Id").cloned().unwrap_or_default();
        let url = input.get("QueueUrl").cloned().unwrap_or_default();
        set(&mut entry, "QueueUrl", url);
        match delete(cloud, &entry) {
            Ok(_) => successful.push(json!({ "Id": id })),
            Err(fault) if fault.code == "QueueDoesNotExist" => return Err(fault),
            Err(fault) => failed.push(json!({
                "Id": id, "SenderFault": true, "Code": fault.code, "Message": fault.message,
            })),
        }
    }
    Ok(json!({ "Successful": successful, "Failed": failed }))
}

pub(super) fn change_visibility(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let now = cloud.now();
    let receipt = needed(input, "ReceiptHandle")?;
    if input.get("VisibilityTimeout").is_none_or(Value::is_null) {
        needed(input, "VisibilityTimeout")?;
    }
    let (_, queue) = named(cloud, input)?;
    check_receipt(receipt)?;
    let span = seconds(
        input,
        "VisibilityTimeout",
        queue,
        "VisibilityTimeout",
        VISIBILITY,
    )?;
    queue.surface(now);
    let of = |h: &super::state::Hidden| h.message.receipt.as_deref() == Some(receipt);
    if !queue.hidden.iter().any(of) {
        return Err(Fault::new(
            "MessageNotInflight",
            "The specified message isn't in flight.",
        ));
    }
    if let Some(message) = queue.take(receipt, now) {
        match span.is_zero() {
            true => {
                queue.changes.push((now, 1));
                queue.ready.push_back(message);
            }
            false => queue.hide(message, later(now, span), true),
        }
    }
    Ok(json!({}))
}

pub(super) fn purge(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let now = cloud.now();
    let (name, queue) = named(cloud, input)?;
    let recent = |at: Timestamp| later(at, PURGE) > now;
    if queue.purged.is_some_and(recent) {
        return Err(Fault::new(
            "PurgeQueueInProgress",
            format!(
                "Only one PurgeQueue operation on {} is allowed every 60 seconds.",
                name
            ),
        ));
    }
    queue.purge(now);
    Ok(json!({}))
}

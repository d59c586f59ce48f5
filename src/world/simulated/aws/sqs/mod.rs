//! SQS: queues with their depth, and the dead letters that a bad version leaves.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::{object, page, set, text, texts};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::outside::traffic;

mod messages;
pub(crate) mod state;

pub(crate) use state::Queue;

/// How often a message is received before it is a dead letter, where a fixture names the queue of those.
const RECEIVED: u64 = 3;

/// Messages that are visible in a queue at a time.
pub(crate) fn visible(cloud: &Cloud, name: &str, queue: &Queue, at: Timestamp) -> i64 {
    let after = |t: Timestamp| queue.purged.is_none_or(|purged| at < purged || t >= purged);
    let changes = queue.changes.iter().filter(|(t, _)| *t <= at && after(*t));
    let depth: i64 = changes.map(|(_, by)| by).sum();
    (depth + dead(cloud, name, queue, at)).max(0)
}

/// Dead letters of a version that the run deployed.
fn dead(cloud: &Cloud, name: &str, queue: &Queue, at: Timestamp) -> i64 {
    let Some(since) = cloud.kernel.fault_since("dead-letters") else {
        return 0;
    };
    let mut sources = cloud.sqs.queues.values();
    let Some(source) = sources.find(|q| q.dead_letters.as_deref() == Some(name)) else {
        return 0;
    };
    let purged = queue.purged.filter(|purged| *purged <= at);
    let from = since
        .max(cloud.kernel.start)
        .max(purged.unwrap_or(cloud.kernel.start));
    if from >= at {
        return 0;
    }
    let served = traffic::new_served(cloud, source.service.as_ref(), from, at);
    if served == 0.0 {
        return 0;
    }
    let per_minute = cloud.kernel.fault_argument("dead-letters", 5.0);
    (served * per_minute / 60.0) as i64
}

fn url(cloud: &Cloud, name: &str) -> String {
    format!(
        "https://sqs.{}.amazonaws.com/{}/{name}",
        cloud.kernel.region, cloud.kernel.account
    )
}

fn none() -> Fault {
    Fault::new("QueueDoesNotExist", "The specified queue does not exist.")
}

fn needed<'a>(input: &'a Value, name: &str) -> Result<&'a str, Fault> {
    text(input, name).filter(|t| !t.is_empty()).ok_or_else(|| {
        Fault::new(
            "MissingRequiredParameterException",
            format!("The request must contain the parameter {name}."),
        )
    })
}

/// The queue that a call's URL names.
fn named<'a>(cloud: &'a mut Cloud, input: &Value) -> Result<(String, &'a mut Queue), Fault> {
    let name = short_name(needed(input, "QueueUrl")?).to_owned();
    let queue = cloud.sqs.queues.get_mut(&name).ok_or_else(none)?;
    Ok((name, queue))
}

/// How far SQS is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "sqs",
    behaves: "Messages are sent late, received, hidden for a time, deleted, and become dead letters. A queue \
              that a service works off also has a depth that changes with it.",
    leaves_out: "Other attributes are stored without effect: retention, encryption, and the rules of FIFO queues. \
              Tags, permissions, redrives by a task and sending in batches are not simulated.",
    tests: &[
        "simulated::tests::stores",
        "simulated::tests::refusals::stores",
        "emulated::conformance::cases::messages",
    ],
};

pub(crate) fn call(cloud: &mut Cloud, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "GetQueueUrl" => {
            let name = needed(input, "QueueName")?;
            cloud.sqs.queues.get(name).ok_or_else(none)?;
            Ok(json!({ "QueueUrl": url(cloud, name) }))
        }
        "ListQueues" => {
            let prefix = text(input, "QueueNamePrefix").unwrap_or_default();
            let names = cloud.sqs.queues.keys().filter(|n| n.starts_with(prefix));
            let urls = names.map(|n| json!(url(cloud, n))).collect();
            Ok(page(input, "QueueUrls", urls, 1000))
        }
        "GetQueueAttributes" => attributes(cloud, input),
        "SetQueueAttributes" => {
            let given = object(input.get("Attributes").unwrap_or(&Value::Null));
            named(cloud, input)?.1.attributes.extend(given);
            Ok(json!({}))
        }
        "CreateQueue" => {
            let name = needed(input, "QueueName")?.to_owned();
            let given = object(input.get("Attributes").unwrap_or(&Value::Null));
            let queue = cloud.sqs.queues.entry(name.clone()).or_default();
            queue.attributes.extend(given);
            Ok(json!({ "QueueUrl": url(cloud, &name) }))
        }
        "SendMessage" => messages::send(cloud, input),
        "ReceiveMessage" => messages::receive(cloud, input),
        "DeleteMessage" => messages::delete(cloud, input),
        "DeleteMessageBatch" => messages::delete_batch(cloud, input),
        "ChangeMessageVisibility" => messages::change_visibility(cloud, input),
        "PurgeQueue" => messages::purge(cloud, input),
        "DeleteQueue" => {
            let (name, _) = named(cloud, input)?;
            cloud.sqs.queues.remove(&name);
            Ok(json!({}))
        }
        _ => Err(not_simulated("sqs", operation)),
    }
}

fn attributes(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let (name, _) = named(cloud, input)?;
    let queue = cloud.sqs.queues.get(&name).ok_or_else(none)?;
    let mut all = json!({
        "QueueArn": cloud.arn("sqs", &name),
        "ApproximateNumberOfMessages": visible(cloud, &name, queue, cloud.now()).to_string(),
        "ApproximateNumberOfMessagesNotVisible": queue.hidden_at(cloud.now(), true).to_string(),
        "ApproximateNumberOfMessagesDelayed": queue.hidden_at(cloud.now(), false).to_string(),
        "CreatedTimestamp": cloud.began().as_second().to_string(),
        "VisibilityTimeout": "30",
        "MessageRetentionPeriod": "345600",
        "DelaySeconds": "0",
    });
    if let Some(dead) = &queue.dead_letters {
        let policy =
            json!({ "deadLetterTargetArn": cloud.arn("sqs", dead), "maxReceiveCount": RECEIVED });
        set(&mut all, "RedrivePolicy", json!(policy.to_string()));
    }
    for (name, value) in &queue.attributes {
        set(&mut all, name, value.clone());
    }
    let wanted = texts(input, "AttributeNames");
    if let Some(unknown) = wanted.iter().find(|w| *w != "All" && all.get(w).is_none()) {
        let known = [
            "Policy",
            "RedrivePolicy",
            "RedriveAllowPolicy",
            "KmsMasterKeyId",
        ];
        if !known.contains(&unknown.as_str()) {
            return Err(Fault::new(
                "InvalidAttributeName",
                format!("Unknown Attribute {unknown}."),
            ));
        }
    }
    if let Some(object) = all.as_object_mut() {
        object.retain(|name, _| wanted.iter().any(|w| w == "All" || w == name));
    }
    Ok(json!({ "Attributes": all }))
}

//! Queues and topics of the region.

use crate::text::arn::{Arn, short_name};
use serde_json::{Map, Value, json};

use super::captured::Captured;
use super::reader::{Reader, text};

/// Where there are more, only those are captured that the task definitions name.
const MOST: usize = 50;
/// What AWS says of a queue by itself.
const GIVEN: [&str; 6] = [
    "QueueArn",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
    "SqsManagedSseEnabled",
];

/// Reads the SQS queues with their attributes. Without permission they are left out, with a remark.
pub(super) fn queues(reader: &Reader, captured: &mut Captured) {
    let call = ("sqs", "ListQueues");
    let input = json!({ "MaxResults": 1000 });
    let page = ("NextToken", "NextToken");
    let urls = reader.try_list("queues", call, input, "QueueUrls", page);
    let urls: Vec<&str> = urls.iter().filter_map(Value::as_str).collect();
    let (wanted, others) = choose(urls, captured, |url| short_name(url));
    reader.leave_out_all(
        "queues",
        &others,
        "no task definition names them, and there are many",
    );
    let mut found = Vec::new();
    let mut left: Vec<String> = wanted.iter().map(|url| (*url).to_owned()).collect();
    let mut place = 0;
    while let Some(url) = left.get(place).cloned() {
        place += 1;
        let (queue, dead_letters) = queue(&url, captured, reader);
        found.push(queue);
        // Where what could not be processed goes belongs to it.
        if let Some(name) = dead_letters
            && !left.iter().any(|url| short_name(url) == name)
            && let Some((before, _)) = url.rsplit_once('/')
        {
            left.push(format!("{before}/{name}"));
        }
    }
    captured.queues = found;
}

/// A queue, and the name of the one in which its dead letters end.
fn queue(url: &str, captured: &Captured, reader: &Reader) -> (Value, Option<String>) {
    let name = short_name(url);
    let mut kept = json!({ "name": name });
    let what = format!("attributes of queue {name}");
    let input = json!({ "QueueUrl": url, "AttributeNames": ["All"] });
    let answer = reader.try_read(&what, "sqs", "GetQueueAttributes", input);
    let attributes = answer.as_ref().and_then(|a| a.get("Attributes"));
    let attributes = attributes.unwrap_or(&Value::Null);
    reader.lose(
        "queues",
        attributes,
        &["ApproximateNumberOfMessages", "RedrivePolicy"],
        &GIVEN,
    );
    if let Ok(depth) = text(attributes, "ApproximateNumberOfMessages").parse::<u64>() {
        kept["depth"] = json!(depth);
    }
    let redrive: Value =
        serde_json::from_str(text(attributes, "RedrivePolicy")).unwrap_or_default();
    let dead = Arn::parse(text(&redrive, "deadLetterTargetArn")).map(|arn| arn.name().to_owned());
    if let Some(dead) = &dead {
        kept["dead_letters"] = json!(dead);
    }
    let works = |service: &&Map<String, Value>| {
        captured
            .definition(service)
            .is_some_and(|definition| names(definition, name))
    };
    let workers: Vec<_> = captured.services.iter().filter(works).collect();
    if let [only] = workers.as_slice() {
        kept["service"] = only.get("serviceName").cloned().unwrap_or_default();
    }
    (kept, dead)
}

/// Reads the SNS topics. Without permission they are left out, with a remark.
pub(super) fn topics(reader: &Reader, captured: &mut Captured) {
    let call = ("sns", "ListTopics");
    let page = ("NextToken", "NextToken");
    let found = reader.try_list("topics", call, json!({}), "Topics", page);
    let arns: Vec<&str> = found.iter().map(|topic| text(topic, "TopicArn")).collect();
    fn name(arn: &str) -> &str {
        Arn::parse(arn).map_or(arn, Arn::name)
    }
    let (wanted, others) = choose(arns, captured, name);
    reader.leave_out_all(
        "topics",
        &others,
        "no task definition names them, and there are many",
    );
    captured.topics = wanted.into_iter().map(|arn| name(arn).to_owned()).collect();
    if !captured.topics.is_empty() {
        reader.leave_out("of topics: their attributes and subscriptions");
    }
}

/// Those that are captured, and the names of those that are not.
fn choose<'a>(
    all: Vec<&'a str>,
    captured: &Captured,
    name: impl Fn(&'a str) -> &'a str,
) -> (Vec<&'a str>, Vec<String>) {
    if all.len() <= MOST {
        return (all, Vec::new());
    }
    let named = |one: &&str| {
        let mut definitions = captured.definitions.iter();
        definitions.any(|definition| names(definition, name_in(one)))
    };
    let (wanted, others): (Vec<&str>, Vec<&str>) = all.into_iter().partition(named);
    let others = others.into_iter().map(|one| name(one).to_owned());
    (wanted, others.collect())
}

/// The end of a URL or an ARN.
fn name_in(one: &str) -> &str {
    one.rsplit(['/', ':']).next().unwrap_or(one)
}

/// Whether the environment of a task definition names something: by its name, its URL or its ARN.
fn names(definition: &Map<String, Value>, name: &str) -> bool {
    let containers = definition
        .get("containerDefinitions")
        .and_then(Value::as_array);
    let variables = containers
        .into_iter()
        .flatten()
        .filter_map(|c| c.get("environment")?.as_array());
    let mut values = variables.flatten().map(|variable| text(variable, "value"));
    values.any(|value| {
        value == name
            || value.ends_with(&format!("/{name}"))
            || value.ends_with(&format!(":{name}"))
    })
}

//! Alarms, queues, topics.

use serde_json::Value;

use super::{AnswerPlace, ResourceNeed, ResourceType, by};
use crate::text::arn::short_name;
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::cloudwatch::Alarm;
use crate::world::simulated::model::json::text;
use crate::world::simulated::model::sqs::Queue;

pub(super) static TYPES: &[&ResourceType] = &[&ALARM, &QUEUE, &TOPIC];

static ALARM: ResourceType = ResourceType {
    service: "cloudwatch",
    read: "DescribeAlarms",
    shown: AnswerPlace::List("MetricAlarms"),
    base: &[],
    names: &[by("AlarmName", "AlarmNames", true)],
    lists: &[],
    parents: &[],
    about: &[],
    import: alarm,
};

static QUEUE: ResourceType = ResourceType {
    service: "sqs",
    read: "GetQueueAttributes",
    shown: AnswerPlace::Inside("Attributes"),
    base: &[("AttributeNames", &["All"])],
    names: &[by("QueueUrl", "QueueUrl", false)],
    lists: &[],
    parents: &[],
    about: &[("GetQueueUrl", "QueueName", false)],
    import: queue,
};

static TOPIC: ResourceType = ResourceType {
    service: "sns",
    read: "GetTopicAttributes",
    shown: AnswerPlace::Inside("Attributes"),
    base: &[],
    names: &[by("TopicArn", "TopicArn", false)],
    lists: &[],
    parents: &[],
    about: &[],
    import: topic,
};

pub(super) fn needs(operation: &str, input: &Value) -> Vec<ResourceNeed> {
    let queue = || ResourceNeed::of(&QUEUE, "QueueUrl", input, "QueueUrl");
    match operation {
        "PutMetricAlarm" | "SetAlarmState" => {
            ResourceNeed::of(&ALARM, "AlarmNames", input, "AlarmName")
        }
        "DeleteAlarms" | "EnableAlarmActions" | "DisableAlarmActions" => {
            ResourceNeed::of(&ALARM, "AlarmNames", input, "AlarmNames")
        }
        "Publish" => ResourceNeed::of(&TOPIC, "TopicArn", input, "TopicArn"),
        "SendMessage"
        | "SetQueueAttributes"
        | "PurgeQueue"
        | "DeleteQueue"
        | "ReceiveMessage"
        | "DeleteMessage"
        | "DeleteMessageBatch"
        | "ChangeMessageVisibility" => queue(),
        _ => Vec::new(),
    }
}

fn alarm(cloud: &mut Cloud, item: &Value) {
    let now = cloud.now();
    // One of a sort that the simulated cloud does not know stays as it is live.
    if let Ok(alarm) = Alarm::imported(item.clone(), now) {
        let name = text(item, "AlarmName").unwrap_or_default().to_owned();
        cloud.cloudwatch.add_alarm(name, alarm);
    }
}

fn queue(cloud: &mut Cloud, item: &Value) {
    let url = text(item, "QueueUrl").unwrap_or_default();
    let depth = text(item, "ApproximateNumberOfMessages");
    let depth: i64 = depth.and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut attributes = item.as_object().cloned().unwrap_or_default();
    attributes.remove("QueueUrl");
    attributes.retain(|name, _| !name.starts_with("ApproximateNumber"));
    let known = Queue {
        changes: vec![(cloud.kernel.start, depth)],
        attributes,
        ..Queue::default()
    };
    cloud.sqs.add(short_name(url).to_owned(), known);
}

fn topic(cloud: &mut Cloud, item: &Value) {
    let arn = text(item, "TopicArn").unwrap_or_default();
    cloud.sns.add(arn.to_owned());
}

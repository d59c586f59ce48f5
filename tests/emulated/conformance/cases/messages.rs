//! SQS and SNS.

use serde_json::{Value, json};

use crate::emulated::conformance::case::{Case, case};

fn queue(name: &'static str) -> Case {
    case(name)
        .call("sqs", "CreateQueue", json!({"QueueName": "{id}"}))
        .keep("url", "/QueueUrl")
}

fn url() -> Value {
    json!({"QueueUrl": "{url}"})
}

fn send() -> Value {
    json!({"QueueUrl": "{url}", "MessageBody": "{\"order\":1}"})
}

fn depth() -> Value {
    json!({"QueueUrl": "{url}", "AttributeNames": ["ApproximateNumberOfMessages"]})
}

fn topic(name: &'static str) -> Case {
    case(name)
        .call("sns", "CreateTopic", json!({"Name": "{id}"}))
        .keep("arn", "/TopicArn")
}

pub fn cases() -> Vec<Case> {
    vec![
        queue("queues: found by name")
            .call("sqs", "GetQueueUrl", json!({"QueueName": "{id}"}))
            .gives(json!({"QueueUrl": "{url}"})),
        case("queues: an unknown name is refused")
            .call("sqs", "GetQueueUrl", json!({"QueueName": "{id}-none"}))
            .fails("QueueDoesNotExist"),
        queue("queues: attributes are told as texts")
            .call("sqs", "GetQueueAttributes", json!({"QueueUrl": "{url}", "AttributeNames": ["All"]}))
            .gives(json!({"Attributes": {
                "QueueArn": "arn:aws:sqs:{region}:{account}:{id}", "ApproximateNumberOfMessages": "0",
                "ApproximateNumberOfMessagesNotVisible": "0", "VisibilityTimeout": "30",
            }})),
        queue("queues: their depth follows what is sent")
            .call("sqs", "SendMessage", send())
            .call("sqs", "SendMessage", send())
            .call("sqs", "GetQueueAttributes", depth())
            .comes_to(json!({"Attributes": {"ApproximateNumberOfMessages": "2"}})),
        queue("queues: what is received is what was sent")
            .call("sqs", "SendMessage", send())
            .call("sqs", "ReceiveMessage", url())
            .gives(json!({"Messages": [{"Body": "{\"order\":1}", "MessageId": "$text", "ReceiptHandle": "$text"}]})),
        queue("queues: an empty one gives nothing")
            .call("sqs", "ReceiveMessage", url())
            .gives(json!({"Messages": "$absent"})),
        queue("queues: an unknown attribute is refused")
            .call("sqs", "GetQueueAttributes", json!({"QueueUrl": "{url}", "AttributeNames": ["Depth"]}))
            .fails("InvalidAttributeName"),
        queue("queues: a deleted one is refused")
            .call("sqs", "DeleteQueue", url())
            .call("sqs", "GetQueueAttributes", depth())
            .fails("QueueDoesNotExist"),
        queue("queues: a purged one is empty")
            .call("sqs", "SendMessage", send())
            .call("sqs", "PurgeQueue", url())
            .call("sqs", "GetQueueAttributes", depth())
            .comes_to(json!({"Attributes": {"ApproximateNumberOfMessages": "0"}})),
        topic("topics: created with their ARN").gives(json!({"TopicArn": "arn:aws:sns:{region}:{account}:{id}"})),
        topic("topics: messages are taken")
            .call("sns", "Publish", json!({"TopicArn": "{arn}", "Subject": "deployed", "Message": "1.3.0"}))
            .gives(json!({"MessageId": "$text"})),
        case("topics: an unknown one is refused")
            .call("sns", "Publish", json!({"TopicArn": "arn:aws:sns:{region}:{account}:{id}-none", "Message": "x"}))
            .fails("NotFound"),
        topic("topics: an empty message is refused")
            .call("sns", "Publish", json!({"TopicArn": "{arn}", "Message": ""}))
            .fails("InvalidParameter"),
        topic("topics: described")
            .call("sns", "GetTopicAttributes", json!({"TopicArn": "{arn}"}))
            .gives(json!({"Attributes": {"TopicArn": "{arn}", "Owner": "{account}"}})),
        topic("topics: listed")
            .call("sns", "ListTopics", json!({}))
            .gives(json!({"Topics": {"$has": {"TopicArn": "{arn}"}}})),
    ]
}

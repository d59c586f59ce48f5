//! `sqs::` — how long queues are.

use std::sync::Arc;

use super::Primitive;
use super::api::{Api, primitives};

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    primitives([
        Api::read(
            "sqs",
            "get_queue_url",
            ("sqs", "GetQueueUrl"),
            "QueueName",
            "Finds the URL of a queue by its name. A queue that does not exist is the fault `QueueDoesNotExist`.",
            r#"print(sqs::get_queue_url(#{ QueueName: "catalog-events-dead" }).QueueUrl);"#,
        ),
        Api::read(
            "sqs",
            "get_queue_attributes",
            ("sqs", "GetQueueAttributes"),
            "QueueUrl",
            "Reads the attributes of a queue that `AttributeNames` lists (`All`: all of them). All values are texts, also numbers.",
            r#"let url = sqs::get_queue_url(#{ QueueName: "catalog-events-dead" }).QueueUrl;
let found = sqs::get_queue_attributes(#{ QueueUrl: url, AttributeNames: ["ApproximateNumberOfMessages"] });
print(parse_int(found.Attributes.ApproximateNumberOfMessages));"#,
        ),
    ])
}

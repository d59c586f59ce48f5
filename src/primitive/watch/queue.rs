//! `kind: "queue"` — a queue is short enough and does not grow.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{Observation, Observed, failing};
use crate::primitive::Context;
use crate::primitive::api::send;
use crate::primitive::args::Span;
use crate::text::arn::short_name;
use crate::vocabulary::{Fault, codes};
use crate::world::AwsCall;

/// A queue holds at most so many messages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Queue {
    /// URL of the queue.
    url: String,
    /// Messages that it may hold. Default 0, as for a dead-letter queue; a depth read before the deployment makes
    /// this "does not grow".
    #[serde(default)]
    at_most: u64,
    /// How long it may hold more. Default: the watch's.
    #[serde(default)]
    pub tolerate: Option<Span>,
}

impl Queue {
    fn name(&self) -> &str {
        short_name(&self.url)
    }

    pub fn words(&self) -> String {
        format!("{} holds at most {}", self.name(), self.at_most)
    }

    pub fn look(&self, cx: &Context<'_>) -> Observed {
        let input =
            json!({ "QueueUrl": self.url, "AttributeNames": ["ApproximateNumberOfMessages"] });
        let read = failing(send(cx, &AwsCall::new("sqs", "GetQueueAttributes", input)))?;
        Ok(read.and_then(|output| {
            let depth = output["Attributes"]["ApproximateNumberOfMessages"].as_str();
            match depth.and_then(|d| d.parse::<u64>().ok()) {
                Some(depth) if depth <= self.at_most => {
                    Ok(Observation::new(format!("{depth} in {}", self.name())))
                }
                Some(depth) => Err(Fault::new(
                    codes::QUEUE_TOO_LONG,
                    format!("{} holds {depth} messages", self.name()),
                )),
                None => Err(Fault::new(
                    codes::NO_DATA,
                    format!("{} does not say how many messages it holds", self.name()),
                )),
            }
        }))
    }
}

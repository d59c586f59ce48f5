//! SNS: topics, and what is published to them (read back from the world's requests).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::text;
use crate::world::simulated::aws::not_simulated;
use crate::world::simulated::cloud::Cloud;

/// Topics.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sns {
    /// By name; those of other accounts and regions by ARN.
    topics: BTreeSet<String>,
}

impl Sns {
    /// Makes a topic known, by its name or its ARN.
    pub(crate) fn add(&mut self, topic: String) {
        self.topics.insert(topic);
    }

    /// The names of all topics, and the ARNs of those elsewhere.
    pub(crate) fn topics(&self) -> impl Iterator<Item = &String> {
        self.topics.iter()
    }
}

/// Longest message, in bytes.
const LONGEST: usize = 256 * 1024;

fn wrong(message: impl Into<String>) -> Fault {
    Fault::new("InvalidParameter", message)
}

/// The topic of an ARN.
fn topic<'a>(cloud: &Cloud, input: &'a Value) -> Result<&'a str, Fault> {
    let arn = text(input, "TopicArn")
        .or(text(input, "TargetArn"))
        .ok_or_else(|| {
            wrong(
                "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter",
            )
        })?;
    if !arn.starts_with("arn:") {
        return Err(wrong(format!(
            "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not {}",
            arn.split(':').count()
        )));
    }
    let name = arn.rsplit(':').next().unwrap_or(arn);
    // A plan knows topics of other accounts and regions too, by their ARNs.
    let own = cloud.sns.topics.contains(name) && arn == cloud.arn("sns", name);
    let known = own || cloud.sns.topics.contains(arn);
    if known {
        Ok(name)
    } else {
        Err(Fault::new("NotFound", "Topic does not exist"))
    }
}

pub(crate) fn call(cloud: &mut Cloud, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "Publish" => {
            topic(cloud, input)?;
            let message = text(input, "Message").unwrap_or_default();
            if message.is_empty() {
                return Err(wrong("Invalid parameter: Empty message"));
            }
            if message.len() > LONGEST {
                return Err(wrong("Invalid parameter: Message too long"));
            }
            let subject = text(input, "Subject").unwrap_or_default();
            if subject.chars().count() > 100 || subject.contains('\n') {
                return Err(wrong("Invalid parameter: Subject"));
            }
            Ok(json!({ "MessageId": cloud.kernel.rng.uuid() }))
        }
        "ListTopics" => {
            let topics = cloud.sns.topics.iter();
            let arns = topics.map(|name| json!({ "TopicArn": cloud.arn("sns", name) }));
            Ok(json!({ "Topics": arns.collect::<Vec<_>>() }))
        }
        "GetTopicAttributes" => {
            let name = topic(cloud, input)?;
            let attributes = json!({
                "TopicArn": cloud.arn("sns", name),
                "Owner": cloud.kernel.account,
                "DisplayName": "",
                "SubscriptionsConfirmed": "0",
            });
            Ok(json!({ "Attributes": attributes }))
        }
        "CreateTopic" => {
            let name = text(input, "Name")
                .filter(|n| !n.is_empty())
                .ok_or_else(|| wrong("Invalid parameter: Topic Name"))?;
            cloud.sns.topics.insert(name.to_owned());
            Ok(json!({ "TopicArn": cloud.arn("sns", name) }))
        }
        _ => Err(not_simulated("sns", operation)),
    }
}

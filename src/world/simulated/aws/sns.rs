//! SNS: topics, and what is published to them (read back from the world's requests).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::text::arn::Arn;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::text;
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;

/// The state of SNS: the topics that exist.
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

/// Longest message that SNS accepts, in bytes.
const LONGEST: usize = 256 * 1024;

fn wrong(message: impl Into<String>) -> Fault {
    Fault::new("InvalidParameter", message)
}

/// The topic of an ARN.
fn topic<'a>(sns: &Sns, kernel: &Kernel, input: &'a Value) -> Result<&'a str, Fault> {
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
    let name = Arn::parse(arn).map_or(arn, Arn::name);
    // A plan knows topics of other accounts and regions too, by their ARNs.
    let own = sns.topics.contains(name) && arn == kernel.arn("sns", name);
    let known = own || sns.topics.contains(arn);
    if known {
        Ok(name)
    } else {
        Err(Fault::new("NotFound", "Topic does not exist"))
    }
}

/// How far SNS is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "sns",
    behaves: "Topics are created, and what is published to one is checked.",
    leaves_out: "Nothing is delivered: a test reads messages from the requests of a rehearsal. Subscriptions, \
              attributes and filters are not simulated.",
    tests: &[
        "simulated::tests::stores",
        "emulated::conformance::cases::messages",
    ],
};

pub(crate) fn call(
    sns: &mut Sns,
    kernel: &mut Kernel,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    match operation {
        "Publish" => {
            topic(sns, kernel, input)?;
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
            Ok(json!({ "MessageId": kernel.rng.uuid() }))
        }
        "ListTopics" => {
            let topics = sns.topics.iter();
            let arns = topics.map(|name| json!({ "TopicArn": kernel.arn("sns", name) }));
            Ok(json!({ "Topics": arns.collect::<Vec<_>>() }))
        }
        "GetTopicAttributes" => {
            let name = topic(sns, kernel, input)?;
            let attributes = json!({
                "TopicArn": kernel.arn("sns", name),
                "Owner": kernel.account,
                "DisplayName": "",
                "SubscriptionsConfirmed": "0",
            });
            Ok(json!({ "Attributes": attributes }))
        }
        "CreateTopic" => {
            let name = text(input, "Name")
                .filter(|n| !n.is_empty())
                .ok_or_else(|| wrong("Invalid parameter: Topic Name"))?;
            sns.topics.insert(name.to_owned());
            Ok(json!({ "TopicArn": kernel.arn("sns", name) }))
        }
        _ => Err(not_simulated("sns", operation)),
    }
}

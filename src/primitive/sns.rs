//! `sns::` — messages to people and systems.

use crate::text::arn::Arn;
use std::sync::Arc;

use serde_json::{Value, json};

use super::api::{Api, primitives};
use super::{Context, LineKind, Primitive, Reconciled, Residue};

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    primitives([
        Api::read(
            "sns",
            "list_topics",
            ("sns", "ListTopics"),
            "",
            "Lists the ARNs of topics, a hundred a page.",
            r#"print(sns::list_topics(#{}).Topics[0].TopicArn);"#,
        ),
        Api::read(
            "sns",
            "publish",
            ("sns", "Publish"),
            "TopicArn",
            "Publishes a message to a topic. If the answer is lost, the message is published again: nothing shows whether it was published, and a duplicate does less harm than a missing message. A FIFO topic gets a deduplication id of this run if the script gives none, and delivers the message once.",
            r#"let sent = sns::publish(#{
    TopicArn: "arn:aws:sns:ap-south-1:123456789012:deployments", Subject: "catalog-service", Message: "1.3.0 is out",
});
print(sent.MessageId);"#,
        )
        .writes(LineKind::Creates)
        .message_members(&["Message", "Subject"])
        .prepared_by(with_deduplication)
        .reconciled_by(|_, _| {
            Ok(Reconciled::MayRepeat {
                how: "a message may come twice".into(),
            })
        })
        .summary(|input, _| Some(format!("told {}", topic(input))))
        .residue(|input, _| {
            Some(Residue {
                text: format!("message to {}", topic(input)),
                notification: true,
                ..Residue::default()
            })
        }),
    ])
}

/// The topic that a message goes to.
fn topic(input: &Value) -> String {
    let arn = input["TopicArn"].as_str().unwrap_or_default();
    Arn::parse(arn).map_or(arn, Arn::name).to_owned()
}

fn with_deduplication(input: &Value, cx: &Context<'_>) -> Value {
    let mut input = input.clone();
    let fifo = input["TopicArn"]
        .as_str()
        .is_some_and(|arn| arn.ends_with(".fifo"));
    if let Some(members) = input.as_object_mut().filter(|_| fifo) {
        let id = members.entry("MessageDeduplicationId");
        id.or_insert_with(|| json!(cx.token()));
    }
    input
}

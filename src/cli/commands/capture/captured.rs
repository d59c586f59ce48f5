//! What was read from the live cloud.

use crate::text::arn::{Arn, family_and_revision};
use serde_json::{Map, Value};

/// A cloud as it is read, in the fixture's own shape.
#[derive(Debug, Default)]
pub(super) struct Captured {
    /// ARN of the cluster, which gives region and account of the whole fixture.
    pub cluster_arn: String,
    pub cluster: String,
    pub services: Vec<Map<String, Value>>,
    pub definitions: Vec<Map<String, Value>>,
    pub repositories: Vec<Value>,
    pub secrets: Vec<Value>,
    pub parameters: Vec<Value>,
    pub target_groups: Vec<Value>,
    pub load_balancers: Vec<Value>,
    pub queues: Vec<Value>,
    pub topics: Vec<String>,
    pub databases: Vec<Value>,
    pub alarms: Vec<Map<String, Value>>,
    pub scaling: Vec<Value>,
    pub endpoints: Vec<Value>,
}

impl Captured {
    fn place(&self) -> Option<(&str, &str)> {
        Arn::parse(&self.cluster_arn)?.place()
    }

    pub fn region(&self) -> &str {
        self.place().map_or("us-east-1", |(region, _)| region)
    }

    /// The task definition that a service runs.
    pub fn definition(&self, service: &Map<String, Value>) -> Option<&Map<String, Value>> {
        let (family, revision) = family_and_revision(service.get("taskDefinition")?.as_str()?)?;
        self.definitions.iter().find(|definition| {
            definition.get("family").and_then(Value::as_str) == Some(family)
                && definition.get("revision").and_then(Value::as_u64) == Some(revision.into())
        })
    }

    pub fn account(&self) -> &str {
        self.place().map_or("000000000000", |(_, account)| account)
    }

    /// How many of each there are.
    pub fn counts(&self) -> [(&'static str, usize); 13] {
        [
            ("service", self.services.len()),
            ("task definition", self.definitions.len()),
            ("repository", self.repositories.len()),
            ("secret", self.secrets.len()),
            ("parameter", self.parameters.len()),
            ("target group", self.target_groups.len()),
            ("load balancer", self.load_balancers.len()),
            ("scalable target", self.scaling.len()),
            ("queue", self.queues.len()),
            ("topic", self.topics.len()),
            ("database", self.databases.len()),
            ("alarm", self.alarms.len()),
            ("endpoint", self.endpoints.len()),
        ]
    }
}

//! What SQS remembers.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde_json::Value;

use crate::world::simulated::aws::ecs::ids::ServiceKey;

/// The queues.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sqs {
    pub(super) queues: BTreeMap<String, Queue>,
}

impl Sqs {
    /// Makes a queue known.
    pub(crate) fn add(&mut self, name: String, queue: Queue) {
        self.queues.insert(name, queue);
    }

    /// All queues, by name.
    pub(crate) fn queues(&self) -> impl Iterator<Item = (&String, &Queue)> {
        self.queues.iter()
    }

    /// A queue by name.
    pub(crate) fn queue(&self, name: &str) -> Option<&Queue> {
        self.queues.get(name)
    }
}

/// A queue.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queue {
    /// By how much its depth changed, and when.
    pub(crate) changes: Vec<(Timestamp, i64)>,
    /// The name of its dead-letter queue.
    pub(crate) dead_letters: Option<String>,
    /// Who works on it.
    pub(crate) service: Option<ServiceKey>,
    /// Bodies of messages that were sent since the world began.
    pub(crate) sent: VecDeque<String>,
    /// When it was emptied.
    pub(crate) purged: Option<Timestamp>,
    pub(crate) attributes: serde_json::Map<String, Value>,
}

//! What SQS remembers.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde_json::Value;

use crate::world::simulated::aws::ecs::ids::ServiceKey;

/// The state of SQS: the queues of the account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sqs {
    pub(super) queues: BTreeMap<String, Queue>,
}

impl Sqs {
    /// Adds a queue under its name.
    pub(crate) fn add(&mut self, name: String, queue: Queue) {
        self.queues.insert(name, queue);
    }

    /// All queues with their names, sorted by name.
    pub(crate) fn queues(&self) -> impl Iterator<Item = (&String, &Queue)> {
        self.queues.iter()
    }

    /// The queue of that name; `None`: there is none.
    pub(crate) fn queue(&self, name: &str) -> Option<&Queue> {
        self.queues.get(name)
    }
}

/// A queue: how many messages it holds over time, and the ones that are known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queue {
    /// By how much the number of its visible messages changes, and when; some of it is still to come.
    pub(crate) changes: Vec<(Timestamp, i64)>,
    /// The name of its dead-letter queue.
    pub(crate) dead_letters: Option<String>,
    /// The service that works on its messages; `None`: nobody takes them out.
    pub(crate) service: Option<ServiceKey>,
    /// Visible messages of which something is known: sent or received since the world began.
    pub(crate) ready: VecDeque<Message>,
    /// Messages that nobody sees for now.
    pub(crate) hidden: Vec<Hidden>,
    /// When `PurgeQueue` emptied it last; `None`: never.
    pub(crate) purged: Option<Timestamp>,
    pub(crate) attributes: serde_json::Map<String, Value>,
}

/// A message that was sent or received since the world began.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(super) id: String,
    pub(super) body: String,
    /// How often it was received.
    pub(super) received: u64,
    /// The receipt of the last time.
    pub(super) receipt: Option<String>,
}

/// A message that nobody sees before its time.
#[derive(Debug, Clone)]
pub(crate) struct Hidden {
    pub(super) message: Message,
    pub(super) until: Timestamp,
    /// Whether it was received; otherwise it was sent with a delay.
    pub(super) in_flight: bool,
}

impl Queue {
    /// Takes messages back among those that are visible, whose time has come.
    pub(super) fn surface(&mut self, now: Timestamp) {
        let (visible, hidden) = std::mem::take(&mut self.hidden)
            .into_iter()
            .partition(|h| h.until <= now);
        self.hidden = hidden;
        let visible: Vec<Hidden> = visible;
        self.ready.extend(visible.into_iter().map(|h| h.message));
    }

    /// Hides a message until its time has come.
    pub(super) fn hide(&mut self, message: Message, until: Timestamp, in_flight: bool) {
        self.changes.push((until, 1));
        self.hidden.push(Hidden {
            message,
            until,
            in_flight,
        });
    }

    /// Takes out a message that is in flight, or visible again, by its last receipt.
    pub(super) fn take(&mut self, receipt: &str, now: Timestamp) -> Option<Message> {
        self.surface(now);
        let last = |message: &Message| message.receipt.as_deref() == Some(receipt);
        if let Some(at) = self.hidden.iter().position(|h| last(&h.message)) {
            let hidden = self.hidden.swap_remove(at);
            self.changes.push((hidden.until, -1));
            return Some(hidden.message);
        }
        let at = self.ready.iter().position(last)?;
        self.changes.push((now, -1));
        self.ready.remove(at)
    }

    /// Deletes all messages, those in flight included.
    pub(super) fn purge(&mut self, now: Timestamp) {
        for hidden in std::mem::take(&mut self.hidden) {
            if hidden.until > now {
                self.changes.push((hidden.until, -1));
            }
        }
        self.ready.clear();
        self.purged = Some(now);
    }

    /// How many messages nobody sees at a time: those in flight, or those that were sent with a delay.
    pub(super) fn hidden_at(&self, now: Timestamp, in_flight: bool) -> usize {
        let hidden = self.hidden.iter();
        let hidden = hidden.filter(|h| h.until > now && h.in_flight == in_flight);
        hidden.count()
    }
}

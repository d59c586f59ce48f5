//! Virtual time: a queue of what happens when. Time jumps from event to event; nothing ticks.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::time::Duration;

use jiff::Timestamp;

use crate::world::simulated::aws::ecs::service::ServiceKey;
use crate::world::simulated::aws::ecs::task::TaskId;

/// Something that happens by itself.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// The scheduler looks at a service.
    Schedule(ServiceKey),
    /// Something happens to a task, if it still stands at `step`.
    Task { id: TaskId, step: u32, next: Next },
    /// The scaling policies of a resource are evaluated.
    Scale(String),
    /// A stopped task is no longer described.
    Forget(TaskId),
    /// A failed deployment is no longer listed.
    Unlist(ServiceKey, String),
}

/// What happens to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// It moves to its next status.
    Advance,
    /// Its load balancer's checks pass.
    TargetHealthy,
    /// Its load balancer's checks fail.
    TargetUnhealthy,
    /// Its container's own check passes.
    ContainerHealthy,
    /// Its container's own check fails.
    ContainerUnhealthy,
    /// It has run long enough to count as started, having no checks at all.
    Proved,
    /// It writes the log line of that number.
    Log(usize),
    /// Its essential container exits.
    Exit(i64),
}

/// An event and its time; `seq` keeps the order of equal times.
#[derive(Debug, Clone)]
struct Due {
    at: Timestamp,
    seq: u64,
    event: Event,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.seq).cmp(&(other.at, other.seq))
    }
}

/// The time, and what is to come.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    now: Timestamp,
    seq: u64,
    queue: BinaryHeap<Reverse<Due>>,
}

impl Clock {
    pub(crate) fn new(now: Timestamp) -> Self {
        Clock {
            now,
            seq: 0,
            queue: BinaryHeap::new(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Lets `event` happen after `delay`.
    pub(crate) fn after(&mut self, delay: Duration, event: Event) {
        let at = later(self.now, delay);
        self.seq += 1;
        self.queue.push(Reverse(Due {
            at,
            seq: self.seq,
            event,
        }));
    }

    /// The next event up to `until`; the time is then its time.
    pub(crate) fn next_until(&mut self, until: Timestamp) -> Option<Event> {
        if self.queue.peek()?.0.at > until {
            return None;
        }
        let due = self.queue.pop()?.0;
        self.now = self.now.max(due.at);
        Some(due.event)
    }

    /// Moves the time on, when nothing is left to happen before.
    pub(crate) fn reach(&mut self, until: Timestamp) {
        self.now = self.now.max(until);
    }
}

/// `at` plus `delay`, or the end of time.
pub(crate) fn later(at: Timestamp, delay: Duration) -> Timestamp {
    at.checked_add(delay).unwrap_or(Timestamp::MAX)
}

/// `at` minus `delay`, or the beginning of time.
pub(crate) fn earlier(at: Timestamp, delay: Duration) -> Timestamp {
    at.checked_sub(delay).unwrap_or(Timestamp::MIN)
}

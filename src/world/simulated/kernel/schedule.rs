//! A queue of what happens when. What happens is the business of whoever owns the events.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::time::Duration;

use jiff::Timestamp;

use super::clock::later;

/// An event and its time; `number` keeps the order of equal times.
#[derive(Debug, Clone)]
struct ScheduledEvent<E> {
    at: Timestamp,
    number: u64,
    event: E,
}

impl<E> PartialEq for ScheduledEvent<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<E> Eq for ScheduledEvent<E> {}

impl<E> PartialOrd for ScheduledEvent<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for ScheduledEvent<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

/// The events that are to come, in the order of their times; events of the same time come in the order
/// in which they were added.
#[derive(Debug, Clone)]
pub(crate) struct Schedule<E> {
    added: u64,
    queue: BinaryHeap<Reverse<ScheduledEvent<E>>>,
}

impl<E> Default for Schedule<E> {
    fn default() -> Self {
        Schedule {
            added: 0,
            queue: BinaryHeap::new(),
        }
    }
}

impl<E> Schedule<E> {
    /// Lets `event` happen `delay` after `now`.
    pub(crate) fn after(&mut self, now: Timestamp, delay: Duration, event: impl Into<E>) {
        self.added += 1;
        self.queue.push(Reverse(ScheduledEvent {
            at: later(now, delay),
            number: self.added,
            event: event.into(),
        }));
    }

    /// Takes the next event up to `until`, with its time.
    pub(crate) fn next_until(&mut self, until: Timestamp) -> Option<(Timestamp, E)> {
        if self.queue.peek()?.0.at > until {
            return None;
        }
        let due = self.queue.pop()?.0;
        Some((due.at, due.event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_by_time_and_then_in_the_order_in_which_they_were_added() {
        let start = Timestamp::UNIX_EPOCH;
        let mut schedule: Schedule<&str> = Schedule::default();
        schedule.after(start, Duration::from_secs(2), "third");
        schedule.after(start, Duration::from_secs(1), "first");
        schedule.after(start, Duration::from_secs(1), "second");
        let until = later(start, Duration::from_secs(1));
        let mut next = || schedule.next_until(until).map(|(_, event)| event);
        assert_eq!(
            [next(), next(), next()],
            [Some("first"), Some("second"), None]
        );
    }
}

//! Virtual time. It moves only when something passes time, and jumps from event to event; nothing ticks.

use std::time::Duration;

use jiff::Timestamp;

/// The virtual clock: it moves only when the simulation moves it.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    now: Timestamp,
}

impl Clock {
    /// A clock that begins at `start`.
    pub(crate) fn new(start: Timestamp) -> Self {
        Clock { now: start }
    }

    /// The current virtual time.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Moves the time on to `at`; it never goes back.
    pub(crate) fn reach(&mut self, at: Timestamp) {
        self.now = self.now.max(at);
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

//! Read-after-write lag: for a while after a write, reads may answer what was true before it.

use std::time::Duration;

use jiff::Timestamp;

use super::clock::later;

/// How stale reads may be, and the state that they answer from then.
#[derive(Debug, Clone)]
pub(crate) struct Lag<S> {
    longest: Duration,
    /// The state as it was before the last write, and when that was.
    before: Option<(Timestamp, Box<S>)>,
}

impl<S> Default for Lag<S> {
    fn default() -> Self {
        Lag::new(Duration::ZERO)
    }
}

impl<S> Lag<S> {
    /// Reads are stale for at most `longest` after a write; zero: never.
    pub(crate) fn new(longest: Duration) -> Self {
        Lag {
            longest,
            before: None,
        }
    }

    /// Sets how long reads may be stale after a write.
    pub(crate) fn set_longest(&mut self, longest: Duration) {
        self.longest = longest;
    }

    /// Whether no read is ever stale.
    pub(crate) fn is_none(&self) -> bool {
        self.longest.is_zero()
    }

    /// Whether no read answers from an earlier state now.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        let before = self.before.as_ref();
        before.is_none_or(|(at, _)| now >= later(*at, self.longest))
    }

    /// Forgets the state before the last write.
    pub(crate) fn forget(&mut self) {
        self.before = None;
    }

    /// Remembers the state before a write.
    pub(crate) fn remember(&mut self, at: Timestamp, before: S) {
        self.before = Some((at, Box::new(before)));
    }

    /// The state before the last write, as long as a read may still answer from it.
    pub(crate) fn before(&mut self, now: Timestamp) -> Option<&mut S> {
        let longest = self.longest;
        self.before.take_if(|(at, _)| now >= later(*at, longest));
        self.before.as_mut().map(|(_, before)| &mut **before)
    }
}

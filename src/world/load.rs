//! Load: requests that are due at a fixed rate, whether or not the ones before were answered.

use std::time::Duration;

use super::{HttpRequest, HttpResponse};
use crate::vocabulary::Fault;

/// Most requests that wait for an answer at one time; what is due then goes out late, and counts as slow.
pub const IN_FLIGHT: usize = 256;

/// A load whose requests are due at a fixed rate (open loop), however slow the answers are.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// The request that is sent again and again.
    pub request: HttpRequest,
    /// How many requests are due in a second.
    pub rate: u32,
    /// For how long requests are due.
    pub duration: Duration,
}

impl Load {
    /// How many requests are due in all; at least one.
    pub fn count(&self) -> u64 {
        let due = self.duration.as_millis() * u128::from(self.rate) / 1000;
        u64::try_from(due).unwrap_or(u64::MAX).max(1)
    }

    /// When the request of that number (from 0) is due, from the start.
    pub fn due(&self, number: u64) -> Duration {
        Duration::from_micros(number.saturating_mul(1_000_000) / u64::from(self.rate.max(1)))
    }
}

/// The result of one request of a load.
#[derive(Debug, Clone, PartialEq)]
pub struct Shot {
    /// When it was answered, from the start.
    pub ended: Duration,
    /// From when it was due to the whole answer: what a user would have waited.
    pub latency: Duration,
    /// The answer with any status, or why there was none.
    pub answer: Result<HttpResponse, Fault>,
}

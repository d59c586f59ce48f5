//! How a wait looks at an API again and again: for how long, how often, and while the API is away.

use std::time::Duration;

use crate::primitive::Context;
use crate::vocabulary::{Fault, Halt, Retry, Stop};

/// A wait's view of an API that may be away for a while: that says nothing of what is waited for.
pub struct OutageTolerance {
    since: Option<jiff::Timestamp>,
}

impl OutageTolerance {
    /// Longest that a wait without a deadline goes on without an answer.
    const BLIND: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

    /// A tolerance that no failed read has used up yet.
    pub fn new() -> OutageTolerance {
        OutageTolerance { since: None }
    }

    /// Passes an answer on; swallows a passing fault (`None`) until the wait's deadline.
    ///
    /// # Errors
    /// A final fault, a halt; at the deadline `Halt::Unavailable`, or the fault of a run that nobody can resume.
    pub fn with<T>(
        &mut self,
        cx: &Context<'_>,
        result: Result<T, Stop>,
    ) -> Result<Option<T>, Stop> {
        match result {
            Ok(output) => {
                self.since = None;
                Ok(Some(output))
            }
            Err(Stop::Fault(fault)) if fault.retry != Retry::Never => {
                let now = cx.now();
                let since = *self.since.get_or_insert(now);
                let over = match cx.deadline {
                    Some(deadline) => now >= deadline,
                    None => now.duration_since(since) >= Self::BLIND,
                };
                match over {
                    true => Err(unavailable(cx, fault)),
                    false => Ok(None),
                }
            }
            Err(stop) => Err(stop),
        }
    }
}

/// The end of a wait that has no answer of AWS to judge by.
pub fn unavailable(cx: &Context<'_>, fault: Fault) -> Stop {
    if !cx.resumable {
        return fault.into();
    }
    let message = format!("AWS does not answer ({fault}); resume when it can be reached");
    Stop::Halt(Halt::Unavailable { message })
}

impl Default for OutageTolerance {
    fn default() -> Self {
        OutageTolerance::new()
    }
}

/// How long what was just made may not be there for a read yet: AWS's reads are eventually consistent.
const YOUNG: jiff::SignedDuration = jiff::SignedDuration::from_secs(15);

/// Whether a wait has begun so short a time ago that a read may not show what it waits for.
pub fn is_young(cx: &Context<'_>) -> bool {
    cx.now().duration_since(cx.started) < YOUNG
}

/// Lets a wait pass time before its next poll, or ends it at its deadline.
///
/// # Errors
/// `Halt::Cancelled`; `Ok(false)`: the deadline has passed.
pub fn next_poll(cx: &Context<'_>, interval: Duration) -> Result<bool, Stop> {
    if cx.cancel.is_cancelled() {
        return Err(Stop::Halt(Halt::Cancelled));
    }
    let Some(deadline) = cx.deadline else {
        cx.sleep(interval)?;
        return Ok(true);
    };
    let left = Duration::try_from(deadline.duration_since(cx.now())).unwrap_or_default();
    if left.is_zero() {
        return Ok(false);
    }
    cx.sleep(interval.min(left))?;
    Ok(true)
}

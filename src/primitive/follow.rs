//! The loop that follows a task or a deployment of ECS to its end.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::Context;
use super::api::{OutageTolerance, next_poll};
use crate::vocabulary::Stop;

/// Pause between the first two reads.
const FIRST: Duration = Duration::from_millis(250);

/// Something that is followed until it shows its end.
pub(super) trait Followed {
    /// Reads how it is: AWS's answer.
    ///
    /// # Errors
    /// The fault of the read; a passing one is waited out.
    fn describe(&mut self) -> Result<Arc<Value>, Stop>;

    /// Takes in what was read; returns the result of the wait, if that shows the end.
    ///
    /// # Errors
    /// The fault of an end that is a failure.
    fn look(&mut self, described: &Value) -> Result<Option<Value>, Stop>;

    /// The next pause; `answered`: whether the read before it was answered.
    fn pause(&self, last: Duration, answered: bool) -> Duration;

    /// Whether its time is over before the deadline of the call.
    fn is_over(&self) -> bool {
        false
    }

    /// The fault of a wait that takes too long.
    fn timed_out(&mut self) -> Stop;
}

/// Follows something to its end.
///
/// # Errors
/// What the reads and the end say; the fault of its time being over; a halt.
pub(super) fn follow(cx: &Context<'_>, mut followed: impl Followed) -> Result<Value, Stop> {
    let mut patience = OutageTolerance::new();
    let mut pause = FIRST;
    loop {
        let described = patience.with(cx, followed.describe())?;
        if let Some(described) = &described
            && let Some(end) = followed.look(described)?
        {
            return Ok(end);
        }
        pause = followed.pause(pause, described.is_some());
        if followed.is_over() || !next_poll(cx, pause)? {
            return Err(followed.timed_out());
        }
    }
}

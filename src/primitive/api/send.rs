//! Sends calls to AWS, again after passing faults.

use std::time::Duration;

use serde_json::Value;

use super::complete_answer::require_complete;
use crate::primitive::{Context, Signal};
use crate::vocabulary::{Effect, Fault, Retry, Stop};
use crate::world::AwsCall;

/// Attempts at a call that is refused for a passing reason.
const ATTEMPTS: u32 = 6;
/// How long a read is tried whose answers are lost: each may have taken a whole time-out.
const LOST_FOR: jiff::SignedDuration = jiff::SignedDuration::from_secs(30);

/// Whether AWS has answered that it did not carry a call out: its answer, whatever it says, is not lost.
pub(in crate::primitive) fn answered(fault: &Fault) -> bool {
    fault.retry != Retry::InDoubt
}

/// Sends one call, again after passing faults, within the shared budget.
///
/// A write whose answer was lost is not sent again here: the run looks for it first.
///
/// # Errors
/// The last fault; `Halt::Cancelled` if someone asks to stop between attempts.
pub fn send(cx: &Context<'_>, call: &AwsCall) -> Result<Value, Stop> {
    let mut attempt = 1;
    let began = cx.world.now();
    loop {
        let answered = cx.world.aws(call);
        let answered = answered.and_then(|output| require_complete(call, &output).map(|()| output));
        let fault = match answered {
            Ok(output) => {
                cx.budget.refund(&call.service);
                return Ok(output);
            }
            Err(fault) => fault,
        };
        let most = match fault.retry {
            Retry::Never => 1,
            Retry::InDoubt if call.effect() == Effect::Write => 1,
            Retry::InDoubt if cx.world.now().duration_since(began) >= LOST_FOR => 1,
            Retry::InDoubt | Retry::Throttled | Retry::Transient => ATTEMPTS,
        };
        if attempt >= most || !cx.budget.spend(&call.service) {
            return Err(Stop::Fault(fault));
        }
        let delay = backoff(cx, attempt, fault.retry);
        (cx.signal)(Signal::Retried {
            attempt,
            fault,
            delay,
        });
        cx.sleep(delay)?;
        attempt += 1;
    }
}

/// Exponential with jitter that depends on the run and the call, so that runs do not march in step.
fn backoff(cx: &Context<'_>, attempt: u32, retry: Retry) -> Duration {
    let base: u64 = if retry == Retry::Throttled { 500 } else { 200 };
    let whole = base << attempt.min(5);
    let token = cx.token();
    let jitter = u64::from_str_radix(&token[..4], 16).unwrap_or(0) + u64::from(attempt) * 7919;
    Duration::from_millis(whole / 2 + jitter % (whole / 2 + 1))
}

//! Sends calls to AWS, again after passing faults.

use std::sync::Arc;

use serde_json::Value;

use super::complete_answer::require_complete;
use crate::primitive::{Context, Signal};
use crate::retry::{RetryPolicy, RetryState};
use crate::vocabulary::{Fault, Retry, Stop};
use crate::world::AwsCall;

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
    send_shared(cx, call).map(Arc::unwrap_or_clone)
}

/// As [`send`], for callers that only read the answer: a world may hand out one answer several times.
///
/// # Errors
/// As [`send`].
pub fn send_shared(cx: &Context<'_>, call: &AwsCall) -> Result<Arc<Value>, Stop> {
    let mut tries = RetryState::new(&RetryPolicy::CALL, cx.run, cx.key).since(cx.world.now());
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
        let delay = tries
            .after(&fault, call.effect(), cx.world.now())
            .filter(|_| cx.budget.spend(&call.service));
        let Some(delay) = delay else {
            return Err(Stop::Fault(fault));
        };
        (cx.signal)(Signal::Retried {
            attempt: tries.failed(),
            fault,
            delay,
        });
        cx.sleep(delay)?;
    }
}

//! What faults on calls do to one before it gets anywhere.

use super::Kernel;
use crate::vocabulary::{Effect, Fault, Retry};
use crate::world::AwsCall;
use crate::world::shape::Named;

/// Calls in a row that fail by chance.
const MOST_IN_A_ROW: u32 = 2;

/// What a fault on calls does to one.
pub(crate) enum InjectedFault {
    /// It is not carried out, and that is said.
    Refused(Fault),
    /// Its answer does not come back.
    Lost {
        /// Whether it was carried out all the same.
        carried_out: bool,
    },
}

/// What becomes of a call, if a fault falls on it.
pub(crate) fn injected(kernel: &mut Kernel, call: &AwsCall) -> Option<InjectedFault> {
    if let Some(fault) = denied(kernel, call) {
        return Some(InjectedFault::Refused(fault));
    }
    let mut hit = None;
    if let Some(share) = kernel.fault_chance("throttling", 20)
        && kernel.rng.chance(share)
    {
        hit = Some(("throttling", InjectedFault::Refused(throttled())));
    }
    if let Some(share) = kernel.fault_chance("server-errors", 10)
        && hit.is_none()
        && kernel.rng.chance(share)
    {
        let carried_out = kernel.rng.chance(50);
        hit = Some(("server-errors", InjectedFault::Lost { carried_out }));
    }
    let hit = hit.filter(|_| kernel.faults.streak < MOST_IN_A_ROW);
    let hit = hit.map(|(fault, hit)| {
        kernel.struck_by(fault, |_| true);
        hit
    });
    kernel.faults.streak = if hit.is_some() {
        kernel.faults.streak + 1
    } else {
        0
    };
    hit
}

/// A permission that is missing: of one operation, or of all that write.
fn denied(kernel: &Kernel, call: &AwsCall) -> Option<Fault> {
    let all = |spec: &crate::world::simulated::FaultSpec| match spec.argument.as_deref() {
        // As a policy names it, too: `ecs:UpdateService`.
        Some(named) => Named::find(named).is_ok_and(|named| named.is_of(call)),
        None => call.effect() == Effect::Write,
    };
    kernel.struck_by("access-denied", all).then(|| {
        let message = format!(
            "User: arn:aws:sts::{}:assumed-role/deploy/simulated is not authorized to perform: {}:{} because no \
             identity-based policy allows the {}:{} action",
            kernel.account, call.service, call.operation, call.service, call.operation
        );
        Fault::new("AccessDeniedException", message)
    })
}

fn throttled() -> Fault {
    Fault::new("ThrottlingException", "Rate exceeded").retry(Retry::Throttled)
}

/// The fault of an answer that was lost.
pub(crate) fn server_error(effect: Effect) -> Fault {
    let retry = match effect {
        Effect::Read => Retry::Transient,
        _ => Retry::InDoubt,
    };
    Fault::new(
        "ServerException",
        "Service Unavailable. Please try again later.",
    )
    .retry(retry)
}

//! Writes in doubt: found without a result in the journal, or whose answer was lost.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::Run;
use super::attempt::Attempt;
use super::emit::Persistence;
use crate::primitive::ask::{self, AskRequest, Decision};
use crate::primitive::{Context, Reconciled, Signal};
use crate::retry::{RetryPolicy, RetryState};
use crate::vocabulary::event::{self, EventKind};
use crate::vocabulary::{Effect, Fault, Halt, Retry, Stop};

impl Run {
    /// Goes on with a call whose intent is recorded and whose result is not.
    pub(super) fn continue_call(
        self: &Arc<Self>,
        attempt: &Attempt<'_>,
    ) -> Result<Result<Value, Fault>, Stop> {
        if attempt.effect != Effect::Write {
            return self.act(attempt);
        }
        match self.find_out(attempt)? {
            Reconciled::Happened { output, how } => {
                self.reconciled(attempt, Some(true), how);
                Ok(Ok(output))
            }
            Reconciled::DidNot { how } => {
                self.reconciled(attempt, Some(false), how);
                self.act(attempt)
            }
            Reconciled::MayRepeat { how } => {
                self.reconciled(attempt, None, how);
                self.act(attempt)
            }
            Reconciled::Unknown => self.ask_whether(attempt),
        }
    }

    /// Looks whether a write was carried out. While nobody answers, it looks again, and at last leaves the run to be
    /// resumed; where the look itself is refused, nothing shows it.
    pub(super) fn find_out(self: &Arc<Self>, attempt: &Attempt<'_>) -> Result<Reconciled, Stop> {
        let mut outage = self.tries(&RetryPolicy::OUTAGE, attempt);
        loop {
            let look = |cx: &Context<'_>| attempt.call.reconcile(cx);
            match self.with_context(attempt, look) {
                Ok(found) => return Ok(found),
                Err(Stop::Fault(fault)) if fault.retry == Retry::Never => {
                    let refused = Signal::Retried {
                        attempt: outage.failed() + 1,
                        fault,
                        delay: Duration::ZERO,
                    };
                    self.on_signal(&attempt.key, refused)?;
                    return Ok(Reconciled::Unknown);
                }
                Err(Stop::Fault(fault)) => {
                    let why = "whether it was carried out could not be found out";
                    self.wait_out(attempt, &mut outage, fault, why)?;
                }
                Err(halt) => return Err(self.sticky(halt)),
            }
        }
    }

    /// Lets a moment pass before a call is made again that nobody answers.
    ///
    /// # Errors
    /// `Halt::InDoubt` once it has lasted too long: the run goes on when it is resumed.
    pub(super) fn wait_out(
        self: &Arc<Self>,
        attempt: &Attempt<'_>,
        outage: &mut RetryState<'_>,
        fault: Fault,
        why: &str,
    ) -> Result<(), Stop> {
        let Some(delay) = outage.again(fault.retry, self.world.now()) else {
            let line = attempt.call.line(&attempt.seen);
            return Err(self.halt(Halt::InDoubt {
                message: format!(
                    "{} {}: {why} ({fault}); resume when it can",
                    line.verb, line.object
                ),
            }));
        };
        self.wait_before_again(attempt, outage.failed(), fault, delay)
    }

    /// How often a call has failed, by a policy: not yet.
    pub(super) fn tries<'a>(
        &'a self,
        policy: &'static RetryPolicy,
        attempt: &'a Attempt<'_>,
    ) -> RetryState<'a> {
        RetryState::new(policy, &self.id, &attempt.key)
    }

    pub(super) fn wait_before_again(
        self: &Arc<Self>,
        attempt: &Attempt<'_>,
        tries: u32,
        fault: Fault,
        delay: Duration,
    ) -> Result<(), Stop> {
        let told = Signal::Retried {
            attempt: tries,
            fault,
            delay,
        };
        self.on_signal(&attempt.key, told)?;
        self.with_context(attempt, |cx| cx.sleep(delay))
            .map_err(|stop| self.sticky(stop))
    }

    /// Nothing shows whether it happened: a person says whether to send it.
    ///
    /// Whoever approved before said it to one sending, which may have been carried out: every loss is a
    /// question of its own.
    pub(super) fn ask_whether(
        self: &Arc<Self>,
        attempt: &Attempt<'_>,
    ) -> Result<Result<Value, Fault>, Stop> {
        let line = attempt.call.line(&attempt.seen);
        let approvals = attempt.approvals.get();
        let lost = match approvals {
            0 => "its answer was lost".to_owned(),
            before => format!("its answer was lost {} times", before + 1),
        };
        let title = format!(
            "{} {}: {lost}. Approve to carry it out now, reject to stop",
            line.verb, line.object
        );
        let verdict = self
            .with_context(attempt, |cx| {
                // Its own deadline says how long it may take, and nothing of how long people may.
                let cx = &cx.until(None);
                let asking = AskRequest {
                    title: &title,
                    about: attempt.input,
                    roles: &[],
                    distinct: false,
                    word: None,
                };
                ask::ask(cx, asking)
            })
            .map_err(|stop| self.sticky(stop))?;
        match verdict {
            Decision::Approved(_) => {
                attempt.approvals.set(approvals + 1);
                self.act(attempt)
            }
            Decision::Rejected(fault) => Ok(Err(fault.retry(Retry::InDoubt))),
        }
    }

    pub(super) fn reconciled(&self, attempt: &Attempt<'_>, happened: Option<bool>, how: String) {
        self.emit(
            EventKind::Reconciled(event::Reconciled {
                key: attempt.key.clone(),
                happened,
                how,
            }),
            Persistence::World,
        );
    }
}

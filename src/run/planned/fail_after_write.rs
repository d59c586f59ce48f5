//! A plan looks at what would be undone, however far the run has come: it fails on purpose behind each of its writes.

use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::run::guard::{Guard, GuardedCall};
use crate::sync::Lock;
use crate::vocabulary::{Effect, Fault, codes};

/// Lets a run on a predicting world fail behind one of its writes.
pub struct FailAfterWrite {
    /// How many writes still succeed before the run is made to fail.
    left: usize,
    failed_write: FailedWrite,
}

/// The write behind which a run was made to fail; nothing: there was none.
#[derive(Debug, Clone, Default)]
pub struct FailedWrite(Arc<Mutex<Option<String>>>);

impl FailedWrite {
    /// Name of that write for people: `UpdateService catalog-service`.
    pub fn write(&self) -> Option<String> {
        self.0.locked().clone()
    }
}

impl FailAfterWrite {
    /// Fails behind the write of that number, from 0, of the script itself. Returned besides: which one that was.
    pub fn behind(write: usize) -> (FailAfterWrite, FailedWrite) {
        let failed_write = FailedWrite::default();
        let failing = FailAfterWrite {
            left: write,
            failed_write: failed_write.clone(),
        };
        (failing, failed_write)
    }
}

impl Guard for FailAfterWrite {
    fn before(&mut self, _: &GuardedCall<'_>) -> Result<Option<String>, Fault> {
        Ok(None)
    }

    fn after(
        &mut self,
        call: &GuardedCall<'_>,
        result: &Result<Value, Fault>,
    ) -> Result<(), Fault> {
        let own = call.effect == Effect::Write && !call.undoing && !call.closing;
        if !own || result.is_err() || self.failed_write.write().is_some() {
            return Ok(());
        }
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                let mut failed_write = self.failed_write.0.locked();
                *failed_write = Some(call.name.to_owned());
                let message = format!("something goes wrong after {}", call.name);
                Err(Fault::new(codes::FORESEEN, message))
            }
        }
    }

    fn at_the_end(&self) -> Result<(), Fault> {
        Ok(())
    }
}

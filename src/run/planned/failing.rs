//! A plan looks at what would be undone, however far the run has come: it fails on purpose behind each of its writes.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::run::guard::{Guard, Passing};
use crate::vocabulary::{Effect, Fault};

/// Lets a run on a predicting world fail behind one of its writes.
pub struct Failing {
    /// Writes that still go well.
    left: usize,
    struck: Struck,
}

/// The write behind which a run was made to fail; nothing: there was none.
#[derive(Debug, Clone, Default)]
pub struct Struck(Arc<Mutex<Option<String>>>);

impl Struck {
    /// How it reads: `UpdateService catalog-service`.
    pub fn write(&self) -> Option<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Failing {
    /// Fails behind the write of that number, from 0, of the script itself. Returned besides: which one that was.
    pub fn behind(write: usize) -> (Failing, Struck) {
        let struck = Struck::default();
        let failing = Failing {
            left: write,
            struck: struck.clone(),
        };
        (failing, struck)
    }
}

impl Guard for Failing {
    fn before(&mut self, _: &Passing<'_>) -> Result<Option<String>, Fault> {
        Ok(None)
    }

    fn after(&mut self, call: &Passing<'_>, result: &Result<Value, Fault>) -> Result<(), Fault> {
        let own = call.effect == Effect::Write && !call.undoing && !call.closing;
        if !own || result.is_err() || self.struck.write().is_some() {
            return Ok(());
        }
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                let mut struck = self.struck.0.lock().unwrap_or_else(PoisonError::into_inner);
                *struck = Some(call.name.to_owned());
                let message = format!("something goes wrong after {}", call.name);
                Err(Fault::new("foreseen", message))
            }
        }
    }

    fn at_the_end(&self) -> Result<(), Fault> {
        Ok(())
    }
}

//! A person's wish to stop, seen by everything that waits.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use crate::sync::Lock;

/// Shared between the signal handler, the run and the world's clock.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<(Mutex<bool>, Condvar)>);

impl Cancel {
    /// Asks everything that waits to stop at its next boundary.
    pub fn cancel(&self) {
        *self.flag() = true;
        self.0.1.notify_all();
    }

    /// Whether a person asked the run to stop (Ctrl-C, or a signal).
    pub fn is_cancelled(&self) -> bool {
        *self.flag()
    }

    /// Sleeps for `duration`, or until someone asks to stop.
    pub fn sleep(&self, duration: Duration) {
        let guard = self.flag();
        let _unused = self
            .0
            .1
            .wait_timeout_while(guard, duration, |cancelled| !*cancelled);
    }

    fn flag(&self) -> MutexGuard<'_, bool> {
        self.0.0.locked()
    }
}

//! A small tokio runtime under the blocking world, made on first use.

use std::sync::Mutex;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::cancel::Cancel;
use crate::sync::{Lock, unpoisoned};
use crate::vocabulary::{Fault, codes};

/// How soon a wish to stop is noticed.
const GLANCE: Duration = Duration::from_millis(100);
/// How long what is under way then may still take: an answer that comes leaves no doubt.
const GRACE: Duration = Duration::from_millis(600);

/// Runs futures for threads that wait for them. Not to be used from inside a runtime.
#[derive(Debug, Default)]
pub(super) struct Engine {
    cancel: Cancel,
    runtime: Mutex<Option<Runtime>>,
}

impl Engine {
    /// `cancel` breaks off what is under way.
    pub fn new(cancel: Cancel) -> Engine {
        Engine {
            cancel,
            runtime: Mutex::default(),
        }
    }

    /// Runs a future to its end on the calling thread; several threads may do so at once.
    ///
    /// # Errors
    /// `interrupted`, if someone asks to stop and it does not end soon; `no_runtime`, if the operating system gives no
    /// thread.
    pub fn run<F: Future>(&self, future: F) -> Result<F::Output, Fault> {
        self.handle()?.block_on(async {
            tokio::select! {
                biased;
                done = future => Ok(done),
                () = self.overdue() => Err(Fault::new(codes::INTERRUPTED, "someone asked to stop")),
            }
        })
    }

    /// Someone has asked to stop, and what is under way has had its time.
    async fn overdue(&self) {
        while !self.cancel.is_cancelled() {
            tokio::time::sleep(GLANCE).await;
        }
        tokio::time::sleep(GRACE).await;
    }

    fn handle(&self) -> Result<Handle, Fault> {
        let mut runtime = self.runtime.locked();
        if let Some(runtime) = &*runtime {
            return Ok(runtime.handle().clone());
        }
        let made = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("network")
            .enable_all()
            .build()
            .map_err(|error| Fault::new(codes::NO_RUNTIME, error.to_string()))?;
        Ok(runtime.insert(made).handle().clone())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let runtime = unpoisoned(self.runtime.get_mut());
        if let Some(runtime) = runtime.take() {
            // A name lookup that hangs must not keep the process.
            runtime.shutdown_background();
        }
    }
}

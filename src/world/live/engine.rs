//! A small tokio runtime under the blocking world, made on first use.

use std::sync::{Mutex, PoisonError};

use tokio::runtime::{Builder, Handle, Runtime};

use crate::call::Fault;

/// Runs futures for threads that wait for them. Not to be used from inside a runtime.
#[derive(Debug, Default)]
pub(super) struct Engine(Mutex<Option<Runtime>>);

impl Engine {
    /// Runs a future to its end on the calling thread; several threads may do so at once.
    ///
    /// # Errors
    /// `no_runtime`, if the operating system gives no thread.
    pub fn run<F: Future>(&self, future: F) -> Result<F::Output, Fault> {
        Ok(self.handle()?.block_on(future))
    }

    fn handle(&self) -> Result<Handle, Fault> {
        let mut runtime = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = &*runtime {
            return Ok(runtime.handle().clone());
        }
        let made = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("network")
            .enable_all()
            .build()
            .map_err(|error| Fault::new("no_runtime", error.to_string()))?;
        Ok(runtime.insert(made).handle().clone())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let runtime = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = runtime.take() {
            // A name lookup that hangs must not keep the process.
            runtime.shutdown_background();
        }
    }
}

//! Threads with a stack for scripts.

use std::io;
use std::panic::resume_unwind;
use std::thread::{Builder, Scope, ScopedJoinHandle, scope};

/// Deep enough for all the limits, in a debug build too.
const STACK: usize = 64 << 20;

/// Runs `work` on such a thread.
pub(super) fn on_big_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    scope(|scope| joined(surely(start(scope, work))))
}

/// Runs `work` on so many of them at once; what each returned.
pub(super) fn on_big_stacks<T: Send>(threads: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    scope(|scope| {
        let started = (0..threads).map(|_| surely(start(scope, &work)));
        let started: Vec<_> = started.collect();
        started.into_iter().map(joined).collect()
    })
}

/// Starts one that ends within `scope`.
///
/// # Errors
/// The machine has no room for it.
pub(super) fn start<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> io::Result<ScopedJoinHandle<'scope, T>> {
    let thread = Builder::new().name("script".into()).stack_size(STACK);
    thread.spawn_scoped(scope, work)
}

/// What it returned; it panics as it did.
pub(super) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

fn surely<T>(started: io::Result<T>) -> T {
    started.unwrap_or_else(|error| panic!("no thread could be started: {error}"))
}

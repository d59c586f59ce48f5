//! Threads that read the same at the same moment share one call.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use serde_json::Value;

use crate::sync::{Lock, unpoisoned};
use crate::vocabulary::{Fault, Retry, codes};
use crate::world::AwsCall;

/// The reads that are on their way.
#[derive(Default)]
pub(super) struct SharedReads {
    flying: Mutex<HashMap<String, Arc<PendingRead>>>,
    /// Who reads after a write must not get an answer that left before it.
    writes: AtomicU64,
}

#[derive(Default)]
struct PendingRead {
    outcome: Mutex<Option<Result<Value, Fault>>>,
    landed: Condvar,
}

impl SharedReads {
    /// A write was made: reads from now on share only what leaves from now on.
    pub fn wrote(&self) {
        self.writes.fetch_add(1, Ordering::AcqRel);
    }

    /// Joins the same read if it is on its way, or makes it.
    pub fn read(
        &self,
        call: &AwsCall,
        make: impl FnOnce() -> Result<Value, Fault>,
    ) -> Result<Value, Fault> {
        let key = format!(
            "{}/{}/{}/{:?}/{:?}/{}",
            self.writes.load(Ordering::Acquire),
            call.service,
            call.operation,
            call.profile,
            call.region,
            call.input
        );
        let mut flying = self.flying.locked();
        if let Some(pending) = flying.get(&key).map(Arc::clone) {
            drop(flying);
            return pending.wait();
        }
        let pending = Arc::<PendingRead>::default();
        flying.insert(key.clone(), Arc::clone(&pending));
        drop(flying);
        let landing = ReadCompletion {
            shared_reads: self,
            key,
            pending,
        };
        let outcome = make();
        landing.pending.land(outcome.clone());
        outcome
    }
}

impl PendingRead {
    fn land(&self, outcome: Result<Value, Fault>) {
        let mut slot = self.outcome.locked();
        slot.get_or_insert(outcome);
        self.landed.notify_all();
    }

    fn wait(&self) -> Result<Value, Fault> {
        let slot = self.outcome.locked();
        let slot = unpoisoned(self.landed.wait_while(slot, |outcome| outcome.is_none()));
        slot.clone().unwrap_or_else(|| Err(lost()))
    }
}

/// Takes the flight off the list, and frees those who wait even if making the call panicked.
struct ReadCompletion<'a> {
    shared_reads: &'a SharedReads,
    key: String,
    pending: Arc<PendingRead>,
}

impl Drop for ReadCompletion<'_> {
    fn drop(&mut self) {
        let mut flying = self.shared_reads.flying.locked();
        flying.remove(&self.key);
        drop(flying);
        self.pending.land(Err(lost()));
    }
}

fn lost() -> Fault {
    Fault::new(codes::CONNECTION_FAILED, "the call was given up").retry(Retry::Transient)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::AtomicUsize;
    use std::thread;
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_read_is_made_once_and_another_after_a_write() {
        let shared_reads = SharedReads::default();
        let call = AwsCall::new("ecs", "DescribeServices", json!({"services": ["a"]}));
        let made = AtomicUsize::new(0);
        let start = Barrier::new(4);
        let read = || {
            shared_reads.read(&call, || {
                thread::sleep(Duration::from_millis(100));
                Ok(json!(made.fetch_add(1, Ordering::SeqCst)))
            })
        };
        thread::scope(|scope| {
            let reads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        read()
                    })
                })
                .collect();
            for one in reads {
                assert_eq!(one.join().expect("no panic"), Ok(json!(0)));
            }
        });
        assert_eq!(read(), Ok(json!(1)), "a landed flight is not joined");
        thread::scope(|scope| {
            let early = scope.spawn(read);
            thread::sleep(Duration::from_millis(30));
            shared_reads.wrote();
            let late = read().expect("a value");
            assert_ne!(early.join().expect("no panic"), Ok(late));
        });
    }
}

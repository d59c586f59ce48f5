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
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use serde_json::json;

    use super::*;

    /// Waits until so many threads share the read that is on its way: beside them, its maker and the list hold it.
    fn until_shared_by(waiting: usize, shared_reads: &SharedReads) {
        let held = || {
            let flying = shared_reads.flying.locked();
            let mut held = flying.values().map(Arc::strong_count);
            held.next().unwrap_or(0)
        };
        while held() < waiting + 2 {
            thread::yield_now();
        }
    }

    #[test]
    fn the_same_read_is_made_once_and_another_after_a_write() {
        let shared_reads = SharedReads::default();
        let call = AwsCall::new("ecs", "DescribeServices", json!({"services": ["a"]}));
        let made = AtomicUsize::new(0);
        let read = |waiting: usize| {
            shared_reads.read(&call, || {
                until_shared_by(waiting, &shared_reads);
                Ok(json!(made.fetch_add(1, Ordering::SeqCst)))
            })
        };
        thread::scope(|scope| {
            let reads: Vec<_> = (0..4).map(|_| scope.spawn(|| read(3))).collect();
            for one in reads {
                assert_eq!(one.join().expect("no panic"), Ok(json!(0)));
            }
        });
        assert_eq!(read(0), Ok(json!(1)), "a read that has ended is not joined");
        // A read that a write came after is not joined either: the later one is made while the early one is on its way.
        let early = shared_reads.read(&call, || {
            shared_reads.wrote();
            assert_eq!(
                shared_reads.read(&call, || Ok(json!("late"))),
                Ok(json!("late"))
            );
            Ok(json!("early"))
        });
        assert_eq!(early, Ok(json!("early")));
    }
}

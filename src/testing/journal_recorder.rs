//! A journal in memory. Others read it while it is written, and it can fail after a number of entries, as a crash.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::journal::{Entry, Log, written};
use crate::sync::Lock;

/// A journal in memory. Clones share the same entries.
#[derive(Debug, Clone, Default)]
pub(super) struct JournalRecorder {
    entries: Arc<Mutex<Vec<Entry>>>,
    /// The number of entries after which it fails; `None`: it never fails.
    capacity: Option<usize>,
}

impl JournalRecorder {
    /// A recorder that fails after entry number `capacity`.
    pub(super) fn failing_after(capacity: usize) -> Self {
        JournalRecorder {
            capacity: Some(capacity),
            ..JournalRecorder::default()
        }
    }

    /// The entries that were written so far.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.held().clone()
    }

    /// Whether the next entry is refused.
    pub(super) fn is_full(&self) -> bool {
        self.capacity
            .is_some_and(|capacity| self.held().len() >= capacity)
    }

    fn held(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.locked()
    }
}

impl Log for JournalRecorder {
    fn append(&mut self, entry: &Entry, _sync: bool) -> io::Result<()> {
        if self.is_full() {
            return Err(io::Error::other("the journal is full"));
        }
        // What another goes on with has been on disk.
        self.held().push(written(entry)?);
        Ok(())
    }
}

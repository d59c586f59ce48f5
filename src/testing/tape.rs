//! A journal in memory that others can read while it is written, and that may break.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::journal::{Entry, Log, written};
use crate::sync::Lock;

/// Entries in memory. Clones are handles on the same entries.
#[derive(Debug, Clone, Default)]
pub(super) struct Tape {
    entries: Arc<Mutex<Vec<Entry>>>,
    /// Entries that fit; `None`: any number.
    room: Option<usize>,
}

impl Tape {
    /// A tape that breaks behind its entry number `room`.
    pub(super) fn breaking_after(room: usize) -> Self {
        Tape {
            room: Some(room),
            ..Tape::default()
        }
    }

    /// The entries so far.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.held().clone()
    }

    /// Whether the next entry is refused.
    pub(super) fn is_broken(&self) -> bool {
        self.room.is_some_and(|room| self.held().len() >= room)
    }

    fn held(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.locked()
    }
}

impl Log for Tape {
    fn append(&mut self, entry: &Entry, _sync: bool) -> io::Result<()> {
        if self.is_broken() {
            return Err(io::Error::other("the tape is broken"));
        }
        // What another goes on with has been on disk.
        self.held().push(written(entry)?);
        Ok(())
    }
}

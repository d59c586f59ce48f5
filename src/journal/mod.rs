//! What a run remembers: a log of entries, each on its own line and linked to the one before.
//!
//! A leaf. The journal knows entries and files; what a call means is known above.

mod claims;
mod cursor;
mod disk;
mod entry;
mod file;
mod limits;
mod private;
mod run_dir;
mod store;
mod summary;

pub use claims::{Claim, ClaimConflict};
pub use cursor::{Cursor, RecordedCall};
pub use disk::digest;
pub use entry::{Entry, FORMAT};
pub use file::{FileLog, JournalError, Log, Tail, written};
pub use limits::recordable;
pub use run_dir::RunDir;
pub use store::{MARK, Store};
pub use summary::JournalSummary;

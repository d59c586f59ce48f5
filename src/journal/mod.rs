//! What a run remembers: a log of entries, each on its own line with a checksum.
//!
//! A leaf. The journal knows entries and files; what a call means is known above.

mod cursor;
mod entry;
mod file;
mod run_dir;
mod store;
mod summary;

pub use cursor::{Cursor, Recorded};
pub use entry::{Entry, FORMAT};
pub use file::{FileLog, JournalError, Log, Tail, written};
pub use run_dir::RunDir;
pub use store::{MARK, Store, digest};
pub use summary::Summary;

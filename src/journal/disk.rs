//! What every file of the journal needs of the disk.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::text::hex;

/// Waits until the disk has what a directory lists.
///
/// # Errors
/// Of the file system.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// SHA-256 of a text, in hexadecimal digits.
pub fn digest(text: &str) -> String {
    hex::sha256(text)
}

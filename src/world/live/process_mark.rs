//! Marks of running processes: a later process of deployer can tell whether one of them still runs.
//!
//! A mark is a locked file that the process inherits. The lock holds as long as anyone has the file open: the process,
//! or whatever it has started, wherever that has gone. No number is used again by somebody else.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::Mutex;

use rustix::io::{FdFlags, fcntl_setfd};

use crate::sync::Lock;

/// One at a time: what is started meanwhile would inherit the mark of another.
static STARTING: Mutex<()> = Mutex::new(());

/// The files of that mark, one for each place where it may have been made.
fn files(mark: &str) -> impl Iterator<Item = PathBuf> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let places = [Some(std::env::temp_dir()), runtime];
    let name = format!("deployer-{mark}.running");
    let places = places.into_iter().flatten();
    places.map(move |place| place.join(&name))
}

/// Starts something that inherits the mark.
///
/// # Errors
/// The mark could not be made, or `start` failed.
pub(super) fn with<T>(mark: &str, start: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let _one = STARTING.locked();
    let path = files(mark).next().ok_or(io::ErrorKind::NotFound)?;
    let mut options = OpenOptions::new();
    let file = options.create(true).write(true).mode(0o600).open(&path)?;
    // Another holds it: whoever was asked whether it runs has said no, so it has only just begun.
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => io::Error::other("it still runs"),
        TryLockError::Error(error) => error,
    })?;
    fcntl_setfd(&file, FdFlags::empty())?;
    start()
}

/// Whether a process still holds the mark. A mark that nobody holds is removed.
pub(super) fn is_alive(mark: &str) -> bool {
    let held = |path: PathBuf| {
        let file = File::open(path);
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    };
    let alive = files(mark).any(held);
    if !alive {
        remove(mark);
    }
    alive
}

/// Removes the files of the mark, if there are any.
pub(super) fn remove(mark: &str) {
    for path in files(mark) {
        // It may never have been there.
        let _gone = fs::remove_file(path);
    }
}

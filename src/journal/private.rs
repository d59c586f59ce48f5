//! Files and folders that are this user's alone: opened without following links, and never anything but a file.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// Who else may write: the group and everyone.
const OTHERS_MAY_WRITE: u32 = 0o022;

/// Neither through a link, nor waiting for whoever is at the other end of a pipe.
fn opened(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let opened = options.mode(0o600).custom_flags(flags).open(path);
    let file = opened.map_err(|error| match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => refused(path, "is a link"),
        Ok(found) if !found.is_file() => refused(path, "is not a regular file"),
        _ => error,
    })?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(refused(path, "is not a regular file"));
    }
    ours(path, &found)?;
    Ok(file)
}

/// Opens a file for reading.
///
/// # Errors
/// Of the file system; a link, something that is not a file, another user's file.
pub(super) fn read(path: &Path) -> io::Result<File> {
    opened(OpenOptions::new().read(true), path)
}

/// Opens a file for appending and reading, creating it if it is not there.
///
/// # Errors
/// As [`read`].
pub(super) fn append(path: &Path) -> io::Result<File> {
    opened(
        OpenOptions::new().create(true).read(true).append(true),
        path,
    )
}

/// Opens a file for reading and writing as it is, creating it if it is not there.
///
/// # Errors
/// As [`read`].
pub(super) fn edit(path: &Path) -> io::Result<File> {
    opened(
        OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true),
        path,
    )
}

/// Makes a folder and those above it, for this user alone; one that is there must be a folder of this user, which nobody
/// else may write to.
///
/// # Errors
/// Of the file system; a link, another user's folder.
pub(super) fn folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    is_folder(path)
}

/// Demands that there is a folder of this user at `path`, which nobody else may write to.
///
/// # Errors
/// Of the file system; a link, another user's folder.
pub(super) fn is_folder(path: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(path)?;
    if found.is_symlink() {
        return Err(refused(path, "is a link"));
    }
    if !found.is_dir() {
        return Err(refused(path, "is not a folder"));
    }
    ours(path, &found)
}

fn ours(path: &Path, found: &Metadata) -> io::Result<()> {
    let user = rustix::process::geteuid().as_raw();
    if found.uid() != user {
        let other = format!(
            "belongs to another user (uid {}; this is uid {user})",
            found.uid()
        );
        return Err(refused(path, &other));
    }
    if found.mode() & OTHERS_MAY_WRITE != 0 {
        return Err(refused(
            path,
            "may be written to by others (`chmod go-w` it, if you trust what is in it)",
        ));
    }
    Ok(())
}

fn refused(path: &Path, why: &str) -> io::Error {
    let message = format!("{} {why}", path.display());
    io::Error::new(io::ErrorKind::PermissionDenied, message)
}

/// Which file is open, so that it is noticed when its path leads elsewhere.
#[derive(Debug)]
pub(super) struct Identity {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Identity {
    /// Of the open file that was found at `path`.
    ///
    /// # Errors
    /// Of the file system.
    pub(super) fn of(path: &Path, file: &File) -> io::Result<Identity> {
        let found = file.metadata()?;
        Ok(Identity {
            // Where it is does not change with the working directory.
            path: std::path::absolute(path)?,
            device: found.dev(),
            inode: found.ino(),
        })
    }

    /// Demands that its path still leads to it.
    ///
    /// # Errors
    /// It was removed, or another file is in its place.
    pub(super) fn still_there(&self) -> io::Result<()> {
        let path = self.path.display();
        let found = fs::symlink_metadata(&self.path)
            .map_err(|error| io::Error::new(error.kind(), format!("{path} is gone: {error}")))?;
        if (found.dev(), found.ino()) == (self.device, self.inode) {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "{path} was replaced by another file"
        )))
    }
}

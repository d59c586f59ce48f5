//! A folder for what must not stay.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::vocabulary::{Fault, codes};

/// A folder that is empty at first and gone when this is dropped.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    real: bool,
}

impl Scratch {
    /// Makes one that only this user can look into, in memory where the system has a place for that: a
    /// program that is killed leaves it behind, and takes it away when it makes one of the same name again.
    ///
    /// # Errors
    /// `scratch_not_made`.
    pub fn make(name: &str) -> Result<Scratch, Fault> {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        let places = [runtime, Some("/dev/shm".into()), Some(std::env::temp_dir())];
        let mut why = String::new();
        for place in places.into_iter().flatten().filter(|p| p.is_dir()) {
            let path = place.join(format!("deployer-{name}"));
            // What is somebody else's stays, and is in the way.
            let _gone = fs::remove_dir_all(&path);
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Scratch { path, real: true }),
                Err(error) => why = format!("{}: {error}", path.display()),
            }
        }
        Err(Fault::new(codes::SCRATCH_NOT_MADE, why))
    }

    /// One that is only named: for worlds in which nothing looks into it.
    pub fn named(path: &str) -> Scratch {
        Scratch {
            path: path.into(),
            real: false,
        }
    }

    /// Path of the directory.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.real {
            // Who cannot remove it cannot have filled it either.
            let _gone = fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_private_and_goes() {
        let name = ulid::Ulid::new().to_string();
        let left = Scratch::make(&name).expect("a folder");
        fs::write(left.path().join("token"), "x").expect("a file");
        std::mem::forget(left);
        let scratch = Scratch::make(&name).expect("the same folder");
        assert_eq!(fs::read_dir(scratch.path()).expect("ours").count(), 0);
        let path = scratch.path().to_owned();
        let mode = fs::metadata(&path)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
        fs::write(path.join("token"), "x").expect("a file");
        drop(scratch);
        assert!(!path.exists());
    }
}

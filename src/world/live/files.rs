//! Writing the project's files: all of a file or nothing of it.

use std::fs;
use std::io::Write;

use crate::vocabulary::{Fault, codes};
use crate::world::folder::{Folder, LARGEST, failed, too_large, writable};

/// Writes a file with the folders above it: beside it first, then in its place.
///
/// # Errors
/// `path_not_allowed`, `file_too_large`, `file_failed`.
pub(super) fn write(folder: &Folder, path: &str, text: &str) -> Result<(), Fault> {
    let name = writable(path)?;
    if text.len() > LARGEST {
        return Err(too_large(&name, LARGEST));
    }
    let target = folder.target(&name)?;
    if target.is_dir() {
        return Err(Fault::new(
            codes::FILE_FAILED,
            format!("{name} is a folder"),
        ));
    }
    let beside = target.with_file_name(format!(
        ".{}.{}.new",
        target.file_name().unwrap_or_default().to_string_lossy(),
        std::process::id()
    ));
    let written = || -> std::io::Result<()> {
        if let Some(above) = target.parent() {
            fs::create_dir_all(above)?;
        }
        let mut file = fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        if let Ok(before) = fs::metadata(&target) {
            file.set_permissions(before.permissions())?;
        }
        file.sync_all()?;
        fs::rename(&beside, &target)
    };
    written().map_err(|error| {
        let _gone = fs::remove_file(&beside);
        failed(&name, &error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::at(root.path());
        write(&folder, "incidents/2026/a.md", "one").unwrap();
        write(&folder, "incidents/2026/a.md", "two").unwrap();
        assert_eq!(folder.read("incidents/2026/a.md").unwrap(), "two");
        let left = fs::read_dir(root.path().join("incidents/2026")).unwrap();
        assert_eq!(left.count(), 1, "nothing is left beside it");
        for (path, code) in [
            ("../a", "path_not_allowed"),
            (".git/hooks/pre-commit", "path_not_allowed"),
            ("incidents", "file_failed"),
        ] {
            assert_eq!(write(&folder, path, "x").unwrap_err().code, code, "{path}");
        }
        let large = "x".repeat(LARGEST + 1);
        assert_eq!(
            write(&folder, "l", &large).unwrap_err().code,
            "file_too_large"
        );
    }
}

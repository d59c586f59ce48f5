//! Finds test files, and pipelines.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::vocabulary::{Fault, codes};

/// What the names of test files end with.
const ENDING: &str = ".test.rhai";
/// Folders that hold no tests of the project.
const SKIPPED: [&str; 3] = ["target", ".git", ".deployer"];

/// Whether a file is one of tests, by its name.
pub fn is_test(path: &Path) -> bool {
    path.to_string_lossy().ends_with(ENDING)
}

/// Every test file at or below `paths`, sorted within each path. A file that is named is taken whatever it is
/// called; links to folders are not followed.
///
/// # Errors
/// `file_not_found`, where a path is not there or cannot be read.
pub fn discover(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Fault> {
    below(paths, &|name| name.ends_with(ENDING))
}

/// Every script that is not a test, likewise.
///
/// # Errors
/// As [`discover`].
pub fn scripts(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Fault> {
    below(paths, &|name| {
        name.ends_with(".rhai") && !name.ends_with(ENDING)
    })
}

fn below(paths: &[PathBuf], fits: &dyn Fn(&str) -> bool) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    for path in paths {
        let mut below = Vec::new();
        collect(path, fits, &mut below).map_err(|error| {
            Fault::new(
                codes::FILE_NOT_FOUND,
                format!("{}: {error}", path.display()),
            )
        })?;
        below.sort();
        for file in below {
            let file = file.strip_prefix(".").map(Path::to_owned).unwrap_or(file);
            if !found.contains(&file) {
                found.push(file);
            }
        }
    }
    Ok(found)
}

fn collect(path: &Path, fits: &dyn Fn(&str) -> bool, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if !fs::metadata(path)?.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let kind = entry.file_type()?;
        if kind.is_dir() && !SKIPPED.contains(&name.as_ref()) {
            collect(&entry.path(), fits, found)?;
        } else if !kind.is_dir() && fits(&name) {
            found.push(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_tests_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "b.test.rhai",
            "a/x.test.rhai",
            "a/x.rhai",
            "target/y.test.rhai",
            ".git/z.test.rhai",
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let root = folder.path().to_owned();
        let found = discover(&[root.clone(), root.join("b.test.rhai")]).unwrap();
        assert_eq!(
            found,
            [root.join("a/x.test.rhai"), root.join("b.test.rhai")]
        );
        let missing = discover(&[root.join("none")]).unwrap_err();
        assert_eq!(missing.code, "file_not_found");
    }
}

//! Finds the folder of the project, as git finds its repository, and goes there.
//!
//! Paths on the command line are relative to the folder in which the command was typed. Names of scripts, journals and
//! files are relative to the folder of the project, so that they are the same wherever a command is typed.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use super::error::{CommandError, CommandResult};
use super::global::{GlobalArgs, STATE};

/// The bit of a folder's mode that lets everyone write to it.
const EVERYONE_WRITES: u32 = 0o002;

/// Makes the folder of the project the working directory. `paths`: the paths of the command; they are changed so that
/// they still name the same files. `search`: whether the folder is looked for above. Returns the folder where another
/// one was found than the one in which the command was typed.
///
/// # Errors
/// `no_project`: the folder of `--project` is not there.
pub(super) fn enter(
    global: &mut GlobalArgs,
    paths: Vec<&mut PathBuf>,
    search: bool,
) -> CommandResult<Option<PathBuf>> {
    let Ok(typed_in) = env::current_dir() else {
        // A folder that was deleted has nothing above it.
        return Ok(None);
    };
    let given = global.project.clone();
    let folder = match &given {
        Some(folder) => folder
            .canonicalize()
            .map_err(|error| no_project(folder, &error))?,
        None if search && global.state.is_none() => match above(&typed_in) {
            Some(folder) => folder,
            None => return Ok(None),
        },
        None => return Ok(None),
    };
    env::set_current_dir(&folder).map_err(|error| no_project(&folder, &error))?;
    for path in paths.into_iter().chain(&mut global.state) {
        *path = seen_from(&folder, &typed_in, path);
    }
    Ok(given.is_none().then_some(folder))
}

fn no_project(folder: &Path, error: &io::Error) -> CommandError {
    let message = format!("{} cannot be entered: {error}", folder.display());
    let hint = "--project takes the directory that holds pipelines/ and .deployer/";
    CommandError::with_hint("no_project", message, hint)
}

/// The nearest folder above `start` that holds the state of a project; `None`: there is none, or `start` holds one.
///
/// Only folders that belong to this user, and that not everyone can write to, are taken: nobody else can make
/// `/tmp` a project.
pub(super) fn above(start: &Path) -> Option<PathBuf> {
    if start.join(STATE).is_dir() {
        return None;
    }
    let user = rustix::process::geteuid().as_raw();
    let is_ours = |path: &Path| {
        fs::metadata(path)
            .is_ok_and(|found| found.uid() == user && found.mode() & EVERYONE_WRITES == 0)
    };
    let mut folders = start.ancestors().skip(1);
    let found = folders.find(|folder| {
        let state = folder.join(STATE);
        state.is_dir() && is_ours(folder) && is_ours(&state)
    });
    found.map(Path::to_owned)
}

/// A path that was typed in `typed_in`, relative to `folder` where it lies below it.
fn seen_from(folder: &Path, typed_in: &Path, path: &Path) -> PathBuf {
    let mut whole = typed_in.to_owned();
    for part in path.components() {
        match part {
            // The working directory holds no links: its parent is the folder above.
            Component::ParentDir if typed_in.starts_with(&whole) => {
                whole.pop();
            }
            Component::CurDir => {}
            part => whole.push(part),
        }
    }
    match whole.strip_prefix(folder) {
        Ok(below) if below.as_os_str().is_empty() => PathBuf::from("."),
        Ok(below) => below.to_owned(),
        Err(_) => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_the_same_file_in_the_folder_of_the_project() {
        let folder = Path::new("/srv/orders");
        let typed_in = Path::new("/srv/orders/pipelines/blue");
        for (typed, expected) in [
            ("prod.rhai", "pipelines/blue/prod.rhai"),
            ("./prod.rhai", "pipelines/blue/prod.rhai"),
            ("../prod.rhai", "pipelines/prod.rhai"),
            ("../../prod.rhai", "prod.rhai"),
            ("../..", "."),
            ("../../../other/prod.rhai", "/srv/other/prod.rhai"),
            ("link/../prod.rhai", "pipelines/blue/link/../prod.rhai"),
            ("/srv/orders/prod.rhai", "prod.rhai"),
            ("/etc/prod.rhai", "/etc/prod.rhai"),
        ] {
            let seen = seen_from(folder, typed_in, Path::new(typed));
            assert_eq!(seen, Path::new(expected), "{typed}");
        }
    }
}

//! The project's files: what lies below one folder, as text, and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::glob::Glob;
use crate::journal::MARK;
use crate::vocabulary::{Fault, codes};

pub(super) mod names;

use names::{is_kept, not_allowed};
pub use names::{relative, writable};

/// No larger file is read or written: 1 MiB.
pub const LARGEST: usize = 1 << 20;
/// No larger file is read that need not be text: 64 MiB, all of which is in memory at a time.
pub const LARGEST_BINARY: usize = 64 << 20;
/// Entries that one listing looks at.
const MOST: usize = 20_000;

/// A folder whose files may be read. It cannot write: a plan is handed one, too.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// The directory in which the program runs.
    pub fn here() -> Folder {
        Folder(PathBuf::from("."))
    }

    /// A folder at any path, for tests.
    #[cfg(test)]
    pub(super) fn at(path: &Path) -> Folder {
        Folder(path.to_owned())
    }

    /// The text of a file.
    ///
    /// # Errors
    /// `path_not_allowed`, `file_not_found`, `file_too_large`, `not_text`, `file_failed`.
    pub fn read(&self, path: &str) -> Result<String, Fault> {
        let bytes = self.read_bytes(path, LARGEST)?;
        crate::data::decode(&bytes).map_err(|wrong| {
            let name = relative(path).unwrap_or_default();
            let fault = Fault::new(codes::NOT_TEXT, wrong.within(&name));
            match wrong.help {
                Some(help) => fault.hint(help),
                None => fault,
            }
        })
    }

    /// The content of a file, at most `most` bytes.
    ///
    /// # Errors
    /// `path_not_allowed`, `file_not_found`, `file_too_large`, `file_failed`.
    pub fn read_bytes(&self, path: &str, most: usize) -> Result<Vec<u8>, Fault> {
        let name = relative(path)?;
        let place = self.place(&name)?;
        let about = fs::metadata(&place).map_err(|e| failed(&name, &e))?;
        if !about.is_file() {
            let message = match about.is_dir() {
                true => format!("{name} is a directory, not a file"),
                false => format!("{name} is not a file"),
            };
            return Err(Fault::new(codes::FILE_NOT_FOUND, message));
        }
        let mut bytes = Vec::new();
        fs::File::open(&place)
            .and_then(|file| file.take(most as u64 + 1).read_to_end(&mut bytes))
            .map_err(|e| failed(&name, &e))?;
        match bytes.len() > most {
            true => Err(too_large(&name, most)),
            false => Ok(bytes),
        }
    }

    /// The files that match a pattern, sorted. Symbolic links to folders are not followed.
    ///
    /// # Errors
    /// `path_not_allowed`; `too_many_files` where the search has no end in sight.
    pub fn list(&self, glob: &Glob) -> Result<BTreeSet<String>, Fault> {
        let mut search = Search {
            folder: self,
            found: BTreeSet::new(),
            looked: 0,
        };
        search.walk("", &glob.segments)?;
        Ok(search.found)
    }

    /// Where the file of that name really is.
    fn place(&self, name: &str) -> Result<PathBuf, Fault> {
        let place = self
            .0
            .join(name)
            .canonicalize()
            .map_err(|e| failed(name, &e))?;
        self.inside(name, &place)?;
        Ok(place)
    }

    /// Where a file of that name may be written: the file itself if it is there, else its path below the
    /// nearest folder that is.
    pub(super) fn target(&self, name: &str) -> Result<PathBuf, Fault> {
        let real = self.meant(name)?;
        // A link may lead to what no script writes.
        let root = self.0.canonicalize().map_err(|e| failed(name, &e))?;
        if let Some(below) = real.strip_prefix(&root).ok().and_then(Path::to_str) {
            writable(below)?;
        }
        Ok(real)
    }

    fn meant(&self, name: &str) -> Result<PathBuf, Fault> {
        let path = self.0.join(name);
        if fs::symlink_metadata(&path).is_ok() {
            return self.place(name);
        }
        let there = path
            .ancestors()
            .find(|folder| fs::symlink_metadata(folder).is_ok());
        let real = there
            .unwrap_or(&self.0)
            .canonicalize()
            .map_err(|e| failed(name, &e))?;
        self.inside(name, &real)?;
        let rest = there.and_then(|there| path.strip_prefix(there).ok());
        Ok(real.join(rest.unwrap_or(Path::new(name))))
    }

    /// A link may lead anywhere; only what it leads to counts.
    fn inside(&self, name: &str, real: &Path) -> Result<(), Fault> {
        let root = self.0.canonicalize().map_err(|e| failed(name, &e))?;
        let below = real.strip_prefix(&root);
        let folders = real.ancestors().take_while(|at| at.starts_with(&root));
        if below.is_ok() && folders.into_iter().any(|at| at.join(MARK).exists()) {
            let why = "is in a state directory, which is kept from scripts";
            return Err(not_allowed(name, why));
        }
        match below {
            Err(_) => Err(not_allowed(name, "leads out of the project's folder")),
            Ok(below) => match below.to_str() {
                Some("") => Ok(()),
                Some(below) => relative(below).map(drop),
                None => Err(not_allowed(name, "is not text in UTF-8")),
            },
        }
    }
}

/// The fault for a file of more than `most` bytes.
pub(super) fn too_large(name: &str, most: usize) -> Fault {
    let message = format!("{name} is larger than {} KiB", most / 1024);
    Fault::new(codes::FILE_TOO_LARGE, message)
}

/// The fault `file_failed`, with the error of the operating system.
pub(super) fn failed(name: &str, error: &std::io::Error) -> Fault {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => not_found(name),
        _ => Fault::new(codes::FILE_FAILED, format!("{name}: {error}")),
    }
    .details(json!({ "path": name }))
}

/// The fault for a file that is not there.
pub fn not_found(name: &str) -> Fault {
    Fault::new(codes::FILE_NOT_FOUND, format!("there is no file {name}"))
}

struct Search<'a> {
    folder: &'a Folder,
    found: BTreeSet<String>,
    looked: usize,
}

impl Search<'_> {
    /// Looks into the folder `at` for what the rest of the pattern matches.
    fn walk(&mut self, at: &str, segments: &[String]) -> Result<(), Fault> {
        let [segment, rest @ ..] = segments else {
            return Ok(());
        };
        let anywhere = segment == "**";
        if anywhere && !rest.is_empty() {
            self.walk(at, rest)?;
        }
        let Ok(entries) = fs::read_dir(self.folder.0.join(at)) else {
            return Ok(());
        };
        for entry in entries.flatten() {
            self.looked += 1;
            if self.looked > MOST {
                let message = format!("more than {MOST} files were looked at");
                return Err(Fault::new(codes::TOO_MANY_FILES, message)
                    .hint("begin the pattern with the folder that is meant"));
            }
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if !Glob::fits(segment, &name) || is_kept(&name) {
                continue;
            }
            let path = match at {
                "" => name,
                _ => format!("{at}/{name}"),
            };
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.walk(&path, if anywhere { segments } else { rest })?;
            } else if rest.is_empty() && self.folder.place(&path).is_ok_and(|p| p.is_file()) {
                self.found.insert(path);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> (tempfile::TempDir, Folder) {
        let made = tempfile::tempdir().unwrap();
        let root = made.path().join("project");
        fs::create_dir_all(root.join("migrations/old")).unwrap();
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::write(made.path().join("outside.txt"), "secret").unwrap();
        fs::write(root.join("migrations/2.sql"), "two").unwrap();
        fs::write(root.join("migrations/1.sql"), "one").unwrap();
        fs::write(root.join("migrations/old/0.sql"), "zero").unwrap();
        fs::write(root.join(".git/config"), "x").unwrap();
        let folder = Folder::at(&root);
        (made, folder)
    }

    #[test]
    fn a_state_directory_of_any_name_is_kept() {
        let (made, folder) = project();
        let state = made.path().join("project/migrations/old");
        fs::write(state.join(MARK), "").unwrap();
        let code = |fault: Result<String, Fault>| fault.expect_err("kept").code;
        assert_eq!(
            code(folder.read("migrations/old/0.sql")),
            "path_not_allowed"
        );
        for name in ["migrations/old/0.sql", "migrations/old/new/1.sql"] {
            let fault = folder.target(name).expect_err("kept");
            assert_eq!(fault.code, "path_not_allowed", "{name}");
        }
        let found = folder.list(&Glob::new("migrations/**/*").unwrap()).unwrap();
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(found, ["migrations/1.sql", "migrations/2.sql"]);
    }

    #[test]
    fn only_what_is_below_the_folder_is_read() {
        let (_made, folder) = project();
        assert_eq!(folder.read("./migrations/1.sql").unwrap(), "one");
        for path in [
            "../outside.txt",
            "/etc/passwd",
            "migrations/../../outside.txt",
            "",
            ".",
            ".git/config",
            "deep/.env",
            ".env.production",
            ".deployer/runs",
            ".GIT/config",
            "home/.aws/credentials",
            "tls/server.key",
            ".npmrc",
            "infra/terraform.tfstate",
        ] {
            assert_eq!(
                folder.read(path).unwrap_err().code,
                "path_not_allowed",
                "{path}"
            );
        }
        assert_eq!(folder.read("nothing").unwrap_err().code, "file_not_found");
        assert_eq!(
            folder.read("migrations").unwrap_err().code,
            "file_not_found"
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_count_as_what_they_lead_to() {
        use std::os::unix::fs::symlink;
        let (made, folder) = project();
        let root = made.path().join("project");
        symlink(made.path().join("outside.txt"), root.join("link.txt")).unwrap();
        symlink(made.path(), root.join("up")).unwrap();
        symlink(root.join(".git/config"), root.join("config")).unwrap();
        symlink(root.join("migrations/1.sql"), root.join("first.sql")).unwrap();
        symlink(made.path().join("not-there"), root.join("dangling")).unwrap();
        for path in ["link.txt", "up/outside.txt", "config"] {
            assert_eq!(
                folder.read(path).unwrap_err().code,
                "path_not_allowed",
                "{path}"
            );
        }
        assert_eq!(folder.read("first.sql").unwrap(), "one");
        assert!(folder.target("up/new.txt").is_err());
        assert!(folder.target("link.txt").is_err());
        assert!(folder.target("dangling").is_err());
        assert!(folder.target("new/folder/x.md").is_ok());
        let listed = folder.list(&Glob::new("*").unwrap()).unwrap();
        assert_eq!(listed.into_iter().collect::<Vec<_>>(), ["first.sql"]);
    }

    #[test]
    fn what_decides_about_later_runs_is_not_written() {
        let (made, folder) = project();
        let root = made.path().join("project");
        fs::create_dir_all(root.join(".github/workflows")).unwrap();
        std::os::unix::fs::symlink(root.join(".github"), root.join("docs")).unwrap();
        for path in [
            "pipelines/prod.rhai",
            "pipelines/PROD.RHAI",
            "stdlib/service.rhai",
            ".github/workflows/deploy.yml",
            "docs/workflows/deploy.yml",
            "pipelines/team/ci/deploy.yml",
            "Jenkinsfile",
            ".gitattributes",
            "bitbucket-pipelines.yml",
        ] {
            let refused = folder.target(path).expect_err(path);
            assert_eq!(refused.code, "path_not_allowed", "{path}");
        }
        assert!(folder.target("incidents/2026-01-12.md").is_ok());
    }

    #[test]
    fn size_and_encoding_have_limits() {
        let (made, folder) = project();
        let root = made.path().join("project");
        fs::write(root.join("large"), vec![b'x'; LARGEST + 1]).unwrap();
        fs::write(root.join("binary"), [0xff, 0xfe]).unwrap();
        assert_eq!(folder.read("large").unwrap_err().code, "file_too_large");
        assert_eq!(folder.read("binary").unwrap_err().code, "not_text");
    }

    #[test]
    fn listing_follows_the_pattern() {
        let (_made, folder) = project();
        let list = |pattern: &str| -> Vec<String> {
            let glob = Glob::new(pattern).unwrap();
            folder.list(&glob).unwrap().into_iter().collect()
        };
        assert_eq!(
            list("migrations/*.sql"),
            ["migrations/1.sql", "migrations/2.sql"]
        );
        assert_eq!(list("migrations/**/*.sql").len(), 3);
        assert_eq!(list("**").len(), 3);
        assert_eq!(list("nowhere/*"), Vec::<String>::new());
        assert!(Glob::new("../*").is_err());
    }
}

//! The program as a person types it: with its own state directory, in a folder of the test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Path of the program under test.
pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_deployer");

/// A folder that nobody else uses.
pub(super) struct Folder(TempDir);

/// How a command ended, and what it printed.
#[derive(Debug)]
pub(super) struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    pub fn new() -> Folder {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"));
        Folder(folder.expect("a temporary directory"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("written");
        path
    }

    /// Runs a command in this folder or one below it.
    pub fn run_in(&self, below: &str, arguments: &[&str]) -> Ended {
        self.run_with(below, arguments, &[])
    }

    /// Runs a command in this folder or one below it, with these variables in its environment.
    pub fn run_with(&self, below: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).envs(environment.iter().copied());
        self.finish(below, command)
    }

    /// Runs any command with a clean environment.
    pub fn finish(&self, below: &str, mut command: Command) -> Ended {
        let own: Vec<_> = command
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        let output = command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(own)
            .current_dir(self.path().join(below))
            .stdin(Stdio::null())
            .output()
            .expect("it starts");
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ended {
    #[track_caller]
    pub fn expect(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }
}

//! What stands on the command line that is being completed.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::cli::global::STATE;
use crate::cli::project;
use crate::journal::Store;

/// The words of the line, the name of the program first.
pub(super) struct CompletionLine(Vec<String>);

impl CompletionLine {
    /// The line for which this process was called.
    pub fn now() -> CompletionLine {
        let words = env::args_os().skip_while(|word| word != "--").skip(1);
        CompletionLine(words.filter_map(|word| word.into_string().ok()).collect())
    }

    /// The values of an option, as `--name VALUE` and as `--name=VALUE`.
    pub fn values<'t>(&'t self, name: &'t str) -> impl Iterator<Item = &'t str> {
        let behind = |at: usize| self.0.get(at + 1).map(String::as_str);
        self.0.iter().enumerate().filter_map(move |(at, word)| {
            let rest = word.strip_prefix("--")?.strip_prefix(name)?;
            match rest.strip_prefix('=') {
                Some(value) => Some(value),
                None if rest.is_empty() => behind(at),
                None => None,
            }
        })
    }

    /// The pipeline: the first script that is named.
    pub fn pipeline(&self) -> Option<&Path> {
        let script = |word: &&String| Path::new(word).extension() == Some(OsStr::new("rhai"));
        self.0.iter().skip(1).find(script).map(Path::new)
    }

    /// Every word, to find the id of a run among them.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().skip(1).map(String::as_str)
    }

    /// The runs that the command would see.
    pub fn store(&self) -> Store {
        let given = |name| self.values(name).last().map(PathBuf::from);
        let state = given("state").or_else(|| given("project").map(|folder| folder.join(STATE)));
        let here = env::current_dir().unwrap_or_default();
        let found = || project::above(&here).unwrap_or(here.clone()).join(STATE);
        Store::new(state.unwrap_or_else(found))
    }
}

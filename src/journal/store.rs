//! Runs on disk: `STATE/runs/RUN/` holds the journal, the scripts it runs, its lock and its answers.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::sync_directory;
use super::file::JournalError;
use super::private;
use super::run_dir::RunDir;
use super::summary::JournalSummary;

/// Marks the folder of the runs, whatever the state directory is called: journals and the answers of people are kept
/// from scripts.
pub const MARK: &str = "deployer.state";

/// The state directory (`--state`): the runs on this machine, and their claims.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// The store below `root`; nothing is created yet.
    pub fn new(root: impl Into<PathBuf>) -> Store {
        Store { root: root.into() }
    }

    /// Makes the directory of a new run with a copy of its scripts.
    ///
    /// # Errors
    /// Of the file system; a state directory that is a link, another user's, or one that others may write to.
    pub fn create(&self, run: &str, sources: &BTreeMap<String, String>) -> io::Result<RunDir> {
        let runs = self.runs();
        let path = runs.join(run);
        // What is in it is nobody else's.
        for folder in [&self.root, &runs, &path] {
            private::folder(folder)?;
        }
        drop(private::append(&runs.join(MARK))?);
        let dir = RunDir::at(path);
        dir.write_file("scripts.json", &serde_json::to_vec_pretty(sources)?)?;
        // A directory that the disk does not have yet would take the journal with it.
        for above in [runs.as_path(), &self.root] {
            sync_directory(above)?;
        }
        Ok(dir)
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }

    /// Finds a run by its id or an unambiguous beginning of it.
    ///
    /// # Errors
    /// `Err` says what is wrong: none, several, or one that is not this user's alone.
    pub fn find(&self, run: &str) -> Result<RunDir, String> {
        let found_in = |path: PathBuf| {
            let folders = [self.root.clone(), self.runs(), path.clone()];
            let ours = folders
                .iter()
                .try_for_each(|folder| private::is_folder(folder));
            ours.map(|()| RunDir::at(path)).map_err(|e| e.to_string())
        };
        let mut found: Vec<String> = self
            .ids()
            .into_iter()
            .filter(|id| !run.is_empty() && id.starts_with(&run.to_uppercase()))
            .collect();
        match found.len() {
            1 => found_in(self.runs().join(found.remove(0))),
            0 => Err(format!("no run {run} in {}", self.root.display())),
            n => Err(format!("{n} runs begin with {run}: {}", found.join(", "))),
        }
    }

    /// Every run, newest first; a run whose journal cannot be read comes as its error.
    pub fn list(&self) -> Vec<Result<JournalSummary, JournalError>> {
        let mut ids = self.ids();
        ids.sort_unstable_by(|a, b| b.cmp(a));
        ids.iter()
            .map(|id| JournalSummary::of(&RunDir::at(self.runs().join(id))))
            .collect()
    }

    fn ids(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.runs()) else {
            return Vec::new();
        };
        entries
            .flatten()
            // A run whose first entry is not there yet has not begun.
            .filter(|e| {
                e.path()
                    .join("journal")
                    .metadata()
                    .is_ok_and(|m| m.len() > 0)
            })
            .filter_map(|e| e.file_name().into_string().ok())
            .collect()
    }
}

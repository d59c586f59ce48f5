//! The project's files as a simulated world shows them: what was written here stays in memory.

use std::collections::{BTreeMap, BTreeSet};

use crate::vocabulary::Fault;
use crate::world::folder::{Folder, LARGEST, LARGEST_BINARY, relative, too_large};
use crate::world::glob::Glob;

/// The project's files, under what the fixture says and what was written since.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    folder: Folder,
    kept: BTreeMap<String, String>,
    /// Paths that were written to since the beginning.
    written: BTreeSet<String>,
}

impl Files {
    /// The files of the process's directory.
    pub(crate) fn here() -> Files {
        Files {
            folder: Folder::here(),
            kept: BTreeMap::new(),
            written: BTreeSet::new(),
        }
    }

    pub(crate) fn read(&self, path: &str) -> Result<String, Fault> {
        match self.kept.get(&relative(path)?) {
            Some(text) => Ok(text.clone()),
            None => self.folder.read(path),
        }
    }

    pub(crate) fn read_bytes(&self, path: &str) -> Result<Vec<u8>, Fault> {
        match self.kept.get(&relative(path)?) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.folder.read_bytes(path, LARGEST_BINARY),
        }
    }

    pub(crate) fn list(&self, pattern: &str) -> Result<Vec<String>, Fault> {
        let glob = Glob::new(pattern)?;
        let mut found = self.folder.list(&glob)?;
        found.extend(self.kept.keys().filter(|path| glob.matches(path)).cloned());
        Ok(found.into_iter().collect())
    }

    pub(crate) fn write(&mut self, path: &str, text: &str) -> Result<(), Fault> {
        let path = relative(path)?;
        if text.len() > LARGEST {
            return Err(too_large(&path, LARGEST));
        }
        self.written.insert(path.clone());
        self.kept.insert(path, text.to_owned());
        Ok(())
    }

    /// What is there already when the world begins.
    pub(crate) fn begin(&mut self) {
        self.written.clear();
    }

    /// What was written, by path.
    pub(crate) fn written(&self) -> BTreeMap<String, String> {
        let paths = self.written.iter();
        let text = |path: &String| Some((path.clone(), self.kept.get(path)?.clone()));
        paths.filter_map(text).collect()
    }
}

//! One run on disk: its journal, the scripts it runs, its lock, its answers.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::journal::disk::{digest, sync_directory};
use crate::journal::file::{self, FileLog, JournalError, Tail};
use crate::journal::private;
use crate::journal::{Entry, FORMAT};
use crate::vocabulary::Answer;

/// How often a lock that someone has is tried again: who only looks has it for a moment.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);
/// File inside a run's directory to which `approve` and `reject` append answers.
const ANSWERS: &str = "answers";

/// The directory of one run: `STATE/runs/RUN`.
#[derive(Debug, Clone)]
pub struct RunDir {
    path: PathBuf,
}

impl RunDir {
    pub(in crate::journal) fn at(path: PathBuf) -> RunDir {
        RunDir { path }
    }

    /// Keeps a file of the run that only its user can read.
    ///
    /// # Errors
    /// Of the file system.
    pub(in crate::journal) fn write_file(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut file = private::edit(&self.path.join(name))?;
        file.set_len(0)?;
        file.write_all(content)?;
        file.sync_all()?;
        sync_directory(&self.path)
    }

    fn read_file(&self, name: &str) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        private::read(&self.path.join(name))?.read_to_end(&mut content)?;
        Ok(content)
    }

    /// Whether a process holds it. Looking changes nothing.
    pub fn is_running(&self) -> bool {
        let lock = private::read(&self.path.join("lock"));
        lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Takes the run for this process until the returned file is dropped.
    ///
    /// # Errors
    /// `Err` says who holds it, or what the file system said.
    pub fn lock(&self) -> Result<File, String> {
        let path = self.path.join("lock");
        let mut file = private::edit(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let mut tries = 1;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if tries < TRIES => {
                    tries += 1;
                    thread::sleep(PAUSE);
                }
                Err(TryLockError::WouldBlock) => {
                    let mut pid = String::new();
                    // Only for the message: an unreadable pid is shown as unknown.
                    let _unread = file.read_to_string(&mut pid);
                    let pid = match pid.trim() {
                        "" => "unknown",
                        pid => pid,
                    };
                    return Err(format!("another process is running it (pid {pid})"));
                }
                Err(TryLockError::Error(e)) => return Err(format!("{}: {e}", path.display())),
            }
        }
        let noted = file
            .set_len(0)
            .and_then(|()| file.write_all(std::process::id().to_string().as_bytes()));
        noted.map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(file)
    }

    /// Reads the journal without changing it.
    ///
    /// # Errors
    /// A line that does not fit the one before it or is not an entry; a format of another version.
    pub fn read(&self) -> Result<(Vec<Entry>, Tail), JournalError> {
        let path = self.journal();
        let (entries, tail) = file::read(&path)?;
        let fail = |message: String| JournalError {
            path: path.clone(),
            line: 1,
            message,
        };
        match entries.first() {
            Some(Entry::Started { format, .. }) if *format == FORMAT => Ok((entries, tail)),
            Some(Entry::Started { format, .. }) => Err(fail(file::other_format(*format))),
            _ => Err(fail(file::NO_BEGINNING.into())),
        }
    }

    /// Opens the journal to go on with it, dropping a torn last line.
    ///
    /// # Errors
    /// Of the file system.
    pub fn open(&self, tail: Tail) -> io::Result<FileLog> {
        if let Some(whole) = tail.torn {
            let file = private::edit(&self.journal())?;
            file.set_len(whole)?;
            file.sync_data()?;
        }
        let log = FileLog::open(&self.journal(), tail.link)?;
        sync_directory(&self.path)?;
        Ok(log)
    }

    /// The scripts as they were when the run started.
    ///
    /// # Errors
    /// A copy that is missing or is not what the journal says it is.
    pub fn sources(
        &self,
        digests: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, JournalError> {
        let path = self.path.join("scripts.json");
        let fail = |message: String| JournalError {
            path: path.clone(),
            line: 0,
            message,
        };
        let text = self
            .read_file("scripts.json")
            .map_err(|e| fail(e.to_string()))?;
        let sources: BTreeMap<String, String> =
            serde_json::from_slice(&text).map_err(|e| fail(e.to_string()))?;
        for (name, expected) in digests {
            match sources.get(name) {
                Some(text) if digest(text) == *expected => {}
                Some(_) => {
                    return Err(fail(format!(
                        "the run's own copy of {name} was changed after the run started"
                    )));
                }
                None => return Err(fail(format!("the run's own copy of {name} is missing"))),
            }
        }
        Ok(sources)
    }

    /// Keeps the saved plan that the run is held to.
    ///
    /// # Errors
    /// Of the file system.
    pub fn write_plan(&self, plan: &str) -> io::Result<()> {
        self.write_file("plan.json", plan.as_bytes())
    }

    /// The saved plan that the run is held to, if it is.
    ///
    /// # Errors
    /// Of the file system.
    pub fn plan(&self) -> io::Result<Option<String>> {
        match self.read_file("plan.json") {
            Ok(text) => String::from_utf8(text).map(Some).map_err(io::Error::other),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Appends an answer for the run to find.
    ///
    /// # Errors
    /// Of the file system.
    pub fn post_answer(&self, answer: &Answer) -> io::Result<()> {
        let mut line = serde_json::to_vec(answer)?;
        line.push(b'\n');
        let mut file = private::append(&self.path.join(ANSWERS))?;
        // Behind half a line, that of someone whose disk was full, it would not be found.
        let end = file.seek(SeekFrom::End(0))?;
        if end > 0 {
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                line.insert(0, b'\n');
            }
        }
        if let Err(error) = file.write_all(&line) {
            // Half of it is not an answer; without room for the rest, it may as well stay.
            let _whole = file.set_len(end);
            return Err(error);
        }
        file.sync_data()
    }

    /// The answers that were posted, in their order. A line that is not an answer is passed over: half of one, where a disk
    /// was full.
    ///
    /// # Errors
    /// Of the file system; a file of answers that is a link, no file, or another user's.
    pub fn answers(&self) -> io::Result<Vec<Answer>> {
        let text = match self.read_file(ANSWERS) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            text => text?,
        };
        let lines = text.split(|byte| *byte == b'\n');
        Ok(lines
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect())
    }

    pub(in crate::journal) fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }

    /// The run id: the name of the directory.
    pub fn id(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Path of the directory, as the store was opened with it.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests;

//! One run on disk: its journal, the scripts it runs, its lock, its answers.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::file::{self, FileLog, JournalError, Tail};
use super::private;
use super::store::{digest, sync_directory};
use super::{Entry, FORMAT};
use crate::vocabulary::Answer;

/// How often a lock that someone has is tried again: who only looks has it for a moment.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);
/// Where answers are posted.
const ANSWERS: &str = "answers";

/// One run's directory.
#[derive(Debug, Clone)]
pub struct RunDir {
    path: PathBuf,
}

impl RunDir {
    pub(super) fn at(path: PathBuf) -> RunDir {
        RunDir { path }
    }

    /// Keeps a file of the run that only its user can read.
    ///
    /// # Errors
    /// Of the file system.
    pub(super) fn write_file(&self, name: &str, content: &[u8]) -> io::Result<()> {
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
    /// A line that does not fit the one before it or is no entry; a format of another version.
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
            // Half of it is no answer; without room for the rest, it may as well stay.
            let _whole = file.set_len(end);
            return Err(error);
        }
        file.sync_data()
    }

    /// The answers that were posted, in their order. A line that is no answer is passed over: half of one, where a disk
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

    pub(super) fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }

    /// The run id.
    pub fn id(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::journal::{Log, Store};
    use jiff::Timestamp;
    use serde_json::json;

    fn sample(dir: &RunDir) -> Vec<Entry> {
        let entries = vec![
            Entry::Started {
                format: FORMAT,
                run: dir.id(),
                pipeline: "p.rhai".into(),
                params: json!({}),
                deployer: "0".into(),
                sources: BTreeMap::new(),
                overridden: Vec::new(),
                plan: None,
                aws: BTreeMap::new(),
                by: String::new(),
                at: Timestamp::UNIX_EPOCH,
            },
            Entry::Resumed {
                deployer: "0".into(),
                at: Timestamp::UNIX_EPOCH,
            },
        ];
        let mut log = dir.open(Tail::none()).unwrap();
        for entry in &entries {
            log.append(entry, true).unwrap();
        }
        entries
    }

    #[test]
    fn a_torn_line_is_dropped_and_a_changed_one_is_refused() {
        let temp = tempfile::tempdir().unwrap();
        let dir = Store::new(temp.path())
            .create("01A", &BTreeMap::new())
            .unwrap();
        let entries = sample(&dir);
        let whole = fs::read(dir.journal()).unwrap();
        for cut in 1..whole.len() {
            fs::write(dir.journal(), &whole[..cut]).unwrap();
            match file::read(&dir.journal()) {
                Ok((read, tail)) => {
                    assert_eq!(read[..], entries[..read.len()]);
                    assert_eq!(tail.torn.is_none(), whole[cut - 1] == b'\n');
                }
                Err(e) => panic!("cut at {cut}: {e}"),
            }
        }
        let mut changed = whole.clone();
        changed[90] ^= 1;
        fs::write(dir.journal(), &changed).unwrap();
        assert_eq!(dir.read().unwrap_err().line, 1);
    }

    /// Lines of the sample's journal, in another order or number.
    fn rewritten(dir: &RunDir, edit: impl FnOnce(&mut Vec<String>)) -> Result<usize, usize> {
        let whole = fs::read_to_string(dir.journal()).unwrap();
        let mut lines: Vec<String> = whole.lines().map(|line| format!("{line}\n")).collect();
        edit(&mut lines);
        fs::write(dir.journal(), lines.concat()).unwrap();
        let read = file::read(&dir.journal());
        fs::write(dir.journal(), whole).unwrap();
        read.map(|(entries, _)| entries.len()).map_err(|e| e.line)
    }

    #[test]
    fn a_line_left_out_moved_or_added_is_refused() {
        let temp = tempfile::tempdir().unwrap();
        let dir = Store::new(temp.path())
            .create("01A", &BTreeMap::new())
            .unwrap();
        let entries = sample(&dir);
        let mut log = dir.open(dir.read().unwrap().1).unwrap();
        log.append(&entries[1], false).unwrap();
        log.append(&entries[1], true).unwrap();
        assert_eq!(rewritten(&dir, |_| ()), Ok(4));
        assert_eq!(rewritten(&dir, |lines| drop(lines.remove(1))), Err(2));
        assert_eq!(rewritten(&dir, |lines| drop(lines.remove(0))), Err(1));
        assert_eq!(rewritten(&dir, |lines| lines.swap(2, 3)), Err(3));
        let again = |lines: &mut Vec<String>| lines.insert(2, lines[1].clone());
        assert_eq!(rewritten(&dir, again), Err(3));
        // An older checksum fits anywhere, and so nowhere behind a link.
        let json = serde_json::to_string(&entries[1]).unwrap();
        let older = format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()));
        assert_eq!(rewritten(&dir, |lines| lines[3] = older), Err(4));
    }

    #[test]
    fn an_older_journal_is_read_and_gone_on_with() {
        let temp = tempfile::tempdir().unwrap();
        let dir = Store::new(temp.path())
            .create("01A", &BTreeMap::new())
            .unwrap();
        let entries = sample(&dir);
        let older = entries.iter().map(|entry| {
            let json = serde_json::to_string(entry).unwrap();
            format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()))
        });
        fs::write(dir.journal(), older.collect::<String>()).unwrap();
        let (read, tail) = dir.read().unwrap();
        assert_eq!(read, entries);
        let mut log = dir.open(tail).unwrap();
        log.append(&entries[1], true).unwrap();
        log.append(&entries[1], true).unwrap();
        assert_eq!(dir.read().unwrap().0.len(), 4);
        assert_eq!(rewritten(&dir, |lines| drop(lines.remove(2))), Err(3));
    }

    #[test]
    fn nothing_is_written_once_the_journal_is_gone_or_replaced() {
        let temp = tempfile::tempdir().unwrap();
        let store = Store::new(temp.path().join("state"));
        let dir = store.create("01A", &BTreeMap::new()).unwrap();
        let entries = sample(&dir);
        let mut log = dir.open(dir.read().unwrap().1).unwrap();
        let away = temp.path().join("away");
        fs::rename(dir.journal(), &away).unwrap();
        let error = log.append(&entries[1], true).unwrap_err();
        assert!(error.to_string().contains("is gone"), "{error}");
        fs::copy(&away, dir.journal()).unwrap();
        let error = log.append(&entries[1], true).unwrap_err();
        assert!(error.to_string().contains("replaced"), "{error}");
        fs::rename(&away, dir.journal()).unwrap();
        log.append(&entries[1], true).unwrap();
        fs::rename(dir.path(), &away).unwrap();
        std::os::unix::fs::symlink(temp.path(), dir.path()).unwrap();
        log.append(&entries[1], true).unwrap_err();
    }

    #[test]
    fn links_pipes_and_folders_of_others_are_refused() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("state");
        let store = Store::new(&root);
        let dir = store.create("01A", &BTreeMap::new()).unwrap();
        sample(&dir);
        let precious = temp.path().join("precious");
        fs::write(&precious, "precious").unwrap();
        for name in ["lock", "answers", "journal"] {
            let path = dir.path().join(name);
            let _absent = fs::remove_file(&path);
            symlink(&precious, &path).unwrap();
        }
        assert!(dir.lock().unwrap_err().contains("is a link"));
        assert!(dir.answers().unwrap_err().to_string().contains("is a link"));
        assert!(dir.read().unwrap_err().message.contains("is a link"));
        assert!(dir.write_file("lock", b"1").is_err());
        assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
        fs::remove_file(dir.path().join("lock")).unwrap();
        let pipe = dir.path().join("lock");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        assert!(!dir.is_running(), "it does not wait at a pipe");
        assert!(dir.lock().unwrap_err().contains("not a regular file"));
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(
            store
                .find("01A")
                .unwrap_err()
                .contains("written to by others")
        );
    }

    #[test]
    fn half_an_answer_is_not_in_the_way_of_the_next() {
        let temp = tempfile::tempdir().unwrap();
        let store = Store::new(temp.path());
        let dir = store.create("01A", &BTreeMap::new()).unwrap();
        let path = dir.path().join(ANSWERS);
        fs::write(&path, b"{\"quest\xff").unwrap();
        let answer = Answer {
            question: "0:1".into(),
            digest: "d".into(),
            by: "ana".into(),
            ..Answer::default()
        };
        dir.post_answer(&answer).unwrap();
        dir.post_answer(&answer).unwrap();
        assert_eq!(dir.answers().unwrap().len(), 2);
    }

    #[test]
    fn what_is_kept_is_nobody_elses() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().unwrap();
        let store = Store::new(temp.path().join("state"));
        let dir = store.create("01A", &BTreeMap::new()).unwrap();
        sample(&dir);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(dir.path()), 0o700);
        for file in fs::read_dir(dir.path()).unwrap().flatten() {
            assert_eq!(mode(&file.path()), 0o600, "{}", file.path().display());
        }
    }

    #[test]
    fn looking_whether_it_runs_is_in_nobodys_way() {
        let temp = tempfile::tempdir().unwrap();
        let store = Store::new(temp.path());
        let dir = store.create("01A", &BTreeMap::new()).unwrap();
        assert!(!dir.is_running());
        assert!(!dir.path().join("lock").exists(), "it only looks");
        let held = dir.lock().unwrap();
        assert!(dir.is_running());
        drop(held);
        let looking = File::open(dir.path().join("lock")).unwrap();
        looking.lock_shared().unwrap();
        let waiting = std::thread::spawn(move || {
            std::thread::sleep(PAUSE * 3);
            drop(looking);
        });
        dir.lock().unwrap();
        waiting.join().unwrap();
    }

    #[test]
    fn a_run_belongs_to_one_process() {
        let temp = tempfile::tempdir().unwrap();
        let dir = Store::new(temp.path())
            .create("01A", &BTreeMap::new())
            .unwrap();
        let held = dir.lock().unwrap();
        let other = dir.lock().unwrap_err();
        assert!(other.contains(&std::process::id().to_string()), "{other}");
        drop(held);
        dir.lock().unwrap();
    }
}

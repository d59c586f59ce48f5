//! A journal on disk: `checksum space JSON newline`, one entry a line, only ever appended to.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::Entry;

/// Where entries go.
pub trait Log: Send {
    /// Appends one entry; `sync`: and waits until nothing can take it back.
    ///
    /// # Errors
    /// Of the file system.
    fn append(&mut self, entry: &Entry, sync: bool) -> io::Result<()>;

    /// Whether another process finds what is written, and can go on from it.
    fn kept(&self) -> bool {
        false
    }
}

/// A journal on disk: each entry is a single write, and half of one is taken back.
#[derive(Debug)]
pub struct FileLog {
    file: File,
    /// Bytes of whole entries.
    length: u64,
    /// Nothing may follow any more: what is at the end is not known.
    broken: bool,
}

impl FileLog {
    /// Opens a journal file for appending, creating it if it is not there.
    ///
    /// # Errors
    /// Of the file system.
    pub fn open(path: &Path) -> io::Result<FileLog> {
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).mode(0o600).open(path)?;
        let length = file.metadata()?.len();
        Ok(FileLog {
            file,
            length,
            broken: false,
        })
    }
}

impl Log for FileLog {
    fn append(&mut self, entry: &Entry, sync: bool) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier entry could not be written"));
        }
        let line = encode(entry)?;
        if let Err(error) = self.file.write_all(&line) {
            // Whatever came behind half a line would make all of it unreadable.
            self.broken = self.file.set_len(self.length).is_err();
            return Err(error);
        }
        self.length += line.len() as u64;
        if sync && let Err(error) = self.file.sync_data() {
            self.broken = true;
            return Err(error);
        }
        Ok(())
    }

    fn kept(&self) -> bool {
        true
    }
}

/// The entry as it is when it has been written and read again.
///
/// # Errors
/// What a journal on disk could not hold.
pub fn written(entry: &Entry) -> io::Result<Entry> {
    let line = encode(entry)?;
    decode(&line[..line.len() - 1]).map_err(io::Error::other)
}

/// Nowhere but memory: plans and rehearsals.
impl Log for Vec<Entry> {
    fn append(&mut self, entry: &Entry, _sync: bool) -> io::Result<()> {
        self.push(entry.clone());
        Ok(())
    }
}

fn encode(entry: &Entry) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(entry)?;
    let mut line = format!("{:08x} ", crc32fast::hash(&json)).into_bytes();
    line.extend_from_slice(&json);
    line.push(b'\n');
    Ok(line)
}

/// What stood at the end of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// A whole entry.
    Whole,
    /// A line that was cut off while it was written; it counts as not written.
    Torn {
        /// Bytes of whole entries in front of it.
        keep: u64,
    },
}

/// Why a journal cannot be read.
#[derive(Debug)]
pub struct JournalError {
    /// The file.
    pub path: PathBuf,
    /// 1-based line; 0: the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for JournalError {}

/// Reads a journal: every whole entry, and how it ends.
///
/// # Errors
/// A line in the middle that does not match its checksum or is no entry; a file that cannot be read.
pub fn read(path: &Path) -> Result<(Vec<Entry>, Tail), JournalError> {
    let fail = |line: usize, message: String| JournalError {
        path: path.to_owned(),
        line,
        message,
    };
    let bytes = std::fs::read(path).map_err(|e| fail(0, e.to_string()))?;
    let mut entries = Vec::new();
    let mut at = 0;
    let mut number = 0;
    while at < bytes.len() {
        number += 1;
        let Some(length) = bytes[at..].iter().position(|b| *b == b'\n') else {
            return Ok((entries, Tail::Torn { keep: at as u64 }));
        };
        let line = &bytes[at..at + length];
        entries.push(decode(line).map_err(|message| fail(number, message))?);
        at += length + 1;
    }
    Ok((entries, Tail::Whole))
}

/// Reads a journal line by line and hands over the JSON of every whole entry, checked, so that not all of a long one is
/// in memory.
///
/// # Errors
/// As [`read`], but for what the JSON says.
pub fn scan(path: &Path, mut each: impl FnMut(&[u8])) -> Result<(), JournalError> {
    let fail = |line: usize, message: String| JournalError {
        path: path.to_owned(),
        line,
        message,
    };
    let file = File::open(path).map_err(|e| fail(0, e.to_string()))?;
    let mut lines = BufReader::new(file);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = lines.read_until(b'\n', &mut line);
        if read.map_err(|e| fail(0, e.to_string()))? == 0 || line.pop() != Some(b'\n') {
            break;
        }
        each(checked(&line).map_err(|message| fail(number, message))?);
    }
    Ok(())
}

fn decode(line: &[u8]) -> Result<Entry, String> {
    serde_json::from_slice(checked(line)?)
        .map_err(|e| format!("not an entry that this version of deployer knows: {e}"))
}

/// The JSON of a line that matches its checksum.
fn checked(line: &[u8]) -> Result<&[u8], String> {
    let (sum, json) = line
        .split_at_checked(9)
        .ok_or("the line is too short to be an entry")?;
    let sum = std::str::from_utf8(&sum[..8])
        .ok()
        .and_then(|hex| u32::from_str_radix(hex, 16).ok())
        .ok_or("the line does not begin with a checksum")?;
    if crc32fast::hash(json) != sum {
        return Err(
            "the entry does not match its checksum: it was changed after it was written".into(),
        );
    }
    Ok(json)
}

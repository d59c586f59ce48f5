//! A journal on disk: `checksum space JSON newline`, one entry a line, only ever appended to.
//!
//! The checksum (CRC-32) is of the JSON. Its last member is the link: the SHA-256 (hex) of the link before it and of the
//! entry without it, so that a line that was left out, added or moved does not fit. Journals of older versions have no
//! links, and are read as before.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::private::{self, Identity};
use super::{Entry, FORMAT, limits};
use crate::text::hex;

/// What a run writes its entries to: a file, or memory in tests.
pub trait Log: Send {
    /// Appends one entry; `sync`: and waits until nothing can take it back.
    ///
    /// # Errors
    /// Of the file system.
    fn append(&mut self, entry: &Entry, sync: bool) -> io::Result<()>;

    /// Whether another process finds what is written, and can go on from it.
    fn is_durable(&self) -> bool {
        false
    }
}

/// A journal on disk: each entry is a single write, and half of one is taken back.
#[derive(Debug)]
pub struct FileLog {
    file: File,
    /// Which file that is: another one at its path is not the journal.
    identity: Identity,
    /// Length of the file up to the last whole entry, in bytes.
    length: u64,
    /// The link of the last entry.
    link: String,
    /// Nothing may follow any more: what is at the end is not known.
    broken: bool,
}

impl FileLog {
    /// Opens a journal file for appending, creating it if it is not there. `link`: that of its last entry.
    ///
    /// # Errors
    /// Of the file system; a path at which something else than a file of this user is.
    pub(super) fn open(path: &Path, link: String) -> io::Result<FileLog> {
        let file = private::append(path)?;
        let length = file.metadata()?.len();
        let identity = Identity::of(path, &file)?;
        Ok(FileLog {
            file,
            identity,
            length,
            link,
            broken: false,
        })
    }
}

impl Log for FileLog {
    fn append(&mut self, entry: &Entry, sync: bool) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier entry could not be written"));
        }
        if sync {
            // What a removed file remembers, nobody finds again.
            self.identity.still_there()?;
        }
        let (link, line) = encode(entry, &self.link)?;
        if let Err(error) = self.file.write_all(&line) {
            // Whatever came behind half a line would make all of it unreadable.
            self.broken = self.file.set_len(self.length).is_err();
            return Err(error);
        }
        self.length += line.len() as u64;
        self.link = link;
        if sync && let Err(error) = self.file.sync_data() {
            self.broken = true;
            return Err(error);
        }
        Ok(())
    }

    fn is_durable(&self) -> bool {
        true
    }
}

/// The entry as it is when it has been written and read again.
///
/// # Errors
/// What a journal on disk could not hold.
pub fn written(entry: &Entry) -> io::Result<Entry> {
    let (_, line) = encode(entry, "")?;
    let json = checked(&line[..line.len() - 1]).map_err(io::Error::other)?;
    decode(json).map_err(io::Error::other)
}

/// Nowhere but memory: plans and rehearsals.
impl Log for Vec<Entry> {
    fn append(&mut self, entry: &Entry, _sync: bool) -> io::Result<()> {
        self.push(entry.clone());
        Ok(())
    }
}

/// Before and behind the 64 hex digits of a link, in the place of an entry's last brace.
const LINK: (&str, &str) = (",\"link\":\"", "\"}");
const LINK_DIGITS: usize = 64;

/// The link of an entry, and its line.
fn encode(entry: &Entry, before: &str) -> io::Result<(String, Vec<u8>)> {
    let mut json = serde_json::to_vec(entry)?;
    if limits::depth(&json) > limits::MOST_DEEP_ENTRY {
        let message = "an entry nests too deeply to be read again";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    let link = link(before, &json);
    json.pop();
    json.extend_from_slice(LINK.0.as_bytes());
    json.extend_from_slice(link.as_bytes());
    json.extend_from_slice(LINK.1.as_bytes());
    let mut line = format!("{:08x} ", crc32fast::hash(&json)).into_bytes();
    line.extend_from_slice(&json);
    line.push(b'\n');
    Ok((link, line))
}

fn link(before: &str, json: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(before.as_bytes());
    digest.update(json);
    hex::hex(digest.finalize())
}

/// The link of an entry's JSON, which must fit behind the link `before`; `None`: an older version wrote it.
fn linked<'a>(json: &'a [u8], before: &str) -> Result<Option<&'a str>, String> {
    let length = LINK.0.len() + LINK_DIGITS + LINK.1.len();
    let split = json.len().checked_sub(length).and_then(|at| {
        let (entry, rest) = json.split_at(at);
        let rest = std::str::from_utf8(rest).ok()?;
        Some((entry, rest.strip_prefix(LINK.0)?.strip_suffix(LINK.1)?))
    });
    let fits = |(entry, found): &(&[u8], &str)| link(before, &[*entry, b"}"].concat()) == *found;
    match split {
        Some(split) if fits(&split) => Ok(Some(split.1)),
        // Behind a linked entry there is no older one: it would fit anywhere.
        None if before.is_empty() => Ok(None),
        _ => Err(
            "the entry does not follow the one before it: an entry was removed, added, moved or changed"
                .into(),
        ),
    }
}

/// What stood at the end of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// The link of its last whole entry; empty: there is none, or an older version wrote it.
    pub(super) link: String,
    /// Bytes of whole entries, where a line that was cut off follows them: it counts as not written.
    pub(super) torn: Option<u64>,
}

impl Tail {
    /// The end of a journal that has not begun.
    pub fn none() -> Tail {
        Tail {
            link: String::new(),
            torn: None,
        }
    }
}

/// What is wrong with a line whose JSON is not an entry.
pub(super) const NOT_AN_ENTRY: &str = "not an entry that this version of deployer knows";
/// What is wrong with a journal that does not begin with the start of a run.
pub(super) const NO_BEGINNING: &str = "the journal has no beginning";

/// What is wrong with a journal of another format.
pub(super) fn other_format(format: u32) -> String {
    format!("written in format {format}; this version of deployer reads format {FORMAT}")
}

/// Why a journal cannot be read.
#[derive(Debug)]
pub struct JournalError {
    /// Path of the journal file.
    pub path: PathBuf,
    /// 1-based line; 0: the file as a whole.
    pub line: usize,
    /// The problem, in one line, without the path.
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
/// A line in the middle that does not fit or is not an entry; a file that cannot be read.
pub fn read(path: &Path) -> Result<(Vec<Entry>, Tail), JournalError> {
    let mut entries = Vec::new();
    let tail = scan(path, |json| {
        entries.push(decode(json)?);
        Ok(())
    })?;
    Ok((entries, tail))
}

/// Reads a journal line by line and hands over the JSON of every whole entry that fits the one before, so that not all
/// of a long one is in memory.
///
/// # Errors
/// As [`read`]; what `each` says of an entry.
pub fn scan(
    path: &Path,
    mut each: impl FnMut(&[u8]) -> Result<(), String>,
) -> Result<Tail, JournalError> {
    let fail = |line: usize, message: String| JournalError {
        path: path.to_owned(),
        line,
        message,
    };
    let file = private::read(path).map_err(|e| fail(0, e.to_string()))?;
    let mut lines = BufReader::new(file);
    let mut line = Vec::new();
    let mut tail = Tail::none();
    let mut whole = 0;
    for number in 1.. {
        line.clear();
        let read = lines.read_until(b'\n', &mut line);
        if read.map_err(|e| fail(0, e.to_string()))? == 0 {
            break;
        }
        if line.last() != Some(&b'\n') {
            tail.torn = Some(whole);
            break;
        }
        whole += line.len() as u64;
        line.pop();
        let json = checked(&line).map_err(|message| fail(number, message))?;
        let link = linked(json, &tail.link).map_err(|message| fail(number, message))?;
        each(json).map_err(|message| fail(number, message))?;
        if let Some(link) = link {
            link.clone_into(&mut tail.link);
        }
    }
    Ok(tail)
}

/// Reads an entry that was written: its depth was bounded then, and is again.
pub(super) fn decode(json: &[u8]) -> Result<Entry, String> {
    if limits::depth(json) > limits::MOST_DEEP_ENTRY {
        return Err("it nests deeper than any entry that is written".to_owned());
    }
    let mut reader = serde_json::Deserializer::from_slice(json);
    reader.disable_recursion_limit();
    Entry::deserialize(&mut reader)
        .and_then(|entry| reader.end().map(|()| entry))
        .map_err(|e| format!("{NOT_AN_ENTRY}: {e}"))
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

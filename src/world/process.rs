//! A process, as a world is asked to run it.

use crate::text::shell;
use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::vocabulary::{Fault, Retry, codes};

/// One process. It is run without a shell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProcessCommand {
    /// The program: a path, or a name that is looked up in `PATH`.
    pub program: String,
    /// Its arguments; other users of the machine can see them.
    #[serde(default)]
    pub args: Vec<String>,
    /// Environment, added to what every program gets.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Variables of deployer's own environment that it gets as well: names, or beginnings of names (`GH_*`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inherit: Vec<String>,
    /// Directory to run in, where it is not the current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dir: Option<String>,
    /// Text for its standard input; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// For the whole process, in milliseconds; it is killed then, with all that it has started.
    pub timeout_ms: u64,
    /// Whether it is declared to change nothing.
    #[serde(default)]
    pub reads: bool,
    /// The name by which a later process can tell whether this one, or what it has started, still runs.
    #[serde(skip)]
    pub mark: Option<String>,
}

impl ProcessCommand {
    /// As a person would type it, shortened.
    pub fn words(&self) -> String {
        const LONGEST: usize = 120;
        let words: Vec<String> = std::iter::once(&self.program)
            .chain(&self.args)
            .map(|word| shell::quote(word))
            .collect();
        let whole = words.join(" ");
        match whole.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &whole[..end]),
            None => whole,
        }
    }
}

/// A [`ProcessCommand`] that is declared to read; it cannot be made from any other.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadProcess(ProcessCommand);

impl ReadProcess {
    /// `None` for a process that may change something.
    pub fn new(command: ProcessCommand) -> Option<Self> {
        command.reads.then_some(ReadProcess(command))
    }

    /// The process that was checked to read only.
    pub fn command(&self) -> &ProcessCommand {
        &self.0
    }
}

/// Where a process writes a line to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output of the process.
    Out,
    /// Standard error of the process.
    Err,
}

/// How a process ended, and what it printed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProcessOutput {
    /// Exit code; 128 and the signal's number, where one ended it.
    pub status: i32,
    /// Number of the signal that ended it; absent: it exited by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// At most 1 MiB, its beginning.
    pub stdout: String,
    /// At most 1 MiB, its beginning.
    pub stderr: String,
}

/// The fault of a process that was killed for its time.
pub(super) fn process_timed_out(command: &ProcessCommand) -> Fault {
    let limit = Duration::from_millis(command.timeout_ms);
    Fault::new(
        codes::PROCESS_TIMED_OUT,
        format!("`{}` was killed after {limit:?}", command.words()),
    )
    .hint("give it more time with timeout: \"30m\"")
    .retry(Retry::Never)
}

//! A run in a list.

use jiff::Timestamp;
use serde::Deserialize;

use super::file::{self, JournalError};
use super::{Entry, FORMAT, RunDir};
use crate::vocabulary::event::{self, EventKind};
use crate::vocabulary::outcome::Ending;

/// A run as `deployer runs` lists it, read from its journal.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalSummary {
    /// Id of the run, a ULID.
    pub run: String,
    /// Path of the pipeline as it was given.
    pub pipeline: String,
    /// What the script says that it deploys.
    pub title: Option<String>,
    /// When the run started, in its world's time.
    pub started: Timestamp,
    /// When its last entry was written.
    pub last: Timestamp,
    /// The last ending that was recorded, if the run was left at all.
    pub ending: Option<Ending>,
    /// Whether people were asked something that has no end yet.
    pub asks: bool,
    /// Whether a process holds it now.
    pub running: bool,
}

/// The kinds of entries, by their names in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Started,
    Resumed,
    Intent,
    Result,
    Asked,
    Answered,
    Told,
    Finished,
}

/// As much of an entry as a list needs of most of them.
#[derive(Deserialize)]
struct Brief {
    entry: Kind,
    /// When it was written; absent: the event says so.
    at: Option<Timestamp>,
    event: Option<BriefEvent>,
}

/// As much of an event.
#[derive(Deserialize)]
struct BriefEvent {
    at: Timestamp,
}

/// A summary while its journal is read.
#[derive(Default)]
struct Summarizing {
    started: Option<(String, String, Timestamp)>,
    title: Option<String>,
    last: Option<Timestamp>,
    ending: Option<Ending>,
    /// Keys of the calls that ask people and have no result.
    asked: Vec<String>,
}

impl Summarizing {
    /// Takes in the JSON of an entry.
    fn take(&mut self, json: &[u8]) -> Result<(), String> {
        let brief: Brief =
            serde_json::from_slice(json).map_err(|e| format!("{}: {e}", file::NOT_AN_ENTRY))?;
        if !matches!(brief.entry, Kind::Asked | Kind::Answered) {
            self.last = brief.at.or(brief.event.map(|event| event.at));
        }
        let wanted = match brief.entry {
            Kind::Started | Kind::Asked | Kind::Finished => true,
            Kind::Told => self.title.is_none(),
            Kind::Result => !self.asked.is_empty(),
            Kind::Resumed => {
                self.ending = None;
                false
            }
            Kind::Intent | Kind::Answered => false,
        };
        match wanted {
            true => self.entry(file::decode(json)?),
            false => Ok(()),
        }
    }

    fn entry(&mut self, entry: Entry) -> Result<(), String> {
        match entry {
            Entry::Started {
                format,
                run,
                pipeline,
                at,
                ..
            } => {
                if format != FORMAT {
                    return Err(file::other_format(format));
                }
                self.started = Some((run, pipeline, at));
            }
            Entry::Event { event, .. } => {
                if let EventKind::Title(event::Title { text }) = event.kind {
                    self.title = Some(text);
                }
            }
            Entry::Asked { question, .. } => self.asked.push(question.id),
            Entry::Result { key, .. } => self.asked.retain(|open| *open != key),
            Entry::Finished { ending, .. } => self.ending = Some(*ending),
            Entry::Resumed { .. } | Entry::Intent { .. } | Entry::Answered { .. } => {}
        }
        Ok(())
    }
}

impl JournalSummary {
    /// Reads what a list shows of a run; of a long journal only that.
    pub(super) fn of(dir: &RunDir) -> Result<JournalSummary, JournalError> {
        let mut reading = Summarizing::default();
        file::scan(&dir.journal(), |json| reading.take(json))?;
        let Some((run, pipeline, started)) = reading.started else {
            return Err(JournalError {
                path: dir.journal(),
                line: 1,
                message: file::NO_BEGINNING.to_owned(),
            });
        };
        Ok(JournalSummary {
            run,
            pipeline,
            title: reading.title,
            started,
            last: reading.last.unwrap_or(started),
            asks: !reading.asked.is_empty(),
            ending: reading.ending,
            running: dir.is_running(),
        })
    }
}

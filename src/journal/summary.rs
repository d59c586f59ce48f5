//! A run in a list.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::file::{self, JournalError};
use super::{Entry, FORMAT, RunDir};

/// A run in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalSummary {
    /// Run id.
    pub run: String,
    /// Path of the pipeline as it was given.
    pub pipeline: String,
    /// What the script says that it deploys.
    pub title: Option<String>,
    /// When it started.
    pub started: Timestamp,
    /// When its last entry was written.
    pub last: Timestamp,
    /// The last ending that was recorded (`vocabulary::outcome::Ending`), if the run was left at all.
    pub ending: Option<Value>,
    /// Whether people were asked something that has no end yet.
    pub asks: bool,
    /// Whether a process holds it now.
    pub running: bool,
}

/// When an entry was written.
#[derive(Deserialize)]
struct At {
    at: Timestamp,
}

impl JournalSummary {
    /// Reads what a list shows of a run; of a long journal only that.
    pub(super) fn of(dir: &RunDir) -> Result<JournalSummary, JournalError> {
        let mut first = None;
        let mut title = None;
        let mut last = Vec::new();
        let mut ending = None;
        let mut entries = 0;
        let mut asked: Vec<String> = Vec::new();
        file::scan(&dir.journal(), |json| {
            entries += 1;
            let entry = || file::decode(json).ok();
            // The kind comes first, as it is written.
            let is = |kind: &str| json.starts_with(format!("{{\"entry\":\"{kind}\"").as_bytes());
            if entries == 1 {
                first = entry();
            } else if is("told") {
                title = title.take().or_else(|| entry().as_ref().and_then(titled));
                return;
            } else if is("resumed") {
                ending = None;
            } else if is("finished")
                && let Some(Entry::Finished { ending: found, .. }) = entry()
            {
                ending = Some(found);
            }
            match (is("asked"), is("result") && !asked.is_empty()) {
                (true, _) => asked.extend(entry().and_then(|entry| match entry {
                    Entry::Asked { question, .. } => Some(question.id),
                    _ => None,
                })),
                (false, true) => {
                    if let Some(Entry::Result { key, .. }) = entry() {
                        asked.retain(|open| *open != key);
                    }
                }
                (false, false) => {}
            }
            if !is("asked") && !is("answered") {
                last.clear();
                last.extend_from_slice(json);
            }
        })?;
        let Some(Entry::Started {
            format: FORMAT,
            run,
            pipeline,
            at,
            ..
        }) = first
        else {
            // It says what is wrong.
            dir.read()?;
            unreachable!("read() refuses a journal without a start that is known")
        };
        let last = serde_json::from_slice::<At>(&last).map_or(at, |last| last.at);
        Ok(JournalSummary {
            run,
            pipeline,
            title,
            started: at,
            last,
            asks: !asked.is_empty(),
            ending,
            running: dir.is_running(),
        })
    }
}

fn titled(entry: &Entry) -> Option<String> {
    match entry {
        Entry::Told { event, .. } if event["event"] == "title" => {
            Some(event["text"].as_str()?.to_owned())
        }
        _ => None,
    }
}

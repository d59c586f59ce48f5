//! What was recorded, by place: replay asks here before anything is done.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::Entry;
use crate::vocabulary::{Answer, Effect, Fault, Question};

/// A call as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedCall {
    /// Full name of the verb: `ecs::update_service`.
    pub primitive: String,
    /// What the call does: it reads, writes, waits or asks.
    pub effect: Effect,
    /// Arguments of the call, as the script gave them.
    pub input: Value,
    /// When the call was first made, in the world's time.
    pub at: Timestamp,
    /// Deadline of a wait or a question, computed when the call was first made; `None`: it has none.
    pub deadline: Option<Timestamp>,
    /// How long processes were at it, as far as the journal shows: up to the last entry of each.
    pub spent: Duration,
    /// What came of it; `None`: in doubt (writes), or still going on (waits, questions).
    pub result: Option<(Result<Value, Fault>, Timestamp)>,
    /// The question that the call put to people; `None`: it asked nothing.
    pub question: Option<Question>,
    /// What they have answered so far.
    pub answers: Vec<Answer>,
}

/// The recorded calls, and which of them the script has not made again yet.
#[derive(Debug, Default)]
pub struct Cursor {
    calls: HashMap<String, RecordedCall>,
    waiting: Vec<String>,
    told: usize,
    /// When the process that wrote last began or went on, and when it wrote its last entry.
    lived: (Timestamp, Timestamp),
}

impl Cursor {
    /// Folds entries into calls.
    ///
    /// # Errors
    /// A sequence of entries that no run writes (line number from 1, and what is wrong).
    pub fn new(entries: &[Entry]) -> Result<Cursor, (usize, String)> {
        let mut cursor = Cursor::default();
        for (index, entry) in entries.iter().enumerate() {
            cursor
                .take(index, entry)
                .map_err(|message| (index + 1, message))?;
        }
        cursor.spend();
        Ok(cursor)
    }

    /// Counts the life of a process to the calls that it left open.
    fn spend(&mut self) {
        let (began, ended) = self.lived;
        for call in self.calls.values_mut().filter(|call| call.result.is_none()) {
            let life = ended.duration_since(call.at.max(began));
            call.spent += Duration::try_from(life).unwrap_or_default();
        }
    }

    fn take(&mut self, index: usize, entry: &Entry) -> Result<(), String> {
        if let Entry::Resumed { at, .. } = entry {
            self.spend();
            self.lived.0 = *at;
        }
        self.lived.1 = self.lived.1.max(entry.at());
        match entry {
            Entry::Started { .. } if index > 0 => return Err("a second start".into()),
            Entry::Started { at, .. } => self.lived.0 = *at,
            _ if index == 0 => return Err("the first entry is not a start".into()),
            Entry::Intent {
                key,
                primitive,
                effect,
                input,
                deadline,
                at,
                ..
            } => {
                let recorded = RecordedCall {
                    primitive: primitive.clone(),
                    effect: *effect,
                    input: input.clone(),
                    at: *at,
                    deadline: *deadline,
                    spent: Duration::ZERO,
                    result: None,
                    question: None,
                    answers: Vec::new(),
                };
                if self.calls.insert(key.clone(), recorded).is_some() {
                    return Err(format!("a second intent for call {key}"));
                }
                self.waiting.push(key.clone());
            }
            Entry::Result { key, result, at } => {
                let call = self
                    .calls
                    .get_mut(key)
                    .ok_or_else(|| format!("a result for call {key}, which has no intent"))?;
                if call.result.replace((result.clone(), *at)).is_some() {
                    return Err(format!("a second result for call {key}"));
                }
            }
            Entry::Asked { question, .. } => {
                self.calls
                    .get_mut(&question.id)
                    .ok_or_else(|| {
                        format!("a question of call {}, which has no intent", question.id)
                    })?
                    .question = Some(question.clone());
            }
            Entry::Answered { answer, .. } => {
                self.calls
                    .get_mut(&answer.question)
                    .ok_or_else(|| {
                        format!("an answer to call {}, which has no intent", answer.question)
                    })?
                    .answers
                    .push(answer.clone());
            }
            Entry::Event { scripted, .. } => self.told += usize::from(*scripted),
            Entry::Resumed { .. } | Entry::Finished { .. } => {}
        }
        Ok(())
    }

    /// The recorded call at `key`, which from now on counts as made again.
    pub fn replay(&mut self, key: &str) -> Option<RecordedCall> {
        let recorded = self.calls.remove(key)?;
        self.waiting.retain(|k| k != key);
        Some(recorded)
    }

    /// The first recorded call that has not been made again.
    pub fn left_over(&self) -> Option<(&str, &RecordedCall)> {
        let key = self.waiting.first()?;
        self.calls.get(key).map(|call| (key.as_str(), call))
    }

    /// Whether the next scripted event is already in the journal.
    pub fn already_told(&mut self) -> bool {
        let told = self.told > 0;
        self.told = self.told.saturating_sub(1);
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{Line, Site};
    use serde_json::json;

    fn started() -> Entry {
        Entry::Started {
            format: super::super::FORMAT,
            run: "r".into(),
            pipeline: "p".into(),
            params: json!({}),
            deployer: "0".into(),
            sources: Default::default(),
            overridden: Vec::new(),
            plan: None,
            aws: std::collections::BTreeMap::new(),
            by: String::new(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn intent(key: &str) -> Entry {
        Entry::Intent {
            key: key.into(),
            primitive: "ecs::run_task".into(),
            effect: Effect::Write,
            input: json!({}),
            line: Line::default(),
            step: None,
            site: Site::default(),
            undoing: false,
            closing: false,
            deadline: None,
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn result(key: &str) -> Entry {
        Entry::Result {
            key: key.into(),
            result: Ok(json!(1)),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_write_without_result_is_in_doubt() {
        let mut cursor =
            Cursor::new(&[started(), intent("0:1"), result("0:1"), intent("0:2")]).unwrap();
        assert!(cursor.replay("0:1").unwrap().result.is_some());
        assert_eq!(cursor.left_over().unwrap().0, "0:2");
        assert!(cursor.replay("0:2").unwrap().result.is_none());
        assert!(cursor.replay("0:3").is_none());
    }

    #[test]
    fn sequences_that_no_run_writes_are_refused() {
        let line = |entries: &[Entry]| Cursor::new(entries).unwrap_err().0;
        assert_eq!(line(&[intent("0:1")]), 1);
        assert_eq!(line(&[started(), result("0:1")]), 2);
        assert_eq!(line(&[started(), intent("0:1"), intent("0:1")]), 3);
        assert_eq!(
            line(&[started(), intent("0:1"), result("0:1"), result("0:1")]),
            4
        );
    }
}

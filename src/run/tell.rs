//! Telling: every event goes to the listener, and those that `show` needs go into the journal.

use std::sync::PoisonError;

use super::Run;
use crate::journal::Entry;
use crate::primitive::Tell;
use crate::vocabulary::event::{EVENT_VERSION, Event, EventKind};
use crate::vocabulary::{Progress, Stop};

/// Whether an event is kept in the journal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It follows from other entries.
    Never,
    /// The script drives it: a replay tells it again, and it is not written twice.
    ByScript,
    /// The world drives it.
    ByWorld,
}

/// Lines that a run keeps of what one call says; all are shown.
const KEPT_LINES: usize = 2_000;
/// Bytes of them.
const KEPT_BYTES: usize = 256 << 10;
/// Events that a run keeps of what its script says of itself.
const KEPT_SCRIPTED: usize = 20_000;

/// How much of what is said has been kept.
#[derive(Default)]
pub(super) struct Kept {
    /// The call that said something last, its lines and their bytes.
    call: (String, usize, usize),
    scripted: usize,
}

impl Kept {
    /// Whether there is room for another line of a call; what is kept in its place when there is none any more.
    fn line(&mut self, key: &str, line: &str) -> Option<String> {
        if self.call.0 != key {
            self.call = (key.to_owned(), 0, 0);
        }
        let (_, lines, bytes) = &mut self.call;
        let full = |lines: usize, bytes: usize| lines > KEPT_LINES || bytes > KEPT_BYTES;
        let was_full = full(*lines, *bytes);
        *lines += 1;
        *bytes += line.len();
        match (was_full, full(*lines, *bytes)) {
            (true, _) => None,
            (false, true) => Some("(what it says from here on is not kept)".to_owned()),
            (false, false) => Some(line.to_owned()),
        }
    }
}

impl Run {
    pub(super) fn tell(&self, kind: EventKind, told: Told) {
        let event = self.event(self.hushed_event(kind));
        if told != Told::Never {
            self.keep(&event, told);
        }
        let mut listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        listener(&event);
    }

    fn event(&self, kind: EventKind) -> Event {
        Event {
            version: EVENT_VERSION,
            at: self.now(),
            kind,
        }
    }

    fn keep(&self, event: &Event, told: Told) {
        let scripted = told == Told::ByScript;
        {
            let mut state = self.state();
            // What a halt makes the script do is no part of the run.
            if state.halt.is_some() || (scripted && state.cursor.already_told()) {
                return;
            }
            state.kept.scripted += usize::from(scripted);
            if scripted && state.kept.scripted > KEPT_SCRIPTED {
                return;
            }
        }
        if let Ok(event) = serde_json::to_value(event) {
            // A journal that cannot be written halts the run; there is nothing else to do here.
            let _halted = self.record(&Entry::Told { event, scripted }, false);
        }
    }

    /// Takes in what a primitive tells; an answer is on disk before anything follows from it.
    pub(super) fn heard(&self, key: &str, told: Tell) -> Result<(), Stop> {
        let key = key.to_owned();
        let at = self.world.now();
        match self.hushed_tell(told) {
            Tell::Progress(progress) => {
                let news = progress.news.as_deref();
                let line = news.and_then(|news| self.state().kept.line(&key, news));
                if let Some(line) = line {
                    let kept = Progress {
                        news: Some(line),
                        ..progress.clone()
                    };
                    let kind = EventKind::Progress {
                        key: key.clone(),
                        progress: kept,
                    };
                    self.keep(&self.event(kind), Told::ByWorld);
                }
                self.tell(EventKind::Progress { key, progress }, Told::Never);
            }
            Tell::Asked(question) => {
                let entry = Entry::Asked {
                    question: question.clone(),
                    at,
                };
                self.record(&entry, true)?;
                self.tell(EventKind::Asked { question }, Told::Never);
            }
            Tell::Answered(answer) => {
                let entry = Entry::Answered {
                    answer: answer.clone(),
                    at,
                };
                self.record(&entry, true)?;
                self.tell(EventKind::Answered { answer }, Told::Never);
            }
            Tell::Remark(text) => self.tell(EventKind::Note { step: None, text }, Told::ByWorld),
            Tell::Retried {
                attempt,
                fault,
                delay,
            } => self.tell(
                EventKind::Retried {
                    key,
                    attempt,
                    fault,
                    delay_ms: u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
                },
                Told::ByWorld,
            ),
        }
        Ok(())
    }
}

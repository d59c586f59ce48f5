//! Emitting: every event goes to the listener, and those that `show` needs go into the journal.

use super::Run;
use crate::journal::Entry;
use crate::primitive::Signal;
use crate::sync::Lock;
use crate::vocabulary::event::{self, EVENT_VERSION, Event, EventKind};
use crate::vocabulary::{Progress, Stop};

/// Who drives an event, which decides whether the journal has an entry of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Persistence {
    /// It follows from other entries: it is not written.
    Derived,
    /// The script drives it: it is written once, and a replay emits it again without writing it.
    Script,
    /// The world drives it: it is written, and a replay does not emit it.
    World,
}

/// Lines that a run keeps of what one call says; all are shown.
const MOST_LINES: usize = 2_000;
/// Bytes of such lines that a run keeps of one call.
const MOST_BYTES: usize = 256 << 10;
/// Events that a run keeps of what its script says of itself.
const MOST_SCRIPTED: usize = 20_000;

/// How much of what is said has been kept.
#[derive(Default)]
pub(super) struct LogQuota {
    /// The call that said something last, its lines and their bytes.
    call: (String, usize, usize),
    scripted: usize,
}

impl LogQuota {
    /// Whether there is room for another line of a call; what is kept in its place when there is none any more.
    fn line(&mut self, key: &str, line: &str) -> Option<String> {
        if self.call.0 != key {
            self.call = (key.to_owned(), 0, 0);
        }
        let (_, lines, bytes) = &mut self.call;
        let full = |lines: usize, bytes: usize| lines > MOST_LINES || bytes > MOST_BYTES;
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
    pub(super) fn emit(&self, kind: EventKind, persistence: Persistence) {
        let event = self.event(self.redacted_event(kind));
        if persistence != Persistence::Derived {
            self.write_event(&event, persistence);
        }
        let mut listener = self.listener.locked();
        listener(&event);
    }

    fn event(&self, kind: EventKind) -> Event {
        Event {
            version: EVENT_VERSION,
            at: self.now(),
            kind,
        }
    }

    fn write_event(&self, event: &Event, persistence: Persistence) {
        let scripted = persistence == Persistence::Script;
        {
            let mut state = self.state();
            // What a halt makes the script do is not part of the run.
            if state.halt.is_some() || (scripted && state.cursor.already_told()) {
                return;
            }
            state.quota.scripted += usize::from(scripted);
            if scripted && state.quota.scripted > MOST_SCRIPTED {
                return;
            }
        }
        let entry = Entry::Event {
            event: event.clone(),
            scripted,
        };
        // A journal that cannot be written halts the run; there is nothing else to do here.
        let _halted = self.record(&entry, false);
    }

    /// Takes in what a primitive tells; an answer is on disk before anything follows from it.
    pub(super) fn on_signal(&self, key: &str, signal: Signal) -> Result<(), Stop> {
        match self.redacted_signal(signal) {
            Signal::Progress(progress) => self.on_progress(key, progress),
            Signal::Asked(question) => {
                let entry = Entry::Asked {
                    question: question.clone(),
                    at: self.world.now(),
                };
                self.record(&entry, true)?;
                let asked = EventKind::Asked(event::Asked { question });
                self.emit(asked, Persistence::Derived);
            }
            Signal::Answered(answer) => {
                let entry = Entry::Answered {
                    answer: answer.clone(),
                    at: self.world.now(),
                };
                self.record(&entry, true)?;
                let answered = EventKind::Answered(event::Answered { answer });
                self.emit(answered, Persistence::Derived);
            }
            Signal::Remark(text) => {
                let note = EventKind::Note(event::Note { step: None, text });
                self.emit(note, Persistence::World);
            }
            Signal::Retried {
                attempt,
                fault,
                delay,
            } => {
                let retried = EventKind::Retried(event::Retried {
                    key: key.to_owned(),
                    attempt,
                    fault,
                    delay_ms: u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
                });
                self.emit(retried, Persistence::World);
            }
        }
        Ok(())
    }

    /// Tells how a call is going. The journal keeps what the call says of itself, as far as the quota allows.
    fn on_progress(&self, key: &str, progress: Progress) {
        let event = |progress: Progress| {
            let key = key.to_owned();
            EventKind::Progress(event::Progressed { key, progress })
        };
        let news = progress.news.as_deref();
        let line = news.and_then(|news| self.state().quota.line(key, news));
        if let Some(line) = line {
            let kept = Progress {
                news: Some(line),
                ..progress.clone()
            };
            self.write_event(&self.event(event(kept)), Persistence::World);
        }
        self.emit(event(progress), Persistence::Derived);
    }
}

//! A journal, told again: the events of a run that is over or elsewhere.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::journal::Entry;
use crate::text::elapsed::between;
use crate::vocabulary::event::{self, EVENT_VERSION, Event, EventKind};
use crate::vocabulary::outcome::Ending;
use crate::vocabulary::{Next, NextCommands};

/// The events that the entries of a journal stand for, in order. `program`: how the program is called about that run
/// (`deployer --state DIR`).
pub fn events(entries: &[Entry], program: &str) -> Vec<Event> {
    let last_finish = entries
        .iter()
        .rposition(|entry| matches!(entry, Entry::Finished { .. }));
    let mut history = History {
        program,
        run: String::new(),
        begun: HashMap::new(),
    };
    let mut events = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        // Of several processes, only the last has ended the run.
        let overtaken = matches!(entry, Entry::Finished { .. }) && Some(index) != last_finish;
        if !overtaken {
            events.extend(history.event(entry));
        }
    }
    events
}

struct History<'a> {
    program: &'a str,
    run: String,
    /// When each call began, by key.
    begun: HashMap<String, Timestamp>,
}

impl History<'_> {
    /// The event that an entry stands for, if it stands for one.
    fn event(&mut self, entry: &Entry) -> Option<Event> {
        let kind = match entry {
            Entry::Event { event, .. } => return Some(event.clone()),
            Entry::Resumed { .. } => return None,
            Entry::Started { .. } => self.started(entry)?,
            Entry::Intent { .. } => self.call(entry)?,
            Entry::Result { key, result, at } => {
                let since = self.begun.get(key).copied().unwrap_or(*at);
                EventKind::Returned(event::Returned {
                    key: key.clone(),
                    result: result.clone(),
                    elapsed_ms: between(since, *at),
                    summary: None,
                })
            }
            Entry::Asked { question, .. } => EventKind::Asked(event::Asked {
                question: question.clone(),
            }),
            Entry::Answered { answer, .. } => EventKind::Answered(event::Answered {
                answer: answer.clone(),
            }),
            Entry::Finished { ending, .. } => self.finished(ending),
        };
        Some(Event {
            version: EVENT_VERSION,
            at: entry.at(),
            kind,
        })
    }

    fn started(&mut self, entry: &Entry) -> Option<EventKind> {
        let Entry::Started {
            run,
            pipeline,
            params,
            overridden,
            ..
        } = entry
        else {
            return None;
        };
        self.run.clone_from(run);
        Some(EventKind::Started(event::Started {
            run: run.clone(),
            pipeline: pipeline.clone(),
            params: params.clone(),
            resumed: false,
            overridden: overridden.clone(),
            steps: Vec::new(),
        }))
    }

    fn call(&mut self, entry: &Entry) -> Option<EventKind> {
        let Entry::Intent {
            key,
            primitive,
            effect,
            input,
            line,
            step,
            site,
            undoing,
            closing,
            at,
            ..
        } = entry
        else {
            return None;
        };
        self.begun.insert(key.clone(), *at);
        Some(EventKind::Call(event::Call {
            key: key.clone(),
            primitive: primitive.clone(),
            effect: *effect,
            input: input.clone(),
            line: line.clone(),
            step: step.clone(),
            site: site.clone(),
            replayed: false,
            undoing: *undoing,
            closing: *closing,
        }))
    }

    fn finished(&self, ending: &Ending) -> EventKind {
        let next = Next::after(ending.outcome, ending.halt.as_ref());
        EventKind::Finished(event::Finished {
            run: self.run.clone(),
            ending: Box::new(Ending {
                next: NextCommands::new(self.program, &self.run, next),
                ..ending.clone()
            }),
        })
    }
}

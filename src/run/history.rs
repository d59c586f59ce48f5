//! A journal, told again: the events of a run that is over or elsewhere.

use serde_json::Value;

use super::elapsed_ms;
use crate::journal::Entry;
use crate::vocabulary::event::{self, EVENT_VERSION, Event, EventKind};

/// The events that the entries of a journal stand for, in order.
pub fn events(entries: &[Entry]) -> Vec<Event> {
    let mut run = String::new();
    let mut begun = std::collections::HashMap::new();
    let mut events = Vec::new();
    let last_finish = entries
        .iter()
        .rposition(|e| matches!(e, Entry::Finished { .. }));
    for (index, entry) in entries.iter().enumerate() {
        let told = match entry {
            Entry::Started {
                run: id,
                pipeline,
                params,
                overridden,
                at,
                ..
            } => {
                run.clone_from(id);
                let kind = EventKind::Started(event::Started {
                    run: id.clone(),
                    pipeline: pipeline.clone(),
                    params: params.clone(),
                    resumed: false,
                    overridden: overridden.clone(),
                    steps: Vec::new(),
                });
                Some((*at, kind))
            }
            Entry::Intent {
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
            } => {
                begun.insert(key.clone(), *at);
                let kind = EventKind::Call(event::Call {
                    key: key.clone(),
                    primitive: primitive.clone(),
                    effect: *effect,
                    input: input.clone(),
                    line: serde_json::from_value(line.clone()).unwrap_or_default(),
                    step: step.clone(),
                    site: site.clone(),
                    replayed: false,
                    undoing: *undoing,
                    closing: *closing,
                });
                Some((*at, kind))
            }
            Entry::Result { key, result, at } => {
                let since = begun.get(key).copied().unwrap_or(*at);
                let kind = EventKind::Returned(event::Returned {
                    key: key.clone(),
                    result: result.clone(),
                    elapsed_ms: elapsed_ms(since, *at),
                    summary: None,
                });
                Some((*at, kind))
            }
            Entry::Asked { question, at } => Some((
                *at,
                EventKind::Asked(event::Asked {
                    question: question.clone(),
                }),
            )),
            Entry::Answered { answer, at } => Some((
                *at,
                EventKind::Answered(event::Answered {
                    answer: answer.clone(),
                }),
            )),
            Entry::Told { event, .. } => {
                events.extend(serde_json::from_value::<Event>(event.clone()).ok());
                None
            }
            Entry::Finished { ending, at, .. } if Some(index) == last_finish => {
                finished(&run, ending).map(|kind| (*at, kind))
            }
            Entry::Finished { .. } | Entry::Resumed { .. } => None,
        };
        events.extend(told.map(|(at, kind)| Event {
            version: EVENT_VERSION,
            at,
            kind,
        }));
    }
    events
}

fn finished(run: &str, ending: &Value) -> Option<EventKind> {
    Some(EventKind::Finished(event::Finished {
        run: run.to_owned(),
        ending: Box::new(serde_json::from_value(ending.clone()).ok()?),
    }))
}

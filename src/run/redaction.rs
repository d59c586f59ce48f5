//! What a run must not say: every text goes through here before it is journalled, shown, or given to the script.

use std::sync::Arc;

use serde_json::Value;

use super::Run;
use super::attempt::Attempt;
use crate::primitive::{Signal, secret_ref};
use crate::vocabulary::event::{self, EventKind};
use crate::vocabulary::outcome::Ending;
use crate::vocabulary::{Change, Fault, Line, Stop};

impl Run {
    /// A result without the secrets that the run knows. A setting of AWS's is passed on as it is: what would be taken
    /// out of a task definition, the next revision would lack.
    pub(super) fn redacted(
        &self,
        attempt: &Attempt<'_>,
        result: Result<Value, Fault>,
    ) -> Result<Value, Fault> {
        if self.secrets.is_empty() {
            return result;
        }
        match result {
            Ok(output) if attempt.call.returns_settings() => Ok(output),
            Ok(output) => Ok(self.secrets.json(&output)),
            Err(fault) => Err(self.secrets.fault(fault)),
        }
    }

    /// Before anything is done that is not recorded, the run learns again what it knew.
    pub(super) fn relearn(self: &Arc<Self>, attempt: &Attempt<'_>) -> Result<(), Stop> {
        let owed = std::mem::take(&mut self.state().owed);
        for reference in owed {
            let learned = self.with_context(attempt, |cx| secret_ref::relearn(cx, &reference));
            learned.map_err(|stop| self.sticky(stop))?;
        }
        Ok(())
    }

    /// What a primitive tells, without the secrets.
    pub(super) fn redacted_signal(&self, signal: Signal) -> Signal {
        if self.secrets.is_empty() {
            return signal;
        }
        match signal {
            Signal::Progress(mut progress) => {
                for text in [
                    &mut progress.waiting_for,
                    &mut progress.until,
                    &mut progress.state,
                ] {
                    *text = self.secrets.text(text);
                }
                progress.news = progress.news.map(|news| self.secrets.text(&news));
                Signal::Progress(progress)
            }
            Signal::Remark(text) => Signal::Remark(self.secrets.text(&text)),
            Signal::Retried {
                attempt,
                fault,
                delay,
            } => Signal::Retried {
                attempt,
                fault: self.secrets.fault(fault),
                delay,
            },
            // Their digest is what an answer names: they are what the script said, which knows no secrets.
            Signal::Asked(_) | Signal::Answered(_) => signal,
        }
    }

    /// A copy of an event in which secret values are masked.
    pub(super) fn redacted_event(&self, mut kind: EventKind) -> EventKind {
        if self.secrets.is_empty() {
            return kind;
        }
        match &mut kind {
            EventKind::Title(event::Title { text })
            | EventKind::Note(event::Note { text, .. })
            | EventKind::Printed(event::Printed { text, .. }) => *text = self.secrets.text(text),
            EventKind::Call(event::Call { input, line, .. }) => {
                *input = self.secrets.json(input);
                *line = self.redacted_line(line);
            }
            EventKind::Returned(event::Returned {
                result, summary, ..
            }) => {
                *result = match &*result {
                    Ok(output) => Ok(self.secrets.json(output)),
                    Err(fault) => Err(self.secrets.fault(fault.clone())),
                };
                *summary = summary.take().map(|text| self.secrets.text(&text));
            }
            EventKind::UndoEnded(event::UndoEnded {
                fault: Some(fault), ..
            }) => *fault = self.secrets.fault(fault.clone()),
            EventKind::Reconciled(event::Reconciled { how, .. }) => *how = self.secrets.text(how),
            _ => {}
        }
        kind
    }

    fn redacted_line(&self, line: &Line) -> Line {
        Line {
            object: self.secrets.text(&line.object),
            detail: self.secrets.text(&line.detail),
            rules: line
                .rules
                .iter()
                .map(|rule| self.secrets.text(rule))
                .collect(),
            changes: line
                .changes
                .iter()
                .map(|change| self.redacted_change(change))
                .collect(),
            ..line.clone()
        }
    }

    fn redacted_change(&self, change: &Change) -> Change {
        Change {
            from: self.secrets.json(&change.from),
            to: self.secrets.json(&change.to),
            ..change.clone()
        }
    }

    /// An ending without the secrets: a script may throw what it was told.
    pub(super) fn redacted_ending(&self, mut ending: Ending) -> Ending {
        if self.secrets.is_empty() {
            return ending;
        }
        ending.fault = ending.fault.map(|fault| self.secrets.fault(fault));
        ending.message = ending.message.map(|text| self.secrets.text(&text));
        for cause in &mut ending.causes {
            cause.text = self.secrets.text(&cause.text);
        }
        for left in &mut ending.left {
            left.text = self.secrets.text(&left.text);
        }
        ending
    }
}

//! Plain lines for logs: one per happening, with its time, never redrawn.

use std::collections::HashMap;
use std::io::Write;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Reporter;
use super::change;
use super::describe::{begins, had, name, sign, text};
use super::elapsed::elapsed;
use super::ending::ending_rows;
use super::plain_open::{Open, detail};
use super::shorten_ids::shorten_ids;
use super::styled_line::{Paint, Row};
use super::view::{View, says};
use crate::vocabulary::event::{self, Event, EventKind, StepResult};
use crate::vocabulary::{Effect, Fault, Line, Progress};

/// A call that took this long is worth a line, in milliseconds.
const LATE_MS: u64 = 5_000;
/// While something is waited for, a passing fault is worth a line from this attempt on.
const LOUD_ATTEMPT: u32 = 3;
/// Changes of a write that are listed.
const CHANGES: usize = 12;
/// Columns for what has no time in front.
const WIDTH: usize = 120;
/// A wait that says nothing of itself is worth a line from this limit on, in milliseconds.
const WORTH_MS: u64 = 30_000;

/// Writes lines.
pub struct Plain<W> {
    out: W,
    colour: bool,
    view: View,
    date: Option<Date>,
    replayed: usize,
    calls: HashMap<String, Open>,
    /// What the last call came to: a script that remarks the same says nothing new.
    came_to: Option<String>,
}

impl<W: Write + Send> Plain<W> {
    /// Writes to `out`.
    pub fn new(out: W, colour: bool) -> Self {
        Plain {
            out,
            colour,
            view: View::default(),
            date: None,
            replayed: 0,
            calls: HashMap::new(),
            came_to: None,
        }
    }

    fn say(&mut self, at: Timestamp, row: Row) {
        let time = at.to_zoned(TimeZone::UTC);
        if self.date.is_some_and(|date| date != time.date()) {
            self.write(&Row::new().dim(time.date().to_string()));
        }
        self.date = Some(time.date());
        let stamp = time.strftime("%H:%M:%SZ ").to_string();
        self.write(&Row::new().dim(stamp).append(row));
    }

    fn write(&mut self, row: &Row) {
        // Nobody listening is no reason to stop a deployment.
        let line = format!("{}\n", row.render(self.colour));
        let _gone = self
            .out
            .write_all(line.as_bytes())
            .and_then(|()| self.out.flush());
    }

    /// Says how many calls were taken from the journal, once they are through.
    fn settle_replay(&mut self, at: Timestamp) {
        let n = std::mem::take(&mut self.replayed);
        if n > 0 {
            let s = if n == 1 { "" } else { "s" };
            self.say(
                at,
                detail().dim(format!("{n} call{s} replayed from the journal")),
            );
        }
    }

    fn called(&mut self, event: &Event) {
        let EventKind::Call(event::Call {
            key,
            effect,
            line,
            replayed,
            ..
        }) = &event.kind
        else {
            return;
        };
        if *replayed {
            self.replayed += 1;
        } else {
            self.settle_replay(event.at);
        }
        let mut announced = false;
        if !*replayed {
            let worth = line.at_most_ms.is_some_and(|ms| ms >= WORTH_MS);
            match effect {
                Effect::Write => {
                    let (paint, sign) = sign(line.kind);
                    let row = detail().add(paint, sign).plain(format!(" {}", text(line)));
                    self.say(event.at, row);
                    for row in change::rows(line, 0, WIDTH, CHANGES) {
                        self.say(event.at, detail().plain("    ").append(row));
                    }
                    announced = true;
                }
                Effect::Wait if worth => {
                    if let Some(text) = begins(line, None) {
                        self.say(event.at, detail().plain(text));
                        self.watched(event.at, line);
                        announced = true;
                    }
                }
                Effect::Wait | Effect::Read | Effect::Ask => {}
            }
        }
        let mut open = Open::new(line, *effect, event.at);
        open.replayed = *replayed;
        open.announced = announced;
        self.calls.insert(key.clone(), open);
    }

    /// What is watched stands line by line below it.
    fn watched(&mut self, at: Timestamp, line: &Line) {
        if line.verb == "watch" {
            for rule in line.detail.split("; ") {
                self.say(at, detail().dim("    ").plain(rule));
            }
        }
    }

    fn progressed(&mut self, at: Timestamp, key: &str, progress: &Progress) {
        let Some(open) = self.calls.get_mut(key).filter(|open| !open.replayed) else {
            return;
        };
        let rows = open.progressed(at, progress);
        for row in rows {
            self.say(at, row);
        }
    }

    fn returned(
        &mut self,
        at: Timestamp,
        key: &str,
        fault: Option<&Fault>,
        elapsed_ms: u64,
        summary: Option<&str>,
    ) {
        let acts = |open: &Open| matches!(open.effect, Effect::Write | Effect::Wait);
        // What was not worth a line when it began may have become so.
        let late = |open: &Open| acts(open) && (fault.is_some() || elapsed_ms >= LATE_MS);
        let Some(open) = self
            .calls
            .remove(key)
            .filter(|open| !open.replayed && (open.announced || late(open)))
        else {
            return;
        };
        let summary = summary.map(shorten_ids);
        let ends = |summary: &String| text(&open.line).ends_with(summary.as_str());
        let repeated = open.effect == Effect::Write && summary.as_ref().is_some_and(ends);
        self.came_to.clone_from(&summary);
        let row = match (fault, summary) {
            (Some(fault), _) => {
                let what = match open.effect {
                    Effect::Wait => String::new(),
                    _ => format!("{} failed: ", name(&open.line)),
                };
                let text = shorten_ids(&format!("{what}{fault}"));
                detail().add(Paint::Bad, "✗ ").plain(text)
            }
            (None, Some(_)) if repeated => return,
            (None, Some(summary)) => detail().dim("→ ").plain(summary),
            (None, None) if open.effect == Effect::Wait => detail().dim("→ done"),
            (None, None) => return,
        };
        let took = if open.effect == Effect::Wait && elapsed_ms >= 100 {
            format!(" · {}", elapsed(elapsed_ms))
        } else {
            String::new()
        };
        self.say(at, row.dim(took));
    }
}

impl<W: Write + Send> Reporter for Plain<W> {
    fn event(&mut self, event: &Event) {
        let at = event.at;
        self.view.apply(event);
        match &event.kind {
            EventKind::Started(event::Started {
                run,
                pipeline,
                resumed,
                overridden,
                ..
            }) => {
                let how = if *resumed { " · resumed" } else { "" };
                let date = at.strftime("%Y-%m-%d");
                self.say(
                    at,
                    Row::new()
                        .strong(pipeline)
                        .plain(format!(" · run {run}{how} · {date}")),
                );
                if !overridden.is_empty() {
                    self.say(
                        at,
                        detail().dim(format!(
                            "replaced by the project: {}",
                            overridden.join(", ")
                        )),
                    );
                }
            }
            EventKind::Title(event::Title { text }) => self.say(at, Row::new().strong(text)),
            EventKind::StepStarted(event::StepStarted { step, .. }) => {
                self.settle_replay(at);
                self.say(at, Row::new().add(Paint::Waiting, "● ").strong(step));
            }
            EventKind::StepEnded(event::StepEnded {
                step,
                elapsed_ms,
                result,
                ..
            }) => {
                self.settle_replay(at);
                let (paint, sign) = match result {
                    StepResult::Done => (Paint::Good, "✓ "),
                    StepResult::Failed => (Paint::Bad, "✗ "),
                    StepResult::Halted => (Paint::Waiting, "◦ "),
                };
                self.say(
                    at,
                    Row::new()
                        .add(paint, sign)
                        .plain(step)
                        .dim(format!(" {}", elapsed(*elapsed_ms))),
                );
            }
            EventKind::Note(event::Note { text, .. }) => {
                if self.came_to.as_ref() != Some(text) {
                    self.say(at, detail().plain(text));
                }
            }
            EventKind::Printed(event::Printed { text, .. }) => {
                for line in text.lines() {
                    self.say(at, Row::new().plain(line));
                }
            }
            EventKind::Call(_) => self.called(event),
            EventKind::Returned(event::Returned {
                key,
                result,
                elapsed_ms,
                summary,
            }) => {
                self.returned(
                    at,
                    key,
                    result.as_ref().err(),
                    *elapsed_ms,
                    summary.as_deref(),
                );
            }
            EventKind::Progress(event::Progressed { key, progress }) => {
                self.progressed(at, key, progress)
            }
            EventKind::Retried(event::Retried {
                key,
                attempt,
                fault,
                delay_ms,
            }) => {
                let open = self.calls.get(key);
                let waits = open.is_some_and(|open| open.effect == Effect::Wait);
                if waits && *attempt < LOUD_ATTEMPT {
                    return;
                }
                let what = open.map(|open| name(&open.line)).unwrap_or_default();
                let again = format!(
                    "{what}: attempt {attempt} failed ({fault}), again in {}",
                    elapsed(*delay_ms)
                );
                self.say(at, detail().add(Paint::Waiting, "↻ ").plain(again));
            }
            EventKind::Reconciled(event::Reconciled { key, happened, how }) => {
                self.settle_replay(at);
                let what = self
                    .calls
                    .get(key)
                    .map(|open| name(&open.line))
                    .unwrap_or_else(|| key.clone());
                let had = had(*happened);
                self.say(
                    at,
                    detail()
                        .add(Paint::Waiting, "? ")
                        .plain(format!("{what}, whose result was missing, {had} ({how})")),
                );
            }
            EventKind::Asked(event::Asked { question }) => {
                self.settle_replay(at);
                let of = if question.roles.is_empty() {
                    String::new()
                } else {
                    format!(" · {}", question.roles.join(", "))
                };
                self.say(
                    at,
                    detail()
                        .add(Paint::Waiting, "? ")
                        .plain(format!("{}{of}", question.title)),
                );
            }
            EventKind::Answered(event::Answered { answer }) => {
                let (paint, sign) = if answer.approved {
                    (Paint::Good, "✓ ")
                } else {
                    (Paint::Bad, "✗ ")
                };
                self.say(at, detail().add(paint, sign).plain(says(answer)));
            }
            EventKind::UndoRegistered(_) => {}
            EventKind::UndoStarted(event::UndoStarted { label }) => self.say(
                at,
                Row::new()
                    .add(Paint::Waiting, "↶ ")
                    .strong("Undo")
                    .plain(format!(" {label}")),
            ),
            EventKind::UndoEnded(event::UndoEnded {
                label,
                elapsed_ms,
                fault,
            }) => {
                let took = format!(" {}", elapsed(*elapsed_ms));
                let row = match fault {
                    None => Row::new()
                        .add(Paint::Good, "✓ ")
                        .plain(format!("Undo {label}"))
                        .dim(took),
                    Some(fault) => Row::new()
                        .add(Paint::Bad, "✗ ")
                        .plain(format!("Undo {label} failed: {fault}"))
                        .dim(took),
                };
                self.say(at, row);
            }
            EventKind::Finished(_) => {
                self.settle_replay(at);
                self.write(&Row::new());
                for row in ending_rows(&self.view, WIDTH) {
                    self.write(&row);
                }
            }
        }
    }
}

//! A run's timeline, from its events: what it did, who answered, what failed, what was undone.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::change;
use super::describe::{at_most, detail, had, name, sign};
use super::elapsed::elapsed;
use super::ending::ending_rows;
use super::shorten_ids::shorten_ids;
use super::show_calls::{Returns, eventful, outcome, returned};
use super::styled_line::{Paint, Row, block};
use super::view::{View, says};
use crate::vocabulary::event::{self, Event, EventKind, StepResult};
use crate::vocabulary::{Effect, Fault, Line, Retry};

/// Columns of the time of day and the blanks behind it.
const TIME: usize = 10;

/// What there is to say of a run that has not ended.
#[derive(Debug, Default)]
pub struct Open {
    /// Whether a process has it.
    pub running: bool,
    /// What it waits for (`devops`), if it asks people.
    pub waits_for: Option<String>,
    /// Commands that make sense now.
    pub next: Vec<String>,
}

/// The timeline of a run, at most `width` columns wide.
pub fn show_rows(events: &[Event], open: &Open, zone: &TimeZone, width: usize) -> Vec<Row> {
    let mut view = View::default();
    for event in events {
        view.apply(event);
    }
    let mut timeline = Timeline {
        zone,
        width,
        rows: Vec::new(),
        calls: HashMap::new(),
        returned: returned(events),
        eventful: eventful(events),
        later: HashMap::new(),
        read: None,
    };
    timeline.head(&view);
    for event in events {
        timeline.take(event);
    }
    let mut rows = timeline.rows;
    rows.push(Row::new());
    if view.ending.is_some() {
        rows.extend(ending_rows(&view, width));
    } else {
        let how = match (&open.waits_for, open.running) {
            (Some(who), _) => format!("waiting for {who}"),
            (None, true) => "running".to_owned(),
            (None, false) => "not finished".to_owned(),
        };
        rows.push(Row::new().add(Paint::Waiting, "● ").plain(how));
        let commands = open.next.iter();
        rows.extend(commands.map(|command| Row::new().plain(format!("    {command}"))));
    }
    rows
}

struct Timeline<'a> {
    zone: &'a TimeZone,
    width: usize,
    rows: Vec<Row>,
    calls: HashMap<&'a str, &'a Line>,
    returned: Returns<'a>,
    eventful: HashSet<&'a str>,
    /// Calls whose end is still to be told.
    later: HashMap<&'a str, Effect>,
    /// The last read: its line's number, text and count.
    read: Option<(usize, String, usize)>,
}

impl<'a> Timeline<'a> {
    fn head(&mut self, view: &View) {
        self.rows.push(
            Row::new()
                .strong(view.name())
                .dim(format!(" · run {}", view.run)),
        );
        let started = view.started.unwrap_or_default().to_zoned(self.zone.clone());
        let text = format!(
            "{} · started {}",
            view.pipeline,
            started.strftime("%Y-%m-%d %H:%M:%S %Z")
        );
        self.rows.push(Row::new().dim(text));
    }

    fn take(&mut self, event: &'a Event) {
        let at = event.at;
        match &event.kind {
            EventKind::Started(event::Started {
                params,
                resumed,
                overridden,
                ..
            }) => {
                if *resumed {
                    self.say(at, Row::new().add(Paint::Waiting, "resumed"));
                }
                if let Some(params) = params.as_object().filter(|_| !*resumed) {
                    for (name, value) in params {
                        let value = value
                            .as_str()
                            .map_or_else(|| value.to_string(), str::to_owned);
                        self.rows.extend(block(
                            Row::new().dim(format!("  {name} = ")),
                            Paint::Plain,
                            &value,
                            self.width,
                        ));
                    }
                }
                if !overridden.is_empty() {
                    self.rows.push(Row::new().dim(format!(
                        "  replaced by the project: {}",
                        overridden.join(", ")
                    )));
                }
            }
            EventKind::StepStarted(event::StepStarted { step, depth, .. }) => {
                if *depth == 0 {
                    self.rows.push(Row::new());
                }
                self.say(at, Row::new().plain("  ".repeat(*depth)).strong(step));
            }
            EventKind::StepEnded(event::StepEnded {
                step,
                elapsed_ms,
                result,
                ..
            }) => {
                let (paint, mark, how) = match result {
                    StepResult::Done => (Paint::Good, "✓", ""),
                    StepResult::Failed => (Paint::Bad, "✗", " failed"),
                    StepResult::Halted => (Paint::Waiting, "●", " halted"),
                };
                let row = Row::new().add(paint, mark).plain(format!(" {step}{how}"));
                self.say(at, row.dim(format!("  {}", elapsed(*elapsed_ms))));
            }
            EventKind::Note(event::Note { text, .. }) => {
                self.wrapped(at, Row::new().plain("  "), Paint::Plain, text)
            }
            EventKind::Printed(event::Printed { text, .. }) => {
                self.wrapped(at, Row::new().dim("  | "), Paint::Plain, text)
            }
            EventKind::Call(event::Call {
                key,
                effect,
                line,
                replayed,
                ..
            }) => {
                // A replayed call stands where it was first made, if that is in the list too.
                let known = self.calls.insert(key, line).is_some();
                if !(*replayed && known) {
                    self.call(at, key, *effect, line);
                }
            }
            EventKind::Retried(event::Retried {
                attempt,
                fault,
                delay_ms,
                ..
            }) => {
                let text = format!(
                    "attempt {attempt} failed: {fault}; again in {}",
                    elapsed(*delay_ms)
                );
                self.wrapped(
                    at,
                    Row::new().add(Paint::Waiting, "    ↻ "),
                    Paint::Plain,
                    &text,
                );
            }
            EventKind::Reconciled(event::Reconciled { key, happened, how }) => {
                let what = self
                    .calls
                    .get(key.as_str())
                    .map(|line| name(line))
                    .unwrap_or_else(|| key.clone());
                let had = had(*happened);
                let text = format!("{what}, whose result was missing, {had} ({how})");
                self.wrapped(
                    at,
                    Row::new().add(Paint::Waiting, "  ? "),
                    Paint::Plain,
                    &text,
                );
            }
            EventKind::Asked(event::Asked { question }) => {
                let of = if question.roles.is_empty() {
                    "anyone".to_owned()
                } else {
                    question.roles.join(", ")
                };
                self.wrapped(
                    at,
                    Row::new().add(Paint::Waiting, "  ? "),
                    Paint::Plain,
                    &format!("{} · asked of {of}", question.title),
                );
            }
            EventKind::Answered(event::Answered { answer }) => {
                let (paint, mark) = if answer.approved {
                    (Paint::Good, "  ✓ ")
                } else {
                    (Paint::Bad, "  ✗ ")
                };
                self.wrapped(
                    answer.at,
                    Row::new().add(paint, mark),
                    Paint::Plain,
                    &says(answer),
                );
            }
            EventKind::UndoRegistered(event::UndoRegistered { label, .. }) => {
                self.say(at, Row::new().dim(format!("  ↶ can be undone: {label}")))
            }
            EventKind::UndoStarted(event::UndoStarted { label }) => {
                self.rows.push(Row::new());
                self.say(at, Row::new().strong("Undo ").plain(label));
            }
            EventKind::UndoEnded(event::UndoEnded {
                label,
                elapsed_ms,
                fault,
            }) => {
                let row = match fault {
                    None => Row::new().add(Paint::Good, "✓").plain(format!(" {label}")),
                    Some(fault) => Row::new()
                        .add(Paint::Bad, "✗")
                        .plain(format!(" {label}: {fault}")),
                };
                self.say(at, row.dim(format!("  {}", elapsed(*elapsed_ms))));
            }
            EventKind::Progress(event::Progressed { progress, .. }) => {
                if let Some(news) = &progress.news {
                    self.wrapped(at, Row::new().dim("    · "), Paint::Dim, &shorten_ids(news));
                }
            }
            EventKind::Returned(event::Returned { key, .. }) => self.returned(at, key),
            EventKind::Title(_) | EventKind::Finished(_) => {}
        }
    }

    fn call(&mut self, at: Timestamp, key: &'a str, effect: Effect, line: &'a Line) {
        let (paint, mark) = match effect {
            Effect::Write => sign(line.kind),
            Effect::Read => (Paint::Dim, "·"),
            Effect::Wait => (Paint::Dim, "◷"),
            Effect::Ask => return,
        };
        let text = if effect == Effect::Read {
            Paint::Dim
        } else {
            Paint::Plain
        };
        let row = Row::new()
            .plain("  ")
            .add(paint, mark)
            .plain(" ")
            .add(text, name(line));
        let (row, said) = match line.verb.as_str() {
            "wait" => (row.plain(at_most(line.at_most_ms)), String::new()),
            _ => (row, detail(line)),
        };
        let wide = row.width() + 2 + Row::new().plain(&said).width();
        let below = TIME + wide > self.width;
        let row = if below || said.is_empty() {
            row
        } else {
            row.dim(format!("  {said}"))
        };
        match self.returned.get(key).copied() {
            None => self.say(at, row.add(Paint::Waiting, "  no result recorded")),
            Some((None, ms, summary)) if !self.eventful.contains(key) => {
                if effect == Effect::Read && summary.is_none() {
                    self.again(at, row);
                } else {
                    self.say(at, outcome(row, effect, ms, summary));
                }
            }
            // What happened meanwhile stands between the call and what came of it.
            Some(_) => {
                self.later.insert(key, effect);
                self.say(at, row);
            }
        }
        let lead = Row::new().to_column(TIME + 6);
        if below {
            self.rows.extend(block(lead, Paint::Dim, &said, self.width));
        }
        if effect == Effect::Write {
            let changes = change::rows(line, TIME + 6, self.width, usize::MAX);
            self.rows.extend(changes);
        }
    }

    /// A read that says nothing of its result is counted, not repeated.
    fn again(&mut self, at: Timestamp, row: Row) {
        let text = row.text();
        let times = match self.read.take() {
            Some((n, line, times)) if n + 1 == self.rows.len() && line == text => {
                self.rows.pop();
                times + 1
            }
            _ => 1,
        };
        self.read = Some((self.rows.len(), text, times));
        let row = if times > 1 {
            row.dim(format!(" × {times}"))
        } else {
            row
        };
        self.say(at, row);
    }

    fn returned(&mut self, at: Timestamp, key: &str) {
        let Some(effect) = self.later.remove(key) else {
            return;
        };
        match self.returned.get(key).copied() {
            Some((Some(fault), _, _)) => self.fault(at, fault),
            Some((None, ms, summary)) => {
                let row = outcome(Row::new().plain("   "), effect, ms, summary);
                self.say(at, row);
            }
            None => {}
        }
    }

    fn fault(&mut self, at: Timestamp, fault: &Fault) {
        let why = match fault.retry {
            Retry::Never => "",
            Retry::Throttled => " (throttled, retries used up)",
            Retry::Transient => " (passing, retries used up)",
            Retry::InDoubt => " (it may have been carried out)",
        };
        self.wrapped(
            at,
            Row::new().add(Paint::Bad, "    ✗ "),
            Paint::Plain,
            &shorten_ids(&format!("{fault}{why}")),
        );
        if let Some(hint) = &fault.hint {
            self.rows.extend(block(
                Row::new().to_column(TIME + 6).plain("→ "),
                Paint::Plain,
                hint,
                self.width,
            ));
        }
    }

    fn clock(&self, at: Timestamp) -> Row {
        let time = at.to_zoned(self.zone.clone());
        Row::new().dim(time.strftime("%H:%M:%S  ").to_string())
    }

    fn say(&mut self, at: Timestamp, row: Row) {
        let clock = self.clock(at);
        self.rows.push(clock.append(row));
    }

    fn wrapped(&mut self, at: Timestamp, lead: Row, paint: Paint, text: &str) {
        let rows = block(lead, paint, text, self.width.saturating_sub(TIME));
        let mut rows = rows.into_iter();
        if let Some(first) = rows.next() {
            self.say(at, first);
        }
        self.rows
            .extend(rows.map(|row| Row::new().to_column(TIME).append(row)));
    }
}

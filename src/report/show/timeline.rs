//! A timeline while it is written: calls with what came of them, each line with its time.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::calls::{Returns, eventful, outcome, returned};
use crate::report::change;
use crate::report::describe::{at_most, detail, name, sign};
use crate::report::shorten_ids::shorten_ids;
use crate::report::styled_line::{StyledLine, TextStyle, block};
use crate::report::view::View;
use crate::vocabulary::event::{self, Event};
use crate::vocabulary::{Effect, Fault, Line, LineKind, Retry};

/// Columns of the time of day and the blanks behind it.
const TIME: usize = 10;

/// A timeline while it is written.
pub(super) struct Timeline<'a> {
    zone: &'a TimeZone,
    pub(super) width: usize,
    pub(super) rows: Vec<StyledLine>,
    /// How each call reads, by key.
    pub(super) calls: HashMap<String, Line>,
    returned: Returns<'a>,
    eventful: HashSet<&'a str>,
    /// Calls whose end is still to be told.
    later: HashMap<String, Effect>,
    /// The last read: its line's number, text and count.
    read: Option<(usize, String, usize)>,
}

impl<'a> Timeline<'a> {
    pub(super) fn new(events: &'a [Event], zone: &'a TimeZone, width: usize) -> Self {
        Timeline {
            zone,
            width,
            rows: Vec::new(),
            calls: HashMap::new(),
            returned: returned(events),
            eventful: eventful(events),
            later: HashMap::new(),
            read: None,
        }
    }

    pub(super) fn head(&mut self, view: &View) {
        self.rows.push(
            StyledLine::new()
                .strong(view.name())
                .dim(format!(" · run {}", view.run)),
        );
        let started = view.started.unwrap_or_default().to_zoned(self.zone.clone());
        let text = format!(
            "{} · started {}",
            view.pipeline,
            started.strftime("%Y-%m-%d %H:%M:%S %Z")
        );
        self.rows.push(StyledLine::new().dim(text));
    }

    pub(super) fn call(&mut self, at: Timestamp, call: &event::Call) {
        let (key, effect, line) = (call.key.as_str(), call.effect, &call.line);
        let (paint, mark) = match effect {
            Effect::Write => sign(line.kind),
            Effect::Read => (TextStyle::Dim, "·"),
            Effect::Wait => (TextStyle::Dim, "◷"),
            Effect::Ask => return,
        };
        let text = if effect == Effect::Read {
            TextStyle::Dim
        } else {
            TextStyle::Plain
        };
        let row = StyledLine::new()
            .plain("  ")
            .add(paint, mark)
            .plain(" ")
            .add(text, name(line));
        let (row, said) = match line.kind {
            LineKind::Waits => (row.plain(at_most(line.at_most_ms)), String::new()),
            _ => (row, detail(line)),
        };
        let wide = row.width() + 2 + StyledLine::new().plain(&said).width();
        let below = TIME + wide > self.width;
        let row = if below || said.is_empty() {
            row
        } else {
            row.dim(format!("  {said}"))
        };
        match self.returned.get(key).copied() {
            None => self.say(at, row.add(TextStyle::Waiting, "  no result recorded")),
            Some((None, ms, summary)) if !self.eventful.contains(key) => {
                if effect == Effect::Read && summary.is_none() {
                    self.again(at, row);
                } else {
                    self.say(at, outcome(row, effect, ms, summary));
                }
            }
            // What happened meanwhile stands between the call and what came of it.
            Some(_) => {
                self.later.insert(key.to_owned(), effect);
                self.say(at, row);
            }
        }
        let lead = StyledLine::new().to_column(TIME + 6);
        if below {
            self.rows
                .extend(block(lead, TextStyle::Dim, &said, self.width));
        }
        if effect == Effect::Write {
            let changes = change::rows(line, TIME + 6, self.width, usize::MAX);
            self.rows.extend(changes);
        }
    }

    /// A read that says nothing of its result is counted, not repeated.
    fn again(&mut self, at: Timestamp, row: StyledLine) {
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

    pub(super) fn returned(&mut self, at: Timestamp, key: &str) {
        let Some(effect) = self.later.remove(key) else {
            return;
        };
        match self.returned.get(key).copied() {
            Some((Some(fault), _, _)) => self.fault(at, fault),
            Some((None, ms, summary)) => {
                let row = outcome(StyledLine::new().plain("   "), effect, ms, summary);
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
            StyledLine::new().add(TextStyle::Bad, "    ✗ "),
            TextStyle::Plain,
            &shorten_ids(&format!("{fault}{why}")),
        );
        if let Some(hint) = &fault.hint {
            self.rows.extend(block(
                StyledLine::new().to_column(TIME + 6).plain("→ "),
                TextStyle::Plain,
                hint,
                self.width,
            ));
        }
    }

    fn clock(&self, at: Timestamp) -> StyledLine {
        let time = at.to_zoned(self.zone.clone());
        StyledLine::new().dim(time.strftime("%H:%M:%S  ").to_string())
    }

    pub(super) fn say(&mut self, at: Timestamp, row: StyledLine) {
        let clock = self.clock(at);
        self.rows.push(clock.append(row));
    }

    pub(super) fn wrapped(
        &mut self,
        at: Timestamp,
        lead: StyledLine,
        paint: TextStyle,
        text: &str,
    ) {
        let rows = block(lead, paint, text, self.width.saturating_sub(TIME));
        let mut rows = rows.into_iter();
        if let Some(first) = rows.next() {
            self.say(at, first);
        }
        self.rows
            .extend(rows.map(|row| StyledLine::new().to_column(TIME).append(row)));
    }
}

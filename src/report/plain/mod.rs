//! Plain lines for logs: one per happening, with its time, never redrawn.

use std::collections::HashMap;
use std::io::Write;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::report::Reporter;
use crate::report::change;
use crate::report::describe::{begins, name, sign, text};
use crate::report::shorten_ids::shorten_ids;
use crate::report::styled_line::{StyledLine, TextStyle};
use crate::report::view::View;
use crate::text::elapsed::elapsed;
use crate::vocabulary::event::{self, Event};
use crate::vocabulary::{Effect, Line, Observer};
use open_call::{OpenCall, detail};

mod events;
mod open_call;

/// A call that took this long is worth a line, in milliseconds.
const LATE_MS: u64 = 5_000;
/// Changes of a write that are listed.
const CHANGES: usize = 12;
/// Columns for what has no time in front.
const WIDTH: usize = 120;
/// A wait that says nothing of itself is worth a line from this limit on, in milliseconds.
const WORTH_MS: u64 = 30_000;

/// Shows a run as plain lines that are only ever appended, for logs.
pub struct Plain<W> {
    out: W,
    colour: bool,
    /// Whether reads are listed, too.
    reads: bool,
    view: View,
    date: Option<Date>,
    replayed: usize,
    calls: HashMap<String, OpenCall>,
    /// What the last call came to: a script that remarks the same says nothing new.
    came_to: Option<String>,
    /// The last fault that was printed: the step that it ends need not repeat it.
    last_fault: Option<String>,
}

impl<W: Write + Send> Plain<W> {
    /// A reporter that writes lines to `out`, in colour if wanted; reads are left out.
    pub fn new(out: W, colour: bool) -> Self {
        Plain {
            out,
            colour,
            reads: false,
            view: View::default(),
            date: None,
            replayed: 0,
            calls: HashMap::new(),
            came_to: None,
            last_fault: None,
        }
    }

    /// The reporter, which from now on lists reads as well.
    pub fn with_reads(self) -> Self {
        Plain {
            reads: true,
            ..self
        }
    }

    /// Takes the next event and prints nothing.
    pub(super) fn follow(&mut self, event: &Event) {
        self.view.observe(event);
    }

    fn say(&mut self, at: Timestamp, row: StyledLine) {
        let time = at.to_zoned(TimeZone::UTC);
        if self.date.is_some_and(|date| date != time.date()) {
            self.write(&StyledLine::new().dim(time.date().to_string()));
        }
        self.date = Some(time.date());
        let stamp = time.strftime("%H:%M:%SZ ").to_string();
        self.write(&StyledLine::new().dim(stamp).append(row));
    }

    fn write(&mut self, row: &StyledLine) {
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

    fn called(&mut self, at: Timestamp, call: &event::Call) {
        let line = &call.line;
        if call.replayed {
            self.replayed += 1;
        } else {
            self.settle_replay(at);
        }
        let mut announced = false;
        if !call.replayed {
            let worth = line.at_most_ms.is_some_and(|ms| ms >= WORTH_MS);
            match call.effect {
                Effect::Write => {
                    let (paint, sign) = sign(line.kind);
                    let row = detail().add(paint, sign).plain(format!(" {}", text(line)));
                    self.say(at, row);
                    for row in change::rows(line, 0, WIDTH, CHANGES) {
                        self.say(at, detail().plain("    ").append(row));
                    }
                    announced = true;
                }
                Effect::Wait if worth => {
                    if let Some(text) = begins(line, None) {
                        self.say(at, detail().plain(text));
                        self.watched(at, line);
                        announced = true;
                    }
                }
                Effect::Read if self.reads => {
                    self.say(at, detail().dim(format!("read {}", text(line))));
                }
                Effect::Wait | Effect::Read | Effect::Ask => {}
            }
        }
        let mut open = OpenCall::new(line, call.effect, at);
        open.replayed = call.replayed;
        open.announced = announced;
        self.calls.insert(call.key.clone(), open);
    }

    /// What is watched stands line by line below it.
    fn watched(&mut self, at: Timestamp, line: &Line) {
        for rule in &line.rules {
            self.say(at, detail().dim("    ").plain(rule));
        }
    }

    fn returned(&mut self, at: Timestamp, event: &event::Returned) {
        let (fault, elapsed_ms) = (event.result.as_ref().err(), event.elapsed_ms);
        let acts = |open: &OpenCall| matches!(open.effect, Effect::Write | Effect::Wait);
        // What was not worth a line when it began may have become so.
        let late = |open: &OpenCall| acts(open) && (fault.is_some() || elapsed_ms >= LATE_MS);
        let Some(open) = self
            .calls
            .remove(&event.key)
            .filter(|open| !open.replayed && (open.announced || late(open)))
        else {
            return;
        };
        let summary = event.summary.as_deref().map(shorten_ids);
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
                self.last_fault = Some(text.clone());
                detail().add(TextStyle::Bad, "✗ ").plain(text)
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
        self.view.observe(event);
        self.observe(event);
    }
}

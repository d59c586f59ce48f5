//! What each event is worth in plain lines.

use std::io::Write;

use jiff::Timestamp;

use super::open_call::detail;
use super::{Plain, WIDTH};
use crate::report::describe::{had, name};
use crate::report::ending::ending_rows;
use crate::report::shorten_ids::shorten_ids;
use crate::report::styled_line::{StyledLine, TextStyle};
use crate::report::view::says;
use crate::text::elapsed::elapsed;
use crate::vocabulary::event::{self, StepResult};
use crate::vocabulary::{Effect, Observer};

/// While something is waited for, a passing fault is worth a line from this attempt on.
const LOUD_ATTEMPT: u32 = 3;

impl<W: Write + Send> Observer for Plain<W> {
    fn on_started(&mut self, at: Timestamp, event: &event::Started) {
        let how = if event.resumed { " · resumed" } else { "" };
        let date = at.strftime("%Y-%m-%d");
        let run = format!(" · run {}{how} · {date}", event.run);
        self.say(at, StyledLine::new().strong(&event.pipeline).plain(run));
        if !event.overridden.is_empty() {
            let replaced = event.overridden.join(", ");
            self.say(
                at,
                detail().dim(format!("replaced by the project: {replaced}")),
            );
        }
    }

    fn on_title(&mut self, at: Timestamp, event: &event::Title) {
        self.say(at, StyledLine::new().strong(&event.text));
    }

    fn on_step_started(&mut self, at: Timestamp, event: &event::StepStarted) {
        self.settle_replay(at);
        let row = StyledLine::new()
            .add(TextStyle::Waiting, "● ")
            .strong(&event.step);
        self.say(at, row);
    }

    fn on_step_ended(&mut self, at: Timestamp, event: &event::StepEnded) {
        self.settle_replay(at);
        let (paint, sign) = match event.result {
            StepResult::Done => (TextStyle::Good, "✓ "),
            StepResult::Failed => (TextStyle::Bad, "✗ "),
            StepResult::Halted => (TextStyle::Waiting, "◦ "),
        };
        let row = StyledLine::new().add(paint, sign).plain(&event.step);
        let row = row.dim(format!(" {}", elapsed(event.elapsed_ms)));
        let is_told = |reason: &String| {
            let told = self.last_fault.as_deref();
            told.is_some_and(|told| told.contains(reason.as_str()))
        };
        let reason = event.reason.as_deref().map(shorten_ids);
        let row = match reason.filter(|reason| !is_told(reason)) {
            Some(reason) => row.plain(format!("  {reason}")),
            None => row,
        };
        self.say(at, row);
    }

    fn on_note(&mut self, at: Timestamp, event: &event::Note) {
        if self.came_to.as_ref() != Some(&event.text) {
            self.say(at, detail().plain(&event.text));
        }
    }

    fn on_printed(&mut self, at: Timestamp, event: &event::Printed) {
        for line in event.text.lines() {
            self.say(at, StyledLine::new().plain(line));
        }
    }

    fn on_call(&mut self, at: Timestamp, event: &event::Call) {
        self.called(at, event);
    }

    fn on_returned(&mut self, at: Timestamp, event: &event::Returned) {
        self.returned(at, event);
    }

    fn on_progress(&mut self, at: Timestamp, event: &event::Progressed) {
        let open = self.calls.get_mut(&event.key);
        let Some(open) = open.filter(|open| !open.replayed) else {
            return;
        };
        for row in open.progressed(at, &event.progress) {
            self.say(at, row);
        }
    }

    fn on_retried(&mut self, at: Timestamp, event: &event::Retried) {
        let open = self.calls.get(&event.key);
        let waits = open.is_some_and(|open| open.effect == Effect::Wait);
        if waits && event.attempt < LOUD_ATTEMPT {
            return;
        }
        let what = open.map(|open| name(&open.line)).unwrap_or_default();
        let again = format!(
            "{what}: attempt {} failed ({}), again in {}",
            event.attempt,
            event.fault,
            elapsed(event.delay_ms)
        );
        self.say(at, detail().add(TextStyle::Waiting, "↻ ").plain(again));
    }

    fn on_reconciled(&mut self, at: Timestamp, event: &event::Reconciled) {
        self.settle_replay(at);
        let open = self.calls.get(&event.key);
        let what = open.map_or_else(|| event.key.clone(), |open| name(&open.line));
        let (had, how) = (had(event.happened), &event.how);
        let text = format!("{what}, whose result was missing, {had} ({how})");
        self.say(at, detail().add(TextStyle::Waiting, "? ").plain(text));
    }

    fn on_asked(&mut self, at: Timestamp, event: &event::Asked) {
        self.settle_replay(at);
        let question = &event.question;
        let of = match question.roles.as_slice() {
            [] => String::new(),
            roles => format!(" · {}", roles.join(", ")),
        };
        let row = detail().add(TextStyle::Waiting, "? ");
        self.say(at, row.plain(format!("{}{of}", question.title)));
    }

    fn on_answered(&mut self, at: Timestamp, event: &event::Answered) {
        let (paint, sign) = match event.answer.approved {
            true => (TextStyle::Good, "✓ "),
            false => (TextStyle::Bad, "✗ "),
        };
        self.say(at, detail().add(paint, sign).plain(says(&event.answer)));
    }

    fn on_undo_started(&mut self, at: Timestamp, event: &event::UndoStarted) {
        let row = StyledLine::new()
            .add(TextStyle::Waiting, "↶ ")
            .strong("Undo");
        self.say(at, row.plain(format!(" {}", event.label)));
    }

    fn on_undo_ended(&mut self, at: Timestamp, event: &event::UndoEnded) {
        let label = &event.label;
        let row = match &event.fault {
            None => StyledLine::new()
                .add(TextStyle::Good, "✓ ")
                .plain(format!("Undo {label}")),
            Some(fault) => StyledLine::new()
                .add(TextStyle::Bad, "✗ ")
                .plain(format!("Undo {label} failed: {fault}")),
        };
        self.say(at, row.dim(format!(" {}", elapsed(event.elapsed_ms))));
    }

    fn on_finished(&mut self, at: Timestamp, _: &event::Finished) {
        self.settle_replay(at);
        self.write(&StyledLine::new());
        for row in ending_rows(&self.view, WIDTH) {
            self.write(&row);
        }
    }
}

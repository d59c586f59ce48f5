//! What each event is worth in a timeline.

use jiff::Timestamp;

use super::timeline::Timeline;
use crate::report::describe::{had, name};
use crate::report::shorten_ids::shorten_ids;
use crate::report::styled_line::{StyledLine, TextStyle, block};
use crate::report::view::says;
use crate::text::elapsed::elapsed;
use crate::vocabulary::Observer;
use crate::vocabulary::event::{self, StepResult};

impl Observer for Timeline<'_> {
    fn on_started(&mut self, at: Timestamp, event: &event::Started) {
        if event.resumed {
            self.say(at, StyledLine::new().add(TextStyle::Waiting, "resumed"));
        }
        if let Some(params) = event.params.as_object().filter(|_| !event.resumed) {
            for (name, value) in params {
                let text = value.as_str().map(str::to_owned);
                let text = text.unwrap_or_else(|| value.to_string());
                let lead = StyledLine::new().dim(format!("  {name} = "));
                let rows = block(lead, TextStyle::Plain, &text, self.width);
                self.rows.extend(rows);
            }
        }
        if !event.overridden.is_empty() {
            let replaced = event.overridden.join(", ");
            let row = StyledLine::new().dim(format!("  replaced by the project: {replaced}"));
            self.rows.push(row);
        }
    }

    fn on_step_started(&mut self, at: Timestamp, event: &event::StepStarted) {
        if event.depth == 0 {
            self.rows.push(StyledLine::new());
        }
        let row = StyledLine::new().plain("  ".repeat(event.depth));
        self.say(at, row.strong(&event.step));
    }

    fn on_step_ended(&mut self, at: Timestamp, event: &event::StepEnded) {
        let (paint, mark, how) = match event.result {
            StepResult::Done => (TextStyle::Good, "✓", ""),
            StepResult::Failed => (TextStyle::Bad, "✗", " failed"),
            StepResult::Halted => (TextStyle::Waiting, "●", " halted"),
        };
        let text = format!(" {}{how}", event.step);
        let row = StyledLine::new().add(paint, mark).plain(text);
        let row = row.dim(format!("  {}", elapsed(event.elapsed_ms)));
        match &event.reason {
            Some(reason) => {
                self.wrapped(at, row.plain("  "), TextStyle::Plain, &shorten_ids(reason))
            }
            None => self.say(at, row),
        }
    }

    fn on_note(&mut self, at: Timestamp, event: &event::Note) {
        self.wrapped(
            at,
            StyledLine::new().plain("  "),
            TextStyle::Plain,
            &event.text,
        );
    }

    fn on_printed(&mut self, at: Timestamp, event: &event::Printed) {
        self.wrapped(
            at,
            StyledLine::new().dim("  | "),
            TextStyle::Plain,
            &event.text,
        );
    }

    fn on_call(&mut self, at: Timestamp, event: &event::Call) {
        // A replayed call stands where it was first made, if that is in the list too.
        let before = self.calls.insert(event.key.clone(), event.line.clone());
        if !(event.replayed && before.is_some()) {
            self.call(at, event);
        }
    }

    fn on_retried(&mut self, at: Timestamp, event: &event::Retried) {
        let text = format!(
            "attempt {} failed: {}; again in {}",
            event.attempt,
            event.fault,
            elapsed(event.delay_ms)
        );
        let lead = StyledLine::new().add(TextStyle::Waiting, "    ↻ ");
        self.wrapped(at, lead, TextStyle::Plain, &text);
    }

    fn on_reconciled(&mut self, at: Timestamp, event: &event::Reconciled) {
        let what = self.calls.get(&event.key).map(name);
        let what = what.unwrap_or_else(|| event.key.clone());
        let (had, how) = (had(event.happened), &event.how);
        let text = format!("{what}, whose result was missing, {had} ({how})");
        let lead = StyledLine::new().add(TextStyle::Waiting, "  ? ");
        self.wrapped(at, lead, TextStyle::Plain, &text);
    }

    fn on_asked(&mut self, at: Timestamp, event: &event::Asked) {
        let question = &event.question;
        let of = match question.roles.as_slice() {
            [] => "anyone".to_owned(),
            roles => roles.join(", "),
        };
        let text = format!("{} · asked of {of}", question.title);
        let lead = StyledLine::new().add(TextStyle::Waiting, "  ? ");
        self.wrapped(at, lead, TextStyle::Plain, &text);
    }

    fn on_answered(&mut self, _: Timestamp, event: &event::Answered) {
        let answer = &event.answer;
        let (paint, mark) = match answer.approved {
            true => (TextStyle::Good, "  ✓ "),
            false => (TextStyle::Bad, "  ✗ "),
        };
        let lead = StyledLine::new().add(paint, mark);
        self.wrapped(answer.at, lead, TextStyle::Plain, &says(answer));
    }

    fn on_undo_registered(&mut self, at: Timestamp, event: &event::UndoRegistered) {
        let text = format!("  ↶ can be undone: {}", event.label);
        self.say(at, StyledLine::new().dim(text));
    }

    fn on_undo_started(&mut self, at: Timestamp, event: &event::UndoStarted) {
        self.rows.push(StyledLine::new());
        self.say(at, StyledLine::new().strong("Undo ").plain(&event.label));
    }

    fn on_undo_ended(&mut self, at: Timestamp, event: &event::UndoEnded) {
        let label = &event.label;
        let row = match &event.fault {
            None => StyledLine::new()
                .add(TextStyle::Good, "✓")
                .plain(format!(" {label}")),
            Some(fault) => StyledLine::new()
                .add(TextStyle::Bad, "✗")
                .plain(format!(" {label}: {fault}")),
        };
        self.say(at, row.dim(format!("  {}", elapsed(event.elapsed_ms))));
    }

    fn on_progress(&mut self, at: Timestamp, event: &event::Progressed) {
        if let Some(news) = &event.progress.news {
            let lead = StyledLine::new().dim("    · ");
            self.wrapped(at, lead, TextStyle::Dim, &shorten_ids(news));
        }
    }

    fn on_returned(&mut self, at: Timestamp, event: &event::Returned) {
        self.returned(at, &event.key);
    }
}

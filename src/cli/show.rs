//! `deployer show`.

use clap::Args;
use jiff::tz::TimeZone;

use super::{Everywhere, answer, resume};
use crate::journal::{Entry, RunDir};
use crate::report::show::{Open, show_rows};
use crate::report::{self, Output};
use crate::run::{answering, history};
use crate::vocabulary::Answer;
use crate::vocabulary::event::{EVENT_VERSION, Event, EventKind};

/// Arguments of `show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// Run id, or the beginning of it
    #[arg(value_name = "RUN")]
    run: String,
}

pub(super) fn main(args: &ShowArgs, everywhere: &Everywhere) -> u8 {
    let dir = match resume::find(&args.run, everywhere) {
        Ok(dir) => dir,
        Err(code) => return code,
    };
    let entries = match dir.read() {
        Ok((entries, _)) => entries,
        Err(error) => return resume::unreadable(&error.to_string(), everywhere),
    };
    let mut events = history::events(&entries);
    if everywhere.output == Output::Json {
        let lines = events.iter().filter_map(|e| serde_json::to_string(e).ok());
        report::print_text(&lines.map(|l| l + "\n").collect::<String>());
    } else {
        let waiting = Waiting::of(&dir, &entries, everywhere);
        let open = Open {
            running: dir.is_running(),
            waits_for: waiting.waits_for,
            next: waiting.next,
        };
        events.extend(waiting.posted.into_iter().map(answered));
        let width = report::screen::terminal_size().0;
        report::print_rows(&show_rows(&events, &open, &TimeZone::system(), width));
    }
    0
}

fn answered(answer: Answer) -> Event {
    Event {
        version: EVENT_VERSION,
        at: answer.at,
        kind: EventKind::Answered { answer },
    }
}

/// What a run that is not over waits for.
#[derive(Default)]
pub(super) struct Waiting {
    /// Whom; `None`: nobody.
    pub(super) waits_for: Option<String>,
    /// Commands that make sense now.
    pub(super) next: Vec<String>,
    /// Answers that the run has not taken in yet.
    posted: Vec<Answer>,
}

impl Waiting {
    /// Of the run in `dir`, whose journal says this.
    pub(super) fn of(dir: &RunDir, entries: &[Entry], everywhere: &Everywhere) -> Waiting {
        let program = super::called(everywhere);
        let resume = || match dir.is_running() {
            true => Vec::new(),
            false => vec![format!("{program} resume {}", dir.id())],
        };
        let over = entries
            .iter()
            .any(|entry| matches!(entry, Entry::Finished { last: true, .. }));
        if over {
            return Waiting::default();
        }
        let open = answer::open_questions(entries);
        let Some(mut question) = open.into_iter().next_back() else {
            return Waiting {
                next: resume(),
                ..Waiting::default()
            };
        };
        // Answers that cannot be read are told by who resumes or answers.
        let answers = answer::answers_to(&question, entries, dir).unwrap_or_default();
        let taken = entries.iter().filter_map(|entry| match entry {
            Entry::Answered { answer, .. } => Some(&answer.seal),
            _ => None,
        });
        let taken: Vec<&String> = taken.collect();
        let posted = answers
            .iter()
            .filter(|answer| !taken.contains(&&answer.seal));
        let posted = posted.cloned().collect();
        if question.is_answered(&answers) {
            return Waiting {
                waits_for: None,
                next: resume(),
                posted,
            };
        }
        question.roles = question.outstanding(&answers);
        let waits_for = match question.roles.as_slice() {
            [] => "anyone".to_owned(),
            roles => roles.join(", "),
        };
        let mut next = answering(&program, &dir.id(), &question);
        // Resumed, it would wait again.
        next.retain(|command| !command.contains(" resume "));
        Waiting {
            waits_for: Some(waits_for),
            next,
            posted,
        }
    }
}

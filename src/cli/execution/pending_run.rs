//! What a run that has not finished waits for.

use super::questions::{answers_to, open_questions};
use crate::cli::global::GlobalArgs;
use crate::journal::{Entry, RunDir};
use crate::vocabulary::{Answer, Next, NextCommands};

/// What a run that is not over waits for.
#[derive(Default)]
pub(in crate::cli) struct PendingRun {
    /// Roles that must still answer, or `anyone`; `None`: the run waits for nobody.
    pub(in crate::cli) waits_for: Option<String>,
    /// Commands that make sense now, as a person types them.
    pub(in crate::cli) next: NextCommands,
    /// Answers that the run has not read yet.
    pub(in crate::cli) posted: Vec<Answer>,
}

impl PendingRun {
    /// Of the run in `dir`, whose journal says this.
    pub(in crate::cli) fn of(dir: &RunDir, entries: &[Entry], global: &GlobalArgs) -> PendingRun {
        let commands = |next| NextCommands::new(&global.program(), &dir.id(), next);
        let resume = || match dir.is_running() {
            true => NextCommands::default(),
            false => commands(vec![Next::Resume]),
        };
        let over = entries
            .iter()
            .any(|entry| matches!(entry, Entry::Finished { last: true, .. }));
        if over {
            return PendingRun::default();
        }
        let open = open_questions(entries);
        let Some(mut question) = open.into_iter().next_back() else {
            return PendingRun {
                next: resume(),
                ..PendingRun::default()
            };
        };
        // Answers that cannot be read are told by who resumes or answers.
        let answers = answers_to(&question, entries, dir).unwrap_or_default();
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
            return PendingRun {
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
        // Resumed, it would wait again.
        let next = commands(Next::answers(&question)).filtered(|next| *next != Next::Resume);
        PendingRun {
            waits_for: Some(waits_for),
            next,
            posted,
        }
    }
}

//! Where people answer a live run: its terminal, and the file into which `approve` and `reject` write.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::call::{Answer, Fault, Question};
use crate::cancel::Cancel;
use crate::report::{Prompted, Prompter, prompt_question};
use crate::world::Asked;
use crate::world::live::People;

/// The people of a live run.
pub(super) struct Desk {
    /// Answers of other processes.
    pub answers: PathBuf,
    /// The terminal, if someone sits there.
    pub prompter: Option<Prompter>,
    /// Ends a prompt.
    pub cancel: Cancel,
}

impl People for Desk {
    fn ask(&self, question: &Question, before: &[Answer]) -> Result<Asked, Fault> {
        let overdue = || question.deadline.is_some_and(|d| Timestamp::now() >= d);
        loop {
            let posted = self.posted(question, before)?;
            if !posted.is_empty() {
                return Ok(Asked::Answers(posted));
            }
            let Some(prompter) = self.prompter.as_ref().filter(|_| !overdue()) else {
                return Ok(Asked::Later);
            };
            let mut ended = || {
                let posted = self.posted(question, before);
                self.cancel.is_cancelled() || overdue() || !posted.is_ok_and(|them| them.is_empty())
            };
            let prompted = prompt_question(prompter, question, before, &mut ended)
                .map_err(|e| Fault::new("terminal", e.to_string()))?;
            match prompted {
                Prompted::Reply(reply) => {
                    return Ok(Asked::Answers(vec![Answer {
                        question: question.id.clone(),
                        digest: question.digest.clone(),
                        approved: reply.approved,
                        role: reply.role,
                        by: user(),
                        at: Timestamp::now(),
                        typed: reply.typed,
                        note: reply.note,
                    }]));
                }
                Prompted::Ended if !self.cancel.is_cancelled() => {}
                Prompted::Ended | Prompted::Closed => return Ok(Asked::Later),
            }
        }
    }
}

impl Desk {
    /// Answers to this question that are not recorded yet. A line that is no answer is passed over: the
    /// run records only what it has checked itself.
    fn posted(&self, question: &Question, before: &[Answer]) -> Result<Vec<Answer>, Fault> {
        let text = match fs::read(&self.answers) {
            Ok(text) => text,
            // None yet.
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                let message = format!("{}: {error}", self.answers.display());
                return Err(Fault::new("answers_unreadable", message));
            }
        };
        let posted = text
            .split(|byte| *byte == b'\n')
            .filter_map(|line| serde_json::from_slice::<Answer>(line).ok())
            .filter(|a| {
                a.question == question.id && a.digest == question.digest && !before.contains(a)
            });
        Ok(posted.collect())
    }
}

/// The operating system's user of this process: from its uid, because `$USER` can say anything.
pub(super) fn user() -> String {
    let uid = rustix::process::getuid().as_raw();
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| format!("uid {uid}"))
}

//! The answers of people to a live run: typed at its terminal, or posted by `deployer approve` and `deployer reject`.

use std::fs;
use std::io;

use jiff::Timestamp;

use crate::cancel::Cancel;
use crate::journal::RunDir;
use crate::report::{PromptResult, Prompter, prompt_question};
use crate::vocabulary::{Answer, Fault, Question, Replies};
use crate::world::AskResult;
use crate::world::live::People;

/// The people who can answer a live run.
pub(in crate::cli) struct AnswerSources {
    /// The run, to which other processes post answers.
    pub dir: RunDir,
    /// The terminal, if someone can type there.
    pub prompter: Option<Prompter>,
    /// Set when the run is to stop: an open prompt then ends without an answer.
    pub cancel: Cancel,
}

impl People for AnswerSources {
    fn ask(&self, question: &Question, before: &Replies) -> Result<AskResult, Fault> {
        // Whoever could not be asked has said nothing: that is not a failure of the script.
        let unable = |error: io::Error| AskResult::Unable(error.to_string());
        Ok(self.answers(question, before).unwrap_or_else(unable))
    }
}

impl AnswerSources {
    fn answers(&self, question: &Question, before: &Replies) -> io::Result<AskResult> {
        let overdue = || question.deadline.is_some_and(|d| Timestamp::now() >= d);
        loop {
            let posted = self.posted(question, before)?;
            if !posted.is_empty() {
                return Ok(AskResult::Answers(posted));
            }
            let Some(prompter) = self.prompter.as_ref().filter(|_| !overdue()) else {
                return Ok(AskResult::Later);
            };
            let mut ended = || {
                let posted = self.posted(question, before);
                self.cancel.is_cancelled() || overdue() || !posted.is_ok_and(|them| them.is_empty())
            };
            match prompt_question(prompter, question, &before.counted, &mut ended)? {
                PromptResult::Reply(reply) => {
                    let answer = Answer {
                        role: reply.role,
                        typed: reply.typed,
                        note: reply.note,
                        ..Answer::to(question, reply.approved, user(), Timestamp::now())
                    };
                    return Ok(AskResult::Answers(vec![answer.sealed()]));
                }
                PromptResult::Ended if !self.cancel.is_cancelled() => {}
                PromptResult::Ended | PromptResult::Closed => return Ok(AskResult::Later),
            }
        }
    }

    /// Answers to this question that the run has not seen yet.
    fn posted(&self, question: &Question, before: &Replies) -> io::Result<Vec<Answer>> {
        let mut posted = self.dir.answers()?;
        let new = |answer: &Answer| {
            let same = |seen: &Answer| {
                Answer {
                    // The run adds it.
                    starter: answer.starter,
                    ..seen.clone()
                } == *answer
            };
            question.concerns(answer) && !before.all().any(same)
        };
        posted.retain(new);
        Ok(posted)
    }
}

/// The operating system's user of this process: from its uid, because `$USER` can say anything.
pub(in crate::cli) fn user() -> String {
    let uid = rustix::process::getuid().as_raw();
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| format!("uid {uid}"))
}

//! `deployer approve` and `deployer reject`.

use std::io;

use clap::Args;
use jiff::Timestamp;

use super::{Everywhere, desk, problem, resume};
use crate::journal::{Entry, RunDir};
use crate::report::{self, Output};
use crate::script::Sources;
use crate::vocabulary::{Answer, Question, Refusal};

/// Arguments of `approve` and `reject`.
#[derive(Debug, Args)]
pub(super) struct AnswerArgs {
    /// Run id, or the beginning of it
    #[arg(value_name = "RUN")]
    run: String,
    /// Role to answer as, where the run asks roles
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
    /// The word that the run asks for, typed out
    #[arg(long = "type", value_name = "WORD")]
    word: Option<String>,
    /// What was reviewed, as it was shown with the question: another question is not answered
    #[arg(long, value_name = "DIGEST")]
    reviewed: Option<String>,
    /// Anything to add
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

pub(super) fn main(args: &AnswerArgs, approved: bool, everywhere: &Everywhere) -> u8 {
    match answer(args, approved, everywhere) {
        Ok(()) => 0,
        Err(code) => code,
    }
}

fn answer(args: &AnswerArgs, approved: bool, everywhere: &Everywhere) -> Result<(), u8> {
    let dir = resume::find(&args.run, everywhere)?;
    let (entries, _) = dir
        .read()
        .map_err(|e| resume::unreadable(&e.to_string(), everywhere))?;
    let refuse = |code: &str, message: String, hint: Option<String>| {
        problem::nothing_ran(
            &[problem::plain(code, message, hint)],
            &Sources::new(),
            everywhere,
        )
    };
    let open = open_questions(&entries);
    if open.is_empty() {
        let message = format!("run {} asks nothing", dir.id());
        return Err(refuse("not_asked", message, None));
    }
    let listed = || {
        let each = open
            .iter()
            .map(|q| format!("{} (--reviewed {})", q.title, q.reviewed()));
        each.collect::<Vec<_>>().join(", ")
    };
    let question = match (&args.reviewed, open.as_slice()) {
        (Some(digest), all) => all
            .iter()
            .find(|q| !digest.is_empty() && q.digest.starts_with(digest)),
        (None, [only]) => Some(only),
        (None, _) => {
            let message = format!("run {} asks several things: {}", dir.id(), listed());
            let hint = Some("say which one, with --reviewed".into());
            return Err(refuse("reviewed_needed", message, hint));
        }
    };
    let Some(question) = question.cloned() else {
        let message = format!("run {} asks something else by now: {}", dir.id(), listed());
        let hint = format!(
            "look at it: {} show {}",
            super::called(everywhere),
            dir.id()
        );
        return Err(refuse("not_asked", message, Some(hint)));
    };
    let answered = answers_to(&question, &entries, &dir)
        .map_err(|e| refuse("answers_unreadable", e.to_string(), None))?;
    let outstanding = question.outstanding(&answered);
    let role = match (
        &args.role,
        question.roles.is_empty(),
        outstanding.as_slice(),
    ) {
        (Some(role), false, _) if question.roles.contains(role) => Some(role.clone()),
        (Some(role), false, _) => {
            let message = format!(
                "run {} does not ask {role}; it asks {}",
                dir.id(),
                question.roles.join(", ")
            );
            return Err(refuse("not_asked", message, None));
        }
        (role, true, _) => role.clone(),
        (None, false, [only]) => Some(only.clone()),
        (None, false, _) => {
            let message = format!(
                "run {} asks {}: say as whom you answer",
                dir.id(),
                question.roles.join(", ")
            );
            return Err(refuse("role_needed", message, Some("add --as ROLE".into())));
        }
    };
    let typed = args.word.as_ref().filter(|_| approved);
    match (&question.word, typed) {
        (Some(word), None) if approved => {
            let message = format!("run {} asks for a word: {}", dir.id(), question.title);
            let hint = format!("add --type {word} if that is what you want");
            return Err(refuse("word_needed", message, Some(hint)));
        }
        (Some(word), Some(typed)) if typed != word => {
            let message = format!("that is not {word}: nothing is confirmed");
            return Err(refuse("wrong_word", message, None));
        }
        (None, Some(_)) => {
            let message = format!("run {} asks for no word", dir.id());
            return Err(refuse(
                "no_word_asked",
                message,
                Some("leave --type out".into()),
            ));
        }
        _ => {}
    }
    let now = Timestamp::now();
    let answer = Answer {
        role,
        typed: typed.cloned(),
        note: args.note.clone(),
        ..Answer::to(&question, approved, desk::user(), now)
    };
    let answer = answer.sealed();
    if let Some(refusal) = question.refuses(&answer, &answered, now) {
        let hint = hint(&refusal, &question, &answered, everywhere, &dir.id());
        return Err(refuse(refusal.code(), refusal.to_string(), hint));
    }
    dir.post_answer(&answer)
        .map_err(|e| refuse("state", e.to_string(), None))?;
    let open = question.outstanding(&[answered, vec![answer.clone()]].concat());
    confirm(&answer, &question, &open, &dir, everywhere);
    Ok(())
}

/// What helps whoever's answer was refused.
fn hint(
    refusal: &Refusal,
    question: &Question,
    answered: &[Answer],
    everywhere: &Everywhere,
    run: &str,
) -> Option<String> {
    let open = question.outstanding(answered);
    Some(match refusal {
        Refusal::Answered { .. } | Refusal::SamePerson { .. } if open.is_empty() => {
            format!("go on with `{} resume {run}`", super::called(everywhere))
        }
        Refusal::Answered { .. } => format!("waiting for {}", open.join(", ")),
        Refusal::SamePerson { .. } => format!(
            "somebody else answers as {}; a pipeline allows one person with `distinct: false`",
            open.join(", ")
        ),
        Refusal::OlderThanQuestion | Refusal::FromTheFuture => {
            "set this machine's clock right, and answer again".to_owned()
        }
        Refusal::NotSealed | Refusal::NotAsked { .. } | Refusal::TooLate => return None,
    })
}

/// The questions that have no end yet, in the order in which they were asked: branches may ask side by side.
pub(super) fn open_questions(entries: &[Entry]) -> Vec<Question> {
    let ended = |question: &Question| {
        entries.iter().any(|entry| match entry {
            Entry::Result { key, .. } => *key == question.id,
            Entry::Finished { last, .. } => *last,
            _ => false,
        })
    };
    let mut open: Vec<Question> = Vec::new();
    for entry in entries {
        if let Entry::Asked { question, .. } = entry
            && !ended(question)
        {
            // A run that goes on asks again.
            open.retain(|other| other.id != question.id);
            open.push(question.clone());
        }
    }
    open
}

/// The answers that count: those that the run has taken in, and those that were posted and wait for it.
pub(super) fn answers_to(
    question: &Question,
    entries: &[Entry],
    dir: &RunDir,
) -> io::Result<Vec<Answer>> {
    let taken = entries.iter().filter_map(|e| match e {
        Entry::Answered { answer, .. } if question.concerns(answer) => Some(answer.clone()),
        _ => None,
    });
    let mut answers: Vec<Answer> = taken.collect();
    for posted in dir.answers()? {
        let concerned = question.concerns(&posted);
        if concerned
            && question
                .refuses(&posted, &answers, Timestamp::now())
                .is_none()
        {
            answers.push(posted);
        }
    }
    Ok(answers)
}

fn confirm(
    answer: &Answer,
    question: &Question,
    open: &[String],
    dir: &RunDir,
    everywhere: &Everywhere,
) {
    let (run, running) = (dir.id(), dir.is_running());
    if everywhere.output == Output::Json {
        report::print_text(&(serde_json::to_string(answer).unwrap_or_default() + "\n"));
        return;
    }
    let verb = if answer.approved {
        "approved"
    } else {
        "rejected"
    };
    let role = answer
        .role
        .as_deref()
        .map(|r| format!(" as {r}"))
        .unwrap_or_default();
    let mut text = format!(
        "{verb}{role} by {} (claimed): {}\n",
        answer.by, question.title
    );
    if !open.is_empty() && answer.approved {
        text.push_str(&format!("waiting for {}\n", open.join(", ")));
    } else if !running {
        text.push_str(&format!(
            "the run is not running; go on with: {} resume {run}\n",
            super::called(everywhere)
        ));
    }
    report::print_text(&text);
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn question(id: &str) -> Question {
        Question {
            id: id.to_owned(),
            title: format!("{id}?"),
            about: Value::Null,
            roles: Vec::new(),
            distinct: true,
            word: None,
            digest: format!("digest of {id}"),
            asked: None,
            deadline: None,
        }
    }

    #[test]
    fn what_is_asked_side_by_side_is_open_until_it_ends() {
        let at = Timestamp::UNIX_EPOCH;
        let asked = |id: &str| Entry::Asked {
            question: question(id),
            at,
        };
        let ended = |id: &str| Entry::Result {
            key: id.to_owned(),
            result: Ok(Value::Null),
            at,
        };
        let open = |entries: &[Entry]| {
            let open = open_questions(entries).into_iter();
            open.map(|question| question.id).collect::<Vec<_>>()
        };
        // One that a resumed run asks again is asked once.
        let mut entries = vec![asked("a"), asked("b"), asked("a")];
        assert_eq!(open(&entries), ["b", "a"]);
        entries.push(ended("b"));
        assert_eq!(open(&entries), ["a"]);
        entries.push(ended("a"));
        assert!(open(&entries).is_empty());
    }
}

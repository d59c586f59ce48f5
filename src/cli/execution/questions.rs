//! Questions of a run that nobody has answered yet, and the answers that count.

use std::io;

use jiff::Timestamp;

use crate::journal::{Entry, RunDir};
use crate::vocabulary::{Answer, Question};

/// The questions that have no end yet, in the order in which they were asked: branches may ask side by side.
pub(in crate::cli) fn open_questions(entries: &[Entry]) -> Vec<Question> {
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
pub(in crate::cli) fn answers_to(
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

//! What people are asked, and which of their answers count.
//!
//! A name in an answer is a claim: it is the operating system's user of whoever ran `deployer approve`, and whoever can
//! write to the state directory can write another. The seal keeps away what came about by accident or by hand; it is no
//! signature.

use super::codes;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::text::hex;

/// How far the clock of who answers may be ahead of the clock of the run.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// What people are asked, bound by its digest to what they were shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Unique within the run: the journal key of the call that asks.
    pub id: String,
    /// One line: what is to be approved.
    pub title: String,
    /// What was reviewed, shown with the question.
    pub about: Value,
    /// Roles that must each answer; empty: one answer from anyone.
    pub roles: Vec<String>,
    /// Whether each role needs a person of its own.
    #[serde(default)]
    pub distinct: bool,
    /// The word that must be typed to approve; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// SHA-256 (hex) over title, about, roles, word and run id; an answer names it.
    pub digest: String,
    /// When it was first asked; absent: by an older version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Timestamp>,
    /// RFC 3339; nobody answered by then counts as rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
}

impl Question {
    /// The beginning of its digest, as people are shown it.
    pub fn reviewed(&self) -> &str {
        self.digest.get(..8).unwrap_or(&self.digest)
    }

    /// Whether an answer is to this very question: what it asks, and what was shown with it.
    pub fn concerns(&self, answer: &Answer) -> bool {
        answer.question == self.id && answer.digest == self.digest
    }

    /// Roles that have not approved yet.
    pub fn outstanding(&self, answers: &[Answer]) -> Vec<String> {
        let open = |role: &&String| self.approval_of(role, answers).is_none();
        self.roles.iter().filter(open).cloned().collect()
    }

    /// Whether people have said all that was asked of them.
    pub fn is_answered(&self, answers: &[Answer]) -> bool {
        let mut concerned = answers.iter().filter(|answer| self.concerns(answer));
        match self.roles.as_slice() {
            [] => concerned.next().is_some(),
            _ => concerned.any(|answer| !answer.approved) || self.outstanding(answers).is_empty(),
        }
    }

    fn approval_of<'a>(&self, role: &str, answers: &'a [Answer]) -> Option<&'a Answer> {
        answers.iter().find(|answer| {
            answer.approved && self.concerns(answer) && answer.role.as_deref() == Some(role)
        })
    }

    /// Why a new answer to this question does not count, behind those that do; `None`: it counts.
    pub fn refuses(&self, answer: &Answer, before: &[Answer], now: Timestamp) -> Option<Refusal> {
        let role_asked = match &answer.role {
            _ if self.roles.is_empty() => true,
            Some(role) => self.roles.contains(role),
            None => false,
        };
        if answer.seal != answer.computed_seal() {
            return Some(Refusal::NotSealed);
        }
        if !role_asked {
            return Some(Refusal::NotAsked {
                role: answer.role.clone(),
                roles: self.roles.clone(),
            });
        }
        if self.asked.is_some_and(|asked| answer.at < asked) {
            return Some(Refusal::OlderThanQuestion);
        }
        if answer.at > now.checked_add(AHEAD).unwrap_or(now) {
            return Some(Refusal::FromTheFuture);
        }
        if self.deadline.is_some_and(|deadline| answer.at > deadline) {
            return Some(Refusal::TooLate);
        }
        // Who has said yes may still say no.
        if self.roles.is_empty() || !answer.approved {
            return None;
        }
        let role = answer.role.as_deref().unwrap_or_default();
        if let Some(earlier) = self.approval_of(role, before) {
            return Some(Refusal::Answered {
                role: role.to_owned(),
                by: earlier.by.clone(),
            });
        }
        let same = |other: &&Answer| self.concerns(other) && other.by == answer.by;
        match before.iter().find(same) {
            Some(earlier) if self.distinct => Some(Refusal::SamePerson {
                by: answer.by.clone(),
                role: earlier.role.clone().unwrap_or_default(),
            }),
            _ => None,
        }
    }
}

/// Why an answer does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody has written or changed it by hand.
    NotSealed,
    /// It is from a role that is not asked.
    NotAsked {
        /// The role that the answer names; `None`: it names none.
        role: Option<String>,
        /// The roles that the question asks.
        roles: Vec<String>,
    },
    /// It was given before the question was asked.
    OlderThanQuestion,
    /// Its time has not come yet.
    FromTheFuture,
    /// It was given after the deadline.
    TooLate,
    /// Somebody has answered for that role.
    Answered {
        /// The role that has answered.
        role: String,
        /// Who answered for it.
        by: String,
    },
    /// One person has approved as two roles, where each needs a person of its own.
    SamePerson {
        /// Who has answered twice.
        by: String,
        /// The role that they have answered as before.
        role: String,
    },
}

impl Refusal {
    /// Stable name, as the code of an error.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NotSealed => "not_sealed",
            Refusal::NotAsked { .. } => "not_asked",
            Refusal::OlderThanQuestion | Refusal::FromTheFuture => "wrong_clock",
            Refusal::TooLate => codes::TOO_LATE,
            Refusal::Answered { .. } => "already_answered",
            Refusal::SamePerson { .. } => "same_person",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NotSealed => {
                f.write_str("`deployer approve` did not write it, or it was changed afterwards")
            }
            Refusal::NotAsked { role, roles } => {
                let role = role.as_deref().unwrap_or("no role");
                write!(f, "it is from {role}; the run asks {}", roles.join(", "))
            }
            Refusal::OlderThanQuestion => f.write_str("it is older than the question"),
            Refusal::FromTheFuture => f.write_str("its time is more than 5 minutes ahead"),
            Refusal::TooLate => f.write_str("the deadline for an answer has passed"),
            Refusal::Answered { role, by } => write!(f, "{by} has answered as {role} already"),
            Refusal::SamePerson { by, role } => write!(
                f,
                "{by} has answered as {role} already, and each role needs a person of its own"
            ),
        }
    }
}

/// The answers to a question so far.
#[derive(Debug, Clone, Default)]
pub struct Replies {
    /// Answers that count, in the order in which they were given.
    pub counted: Vec<Answer>,
    /// Answers that do not count ([`Question::refuses`] says why).
    pub refused: Vec<Answer>,
}

impl Replies {
    /// All answers: those that count, then those that do not.
    pub fn all(&self) -> impl Iterator<Item = &Answer> {
        self.counted.iter().chain(&self.refused)
    }
}

/// One person's answer to a [`Question`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Answer {
    /// Id of the question that it answers ([`Question::id`]).
    pub question: String,
    /// What the person was shown: [`Question::digest`] of that question.
    pub digest: String,
    /// Whether the person approves; false: they reject.
    pub approved: bool,
    /// The role that the person answers as; `None`: the question names no roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Who they claim to be: the operating system's user, or the fixture's person.
    pub by: String,
    /// When the answer was given, by the clock of who gave it.
    pub at: Timestamp,
    /// The word that they typed, where one must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed: Option<String>,
    /// A remark that the person added (`--note`); `None`: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether they are the one who started the run. Known to the run that takes the answer in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starter: bool,
    /// SHA-256 (hex) over all of it but `starter`; empty: by an older version, or by hand.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seal: String,
}

impl Answer {
    /// A plain yes or no to a question, not sealed yet.
    pub fn to(question: &Question, approved: bool, by: impl Into<String>, at: Timestamp) -> Answer {
        Answer {
            question: question.id.clone(),
            digest: question.digest.clone(),
            approved,
            by: by.into(),
            at,
            ..Answer::default()
        }
    }

    /// Closes it: nothing in it may change afterwards.
    pub fn sealed(mut self) -> Answer {
        self.seal = self.computed_seal();
        self
    }

    fn computed_seal(&self) -> String {
        let sealed = serde_json::json!([
            "answer 1",
            self.question,
            self.digest,
            self.approved,
            self.role,
            self.by,
            self.at,
            self.typed,
            self.note,
        ]);
        hex::sha256(sealed.to_string().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn question() -> Question {
        Question {
            id: "0:4".into(),
            title: "deploy".into(),
            about: Value::Null,
            roles: vec!["lead".into(), "devops".into()],
            distinct: true,
            word: None,
            digest: "d".into(),
            asked: Some(at(100)),
            deadline: Some(at(1_000)),
        }
    }

    fn answer(role: &str, by: &str, second: i64) -> Answer {
        Answer {
            role: Some(role.into()),
            ..Answer::to(&question(), true, by, at(second))
        }
    }

    #[test]
    fn answers_that_do_not_count_are_refused_by_name() {
        let lead = answer("lead", "ana", 150).sealed();
        let refused = |answer: &Answer| {
            let before = std::slice::from_ref(&lead);
            question()
                .refuses(answer, before, at(500))
                .map(|r| r.code())
        };
        assert_eq!(refused(&answer("devops", "raj", 200).sealed()), None);
        let no = Answer {
            approved: false,
            ..answer("lead", "ana", 200)
        };
        assert_eq!(refused(&no.sealed()), None, "a yes may be taken back");
        for (answer, code) in [
            (answer("devops", "raj", 200), "not_sealed"),
            (answer("boss", "raj", 200).sealed(), "not_asked"),
            (answer("devops", "raj", 99).sealed(), "wrong_clock"),
            (answer("devops", "raj", 801).sealed(), "wrong_clock"),
            (answer("lead", "raj", 200).sealed(), "already_answered"),
            (answer("devops", "ana", 200).sealed(), "same_person"),
        ] {
            assert_eq!(refused(&answer), Some(code), "{answer:?}");
        }
        let late = answer("devops", "raj", 1_001).sealed();
        let refusal = question().refuses(&late, &[], at(1_002));
        assert_eq!(refusal, Some(Refusal::TooLate));
    }

    #[test]
    fn whatever_is_changed_breaks_the_seal() {
        let whole = answer("lead", "ana", 150).sealed();
        let json = serde_json::to_value(&whole).unwrap();
        for (member, value) in [
            ("by", serde_json::json!("raj")),
            ("role", serde_json::json!("devops")),
            ("approved", serde_json::json!(false)),
            ("at", serde_json::json!("1970-01-01T00:05:00Z")),
            ("note", serde_json::json!("fine")),
        ] {
            let mut changed = json.clone();
            changed[member] = value;
            let changed: Answer = serde_json::from_value(changed).unwrap();
            let refusal = question().refuses(&changed, &[], at(500));
            assert_eq!(refusal, Some(Refusal::NotSealed), "{member}");
        }
    }

    #[test]
    fn one_person_may_answer_every_role_where_that_is_allowed() {
        let question = Question {
            distinct: false,
            ..question()
        };
        let before = [answer("lead", "ana", 150).sealed()];
        let second = answer("devops", "ana", 160).sealed();
        assert_eq!(question.refuses(&second, &before, at(500)), None);
        assert!(!question.is_answered(&before));
        assert!(question.is_answered(&[before[0].clone(), second]));
    }
}

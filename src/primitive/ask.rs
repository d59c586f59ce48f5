//! Asking people, and judging their answers.

use serde_json::Value;

use super::{Context, Signal};
use crate::text::hex;
use crate::vocabulary::{Answer, Fault, Halt, Question, Replies, Stop, codes};
use crate::world::AskResult;

/// What people decided about a question.
pub enum Decision {
    /// Every role that was asked approved; these are the answers.
    Approved(Vec<Answer>),
    /// Someone said no, or nobody answered in time (code `rejected`).
    Rejected(Fault),
}

/// The parts of a question that its script determines.
#[derive(Debug, Clone, Copy)]
pub struct AskRequest<'a> {
    /// What is to be approved, in one line.
    pub title: &'a str,
    /// What was reviewed: shown with the question, and part of its digest.
    pub about: &'a Value,
    /// Roles that must each answer; empty: one answer from anyone.
    pub roles: &'a [String],
    /// Whether each role needs a person of its own.
    pub distinct: bool,
    /// The word that must be typed to approve.
    pub word: Option<&'a str>,
}

/// Asks until every role has approved, someone has rejected, or the call's deadline has passed. An answer that does not
/// count is passed over, and told with the reason.
///
/// # Errors
/// `Halt::Suspended` where nobody can answer here and now, or nobody can be asked.
pub fn ask(cx: &Context<'_>, asking: AskRequest<'_>) -> Result<Decision, Stop> {
    let title = asking.title;
    let question = Question {
        id: cx.key.to_owned(),
        title: title.to_owned(),
        about: asking.about.clone(),
        roles: asking.roles.to_vec(),
        distinct: asking.distinct,
        word: asking.word.map(str::to_owned),
        digest: digest(cx.run, asking),
        asked: Some(cx.started),
        deadline: cx.deadline,
    };
    let mut given = Replies {
        counted: cx.answers.to_vec(),
        refused: Vec::new(),
    };
    // What was answered to another question of this call says nothing about this one.
    given.counted.retain(|answer| counts(&question, answer));
    let mut told = false;
    loop {
        if let Some(verdict) = judge(&question, &given.counted) {
            return Ok(verdict);
        }
        if !told {
            (cx.signal)(Signal::Asked(question.clone()));
            told = true;
        }
        match cx.world.ask(&question, &given)? {
            AskResult::Answers(new) => {
                for mut answer in new {
                    if let Some(why) = question.refuses(&answer, &given.counted, cx.world.now()) {
                        let text = format!("an answer by {} does not count: {why}", answer.by);
                        (cx.signal)(Signal::Remark(text));
                        given.refused.push(answer);
                        continue;
                    }
                    answer.starter = answer.by == cx.starter;
                    (cx.signal)(Signal::Answered(answer.clone()));
                    given.counted.push(answer);
                }
            }
            AskResult::Later if overdue(cx) => {
                let fault =
                    Fault::new(codes::REJECTED, format!("nobody answered in time: {title}"));
                return Ok(Decision::Rejected(fault));
            }
            AskResult::Later if cx.cancel.is_cancelled() => {
                return Err(Stop::Halt(Halt::Cancelled));
            }
            AskResult::Later => return Err(suspended(question, &given.counted)),
            AskResult::Unable(why) => {
                (cx.signal)(Signal::Remark(format!("nobody can be asked here: {why}")));
                return Err(suspended(question, &given.counted));
            }
        }
    }
}

fn overdue(cx: &Context<'_>) -> bool {
    cx.deadline
        .is_some_and(|deadline| cx.world.now() >= deadline)
}

/// A recorded answer counts if it is to this very question, in time, and from a role that was asked.
fn counts(question: &Question, answer: &Answer) -> bool {
    let role_asked = match &answer.role {
        _ if question.roles.is_empty() => true,
        Some(role) => question.roles.contains(role),
        None => false,
    };
    let in_time = question
        .deadline
        .is_none_or(|deadline| answer.at <= deadline);
    in_time && question.concerns(answer) && role_asked
}

fn judge(question: &Question, answers: &[Answer]) -> Option<Decision> {
    let counted = || answers.iter().filter(|a| counts(question, a));
    if let Some(no) = counted().find(|a| !a.approved) {
        let role = no
            .role
            .as_deref()
            .map(|r| format!(" ({r})"))
            .unwrap_or_default();
        let note = no
            .note
            .as_deref()
            .map(|n| format!(": {n}"))
            .unwrap_or_default();
        let fault = Fault::new(codes::REJECTED, format!("{}{role} rejected{note}", no.by));
        return Some(Decision::Rejected(fault));
    }
    if let Some(word) = &question.word
        && let Some(wrong) = counted().find(|a| a.typed.as_ref() != Some(word))
    {
        let typed = wrong.typed.as_deref().unwrap_or_default();
        let message = format!(
            "{} typed `{typed}` and not `{word}`: not confirmed",
            wrong.by
        );
        return Some(Decision::Rejected(Fault::new(codes::REJECTED, message)));
    }
    let approved = match question.roles.as_slice() {
        [] => counted().next().is_some(),
        roles => roles
            .iter()
            .all(|role| counted().any(|a| a.role.as_ref() == Some(role))),
    };
    approved.then(|| Decision::Approved(counted().cloned().collect()))
}

/// Suspended over the question, with only the roles that have not answered yet.
fn suspended(mut question: Question, answers: &[Answer]) -> Stop {
    question.roles = question.outstanding(answers);
    Stop::Halt(Halt::Suspended { question })
}

/// SHA-256 (hex) over all that the people were shown, and the run that asks.
fn digest(run: &str, asking: AskRequest<'_>) -> String {
    let mut reviewed = serde_json::json!([run, asking.title, asking.about, asking.roles]);
    if let (Some(all), Some(word)) = (reviewed.as_array_mut(), asking.word) {
        all.push(word.into());
    }
    let reviewed = reviewed.to_string();
    hex::sha256(reviewed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn question(roles: &[&str]) -> Question {
        Question {
            id: "0:4".into(),
            title: "deploy".into(),
            about: json!(null),
            roles: roles.iter().map(|r| (*r).to_owned()).collect(),
            distinct: false,
            word: None,
            digest: "d".into(),
            asked: None,
            deadline: None,
        }
    }

    fn answer(role: Option<&str>, approved: bool, digest: &str) -> Answer {
        Answer {
            question: "0:4".into(),
            digest: digest.into(),
            approved,
            role: role.map(str::to_owned),
            by: "ana".into(),
            ..Answer::default()
        }
    }

    #[test]
    fn every_role_must_approve_what_was_reviewed() {
        let q = question(&["lead", "devops"]);
        let verdict = |answers: &[Answer]| match judge(&q, answers) {
            None => "open",
            Some(Decision::Approved(_)) => "approved",
            Some(Decision::Rejected(_)) => "rejected",
        };
        let lead = answer(Some("lead"), true, "d");
        assert_eq!(verdict(std::slice::from_ref(&lead)), "open");
        assert_eq!(verdict(&[lead.clone(), lead.clone()]), "open");
        assert_eq!(
            verdict(&[lead.clone(), answer(Some("devops"), true, "other")]),
            "open"
        );
        assert_eq!(verdict(&[lead.clone(), answer(None, true, "d")]), "open");
        assert_eq!(
            verdict(&[lead.clone(), answer(Some("devops"), false, "d")]),
            "rejected"
        );
        assert_eq!(
            verdict(&[lead, answer(Some("devops"), true, "d")]),
            "approved"
        );
    }

    #[test]
    fn only_the_word_itself_confirms() {
        let q = Question {
            word: Some("DESTROY".into()),
            ..question(&[])
        };
        let typed = |word: Option<&str>| Answer {
            typed: word.map(str::to_owned),
            ..answer(None, true, "d")
        };
        let confirmed = |word| {
            let answers = [typed(word)];
            matches!(judge(&q, &answers), Some(Decision::Approved(_)))
        };
        assert!(confirmed(Some("DESTROY")));
        for wrong in [Some("destroy"), Some("DESTROY "), Some(""), None] {
            assert!(!confirmed(wrong), "{wrong:?}");
        }
        let Some(Decision::Rejected(fault)) = judge(&q, &[typed(Some("DESTORY"))]) else {
            panic!("a wrong word is a no");
        };
        assert!(fault.message.contains("`DESTORY`"), "{fault}");
    }
}

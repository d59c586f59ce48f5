//! People who approve, reject, or do not answer.

use crate::suggest::suggest;
use std::time::Duration;

use jiff::Timestamp;

use crate::vocabulary::{Answer, Fault, Question, Replies, codes};
use crate::world::AskResult;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;
use crate::world::simulated::outside::people_state::{Person, Reply};

/// Asks: waits for the next answer that is to come.
///
/// # Errors
/// `nobody_to_ask`, where the fixture has people, and none for a role.
pub(crate) fn ask(
    cloud: &mut Cloud,
    question: &Question,
    before: &Replies,
) -> Result<AskResult, Fault> {
    let now = cloud.now();
    let asked = *cloud.people.asked.entry(question.id.clone()).or_insert(now);
    let open = open_roles(question, before);
    for role in open.iter().flatten() {
        someone(cloud, role)?;
    }
    let next = open
        .into_iter()
        .filter_map(|role| {
            reply(cloud, question, role.as_deref(), asked).map(|(at, p)| (at, role, p))
        })
        .min_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let in_time = |at: Timestamp| question.deadline.is_none_or(|deadline| at <= deadline);
    Ok(match next.filter(|(at, ..)| in_time(*at)) {
        Some((at, role, person)) => {
            pass_until(cloud, at);
            let approved = person.reply != Reply::Reject;
            let answer = Answer {
                typed: typed(question, person.reply == Reply::Mistype),
                role,
                note: person.note,
                ..Answer::to(question, approved, person.name, cloud.now())
            };
            AskResult::Answers(vec![answer.sealed()])
        }
        None => {
            if let Some(deadline) = question.deadline {
                pass_until(cloud, deadline);
            }
            AskResult::Later
        }
    })
}

/// Demands that someone answers for a role, where the fixture says who there is.
fn someone(cloud: &Cloud, role: &str) -> Result<(), Fault> {
    let answers = |p: &Person| p.role.as_deref().is_none_or(|own| own == role);
    if cloud.people.persons.is_empty() || cloud.people.persons.iter().any(answers) {
        return Ok(());
    }
    let roles = cloud
        .people
        .persons
        .iter()
        .filter_map(|p| p.role.as_deref());
    let message = format!("the fixture has nobody who answers as `{role}`");
    let message = match suggest(role, roles) {
        Some(meant) => format!("{message}, did you mean `{meant}`?"),
        None => message,
    };
    Err(Fault::new(codes::NOBODY_TO_ASK, message).hint(format!(
        "add to the fixture:\n[[people]]\nrole = {role:?}\nname = \"…\""
    )))
}

/// The word that someone types, where one must be typed.
pub(crate) fn typed(question: &Question, mistyped: bool) -> Option<String> {
    let word = question.word.as_ref()?;
    Some(match mistyped {
        true => format!("{word}?"),
        false => word.clone(),
    })
}

/// The roles that have not answered; `None` stands for anyone.
pub(crate) fn open_roles(question: &Question, before: &Replies) -> Vec<Option<String>> {
    if question.roles.is_empty() {
        return if before.all().next().is_none() {
            vec![None]
        } else {
            Vec::new()
        };
    }
    let answered = |role: &String| before.all().any(|a| a.role.as_ref() == Some(role));
    let open = question.roles.iter().filter(|role| !answered(role));
    open.cloned().map(Some).collect()
}

/// Who answers for a role, and when; `None`: nobody will.
fn reply(
    cloud: &Cloud,
    question: &Question,
    role: Option<&str>,
    asked: Timestamp,
) -> Option<(Timestamp, Person)> {
    let named = cloud
        .people
        .persons
        .iter()
        .find(|p| role.is_some() && p.role.as_deref() == role);
    let anyone = || match role {
        Some(_) => cloud.people.persons.iter().find(|p| p.role.is_none()),
        None => cloud.people.persons.first(),
    };
    let mut person = named.or_else(anyone).cloned().unwrap_or_else(|| Person {
        role: None,
        name: role.unwrap_or("someone").to_owned(),
        after: Duration::from_secs(30),
        reply: Reply::Approve,
        note: Some("nobody in [[people]] of the fixture: everyone approves".to_owned()),
    });
    let subject = role.unwrap_or_default();
    if cloud.kernel.fault_on("approval-rejected", subject) {
        person.reply = Reply::Reject;
    }
    if person.reply == Reply::Approve
        && question.word.is_some()
        && cloud.kernel.fault("confirmation-mistyped").is_some()
    {
        person.reply = Reply::Mistype;
    }
    if person.reply == Reply::Never || cloud.kernel.fault_on("approval-unanswered", subject) {
        return None;
    }
    Some((later(asked, person.after), person))
}

fn pass_until(cloud: &mut Cloud, until: Timestamp) {
    let wait = until.duration_since(cloud.now());
    cloud.pass(Duration::try_from(wait).unwrap_or_default());
}

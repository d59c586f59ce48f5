//! The checks behind the `expect_*` functions of tests.

use std::time::Duration;

use serde_json::Value;

use super::rehearsal::Rehearsal;
use crate::suggest::did_you_mean;
use crate::text::arn::short_name;
use crate::vocabulary::outcome::Outcome;
use crate::vocabulary::{Fault, codes};

mod writes;

pub(in crate::testing) use writes::{never, no_writes, order, write, writes};

/// Why an assertion about a rehearsal fails.
#[derive(Debug)]
pub(super) enum Violation {
    /// What was found is not what was expected.
    Not {
        /// What was asserted, in one sentence.
        what: String,
        expected: String,
        found: String,
    },
    /// The arguments of the check are invalid.
    Misuse(Fault),
}

/// The result of an assertion: nothing, or why it fails.
pub(super) type CheckResult = Result<(), Violation>;

const OUTCOMES: [Outcome; 7] = [
    Outcome::Succeeded,
    Outcome::Failed,
    Outcome::RolledBack,
    Outcome::Rejected,
    Outcome::Suspended,
    Outcome::Diverged,
    Outcome::Interrupted,
];
/// The most items that are listed as found.
const LISTED: usize = 12;
/// The longest that one of them gets.
const LONGEST: usize = 160;

pub(super) fn require(
    met: bool,
    what: &str,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> CheckResult {
    if met {
        return Ok(());
    }
    Err(Violation::Not {
        what: what.to_owned(),
        expected: expected.into(),
        found: found.into(),
    })
}

pub(super) fn outcome(run: &Rehearsal, expected: &str) -> CheckResult {
    let names = OUTCOMES.map(Outcome::name);
    if !names.contains(&expected) {
        let hint = match did_you_mean(expected, &names) {
            Some(close) => close,
            None => format!("outcomes: {}", names.join(", ")),
        };
        let message = format!("there is no outcome `{expected}`");
        return Err(Violation::Misuse(
            Fault::new(codes::UNKNOWN_OUTCOME, message).hint(hint),
        ));
    }
    let found = run.ending.outcome.name();
    let why = run.ending.fault.as_ref().map(|fault| format!(" ({fault})"));
    let found_all = format!("{found}{}", why.unwrap_or_default());
    require(
        found == expected,
        "the outcome is another one",
        expected,
        found_all,
    )
}

pub(super) fn asked(run: &Rehearsal, roles: &[String]) -> CheckResult {
    let found = run.asked();
    let words = |roles: &[String]| match roles {
        [] => "nobody".to_owned(),
        roles => roles.join(", "),
    };
    require(
        found == roles,
        "other roles were asked",
        words(roles),
        words(&found),
    )
}

pub(super) fn within(run: &Rehearsal, limit: Duration) -> CheckResult {
    let took = Duration::from_millis(run.ending.elapsed_ms);
    require(
        took <= limit,
        "it took too long",
        format!("at most {}", span(limit)),
        span(took),
    )
}

pub(super) fn lasting(run: &Rehearsal, least: Duration) -> CheckResult {
    let took = Duration::from_millis(run.ending.elapsed_ms);
    require(
        took >= least,
        "it ended too early",
        format!("at least {}", span(least)),
        span(took),
    )
}

/// A length of time in whole seconds, for a message: `18m 12s`.
pub(super) fn span(duration: Duration) -> String {
    let whole = jiff::SignedDuration::from_secs(duration.as_secs().cast_signed());
    format!("{whole:#}")
}

pub(super) fn event(run: &Rehearsal, text: &str) -> CheckResult {
    mentions(&run.news(), text, "no event matched")
}

pub(super) fn note(run: &Rehearsal, text: &str) -> CheckResult {
    mentions(&run.notes(), text, "no note matched")
}

pub(super) fn cause(run: &Rehearsal, text: &str) -> CheckResult {
    let causes: Vec<String> = run.ending.causes.iter().map(|c| c.text.clone()).collect();
    mentions(&causes, text, "no cause matched")
}

pub(super) fn left(run: &Rehearsal, text: &str) -> CheckResult {
    mentions(&lefts(run), text, "nothing that is left in place matched")
}

pub(super) fn nothing_left(run: &Rehearsal) -> CheckResult {
    let left = lefts(run);
    require(
        left.is_empty(),
        "something is left in place",
        "nothing",
        list(&left),
    )
}

pub(super) fn lefts(run: &Rehearsal) -> Vec<String> {
    run.ending.left.iter().map(|l| l.text.clone()).collect()
}

pub(super) fn undone(run: &Rehearsal, text: &str) -> CheckResult {
    let undone = run.ending.undone.iter().filter(|u| u.fault.is_none());
    let undone: Vec<String> = undone.map(|u| u.label.clone()).collect();
    mentions(&undone, text, "no undo matched")
}

pub(super) fn fault(run: &Rehearsal, code: &str) -> CheckResult {
    let found = run.ending.fault.as_ref();
    let shown = found.map_or("none".to_owned(), ToString::to_string);
    require(
        found.is_some_and(|f| f.code == code),
        "the fault is another one",
        code,
        shown,
    )
}

pub(super) fn failed_in(run: &Rehearsal, step: &str) -> CheckResult {
    let found = run.ending.step.as_deref();
    require(
        found == Some(step),
        "it did not fail there",
        step,
        found.unwrap_or("no step"),
    )
}

fn mentions(texts: &[String], wanted: &str, what: &str) -> CheckResult {
    let small = wanted.to_lowercase();
    let found = texts
        .iter()
        .any(|text| text.to_lowercase().contains(&small));
    require(found, what, format!("… {wanted} …"), list(texts))
}

/// Whether `found` has what `wanted` has: members of maps, whole lists, texts, and the end of an ARN by itself.
pub(super) fn has(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => wanted
            .iter()
            .all(|(key, wanted)| found.get(key).is_some_and(|found| has(found, wanted))),
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(f, w)| has(f, w))
        }
        (Value::String(found), Value::String(wanted)) => {
            found == wanted || (found.starts_with("arn:") && short_name(found) == wanted)
        }
        (found, wanted) => found == wanted,
    }
}

pub(super) fn list(texts: &[String]) -> String {
    if texts.is_empty() {
        return "nothing".to_owned();
    }
    let mut lines: Vec<String> = texts.iter().take(LISTED).map(|text| short(text)).collect();
    if texts.len() > LISTED {
        lines.push(format!("… and {} more", texts.len() - LISTED));
    }
    lines.join("\n")
}

fn short(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let cut: String = text.chars().take(LONGEST).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn part_of_a_map_is_enough() {
        let found = json!({"service": "catalog", "taskDefinition": "arn:aws:ecs:x:1:task-definition/catalog:42",
                           "list": [1, {"a": 1, "b": 2}]});
        assert!(has(
            &found,
            &json!({"service": "catalog", "taskDefinition": "catalog:42"})
        ));
        assert!(has(&found, &json!({"list": [1, {"a": 1}]})));
        assert!(!has(&found, &json!({"list": [1]})));
        assert!(!has(&found, &json!({"service": "log"})));
        assert!(!has(&found, &json!({"none": null})));
    }
}

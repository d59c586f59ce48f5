//! What can be demanded of a rehearsal.

use std::time::Duration;

use serde_json::Value;

use super::faults::operations;
use super::rehearsal::Rehearsal;
use crate::call::Fault;
use crate::run::outcome::Outcome;
use crate::script::suggest::did_you_mean;
use crate::world::shape;
use crate::world::simulated::Request;

/// Why a demand is not met.
#[derive(Debug)]
pub(super) enum Unmet {
    /// It is not so.
    Not {
        /// One sentence.
        what: String,
        expected: String,
        found: String,
    },
    /// The demand itself makes no sense.
    Misuse(Fault),
}

/// Whether a demand is met.
pub(super) type Met = Result<(), Unmet>;

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

pub(super) fn that(
    met: bool,
    what: &str,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> Met {
    if met {
        return Ok(());
    }
    Err(Unmet::Not {
        what: what.to_owned(),
        expected: expected.into(),
        found: found.into(),
    })
}

pub(super) fn outcome(run: &Rehearsal, expected: &str) -> Met {
    let names = OUTCOMES.map(Outcome::name);
    if !names.contains(&expected) {
        let hint = match did_you_mean(expected, &names) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("outcomes: {}", names.join(", ")),
        };
        let message = format!("there is no outcome `{expected}`");
        return Err(Unmet::Misuse(
            Fault::new("unknown_outcome", message).hint(hint),
        ));
    }
    let found = run.ending.outcome.name();
    let why = run.ending.fault.as_ref().map(|fault| format!(" ({fault})"));
    let found_all = format!("{found}{}", why.unwrap_or_default());
    that(
        found == expected,
        "the outcome is another one",
        expected,
        found_all,
    )
}

/// Writes of an operation whose input has at least these members.
fn matching<'r>(run: &'r Rehearsal, operation: &str, input: &Value) -> Vec<&'r Request> {
    let of = run.writes.iter().filter(|w| w.call.operation == operation);
    of.filter(|w| has(&w.call.input, input)).collect()
}

pub(super) fn write(run: &Rehearsal, operation: &str, input: &Value) -> Met {
    let found = !matching(run, operation, input).is_empty();
    that(
        found,
        "a write was not made",
        wanted(operation, input),
        found_writes(run, operation, input),
    )
}

pub(super) fn writes(run: &Rehearsal, operation: &str, input: &Value, count: usize) -> Met {
    let found = matching(run, operation, input).len();
    let times = |n: usize| {
        if n == 1 {
            "once".to_owned()
        } else {
            format!("{n} times")
        }
    };
    that(
        found == count,
        "a write was made another number of times",
        format!("{} {}", wanted(operation, input), times(count)),
        format!("{}: {}", times(found), found_writes(run, operation, input)),
    )
}

pub(super) fn never(run: &Rehearsal, operation: &str, input: &Value) -> Met {
    // What is misspelt is never made.
    spelt(operation, input)?;
    let found = matching(run, operation, input);
    let lines: Vec<String> = found.iter().map(|w| shown(w)).collect();
    let expected = format!("never {}", wanted(operation, input));
    that(found.is_empty(), "a write was made", expected, list(&lines))
}

/// Demands that an operation and the members of its input are no misspelling of ones that there are.
fn spelt(operation: &str, input: &Value) -> Result<(), Unmet> {
    let wrong = |what: String, close: Option<&str>| {
        let fault = Fault::new("unknown_operation", what);
        Err(Unmet::Misuse(match close {
            Some(close) => fault.hint(format!("did you mean `{close}`?")),
            None => fault,
        }))
    };
    let known = operations().iter().find(|(_, known)| *known == operation);
    let Some((service, _)) = known else {
        let names = operations().iter().map(|(_, name)| *name);
        // Others can be called too; one that is hardly different is a slip.
        let close = names.min_by_key(|name| strsim::osa_distance(name, operation));
        let close = close.filter(|name| strsim::osa_distance(name, operation) <= 2);
        return match close {
            Some(_) => wrong(format!("there is no operation `{operation}`"), close),
            None => Ok(()),
        };
    };
    let members = shape::members(service, operation);
    let asked = input.as_object().into_iter().flatten();
    for (name, _) in asked {
        if !members.is_empty() && !members.contains(name) {
            let close = did_you_mean(name, &members);
            return wrong(format!("{operation} has no member `{name}`"), close);
        }
    }
    Ok(())
}

pub(super) fn no_writes(run: &Rehearsal) -> Met {
    let lines: Vec<String> = run.writes.iter().map(shown).collect();
    that(
        lines.is_empty(),
        "something was changed",
        "no writes",
        list(&lines),
    )
}

pub(super) fn order(run: &Rehearsal, operations: &[String]) -> Met {
    let made: Vec<&str> = run
        .writes
        .iter()
        .map(|w| w.call.operation.as_str())
        .collect();
    let mut left = operations.iter();
    let mut next = left.next();
    for operation in &made {
        if next.is_some_and(|n| n == operation) {
            next = left.next();
        }
    }
    let expected = operations.join(", ");
    let found = match made.as_slice() {
        [] => "no writes".to_owned(),
        made => made.join(", "),
    };
    that(
        next.is_none(),
        "the writes were not made in this order",
        expected,
        found,
    )
}

pub(super) fn asked(run: &Rehearsal, roles: &[String]) -> Met {
    let found = run.asked();
    let words = |roles: &[String]| match roles {
        [] => "nobody".to_owned(),
        roles => roles.join(", "),
    };
    that(
        found == roles,
        "others were asked",
        words(roles),
        words(&found),
    )
}

pub(super) fn within(run: &Rehearsal, limit: Duration) -> Met {
    let took = Duration::from_millis(run.ending.elapsed_ms);
    that(
        took <= limit,
        "it took too long",
        format!("at most {}", span(limit)),
        span(took),
    )
}

pub(super) fn lasting(run: &Rehearsal, least: Duration) -> Met {
    let took = Duration::from_millis(run.ending.elapsed_ms);
    that(
        took >= least,
        "it was over too early",
        format!("at least {}", span(least)),
        span(took),
    )
}

/// `18m 12s`.
pub(super) fn span(duration: Duration) -> String {
    let whole = jiff::SignedDuration::from_secs(duration.as_secs().cast_signed());
    format!("{whole:#}")
}

pub(super) fn event(run: &Rehearsal, text: &str) -> Met {
    mentions(&run.news(), text, "nothing like it was reported")
}

pub(super) fn note(run: &Rehearsal, text: &str) -> Met {
    mentions(&run.notes(), text, "nothing like it was noted")
}

pub(super) fn cause(run: &Rehearsal, text: &str) -> Met {
    let causes: Vec<String> = run.ending.causes.iter().map(|c| c.text.clone()).collect();
    mentions(&causes, text, "no such cause was found out")
}

pub(super) fn left(run: &Rehearsal, text: &str) -> Met {
    mentions(&lefts(run), text, "nothing like it is left in place")
}

pub(super) fn nothing_left(run: &Rehearsal) -> Met {
    let left = lefts(run);
    that(
        left.is_empty(),
        "something is left in place",
        "nothing",
        list(&left),
    )
}

pub(super) fn lefts(run: &Rehearsal) -> Vec<String> {
    run.ending.left.iter().map(|l| l.text.clone()).collect()
}

pub(super) fn undone(run: &Rehearsal, text: &str) -> Met {
    let undone = run.ending.undone.iter().filter(|u| u.fault.is_none());
    let undone: Vec<String> = undone.map(|u| u.label.clone()).collect();
    mentions(&undone, text, "nothing like it was undone")
}

pub(super) fn fault(run: &Rehearsal, code: &str) -> Met {
    let found = run.ending.fault.as_ref();
    let shown = found.map_or("none".to_owned(), ToString::to_string);
    that(
        found.is_some_and(|f| f.code == code),
        "the fault is another one",
        code,
        shown,
    )
}

pub(super) fn failed_in(run: &Rehearsal, step: &str) -> Met {
    let found = run.ending.step.as_deref();
    that(
        found == Some(step),
        "it did not fail there",
        step,
        found.unwrap_or("no step"),
    )
}

fn mentions(texts: &[String], wanted: &str, what: &str) -> Met {
    let small = wanted.to_lowercase();
    let found = texts
        .iter()
        .any(|text| text.to_lowercase().contains(&small));
    that(found, what, format!("… {wanted} …"), list(texts))
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
            found == wanted
                || (found.starts_with("arn:") && found.rsplit('/').next() == Some(wanted))
        }
        (found, wanted) => found == wanted,
    }
}

fn wanted(operation: &str, input: &Value) -> String {
    match input.as_object() {
        Some(members) if !members.is_empty() => format!("{operation} {input}"),
        _ => operation.to_owned(),
    }
}

/// The writes with their fields, the nearest first: those of the operation, those with most of the members.
fn found_writes(run: &Rehearsal, operation: &str, input: &Value) -> String {
    let missing = |write: &Request| {
        let members = input.as_object().into_iter().flatten();
        let lacks = |(name, wanted): (&String, &Value)| {
            let found = write.call.input.get(name);
            !found.is_some_and(|found| has(found, wanted))
        };
        members
            .filter(|(name, wanted)| lacks((name, wanted)))
            .count()
    };
    let mut all: Vec<&Request> = run.writes.iter().collect();
    all.sort_by_key(|write| {
        let made = &write.call.operation;
        (
            made != operation,
            strsim::osa_distance(made, operation),
            missing(write),
        )
    });
    let lines: Vec<String> = all.into_iter().map(shown).collect();
    list(&lines)
}

fn shown(write: &Request) -> String {
    format!("{} {}", write.call.operation, write.call.input)
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

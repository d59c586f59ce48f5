//! The checks of a rehearsal's writes.

use crate::suggest;
use serde_json::{Value, json};

use super::{CheckResult, Violation, has, list, require};
use crate::testing::rehearsal::Rehearsal;
use crate::vocabulary::{Effect, Fault, codes};
use crate::world::shape::{Named, Problem};
use crate::world::simulated::Request;

/// Writes of an operation whose input has at least these members.
fn matching<'r>(
    run: &'r Rehearsal,
    operation: &str,
    input: &Value,
) -> Result<Vec<&'r Request>, Violation> {
    let named = named(operation, input)?;
    let of = run.writes.iter().filter(|write| named.is_of(&write.call));
    Ok(of.filter(|write| has(&write.call.input, input)).collect())
}

pub(in crate::testing) fn write(run: &Rehearsal, operation: &str, input: &Value) -> CheckResult {
    let found = !matching(run, operation, input)?.is_empty();
    require(
        found,
        "a write was not made",
        wanted(operation, input),
        found_writes(run, operation, input),
    )
}

pub(in crate::testing) fn writes(
    run: &Rehearsal,
    operation: &str,
    input: &Value,
    count: usize,
) -> CheckResult {
    let found = matching(run, operation, input)?.len();
    let times = |n: usize| {
        if n == 1 {
            "once".to_owned()
        } else {
            format!("{n} times")
        }
    };
    require(
        found == count,
        "a write was made another number of times",
        format!("{} {}", wanted(operation, input), times(count)),
        format!("{}: {}", times(found), found_writes(run, operation, input)),
    )
}

pub(in crate::testing) fn never(run: &Rehearsal, operation: &str, input: &Value) -> CheckResult {
    let found = matching(run, operation, input)?;
    let lines: Vec<String> = found.iter().map(|w| shown(w)).collect();
    let expected = format!("never {}", wanted(operation, input));
    require(found.is_empty(), "a write was made", expected, list(&lines))
}

/// The operation that a test names, which must be one that writes; `input` must be able to be a part of its input:
/// what is misspelt is never made, so nothing could be said of it.
fn named(operation: &str, input: &Value) -> Result<Named, Violation> {
    let wrong = |code: &str, problem: Problem| {
        let at = match problem.path.as_str() {
            "" => String::new(),
            path => format!("{operation}: `{path}`: "),
        };
        let fault = Fault::new(code, format!("{at}{}", problem.message));
        Violation::Misuse(match problem.hint() {
            Some(hint) => fault.hint(hint),
            None => fault,
        })
    };
    let named =
        Named::find(operation).map_err(|problem| wrong(codes::UNKNOWN_OPERATION, problem))?;
    if named.call().effect() == Effect::Read {
        let message = format!("{operation} only reads: what a rehearsal wrote can be asked for");
        return Err(Violation::Misuse(Fault::new(
            codes::UNKNOWN_OPERATION,
            message,
        )));
    }
    match named.misfit(input) {
        Some(problem) => Err(wrong(codes::INVALID_INPUT, problem)),
        None => Ok(named),
    }
}

pub(in crate::testing) fn no_writes(run: &Rehearsal) -> CheckResult {
    let lines: Vec<String> = run.writes.iter().map(shown).collect();
    require(
        lines.is_empty(),
        "something was changed",
        "no writes",
        list(&lines),
    )
}

pub(in crate::testing) fn order(run: &Rehearsal, operations: &[String]) -> CheckResult {
    let nothing = json!({});
    let named = operations
        .iter()
        .map(|operation| named(operation, &nothing));
    let named = named.collect::<Result<Vec<_>, _>>()?;
    let mut left = named.iter();
    let mut next = left.next();
    for write in &run.writes {
        if next.is_some_and(|next| next.is_of(&write.call)) {
            next = left.next();
        }
    }
    let made: Vec<&str> = run
        .writes
        .iter()
        .map(|write| write.call.operation.as_str())
        .collect();
    let expected = operations.join(", ");
    let found = match made.as_slice() {
        [] => "no writes".to_owned(),
        made => made.join(", "),
    };
    require(
        next.is_none(),
        "the writes were not made in this order",
        expected,
        found,
    )
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
    let operation = operation.rsplit(':').next().unwrap_or(operation);
    let mut all: Vec<&Request> = run.writes.iter().collect();
    all.sort_by_key(|write| {
        let made = &write.call.operation;
        (
            made != operation,
            suggest::distance(made, operation),
            missing(write),
        )
    });
    let lines: Vec<String> = all.into_iter().map(shown).collect();
    list(&lines)
}

fn shown(write: &Request) -> String {
    format!("{} {}", write.call.operation, write.call.input)
}

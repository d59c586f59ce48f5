//! Calls of AWS and their answers beside AWS's own models: checked before anything is planned or sent, in every world
//! alike.
//!
//! | file | what it knows |
//! | --- | --- |
//! | `walk` | a value beside a shape |
//! | `scalars`, `bounds`, `values` | single values: types, ranges, lists of values |
//! | `callable` | which services and operations can be called |
//! | `named` | operations as people name them |

use std::borrow::Cow;

use serde_json::Value;

use crate::world::apis::aws::{self, Protocol, Service, Shape, request};
use walk::{Seen, Way, walk};

mod bounds;
mod callable;
mod named;
mod place;
mod problem;
mod scalars;
mod values;
mod walk;

pub use callable::obstacle as why_uncallable;
pub use callable::{is_service, operations, service_called, unknown_operation, unknown_service};
pub use named::Named;
pub use problem::{Problem, ProblemKind};

/// Checks a call: that its service and its operation exist and can be called, and every member of its input.
///
/// # Errors
/// Every problem that was found, in the order of the input, and after them what is missing. An unknown service or
/// operation is the only one, with an empty path.
pub fn check(service: &str, operation: &str, input: &Value) -> Result<(), Vec<Problem>> {
    let (problems, _) = inspect(service, operation, input);
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems),
    }
}

/// What [`check`] refuses, and what it only doubts: values that AWS does not list, and that resemble none of the listed.
/// AWS may have added them since the models were published.
pub fn inspect(service: &str, operation: &str, input: &Value) -> (Vec<Problem>, Vec<Problem>) {
    match callable::find(service, operation) {
        Ok((service, operation)) => {
            // What cannot be sent is said when it is written.
            let sent = request::as_sent(service, operation, input);
            let sent = sent.unwrap_or(Cow::Borrowed(input));
            let seen = walk(service, operation.input, &sent, way_in(service));
            (seen.problems, seen.doubts)
        }
        Err(problem) => (vec![problem], Vec::new()),
    }
}

/// Members and values in an answer that AWS's models do not have: it may have added them since they were published.
pub fn strangers(service: &str, operation: &str, output: &Value) -> Vec<Problem> {
    let mut problems = judge(service, operation, output);
    problems.retain(|problem| problem.unknown_name().is_some());
    problems
}

/// Everything in an answer that AWS does not answer with: unknown members and values, wrong types. An operation that
/// does not exist has no answer to judge.
pub fn judge(service: &str, operation: &str, output: &Value) -> Vec<Problem> {
    answer(service, operation, output).map_or_else(Vec::new, |seen| seen.problems)
}

/// The range of a number or a length, as a model says it: `1 to 255`; `None`: it says none.
pub fn span(shape: &Shape) -> Option<String> {
    Some(bounds::span(shape)).filter(|span| !span.is_empty())
}

/// Whether a request can carry a member that the models do not have: only where members have names on the wire.
pub fn carries_unknown_fields(service: &str) -> bool {
    aws::service(service).is_some_and(|service| !is_loose(service))
}

fn answer(service: &str, operation: &str, output: &Value) -> Option<Seen> {
    let service = aws::service(service)?;
    let operation = service.operation(operation)?;
    Some(walk(service, operation.output, output, Way::Answer))
}

fn way_in(service: &Service) -> Way {
    Way::Input {
        loose: is_loose(service),
    }
}

/// Whether all that a service is sent is text: forms and XML have no numbers.
fn is_loose(service: &Service) -> bool {
    let mut protocols = service.protocols.iter();
    protocols.all(|protocol: &Protocol| protocol.is_xml())
}

#[cfg(test)]
mod tests;

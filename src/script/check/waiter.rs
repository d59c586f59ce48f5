//! The waiter that a call of `aws::wait_for` names, and the input of its operation.

use serde_json::{Map, Value};

use crate::suggest::suggest;
use crate::world::apis::aws::waiters;
use crate::world::shape::{self, Problem, ProblemKind};

/// Whether a verb takes a waiter of AWS: a service, a waiter and the input of its operation.
pub(super) fn names_a_waiter(schema: &Value) -> bool {
    let members = &schema["properties"];
    ["service", "waiter", "input"]
        .iter()
        .all(|name| members.get(name).is_some())
}

/// What is wrong with the waiter that is named, and what is doubted, as far as it is known.
pub(super) fn problems(input: &Value) -> (Vec<Problem>, Vec<Problem>) {
    let (Some(service), Some(name)) = (input["service"].as_str(), input["waiter"].as_str()) else {
        return Default::default();
    };
    if !shape::is_service(service) {
        let problem = Problem {
            path: "service".to_owned(),
            ..shape::unknown_service(service)
        };
        return (vec![problem], Vec::new());
    }
    let Some(waiter) = waiters::waiter(service, name) else {
        return (vec![unknown_waiter(service, name)], Vec::new());
    };
    let nothing = Value::Object(Map::new());
    let given = input.get("input").unwrap_or(&nothing);
    let placed = |problem: Problem| Problem {
        path: match (problem.kind, problem.path.as_str()) {
            (ProblemKind::Call, _) => "waiter".to_owned(),
            (_, "") => "input".to_owned(),
            (_, path) => format!("input.{path}"),
        },
        ..problem
    };
    let (problems, doubts) = shape::inspect(service, &waiter.operation, given);
    let placed = |all: Vec<Problem>| all.into_iter().map(placed).collect();
    (placed(problems), placed(doubts))
}

fn unknown_waiter(service: &str, name: &str) -> Problem {
    let known = waiters::names(service);
    let message = match known[..] {
        [] => format!("AWS publishes no waiters for {service}: use aws::wait"),
        _ => format!("{service} has no waiter {name}"),
    };
    let problem = Problem::new(ProblemKind::Call, "waiter", message, known.join(", "));
    problem.suggesting(suggest(name, known))
}

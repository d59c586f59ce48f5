//! Rhai's errors and ours: faults that a script can catch, halts that it cannot, frames for both.

use rhai::{Dynamic, EvalAltResult, Map, Position};
use serde_json::Value;

use super::{type_names, unknown_value, values};
use crate::journal::recordable;
use crate::run::Failure;
use crate::vocabulary::{Fault, Halt, Retry, Site, Stop, codes};

/// Rhai's error, as it travels through a script.
pub(crate) type Error = Box<EvalAltResult>;

/// The place of `position` in the script `source`.
pub(crate) fn site(source: &str, position: Position) -> Site {
    Site {
        source: source.to_owned(),
        line: position.line().unwrap_or(0),
        column: position.position().unwrap_or(0),
    }
}

/// What a script catches: `#{ code, message, hint, details, retry }`.
pub(crate) fn caught(fault: &Fault) -> Dynamic {
    let mut map = Map::new();
    map.insert("code".into(), fault.code.as_str().into());
    map.insert("message".into(), fault.message.as_str().into());
    map.insert(
        "hint".into(),
        fault
            .hint
            .as_deref()
            .map_or(Dynamic::UNIT, |hint| hint.into()),
    );
    map.insert("details".into(), values::from_json(&fault.details));
    let retry = serde_json::to_value(fault.retry).unwrap_or(Value::Null);
    map.insert("retry".into(), values::from_json(&retry));
    Dynamic::from_map(map)
}

/// Raises a fault at `position`, catchable.
pub(crate) fn raise(fault: &Fault, position: Position) -> Error {
    EvalAltResult::ErrorRuntime(caught(fault), position).into()
}

/// A fault that the caller of a function is to blame for, not the line that noticed it.
#[derive(Clone)]
struct CallerFault(Fault);

/// Raises a fault, catchable, that is blamed on the call of the function that `position` stands in.
pub(crate) fn blame_caller(fault: Fault, position: Position) -> Error {
    EvalAltResult::ErrorRuntime(Dynamic::from(CallerFault(fault)), position).into()
}

/// An error that ends the script with a halt; `catch` does not see it.
pub(crate) fn terminate(halt: Halt, position: Position) -> Error {
    EvalAltResult::ErrorTerminated(Dynamic::from(halt), position).into()
}

/// Ends a script that computes without end: its token.
#[derive(Clone)]
pub(crate) struct OperationsExceeded;

/// What a script ends with that holds too much in memory.
#[derive(Clone)]
pub(crate) struct MemoryExceeded;

/// The fault of a script that computes without end.
pub(crate) fn spent() -> Fault {
    Fault::new(
        codes::LIMIT_EXCEEDED,
        "too many operations: the script computes without end",
    )
    .hint("look for a loop that never ends; to let time pass, call time::sleep(\"10s\")")
}

/// The fault of a script that holds too much in memory.
pub(crate) fn full() -> Fault {
    Fault::new(
        codes::LIMIT_EXCEEDED,
        "too much memory: the script holds more than 1 GiB",
    )
    .hint("keep what is needed of an answer, and not the whole of each")
}

/// The fault that a thrown value stands for.
pub(crate) fn thrown(value: &Dynamic) -> Fault {
    if let Some(misuse) = value.read_lock::<CallerFault>() {
        return misuse.0.clone();
    }
    let Ok(map) = value.as_map_ref() else {
        let fault = Fault::new(codes::THROWN, text(value));
        return match values::to_json(value) {
            Ok(details)
                if !details.is_string() && !details.is_null() && recordable(&details).is_ok() =>
            {
                fault.details(details)
            }
            _ => fault,
        };
    };
    let word = |key: &str| map.get(key).filter(|v| !v.is_unit()).map(text);
    // Rhai's own errors, caught, name their kind under `error`.
    let of_rhai = map.contains_key("error") && !map.contains_key("code");
    let mut fault = Fault::new(
        word("code").unwrap_or_else(|| {
            if of_rhai {
                codes::SCRIPT_ERROR
            } else {
                "thrown"
            }
            .into()
        }),
        match word("message") {
            Some(message) if of_rhai => bare(&message).to_owned(),
            Some(message) => message,
            None => "the script threw an error without a message".into(),
        },
    );
    fault.hint = word("hint");
    fault.details = map
        .get("details")
        .and_then(|details| values::to_json(details).ok())
        .filter(|details| recordable(details).is_ok())
        .unwrap_or(Value::Null);
    fault.retry = word("retry")
        .and_then(|name| serde_json::from_value::<Retry>(Value::String(name)).ok())
        .unwrap_or_default();
    fault
}

/// Rhai's message without the place, the source and the chain of calls that it appends.
fn bare(message: &str) -> &str {
    let line = message.lines().next().unwrap_or_default();
    let line = line.rfind(" (line ").map_or(line, |end| &line[..end]);
    line.rfind(" @ '").map_or(line, |end| &line[..end])
}

fn text(value: &Dynamic) -> String {
    value
        .clone()
        .into_string()
        .unwrap_or_else(|_| value.to_string())
}

/// The fault behind any error of the engine that is not a halt.
pub(crate) fn fault(error: EvalAltResult) -> Fault {
    use EvalAltResult as E;
    match error {
        E::ErrorInFunctionCall(_, _, inner, _) | E::ErrorInModule(_, inner, _) => fault(*inner),
        E::ErrorRuntime(value, _) => thrown(&value),
        E::ErrorTooManyOperations(_) => spent(),
        E::ErrorTerminated(token, _) if token.is::<OperationsExceeded>() => spent(),
        E::ErrorTerminated(token, _) if token.is::<MemoryExceeded>() => full(),
        E::ErrorStackOverflow(_) => Fault::new(
            codes::LIMIT_EXCEEDED,
            "functions call each other too deeply: is there a recursion without end?",
        ),
        E::ErrorDataTooLarge(what, _) => Fault::new(
            codes::LIMIT_EXCEEDED,
            format!("a value grew too large: {what}"),
        ),
        E::ErrorTooManyVariables(_) => Fault::new(codes::LIMIT_EXCEEDED, "too many variables"),
        E::ErrorTooManyModules(_) => Fault::new(codes::LIMIT_EXCEEDED, "too many modules"),
        // A plan ends there: nothing takes what only the run knows.
        E::ErrorFunctionNotFound(called, _) if unknown_value::behind(&called).is_some() => {
            Fault::new(codes::SCRIPT_ERROR, format!("nothing takes {called}"))
        }
        E::ErrorFunctionNotFound(called, _) => type_names::missing(&called),
        mut other => {
            let _ = other.take_position();
            Fault::new(codes::SCRIPT_ERROR, other.to_string())
        }
    }
}

/// Why an error of the engine ended something, in words.
pub(crate) fn reason(error: &EvalAltResult) -> String {
    match error.unwrap_inner() {
        EvalAltResult::ErrorRuntime(value, _) => thrown(value).message,
        other => bare(&other.to_string()).to_owned(),
    }
}

/// The halt inside an error, if that is what ended the script.
pub(crate) fn halt(error: &EvalAltResult) -> Option<Halt> {
    match error.unwrap_inner() {
        EvalAltResult::ErrorTerminated(token, _) => token.read_lock::<Halt>().map(|h| h.clone()),
        _ => None,
    }
}

/// What an error means for the run; `source`: the script that was entered.
pub(crate) fn failure(error: Error, source: &str) -> Failure {
    let mut frames = Vec::new();
    collect(&error, source, &mut frames);
    if of_caller(error.unwrap_inner()) && frames.len() > 1 {
        frames.remove(0);
    }
    let stop = match halt(&error) {
        Some(halt) => Stop::Halt(halt),
        None => Stop::Fault(fault(*error)),
    };
    Failure { stop, frames }
}

/// Where an error arose, innermost first; a call inside a module is blamed on that module.
fn collect(error: &EvalAltResult, source: &str, frames: &mut Vec<Site>) {
    let here = site(source, error.position());
    match error {
        EvalAltResult::ErrorInFunctionCall(_, inside, inner, _) => {
            let inside = if inside.is_empty() { source } else { inside };
            collect(inner, inside, frames);
        }
        EvalAltResult::ErrorInModule(inside, inner, _) => collect(inner, inside, frames),
        _ => {}
    }
    if here.line > 0 && frames.last() != Some(&here) {
        frames.push(here);
    }
}

/// Whether an error is the fault of whoever called the function that it arose in.
fn of_caller(error: &EvalAltResult) -> bool {
    matches!(error, EvalAltResult::ErrorRuntime(value, _) if value.is::<CallerFault>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_fault_survives_being_caught_and_thrown_again() {
        let fault = Fault::new("ThrottlingException", "slow down")
            .hint("wait")
            .retry(Retry::Throttled)
            .details(json!({ "a": [1] }));
        assert_eq!(thrown(&caught(&fault)), fault);
    }

    #[test]
    fn anything_may_be_thrown() {
        assert_eq!(thrown(&"text".into()), Fault::new("thrown", "text"));
        assert_eq!(
            thrown(&Dynamic::from(42_i64)),
            Fault::new("thrown", "42").details(json!(42))
        );
    }
}

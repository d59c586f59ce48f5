//! What became of a write whose result is missing: a read shows it.

use serde_json::{Value, json};

use super::pages::send_all;
use crate::primitive::{Context, Reconciled};
use crate::vocabulary::Stop;
use crate::world::AwsCall;

/// How far AWS's clock may be behind ours: calls that are signed at another time are refused.
pub(in crate::primitive) const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// The elements of a list that a read answers; none where AWS says that nothing is there.
///
/// # Errors
/// As [`send`](super::send()).
pub(in crate::primitive) fn list(
    cx: &Context<'_>,
    (service, operation): (&str, &str),
    input: Value,
    member: &str,
) -> Result<Vec<Value>, Stop> {
    match send_all(cx, AwsCall::new(service, operation, input)) {
        Ok(mut output) => match output[member].take() {
            Value::Array(items) => Ok(items),
            Value::Null => Ok(Vec::new()),
            one => Ok(vec![one]),
        },
        Err(Stop::Fault(fault)) if is_not_found(&fault.code) => Ok(Vec::new()),
        Err(stop) => Err(stop),
    }
}

/// The first of them.
///
/// # Errors
/// As [`send`](super::send()).
pub(in crate::primitive) fn find(
    cx: &Context<'_>,
    operation: (&str, &str),
    input: Value,
    member: &str,
) -> Result<Option<Value>, Stop> {
    Ok(list(cx, operation, input, member)?.into_iter().next())
}

/// Whether a fault's code says that what was asked for does not exist, as every service of AWS spells it.
pub(in crate::primitive) fn is_not_found(code: &str) -> bool {
    code.contains("NotFound") || code.contains("DoesNotExist")
}

/// It happened if what is there has every member that was asked for, but for those that a read does not show.
pub(in crate::primitive) fn happened_if_as_asked(
    live: Option<Value>,
    input: &Value,
    but: &[&str],
    output: impl FnOnce(Value) -> Value,
) -> Reconciled {
    let mut asked = input.clone();
    if let Some(members) = asked.as_object_mut() {
        members.retain(|name, _| !but.contains(&name.as_str()));
    }
    match live {
        Some(live) if contains_asked(&live, &asked) => Reconciled::Happened {
            output: output(live),
            how: "it is as asked".into(),
        },
        Some(_) => did_not_happen("it is not as asked"),
        None => did_not_happen("it is not there"),
    }
}

/// It happened if everything that was asked for is among what is there: tags, attributes.
pub(in crate::primitive) fn happened_if_all_there(
    live: &[Value],
    asked: &Value,
    output: Value,
) -> Reconciled {
    let mut asked = asked.as_array().into_iter().flatten();
    match asked.all(|asked| live.iter().any(|live| contains_asked(live, asked))) {
        true => Reconciled::Happened {
            output,
            how: "it is as asked".into(),
        },
        false => did_not_happen("it is not as asked"),
    }
}

/// It happened if nothing is there any more.
pub(in crate::primitive) fn happened_if_gone(live: Option<&Value>, output: Value) -> Reconciled {
    match live {
        None => Reconciled::Happened {
            output,
            how: "it is gone".into(),
        },
        Some(_) => did_not_happen("it is still there"),
    }
}

/// It happened if it is there, and is no older than the call (`created`: the member that says so).
pub(in crate::primitive) fn happened_if_created(
    live: Option<Value>,
    created: &str,
    cx: &Context<'_>,
    output: impl FnOnce(Value) -> Value,
) -> Reconciled {
    match live {
        None => did_not_happen("it is not there"),
        Some(live) if !is_since_call(cx, &live[created]) => {
            did_not_happen("what is there is older")
        }
        Some(live) => Reconciled::Happened {
            output: output(live),
            how: "it is there".into(),
        },
    }
}

/// Whether a time is not before the call was first made; what has no time may be new.
pub(in crate::primitive) fn is_since_call(cx: &Context<'_>, at: &Value) -> bool {
    let from = cx.started.checked_sub(SKEW).unwrap_or(cx.started);
    time(at).is_none_or(|at| at >= from)
}

/// AWS's timestamps as the worlds give them.
pub(in crate::primitive) fn time(value: &Value) -> Option<jiff::Timestamp> {
    value.as_str()?.parse().ok()
}

pub(in crate::primitive) fn did_not_happen(how: impl Into<String>) -> Reconciled {
    Reconciled::DidNot { how: how.into() }
}

/// `{ member: [item] }`, as most operations answer with what they made.
pub(in crate::primitive) fn list_of_one(member: &str, item: Value) -> Value {
    json!({ member: [item] })
}

/// Whether what is there has all that is asked for; AWS adds members of its own, and orders lists as it likes.
pub(in crate::primitive) fn contains_asked(live: &Value, asked: &Value) -> bool {
    match (live, asked) {
        (Value::Object(live), Value::Object(asked)) => asked
            .iter()
            .all(|(name, asked)| contains_asked(live.get(name).unwrap_or(&Value::Null), asked)),
        (Value::Array(live), Value::Array(asked)) => {
            live.len() == asked.len()
                && asked
                    .iter()
                    .all(|a| live.iter().any(|l| contains_asked(l, a)))
        }
        (Value::Number(live), Value::Number(asked)) => live.as_f64() == asked.as_f64(),
        (Value::Null, Value::Array(asked)) => asked.is_empty(),
        (Value::Null, Value::Object(asked)) => asked.is_empty(),
        (_, Value::Null) => true,
        (live, asked) => live == asked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_adds_is_no_difference() {
        let live = json!({
            "Threshold": 100.0, "AlarmArn": "a", "Dimensions": [{ "Name": "B" }, { "Name": "A", "Value": 1 }],
        });
        let asked = json!({ "Threshold": 100, "OKActions": [], "Dimensions": [{ "Name": "A" }, { "Name": "B" }] });
        assert!(contains_asked(&live, &asked));
        for other in [
            json!({ "Threshold": 101 }),
            json!({ "Dimensions": [{ "Name": "A" }] }),
            json!({ "Period": 60 }),
        ] {
            assert!(!contains_asked(&live, &other), "{other}");
        }
    }

    #[test]
    fn what_a_read_does_not_show_is_not_compared() {
        let live = || Some(json!({ "Name": "x", "Port": 80 }));
        let input = json!({ "Name": "x", "Tags": [{ "Key": "k" }] });
        let done = happened_if_as_asked(live(), &input, &["Tags"], |live| live);
        assert!(matches!(done, Reconciled::Happened { .. }));
        assert!(matches!(
            happened_if_as_asked(live(), &input, &[], |live| live),
            Reconciled::DidNot { .. }
        ));
        assert!(matches!(
            happened_if_as_asked(None, &input, &["Tags"], |live| live),
            Reconciled::DidNot { .. }
        ));
    }
}

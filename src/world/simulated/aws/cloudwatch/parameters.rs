//! Reading the parameters of a call, and refusing them.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::text;
use crate::world::simulated::kernel::clock::later;

pub(super) fn wrong(message: impl Into<String>) -> Fault {
    Fault::new("InvalidParameterValue", message)
}

/// What AWS refuses of an expression or of an alarm's metrics.
pub(super) fn refused(message: impl Into<String>) -> Fault {
    Fault::new("ValidationError", message)
}

/// A text member that must be there.
pub(super) fn needed<'a>(input: &'a Value, name: &str) -> Result<&'a str, Fault> {
    text(input, name).filter(|t| !t.is_empty()).ok_or_else(|| {
        Fault::new(
            "MissingRequiredParameterException",
            format!("The parameter {name} is required."),
        )
    })
}

/// A time, as a text or in seconds since 1970.
pub(super) fn time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => {
            let millis = number.as_f64()? * 1000.0;
            Timestamp::from_millisecond(millis as i64).ok()
        }
        _ => None,
    }
}

pub(super) fn needed_time(input: &Value, name: &str) -> Result<Timestamp, Fault> {
    let given = input.get(name).unwrap_or(&Value::Null);
    if given.is_null() {
        return Err(Fault::new(
            "MissingRequiredParameterException",
            format!("The parameter {name} is required."),
        ));
    }
    time(given).ok_or_else(|| wrong(format!("The parameter {name} is not a time: {given}")))
}

/// The beginning of a minute.
pub(super) fn whole_minute(at: Timestamp) -> Timestamp {
    let seconds = at.as_second() - at.as_second().rem_euclid(60);
    Timestamp::from_second(seconds).unwrap_or(at)
}

/// The beginnings of the periods that begin between two times: they are counted from a whole minute, or from a whole
/// part of one for periods that are shorter.
pub(super) fn grid(from: Timestamp, to: Timestamp, period: Duration) -> Vec<Timestamp> {
    let step = i64::try_from(period.as_secs().clamp(1, 60)).unwrap_or(60);
    let first = from.as_second() - from.as_second().rem_euclid(step);
    let mut at = Timestamp::from_second(first).unwrap_or(from);
    let mut times = Vec::new();
    while at < to {
        times.push(at);
        at = later(at, period.max(Duration::from_secs(1)));
    }
    times
}

/// Seconds between two times.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

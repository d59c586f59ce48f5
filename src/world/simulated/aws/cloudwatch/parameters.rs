//! Reading the parameters of a call, and refusing them.

use jiff::Timestamp;
use serde_json::Value;

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::text;

pub(super) fn wrong(message: impl Into<String>) -> Fault {
    Fault::new("InvalidParameterValue", message)
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

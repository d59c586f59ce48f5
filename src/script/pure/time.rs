//! `time::` — arithmetic with times that are known. (`time::now` looks at the clock, so it is a primitive.)

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Pure;
use crate::primitive::args::{Span, words};
use crate::primitive::window::in_zone;
use crate::vocabulary::Fault;

pub(super) const ADD: Pure = Pure {
    module: "time",
    name: "add",
    parameters: &["time", "duration"],
    doc: "The time that is a duration after another one.",
    example: r#"print(time::add("2026-01-12T09:00:00Z", "1h 30m"));   // 2026-01-12T10:30:00Z"#,
    call: |function, given| {
        let (at, span) = (moment(function, given, 0)?, span(function, given, 1)?);
        let later = at
            .checked_add(span.0)
            .map_err(|e| function.refuses("duration", &e.to_string()))?;
        Ok(json!(later.to_string()))
    },
};

pub(super) const BETWEEN: Pure = Pure {
    module: "time",
    name: "between",
    parameters: &["from", "to"],
    doc: "The whole seconds from one time to another; less than 0 if the second is the earlier one.",
    example: r#"print(time::between("2026-01-12T09:00:00Z", "2026-01-12T04:05:00-05:00"));   // 300"#,
    call: |function, given| {
        let (from, to) = (moment(function, given, 0)?, moment(function, given, 1)?);
        Ok(json!(to.duration_since(from).as_secs()))
    },
};

pub(super) const SECONDS: Pure = Pure {
    module: "time",
    name: "seconds",
    parameters: &["duration"],
    doc: "The whole seconds of a length of time.",
    example: r#"print(time::seconds("1h 30m"));   // 5400"#,
    call: |function, given| Ok(json!(span(function, given, 0)?.0.as_secs())),
};

pub(super) const WORDS: Pure = Pure {
    module: "time",
    name: "words",
    parameters: &["seconds"],
    doc: "Whole seconds as people write them.",
    example: r#"print(time::words(252));   // 4m 12s"#,
    call: |function, given| {
        let seconds = given[0].as_u64().ok_or_else(|| {
            function.refuses("seconds", "expected whole seconds, not less than 0")
        })?;
        Ok(json!(words(std::time::Duration::from_secs(seconds))))
    },
};

pub(super) const IN_ZONE: Pure = Pure {
    module: "time",
    name: "in_zone",
    parameters: &["time", "zone"],
    doc: "A time as the clocks of a zone show it (`America/Lima`, `-05:00`, `UTC`), with its offset.",
    example: r#"print(time::in_zone("2026-01-12T09:00:00Z", "America/Lima"));   // 2026-01-12T04:00:00-05:00"#,
    call: |function, given| {
        let at = moment(function, given, 0)?;
        in_zone(at, function.text(given, 1)?)
            .map(Value::String)
            .map_err(|why| function.refuses("zone", &why))
    },
};

fn moment(function: &Pure, given: &[Value], index: usize) -> Result<Timestamp, Fault> {
    let text = function.text(given, index)?;
    text.parse().map_err(|_| {
        let why = format!("`{text}` is not a time; it is written like 2026-01-12T09:00:00Z");
        function.refuses(function.parameters[index], &why)
    })
}

fn span(function: &Pure, given: &[Value], index: usize) -> Result<Span, Fault> {
    let text = function.text(given, index)?;
    Span::parse(text).map_err(|why| function.refuses(function.parameters[index], &why))
}

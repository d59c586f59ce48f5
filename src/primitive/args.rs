//! Reading the maps that primitives of ours take, with errors that say where and what.

use std::borrow::Cow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::suggest::did_you_mean;
use crate::vocabulary::{Fault, codes};

/// Code of the fault for input that a primitive does not take.
pub const INVALID_INPUT: &str = codes::INVALID_INPUT;

/// Reads a typed map.
///
/// # Errors
/// `invalid_input` with the path, what was expected and the candidates.
pub fn read<A: DeserializeOwned + JsonSchema>(name: &str, input: &Value) -> Result<A, Fault> {
    serde_path_to_error::deserialize(input).map_err(|e| {
        let path = e.path().to_string();
        let place = if path == "." {
            String::new()
        } else {
            format!(" at `{path}`")
        };
        let reason = e.into_inner().to_string();
        let mut fault = Fault::new(INVALID_INPUT, format!("{name}{place}: {reason}"));
        let field = unknown_field(&reason).and_then(|field| nearest::<A>(&field));
        fault.hint = field.or_else(|| nearest_variant(&reason));
        fault
    })
}

fn unknown_field(reason: &str) -> Option<String> {
    let rest = reason.strip_prefix("unknown field `")?;
    Some(rest.split('`').next()?.to_owned())
}

/// The known word that an unknown one comes close to, where serde lists them.
fn nearest_variant(reason: &str) -> Option<String> {
    let rest = reason.strip_prefix("unknown variant `")?;
    let mut words = rest.split('`').step_by(2);
    let given = words.next()?.to_lowercase();
    did_you_mean(&given, words)
}

fn nearest<A: JsonSchema>(field: &str) -> Option<String> {
    let schema = schemars::schema_for!(A);
    let members = schema.get("properties")?.as_object()?;
    did_you_mean(field, members.keys())
}

/// A length of time as scripts write it: `"5m"`, `"1h 30m"`, `"90s"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub Duration);

impl Span {
    /// A length of time of whole seconds.
    pub const fn seconds(seconds: u64) -> Span {
        Span(Duration::from_secs(seconds))
    }

    /// Reads a length of time.
    ///
    /// # Errors
    /// What was expected.
    pub fn parse(text: &str) -> Result<Span, String> {
        let parsed = text.parse::<SignedDuration>().ok();
        match parsed.and_then(|d| Duration::try_from(d).ok()) {
            Some(duration) if duration <= Span::LONGEST => Ok(Span(duration)),
            Some(_) => Err(format!("`{text}` is longer than a year")),
            None => Err(format!(
                "`{text}` is not a duration; write it like \"90s\", \"5m\" or \"1h 30m\""
            )),
        }
    }

    const LONGEST: Duration = Duration::from_hours(366 * 24);

    /// The length of time in milliseconds; one that does not fit is `u64::MAX`.
    pub fn millis(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }

    /// The length of time as a pause between two reads: at least a second.
    pub fn pause(self) -> Duration {
        self.0.max(Duration::from_secs(1))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        let text = String::deserialize(deserializer)?;
        Span::parse(&text).map_err(de::Error::custom)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&words(self.0))
    }
}

impl JsonSchema for Span {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "format": "duration" })
    }
}

/// A moment as scripts have it: `"2026-01-12T09:00:00Z"`, as `time::now()` returns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Moment).map_err(|_| {
            de::Error::custom(format!(
                "`{text}` is not a time; write it in RFC 3339, as `time::now()` returns it"
            ))
        })
    }
}

impl JsonSchema for Moment {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// A length of time as people write it: `15m`, `1h 30m`, `0s`.
pub fn words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let parts = [
        (seconds / 3600, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, unit)| format!("{n}{unit}"))
        .collect();
    match said.is_empty() {
        true if duration.is_zero() => "0s".into(),
        true => format!("{}ms", duration.as_millis()),
        false => said.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        assert_eq!(Span::parse("1h 30m").unwrap(), Span::seconds(5400));
        assert_eq!(words(Duration::from_secs(5400)), "1h 30m");
        assert!(Span::parse("soon").unwrap_err().contains("\"5m\""));
        assert!(Span::parse("-5m").is_err());
        assert!(Span::parse("9000h").unwrap_err().contains("year"));
        assert!(Span::parse("99999999999999h").is_err());
        assert_eq!(Span::seconds(0).pause(), Duration::from_secs(1));
    }
}

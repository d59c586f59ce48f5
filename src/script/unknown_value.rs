//! A value that only the real run can know, as a script holds it in a plan.

use std::fmt;

use rhai::{Dynamic, EvalAltResult, Position};
use serde_json::Value;

use crate::vocabulary::{unknown, unknown_in};

/// What such a value is called in Rhai's own errors, by which they are told from those of the script.
pub(crate) const TYPE: &str = "value known only when it runs";

/// A text with something in it that only the real run can know.
#[derive(Debug, Clone)]
pub(crate) struct Unknown(pub(crate) String);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Unknown {
    /// The unknown value within a text.
    pub(crate) fn of(text: &str) -> Option<Unknown> {
        unknown_in(text).map(|_| Unknown(text.to_owned()))
    }

    /// An unknown value that was derived from this one.
    pub(crate) fn derived(&self) -> Unknown {
        Unknown(unknown(self.what()))
    }

    /// As a person would name it.
    pub(crate) fn what(&self) -> &str {
        unknown_in(&self.0).unwrap_or(&self.0)
    }
}

/// How often a loop runs over it is not known: that decides.
impl IntoIterator for Unknown {
    type Item = Result<Dynamic, Box<EvalAltResult>>;
    type IntoIter = std::iter::Once<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        let wanted = "a list".to_owned();
        std::iter::once(Err(Box::new(EvalAltResult::ErrorMismatchDataType(
            wanted,
            TYPE.to_owned(),
            Position::NONE,
        ))))
    }
}

/// What an error of Rhai's depends on that came of such a value.
pub(crate) fn behind(message: &str) -> Option<&'static str> {
    let what = "a value that only the real run can know";
    // Some of them name the type as Rust does.
    let named = [TYPE, std::any::type_name::<Unknown>()];
    let named = named.iter().any(|name| message.contains(name));
    named.then_some(what)
}

/// What a pure function makes of arguments of which one is unknown.
pub(crate) fn from_arguments(arguments: &[Value]) -> Option<Value> {
    let what = arguments
        .iter()
        .find_map(crate::vocabulary::unknown_within)?;
    Some(Value::String(unknown(what)))
}

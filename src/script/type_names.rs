//! Rhai's types in plain words.

use crate::vocabulary::{Fault, codes};

/// Code of a call with a value of the wrong type.
pub(super) const WRONG_TYPE: &str = codes::WRONG_TYPE;

/// The fault of a call that no function has the name or the number of arguments for, or of an operator; `called`:
/// `name (type, type)`.
pub(super) fn missing(called: &str) -> Fault {
    let (name, types) = called.split_once(" (").unwrap_or((called, ""));
    let types = types.trim_end_matches(')').split(", ");
    let given: Vec<&str> = types.filter(|kind| !kind.is_empty()).map(plain).collect();
    let given = match given.as_slice() {
        [] => "nothing".to_owned(),
        given => given.join(" and "),
    };
    Fault::new(
        WRONG_TYPE,
        format!("there is no `{name}` that takes {given}"),
    )
}

/// A type of Rhai's in plain words.
pub(crate) fn plain(kind: &str) -> &str {
    let kind = kind.trim_start_matches('&').trim_start_matches("mut ");
    match kind {
        "i64" => "a whole number",
        "f64" => "a number with a fraction",
        "string" | "&str" | "str" | "ImmutableString" => "a text",
        kind if kind.starts_with("str ") => "a text",
        "bool" => "true or false",
        "array" => "a list",
        "map" => "a map",
        "()" => "nothing at all",
        "Fn" => "a closure",
        "char" => "a character",
        "timestamp" => "a time",
        other => other,
    }
}

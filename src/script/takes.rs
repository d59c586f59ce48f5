//! What functions take, told to who hands them something else.

use crate::call::Fault;

/// Functions of scripts and of tests with what they take, in the order of their arguments.
const TAKES: [(&str, &str); 31] = [
    ("note", "a text"),
    ("title", "a text"),
    ("rehearse", "the path of a pipeline, and a map of options"),
    (
        "assert",
        "a condition (true or false), and a text that says what it is",
    ),
    ("expect_outcome", "a text such as \"rolled_back\""),
    ("expect_fault", "the code of a fault, a text"),
    ("expect_failed_in", "the name of a step, a text"),
    ("expect_cause", "a text"),
    ("expect_event", "a text"),
    ("expect_note", "a text"),
    ("expect_undone", "a text"),
    ("expect_left", "a text"),
    ("expect_nothing_left", "nothing"),
    ("expect_no_writes", "nothing"),
    ("expect_asked", "a list of roles such as [\"lead\"]"),
    ("expect_within", "a duration such as \"20m\""),
    ("expect_lasting", "a duration such as \"20m\""),
    (
        "expect_order",
        "a list of operations such as [\"RunTask\", \"UpdateService\"]",
    ),
    (
        "expect_write",
        "an operation, a text, and a map of members of its input",
    ),
    (
        "expect_writes",
        "an operation, a text, a map of members of its input, and a whole number",
    ),
    (
        "expect_never",
        "an operation, a text, and a map of members of its input",
    ),
    ("expect_process", "a program, a text, and a list of texts"),
    (
        "expect_no_process",
        "a program, a text, and a list of texts",
    ),
    ("expect_request", "a method and a URL, two texts"),
    ("cloud", "a service and an operation, two texts, and a map"),
    ("pass", "a duration such as \"20m\""),
    ("undo", "a label, a text, and a closure"),
    ("finally", "a label, a text, and a closure"),
    ("parallel", "a list or a map of closures"),
    ("params", "a map of declarations"),
    (
        "options",
        "a map of what was given, and a map of declarations",
    ),
];

/// The fault of a call that no function fits; `called`: `name (type, type)`.
pub(super) fn misfit(called: &str) -> Fault {
    let (name, types) = called.split_once(" (").unwrap_or((called, ""));
    let types = types.trim_end_matches(')').split(", ");
    let given: Vec<&str> = types
        .filter(|kind| !kind.is_empty() && !kind.contains("rehearsal"))
        .map(plain)
        .collect();
    let given = match given.as_slice() {
        [] => "nothing".to_owned(),
        given => given.join(" and "),
    };
    let takes = TAKES.iter().find(|(known, _)| *known == name);
    let message = match takes {
        Some((_, takes)) => format!("`{name}` takes {takes}, not {given}"),
        None => format!("there is no `{name}` that takes {given}"),
    };
    Fault::new("wrong_type", message)
}

/// A type of Rhai's in plain words.
fn plain(kind: &str) -> &str {
    let kind = kind.trim_start_matches('&').trim_start_matches("mut ");
    match kind {
        "i64" => "a whole number",
        "f64" => "a number",
        "string" | "&str" | "str" | "ImmutableString" => "a text",
        "bool" => "true or false",
        "array" => "a list",
        "map" => "a map",
        "()" => "nothing at all",
        "Fn" => "a function",
        "char" => "a character",
        "timestamp" => "a time",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::misfit;

    #[test]
    fn what_a_function_takes_is_said() {
        for (called, said) in [
            (
                "expect_lasting (rehearsal, i64)",
                "`expect_lasting` takes a duration such as \"20m\", not a whole number",
            ),
            ("note (i64)", "`note` takes a text, not a whole number"),
            (
                "own (map, array)",
                "there is no `own` that takes a map and a list",
            ),
        ] {
            assert_eq!(misfit(called).message, said);
        }
    }
}

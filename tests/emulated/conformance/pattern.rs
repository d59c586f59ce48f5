//! What an answer must look like.
//!
//! Objects have at least the pattern's members, lists exactly its items. Instead of a value stands
//! `"$text"`, `"$number"`, `"$time"`, `"$list"`, `"$absent"`, `"$like a*b"`, `{"$has": item}` (a list that
//! has such an item), `{"$not": item}` (one that has none), or `{"$least": n}`.

use serde_json::Value;

/// Whether `value` is like `pattern`.
///
/// # Errors
/// The first place where it is not, and what is there.
pub fn like(pattern: &Value, value: &Value) -> Result<(), String> {
    at("", pattern, value)
}

fn at(path: &str, pattern: &Value, value: &Value) -> Result<(), String> {
    let differs = || {
        let found: String = value.to_string().chars().take(200).collect();
        let place = if path.is_empty() { "output" } else { path };
        Err(format!("{place} is {found}, not {pattern}"))
    };
    let holds = |holds: bool| if holds { Ok(()) } else { differs() };
    match pattern {
        Value::Null => Ok(()),
        Value::String(text) if text.starts_with('$') => holds(kind(text, value)),
        Value::Object(members) => {
            if let Some(item) = members.get("$has") {
                return holds(items(value).any(|it| like(item, it).is_ok()));
            }
            if let Some(item) = members.get("$not") {
                return holds(value.is_array() && !items(value).any(|it| like(item, it).is_ok()));
            }
            if let Some(least) = members.get("$least") {
                return holds(value.as_f64() >= least.as_f64() && value.is_number());
            }
            if !value.is_object() {
                return differs();
            }
            members.iter().try_for_each(|(name, pattern)| {
                let member = value.get(name).unwrap_or(&Value::Null);
                let path = format!("{path}.{name}");
                let absent = || Err(format!("{path} is absent, not {pattern}"));
                match pattern {
                    Value::String(it) if it == "$absent" => at(&path, pattern, member),
                    _ if member.is_null() => absent(),
                    _ => at(&path, pattern, member),
                }
            })
        }
        Value::Array(patterns) => match value.as_array() {
            Some(values) if values.len() == patterns.len() => patterns
                .iter()
                .zip(values)
                .enumerate()
                .try_for_each(|(i, (p, v))| at(&format!("{path}[{i}]"), p, v)),
            _ => differs(),
        },
        Value::Number(number) => holds(number.as_f64() == value.as_f64() && value.is_number()),
        other => holds(other == value),
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn kind(pattern: &str, value: &Value) -> bool {
    let text = value.as_str();
    match pattern {
        "$text" => text.is_some_and(|t| !t.is_empty()),
        "$number" => value.is_number(),
        "$list" => value.is_array(),
        "$absent" => value.is_null(),
        "$time" => text.is_some_and(|t| t.parse::<jiff::Timestamp>().is_ok()),
        _ => match (pattern.strip_prefix("$like "), text) {
            (Some(glob), Some(text)) => globs(glob, text),
            (Some(_), None) => false,
            (None, _) => panic!("there is no pattern {pattern}"),
        },
    }
}

fn globs(glob: &str, text: &str) -> bool {
    match glob.split_once('*') {
        None => glob == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            let starts = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            starts.into_iter().any(|at| globs(tail, &rest[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::like;

    #[test]
    fn patterns_tell_like_from_unlike() {
        let value = json!({"a": [{"n": 1, "t": "2026-01-01T00:00:00Z"}, {"n": 2}], "s": "x:y/z"});
        for pattern in [
            json!({"a": {"$has": {"n": 2}}, "s": "$like x:*/z"}),
            json!({"a": [{"t": "$time"}, {"n": "$number", "t": "$absent"}]}),
            json!({"a": {"$not": {"n": 3}}, "b": "$absent"}),
            json!({"a": [{"n": {"$least": 1}}, {}]}),
        ] {
            assert_eq!(like(&pattern, &value), Ok(()), "{pattern}");
        }
        for pattern in [
            json!({"a": [{"n": 1}]}),
            json!({"a": {"$has": {"n": 3}}}),
            json!({"a": {"$not": {"n": 2}}}),
            json!({"s": "$time"}),
            json!({"s": "$like x*y"}),
            json!({"b": "$text"}),
        ] {
            assert!(like(&pattern, &value).is_err(), "{pattern}");
        }
    }
}

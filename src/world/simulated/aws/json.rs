//! Reading the API's JSON at the boundary, and writing its errors.

use serde_json::{Map, Value};

use crate::vocabulary::{Fault, codes};

/// A member that is text; `None`: it is absent or of another type.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

/// A whole number that is not negative.
pub(crate) fn number(value: &Value, name: &str) -> Option<u64> {
    value.get(name).and_then(Value::as_u64)
}

/// A flag; absent is false.
pub(crate) fn flag(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// The elements of a list member; none where it is absent.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The texts of a list member.
pub(crate) fn texts(value: &Value, name: &str) -> Vec<String> {
    list(value, name)
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// A text member that must be there.
pub(crate) fn required<'a>(value: &'a Value, name: &str) -> Result<&'a str, Fault> {
    text(value, name)
        .filter(|t| !t.is_empty())
        .ok_or_else(|| invalid(format!("{name} is required.")))
}

/// AWS's error `InvalidParameterException`, with this message.
pub(crate) fn invalid(message: impl Into<String>) -> Fault {
    Fault::new("InvalidParameterException", message)
}

/// An object of lists. They are moved: `json!` would copy each of them whole.
pub(crate) fn lists<const N: usize>(lists: [(&str, Vec<Value>); N]) -> Value {
    let lists = lists.into_iter();
    let members = lists.map(|(name, items)| (name.to_owned(), Value::Array(items)));
    Value::Object(members.collect())
}

/// Sets a member of an object; anything else stays as it is.
pub(crate) fn set(value: &mut Value, name: &str, member: Value) {
    if let Some(object) = value.as_object_mut() {
        object.insert(name.to_owned(), member);
    }
}

/// Sets a member only where it is absent.
pub(crate) fn default(object: &mut Map<String, Value>, name: &str, member: Value) {
    if !object.contains_key(name) {
        object.insert(name.to_owned(), member);
    }
}

/// Whether a null stands anywhere in a value.
pub(crate) fn has_nulls(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.values().any(has_nulls),
        Value::Array(items) => items.iter().any(has_nulls),
        _ => false,
    }
}

/// Removes the members that are null: to AWS they are absent.
pub(crate) fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

/// One page of a listing, as `{ key: […], nextToken }`.
pub(crate) fn page(input: &Value, key: &str, items: Vec<Value>, most: usize) -> Value {
    let from = text(input, "nextToken")
        .and_then(|t| t.parse::<usize>().ok())
        .unwrap_or(0)
        .min(items.len());
    let size = number(input, "maxResults").map_or(most, |n| (n as usize).clamp(1, most));
    let end = (from + size).min(items.len());
    let all = items.len();
    let items = items.into_iter().take(end).skip(from).collect();
    let mut out = lists([(key, items)]);
    if end < all {
        set(&mut out, "nextToken", Value::String(end.to_string()));
    }
    out
}

/// Every text in a value.
pub(crate) fn collect_texts(value: &Value, out: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::String(text) => {
            out.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, out)),
        Value::Object(members) => members.values().for_each(|value| collect_texts(value, out)),
        _ => {}
    }
}

/// A JSON object, or an empty one.
pub(crate) fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// Nothing is answered that is not modelled.
pub(crate) fn not_simulated(service: &str, operation: &str) -> Fault {
    Fault::new(
        codes::NOT_SIMULATED,
        format!("the simulated cloud does not know {service} {operation}"),
    )
    .hint("only a real run can make this call")
}

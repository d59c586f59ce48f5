//! Calls and answers with one member changed.

use serde_json::Value;

use crate::world::AwsCall;
use crate::world::simulated::model::json::{self, list};

/// A copy of a call in which one member of the input has another value; null removes it.
pub(super) fn with(call: &AwsCall, name: &str, value: Value) -> AwsCall {
    let mut input = json::object(&call.input);
    if value.is_null() {
        input.remove(name);
    } else {
        input.insert(name.to_owned(), value);
    }
    AwsCall {
        input: Value::Object(input),
        ..call.clone()
    }
}

/// Adds the elements of `key` and `failures` of one answer to another.
pub(super) fn append(out: &mut Value, more: &Value, key: &str) {
    for member in [key, "failures"] {
        let added = list(more, member);
        if let Some(list) = out.get_mut(member).and_then(Value::as_array_mut) {
            list.extend(added.iter().cloned());
        }
    }
}

//! Lists that AWS answers page by page, read to their end as the AWS CLI does.

use serde_json::Value;

use super::secrets::hide;
use super::send::send;
use crate::primitive::Context;
use crate::vocabulary::{Effect, Stop};
use crate::world::AwsCall;

/// Members of an answer that say that there is more, and the member of an input that asks for it.
const TOKENS: [(&str, &str); 4] = [
    ("nextToken", "nextToken"),
    ("NextToken", "NextToken"),
    ("NextMarker", "Marker"),
    ("Marker", "Marker"),
];
/// Members of an input with which a script asks for one page.
const SIZES: [&str; 7] = [
    "maxResults",
    "MaxResults",
    "limit",
    "Limit",
    "MaxRecords",
    "MaxItems",
    "PageSize",
];
/// A longer list is not read to its end: its token stays in the answer.
const PAGES: usize = 100;

/// Sends a call; a read that asks for no page of its own is answered with all of them. Secrets are not in the answer.
///
/// # Errors
/// As [`send`].
pub(in crate::primitive) fn send_all(cx: &Context<'_>, mut call: AwsCall) -> Result<Value, Stop> {
    let mut whole = send(cx, &call)?;
    if call.effect() == Effect::Read && !asks_for_one(&call.input) {
        for _ in 1..PAGES {
            let Some((member, token)) = next(&mut whole) else {
                break;
            };
            call.input[member] = token;
            append(&mut whole, send(cx, &call)?);
        }
    }
    hide(&mut whole);
    Ok(whole)
}

fn asks_for_one(input: &Value) -> bool {
    let tokens = TOKENS.iter().map(|(_, member)| *member);
    SIZES
        .into_iter()
        .chain(tokens)
        .any(|member| !input[member].is_null())
}

/// Takes the token of the next page out of an answer.
fn next(answer: &mut Value) -> Option<(&'static str, Value)> {
    let members = answer.as_object_mut()?;
    // An answer without a list has no pages, whatever its members are called.
    members.values().find(|value| value.is_array())?;
    let (output, input) = TOKENS.iter().find(|(output, _)| {
        let token = members.get(*output).and_then(Value::as_str);
        token.is_some_and(|token| !token.is_empty())
    })?;
    Some((*input, members.remove(*output)?))
}

/// Adds a page: lists grow, and of anything else the latest holds.
fn append(whole: &mut Value, page: Value) {
    let (Value::Object(whole), Value::Object(page)) = (whole, page) else {
        return;
    };
    for (name, value) in page {
        match (whole.get_mut(&name), value) {
            (Some(Value::Array(items)), Value::Array(more)) => items.extend(more),
            (_, value) => {
                whole.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pages_become_one_list() {
        let mut whole = json!({ "serviceArns": ["a", "b"], "nextToken": "2" });
        assert_eq!(next(&mut whole), Some(("nextToken", json!("2"))));
        append(
            &mut whole,
            json!({ "serviceArns": ["c"], "nextToken": null }),
        );
        assert_eq!(whole["serviceArns"], json!(["a", "b", "c"]));
        assert_eq!(next(&mut whole), None);
        let mut marked = json!({ "TargetGroups": [], "NextMarker": "m" });
        assert_eq!(next(&mut marked), Some(("Marker", json!("m"))));
        assert_eq!(next(&mut json!({ "Marker": "m" })), None);
        assert!(asks_for_one(&json!({ "maxResults": 5 })));
        assert!(!asks_for_one(
            &json!({ "cluster": "prod", "nextToken": null })
        ));
    }
}

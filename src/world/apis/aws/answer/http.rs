//! What the status and the headers of an answer say.

use aws_smithy_types::base64;
use serde_json::{Map, Value};

use super::{Answer, scalar};
use crate::world::apis::aws::model::{Kind, Location, Marks, Member, Service};

/// The members that are not in the body.
pub(super) fn members(
    service: &Service,
    members: &[Member],
    answer: &Answer,
) -> Map<String, Value> {
    let mut found = Map::new();
    for member in members {
        let value = match member.location {
            Location::Status => Some(answer.status.into()),
            Location::Header => answer
                .header(member.wire.unwrap_or(member.name))
                .map(|text| header(service, member, text)),
            Location::Headers => Some(prefixed(member, answer)),
            _ => None,
        };
        if let Some(value) = value {
            found.insert(member.name.to_owned(), value);
        }
    }
    found
}

fn header(service: &Service, member: &Member, text: &str) -> Value {
    let shape = service.shape(member.target);
    match (shape.kind, shape.members) {
        (Kind::List, [element]) => {
            let kind = service.shape(element.target).kind;
            let items = text
                .split(',')
                .map(|item| scalar::from_text(kind, item.trim()));
            Value::Array(items.collect())
        }
        _ if member.marks.has(Marks::JSON_VALUE) => {
            let decoded = base64::decode(text).ok();
            let value = decoded.and_then(|bytes| serde_json::from_slice(&bytes).ok());
            value.unwrap_or_else(|| text.into())
        }
        (kind, _) => scalar::from_text(kind, text),
    }
}

/// All headers with a prefix, without it.
fn prefixed(member: &Member, answer: &Answer) -> Value {
    let prefix = member.wire.unwrap_or_default();
    let headers = answer.headers.iter().filter_map(|(name, value)| {
        let (start, rest) = name.split_at_checked(prefix.len())?;
        let is_meant = start.eq_ignore_ascii_case(prefix);
        is_meant.then(|| (rest.to_owned(), Value::from(value.as_str())))
    });
    Value::Object(headers.collect())
}

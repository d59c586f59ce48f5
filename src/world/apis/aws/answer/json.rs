//! JSON by a model, and CBOR as JSON.

use aws_smithy_cbor::Decoder;
use aws_smithy_cbor::data::Type;
use aws_smithy_cbor::decode::DeserializeError;
use aws_smithy_types::base64;
use aws_smithy_types::date_time::Format;
use serde_json::{Map, Value};

use super::scalar;
use crate::world::apis::aws::model::{Kind, Location, Marks, Member, Service, Shape};

/// Levels that an answer may nest.
const DEPTH: usize = 128;

/// The members of a structure that are in a body, under the names of the model and in its order.
pub(super) fn members(service: &Service, members: &[Member], given: &Value) -> Map<String, Value> {
    let mut found = Map::new();
    for member in members {
        let shape = service.shape(member.target);
        // Events have headers of their own.
        if member.location != Location::Body || member.marks.has(Marks::EVENT_HEADER) {
            continue;
        }
        let wire = wire(service, member);
        if let Some(given) = given.get(wire).filter(|given| !given.is_null()) {
            found.insert(member.name.to_owned(), value(service, shape, given));
        }
    }
    found
}

/// Adds what the model does not know: a field that AWS has added since then passes as it came.
pub(super) fn add_unknown(
    service: &Service,
    members: &[Member],
    given: &Map<String, Value>,
    found: &mut Map<String, Value>,
) {
    for (name, value) in given {
        let mut known = members.iter().map(|member| wire(service, member));
        let is_known = name == "__type" || known.any(|known| known == name);
        if !is_known && !value.is_null() && !found.contains_key(name) {
            found.insert(name.clone(), value.clone());
        }
    }
}

/// A value of a shape.
pub(super) fn value(service: &Service, shape: &Shape, given: &Value) -> Value {
    match (shape.kind, given) {
        (Kind::Structure, Value::Object(entries)) if !shape.marks.has(Marks::DOCUMENT) => {
            let known = shape.members;
            let found = members(service, known, given);
            // As botocore has it: a variant that came after this program.
            let mut tags = entries
                .iter()
                .filter(|(name, value)| name.as_str() != "__type" && !value.is_null());
            match (tags.next(), tags.next()) {
                (Some((tag, _)), None) if found.is_empty() && shape.marks.has(Marks::UNION) => {
                    serde_json::json!({ "SDK_UNKNOWN_MEMBER": { "name": tag } })
                }
                _ => {
                    let mut found = found;
                    add_unknown(service, known, entries, &mut found);
                    Value::Object(found)
                }
            }
        }
        (Kind::List, Value::Array(items)) => match shape.members {
            [element] => {
                let element = service.shape(element.target);
                items
                    .iter()
                    .map(|item| value(service, element, item))
                    .collect()
            }
            _ => given.clone(),
        },
        (Kind::Map, Value::Object(entries)) => match shape.members {
            [_, of] => {
                let of = service.shape(of.target);
                let read = |(key, item): (&String, &Value)| (key.clone(), value(service, of, item));
                Value::Object(entries.iter().map(read).collect())
            }
            _ => given.clone(),
        },
        (kind, given) => scalar::from_json(kind, given),
    }
}

fn wire(service: &Service, member: &Member) -> &'static str {
    let said = member.wire.or(service.shape(member.target).wire);
    said.unwrap_or(member.name)
}

/// CBOR as the JSON that it stands for: bytes as base64, times as RFC 3339.
///
/// # Errors
/// It is not CBOR, ends too early, or nests too deep.
pub(super) fn from_cbor(bytes: &[u8]) -> Result<Value, DeserializeError> {
    item(&mut Decoder::new(bytes), 0)
}

fn item(cbor: &mut Decoder<'_>, depth: usize) -> Result<Value, DeserializeError> {
    if depth > DEPTH {
        return Err(DeserializeError::custom(
            "it nests too deep",
            cbor.position(),
        ));
    }
    Ok(match cbor.datatype()? {
        Type::Bool => cbor.boolean()?.into(),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => integer(cbor)?,
        Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Int => integer(cbor)?,
        Type::F16 | Type::F32 | Type::F64 => float(cbor.double()?),
        Type::Bytes | Type::BytesIndef => base64::encode(cbor.blob()?).into(),
        Type::String | Type::StringIndef => cbor.string()?.into(),
        Type::Array | Type::ArrayIndef => {
            let mut items = Vec::new();
            let length = cbor.list()?;
            while more(cbor, length, items.len())? {
                items.push(item(cbor, depth + 1)?);
            }
            Value::Array(items)
        }
        Type::Map | Type::MapIndef => {
            let (mut entries, mut read) = (Map::new(), 0);
            let length = cbor.map()?;
            while more(cbor, length, read)? {
                let key = cbor.string()?;
                entries.insert(key, item(cbor, depth + 1)?);
                read += 1;
            }
            Value::Object(entries)
        }
        Type::Tag => {
            let start = cbor.position();
            match cbor.timestamp() {
                Ok(at) => at.fmt(Format::DateTime).unwrap_or_default().into(),
                Err(_) => {
                    cbor.set_position(start);
                    cbor.skip()?;
                    Value::Null
                }
            }
        }
        _ => {
            cbor.skip()?;
            Value::Null
        }
    })
}

/// Whether a list or a map goes on after so many items.
fn more(
    cbor: &mut Decoder<'_>,
    length: Option<u64>,
    read: usize,
) -> Result<bool, DeserializeError> {
    match length {
        Some(length) => Ok((read as u64) < length),
        None if cbor.datatype()? == Type::Break => cbor.skip().map(|()| false),
        None => Ok(true),
    }
}

fn integer(cbor: &mut Decoder<'_>) -> Result<Value, DeserializeError> {
    let start = cbor.position();
    match cbor.long() {
        Ok(number) => Ok(number.into()),
        Err(_) => {
            cbor.set_position(start);
            let number = cbor.big_integer()?;
            Ok(number
                .as_ref()
                .parse::<u64>()
                .map_or(Value::Null, Value::from))
        }
    }
}

fn float(number: f64) -> Value {
    match (number.is_nan(), number > 0.0) {
        _ if number.is_finite() => number.into(),
        (true, _) => "NaN".into(),
        (false, true) => "Infinity".into(),
        (false, false) => "-Infinity".into(),
    }
}

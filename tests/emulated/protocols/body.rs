//! What two requests or two results have in common, however they are spelt.

use std::collections::BTreeMap;

use aws_smithy_cbor::Decoder;
use aws_smithy_cbor::data::Type;
use aws_smithy_types::base64;
use deployer::world::apis::aws::{Kind, Marks, Operation, Protocol, Service};
use percent_encoding::percent_decode_str;
use roxmltree::Node;
use serde_json::{Value, json};

/// What each program says of itself, or adds later.
const NOT_COMPARED: [&str; 6] = [
    "accept",
    "content-length",
    "content-type",
    "expect",
    "smithy-protocol",
    "user-agent",
];

/// The path as it is, and the query as sorted pairs.
pub(super) fn split_uri(uri: &str) -> (&str, Vec<(String, String)>) {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    (path, pairs(query))
}

fn pairs(form: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    let parts = form.split('&').filter(|part| !part.is_empty());
    let pairs = parts.map(|part| part.split_once('=').unwrap_or((part, "")));
    let mut pairs: Vec<_> = pairs
        .map(|(key, value)| (decoded(key), decoded(value)))
        .collect();
    pairs.sort();
    pairs
}

/// Headers by name. Lists may be quoted, and Python spells `True`.
pub(super) fn headers<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers.filter(|(name, _)| !NOT_COMPARED.contains(name)) {
        let items = value.split(',').map(|item| item.trim().replace('"', ""));
        let items = items.map(|item| match item.as_str() {
            "True" => "true".to_owned(),
            _ => item,
        });
        found
            .entry(name.to_ascii_lowercase())
            .or_default()
            .extend(items);
    }
    json!(found)
}

/// Whether a body is the bytes of a member.
pub(super) fn is_raw(service: &Service, protocol: Protocol, operation: &Operation) -> bool {
    protocol.is_rest()
        && service.inputs(operation).iter().any(|member| {
            let kind = service.shape(member.target).kind;
            member.marks.has(Marks::PAYLOAD) && matches!(kind, Kind::Blob | Kind::String)
        })
}

/// What a request's body says. No body is an empty document.
pub(super) fn read(protocol: Protocol, is_raw: bool, bytes: &[u8]) -> Value {
    let text = String::from_utf8_lossy(bytes);
    match protocol {
        _ if is_raw => base64::encode(bytes).into(),
        _ if bytes.is_empty() => json!({}),
        Protocol::Json | Protocol::RestJson => {
            serde_json::from_slice(bytes).unwrap_or_else(|_| json!(pairs(&text)))
        }
        Protocol::Query | Protocol::Ec2 => json!(pairs(&text)),
        Protocol::RestXml => match roxmltree::Document::parse(&text) {
            Ok(document) if document.root_element().has_children() => {
                element(document.root_element())
            }
            Ok(_) => json!({}),
            Err(error) => format!("{error}: {text}").into(),
        },
        Protocol::Cbor => item(&mut Decoder::new(bytes)),
    }
}

/// An element; the order of those in it says nothing, because no two of one name differ in it here.
fn element(node: Node<'_, '_>) -> Value {
    let mut attributes: Vec<_> = node
        .attributes()
        .map(|one| (one.namespace(), one.name(), one.value()))
        .collect();
    attributes.sort_unstable();
    let mut inner: Vec<_> = node
        .children()
        .filter(Node::is_element)
        .map(element)
        .collect();
    inner.sort_by_key(Value::to_string);
    let text = node.text().filter(|_| inner.is_empty()).unwrap_or_default();
    json!([
        node.tag_name().namespace(),
        node.tag_name().name(),
        attributes,
        inner,
        text
    ])
}

fn item(cbor: &mut Decoder<'_>) -> Value {
    let more = |cbor: &mut Decoder<'_>, length: Option<u64>, read: u64| match length {
        Some(length) => read < length,
        None => {
            let has_more = cbor.datatype().expect("CBOR") != Type::Break;
            if !has_more {
                cbor.skip().expect("CBOR");
            }
            has_more
        }
    };
    match cbor.datatype().expect("CBOR") {
        Type::Bool => cbor.boolean().expect("CBOR").into(),
        Type::F16 | Type::F32 | Type::F64 => cbor.double().expect("CBOR").into(),
        Type::Bytes | Type::BytesIndef => base64::encode(cbor.blob().expect("CBOR")).into(),
        Type::String | Type::StringIndef => cbor.string().expect("CBOR").into(),
        Type::Array | Type::ArrayIndef => {
            let (mut items, length) = (Vec::new(), cbor.list().expect("CBOR"));
            while more(cbor, length, items.len() as u64) {
                items.push(item(cbor));
            }
            Value::Array(items)
        }
        Type::Map | Type::MapIndef => {
            let (mut entries, length) = (serde_json::Map::new(), cbor.map().expect("CBOR"));
            while more(cbor, length, entries.len() as u64) {
                let key = cbor.string().expect("CBOR");
                entries.insert(key, item(cbor));
            }
            Value::Object(entries)
        }
        Type::Tag => json!({ "at": cbor.timestamp().expect("CBOR").as_secs_f64() }),
        Type::Null => {
            cbor.skip().expect("CBOR");
            Value::Null
        }
        _ => cbor.long().expect("CBOR").into(),
    }
}

/// The first place at which two values differ.
pub(super) fn difference(at: &str, theirs: &Value, ours: &Value) -> Option<String> {
    let short = |value: &Value| value.to_string().chars().take(300).collect::<String>();
    match (theirs, ours) {
        (Value::Object(one), Value::Object(other)) => {
            let missing = other.keys().find(|key| !one.contains_key(*key));
            let mut members = one.iter().map(|(key, value)| {
                let ours = other.get(key).unwrap_or(&Value::Null);
                let is_absent = !other.contains_key(key);
                let how = difference(&format!("{at}.{key}"), value, ours);
                how.or_else(|| is_absent.then(|| format!("{at}.{key} is missing")))
            });
            let found = members.find_map(|how| how);
            found.or_else(|| {
                missing.map(|key| format!("{at}.{key} is {}, unexpectedly", short(&other[key])))
            })
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut items = one.iter().zip(other).enumerate();
            items.find_map(|(index, (theirs, ours))| {
                difference(&format!("{at}[{index}]"), theirs, ours)
            })
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => None,
        _ if theirs == ours => None,
        _ => Some(format!("{at} is {}, not {}", short(ours), short(theirs))),
    }
}

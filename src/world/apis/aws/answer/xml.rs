//! XML by a model.

use roxmltree::Node;
use serde_json::{Map, Value, json};

use super::scalar;
use crate::world::apis::aws::model::{Kind, Location, Marks, Member, Service, Shape};

/// Levels that are read: models may hold themselves.
const DEPTH: usize = 128;

/// The members of a structure that are in an element, in the model's order.
pub(super) fn members(
    service: &Service,
    members: &[Member],
    element: Node<'_, '_>,
    depth: usize,
) -> Map<String, Value> {
    let mut found = Map::new();
    let in_body = members.iter().filter(|member| {
        member.location == Location::Body && !member.marks.has(Marks::EVENT_HEADER)
    });
    for member in in_body.take_while(|_| depth < DEPTH) {
        let shape = service.shape(member.target);
        let name = name(service, member, shape);
        let mut named = children(element)
            .filter(|child| child.tag_name().name() == name)
            .peekable();
        let read = match named.peek() {
            None if member.marks.has(Marks::XML_ATTRIBUTE) => {
                attribute(element, name).map(Value::from)
            }
            None => None,
            Some(_) if is_flat(member, shape) => Some(repeated(service, shape, named, depth)),
            Some(first) => Some(value(service, shape, *first, depth)),
        };
        if let Some(read) = read {
            found.insert(member.name.to_owned(), read);
        }
    }
    found
}

/// The value of a shape that an element has.
pub(super) fn value(
    service: &Service,
    shape: &Shape,
    element: Node<'_, '_>,
    depth: usize,
) -> Value {
    match shape.kind {
        Kind::Structure => {
            let found = members(service, shape.members, element, depth + 1);
            match (children(element).next(), shape.marks.has(Marks::UNION)) {
                // As botocore has it: a variant that came after this program.
                (Some(variant), true) if found.is_empty() => {
                    json!({ "SDK_UNKNOWN_MEMBER": { "name": variant.tag_name().name() } })
                }
                _ => Value::Object(found),
            }
        }
        Kind::List | Kind::Map => repeated(service, shape, children(element), depth),
        kind => {
            let text = text(element);
            match scalar::policy(service, shape, &text) {
                Some(value) => value,
                None => scalar::from_text(kind, &text),
            }
        }
    }
}

/// The text of an element, around comments.
pub(super) fn text(element: Node<'_, '_>) -> String {
    let texts = element.children().filter(Node::is_text);
    texts.filter_map(|text| text.text()).collect()
}

/// The elements in an element.
pub(super) fn children<'a, 'input>(
    element: Node<'a, 'input>,
) -> impl Iterator<Item = Node<'a, 'input>> + use<'a, 'input> {
    element.children().filter(Node::is_element)
}

/// The elements of a list, or the entries of a map.
fn repeated<'a, 'input: 'a>(
    service: &Service,
    shape: &Shape,
    elements: impl Iterator<Item = Node<'a, 'input>>,
    depth: usize,
) -> Value {
    match shape.members {
        [element] => {
            let of = service.shape(element.target);
            let items = elements.map(|element| value(service, of, element, depth + 1));
            Value::Array(items.collect())
        }
        [key, of] => {
            let entries = elements.filter_map(|entry| {
                let found = |member: &Member| {
                    let name = name(service, member, service.shape(member.target));
                    children(entry).find(|child| child.tag_name().name() == name)
                };
                let item =
                    found(of).map(|item| value(service, service.shape(of.target), item, depth + 1));
                Some((text(found(key)?), item?))
            });
            Value::Object(entries.collect())
        }
        _ => Value::Null,
    }
}

/// The name of a member's element.
fn name(service: &Service, member: &Member, shape: &Shape) -> &'static str {
    let element = match (is_flat(member, shape), shape.kind, shape.members) {
        (true, Kind::List, [element]) => element.wire.or(service.shape(element.target).wire),
        _ => None,
    };
    let said = element.or(member.wire).or(shape.wire);
    said.unwrap_or(member.name)
}

fn is_flat(member: &Member, shape: &Shape) -> bool {
    let is_repeated = matches!(shape.kind, Kind::List | Kind::Map);
    is_repeated && (member.marks.has(Marks::FLATTENED) || shape.marks.has(Marks::FLATTENED))
}

/// An attribute by its name in the model, such as `xsi:type`; the prefix is the document's own.
fn attribute<'a>(element: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let local = name.rsplit(':').next().unwrap_or(name);
    let mut attributes = element.attributes();
    let found = attributes.find(|attribute| attribute.name() == local);
    found.map(|attribute| attribute.value())
}

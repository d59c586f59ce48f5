//! A part of a service, read from its bytes: in the order in which `pack.py` writes it.

use super::bytes::Bytes;
use super::{
    Kind, Location, Marks, Member, Operation, Paginator, Shape, ShapeKey, TimestampFormat,
};

const KINDS: [Kind; 11] = [
    Kind::Structure,
    Kind::List,
    Kind::Map,
    Kind::String,
    Kind::Integer,
    Kind::Long,
    Kind::Float,
    Kind::Double,
    Kind::Boolean,
    Kind::Blob,
    Kind::Timestamp,
];
const LOCATIONS: [Location; 6] = [
    Location::Body,
    Location::Header,
    Location::Headers,
    Location::Uri,
    Location::Query,
    Location::Status,
];

/// Operations of a service in alphabetical order, and shapes that they use.
#[derive(Debug)]
pub(super) struct Part {
    pub shapes: Vec<Shape>,
    pub operations: Vec<Operation>,
}

impl Part {
    /// The part with so many shapes and operations of those names, and what is left of its bytes: nothing.
    pub fn read(
        mut bytes: Bytes,
        shapes: usize,
        operations: &[&'static str],
    ) -> (Part, &'static [u8]) {
        bytes.own_texts();
        let shapes = (0..shapes).map(|_| shape(&mut bytes)).collect();
        let operations = operations.iter().map(|name| operation(&mut bytes, name));
        let operations = operations.collect();
        (Part { shapes, operations }, bytes.left())
    }
}

pub(super) fn one_of<T: Copy>(all: &[T], number: usize) -> T {
    all[number.min(all.len() - 1)]
}

fn timestamp(bytes: &mut Bytes) -> Option<TimestampFormat> {
    match bytes.number() {
        1 => Some(TimestampFormat::Iso8601),
        2 => Some(TimestampFormat::Rfc822),
        3 => Some(TimestampFormat::Epoch),
        _ => None,
    }
}

fn namespace(bytes: &mut Bytes) -> Option<(&'static str, Option<&'static str>)> {
    let address = bytes.maybe()?;
    Some((address, bytes.maybe()))
}

fn shape(bytes: &mut Bytes) -> Shape {
    let name = bytes.text();
    let bits = bytes.number();
    let mut shape = Shape {
        name,
        kind: one_of(&KINDS, bits & 15),
        ..Shape::default()
    };
    if bits & 1 << 4 != 0 {
        shape.marks = Marks(bytes.small());
    }
    if bits & 1 << 5 != 0 {
        shape.values = bytes.list(Bytes::text).leak();
    }
    if bits & 1 << 6 != 0 {
        shape.min = bytes.maybe();
        shape.max = bytes.maybe();
    }
    if bits & 1 << 7 != 0 {
        shape.wire = bytes.maybe();
        shape.error_code = bytes.maybe();
        shape.namespace = namespace(bytes);
        shape.timestamp = timestamp(bytes);
    }
    let members = match shape.kind {
        Kind::Structure => bytes.list(|bytes| {
            let name = bytes.text();
            member(bytes, name)
        }),
        Kind::List => vec![member(bytes, "member")],
        Kind::Map => vec![member(bytes, "key"), member(bytes, "value")],
        _ => Vec::new(),
    };
    shape.members = members.leak();
    shape
}

fn member(bytes: &mut Bytes, name: &'static str) -> Member {
    let target = ShapeKey(bytes.small());
    let bits = bytes.number();
    let mut member = Member {
        name,
        target,
        wire: match bits & 3 {
            0 => None,
            1 => Some(name),
            _ => Some(bytes.text()),
        },
        query_name: None,
        context: None,
        namespace: None,
        location: one_of(&LOCATIONS, bits >> 5),
        timestamp: None,
        marks: Marks::default(),
    };
    if bits & 1 << 2 != 0 {
        member.marks = Marks::REQUIRED;
    }
    if bits & 1 << 3 != 0 {
        member.marks = Marks(bytes.small());
    }
    if bits & 1 << 4 != 0 {
        member.timestamp = timestamp(bytes);
        member.namespace = namespace(bytes);
        member.query_name = bytes.maybe();
        member.context = bytes.maybe();
    }
    member
}

fn operation(bytes: &mut Bytes, name: &'static str) -> Operation {
    let key = |bytes: &mut Bytes| bytes.small().checked_sub(1).map(ShapeKey);
    let mut operation = Operation {
        name,
        method: bytes.text(),
        uri: bytes.text(),
        input: key(bytes),
        output: key(bytes),
        errors: bytes.list(|bytes| ShapeKey(bytes.small())),
        ..Operation::default()
    };
    let bits = bytes.number();
    let marked = |mark: usize| bits & 1 << (mark + 2) != 0;
    operation.is_readonly = marked(0);
    operation.is_idempotent = marked(1);
    operation.has_unsigned_payload = marked(2);
    operation.requires_checksum = marked(3);
    operation.is_unsigned = marked(4);
    operation.is_compressed = marked(5);
    if bits & 1 != 0 {
        operation.input_wire = bytes.maybe();
        operation.host_prefix = bytes.maybe();
        operation.result_wrapper = bytes.maybe();
        operation.checksum_member = bytes.maybe();
        operation.checksum_mode_member = bytes.maybe();
        operation.input_namespace = namespace(bytes);
        operation.static_params = bytes.list(|bytes| (bytes.text(), bytes.text()));
        operation.input_params = bytes.list(|bytes| (bytes.text(), bytes.text()));
    }
    if bits & 2 != 0 {
        operation.paginator = Some(Paginator {
            input_tokens: bytes.list(Bytes::text),
            output_tokens: bytes.list(Bytes::text),
            results: bytes.list(Bytes::text),
            constant: bytes.list(Bytes::text),
            limit: bytes.maybe(),
            more_results: bytes.maybe(),
        });
    }
    operation
}

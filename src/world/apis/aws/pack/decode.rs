//! The model of one service, read from its bytes: in the order in which `pack.py` writes it.

use super::bytes::Bytes;
use crate::world::apis::aws::model::{
    Kind, Location, Marks, Member, Operation, Paginator, Protocol, Service, Shape, ShapeKey,
    TimestampFormat,
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

/// The service, and what is left of its bytes: nothing.
pub(super) fn service(name: &'static str, content: &'static [u8]) -> (Service, &'static [u8]) {
    let mut bytes = Bytes::new(content);
    bytes.table();
    let id = bytes.maybe().unwrap_or(name);
    let full_name = bytes.maybe().unwrap_or(id);
    let api_version = bytes.maybe().unwrap_or_default();
    let endpoint_prefix = bytes.maybe().unwrap_or(name);
    let signing_name = bytes.maybe().unwrap_or(endpoint_prefix);
    let signature_version = bytes.maybe().unwrap_or("v4");
    let mut service = Service {
        name,
        id,
        full_name,
        api_version,
        endpoint_prefix,
        signing_name,
        signature_version,
        json_version: bytes.maybe(),
        target_prefix: bytes.maybe(),
        xml_namespace: bytes.maybe(),
        global_endpoint: bytes.maybe(),
        protocols: bytes.list(|bytes| one_of(&Protocol::ALL, bytes.number())),
        auth: bytes.list(Bytes::text),
        query_compatible: bytes.number() == 1,
        operations: Vec::new(),
        waiters: "",
        endpoint_rules: "",
        shapes: Vec::new(),
        members: Vec::new(),
        values: Vec::new(),
    };
    let shapes = bytes.number();
    service.shapes.reserve(shapes);
    for _ in 0..shapes {
        let shape = shape(&mut bytes, &mut service);
        service.shapes.push(shape);
    }
    service.operations = bytes.list(operation);
    service.waiters = bytes.long();
    service.endpoint_rules = bytes.long();
    (service, bytes.left())
}

fn one_of<T: Copy>(all: &[T], number: usize) -> T {
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

/// Where a table of a service ends.
fn end<T>(of: &[T]) -> u32 {
    u32::try_from(of.len()).unwrap_or_default()
}

fn shape(bytes: &mut Bytes, service: &mut Service) -> Shape {
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
    shape.values.0 = end(&service.values);
    if bits & 1 << 5 != 0 {
        for _ in 0..bytes.number() {
            service.values.push(bytes.text());
        }
    }
    shape.values.1 = end(&service.values);
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
    shape.members.0 = end(&service.members);
    match shape.kind {
        Kind::Structure => {
            for _ in 0..bytes.number() {
                let name = bytes.text();
                service.members.push(member(bytes, name));
            }
        }
        Kind::List => service.members.push(member(bytes, "member")),
        Kind::Map => {
            service.members.push(member(bytes, "key"));
            service.members.push(member(bytes, "value"));
        }
        _ => {}
    }
    shape.members.1 = end(&service.members);
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

fn operation(bytes: &mut Bytes) -> Operation {
    let key = |bytes: &mut Bytes| bytes.small().checked_sub(1).map(ShapeKey);
    let mut operation = Operation {
        name: bytes.text(),
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

//! Official schemas, made of a model when they are first asked for: what the SDK's codecs write requests by.
//!
//! A schema lives as long as the process, as its model does; each is made once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use aws_smithy_schema::traits::{self, HttpTrait};
use aws_smithy_schema::{Schema, ShapeId, ShapeType, intern_header_name};

use super::model::{
    Kind, Location, Marks, Member, Operation, Protocol, Service, Shape, ShapeKey, TimestampFormat,
};
use crate::sync::Lock as _;

/// A schema for the life of the process.
pub type AnySchema = &'static Schema<'static>;

/// The schema of a structure and those of its members.
#[derive(Debug, Clone, Copy)]
pub struct Structure {
    /// The schema of the structure as a whole.
    pub schema: AnySchema,
    /// Of its members, in the order of [`Shape::members`].
    pub members: &'static [AnySchema],
}

/// What the official codecs write of a service in one of its protocols.
pub fn schemas(service: &'static Service, protocol: Protocol) -> &'static Schemas {
    static MADE: Mutex<BTreeMap<(&str, Protocol), &'static Schemas>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.locked();
    made.entry((service.name, protocol)).or_insert_with(|| {
        Box::leak(Box::new(Schemas {
            service,
            protocol,
            structures: Mutex::default(),
            elements: Mutex::default(),
            operations: Mutex::default(),
        }))
    })
}

/// The schemas of a service in one protocol.
#[derive(Debug)]
pub struct Schemas {
    service: &'static Service,
    protocol: Protocol,
    structures: Mutex<HashMap<ShapeKey, Structure>>,
    elements: Mutex<HashMap<ElementKey, AnySchema>>,
    operations: Mutex<HashMap<&'static str, Structure>>,
}

type ElementKey = (ShapeKey, Option<Timestamps>);
type Timestamps = std::mem::Discriminant<TimestampFormat>;

impl Schemas {
    /// The schema of an operation's input.
    pub fn operation(&self, operation: &'static Operation) -> Structure {
        if let Some(known) = self.operations.locked().get(operation.name) {
            return *known;
        }
        let made = self.of_operation(operation);
        self.operations.locked().insert(operation.name, made);
        made
    }

    /// A structure that is a part of an input.
    pub fn structure(&self, shape: ShapeKey) -> Structure {
        if let Some(known) = self.structures.locked().get(&shape) {
            return *known;
        }
        let (mut schema, members) = self.bare_structure(shape);
        let said = self.service.shape(shape);
        if self.protocol == Protocol::RestXml {
            schema = with_xml_name(schema, said.wire, said.namespace);
        }
        let made = Structure {
            schema: kept(schema),
            members,
        };
        self.structures.locked().insert(shape, made);
        made
    }

    /// The element of a list or the value of a map: a schema that is not a structure's member.
    pub fn element(&self, of: &Member) -> AnySchema {
        let shape = self.service.shape(of.target);
        if shape.kind == Kind::Structure && !shape.marks.has(Marks::DOCUMENT) {
            return self.structure(of.target).schema;
        }
        let format = of.timestamp.or(shape.timestamp);
        let key = (of.target, format.as_ref().map(std::mem::discriminant));
        if let Some(known) = self.elements.locked().get(&key) {
            return known;
        }
        let id = id(shape.name);
        let mut schema = match (shape.kind, shape.members) {
            (Kind::List, [element]) => Schema::new_list(id, self.kept_member(element, 0)),
            (Kind::Map, [key, value]) => {
                Schema::new_map(id, self.kept_member(key, 0), self.kept_member(value, 1))
            }
            _ => Schema::new(id, shape_type(shape)),
        };
        let flat = shape.marks.has(Marks::FLATTENED);
        if flat || (self.protocol == Protocol::Ec2 && shape.kind == Kind::List) {
            schema = schema.with_xml_flattened();
        }
        let made = kept(with_format(schema, format));
        self.elements.locked().insert(key, made);
        made
    }

    fn bare_structure(&self, shape: ShapeKey) -> (Schema<'static>, &'static [AnySchema]) {
        let said = self.service.shape(shape);
        let members = said.members.iter().enumerate();
        let members: Vec<AnySchema> = members
            .map(|(index, member)| self.kept_member(member, index))
            .collect();
        let members: &'static [AnySchema] = members.leak();
        let kind = match said.marks.has(Marks::UNION) {
            true => ShapeType::Union,
            false => ShapeType::Structure,
        };
        (Schema::new_struct(id(said.name), kind, members), members)
    }

    fn of_operation(&self, operation: &'static Operation) -> Structure {
        let (mut schema, members) = match operation.input {
            Some(shape) => self.bare_structure(shape),
            None => {
                let none: &'static [AnySchema] = &[];
                let unit = Schema::new_struct(id("Unit"), ShapeType::Structure, none);
                (unit, none)
            }
        };
        let inputs = self.service.inputs(operation);
        let uri = labels_by_member(self.path(operation), inputs);
        schema = schema.with_http(HttpTrait::new(operation.method, uri, None));
        if self.protocol == Protocol::RestXml {
            let (name, namespace) = (operation.input_wire, operation.input_namespace);
            schema = with_xml_name(schema, name, namespace);
        }
        if !inputs.iter().any(|member| self.is_in_body(member)) {
            schema = schema.with_no_body_members();
        }
        Structure {
            schema: kept(schema),
            members,
        }
    }

    /// Path and query of an operation. An S3 bucket is a part of the endpoint: of its host, or of its path.
    fn path(&self, operation: &Operation) -> &'static str {
        let rest = operation
            .uri
            .strip_prefix("/{Bucket}")
            .filter(|_| self.service.name == "s3");
        match rest {
            Some(rest) if rest.starts_with('/') => rest,
            Some(rest) => format!("/{rest}").leak(),
            None => operation.uri,
        }
    }

    /// Whether a request has a document because of a member: a payload that is not a structure is the body itself.
    fn is_in_body(&self, member: &Member) -> bool {
        let is_structure = self.service.shape(member.target).kind == Kind::Structure;
        member.location == Location::Body && (!member.marks.has(Marks::PAYLOAD) || is_structure)
    }

    fn kept_member(&self, member: &Member, index: usize) -> AnySchema {
        kept(self.member(member, index))
    }

    fn member(&self, member: &Member, index: usize) -> Schema<'static> {
        let target = self.service.shape(member.target);
        // What a shape says of its name holds where a member says nothing.
        let said = member.wire.or(target.wire);
        let name = match self.protocol {
            // Their codecs write a schema's name: there is no other name on the wire.
            Protocol::Json | Protocol::Cbor => said.unwrap_or(member.name),
            _ => member.name,
        };
        let mut schema = Schema::new_member(id(target.name), shape_type(target), name, index);
        match (target.kind, target.members) {
            (Kind::List, [element]) => {
                schema = schema.with_list_member(self.kept_member(element, 0));
            }
            (Kind::Map, [key, value]) => {
                let key = self.kept_member(key, 0);
                schema = schema.with_map_members(key, self.kept_member(value, 1));
            }
            _ => {}
        }
        let wire = said.unwrap_or(member.name);
        schema = match (self.protocol.is_rest(), member.location) {
            (true, Location::Header) => schema.with_http_header(intern_header_name(wire)),
            (true, Location::Headers) => {
                schema.with_http_prefix_headers(member.wire.unwrap_or_default())
            }
            (true, Location::Uri) => schema.with_http_label(),
            (true, Location::Query) if target.kind == Kind::Map => schema.with_http_query_params(),
            (true, Location::Query) => schema.with_http_query(wire),
            (true, Location::Status) => schema.with_http_response_code(),
            _ if self.protocol == Protocol::Ec2 => ec2_request(schema, name, member, target, wire),
            _ if self.protocol.is_xml() => self.xml(schema, member, target, said),
            _ => match said {
                Some(wire) => schema.with_json_name(wire),
                None => schema,
            },
        };
        if self.protocol.is_rest() && member.marks.has(Marks::PAYLOAD) {
            schema = schema.with_http_payload();
        }
        if member.marks.has(Marks::JSON_VALUE) {
            schema = schema.with_media_type("application/json");
        }
        if is_sensitive(member, target) {
            schema = schema.with_sensitive();
        }
        with_format(schema, member.timestamp.or(target.timestamp))
    }

    fn xml(
        &self,
        mut schema: Schema<'static>,
        member: &Member,
        target: &Shape,
        said: Option<&'static str>,
    ) -> Schema<'static> {
        let flat = target.marks.has(Marks::FLATTENED) || member.marks.has(Marks::FLATTENED);
        // A flattened list has the name that the model says of its elements.
        let element = match (flat, target.kind, target.members) {
            (true, Kind::List, [element]) => element.wire,
            _ => None,
        };
        let namespace = member.namespace.or(target.namespace);
        schema = with_xml_name(schema, element.or(said), namespace);
        if flat {
            schema = schema.with_xml_flattened();
        }
        if member.marks.has(Marks::XML_ATTRIBUTE) {
            schema = schema.with_xml_attribute();
        }
        schema
    }
}

fn is_sensitive(member: &Member, target: &Shape) -> bool {
    member.marks.has(Marks::SENSITIVE) || target.marks.has(Marks::SENSITIVE)
}

/// Names in requests of ec2Query: capitalised, and lists are flat.
fn ec2_request(
    mut schema: Schema<'static>,
    name: &str,
    member: &Member,
    target: &Shape,
    wire: &str,
) -> Schema<'static> {
    let capitalised = || {
        let mut letters = wire.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect::<String>()
    };
    let query = member.query_name.map_or_else(capitalised, str::to_owned);
    if query != name {
        schema = schema.with_xml_name(query.leak());
    }
    if target.kind == Kind::List {
        schema = schema.with_xml_flattened();
    }
    schema
}

/// A path whose labels are names of members: models write them as the wire does.
fn labels_by_member(uri: &'static str, members: &[Member]) -> &'static str {
    let labels = members.iter().filter_map(|member| {
        let wire = member.wire.filter(|_| member.location == Location::Uri)?;
        (wire != member.name).then_some((wire, member.name))
    });
    let labels: Vec<_> = labels.collect();
    if labels.is_empty() {
        return uri;
    }
    let mut out = String::new();
    for (index, part) in uri.split('{').enumerate() {
        if index > 0 {
            out.push('{');
        }
        let name = part.split(['}', '+']).next().unwrap_or_default();
        let found = labels.iter().find(|(wire, _)| index > 0 && *wire == name);
        match found {
            Some((wire, member)) => {
                out.push_str(member);
                out.push_str(&part[wire.len()..]);
            }
            None => out.push_str(part),
        }
    }
    out.leak()
}

fn with_xml_name(
    mut schema: Schema<'static>,
    name: Option<&'static str>,
    namespace: Option<(&'static str, Option<&'static str>)>,
) -> Schema<'static> {
    if let Some(name) = name {
        schema = schema.with_xml_name(name);
    }
    if let Some((address, prefix)) = namespace {
        schema = schema.with_xml_namespace(address, prefix);
    }
    schema
}

fn with_format(schema: Schema<'static>, format: Option<TimestampFormat>) -> Schema<'static> {
    let Some(format) = format else { return schema };
    schema.with_timestamp_format(match format {
        TimestampFormat::Iso8601 => traits::TimestampFormat::DateTime,
        TimestampFormat::Rfc822 => traits::TimestampFormat::HttpDate,
        TimestampFormat::Epoch => traits::TimestampFormat::EpochSeconds,
    })
}

fn shape_type(shape: &Shape) -> ShapeType {
    match shape.kind {
        Kind::Structure if shape.marks.has(Marks::DOCUMENT) => ShapeType::Document,
        Kind::Structure if shape.marks.has(Marks::UNION) => ShapeType::Union,
        Kind::Structure => ShapeType::Structure,
        Kind::List => ShapeType::List,
        Kind::Map => ShapeType::Map,
        Kind::String => ShapeType::String,
        Kind::Integer => ShapeType::Integer,
        Kind::Long => ShapeType::Long,
        Kind::Float => ShapeType::Float,
        Kind::Double => ShapeType::Double,
        Kind::Boolean => ShapeType::Boolean,
        Kind::Blob => ShapeType::Blob,
        Kind::Timestamp => ShapeType::Timestamp,
    }
}

fn kept(schema: Schema<'static>) -> AnySchema {
    Box::leak(Box::new(schema))
}

fn id(name: &'static str) -> ShapeId<'static> {
    const NAMESPACE: &str = "com.amazonaws";
    ShapeId::from_parts(format!("{NAMESPACE}#{name}").leak(), NAMESPACE, name)
}

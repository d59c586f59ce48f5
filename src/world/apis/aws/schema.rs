//! Official schemas, made of a model when they are first asked for: what the SDK's codecs read and write.
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

/// A structure's schema.
#[derive(Debug, Clone, Copy)]
pub struct Structure {
    /// Of the whole.
    pub schema: AnySchema,
    /// Of its members, in the order of [`Service::members`].
    pub members: &'static [AnySchema],
    /// Its shape; `None`: an operation takes nothing.
    pub shape: Option<ShapeKey>,
}

/// Requests and answers: in ec2Query a member has another name in each; elsewhere a structure has one schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// What is sent.
    Request,
    /// What is answered.
    Answer,
}

/// What the official codecs read and write of a service in one of its protocols.
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
    structures: Mutex<HashMap<(ShapeKey, Way), Structure>>,
    elements: Mutex<HashMap<ElementKey, AnySchema>>,
    operations: Mutex<HashMap<(&'static str, Way), Structure>>,
}

type ElementKey = (ShapeKey, Option<Timestamps>, Way);
type Timestamps = std::mem::Discriminant<TimestampFormat>;

impl Schemas {
    /// What an operation takes or answers; `None`: it answers nothing.
    pub fn operation(&self, operation: &'static Operation, way: Way) -> Option<Structure> {
        let shape = match way {
            Way::Request => operation.input,
            Way::Answer => Some(operation.output?),
        };
        let key = (operation.name, way);
        if let Some(known) = self.operations.locked().get(&key) {
            return Some(*known);
        }
        let made = self.of_operation(operation, shape, way);
        self.operations.locked().insert(key, made);
        Some(made)
    }

    /// A structure that is a part of something, or an error.
    pub fn structure(&self, shape: ShapeKey, way: Way) -> Structure {
        let key = (shape, self.way(way));
        if let Some(known) = self.structures.locked().get(&key) {
            return *known;
        }
        let (mut schema, members) = self.bare_structure(shape, way);
        let said = self.service.shape(shape);
        if self.protocol == Protocol::RestXml {
            schema = with_xml_name(schema, said.wire, said.namespace);
        }
        let made = Structure {
            schema: kept(schema),
            members,
            shape: Some(shape),
        };
        self.structures.locked().insert(key, made);
        made
    }

    /// The element of a list or the value of a map: a schema that is not a structure's member.
    pub fn element(&self, of: &Member, way: Way) -> AnySchema {
        let shape = self.service.shape(of.target);
        if shape.kind == Kind::Structure && !shape.marks.has(Marks::DOCUMENT) {
            return self.structure(of.target, way).schema;
        }
        let format = of.timestamp.or(shape.timestamp);
        let key = (
            of.target,
            format.as_ref().map(std::mem::discriminant),
            self.way(way),
        );
        if let Some(known) = self.elements.locked().get(&key) {
            return known;
        }
        let id = id(shape.name);
        let mut schema = match (shape.kind, self.service.members(shape)) {
            (Kind::List, [element]) => Schema::new_list(id, self.kept_member(element, 0, way)),
            (Kind::Map, [key, value]) => Schema::new_map(
                id,
                self.kept_member(key, 0, way),
                self.kept_member(value, 1, way),
            ),
            _ => Schema::new(id, shape_type(shape)),
        };
        let flat = shape.marks.has(Marks::FLATTENED);
        if flat || (self.is_ec2_request(way) && shape.kind == Kind::List) {
            schema = schema.with_xml_flattened();
        }
        let made = kept(with_format(schema, format));
        self.elements.locked().insert(key, made);
        made
    }

    /// Requests differ from answers in ec2Query only.
    fn way(&self, way: Way) -> Way {
        match self.is_ec2_request(way) {
            true => way,
            false => Way::Answer,
        }
    }

    fn is_ec2_request(&self, way: Way) -> bool {
        self.protocol == Protocol::Ec2 && way == Way::Request
    }

    fn bare_structure(&self, shape: ShapeKey, way: Way) -> (Schema<'static>, &'static [AnySchema]) {
        let said = self.service.shape(shape);
        let members = self.service.members(said).iter().enumerate();
        let members: Vec<AnySchema> = members
            .map(|(index, member)| self.kept_member(member, index, way))
            .collect();
        let members: &'static [AnySchema] = members.leak();
        let kind = match said.marks.has(Marks::UNION) {
            true => ShapeType::Union,
            false => ShapeType::Structure,
        };
        (Schema::new_struct(id(said.name), kind, members), members)
    }

    fn of_operation(
        &self,
        operation: &'static Operation,
        shape: Option<ShapeKey>,
        way: Way,
    ) -> Structure {
        let (mut schema, members) = match shape {
            Some(shape) => self.bare_structure(shape, way),
            None => {
                let none: &'static [AnySchema] = &[];
                let unit = Schema::new_struct(id("Unit"), ShapeType::Structure, none);
                (unit, none)
            }
        };
        match way {
            Way::Request => {
                let inputs = self.service.inputs(operation);
                let uri = labels_by_member(operation.uri, inputs);
                schema = schema.with_http(HttpTrait::new(operation.method, uri, None));
                if self.protocol == Protocol::RestXml {
                    let (name, namespace) = (operation.input_wire, operation.input_namespace);
                    schema = with_xml_name(schema, name, namespace);
                }
                if !inputs.iter().any(|member| self.is_in_body(member)) {
                    schema = schema.with_no_body_members();
                }
            }
            // The answer is the text of the root element itself.
            Way::Answer if (self.service.name, operation.name) == ("s3", "GetBucketLocation") => {
                schema = schema.with_xml_unwrapped_output();
            }
            Way::Answer => {}
        }
        Structure {
            schema: kept(schema),
            members,
            shape,
        }
    }

    /// Whether a request has a document because of a member: a payload that is not a structure is the body itself.
    fn is_in_body(&self, member: &Member) -> bool {
        let is_structure = self.service.shape(member.target).kind == Kind::Structure;
        member.location == Location::Body && (!member.marks.has(Marks::PAYLOAD) || is_structure)
    }

    fn kept_member(&self, member: &Member, index: usize, way: Way) -> AnySchema {
        kept(self.member(member, index, way))
    }

    fn member(&self, member: &Member, index: usize, way: Way) -> Schema<'static> {
        let target = self.service.shape(member.target);
        // What a shape says of its name holds where a member says nothing.
        let said = member.wire.or(target.wire);
        let name = match self.protocol {
            // Their codecs write a schema's name: there is no other name on the wire.
            Protocol::Json | Protocol::Cbor => said.unwrap_or(member.name),
            _ => member.name,
        };
        let mut schema = Schema::new_member(id(target.name), shape_type(target), name, index);
        match (target.kind, self.service.members(target)) {
            (Kind::List, [element]) => {
                schema = schema.with_list_member(self.kept_member(element, 0, way));
            }
            (Kind::Map, [key, value]) => {
                let key = self.kept_member(key, 0, way);
                schema = schema.with_map_members(key, self.kept_member(value, 1, way));
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
            _ if self.is_ec2_request(way) => ec2_request(schema, name, member, target, wire),
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
        let element = match (flat, target.kind, self.service.members(target)) {
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

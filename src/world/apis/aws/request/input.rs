//! The input of an operation, as its model reads it: what the codecs write cannot fail because of a value.

use std::borrow::Cow;
use std::fmt;

use aws_smithy_types::{Blob, DateTime, base64};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::suggest::did_you_mean;
use crate::world::apis::aws::model::{
    Kind, Location, Marks, Member, Operation, Protocol, Service, Shape, ShapeKey,
};

/// Levels that an input may nest; AWS's deepest models need a tenth of it. The codecs recurse.
const DEPTH: usize = 100;

/// An input that cannot be written as a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputError {
    /// The member, as a path: `Tags[0].Key`; empty: the input as a whole.
    pub member: String,
    /// What is wrong with it, and what was expected.
    pub problem: String,
}

impl InputError {
    pub(super) fn new(member: &str, problem: impl Into<String>) -> InputError {
        InputError {
            member: member.to_owned(),
            problem: problem.into(),
        }
    }

    /// The error one level further out.
    fn inside(mut self, outer: &str) -> InputError {
        let separator = match self.member.chars().next() {
            None | Some('[') => "",
            Some(_) => ".",
        };
        self.member = format!("{outer}{separator}{}", self.member);
        self
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.member.as_str() {
            "" => write!(out, "the input {}", self.problem),
            member => write!(out, "`{member}` {}", self.problem),
        }
    }
}

impl std::error::Error for InputError {}

/// A value with the type that its model says.
#[derive(Debug)]
pub(super) enum Typed<'a> {
    Structure(ShapeKey, Vec<Given<'a>>),
    /// Elements, each of which may be null.
    List(&'static Member, Vec<Option<Typed<'a>>>),
    Map(&'static Member, Vec<(&'a str, Typed<'a>)>),
    Text(Cow<'a, str>),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Blob(Blob),
    Timestamp(DateTime),
    /// Any JSON value, of a document type.
    Document(&'a Value),
}

impl Typed<'_> {
    /// Whether nothing is in it: a structure without members, or a list of such.
    pub fn is_blank(&self) -> bool {
        match self {
            Typed::Structure(_, members) => members.iter().all(|given| given.value.is_blank()),
            Typed::List(_, items) => {
                !items.is_empty() && items.iter().flatten().all(Typed::is_blank)
            }
            _ => false,
        }
    }
}

/// A member of a structure and its value.
#[derive(Debug)]
pub(super) struct Given<'a> {
    /// Name of the member in the input.
    pub name: &'a str,
    /// Place among the members of the model; `None`: the model does not know it.
    pub index: Option<usize>,
    pub value: Typed<'a>,
}

/// Reads the input of `operation`. Nulls are left out.
pub(super) fn members<'a>(
    service: &'static Service,
    protocol: Protocol,
    operation: &'static Operation,
    input: &'a Value,
) -> Result<Vec<Given<'a>>, InputError> {
    let reader = Reader { service, protocol };
    let given = match input {
        Value::Object(given) => given,
        Value::Null => return Ok(Vec::new()),
        other => return Err(expected("an object", other)),
    };
    let members = service.inputs(operation);
    // The whole body is a member, or there is no body: what the model does not know has no place.
    let is_document =
        |member: &Member| member.location == Location::Body && !member.marks.has(Marks::PAYLOAD);
    let is_open = match protocol {
        Protocol::Json | Protocol::Cbor => true,
        Protocol::RestJson => {
            members.iter().any(is_document)
                && !members
                    .iter()
                    .any(|member| member.marks.has(Marks::PAYLOAD))
        }
        _ => false,
    };
    let name = operation
        .input
        .map_or(operation.name, |key| service.shape(key).name);
    let found = reader.known(members, name, is_open, given, 0)?;
    let absent = members.iter().enumerate().find(|(index, member)| {
        let is_path = protocol.is_rest() && member.location == Location::Uri;
        let is_given = found.iter().any(|one| {
            let is_empty = matches!(&one.value, Typed::Text(text) if text.is_empty());
            one.index == Some(*index) && !is_empty
        });
        is_path && !is_given
    });
    match absent {
        Some((_, member)) => Err(InputError::new(
            member.name,
            "is missing or empty: it is a part of the request's path",
        )),
        None => Ok(found),
    }
}

struct Reader {
    service: &'static Service,
    protocol: Protocol,
}

impl Reader {
    fn known<'a>(
        &self,
        members: &'static [Member],
        shape: &str,
        is_open: bool,
        given: &'a Map<String, Value>,
        depth: usize,
    ) -> Result<Vec<Given<'a>>, InputError> {
        let mut found = Vec::with_capacity(given.len());
        for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
            let index = members.iter().position(|member| member.name == name);
            let value = match index.map(|index| &members[index]) {
                Some(member) => self
                    .value(member, value, depth)
                    .map_err(|error| error.inside(name))?,
                None if is_open => {
                    shallow(value, depth).map_err(|error| error.inside(name))?;
                    Typed::Document(value)
                }
                None => {
                    let names = members.iter().map(|member| member.name);
                    let meant = did_you_mean(name, names).map(|hint| format!("; {hint}"));
                    let problem = format!("is not a member of {shape}");
                    return Err(InputError::new(
                        name,
                        problem + meant.as_deref().unwrap_or_default(),
                    ));
                }
            };
            found.push(Given { name, index, value });
        }
        // In the model's order: the same input is the same request.
        found.sort_by_key(|given| given.index.unwrap_or(usize::MAX));
        Ok(found)
    }

    fn value<'a>(
        &self,
        member: &'static Member,
        value: &'a Value,
        depth: usize,
    ) -> Result<Typed<'a>, InputError> {
        if depth > DEPTH {
            return Err(too_deep());
        }
        let shape = self.service.shape(member.target);
        match shape.kind {
            Kind::Structure if shape.marks.has(Marks::DOCUMENT) => {
                shallow(value, depth)?;
                Ok(Typed::Document(value))
            }
            Kind::Structure if shape.marks.has(Marks::EVENT_STREAM) => Err(InputError::new(
                "",
                "is a stream of events, which cannot be sent",
            )),
            Kind::Structure => {
                let given = value
                    .as_object()
                    .ok_or_else(|| expected("an object", value))?;
                let is_open = matches!(
                    self.protocol,
                    Protocol::Json | Protocol::RestJson | Protocol::Cbor
                );
                let members = shape.members;
                let found = self.known(members, shape.name, is_open, given, depth + 1)?;
                Ok(Typed::Structure(member.target, found))
            }
            Kind::List => self.list(shape, value, depth),
            Kind::Map => self.map(shape, value, depth),
            _ => self.scalar(member, shape, value),
        }
    }

    fn list<'a>(
        &self,
        shape: &'static Shape,
        value: &'a Value,
        depth: usize,
    ) -> Result<Typed<'a>, InputError> {
        let items = value
            .as_array()
            .ok_or_else(|| expected("an array", value))?;
        let [element] = shape.members else {
            return Err(expected("nothing", value));
        };
        let read = items.iter().enumerate().map(|(index, item)| {
            if item.is_null() {
                return Ok(None);
            }
            let read = self.value(element, item, depth + 1).map(Some);
            read.map_err(|error| error.inside(&format!("[{index}]")))
        });
        Ok(Typed::List(element, read.collect::<Result<_, _>>()?))
    }

    fn map<'a>(
        &self,
        shape: &'static Shape,
        value: &'a Value,
        depth: usize,
    ) -> Result<Typed<'a>, InputError> {
        let entries = value
            .as_object()
            .ok_or_else(|| expected("an object", value))?;
        let [_, of] = shape.members else {
            return Err(expected("nothing", value));
        };
        let given = entries.iter().filter(|(_, item)| !item.is_null());
        let read = given.map(|(key, item)| {
            let read = self.value(of, item, depth + 1);
            let read = read.map_err(|error| error.inside(&format!("[{key:?}]")))?;
            Ok((key.as_str(), read))
        });
        Ok(Typed::Map(of, read.collect::<Result<_, _>>()?))
    }

    fn scalar<'a>(
        &self,
        member: &Member,
        shape: &Shape,
        value: &'a Value,
    ) -> Result<Typed<'a>, InputError> {
        // On the wire these are texts, however they are given.
        let is_text = !matches!(self.protocol, Protocol::Json | Protocol::Cbor)
            && (self.protocol != Protocol::RestJson || member.location != Location::Body);
        let parsed = value.as_str().filter(|_| is_text);
        Ok(match shape.kind {
            Kind::Boolean => match (value, parsed) {
                (Value::Bool(is_set), _) => Typed::Boolean(*is_set),
                (_, Some("true")) => Typed::Boolean(true),
                (_, Some("false")) => Typed::Boolean(false),
                _ => return Err(expected("true or false", value)),
            },
            Kind::Integer | Kind::Long => {
                let number = value.as_i64().or_else(|| parsed?.parse().ok());
                Typed::Integer(number.ok_or_else(|| expected("a whole number", value))?)
            }
            Kind::Float | Kind::Double => {
                let number = value.as_f64().or_else(|| match value.as_str()? {
                    "NaN" => Some(f64::NAN),
                    "Infinity" => Some(f64::INFINITY),
                    "-Infinity" => Some(f64::NEG_INFINITY),
                    _ => parsed?.parse().ok(),
                });
                Typed::Float(number.ok_or_else(|| expected("a number", value))?)
            }
            Kind::Blob => {
                let text = value.as_str().and_then(|text| base64::decode(text).ok());
                Typed::Blob(Blob::new(text.ok_or_else(|| expected("base64", value))?))
            }
            Kind::Timestamp => {
                let at = timestamp(value);
                let form =
                    "a time as RFC 3339, such as 2026-11-20T16:30:00Z, or seconds since 1970";
                Typed::Timestamp(at.ok_or_else(|| expected(form, value))?)
            }
            _ => match value {
                Value::String(text) => Typed::Text(Cow::Borrowed(text)),
                _ if member.marks.has(Marks::JSON_VALUE) => Typed::Text(value.to_string().into()),
                Value::Bool(_) | Value::Number(_) if is_text => {
                    Typed::Text(value.to_string().into())
                }
                _ => return Err(expected("a text", value)),
            },
        })
    }
}

/// RFC 3339, the form of HTTP headers, or seconds since 1970.
fn timestamp(value: &Value) -> Option<DateTime> {
    let from_float = |seconds: f64| {
        seconds
            .is_finite()
            .then(|| DateTime::from_secs_f64(seconds))
    };
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(seconds) => Some(DateTime::from_secs(seconds)),
            None => from_float(number.as_f64()?),
        },
        Value::String(text) => {
            let at = text.parse::<Timestamp>().ok();
            let at = at.or_else(|| {
                jiff::fmt::rfc2822::DateTimeParser::new()
                    .parse_timestamp(text)
                    .ok()
            });
            match at {
                Some(at) => Some(DateTime::from_nanos(at.as_nanosecond()).ok()?),
                None => from_float(text.parse().ok()?),
            }
        }
        _ => None,
    }
}

/// Whether a JSON nests less than the codecs can write.
fn shallow(value: &Value, depth: usize) -> Result<(), InputError> {
    match value {
        _ if depth > DEPTH => Err(too_deep()),
        Value::Array(items) => items.iter().try_for_each(|item| shallow(item, depth + 1)),
        Value::Object(entries) => entries
            .values()
            .try_for_each(|item| shallow(item, depth + 1)),
        _ => Ok(()),
    }
}

fn too_deep() -> InputError {
    InputError::new("", format!("nests more than {DEPTH} levels"))
}

/// Names the type of what was given, not its content: it may be a secret.
fn expected(form: &str, given: &Value) -> InputError {
    let given = match given {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    InputError::new("", format!("must be {form}; {given} was given"))
}

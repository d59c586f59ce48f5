//! Answers: what a service's bytes say, as the AWS CLI prints it.
//!
//! They are read by the model, and no more strictly than botocore reads them: services and emulators answer outside of
//! their models, and a call that has been carried out must not fail because a number is written as a text. So the
//! official codecs, which insist on types, are for requests only.

mod customizations;
mod error;
mod events;
mod http;
mod json;
mod scalar;
#[cfg(test)]
mod tests;
mod xml;

use std::fmt;

use roxmltree::Document;
use serde_json::{Map, Value};

use super::model::{Kind, Marks, Operation, Protocol, Service};
pub use error::ErrorAnswer;

/// What came over the network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status code of the answer.
    pub status: u16,
    /// Headers by name; names are compared without case.
    pub headers: Vec<(String, String)>,
    /// Body of the answer, read to its end.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// An answer that is not a result.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The service says that the call failed.
    Error(Box<ErrorAnswer>),
    /// The bytes are not what the protocol says: a page of a proxy, half a body. The call may have been carried out.
    NotAnAnswer(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Error(error) => write!(out, "{}: {}", error.code, error.message),
            Failure::NotAnAnswer(problem) => out.write_str(problem),
        }
    }
}

impl std::error::Error for Failure {}

fn not_an_answer(problem: impl fmt::Display) -> Failure {
    Failure::NotAnAnswer(problem.to_string())
}

/// The result of a call: JSON as `aws … --output json` prints it. Timestamps are RFC 3339 in UTC, blobs base64, policy
/// documents of IAM JSON; the events of a stream are a list of objects with one member each, the event's name. Members of a
/// JSON answer that the model does not know stay as they are. `input` is what the call was made with.
///
/// # Errors
/// The error that the service answers with, or that the bytes are not what the protocol says.
pub fn read(
    service: &'static Service,
    protocol: Protocol,
    operation: &'static Operation,
    input: &Value,
    answer: &Answer,
) -> Result<Value, Failure> {
    let call = Call {
        service,
        protocol,
        operation,
    };
    if !(200..300).contains(&answer.status) {
        return Err(error::read(&call, answer));
    }
    if customizations::may_hide_an_error(service, operation) && error::is_root(&answer.body) {
        return Err(error::read(&call, answer));
    }
    let mut result = call.result(answer)?;
    customizations::result(service, operation, input, answer, &mut result);
    Ok(Value::Object(result))
}

/// The call that an answer belongs to.
struct Call {
    service: &'static Service,
    protocol: Protocol,
    operation: &'static Operation,
}

impl Call {
    fn result(&self, answer: &Answer) -> Result<Map<String, Value>, Failure> {
        let service = self.service;
        let Some(output) = self.operation.output else {
            return match is_page(&answer.body) {
                true => Err(not_an_answer("it is a page of HTML")),
                false => Ok(Map::new()),
            };
        };
        let members = service.shape(output).members;
        let mut result = match self.protocol.is_rest() {
            true => http::members(service, members, answer),
            false => Map::new(),
        };
        let whole = members.iter().find(|member| {
            let is_payload = self.protocol.is_rest() && member.marks.has(Marks::PAYLOAD);
            is_payload || service.shape(member.target).marks.has(Marks::EVENT_STREAM)
        });
        let Some(member) = whole else {
            result.extend(self.body(answer)?);
            return Ok(result);
        };
        let shape = service.shape(member.target);
        let body = &answer.body;
        let value = match shape.kind {
            _ if shape.marks.has(Marks::EVENT_STREAM) => {
                let (first, events) = events::read(self, shape, body)?;
                result.extend(first);
                events
            }
            Kind::Blob => aws_smithy_types::base64::encode(body).into(),
            Kind::String => String::from_utf8_lossy(body).into(),
            _ if self.protocol.is_xml() => match body.is_empty() {
                true => Value::Object(Map::new()),
                false => xml::value(service, shape, parse(text(body)?)?.root_element(), 0),
            },
            _ => json::value(service, shape, &self.document(body)?),
        };
        result.insert(member.name.to_owned(), value);
        Ok(result)
    }

    /// The members of the output that are in the body.
    fn body(&self, answer: &Answer) -> Result<Map<String, Value>, Failure> {
        let (service, operation) = (self.service, self.operation);
        let output = operation.output.map(|output| service.shape(output));
        let members = output.map(|output| output.members);
        let members = members.unwrap_or_default();
        if !self.protocol.is_xml() {
            let document = self.document(&answer.body)?;
            let Value::Object(given) = &document else {
                return Err(not_an_answer("it is not an object"));
            };
            let mut found = json::members(service, members, &document);
            json::add_unknown(service, members, given, &mut found);
            return Ok(found);
        }
        if answer.body.is_empty() && (self.protocol == Protocol::RestXml || members.is_empty()) {
            return Ok(Map::new());
        }
        let tree = parse(text(&answer.body)?)?;
        let root = tree.root_element();
        if let Some(result) = customizations::root(service, operation, root) {
            return Ok(result);
        }
        let element = match operation.result_wrapper {
            Some(wrapper) if self.protocol == Protocol::Query => {
                let mut inner = xml::children(root);
                let found = inner.find(|child| child.tag_name().name() == wrapper);
                found.ok_or_else(|| not_an_answer(format!("it has no element {wrapper}")))?
            }
            _ => root,
        };
        Ok(xml::members(service, members, element, 0))
    }

    /// The JSON or CBOR of a body or an event; nothing is an empty object.
    fn document(&self, bytes: &[u8]) -> Result<Value, Failure> {
        let read = match self.protocol {
            _ if bytes.is_empty() => Ok(Value::Object(Map::new())),
            Protocol::Cbor => json::from_cbor(bytes).map_err(not_an_answer),
            _ => serde_json::from_slice(bytes).map_err(not_an_answer),
        };
        match read? {
            // The body of an operation is an object; only a payload may be another document.
            document @ (Value::Object(_) | Value::Array(_)) => Ok(document),
            _ => Err(not_an_answer("it is not an object")),
        }
    }
}

fn text(bytes: &[u8]) -> Result<&str, Failure> {
    std::str::from_utf8(bytes).map_err(not_an_answer)
}

/// Parses an XML document. A page of HTML, as proxies send it, is no answer.
fn parse(text: &str) -> Result<Document<'_>, Failure> {
    let document = Document::parse(text).map_err(not_an_answer)?;
    let name = document.root_element().tag_name().name();
    match name.eq_ignore_ascii_case("html") {
        true => Err(not_an_answer("it is a page of HTML")),
        false => Ok(document),
    }
}

/// Whether a body is what proxies and login pages answer with.
fn is_page(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(256)]).to_ascii_lowercase();
    let start = start.trim_start();
    start.starts_with("<html") || start.starts_with("<!doctype html")
}

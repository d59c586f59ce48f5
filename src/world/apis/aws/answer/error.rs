//! Errors that services answer with.

use http::StatusCode;
use roxmltree::{Document, Node};
use serde_json::{Map, Value};

use super::{Answer, Call, Failure, http as binding, json, not_an_answer, text, xml};
use crate::world::apis::aws::model::{Protocol, Shape};

/// What a service says of a call that failed.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorAnswer {
    /// Its code, such as `ResourceNotFoundException`; the HTTP status where the answer has no body at all, as S3's to HEAD.
    pub code: String,
    /// Its code in the query protocol, where the service once spoke that: `AWS.SimpleQueueService.NonExistentQueue`.
    pub query_code: Option<String>,
    /// Its message; empty where it has none.
    pub message: String,
    /// What the model says that the error has: a JSON object.
    pub members: Value,
    /// Name of the error in the model, of one that the operation lists.
    pub shape: Option<&'static str>,
    /// AWS's id of the request.
    pub request_id: Option<String>,
}

/// What is said of an error before its model is known.
struct Said {
    code: String,
    message: Option<String>,
    request_id: Option<String>,
}

/// Whether the root of a document is an error.
pub(super) fn is_root(body: &[u8]) -> bool {
    let document = text(body).ok().and_then(|text| Document::parse(text).ok());
    document.is_some_and(|document| document.root_element().tag_name().name() == "Error")
}

/// The error that an answer is.
pub(super) fn read(call: &Call, answer: &Answer) -> Failure {
    let found = match call.protocol.is_xml() {
        true => from_xml(call, answer),
        false => from_json(call, answer),
    };
    match found {
        Some(error) => Failure::Error(Box::new(error)),
        None => not_an_answer("it is an error without a code"),
    }
}

fn from_json(call: &Call, answer: &Answer) -> Option<ErrorAnswer> {
    let body = call.document(&answer.body).unwrap_or_default();
    let member = |names: &[&str]| {
        let found = names.iter().find_map(|name| body.get(name)?.as_str());
        found.map(str::to_owned)
    };
    let typed = answer.header("x-amzn-errortype").map(str::to_owned);
    let code = match call.protocol {
        Protocol::RestJson => typed.or_else(|| member(&["code", "Code", "__type"])),
        _ => member(&["__type"])
            .or(typed)
            .or_else(|| member(&["code", "Code"])),
    };
    // Those of OAuth say `error_description`.
    let names = ["message", "Message", "errorMessage", "error_description"];
    let said = Said {
        code: bare(&code?).to_owned(),
        message: member(&names),
        request_id: None,
    };
    let members = |shape: &Shape| json::members(call.service, shape.members, &body);
    Some(modelled(call, answer, said, members))
}

/// The code without namespace and URL: `ServerException` of `com.amazonaws.ecs#ServerException:http://…`.
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}

fn from_xml(call: &Call, answer: &Answer) -> Option<ErrorAnswer> {
    if answer.body.is_empty() && call.protocol == Protocol::RestXml {
        return Some(by_status(answer));
    }
    let document = Document::parse(text(&answer.body).ok()?).ok()?;
    let root = document.root_element();
    let error = error_element(root);
    let of = |element: Node<'_, '_>, names: &[&str]| {
        let mut inner = xml::children(element);
        inner.find_map(|child| {
            names
                .contains(&child.tag_name().name())
                .then(|| xml::text(child))
        })
    };
    let request_id = of(root, &["RequestId", "RequestID", "requestId"]);
    let said = match error {
        Some(error) => Said {
            code: of(error, &["Code"])?.trim().to_owned(),
            message: of(error, &["Message", "message"]),
            request_id,
        },
        // Route 53 names some errors by the root, and lists messages.
        None => {
            let code = root.tag_name().name();
            shape(call, code)?;
            let messages = root.descendants().filter(|node| {
                node.is_element() && node.tag_name().name().eq_ignore_ascii_case("message")
            });
            Said {
                code: code.to_owned(),
                message: Some(messages.map(xml::text).collect::<Vec<_>>().join("; ")),
                request_id,
            }
        }
    };
    let element = error.unwrap_or(root);
    let members = |shape: &Shape| xml::members(call.service, shape.members, element, 0);
    Some(modelled(call, answer, said, members))
}

/// The element with code and message: the root, one in it, or the first of a list in it.
fn error_element<'a, 'input>(root: Node<'a, 'input>) -> Option<Node<'a, 'input>> {
    let named = |of: Node<'a, 'input>, name: &str| {
        xml::children(of).find(|child| child.tag_name().name() == name)
    };
    if root.tag_name().name() == "Error" {
        return Some(root);
    }
    named(root, "Error").or_else(|| named(named(root, "Errors")?, "Error"))
}

/// An answer without a body says no more than its status.
fn by_status(answer: &Answer) -> ErrorAnswer {
    let status = StatusCode::from_u16(answer.status).ok();
    let reason = status.and_then(|status| status.canonical_reason());
    ErrorAnswer {
        code: answer.status.to_string(),
        query_code: None,
        message: reason.unwrap_or_default().to_owned(),
        members: Value::Object(Map::new()),
        shape: None,
        request_id: request_id(answer),
    }
}

fn modelled(
    call: &Call,
    answer: &Answer,
    said: Said,
    members: impl Fn(&Shape) -> Map<String, Value>,
) -> ErrorAnswer {
    let query = answer.header("x-amzn-query-error");
    let query_code = query.and_then(|said| said.split(';').next());
    let query_code = query_code.filter(|code| !code.is_empty());
    let shape = shape(call, &said.code).or_else(|| shape(call, query_code?));
    let mut found = Map::new();
    if let Some(shape) = shape {
        if call.protocol.is_rest() {
            found = binding::members(call.service, shape.members, answer);
        }
        found.extend(members(shape));
    }
    ErrorAnswer {
        code: said.code,
        query_code: query_code.map(str::to_owned),
        message: said.message.unwrap_or_default(),
        members: Value::Object(found),
        shape: shape.map(|shape| shape.name),
        request_id: request_id(answer).or(said.request_id),
    }
}

/// The error of the model that has a code: its own, or else its name.
fn shape(call: &Call, code: &str) -> Option<&'static Shape> {
    let mut errors = call
        .operation
        .errors
        .iter()
        .map(|key| call.service.shape(*key));
    errors.find(|shape| shape.error_code == Some(code) || shape.name == code)
}

fn request_id(answer: &Answer) -> Option<String> {
    let names = ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"];
    let found = names.iter().find_map(|name| answer.header(name));
    found.map(str::to_owned)
}

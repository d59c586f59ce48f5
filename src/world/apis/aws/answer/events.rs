//! Streams of events, read when they have ended.

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use aws_smithy_types::base64;
use aws_smithy_types::event_stream::{HeaderValue, Message};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Call, ErrorAnswer, Failure, json, not_an_answer, parse, text, xml};
use crate::world::apis::aws::model::{Kind, Marks, Member, Shape};

/// The members that came before the events, and the events.
///
/// # Errors
/// An event that is an error; bytes that are not events, or end within one.
pub(super) fn read(
    call: &Call,
    stream: &Shape,
    mut bytes: &[u8],
) -> Result<(Map<String, Value>, Value), Failure> {
    let mut decoder = MessageFrameDecoder::new();
    let (mut first, mut events) = (Map::new(), Vec::new());
    while !bytes.is_empty() {
        let message = match decoder.decode_frame(&mut bytes) {
            Ok(DecodedFrame::Complete(message)) => message,
            Ok(DecodedFrame::Incomplete) => return Err(not_an_answer("it ends within an event")),
            Err(error) => return Err(not_an_answer(error)),
        };
        let name = header(&message, ":event-type");
        match (
            header(&message, ":message-type").as_deref(),
            name.as_deref(),
        ) {
            (Some("exception" | "error"), _) => return Err(failed(call, stream, &message)?),
            (_, Some("initial-response")) => {
                let output = call.operation.output.map(|key| call.service.shape(key));
                let members = output.map(|output| output.members);
                let document = call.document(message.payload())?;
                first = json::members(call.service, members.unwrap_or_default(), &document);
            }
            (_, Some(name)) => events.push(event(call, stream, name, &message)?),
            (_, None) => return Err(not_an_answer("it has an event without a type")),
        }
    }
    Ok((first, Value::Array(events)))
}

fn header(message: &Message, name: &str) -> Option<String> {
    let value = value_of(message, name)?;
    value.as_string().ok().map(|text| text.as_str().to_owned())
}

fn value_of<'a>(message: &'a Message, name: &str) -> Option<&'a HeaderValue> {
    let mut headers = message.headers().iter();
    let found = headers.find(|header| header.name().as_str() == name);
    found.map(|header| header.value())
}

fn event(call: &Call, stream: &Shape, name: &str, message: &Message) -> Result<Value, Failure> {
    let mut events = stream.members.iter();
    let Some(member) = events.find(|member| member.name == name) else {
        // As botocore has it: an event that came after this program.
        return Ok(json!({ "SDK_UNKNOWN_MEMBER": { "name": name } }));
    };
    Ok(json!({ name: content(call, call.service.shape(member.target), message)? }))
}

/// What is in an event: headers, and a body that is one of its members, or has them.
fn content(call: &Call, shape: &Shape, message: &Message) -> Result<Value, Failure> {
    let members = shape.members;
    let mut found = Map::new();
    for member in members
        .iter()
        .filter(|member| member.marks.has(Marks::EVENT_HEADER))
    {
        if let Some(value) = value_of(message, member.name) {
            found.insert(member.name.to_owned(), scalar(value));
        }
    }
    let body = message.payload();
    match members
        .iter()
        .find(|member| member.marks.has(Marks::EVENT_PAYLOAD))
    {
        Some(member) => {
            found.insert(member.name.to_owned(), payload(call, member, body)?);
        }
        None => {
            if let Value::Object(read) = structure(call, shape, body)? {
                found.extend(read);
            }
        }
    }
    Ok(Value::Object(found))
}

fn payload(call: &Call, member: &Member, body: &[u8]) -> Result<Value, Failure> {
    let shape = call.service.shape(member.target);
    match shape.kind {
        Kind::Blob => Ok(base64::encode(body).into()),
        Kind::String => Ok(String::from_utf8_lossy(body).into()),
        _ => structure(call, shape, body),
    }
}

fn structure(call: &Call, shape: &Shape, body: &[u8]) -> Result<Value, Failure> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    if call.protocol.is_xml() {
        let tree = parse(text(body)?)?;
        return Ok(xml::value(call.service, shape, tree.root_element(), 0));
    }
    Ok(json::value(call.service, shape, &call.document(body)?))
}

fn scalar(value: &HeaderValue) -> Value {
    match value {
        HeaderValue::Bool(is_set) => (*is_set).into(),
        HeaderValue::Byte(number) => (*number).into(),
        HeaderValue::Int16(number) => (*number).into(),
        HeaderValue::Int32(number) => (*number).into(),
        HeaderValue::Int64(number) => (*number).into(),
        HeaderValue::ByteArray(bytes) => base64::encode(bytes).into(),
        HeaderValue::String(text) => text.as_str().into(),
        HeaderValue::Timestamp(at) => {
            let at = Timestamp::from_nanosecond(at.as_nanos()).ok();
            at.map(|at| at.to_string()).into()
        }
        _ => Value::Null,
    }
}

/// An event that says that the stream has failed.
fn failed(call: &Call, stream: &Shape, message: &Message) -> Result<Failure, Failure> {
    let name = header(message, ":exception-type");
    let mut events = stream.members.iter();
    let known = events.find(|member| Some(member.name) == name.as_deref());
    let shape = known.map(|member| call.service.shape(member.target));
    let members = match shape {
        Some(shape) => content(call, shape, message)?,
        None => Value::Object(Map::new()),
    };
    let said = ["message", "Message"].map(|member| members.get(member).and_then(Value::as_str));
    let said = said.into_iter().flatten().next().map(str::to_owned);
    let code = name.or_else(|| header(message, ":error-code"));
    Ok(Failure::Error(Box::new(ErrorAnswer {
        code: code.ok_or_else(|| not_an_answer("it has an error without a code"))?,
        query_code: None,
        message: said
            .or_else(|| header(message, ":error-message"))
            .unwrap_or_default(),
        members,
        shape: shape.map(|shape| shape.name),
        request_id: None,
    })))
}

//! Requests: what an operation's input is on the wire, in each of AWS's protocols. The official codecs write it; what the
//! AWS CLI adds for single services is in `customizations`.

mod customizations;
mod input;
mod serialize;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use aws_smithy_cbor::protocol::RpcV2CborProtocol;
use aws_smithy_json::protocol::aws_json_rpc::AwsJsonRpcProtocol;
use aws_smithy_json::protocol::aws_rest_json_1::AwsRestJsonProtocol;
use aws_smithy_query::protocol::AwsQueryProtocol;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, Metadata};
use aws_smithy_schema::protocol::{
    ServiceShapeName, ServiceVersion, ServiceXmlNamespace, SharedClientProtocol,
};
use aws_smithy_types::config_bag::{ConfigBag, Layer};
use aws_smithy_xml::protocol::aws_rest_xml::AwsRestXmlProtocol;
use serde_json::Value;

pub use input::InputError;

use super::model::{Marks, Operation, Protocol, Service};
use super::schema::schemas;
use serialize::{Serialized, Writer};

/// The input as it is sent: some members are changed or filled in, as the AWS CLI does it before it checks them. The
/// `/hostedzone/Z1` that Route 53 answers becomes the `Z1` that it takes.
///
/// # Errors
/// A member that cannot be sent, whatever its model says.
pub fn as_sent<'a>(
    service: &Service,
    operation: &Operation,
    input: &'a Value,
) -> Result<Cow<'a, Value>, InputError> {
    customizations::input(service, operation, input)
}

/// The request of one call: method, path and query, headers, body. It has no host and no signature, and its URI is
/// relative; an S3 bucket is not in the path, because the endpoint has it.
///
/// `input` is JSON as the AWS CLI takes it: timestamps as RFC 3339 or seconds since 1970, blobs as base64, members that are
/// null left out. Members that the model does not know are sent where the body is a JSON document.
///
/// # Errors
/// A member that has not the type of its model, a missing part of the path, an unknown member that has no place in the
/// request, a stream of events.
pub fn write(
    service: &'static Service,
    protocol: Protocol,
    operation: &'static Operation,
    input: &Value,
) -> Result<HttpRequest, InputError> {
    let input = as_sent(service, operation, input)?;
    let members = input::members(service, protocol, operation, &input)?;
    let writer = Writer {
        protocol,
        schemas: schemas(service, protocol),
    };
    let structure = writer.schemas.operation(operation);
    let serialized = Serialized {
        writer,
        structure,
        members: &members,
        is_input: true,
    };
    let facts = facts(service, operation);
    let mut request = codec(service, protocol)
        .serialize_request(&serialized, structure.schema, "", &facts)
        .map_err(|error| InputError::new("", format!("cannot be written: {error}")))?;
    let is_query_mode = service.query_compatible && !protocol.is_xml();
    if is_query_mode {
        request.headers_mut().insert("x-amzn-query-mode", "true");
    }
    customizations::request(service, operation, &mut request);
    Ok(request)
}

/// What goes before the host name for this call, such as `123456789012.`; `None`: nothing. The endpoint rules of S3 Control
/// put it there themselves.
///
/// # Errors
/// A member that is a part of the host name is missing, or has other characters than letters, digits, `-` and `.`.
pub fn host_prefix(
    service: &'static Service,
    operation: &'static Operation,
    input: &Value,
) -> Result<Option<String>, InputError> {
    let Some(prefix) = operation
        .host_prefix
        .filter(|_| service.name != "s3control")
    else {
        return Ok(None);
    };
    let mut prefix = prefix.to_owned();
    let labels = service.inputs(operation).iter();
    for member in labels.filter(|member| member.marks.has(Marks::HOST_LABEL)) {
        let given = input.get(member.name).and_then(Value::as_str);
        let is_host = |label: &&str| {
            let mut letters = label.chars();
            !label.is_empty() && letters.all(|c| c.is_ascii_alphanumeric() || "-.".contains(c))
        };
        let label = given.filter(is_host).ok_or_else(|| {
            let problem =
                "is a part of the host name: it must be a text of letters, digits, `-` and `.`";
            InputError::new(member.name, problem)
        })?;
        prefix = prefix.replace(&format!("{{{}}}", member.name), label);
    }
    Ok(Some(prefix))
}

fn codec(service: &Service, protocol: Protocol) -> SharedClientProtocol {
    match protocol {
        Protocol::Json if service.json_version == Some("1.0") => {
            SharedClientProtocol::new(AwsJsonRpcProtocol::aws_json_1_0())
        }
        Protocol::Json => SharedClientProtocol::new(AwsJsonRpcProtocol::aws_json_1_1()),
        Protocol::RestJson => SharedClientProtocol::new(AwsRestJsonProtocol::new()),
        Protocol::RestXml => SharedClientProtocol::new(AwsRestXmlProtocol::new()),
        // ec2Query is the same with other names, which its schemas have.
        Protocol::Query | Protocol::Ec2 => SharedClientProtocol::new(AwsQueryProtocol::new()),
        Protocol::Cbor => SharedClientProtocol::new(RpcV2CborProtocol::new()),
    }
}

/// What the codecs must know of the service and the operation.
fn facts(service: &'static Service, operation: &'static Operation) -> ConfigBag {
    let mut facts = Layer::new("model");
    facts.store_put(Metadata::new(operation.name, service.id));
    facts.store_put(ServiceVersion::new(service.api_version));
    if let Some(prefix) = service.target_prefix {
        facts.store_put(ServiceShapeName::new(prefix));
    }
    if let Some(namespace) = service.xml_namespace {
        facts.store_put(ServiceXmlNamespace::new(namespace, None));
    }
    ConfigBag::of_layers(vec![facts])
}

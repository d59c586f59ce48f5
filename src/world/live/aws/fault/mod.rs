//! What an answer, or its absence, means: a value, or a fault with its code and whether it may be
//! tried again.

use std::error::Error;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::SdkError;
use http_body_util::LengthLimitError;
use serde_json::{Value, json};

use super::route::Route;
use crate::vocabulary::{Fault, Retry, codes};
use crate::world::AwsCall;
use crate::world::apis::aws::Marks;
use crate::world::apis::aws::answer::{Answer, ErrorAnswer};
use crate::world::apis::aws::checksum::Mismatch;
use crate::world::apis::aws::endpoint::EndpointError;
use crate::world::aws_retry::retry_of;
use crate::world::live::error_causes::{causes, find, said};

#[cfg(test)]
mod tests;

/// The fault of an answer with an error.
pub(super) fn to_fault(call: &AwsCall, route: Route, answer: &Answer, error: ErrorAnswer) -> Fault {
    let retry = match retry_of(&error.code, answer.status) {
        Retry::Never => modelled_retry(route, error.shape),
        known => known,
    };
    let message = if error.message.is_empty() {
        format!("{} answered {}", called(call), answer.status)
    } else {
        error.message
    };
    let mut details = details(call, error.request_id.as_deref(), answer.status);
    if error.members.as_object().is_some_and(|it| !it.is_empty()) {
        details["members"] = error.members;
    }
    let fault = Fault::new(error.code, message)
        .retry(retry)
        .details(details);
    // S3 answers so to who asks for a bucket in another region (Amazon S3 User Guide, "Making requests", "Redirection").
    let region = answer.header("x-amz-bucket-region");
    let region = region.filter(|_| matches!(answer.status, 301 | 307 | 400));
    match (hint(&fault.code), region) {
        (_, Some(region)) => fault.hint(format!(
            "the bucket is in {region}: give the call that region"
        )),
        (Some(hint), None) => fault.hint(hint),
        (None, None) => fault,
    }
}

/// What the model says of an error that no list of codes has.
fn modelled_retry(route: Route, error: Option<&str>) -> Retry {
    let shapes = route.operation.errors.iter();
    let mut shapes = shapes.map(|key| route.service.shape(*key));
    match shapes.find(|shape| Some(shape.name) == error) {
        Some(shape) if shape.marks.has(Marks::THROTTLING) => Retry::Throttled,
        Some(shape) if shape.marks.has(Marks::RETRYABLE) => Retry::Transient,
        _ => Retry::Never,
    }
}

/// The fault of an answer that does not speak the protocol: a proxy's page, half a body, nothing.
pub(super) fn not_an_answer(call: &AwsCall, answer: &Answer) -> Fault {
    let retry = match answer.status {
        429 => Retry::Throttled,
        // A refusal on the way; nothing reached the service that could be carried out.
        400..=499 => Retry::Never,
        _ => Retry::InDoubt,
    };
    let excerpt = excerpt(&answer.body);
    let said = if excerpt.is_empty() {
        "nothing".to_owned()
    } else {
        format!("“{excerpt}”")
    };
    Fault::new(
        codes::NOT_AN_ANSWER,
        format!(
            "{} got HTTP {} with {said}, which is not an answer of AWS",
            called(call),
            answer.status
        ),
    )
    .hint("something between here and AWS answered: check proxies and AWS_ENDPOINT_URL")
    .retry(retry)
    .details(details(call, request_id(answer), answer.status))
}

/// The fault of an answer whose bytes are not those that S3 has: they were changed on the way, or not all came.
pub(super) fn mismatch(call: &AwsCall, mismatch: &Mismatch) -> Fault {
    let message = format!("{}: the answer was damaged: {mismatch}", called(call));
    Fault::new(codes::CHECKSUM_MISMATCH, message)
        .hint("the call is made again; if it stays so, look for a proxy between here and AWS that changes answers")
        .retry(Retry::Transient)
        .details(json!({
            "service": call.service,
            "operation": call.operation,
            "algorithm": mismatch.algorithm,
            "expected": mismatch.said,
            "found": mismatch.found,
        }))
}

/// The fault of a call without an answer.
///
/// `address`: where the request was handed to the network, if it got that far.
pub(super) fn unanswered<E, R>(
    call: &AwsCall,
    error: &SdkError<E, R>,
    address: Option<&str>,
    limit: Duration,
) -> Fault
where
    E: Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    if let Some(found) = find::<CredentialsError>(error) {
        return credentials(found);
    }
    if let Some(found) = find::<EndpointError>(error) {
        return no_endpoint(call, found);
    }
    let said = said(error);
    let signs: Vec<_> = causes(error).map(ToString::to_string).collect();
    let shows = |sign: &str| signs.iter().any(|text| text.starts_with(sign));
    let details = json!({"service": call.service, "operation": call.operation, "address": address});
    if shows("failed to apply endpoint") {
        return Fault::new(codes::INVALID_ENDPOINT, said)
            .hint("check AWS_ENDPOINT_URL, and at endpoint_url in ~/.aws/config");
    }
    if matches!(error, SdkError::ConstructionFailure(_)) {
        return Fault::new(codes::INVALID_REQUEST, format!("{}: {said}", called(call)));
    }
    let whom = address.unwrap_or("AWS");
    if find::<LengthLimitError>(error).is_some() {
        let message = format!(
            "{} was answered with too much for an answer of AWS",
            called(call)
        );
        return Fault::new(codes::ANSWER_TOO_LARGE, message)
            .hint("something between here and AWS answered: check proxies and AWS_ENDPOINT_URL")
            .details(details);
    }
    if find::<rustls::Error>(error).is_some() {
        return Fault::new(
            codes::TLS_FAILED,
            format!("no safe connection to {whom}: {said}"),
        )
        .details(details);
    }
    if address.is_none() || shows("client error (Connect)") || shows("HTTP connect timeout") {
        let message = format!("no connection to {whom}: {said}");
        let fault = Fault::new(codes::CONNECTION_FAILED, message).retry(Retry::Transient);
        let fault = match shows("tunnel error") {
            true => fault.hint("it goes through a proxy: check HTTPS_PROXY and NO_PROXY"),
            false => fault,
        };
        return fault.details(details);
    }
    let timed_out = match error {
        SdkError::TimeoutError(_) => true,
        SdkError::DispatchFailure(failure) => failure.is_timeout(),
        _ => false,
    };
    let fault = if timed_out {
        let message = format!(
            "{} got no answer from {whom} within {limit:?}",
            called(call)
        );
        Fault::new(codes::TIMED_OUT, message)
    } else {
        let message = format!("{} lost the connection to {whom}: {said}", called(call));
        Fault::new(codes::CONNECTION_FAILED, message)
    };
    fault.retry(Retry::InDoubt).details(details)
}

/// What the endpoint rules say of a call for which they have no endpoint.
fn no_endpoint(call: &AwsCall, error: &EndpointError) -> Fault {
    let message = format!("{}: {error}", called(call));
    match error {
        EndpointError::OtherSignature(_) => Fault::new(codes::NOT_SUPPORTED, message)
            .hint("use another client for this, for example with `process::run`"),
        _ => Fault::new(codes::INVALID_ENDPOINT, message).hint(
            "the endpoint follows from the input, the region, and the settings of endpoints in the environment and \
             ~/.aws/config",
        ),
    }
}

fn credentials(error: &CredentialsError) -> Fault {
    let said = said(error);
    let lower = said.to_lowercase();
    if lower.contains("expired") {
        return Fault::new(codes::CREDENTIALS_EXPIRED, said)
            .hint("log in again: `aws sso login`, or renew the keys");
    }
    // The metadata service is asked last, and answers only on AWS's own machines.
    let nowhere =
        matches!(error, CredentialsError::CredentialsNotLoaded(_)) || said.contains("IMDS");
    let message = if nowhere {
        "no AWS credentials were found".to_owned()
    } else {
        said
    };
    Fault::new(codes::NO_CREDENTIALS, message).hint(
        "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with `aws sso \
         login`; `deployer rehearse` needs no AWS account",
    )
}

fn hint(code: &str) -> Option<&'static str> {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            Some("the credentials have expired: log in again")
        }
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch" => Some("AWS does not accept these credentials"),
        "AccessDenied" | "AccessDeniedException" => {
            Some("the role or user lacks the permission that the message names")
        }
        _ => None,
    }
}

fn details(call: &AwsCall, request_id: Option<&str>, status: u16) -> Value {
    json!({
        "service": call.service,
        "operation": call.operation,
        "status": status,
        "request_id": request_id,
    })
}

fn request_id(answer: &Answer) -> Option<&str> {
    let names = ["x-amzn-requestid", "x-amz-request-id"];
    names.iter().find_map(|name| answer.header(name))
}

fn called(call: &AwsCall) -> String {
    format!("{} {}", call.service, call.operation)
}

/// The first words of a body, without its tags.
fn excerpt(body: &[u8]) -> String {
    const LENGTH: usize = 120;
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    let mut words = String::new();
    let mut tag = false;
    for character in text.chars() {
        match character {
            '<' => {
                tag = true;
                words.push(' ');
            }
            '>' => tag = false,
            _ if !tag => words.push(character),
            _ => {}
        }
    }
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

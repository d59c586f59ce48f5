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
use crate::world::apis::aws::endpoint::EndpointError;
use crate::world::aws_retry::retry_of;
use crate::world::live::error_causes::{causes, find, said};

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
    match hint(&fault.code) {
        Some(hint) => fault.hint(hint),
        None => fault,
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

#[cfg(test)]
mod tests {
    use std::io;

    use aws_smithy_runtime_api::client::result::ConnectorError;

    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    fn call() -> AwsCall {
        AwsCall::new("ecs", "UpdateService", json!({}))
    }

    fn with_code(code: &str, status: u16) -> Fault {
        of(&call(), code, None, status)
    }

    fn of(call: &AwsCall, code: &str, shape: Option<&'static str>, status: u16) -> Fault {
        let error = ErrorAnswer {
            code: code.to_owned(),
            query_code: None,
            message: "why".to_owned(),
            members: json!({}),
            shape,
            request_id: Some("r".to_owned()),
        };
        let route = Route::of(call).expect("known");
        to_fault(call, route, &answer(status, ""), error)
    }

    /// Smithy 2.0, "Behavior traits", `smithy.api#retryable`.
    #[test]
    fn models_say_what_may_be_sent_again() {
        let call = AwsCall::new("codeartifact", "ListPackages", json!({}));
        let fault = of(&call, "Slower", Some("ThrottlingException"), 400);
        assert_eq!(fault.retry, Retry::Never, "not marked there");
        assert_eq!(fault.details["request_id"], "r");
    }

    #[test]
    fn codes_decide_about_another_attempt() {
        assert_eq!(
            with_code("ThrottlingException", 400).retry,
            Retry::Throttled
        );
        assert_eq!(with_code("ServerException", 500).retry, Retry::InDoubt);
        assert_eq!(
            with_code("RequestTimeoutException", 400).retry,
            Retry::Transient
        );
        let fault = with_code("ClusterNotFoundException", 400);
        assert_eq!(
            (fault.code.as_str(), fault.message.as_str(), fault.retry),
            ("ClusterNotFoundException", "why", Retry::Never)
        );
    }

    #[test]
    fn a_page_is_not_an_answer_and_is_shown_without_its_tags() {
        let page = "<html><head><title>502 Bad\n Gateway</title></head><p>nginx</html>";
        let fault = not_an_answer(&call(), &answer(502, page));
        assert_eq!(fault.code, "not_an_answer");
        assert!(
            fault.message.contains("“502 Bad Gateway nginx”"),
            "{}",
            fault.message
        );
        assert_eq!(fault.retry, Retry::InDoubt);
        assert_eq!(
            not_an_answer(&call(), &answer(403, page)).retry,
            Retry::Never
        );
        assert_eq!(
            not_an_answer(&call(), &answer(200, page)).retry,
            Retry::InDoubt
        );
    }

    #[test]
    fn a_long_page_is_cut_between_characters() {
        let cut = excerpt("ä".repeat(500).as_bytes());
        assert_eq!(cut.chars().count(), 121);
    }

    #[test]
    fn what_never_left_may_be_sent_again_and_a_lost_answer_is_in_doubt() {
        let met = |error: SdkError<io::Error, ()>, address| {
            let fault = unanswered(&call(), &error, address, Duration::from_secs(15));
            (fault.code, fault.retry)
        };
        let lost = || {
            let reset = io::Error::from(io::ErrorKind::ConnectionReset);
            SdkError::dispatch_failure(ConnectorError::io(reset.into()))
        };
        let code = |code: &str, retry| (code.to_owned(), retry);
        let address = Some("https://ecs.eu-west-1.amazonaws.com");
        assert_eq!(
            met(lost(), None),
            code("connection_failed", Retry::Transient)
        );
        assert_eq!(
            met(lost(), address),
            code("connection_failed", Retry::InDoubt)
        );
        assert_eq!(
            met(SdkError::timeout_error("late"), address),
            code("timed_out", Retry::InDoubt)
        );
        let tls = io::Error::other(rustls::Error::DecryptError);
        let tls = SdkError::dispatch_failure(ConnectorError::io(tls.into()));
        assert_eq!(met(tls, address), code("tls_failed", Retry::Never));
        let missing = ConnectorError::other(CredentialsError::not_loaded("none").into(), None);
        let missing = SdkError::<io::Error, ()>::dispatch_failure(missing);
        let fault = unanswered(&call(), &missing, None, Duration::ZERO);
        assert_eq!(fault.code, "no_credentials");
        assert!(fault.hint.is_some_and(|hint| hint.contains("rehearse")));
    }
}

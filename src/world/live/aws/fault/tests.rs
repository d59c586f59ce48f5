use std::io;

use aws_smithy_runtime_api::client::result::ConnectorError;

use super::*;
use crate::world::apis::aws::{service, services};

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

/// Smithy 2.0, "Behavior traits", `smithy.api#retryable`: whatever the code is.
#[test]
fn models_say_what_may_be_sent_again() {
    let mut marked = [0, 0];
    for name in services() {
        let service = service(name).expect("there");
        for operation in service.operations() {
            let call = AwsCall::new(*name, operation.name, json!({}));
            let Ok(route) = Route::of(&call) else {
                continue;
            };
            for error in &operation.errors {
                let shape = service.shape(*error);
                let expected = match shape.marks {
                    marks if marks.has(Marks::THROTTLING) => Retry::Throttled,
                    marks if marks.has(Marks::RETRYABLE) => Retry::Transient,
                    _ => continue,
                };
                marked[usize::from(expected == Retry::Throttled)] += 1;
                assert_eq!(modelled_retry(route, Some(shape.name)), expected);
            }
        }
    }
    assert!(marked[0] > 100 && marked[1] > 1000, "{marked:?}");
    let fault = of(&call(), "NeverHeardOf", None, 400);
    assert_eq!(
        (fault.retry, &fault.details["request_id"]),
        (Retry::Never, &json!("r"))
    );
}

#[test]
fn a_bucket_elsewhere_is_said_with_its_region() {
    let call = AwsCall::new("s3", "HeadBucket", json!({"Bucket": "b"}));
    let mut moved = answer(301, "");
    moved.headers = vec![("x-amz-bucket-region".to_owned(), "eu-west-1".to_owned())];
    let error = ErrorAnswer {
        code: "301".to_owned(),
        query_code: None,
        message: String::new(),
        members: json!({}),
        shape: None,
        request_id: None,
    };
    let fault = to_fault(&call, Route::of(&call).expect("known"), &moved, error);
    assert!(fault.hint.is_some_and(|hint| hint.contains("eu-west-1")));
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

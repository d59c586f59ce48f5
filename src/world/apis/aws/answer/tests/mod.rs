//! Sections named here are of the Smithy 2.0 specification, "AWS protocols", unless another document is named.

mod errors;

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use serde_json::json;

use super::*;
use crate::world::apis::aws::{service, services};

fn answered(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Answer {
        status,
        headers: headers.collect(),
        body: body.as_ref().to_vec(),
    }
}

fn read_as(name: &str, operation: &str, answer: &Answer) -> Result<Value, Failure> {
    let service = service(name).expect("a service");
    let operation = service.operation(operation).expect("an operation");
    read(service, service.protocol(), operation, &json!({}), answer)
}

fn result(name: &str, operation: &str, body: &str) -> Value {
    read_as(name, operation, &answered(200, &[], body)).expect("a result")
}

fn error(name: &str, operation: &str, answer: &Answer) -> ErrorAnswer {
    match read_as(name, operation, answer) {
        Err(Failure::Error(error)) => *error,
        other => panic!("no error: {other:?}"),
    }
}

/// "AWS JSON 1.1 protocol", shape serialization. Members that came after the model stay as they are.
#[test]
fn json_has_times_and_no_nulls() {
    let body =
        r#"{"clusters": [{"clusterName": "c", "other": 1, "status": null}], "failures": []}"#;
    assert_eq!(
        result("ecs", "DescribeClusters", body),
        json!({"clusters": [{"clusterName": "c", "other": 1}], "failures": []})
    );
    let times = [
        ("1795192200", "2026-11-20T16:30:00Z"),
        ("1795192200.5", "2026-11-20T16:30:00.5Z"),
        ("\"2026-11-20T17:30:00+01:00\"", "2026-11-20T16:30:00Z"),
        ("\"2026-11-20T16:30:00\"", "2026-11-20T16:30:00Z"),
        ("\"Fri, 20 Nov 2026 16:30:00 GMT\"", "2026-11-20T16:30:00Z"),
        ("\"tomorrow\"", "tomorrow"),
    ];
    for (given, wanted) in times {
        let body = format!(r#"{{"CreatedDate": {given}, "SecretBinary": "AAEC"}}"#);
        let read = result("secretsmanager", "GetSecretValue", &body);
        assert_eq!(read, json!({"SecretBinary": "AAEC", "CreatedDate": wanted}));
    }
    assert_eq!(result("ecs", "DescribeClusters", ""), json!({}));
}

#[test]
fn scalars_of_another_type_are_what_they_say() {
    let body = r#"{"services": [{"desiredCount": "2", "serviceName": 5, "enableExecuteCommand": "true"}]}"#;
    assert_eq!(
        result("ecs", "DescribeServices", body),
        json!({"services": [{"serviceName": 5, "desiredCount": 2, "enableExecuteCommand": true}]})
    );
    let body = r#"{"output": {"NEW": {"a": 1}}}"#;
    assert_eq!(
        result("bedrock-runtime", "Converse", body),
        json!({"output": {"SDK_UNKNOWN_MEMBER": {"name": "NEW"}}})
    );
}

/// "AWS query protocol", response serialization; IAM API reference, "GetRole": policies are encoded as in a URL.
#[test]
fn query_has_a_wrapper_and_iam_policies_are_json() {
    let body = "<GetRoleResponse xmlns='urn:x'><GetRoleResult><Role><RoleName>a&amp;b</RoleName>\
        <CreateDate>2026-11-20T16:30:00Z</CreateDate><MaxSessionDuration>3600</MaxSessionDuration>\
        <AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%7D</AssumeRolePolicyDocument>\
        <Tags><member><Key>k</Key><Value/></member></Tags></Role></GetRoleResult>\
        <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetRoleResponse>";
    let role = &result("iam", "GetRole", body)["Role"];
    assert_eq!(role["RoleName"], "a&b");
    assert_eq!(role["CreateDate"], "2026-11-20T16:30:00Z");
    assert_eq!(role["MaxSessionDuration"], 3600);
    assert_eq!(
        role["AssumeRolePolicyDocument"],
        json!({"Version": "2012-10-17"})
    );
    assert_eq!(role["Tags"], json!([{"Key": "k", "Value": ""}]));
}

/// "AWS EC2 query protocol", response serialization; Amazon EC2 API reference, "GetConsoleOutput".
#[test]
fn ec2_has_sets() {
    let body =
        "<R><vpcSet><item><vpcId>vpc-1</vpcId><isDefault>true</isDefault></item></vpcSet></R>";
    assert_eq!(
        result("ec2", "DescribeVpcs", body),
        json!({"Vpcs": [{"VpcId": "vpc-1", "IsDefault": true}]})
    );
    let console = result(
        "ec2",
        "GetConsoleOutput",
        "<R><output>aGVsbG8=</output></R>",
    );
    assert_eq!(console, json!({"Output": "hello"}));
}

/// "HTTP bindings": response code, headers, payload.
#[test]
fn rest_has_members_in_status_headers_and_body() {
    let headers = [("X-Amz-Function-Error", "Unhandled")];
    let read = read_as("lambda", "Invoke", &answered(202, &headers, "{}")).expect("a result");
    assert_eq!(
        read,
        json!({"StatusCode": 202, "FunctionError": "Unhandled", "Payload": "e30="})
    );
    let headers = [
        ("ETag", "\"e\""),
        ("content-length", "2"),
        ("Last-Modified", "Fri, 20 Nov 2026 16:30:00 GMT"),
        ("x-amz-meta-who", "me"),
        ("expires", "soon"),
    ];
    let read = read_as("s3", "GetObject", &answered(200, &headers, "hi")).expect("a result");
    assert_eq!(read["ETag"], "\"e\"");
    assert_eq!(read["ContentLength"], 2);
    assert_eq!(read["LastModified"], "2026-11-20T16:30:00Z");
    assert_eq!(read["Metadata"], json!({"who": "me"}));
    assert_eq!(read["Body"], "aGk=");
    assert_eq!(
        (read.get("Expires"), &read["ExpiresString"]),
        (None, &json!("soon"))
    );
}

/// Amazon S3 API reference: "GetBucketLocation", "ListObjectsV2" (EncodingType), "CopyObject" (errors with status 200),
/// "HeadObject" (errors without a body).
#[test]
fn s3_has_ways_of_its_own() {
    let location = "<LocationConstraint xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>eu-west-1</LocationConstraint>";
    assert_eq!(
        result("s3", "GetBucketLocation", location),
        json!({"LocationConstraint": "eu-west-1"})
    );
    let none = result("s3", "GetBucketLocation", "<LocationConstraint/>");
    assert_eq!(none, json!({"LocationConstraint": null}));
    let list = "<R><EncodingType>url</EncodingType><Contents><Key>a+b%2Bc</Key><Size>1</Size></Contents>\
        <Contents><Key>%C3%BC</Key></Contents><CommonPrefixes><Prefix>x%2F</Prefix></CommonPrefixes></R>";
    let listed = result("s3", "ListObjectsV2", list);
    assert_eq!(
        listed["Contents"],
        json!([{"Key": "a b+c", "Size": 1}, {"Key": "ü"}])
    );
    assert_eq!(listed["CommonPrefixes"], json!([{"Prefix": "x/"}]));
    let s3 = service("s3").expect("a service");
    let operation = s3.operation("ListObjectsV2").expect("an operation");
    let asked = json!({"EncodingType": "url"});
    let read = read(
        s3,
        s3.protocol(),
        operation,
        &asked,
        &answered(200, &[], list),
    )
    .expect("a result");
    assert_eq!(read["Contents"][0]["Key"], "a+b%2Bc");
    let late =
        "<Error><Code>InternalError</Code><Message>m</Message><RequestId>r</RequestId></Error>";
    let failed = error("s3", "CopyObject", &answered(200, &[], late));
    assert_eq!(
        (failed.code.as_str(), failed.request_id.as_deref()),
        ("InternalError", Some("r"))
    );
    // An object's content is not looked at.
    assert!(read_as("s3", "GetObject", &answered(200, &[], late)).is_ok());
    let head = error(
        "s3",
        "HeadObject",
        &answered(404, &[("x-amz-request-id", "q")], ""),
    );
    assert_eq!(
        (head.code.as_str(), head.message.as_str()),
        ("404", "Not Found")
    );
    assert_eq!(head.request_id.as_deref(), Some("q"));
}

fn frame(headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let headers = headers.iter().map(|(name, value)| {
        Header::new(
            (*name).to_owned(),
            HeaderValue::String((*value).to_owned().into()),
        )
    });
    let message = Message::new_from_parts(headers.collect(), body.to_vec());
    let mut out = Vec::new();
    write_message_to(&message, &mut out).expect("a frame");
    out
}

/// Smithy 2.0, "Amazon Event Stream specification".
#[test]
fn events_are_a_list_and_one_that_failed_is_an_error() {
    let event =
        |name: &str, body: &[u8]| frame(&[(":message-type", "event"), (":event-type", name)], body);
    let mut body = event("Records", b"a,b\n");
    body.extend(event(
        "Stats",
        b"<Stats><BytesScanned>4</BytesScanned></Stats>",
    ));
    body.extend(event("End", b""));
    let read = read_as("s3", "SelectObjectContent", &answered(200, &[], &body)).expect("a result");
    assert_eq!(
        read["Payload"],
        json!([{"Records": {"Payload": "YSxiCg=="}}, {"Stats": {"Details": {"BytesScanned": 4}}}, {"End": {}}])
    );
    let cut = answered(200, &[], &body[..body.len() - 3]);
    assert!(matches!(
        read_as("s3", "SelectObjectContent", &cut),
        Err(Failure::NotAnAnswer(_))
    ));
    body.extend(frame(
        &[
            (":message-type", "error"),
            (":error-code", "Busy"),
            (":error-message", "later"),
        ],
        b"",
    ));
    let failed = error("s3", "SelectObjectContent", &answered(200, &[], &body));
    assert_eq!(
        (failed.code.as_str(), failed.message.as_str()),
        ("Busy", "later")
    );
}

/// "Smithy RPC v2 CBOR protocol", shape serialization.
#[test]
fn cbor_is_read_as_json_is() {
    let service = service("cloudwatch").expect("a service");
    let operation = service.operation("ListMetrics").expect("an operation");
    let body = b"\xa2\x67Metrics\x9f\xa1\x69Namespace\x61n\xff\x69NextToken\x7f\x61a\x61b\xff";
    let read = read(
        service,
        Protocol::Cbor,
        operation,
        &json!({}),
        &answered(200, &[], body),
    );
    assert_eq!(
        read,
        Ok(json!({"NextToken": "ab", "Metrics": [{"Namespace": "n"}]}))
    );
    let at = json::from_cbor(b"\xc1\xfb\x41\xda\xc0\x1d\x62\x20\x00\x00").expect("CBOR");
    assert_eq!(at, json!("2026-11-20T16:30:00.5Z"));
    let deep = [0x81; 5_000];
    assert!(json::from_cbor(&deep).is_err());
}

#[test]
fn no_bytes_make_it_panic() {
    let deep = format!("{}{}", "<a>".repeat(5_000), "</a>".repeat(5_000));
    let arrays = "[".repeat(5_000);
    let bodies: [&[u8]; 9] = [
        b"",
        b"\xff\xfe\x00",
        b"null",
        b"[[{\"a\":1e999}]]",
        b"{\"__type\":5,\"message\":{}}",
        b"<Error><Code/></Error>",
        b"\x00\x00\x00\x10\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00",
        deep.as_bytes(),
        arrays.as_bytes(),
    ];
    for name in services() {
        let service = service(name).expect("a service");
        for (index, operation) in service.operations().enumerate().step_by(7) {
            for protocol in &service.protocols {
                let body = bodies[index % bodies.len()];
                let status = [200, 404, 204, 500][index % 4];
                let answer = answered(status, &[("x-amzn-query-error", ";")], body);
                let _ = read(service, *protocol, operation, &Value::Null, &answer);
            }
        }
    }
}

//! Sections named here are of the Smithy 2.0 specification, "AWS protocols", unless another document is named.

use serde_json::json;

use super::super::Failure;
use super::{answered, error, read_as};

/// "AWS JSON 1.1 protocol" and "AWS restJson1 protocol", operation error serialization; "@awsQueryCompatible".
#[test]
fn json_errors_have_their_code_in_three_places() {
    let body = r#"{"__type": "com.amazonaws.ecs#ClusterNotFoundException", "message": "m"}"#;
    let failed = error(
        "ecs",
        "DescribeServices",
        &answered(400, &[("x-amzn-RequestId", "q")], body),
    );
    assert_eq!(
        (failed.code.as_str(), failed.message.as_str()),
        ("ClusterNotFoundException", "m")
    );
    assert_eq!(failed.shape, Some("ClusterNotFoundException"));
    assert_eq!(failed.members, json!({"message": "m"}));
    assert_eq!(failed.request_id.as_deref(), Some("q"));
    let typed = [
        ("x-amzn-errortype", "TooManyRequestsException:http://x"),
        ("Retry-After", "5"),
    ];
    let body = r#"{"Reason": "CallerRateLimitExceeded", "message": "slow"}"#;
    let failed = error("lambda", "Invoke", &answered(429, &typed, body));
    assert_eq!(failed.code, "TooManyRequestsException");
    assert_eq!(failed.members["Reason"], "CallerRateLimitExceeded");
    assert_eq!(failed.members["retryAfterSeconds"], "5");
    let failed = error(
        "lambda",
        "Invoke",
        &answered(400, &[], r#"{"code": "X", "Message": "y"}"#),
    );
    assert_eq!(
        (failed.code.as_str(), failed.message.as_str(), failed.shape),
        ("X", "y", None)
    );
    let query = [(
        "x-amzn-query-error",
        "AWS.SimpleQueueService.NonExistentQueue;Sender",
    )];
    let body = r#"{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "none"}"#;
    let failed = error("sqs", "GetQueueUrl", &answered(400, &query, body));
    assert_eq!(failed.code, "QueueDoesNotExist");
    assert_eq!(
        failed.query_code.as_deref(),
        Some("AWS.SimpleQueueService.NonExistentQueue")
    );
}

/// "AWS query protocol", "AWS EC2 query protocol", "AWS restXml protocol", operation error serialization; Amazon Route 53
/// API reference, "ChangeResourceRecordSets", InvalidChangeBatch.
#[test]
fn xml_errors_have_their_code_at_three_depths() {
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>m</Message></Error>\
        <RequestId>q</RequestId></ErrorResponse>";
    let failed = error("iam", "GetRole", &answered(404, &[], body));
    assert_eq!(
        (failed.code.as_str(), failed.message.as_str()),
        ("NoSuchEntity", "m")
    );
    assert_eq!(
        (failed.shape, failed.request_id.as_deref()),
        (Some("NoSuchEntityException"), Some("q"))
    );
    let body = "<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>m</Message></Error></Errors>\
        <RequestID>q</RequestID></Response>";
    let failed = error("ec2", "DescribeVpcs", &answered(400, &[], body));
    assert_eq!(
        (failed.code.as_str(), failed.request_id.as_deref()),
        ("InvalidVpcID.NotFound", Some("q"))
    );
    let body = "<InvalidChangeBatch><Messages><Message>a</Message><Message>b</Message></Messages></InvalidChangeBatch>";
    let failed = error(
        "route53",
        "ChangeResourceRecordSets",
        &answered(400, &[], body),
    );
    assert_eq!(
        (failed.code.as_str(), failed.message.as_str()),
        ("InvalidChangeBatch", "a; b")
    );
}

#[test]
fn what_is_not_of_the_protocol_is_not_an_answer() {
    let pages = [
        "<html><body>Sign in</body></html>",
        "<!DOCTYPE html>\n<html>",
        "{\"a\":",
        "<R><vpcSet>",
        "[1",
        "5",
    ];
    for body in pages {
        for (name, operation) in [
            ("ecs", "DescribeServices"),
            ("ec2", "DescribeVpcs"),
            ("iam", "GetRole"),
            ("route53", "ListHostedZones"),
        ] {
            for status in [200, 403, 503] {
                let read = read_as(name, operation, &answered(status, &[], body));
                let is_refused = matches!(read, Err(Failure::NotAnAnswer(_)));
                assert!(is_refused, "{name} {status} {body}: {read:?}");
            }
        }
    }
    let page = answered(200, &[], pages[0]);
    assert!(
        read_as("sqs", "DeleteQueue", &page).is_err(),
        "an operation that answers nothing"
    );
    assert!(read_as("ecs", "DescribeServices", &answered(500, &[], "{}")).is_err());
}

//! Sections named here are of the Smithy 2.0 specification, "AWS protocols", unless another document is named.

mod inputs;

use serde_json::json;

use super::*;
use crate::world::apis::aws::service;

fn written(name: &str, operation: &str, input: Value) -> Result<HttpRequest, InputError> {
    let service = service(name).expect("a service");
    let operation = service.operation(operation).expect("an operation");
    write(service, service.protocol(), operation, &input)
}

fn sent(name: &str, operation: &str, input: Value) -> HttpRequest {
    written(name, operation, input).expect("a request")
}

fn refused(name: &str, operation: &str, input: Value) -> String {
    written(name, operation, input)
        .expect_err("an error")
        .to_string()
}

fn body(request: &HttpRequest) -> String {
    let bytes = request.body().bytes().expect("bytes");
    String::from_utf8(bytes.to_vec()).expect("a text")
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> &'a str {
    request.headers().get(name).unwrap_or_default()
}

/// "AWS JSON 1.0 protocol", HTTP binding; "Timestamp format": seconds since 1970.
#[test]
fn json_has_its_target_and_bytes_as_base64() {
    let item = json!({"id": {"S": "1"}, "b": {"B": "AAEC"}, "none": null});
    let request = sent(
        "dynamodb",
        "PutItem",
        json!({"TableName": "t", "Item": item}),
    );
    assert_eq!((request.method(), request.uri()), ("POST", "/"));
    assert_eq!(
        header(&request, "x-amz-target"),
        "DynamoDB_20120810.PutItem"
    );
    assert_eq!(
        header(&request, "content-type"),
        "application/x-amz-json-1.0"
    );
    let item: Value = serde_json::from_str(&body(&request)).expect("JSON");
    assert_eq!(item["Item"], json!({"id": {"S": "1"}, "b": {"B": "AAEC"}}));
    for at in [
        json!("2026-11-20T16:30:00Z"),
        json!(1_795_192_200),
        json!("1795192200"),
    ] {
        let given = json!({"StartTime": at, "EndTime": null});
        let request = sent("cloudtrail", "LookupEvents", given);
        let sent: Value = serde_json::from_str(&body(&request)).expect("JSON");
        assert_eq!(sent["StartTime"].as_f64(), Some(1_795_192_200.0), "{at}");
        assert!(sent.get("EndTime").is_none());
    }
}

/// "AWS restJson1 protocol", HTTP bindings, and "HTTP bindings": labels, headers, payload.
#[test]
fn rest_json_has_members_in_path_query_headers_and_body() {
    let request = sent(
        "lambda",
        "Invoke",
        json!({"FunctionName": "a b/é", "Qualifier": "x&y", "InvocationType": "Event", "Payload": "eyJhIjoxfQ=="}),
    );
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.uri(),
        "/2015-03-31/functions/a%20b%2F%C3%A9/invocations?Qualifier=x%26y"
    );
    assert_eq!(header(&request, "x-amz-invocation-type"), "Event");
    assert_eq!(body(&request), r#"{"a":1}"#);
    let request = sent("lambda", "ListFunctions", json!({"MaxItems": 5}));
    assert_eq!(request.uri(), "/2015-03-31/functions?MaxItems=5");
    assert_eq!(body(&request), "");
    let request = sent("apigateway", "GetRestApis", json!({}));
    assert_eq!(header(&request, "accept"), "application/json");
}

/// "AWS restXml protocol"; Amazon S3 API reference, "PutObject", "CopyObject" (x-amz-copy-source).
#[test]
fn s3_has_the_key_in_its_path_and_the_bucket_in_its_endpoint() {
    let request = sent(
        "s3",
        "PutObject",
        json!({"Bucket": "b", "Key": "a/b c+ü//../x", "Body": "aGk=", "Metadata": {"who": "me"}}),
    );
    assert_eq!(request.method(), "PUT");
    assert_eq!(
        request.uri().split('?').next(),
        Some("/a/b%20c%2B%C3%BC//../x")
    );
    assert_eq!(header(&request, "x-amz-meta-who"), "me");
    assert_eq!(body(&request), "hi");
    let request = sent(
        "s3",
        "ListObjectsV2",
        json!({"Bucket": "b", "Prefix": "a b"}),
    );
    assert_eq!(
        request.uri(),
        "/?list-type=2&encoding-type=url&prefix=a%20b"
    );
    let request = sent("s3", "GetBucketVersioning", json!({"Bucket": "b"}));
    assert_eq!(request.uri(), "/?versioning");
    let source = json!({"Bucket": "b", "Key": "k", "CopySource": "b/ü k?versionId=v=1"});
    let request = sent("s3", "CopyObject", source);
    assert_eq!(
        header(&request, "x-amz-copy-source"),
        "b/%C3%BC%20k?versionId=v=1"
    );
    let refused = refused(
        "s3",
        "PutObject",
        json!({"Bucket": "b", "Key": "k", "Metadata": {"a": "ü"}}),
    );
    assert_eq!(
        refused,
        "`Metadata` must be ASCII at \"a\": metadata is sent as headers"
    );
}

/// Amazon S3 API reference, "GetObject": the key for SSE-C and its digest are base64.
#[test]
fn s3_keys_of_customers_are_encoded_once() {
    let given = json!({"Bucket": "b", "Key": "k", "SSECustomerKey": "0123456789abcdef"});
    let request = sent("s3", "GetObject", given);
    let key = "x-amz-server-side-encryption-customer-key";
    assert_eq!(header(&request, key), "MDEyMzQ1Njc4OWFiY2RlZg==");
    assert_eq!(
        header(&request, &format!("{key}-md5")),
        "QDKvjWEDUSOQbljgZxQMxQ=="
    );
}

/// "AWS query protocol", request serialization; Amazon Route 53 API reference, "ChangeResourceRecordSets".
#[test]
fn query_takes_numbers_and_texts_and_xml_its_names() {
    let request = sent(
        "sns",
        "Publish",
        json!({"TopicArn": "t", "Message": 5, "MessageAttributes": {"a": {"DataType": "String"}}}),
    );
    assert_eq!(
        body(&request),
        "Action=Publish&Version=2010-03-31&TopicArn=t&Message=5&MessageAttributes.entry.1.Name=a\
         &MessageAttributes.entry.1.Value.DataType=String"
    );
    let given = json!({"MaxItems": "5", "PathPrefix": "/"});
    assert!(body(&sent("iam", "ListRoles", given)).contains("MaxItems=5"));
    let change =
        json!({"Action": "DELETE", "ResourceRecordSet": {"Name": "a&b", "Type": "A", "TTL": 60}});
    let request = sent(
        "route53",
        "ChangeResourceRecordSets",
        json!({"HostedZoneId": "/hostedzone/Z1", "ChangeBatch": {"Changes": [change]}}),
    );
    assert_eq!(request.uri(), "/2013-04-01/hostedzone/Z1/rrset/");
    let sent = body(&request);
    assert!(sent.starts_with(
        "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">"
    ));
    assert!(
        sent.contains("<Changes><Change><Action>DELETE</Action>"),
        "{sent}"
    );
    assert!(
        sent.contains("<Name>a&amp;b</Name><Type>A</Type><TTL>60</TTL>"),
        "{sent}"
    );
}

/// "AWS EC2 query protocol"; Amazon EC2 API reference, "RunInstances": user data is base64, which the CLI makes.
#[test]
fn ec2_has_names_of_its_own_and_no_empty_lists() {
    let filters = json!([{"Name": "tag:a", "Values": ["x", "y"]}]);
    let request = sent(
        "ec2",
        "DescribeVpcs",
        json!({"Filters": filters, "VpcIds": []}),
    );
    assert_eq!(
        body(&request),
        "Action=DescribeVpcs&Version=2016-11-15&Filter.1.Name=tag%3Aa&Filter.1.Value.1=x&Filter.1.Value.2=y"
    );
    let given = json!({"MinCount": 1, "MaxCount": 1, "UserData": "hello"});
    assert!(body(&sent("ec2", "RunInstances", given)).contains("UserData=aGVsbG8%3D"));
}

/// "Smithy RPC v2 CBOR protocol", request serialization.
#[test]
fn cbor_has_its_operation_in_the_path() {
    let service = service("cloudwatch").expect("a service");
    let operation = service.operation("ListMetrics").expect("an operation");
    let input = json!({"Namespace": "n"});
    let request = write(service, Protocol::Cbor, operation, &input).expect("a request");
    assert_eq!(
        request.uri(),
        "/service/GraniteServiceVersion20100801/operation/ListMetrics"
    );
    assert_eq!(header(&request, "smithy-protocol"), "rpc-v2-cbor");
    let sent = request.body().bytes().expect("bytes");
    assert!(
        sent.windows(11).any(|part| part == b"\x69Namespace\x61"),
        "{sent:?}"
    );
}

/// "AWS query protocol", "@awsQueryCompatible": the header says that the client reads both codes.
#[test]
fn a_service_that_was_of_the_query_protocol_is_told_so() {
    let request = sent("sqs", "ListQueues", json!({}));
    assert_eq!(header(&request, "x-amzn-query-mode"), "true");
}

/// Smithy 2.0, "Endpoint traits", host labels.
#[test]
fn host_prefixes_have_their_labels() {
    let prefix = |name: &str, operation: &str, input: Value| {
        let service = service(name).expect("a service");
        host_prefix(
            service,
            service.operation(operation).expect("an operation"),
            &input,
        )
    };
    assert_eq!(
        prefix("stepfunctions", "StartSyncExecution", json!({})),
        Ok(Some("sync-".to_owned()))
    );
    let graph = json!({"graphIdentifier": "g-1"});
    assert_eq!(
        prefix("neptune-graph", "GetGraphSummary", graph),
        Ok(Some("g-1.".to_owned()))
    );
    for wrong in [
        json!({}),
        json!({"graphIdentifier": "a/b"}),
        json!({"graphIdentifier": ""}),
    ] {
        let error = prefix("neptune-graph", "GetGraphSummary", wrong).expect_err("an error");
        assert_eq!(error.member, "graphIdentifier");
    }
    // The endpoint rules of S3 Control have it.
    assert_eq!(
        prefix("s3control", "GetPublicAccessBlock", json!({})),
        Ok(None)
    );
    assert_eq!(prefix("s3", "GetObject", json!({})), Ok(None));
}

/// Amazon S3 Glacier API reference, "Upload Archive", "Computing Checksums".
#[test]
fn glacier_has_its_account_version_and_tree_hash() {
    let archive = base64_of(&vec![0_u8; 3 * 1024 * 1024 / 2]);
    let request = sent(
        "glacier",
        "UploadArchive",
        json!({"vaultName": "v", "body": archive}),
    );
    assert_eq!(request.uri(), "/-/vaults/v/archives");
    assert_eq!(header(&request, "x-amz-glacier-version"), "2012-06-01");
    // Computed with Python's hashlib: sha256(sha256(first MiB) + sha256(the rest)).
    assert_eq!(
        header(&request, "x-amz-sha256-tree-hash"),
        "f4506394a37f83af0904478ae3fa00853e837f9ea29aa01b831315978f0fa833"
    );
}

fn base64_of(bytes: &[u8]) -> String {
    aws_smithy_types::base64::encode(bytes)
}

/// Amazon CloudSearch developer guide, "Search API": a search may be a POST of the same form.
#[test]
fn a_long_search_is_a_post() {
    let request = sent("cloudsearchdomain", "Search", json!({"query": "a b"}));
    assert_eq!(
        (request.method(), request.uri()),
        ("POST", "/2013-01-01/search")
    );
    assert_eq!(body(&request), "format=sdk&pretty=true&q=a%20b");
}

use serde_json::json;

use super::*;
use crate::world::apis::aws::{service, services};

fn settings(region: &str) -> Settings {
    Settings {
        region: region.to_owned(),
        ..Settings::default()
    }
}

fn found(
    name: &str,
    operation: &str,
    input: Value,
    settings: &Settings,
) -> Result<Endpoint, EndpointError> {
    let service = service(name).expect(name);
    let operation = service.operation(operation).expect(operation);
    resolve(service, &parameters(service, operation, &input, settings))
}

fn url(name: &str, operation: &str, input: Value, settings: &Settings) -> String {
    let found = found(name, operation, input, settings);
    found
        .unwrap_or_else(|why| panic!("{name} {operation}: {why}"))
        .url
}

/// What [`Endpoint::auth_schemes`] says first: name, signing name and region.
fn signed(endpoint: &Endpoint) -> (&str, Option<&str>, Option<&str>) {
    let schemes = endpoint.auth_schemes();
    let first = schemes.first().copied().unwrap_or_default();
    (first.name, first.signing_name, first.signing_region)
}

/// AWS General Reference, "AWS service endpoints": regional, FIPS and dual-stack endpoints.
#[test]
fn regions_partitions_fips_and_dual_stack() {
    let ask = |region, use_fips, use_dual_stack| {
        let settings = Settings {
            use_fips,
            use_dual_stack,
            ..settings(region)
        };
        url("ssm", "GetParameter", json!({}), &settings)
    };
    assert_eq!(
        ask("eu-west-1", false, false),
        "https://ssm.eu-west-1.amazonaws.com"
    );
    assert_eq!(
        ask("cn-north-1", false, false),
        "https://ssm.cn-north-1.amazonaws.com.cn"
    );
    assert_eq!(
        ask("us-gov-west-1", true, false),
        "https://ssm.us-gov-west-1.amazonaws.com"
    );
    assert_eq!(
        ask("us-east-1", true, false),
        "https://ssm-fips.us-east-1.amazonaws.com"
    );
    assert_eq!(
        ask("us-east-1", false, true),
        "https://ssm.us-east-1.api.aws"
    );
    // A region that nobody knows yet looks like one of its partition.
    assert_eq!(
        ask("eu-new-9", false, false),
        "https://ssm.eu-new-9.amazonaws.com"
    );
    assert_eq!(
        ask("cn-new-9", false, false),
        "https://ssm.cn-new-9.amazonaws.com.cn"
    );
}

/// AWS General Reference, "IAM endpoints", "Route 53 endpoints": one for the partition, signed for one region.
#[test]
fn global_services_have_one_endpoint_in_a_partition() {
    let iam = found("iam", "ListRoles", json!({}), &settings("eu-west-1")).expect("one");
    assert_eq!(iam.url, "https://iam.amazonaws.com");
    assert_eq!(signed(&iam), ("sigv4", None, Some("us-east-1")));
    let china = found(
        "route53",
        "ListHostedZones",
        json!({}),
        &settings("cn-north-1"),
    );
    let china = china.expect("one");
    assert_eq!(china.url, "https://route53.amazonaws.com.cn");
    assert_eq!(signed(&china).2, Some("cn-northwest-1"));
}

/// Amazon S3 User Guide, "Virtual hosting of buckets" and "Using access points".
#[test]
fn buckets_are_hosts_where_they_can_be() {
    let bucket = |bucket: &str, settings: &Settings| {
        url(
            "s3",
            "GetObject",
            json!({"Bucket": bucket, "Key": "k"}),
            settings,
        )
    };
    let here = settings("eu-west-1");
    assert_eq!(
        bucket("my-bucket", &here),
        "https://my-bucket.s3.eu-west-1.amazonaws.com"
    );
    // A wildcard certificate covers no dots.
    assert_eq!(
        bucket("my.bucket", &here),
        "https://s3.eu-west-1.amazonaws.com/my.bucket"
    );
    let local = Settings {
        endpoint: Some("http://127.0.0.1:5000".to_owned()),
        use_fips: true,
        ..here.clone()
    };
    assert_eq!(
        bucket("my-bucket", &local),
        "http://127.0.0.1:5000/my-bucket"
    );
    let by_path = Settings {
        path_style: Some(true),
        ..here.clone()
    };
    assert_eq!(
        bucket("my-bucket", &by_path),
        "https://s3.eu-west-1.amazonaws.com/my-bucket"
    );
    let point = "arn:aws:s3:us-west-2:123456789012:accesspoint/reports";
    let point = found(
        "s3",
        "GetObject",
        json!({"Bucket": point, "Key": "k"}),
        &here,
    );
    let point = point.expect("an access point");
    assert_eq!(
        point.url,
        "https://reports-123456789012.s3-accesspoint.us-west-2.amazonaws.com"
    );
    assert_eq!(signed(&point), ("sigv4", Some("s3"), Some("us-west-2")));
    assert!(point.auth_schemes()[0].disables_double_encoding);
    let of_many = "arn:aws:s3::123456789012:accesspoint:mfzwi23gnjvgw.mrap";
    let of_many = found(
        "s3",
        "GetObject",
        json!({"Bucket": of_many, "Key": "k"}),
        &here,
    );
    let of_many = of_many.expect("a multi-region access point");
    assert_eq!(
        of_many.signature(),
        Err(EndpointError::OtherSignature("sigv4a".to_owned()))
    );
    let other = "arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/reports";
    let refused = found(
        "s3",
        "GetObject",
        json!({"Bucket": other, "Key": "k"}),
        &here,
    );
    let Err(EndpointError::Refused(why)) = refused else {
        panic!("{refused:?}");
    };
    assert!(why.contains("aws-cn"), "{why}");
}

/// AWS SDKs and Tools Reference Guide, "Account-based endpoints"; Amazon Kinesis API, "Endpoints for data streams".
#[test]
fn accounts_and_members_of_the_input_are_parts_of_hosts() {
    let preferred = Settings {
        account_mode: Some("preferred".to_owned()),
        ..settings("us-east-1")
    };
    let dynamodb = service("dynamodb").expect("there");
    let of_account = |operation: &str, input: Value| {
        let operation = dynamodb.operation(operation).expect("there");
        let mut given = parameters(dynamodb, operation, &input, &preferred);
        set_account(dynamodb, &mut given, "123456789012");
        resolve(dynamodb, &given).expect("an endpoint").url
    };
    assert_eq!(
        of_account("GetItem", json!({"TableName": "t"})),
        "https://123456789012.ddb.us-east-1.amazonaws.com"
    );
    let other = json!({"RequestItems":
        {"arn:aws:dynamodb:us-east-1:222233334444:table/t": {"Keys": []}}});
    assert_eq!(
        of_account("BatchGetItem", other),
        "https://222233334444.ddb.us-east-1.amazonaws.com"
    );
    let stream = json!({"StreamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/s"});
    assert_eq!(
        url("kinesis", "DescribeStream", stream, &settings("us-east-1")),
        "https://123456789012.control-kinesis.us-east-1.amazonaws.com"
    );
}

#[test]
fn every_rule_set_is_read_and_every_operation_has_an_endpoint() {
    let mut without = Vec::new();
    for name in services() {
        let service = service(name).expect(name);
        assert!(rules_of(service).is_some(), "{name}");
        for operation in service.operations() {
            let settings = settings("us-east-1");
            let given = parameters(service, operation, &json!({}), &settings);
            if let Err(why) = resolve(service, &given) {
                without.push(format!("{name} {}: {why}", operation.name));
            }
        }
    }
    // A bucket, an account, a store: these cannot be called without the member that names the host.
    let named = ["s3", "eventbridge", "cloudfront-keyvaluestore"];
    without.retain(|one| !named.iter().any(|service| one.starts_with(service)));
    assert_eq!(without, Vec::<String>::new());
}

#[test]
fn what_is_missing_is_named() {
    let service = service("kinesis").expect("there");
    let missing = resolve(service, &Map::new());
    assert!(missing.is_err(), "{missing:?}");
}

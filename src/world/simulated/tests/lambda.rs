//! Lambda: updates that take time, versions, aliases with weights, invocations and their metrics.

use super::balancing::world_with;
use super::*;

const FUNCTION: &str = r#"
[[functions]]
FunctionName = "invoices"
Role = "arn:aws:iam::123456789012:role/invoices"
Code = { S3Bucket = "releases", S3Key = "invoices-1.4.0.zip" }
versions = [{ version = 6, code = { S3Bucket = "releases", S3Key = "invoices-1.3.0.zip" } }, { version = 7 }]
aliases = [{ name = "live", version = "7" }]
traffic = { alias = "live", requests_per_second = 10.0 }
update_takes = "10s"
answer = { paid = true }
releases = [
    { code = "invoices-1.5.0.zip", errors = 20.0, duration = "400ms" },
    { code = "invoices-broken.zip", update_fails = "InvalidZipFileException" },
]

[[functions]]
FunctionName = "thumbnails"
PackageType = "Image"
Code = { ImageUri = "123456789012.dkr.ecr.ap-south-1.amazonaws.com/thumbnails:1.0.0" }
"#;

fn call(world: &dyn World, operation: &str, input: Value) -> Result<Value, Fault> {
    aws(world, "lambda", operation, input)
}

fn must(world: &dyn World, operation: &str, input: Value) -> Value {
    call(world, operation, input).expect(operation)
}

fn code(world: &dyn World, operation: &str, input: Value) -> String {
    call(world, operation, input).expect_err(operation).code
}

fn update(world: &dyn World, key: &str) -> Value {
    let input = json!({ "FunctionName": "invoices", "S3Bucket": "releases", "S3Key": key });
    must(world, "UpdateFunctionCode", input)
}

fn status(world: &dyn World) -> Value {
    let input = json!({ "FunctionName": "invoices" });
    must(world, "GetFunctionConfiguration", input)
}

/// AWS Lambda Developer Guide, "Lambda function states", "Function states while updating": `LastUpdateStatus` is
/// `InProgress`, and updating and publishing fail with `ResourceConflictException`.
#[test]
fn an_update_takes_time_and_keeps_others_out() {
    let world = world_with(FUNCTION, &[]);
    assert_eq!(
        update(&world, "invoices-1.5.0.zip")["LastUpdateStatus"],
        "InProgress"
    );
    let named = json!({ "FunctionName": "invoices" });
    for (operation, input) in [
        (
            "UpdateFunctionCode",
            json!({ "FunctionName": "invoices", "S3Bucket": "releases", "S3Key": "x.zip" }),
        ),
        (
            "UpdateFunctionConfiguration",
            json!({ "FunctionName": "invoices", "Timeout": 9 }),
        ),
        ("PublishVersion", named.clone()),
    ] {
        assert_eq!(
            code(&world, operation, input),
            "ResourceConflictException",
            "{operation}"
        );
    }
    world.sleep(Duration::from_secs(10));
    assert_eq!(status(&world)["LastUpdateStatus"], "Successful");
    assert_eq!(must(&world, "PublishVersion", named)["Version"], "8");
}

/// AWS Lambda API Reference, "FunctionConfiguration": `LastUpdateStatusReason` and its code.
#[test]
fn an_update_may_fail_with_its_reason() {
    let world = world_with(FUNCTION, &[]);
    update(&world, "invoices-broken.zip");
    world.sleep(Duration::from_secs(10));
    let status = status(&world);
    assert_eq!(status["LastUpdateStatus"], "Failed");
    assert_eq!(
        status["LastUpdateStatusReasonCode"],
        "InvalidZipFileException"
    );
}

/// AWS Lambda API Reference, "PublishVersion": nothing is published if neither code nor configuration has changed;
/// `CodeSha256` and `RevisionId` must be those that are there.
#[test]
fn a_version_is_published_once() {
    let world = world_with(FUNCTION, &[]);
    let publish = |more: Value| {
        let mut input = json!({ "FunctionName": "invoices" });
        input
            .as_object_mut()
            .expect("a map")
            .extend(more.as_object().expect("a map").clone());
        call(&world, "PublishVersion", input)
    };
    assert_eq!(publish(json!({})).expect("a version")["Version"], "7");
    let updated = update(&world, "invoices-1.5.0.zip");
    world.sleep(Duration::from_secs(10));
    let fault = publish(json!({ "CodeSha256": "bm90IHRoaXM=" })).expect_err("other code");
    assert_eq!(fault.code, "InvalidParameterValueException");
    let fault = publish(json!({ "RevisionId": "another" })).expect_err("another revision");
    assert_eq!(fault.code, "PreconditionFailedException");
    let asked = json!({ "CodeSha256": updated["CodeSha256"], "Description": "1.5.0" });
    let first = publish(asked.clone()).expect("a version");
    assert_eq!(
        (&first["Version"], &first["Description"]),
        (&json!("8"), &json!("1.5.0"))
    );
    assert_eq!(publish(asked).expect("the same")["Version"], "8");
    let listed = must(
        &world,
        "ListVersionsByFunction",
        json!({ "FunctionName": "invoices" }),
    );
    let versions: Vec<&str> = listed["Versions"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|v| v["Version"].as_str())
        .collect();
    assert_eq!(versions, ["$LATEST", "6", "7", "8"]);
}

/// AWS Lambda Developer Guide, "Implement Lambda canary deployments using a weighted alias": at most two versions, both
/// published, with the same role.
#[test]
fn an_alias_splits_invocations_between_two_published_versions() {
    let world = world_with(FUNCTION, &[]);
    let route = |first: &str, weights: Value| {
        json!({
            "FunctionName": "invoices", "Name": "live", "FunctionVersion": first,
            "RoutingConfig": { "AdditionalVersionWeights": weights },
        })
    };
    let split = must(&world, "UpdateAlias", route("7", json!({ "6": 0.25 })));
    assert_eq!(
        split["RoutingConfig"]["AdditionalVersionWeights"],
        json!({ "6": 0.25 })
    );
    // What is left out stays.
    let described = json!({ "FunctionName": "invoices", "Name": "live", "Description": "clients" });
    let described = must(&world, "UpdateAlias", described);
    assert_eq!(described["RoutingConfig"], split["RoutingConfig"]);
    for wrong in [
        route("7", json!({ "7": 0.5 })),
        route("$LATEST", json!({ "7": 0.5 })),
        route("7", json!({ "6": 0.5, "5": 0.1 })),
    ] {
        let refused = code(&world, "UpdateAlias", wrong.clone());
        assert_eq!(refused, "InvalidParameterValueException", "{wrong}");
    }
    assert_eq!(
        code(&world, "UpdateAlias", route("9", json!({}))),
        "ResourceNotFoundException"
    );
    let mut stale = route("6", json!({}));
    stale["RevisionId"] = split["RevisionId"].clone();
    assert_eq!(
        code(&world, "UpdateAlias", stale),
        "PreconditionFailedException"
    );
    let whole = must(&world, "UpdateAlias", route("6", json!({})));
    assert_eq!(whole.get("RoutingConfig"), None);
    let again = json!({ "FunctionName": "invoices", "Name": "live", "FunctionVersion": "7" });
    assert_eq!(
        code(&world, "CreateAlias", again),
        "ResourceConflictException"
    );
    let named = json!({ "FunctionName": "invoices", "Name": "live" });
    must(&world, "DeleteAlias", named.clone());
    assert_eq!(code(&world, "GetAlias", named), "ResourceNotFoundException");
}

#[test]
fn names_arns_and_qualifiers_find_a_version() {
    let world = world_with(FUNCTION, &[]);
    let arn = status(&world)["FunctionArn"]
        .as_str()
        .expect("an ARN")
        .to_owned();
    let version = |input: Value| must(&world, "GetFunctionConfiguration", input)["Version"].clone();
    assert_eq!(version(json!({ "FunctionName": arn })), "$LATEST");
    assert_eq!(
        version(json!({ "FunctionName": format!("{arn}:live") })),
        "7"
    );
    assert_eq!(version(json!({ "FunctionName": "invoices:6" })), "6");
    assert_eq!(
        version(json!({ "FunctionName": "invoices", "Qualifier": "live" })),
        "7"
    );
    let image = must(
        &world,
        "GetFunction",
        json!({ "FunctionName": "thumbnails" }),
    );
    assert_eq!(image["Configuration"]["PackageType"], "Image");
    assert!(
        image["Code"]["ImageUri"]
            .as_str()
            .is_some_and(|uri| uri.ends_with("thumbnails:1.0.0"))
    );
    let zip = json!({ "FunctionName": "thumbnails", "S3Bucket": "releases", "S3Key": "x.zip" });
    assert_eq!(
        code(&world, "UpdateFunctionCode", zip),
        "InvalidParameterValueException"
    );
}

/// AWS Lambda API Reference, "Invoke": `ExecutedVersion`, and `FunctionError` where the function failed.
#[test]
fn an_invocation_is_answered_by_the_version_of_its_qualifier() {
    let world = world_with(FUNCTION, &["errors-after-shift:100"]);
    let invoke = |qualifier: &str| {
        let input = json!({ "FunctionName": "invoices", "Qualifier": qualifier });
        must(&world, "Invoke", input)
    };
    let answer = invoke("live");
    assert_eq!(
        (&answer["ExecutedVersion"], answer.get("FunctionError")),
        (&json!("7"), None)
    );
    let payload = answer["Payload"].as_str().expect("bytes");
    let payload = aws_smithy_types::base64::decode(payload).expect("base64");
    assert_eq!(payload, br#"{"paid":true}"#);
    update(&world, "invoices-1.6.0.zip");
    world.sleep(Duration::from_secs(10));
    must(
        &world,
        "PublishVersion",
        json!({ "FunctionName": "invoices" }),
    );
    assert_eq!(invoke("8")["FunctionError"], "Unhandled");
}

/// AWS Lambda Developer Guide, "Types of metrics for Lambda functions" and "Viewing metrics for Lambda functions": the
/// dimensions `FunctionName`, `Resource` and `ExecutedVersion`.
#[test]
fn metrics_tell_the_versions_of_an_alias_apart() {
    let world = world_with(FUNCTION, &[]);
    update(&world, "invoices-1.5.0.zip");
    world.sleep(Duration::from_secs(10));
    must(
        &world,
        "PublishVersion",
        json!({ "FunctionName": "invoices" }),
    );
    world.sleep(Duration::from_secs(50));
    let weights = json!({ "AdditionalVersionWeights": { "8": 0.1 } });
    let split = json!({ "FunctionName": "invoices", "Name": "live", "RoutingConfig": weights });
    must(&world, "UpdateAlias", split);
    let from = world.now();
    world.sleep(Duration::from_secs(900));
    let sum = |metric: &str, stat: &str, executed: Option<&str>| {
        let mut dimensions = vec![
            json!({ "Name": "FunctionName", "Value": "invoices" }),
            json!({ "Name": "Resource", "Value": "invoices:live" }),
        ];
        dimensions.extend(executed.map(|v| json!({ "Name": "ExecutedVersion", "Value": v })));
        let input = json!({
            "StartTime": (from + Duration::from_secs(120)).to_string(),
            "EndTime": (from + Duration::from_secs(720)).to_string(),
            "MetricDataQueries": [{ "Id": "m", "MetricStat": {
                "Metric": { "Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimensions },
                "Period": 60, "Stat": stat,
            } }],
        });
        let found = aws(&world, "cloudwatch", "GetMetricData", input).expect("data");
        let values = found["MetricDataResults"][0]["Values"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        values.iter().filter_map(Value::as_f64).next()
    };
    // A minute at 10 a second: a tenth of them goes to the new version, of which a fifth fails.
    let near = |found: Option<f64>, expected: f64| {
        let found = found.expect("a value");
        assert!(
            (found - expected).abs() <= expected * 0.02,
            "{found} is not about {expected}"
        );
    };
    near(sum("Invocations", "Sum", None), 600.0);
    near(sum("Invocations", "Sum", Some("8")), 60.0);
    near(sum("Errors", "Sum", Some("8")), 12.0);
    near(sum("Duration", "p99", Some("8")), 400.0);
    near(sum("Duration", "p50", None), 100.0);
    assert_eq!(sum("Errors", "Sum", Some("7")), Some(0.0));
    assert_eq!(sum("Invocations", "Sum", Some("6")), None);
}

#[test]
fn a_fixture_is_held_to_the_model_and_to_itself() {
    let wrong = |text: &str| {
        let whole = format!("account = \"123456789012\"\nregion = \"ap-south-1\"\n{text}");
        let fixture = Fixture::parse(&whole, "cloud.toml");
        let built = fixture.and_then(|fixture| Simulated::from_fixture(fixture, &[], 1));
        built.expect_err("a fault").message
    };
    let said = wrong("[[functions]]\nFunctionName = \"x\"\nMemorySise = 128\n");
    assert!(said.contains("MemorySise"), "{said}");
    let said = wrong("[[functions]]\nRole = \"x\"\n");
    assert!(said.contains("FunctionName"), "{said}");
    let said = wrong(
        "[[functions]]\nFunctionName = \"x\"\naliases = [{ name = \"live\", version = \"3\" }]\n",
    );
    assert!(said.contains("there is no version 3"), "{said}");
}

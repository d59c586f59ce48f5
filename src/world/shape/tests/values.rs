use serde_json::{Value, json};

use super::told;
use crate::world::shape::inspect;

#[test]
fn a_union_has_exactly_one_member() {
    let create = |configuration: Value| {
        let input = json!({"analyzerName": "a", "type": "ACCOUNT", "configuration": configuration});
        told("accessanalyzer", "CreateAnalyzer", input)
    };
    assert_eq!(create(json!({"unusedAccess": {}})), [""; 0]);
    assert_eq!(
        create(json!({"unusedAccess": {}, "internalAccess": null})),
        [""; 0]
    );
    assert_eq!(
        create(json!({"unusedAccess": {}, "internalAccess": {}})),
        ["configuration: expected exactly one member, found unusedAccess and internalAccess → "]
    );
    assert_eq!(
        create(json!({})),
        ["configuration: expected exactly one member, found none → "]
    );
}

#[test]
fn lengths_and_numbers_are_in_the_range_of_the_model() {
    let configure = |timeout: Value| {
        let input = json!({"FunctionName": "f", "Timeout": timeout});
        told("lambda", "UpdateFunctionConfiguration", input)
    };
    assert_eq!(configure(json!(1)), [""; 0]);
    let [said] = &configure(json!(0))[..] else {
        panic!("one problem")
    };
    assert!(said.starts_with("Timeout: expected 1 to "), "{said}");
    assert!(said.ends_with(", found 0 → "), "{said}");
    assert_eq!(
        configure(json!(5_000_000_000_i64)),
        ["Timeout: expected integer, found 5000000000, which is out of range → "]
    );
    assert_eq!(
        told("secretsmanager", "DescribeSecret", json!({"SecretId": ""})),
        ["SecretId: expected 1 to 2048 characters, found 0 characters → "]
    );
    assert_eq!(
        told(
            "cloudwatch",
            "DeleteAlarms",
            json!({"AlarmNames": vec!["a"; 101]})
        ),
        ["AlarmNames: expected at most 100 items, found 101 items → "]
    );
}

#[test]
fn what_is_text_on_the_wire_may_be_any_scalar_that_reads_the_same() {
    let create = |port: Value| {
        let input = json!({"Name": "n", "Port": port, "HealthCheckEnabled": "true"});
        told("elbv2", "CreateTargetGroup", input)
    };
    assert_eq!(create(json!("80")), [""; 0]);
    assert_eq!(
        create(json!("http")),
        ["Port: expected integer, found string → "]
    );
    assert_eq!(
        told("elbv2", "DescribeTargetGroups", json!({"Names": "blue"})),
        ["Names: expected list, found string → "]
    );
    // JSON has numbers.
    assert_eq!(
        told(
            "sqs",
            "ReceiveMessage",
            json!({"QueueUrl": "q", "WaitTimeSeconds": "5"})
        ),
        ["WaitTimeSeconds: expected integer, found string → 5"]
    );
}

#[test]
fn misspelt_values_of_every_service_are_named_and_new_versions_pass() {
    let runtime = |name: &str| {
        let input = json!({"FunctionName": "f", "Runtime": name});
        told("lambda", "UpdateFunctionConfiguration", input)
    };
    assert_eq!(runtime("python3.13"), [""; 0]);
    assert_eq!(runtime("python4.2"), [""; 0]);
    assert_eq!(
        runtime("Python3.13"),
        ["Runtime: unknown value \"Python3.13\" → \"python3.13\""]
    );
    // The keys of a map, too.
    assert_eq!(
        told(
            "sqs",
            "SetQueueAttributes",
            json!({"QueueUrl": "q", "Attributes": {"VisibilityTimout": "30"}})
        ),
        ["Attributes.VisibilityTimout: unknown field → VisibilityTimeout"]
    );
    // What resembles no value is doubted, and passes.
    let input = json!({"taskDefinition": "t", "launchType": "QUANTUM_CLOUD"});
    let (problems, doubts) = inspect("ecs", "RunTask", &input);
    assert_eq!((problems.len(), doubts.len()), (0, 1));
    assert_eq!(doubts[0].path, "launchType");
}

/// Amazon CloudWatch API Reference, PutMetricAlarm, "Request Parameters", TreatMissingData.
#[test]
fn values_that_only_the_api_reference_lists_are_known() {
    let alarm = |treat: &str| {
        let input = json!({"AlarmName": "a", "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": treat});
        told("cloudwatch", "PutMetricAlarm", input)
    };
    assert_eq!(alarm("notBreaching"), [""; 0]);
    assert_eq!(
        alarm("bogus"),
        ["TreatMissingData: unknown value \"bogus\" → "]
    );
}

#[test]
fn blobs_are_base64_and_documents_are_anything() {
    let encrypt = |text: &str| told("kms", "Encrypt", json!({"KeyId": "k", "Plaintext": text}));
    assert_eq!(encrypt("aGVsbG8="), [""; 0]);
    assert_eq!(
        encrypt("hello!"),
        ["Plaintext: expected base64 text, found text that is not base64 → "]
    );
    let converse = json!({"modelId": "m", "additionalModelRequestFields": {"a": [1, {"b": null}]}});
    assert_eq!(told("bedrock-runtime", "Converse", converse), [""; 0]);
}

/// Amazon Route 53 API Reference, GetHostedZone, "URI Request Parameters", Id: at most 32 characters. Answers have
/// `/hostedzone/` in front of it.
#[test]
fn what_is_checked_is_what_is_sent() {
    let zone = |id: &str| told("route53", "GetHostedZone", json!({ "Id": id }));
    let id = "Z".repeat(32);
    assert_eq!(zone(&id), [""; 0]);
    assert_eq!(zone(&format!("/hostedzone/{id}")), [""; 0]);
    let refused = ["Id: expected at most 32 characters, found 33 characters → "];
    assert_eq!(zone(&format!("{id}Z")), refused);
    assert_eq!(zone(&format!("/hostedzone/{id}Z")), refused);
    // The account of the caller is filled in.
    assert_eq!(told("glacier", "ListVaults", json!({})), [""; 0]);
}

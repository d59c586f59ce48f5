//! Lambda in a plan: what is planned shows in what is read afterwards, and nothing is written.

use super::*;
use crate::vocabulary::unknown_within;

/// The function of the fixture, with an alias that points at its newest version.
const FUNCTION: &str = "catalog-events";

#[test]
fn a_planned_version_gets_the_invocations() {
    let live = world(&[]);
    let plan = over(&live);
    let call = |operation: &str, more: Value| {
        let mut input = json!({ "FunctionName": FUNCTION });
        input
            .as_object_mut()
            .expect("a map")
            .extend(more.as_object().expect("a map").clone());
        aws(&plan, "lambda", operation, input).expect(operation)
    };
    let alias = json!({ "Name": "live" });
    assert_eq!(call("GetAlias", alias.clone())["FunctionVersion"], "12");
    let key = json!({ "S3Bucket": "realserv-releases", "S3Key": "catalog-events-1.3.0.zip" });
    let updated = call("UpdateFunctionCode", key);
    assert_eq!(updated["LastUpdateStatus"], "InProgress");
    plan.sleep(Duration::from_secs(60));
    assert_eq!(
        call("GetFunctionConfiguration", json!({}))["LastUpdateStatus"],
        "Successful"
    );
    assert_eq!(call("PublishVersion", json!({}))["Version"], "13");
    let version = json!({ "Qualifier": "13" });
    assert_eq!(
        call("GetFunctionConfiguration", version.clone())["State"],
        "Active"
    );
    // What its code answers, only a run can know; that it answers is what a plan assumes.
    let answer = call("Invoke", version);
    assert_eq!(answer.get("FunctionError"), None);
    assert!(unknown_within(&answer["Payload"]).is_some(), "{answer}");
    let weights = json!({ "AdditionalVersionWeights": { "13": 0.1 } });
    call(
        "UpdateAlias",
        json!({ "Name": "live", "RoutingConfig": weights }),
    );
    assert_eq!(call("GetAlias", alias)["RoutingConfig"], weights);
    let listed = call("ListVersionsByFunction", json!({}));
    assert_eq!(listed["Versions"].as_array().map(Vec::len), Some(4));
    assert!(live.writes().is_empty(), "{:#?}", live.writes());
}

#[test]
fn a_version_that_is_not_there_is_refused_before_the_run() {
    let live = world(&[]);
    let plan = over(&live);
    let input = json!({ "FunctionName": FUNCTION, "Name": "live", "FunctionVersion": "99" });
    let fault = aws(&plan, "lambda", "UpdateAlias", input).expect_err("no such version");
    assert_eq!(fault.code, "ResourceNotFoundException");
}

//! A plan reads what is live, and writes nothing to it.

use super::*;
use crate::world::Expected;
use crate::world::simulated::tests::outside::get;

#[test]
fn a_plan_reads_what_is_live_and_writes_nothing_to_it() {
    let live = world(&[]);
    let plan = over(&live);
    let seen = service(&plan);
    assert_eq!(
        seen,
        service(&live),
        "an untouched service reads as it is live"
    );
    let id = deploy(&plan);
    let task = migrate(&plan);
    assert_eq!(task["containers"][0]["exitCode"], 0);
    plan.sleep(Duration::from_secs(900));
    let after = service(&plan);
    assert_eq!(after["deployments"][0]["id"], json!(id));
    assert_eq!(after["deployments"][0]["rolloutState"], "COMPLETED");
    assert_eq!(after["deployments"].as_array().map(Vec::len), Some(1));
    assert_eq!(after["networkConfiguration"], seen["networkConfiguration"]);
    let arn = &seen["loadBalancers"][0]["targetGroupArn"];
    let health = aws(
        &plan,
        "elbv2",
        "DescribeTargetHealth",
        json!({ "TargetGroupArn": arn }),
    )
    .expect("health");
    assert_eq!(
        health["TargetHealthDescriptions"].as_array().map(Vec::len),
        Some(3)
    );
    assert!(live.writes().is_empty());
    assert!(live.requests().len() <= 9, "{:#?}", live.requests());
    assert_eq!(plan.writes().len(), 4);
    let unknown = aws(
        &plan,
        "ecs",
        "UpdateService",
        json!({ "cluster": "no", "service": SERVICE }),
    );
    assert_eq!(
        unknown.expect_err("no cluster").code,
        "ClusterNotFoundException"
    );
}

#[test]
fn a_plan_predicts_checks_and_answers() {
    let live = world(&[]);
    let plan = over(&live);
    let unknown = get(&plan, None).expect("predicted");
    assert!(crate::vocabulary::unknown_in(&unknown.body).is_some());
    let expected = Expected {
        status: 200,
        json: json!({ "version": "1.3.0" }),
        headers: vec![("etag".to_owned(), "a".to_owned())],
    };
    let answer = get(&plan, Some(expected)).expect("predicted");
    assert_eq!(answer.body, r#"{"version":"1.3.0"}"#);
    assert!(
        answer
            .headers
            .contains(&("etag".to_owned(), "a".to_owned()))
    );
}

#[test]
fn another_region_is_read_there_and_not_simulated() {
    let live = world(&[]);
    let plan = over(&live);
    let before = service(&plan);
    let there = |operation: &str, input: Value| AwsCall {
        region: Some("eu-west-1".to_owned()),
        ..AwsCall::new("ecs", operation, input)
    };
    let name =
        json!({ "cluster": "realserv-prod", "service": "catalog-service", "desiredCount": 9 });
    let answer = plan.aws(&there("UpdateService", name)).expect("predicted");
    assert!(
        crate::vocabulary::unknown_within(&answer).is_some(),
        "{answer}"
    );
    assert_eq!(service(&plan), before, "nothing changes here");
    let asked = live.requests().len();
    let list = there("ListClusters", json!({}));
    for _ in 0..2 {
        plan.aws(&list).expect("read");
    }
    let requests = live.requests();
    assert_eq!(requests.len(), asked + 1, "once");
    assert_eq!(requests[asked].call.region.as_deref(), Some("eu-west-1"));
    assert!(live.writes().is_empty());
}

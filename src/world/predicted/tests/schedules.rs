//! What a plan shows of rules and schedules that start tasks.

use super::*;
use crate::vocabulary::unknown_within;

/// A rule's list of targets does not say whose they are: it is the rule's all the same.
#[test]
fn what_starts_tasks_is_shown_as_changed() {
    let live = world(&[]);
    let plan = over(&live);
    let call = |service: &str, operation: &str, input: Value| {
        let answer = aws(&plan, service, operation, input);
        answer.unwrap_or_else(|fault| panic!("{operation}: {fault}"))
    };
    let of_rule = json!({ "Rule": "catalog-nightly" });
    let revision = |number: u32| {
        format!(
            "arn:aws:ecs:ap-south-1:123456789012:task-definition/catalog-migration-task:{number}"
        )
    };
    let mut target = call("events", "ListTargetsByRule", of_rule.clone())["Targets"][0].clone();
    target["EcsParameters"]["TaskDefinitionArn"] = json!(revision(13));
    let put = json!({ "Rule": "catalog-nightly", "Targets": [target] });
    assert_eq!(call("events", "PutTargets", put)["FailedEntryCount"], 0);
    let listed = call("events", "ListTargetsByRule", of_rule);
    assert_eq!(listed["Targets"], json!([target]));

    let named = json!({ "Name": "catalog-hourly" });
    let mut schedule = call("scheduler", "GetSchedule", named.clone());
    for added in ["Arn", "CreationDate", "LastModificationDate"] {
        schedule.as_object_mut().expect("a schedule").remove(added);
    }
    schedule["Target"]["EcsParameters"]["TaskDefinitionArn"] = json!(revision(13));
    call("scheduler", "UpdateSchedule", schedule.clone());
    let now = call("scheduler", "GetSchedule", named);
    assert_eq!(now["Target"], schedule["Target"]);
    assert_eq!(now["ScheduleExpressionTimezone"], "Asia/Kolkata");

    // Of a schedule in another group a plan only says that the run will update it.
    schedule["GroupName"] = json!("billing");
    let answer = call("scheduler", "UpdateSchedule", schedule);
    assert!(unknown_within(&answer).is_some(), "{answer}");
    assert!(live.writes().is_empty(), "{:#?}", live.writes());
}

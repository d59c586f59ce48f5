//! EventBridge: rules and their targets. EventBridge Scheduler: schedules.
//!
//! Amazon EventBridge API Reference: PutRule, PutTargets, DeleteRule, EnableRule, RemoveTargets; EventBridge User Guide, "Setting
//! a schedule pattern for scheduled rules (legacy)", rate expressions. EventBridge Scheduler API Reference: CreateSchedule,
//! UpdateSchedule, GetSchedule, DeleteSchedule, ListSchedules.

use serde_json::{Value, json};

use crate::emulated::conformance::case::{Case, case};

const QUEUE: &str = "arn:aws:sqs:{region}:{account}:{id}";

fn rule(name: &'static str) -> Case {
    let input =
        json!({"Name": "{id}", "ScheduleExpression": "rate(5 minutes)", "Description": "first"});
    case(name).call("events", "PutRule", input)
}

fn with_target(name: &'static str) -> Case {
    rule(name).call(
        "events",
        "PutTargets",
        targets(json!([{"Id": "one", "Arn": QUEUE}])),
    )
}

fn targets(all: Value) -> Value {
    json!({"Rule": "{id}", "Targets": all})
}

fn own_rule() -> Value {
    json!({"Name": "{id}"})
}

fn schedule(expression: &str, window: Value) -> Value {
    json!({
        "Name": "{id}", "ScheduleExpression": expression, "FlexibleTimeWindow": window,
        "Target": {"Arn": QUEUE, "RoleArn": "arn:aws:iam::{account}:role/stage"},
    })
}

fn daily() -> Value {
    schedule("rate(1 days)", json!({"Mode": "OFF"}))
}

/// A schedule that says more than it must.
fn described() -> Value {
    let mut all = daily();
    all["Description"] = json!("first");
    all["State"] = json!("DISABLED");
    all["ScheduleExpressionTimezone"] = json!("Europe/Berlin");
    all
}

fn created(name: &'static str) -> Case {
    case(name).call("scheduler", "CreateSchedule", described())
}

pub fn cases() -> Vec<Case> {
    [rules(), schedules()].concat()
}

fn rules() -> Vec<Case> {
    vec![
        rule("rules: one that is put is described")
            .call("events", "DescribeRule", own_rule())
            .gives(json!({
                "Name": "{id}", "Arn": "arn:aws:events:{region}:{account}:rule/{id}", "State": "ENABLED",
                "ScheduleExpression": "rate(5 minutes)", "Description": "first", "EventBusName": "default",
                "EventPattern": "$absent",
            })),
        with_target("rules: put again, one is replaced as a whole")
            .call("events", "PutRule", json!({"Name": "{id}", "ScheduleExpression": "rate(1 hour)"}))
            .call("events", "DescribeRule", own_rule())
            .gives(json!({"ScheduleExpression": "rate(1 hour)", "Description": "$absent"})),
        with_target("rules: put again, one keeps its targets")
            .call("events", "PutRule", json!({"Name": "{id}", "ScheduleExpression": "rate(1 hour)"}))
            .call("events", "ListTargetsByRule", json!({"Rule": "{id}"}))
            .gives(json!({"Targets": [{"Id": "one", "Arn": QUEUE}]})),
        case("rules: an unknown one is refused")
            .call("events", "DescribeRule", own_rule())
            .fails("ResourceNotFoundException"),
        case("rules: an unknown bus is refused")
            .call("events", "PutRule", json!({
                "Name": "{id}", "EventBusName": "{id}-none", "EventPattern": "{\"source\":[\"stage\"]}",
            }))
            .fails("ResourceNotFoundException"),
        case("rules: one without schedule and pattern is refused")
            .call("events", "PutRule", own_rule())
            .fails("ValidationException"),
        case("rules: a rate of one has a singular unit")
            .call("events", "PutRule", json!({"Name": "{id}", "ScheduleExpression": "rate(1 minutes)"}))
            .fails("ValidationException"),
        case("rules: a rate of more has a plural unit")
            .call("events", "PutRule", json!({"Name": "{id}", "ScheduleExpression": "rate(5 minute)"}))
            .fails("ValidationException"),
        case("rules: a pattern that is no JSON is refused")
            .call("events", "PutRule", json!({"Name": "{id}", "EventPattern": "source"}))
            .fails("InvalidEventPatternException"),
        case("rules: a name with blanks is refused")
            .call("events", "PutRule", json!({"Name": "{id} x", "ScheduleExpression": "rate(1 day)"}))
            .fails("ValidationException"),
        rule("rules: one is disabled")
            .call("events", "DisableRule", own_rule())
            .call("events", "DescribeRule", own_rule())
            .gives(json!({"State": "DISABLED"})),
        case("rules: an unknown one cannot be enabled")
            .call("events", "EnableRule", own_rule())
            .fails("ResourceNotFoundException"),
        rule("rules: found by the beginning of their names")
            .call("events", "ListRules", json!({"NamePrefix": "{id}"}))
            .gives(json!({"Rules": [{"Name": "{id}"}]})),
        with_target("rules: found by a target")
            .call("events", "ListRuleNamesByTarget", json!({"TargetArn": QUEUE}))
            .gives(json!({"RuleNames": ["{id}"]})),
        with_target("rules: one with targets is not deleted")
            .call("events", "DeleteRule", own_rule())
            .fails("ValidationException"),
        with_target("rules: one without targets is deleted")
            .call("events", "RemoveTargets", json!({"Rule": "{id}", "Ids": ["one"]}))
            .call("events", "DeleteRule", own_rule())
            .call("events", "DescribeRule", own_rule())
            .fails("ResourceNotFoundException"),
        case("rules: deleting an unknown one does nothing")
            .call("events", "DeleteRule", own_rule())
            .gives(json!({})),
        with_target("targets: put again, one is replaced as a whole")
            .call("events", "PutTargets", targets(json!([{"Id": "one", "Arn": QUEUE, "Input": "{}"}])))
            .call("events", "PutTargets", targets(json!([{"Id": "one", "Arn": QUEUE}])))
            .call("events", "ListTargetsByRule", json!({"Rule": "{id}"}))
            .gives(json!({"Targets": [{"Id": "one", "Arn": QUEUE, "Input": "$absent"}]})),
        case("targets: of an unknown rule are refused")
            .call("events", "PutTargets", targets(json!([{"Id": "one", "Arn": QUEUE}])))
            .fails("ResourceNotFoundException"),
        rule("targets: one without ARN is refused")
            .call("events", "PutTargets", targets(json!([{"Id": "one", "Arn": "{id}"}])))
            .fails("ValidationException"),
        rule("targets: input that is no JSON is refused")
            .call("events", "PutTargets", targets(json!([{"Id": "one", "Arn": QUEUE, "Input": "{"}])))
            .fails("ValidationException"),
        rule("targets: a task needs a role")
            .call("events", "PutTargets", targets(json!([{
                "Id": "one", "Arn": "arn:aws:ecs:{region}:{account}:cluster/stage",
                "EcsParameters": {"TaskDefinitionArn": "arn:aws:ecs:{region}:{account}:task-definition/stage-good:1"},
            }])))
            .fails("ValidationException"),
        rule("targets: a sixth one is refused")
            .call("events", "PutTargets", targets(json!(
                ["1", "2", "3", "4", "5", "6"].map(|id| json!({"Id": id, "Arn": QUEUE}))
            )))
            .fails("LimitExceededException"),
        case("targets: of an unknown rule cannot be listed")
            .call("events", "ListTargetsByRule", json!({"Rule": "{id}"}))
            .fails("ResourceNotFoundException"),
    ]
}

fn schedules() -> Vec<Case> {
    vec![
        case("schedules: one has defaults")
            .call("scheduler", "CreateSchedule", daily())
            .call("scheduler", "GetSchedule", own_rule())
            .gives(json!({
                "Name": "{id}", "Arn": "arn:aws:scheduler:{region}:{account}:schedule/default/{id}", "GroupName": "default",
                "ScheduleExpression": "rate(1 days)", "ScheduleExpressionTimezone": "UTC", "State": "ENABLED",
                "FlexibleTimeWindow": {"Mode": "OFF"}, "Description": "$absent", "CreationDate": "$time",
                "Target": {"Arn": QUEUE, "RoleArn": "arn:aws:iam::{account}:role/stage"},
            })),
        case("schedules: one says what becomes of it in the end")
            .call("scheduler", "CreateSchedule", daily())
            .call("scheduler", "GetSchedule", own_rule())
            .gives(json!({"ActionAfterCompletion": "NONE"})),
        case("schedules: a target has a retry policy")
            .call("scheduler", "CreateSchedule", daily())
            .call("scheduler", "GetSchedule", own_rule())
            .gives(json!({"Target": {"RetryPolicy": {
                "MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185,
            }}})),
        created("schedules: what is said of one is kept")
            .call("scheduler", "GetSchedule", own_rule())
            .gives(json!({
                "Description": "first", "State": "DISABLED", "ScheduleExpressionTimezone": "Europe/Berlin",
            })),
        created("schedules: updated, one is replaced as a whole")
            .call("scheduler", "UpdateSchedule", schedule("rate(2 hours)", json!({"Mode": "OFF"})))
            .call("scheduler", "GetSchedule", own_rule())
            .gives(json!({
                "ScheduleExpression": "rate(2 hours)", "ScheduleExpressionTimezone": "UTC", "State": "ENABLED",
                "Description": "$absent",
            })),
        created("schedules: a second one of that name is refused")
            .call("scheduler", "CreateSchedule", daily())
            .fails("ConflictException"),
        case("schedules: an unknown one is refused")
            .call("scheduler", "GetSchedule", own_rule())
            .fails("ResourceNotFoundException"),
        case("schedules: an unknown one cannot be updated")
            .call("scheduler", "UpdateSchedule", daily())
            .fails("ResourceNotFoundException"),
        case("schedules: an unknown one cannot be deleted")
            .call("scheduler", "DeleteSchedule", own_rule())
            .fails("ResourceNotFoundException"),
        created("schedules: a deleted one is gone")
            .call("scheduler", "DeleteSchedule", own_rule())
            .call("scheduler", "GetSchedule", own_rule())
            .fails("ResourceNotFoundException"),
        created("schedules: found by the beginning of their names")
            .call("scheduler", "ListSchedules", json!({"NamePrefix": "{id}"}))
            .gives(json!({"Schedules": [{
                "Name": "{id}", "GroupName": "default", "State": "DISABLED", "Target": {"Arn": QUEUE},
            }]})),
        case("schedules: an unknown group is refused")
            .call("scheduler", "CreateSchedule", {
                let mut input = daily();
                input["GroupName"] = json!("{id}-none");
                input
            })
            .fails("ResourceNotFoundException"),
        case("schedules: an expression that is none is refused")
            .call("scheduler", "CreateSchedule", schedule("daily", json!({"Mode": "OFF"})))
            .fails("ValidationException"),
        case("schedules: a flexible window has a length")
            .call("scheduler", "CreateSchedule", schedule("rate(1 days)", json!({"Mode": "FLEXIBLE"})))
            .fails("ValidationException"),
        case("schedules: an unknown time zone is refused")
            .call("scheduler", "CreateSchedule", {
                let mut input = daily();
                input["ScheduleExpressionTimezone"] = json!("Europe/Nowhere");
                input
            })
            .fails("ValidationException"),
        case("schedules: a target without ARN is refused")
            .call("scheduler", "CreateSchedule", {
                let mut input = daily();
                input["Target"]["Arn"] = json!("{id}");
                input
            })
            .fails("ValidationException"),
    ]
}

//! EventBridge's rules and EventBridge Scheduler's schedules: what is replaced as a whole, and what is refused.

use super::*;

const CLUSTER_ARN: &str = "arn:aws:ecs:ap-south-1:123456789012:cluster/realserv-prod";
const DEFINITION: &str =
    "arn:aws:ecs:ap-south-1:123456789012:task-definition/catalog-migration-task:12";

fn events(world: &dyn World, operation: &str, input: Value) -> Value {
    aws(world, "events", operation, input).expect(operation)
}

fn scheduler(world: &dyn World, operation: &str, input: Value) -> Value {
    aws(world, "scheduler", operation, input).expect(operation)
}

fn refused(world: &dyn World, service: &str, operation: &str, input: Value) -> (String, String) {
    let fault = aws(world, service, operation, input).expect_err(operation);
    (fault.code, fault.message)
}

fn target(id: &str) -> Value {
    json!({ "Id": id, "Arn": CLUSTER_ARN, "RoleArn": "arn:aws:iam::123456789012:role/events",
            "EcsParameters": { "TaskDefinitionArn": DEFINITION } })
}

fn schedule() -> Value {
    json!({
        "Name": "weekly", "ScheduleExpression": "rate(7 days)", "FlexibleTimeWindow": { "Mode": "OFF" },
        "Target": { "Arn": CLUSTER_ARN, "RoleArn": "arn:aws:iam::123456789012:role/scheduler",
                    "EcsParameters": { "TaskDefinitionArn": DEFINITION } },
    })
}

/// EventBridge API Reference, "PutRule": an update replaces the rule. "PutTargets": a target of the same id is updated.
#[test]
fn a_put_replaces_rule_and_target_as_a_whole() {
    let world = world(&[]);
    let named = json!({ "Name": "weekly" });
    let rule = json!({ "Name": "weekly", "ScheduleExpression": "rate(7 days)", "State": "DISABLED", "Description": "d" });
    events(&world, "PutRule", rule);
    assert_eq!(
        events(&world, "DescribeRule", named.clone())["State"],
        "DISABLED"
    );
    let of_rule = json!({ "Rule": "weekly" });
    let mut first = target("a");
    first["Input"] = json!("{}");
    let put = |targets: Value| json!({ "Rule": "weekly", "Targets": targets });
    let done = events(&world, "PutTargets", put(json!([first, target("b")])));
    assert_eq!(done["FailedEntryCount"], 0);
    events(&world, "PutTargets", put(json!([target("a")])));
    let listed = events(&world, "ListTargetsByRule", of_rule.clone());
    assert_eq!(listed["Targets"], json!([target("a"), target("b")]));

    let rule = json!({ "Name": "weekly", "ScheduleExpression": "rate(1 day)" });
    events(&world, "PutRule", rule);
    let described = events(&world, "DescribeRule", named.clone());
    assert_eq!(described["State"], "ENABLED");
    assert!(described.get("Description").is_none(), "{described}");
    let listed = events(&world, "ListTargetsByRule", of_rule.clone());
    assert_eq!(
        listed["Targets"].as_array().map(Vec::len),
        Some(2),
        "the targets stay"
    );

    let by_target = json!({ "TargetArn": CLUSTER_ARN });
    let names = events(&world, "ListRuleNamesByTarget", by_target);
    assert_eq!(names["RuleNames"], json!(["catalog-nightly", "weekly"]));
    let (code, _) = refused(&world, "events", "DeleteRule", named.clone());
    assert_eq!(code, "ValidationException");
    events(
        &world,
        "RemoveTargets",
        json!({ "Rule": "weekly", "Ids": ["a", "b"] }),
    );
    events(&world, "DisableRule", named.clone());
    events(&world, "DeleteRule", named.clone());
    let (code, message) = refused(&world, "events", "DescribeRule", named);
    assert_eq!(code, "ResourceNotFoundException");
    assert_eq!(message, "Rule weekly does not exist on EventBus default.");
}

/// EventBridge API Reference, "PutRule", "PutTargets" and "Target"; EventBridge User Guide, "Schedule types" and
/// "EventBridge quotas".
#[test]
fn eventbridge_refuses() {
    let world = world(&[]);
    let rule = |expression: &str| json!({ "Name": "weekly", "ScheduleExpression": expression });
    for bad in [
        "rate(1 days)",
        "rate(2 day)",
        "rate(0 days)",
        "cron(0 2 * * * *)",
        "cron(0 2 * * ?)",
        "cron(0 25 * * ? *)",
        "at(2030-01-01T00:00:00)",
        "daily",
    ] {
        let (code, message) = refused(&world, "events", "PutRule", rule(bad));
        assert_eq!(
            (code.as_str(), message.as_str()),
            (
                "ValidationException",
                "Parameter ScheduleExpression is not valid."
            ),
            "{bad}"
        );
    }
    for good in [
        "rate(1 day)",
        "rate(5 minutes)",
        "cron(0/15 8-17 ? * MON-FRI *)",
        "cron(0 9 L * ? *)",
        "cron(0 9 ? * 2#1 2026-2030)",
    ] {
        events(&world, "PutRule", rule(good));
    }
    let (code, _) = refused(&world, "events", "PutRule", json!({ "Name": "empty" }));
    assert_eq!(code, "ValidationException");
    let pattern = json!({ "Name": "pattern", "EventPattern": "[]" });
    assert_eq!(
        refused(&world, "events", "PutRule", pattern).0,
        "InvalidEventPatternException"
    );
    let other = json!({ "Name": "weekly", "EventBusName": "orders" });
    assert_eq!(
        refused(&world, "events", "DescribeRule", other).0,
        "ResourceNotFoundException"
    );

    let put = |target: Value| json!({ "Rule": "weekly", "Targets": [target] });
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut target = target("a");
        change(&mut target);
        put(target)
    };
    /// What is changed of a target, and a part of the message with which it is refused.
    type Refusal<'a> = (&'a dyn Fn(&mut Value), &'a str);
    let wrong: [Refusal<'_>; 4] = [
        (&|t| t["RoleArn"] = Value::Null, "RoleArn is required"),
        (
            &|t| t["EcsParameters"] = Value::Null,
            "EcsParameters is required",
        ),
        (
            &|t| {
                t["Input"] = json!("{}");
                t["InputPath"] = json!("$.detail")
            },
            "Only one of",
        ),
        (
            &|t| {
                t["EcsParameters"] = json!({ "TaskDefinitionArn": DEFINITION, "LaunchType": "FARGATE",
            "CapacityProviderStrategy": [{ "capacityProvider": "FARGATE_SPOT" }] })
            },
            "cannot be specified together",
        ),
    ];
    for (change, says) in wrong {
        let (code, message) = refused(&world, "events", "PutTargets", changed(change));
        assert_eq!(code, "ValidationException", "{says}");
        assert!(message.contains(says), "{message}");
    }
    let six: Vec<Value> = ["a", "b", "c", "d", "e", "f"]
        .into_iter()
        .map(target)
        .collect();
    let many = json!({ "Rule": "weekly", "Targets": six });
    assert_eq!(
        refused(&world, "events", "PutTargets", many).0,
        "LimitExceededException"
    );
    let listed = events(&world, "ListTargetsByRule", json!({ "Rule": "weekly" }));
    assert_eq!(
        listed["Targets"],
        json!([]),
        "what is refused leaves nothing"
    );
    let nowhere = json!({ "Rule": "nowhere", "Targets": [target("a")] });
    assert_eq!(
        refused(&world, "events", "PutTargets", nowhere).0,
        "ResourceNotFoundException"
    );
}

/// EventBridge API Reference, "ManagedRuleException".
#[test]
fn a_rule_of_another_service_is_not_changed() {
    let text = "account = \"123456789012\"\nregion = \"ap-south-1\"\n[[event_rules]]\nName = \"theirs\"\nScheduleExpression = \"rate(1 day)\"\nManagedBy = \"backup.amazonaws.com\"\n";
    let fixture = Fixture::parse(text, "cloud.toml").expect("sound");
    let world = Simulated::from_fixture(fixture, &[], 0).expect("sound");
    let put = json!({ "Rule": "theirs", "Targets": [target("a")] });
    assert_eq!(
        refused(&world, "events", "PutTargets", put).0,
        "ManagedRuleException"
    );
    let disable = json!({ "Name": "theirs" });
    assert_eq!(
        refused(&world, "events", "DisableRule", disable).0,
        "ManagedRuleException"
    );
}

/// EventBridge Scheduler API Reference, "UpdateSchedule": what is left out goes back to its default.
#[test]
fn an_update_replaces_the_schedule_as_a_whole() {
    let world = world(&[]);
    let mut whole = schedule();
    whole["State"] = json!("DISABLED");
    whole["ScheduleExpressionTimezone"] = json!("Asia/Kolkata");
    whole["Description"] = json!("d");
    whole["Target"]["RetryPolicy"] =
        json!({ "MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60 });
    let made = scheduler(&world, "CreateSchedule", whole);
    let arn = "arn:aws:scheduler:ap-south-1:123456789012:schedule/default/weekly";
    assert_eq!(made["ScheduleArn"], arn);
    let named = json!({ "Name": "weekly" });
    assert_eq!(
        scheduler(&world, "GetSchedule", named.clone())["State"],
        "DISABLED"
    );
    scheduler(&world, "UpdateSchedule", schedule());
    let now = scheduler(&world, "GetSchedule", named.clone());
    assert_eq!(now["State"], "ENABLED");
    assert_eq!(now["ScheduleExpressionTimezone"], "UTC");
    assert!(now.get("Description").is_none(), "{now}");
    assert_eq!(now["Target"]["RetryPolicy"]["MaximumRetryAttempts"], 185);
    let listed = scheduler(&world, "ListSchedules", json!({ "NamePrefix": "week" }));
    assert_eq!(
        listed["Schedules"][0]["Target"],
        json!({ "Arn": CLUSTER_ARN })
    );
    scheduler(&world, "DeleteSchedule", named.clone());
    let (code, message) = refused(&world, "scheduler", "GetSchedule", named);
    assert_eq!(code, "ResourceNotFoundException");
    assert_eq!(message, "Schedule weekly does not exist.");
}

/// EventBridge Scheduler API Reference, "CreateSchedule" and "UpdateSchedule"; User Guide, "Schedule types".
#[test]
fn scheduler_refuses() {
    let world = world(&[]);
    scheduler(&world, "CreateSchedule", schedule());
    assert_eq!(
        refused(&world, "scheduler", "CreateSchedule", schedule()).0,
        "ConflictException"
    );
    let wrong: [(&str, Value, &str); 7] = [
        (
            "ScheduleExpression",
            json!("cron(0 2 * * * *)"),
            "Invalid Schedule Expression",
        ),
        (
            "ScheduleExpressionTimezone",
            json!("Mars/Olympus"),
            "timezone",
        ),
        (
            "FlexibleTimeWindow",
            json!({ "Mode": "FLEXIBLE" }),
            "MaximumWindowInMinutes",
        ),
        (
            "FlexibleTimeWindow",
            json!({ "Mode": "OFF", "MaximumWindowInMinutes": 5 }),
            "MaximumWindowInMinutes",
        ),
        (
            "StartDate",
            json!("2026-01-12T08:00:00Z"),
            "cannot be earlier than 5 minutes ago",
        ),
        (
            "Target",
            json!({ "Arn": CLUSTER_ARN, "RoleArn": "arn:aws:iam::123456789012:role/r" }),
            "EcsParameters",
        ),
        (
            "Target",
            json!({ "Arn": "prod", "RoleArn": "arn:aws:iam::123456789012:role/r" }),
            "correct format",
        ),
    ];
    for (member, value, says) in wrong {
        let mut input = schedule();
        input[member] = value;
        let (code, message) = refused(&world, "scheduler", "UpdateSchedule", input);
        assert_eq!(code, "ValidationException", "{says}");
        assert!(message.contains(says), "{message}");
    }
    for good in [
        "at(2030-01-01T00:00:00)",
        "rate(1 hours)",
        "cron(0 2 ? * MON *)",
    ] {
        let mut input = schedule();
        input["ScheduleExpression"] = json!(good);
        scheduler(&world, "UpdateSchedule", input);
    }
    let mut elsewhere = schedule();
    elsewhere["GroupName"] = json!("billing");
    let (code, message) = refused(&world, "scheduler", "UpdateSchedule", elsewhere);
    assert_eq!(code, "ResourceNotFoundException");
    assert_eq!(message, "Schedule group billing does not exist.");
}

/// EventBridge Scheduler API Reference, "UpdateSchedule", ClientToken.
#[test]
fn a_repeated_token_changes_nothing_and_another_input_conflicts() {
    let world = world(&[]);
    let mut first = schedule();
    first["ClientToken"] = json!("token-1");
    let made = scheduler(&world, "CreateSchedule", first.clone());
    assert_eq!(scheduler(&world, "CreateSchedule", first.clone()), made);
    first["Description"] = json!("other");
    assert_eq!(
        refused(&world, "scheduler", "CreateSchedule", first).0,
        "ConflictException"
    );
}

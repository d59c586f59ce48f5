use serde_json::{Value, json};

use crate::world::shape::{judge, strangers};

#[test]
fn what_an_answer_has_that_is_not_known_is_told_with_its_path() {
    let paths = |service, operation, output: Value| -> Vec<String> {
        let found = strangers(service, operation, &output).into_iter();
        found.map(|problem| problem.path).collect()
    };
    let rules = json!({"Rules": [{"RuleArn": "r", "IsDefault": 0, "Actions": [{"Type": "forward", "Tomorrow": 1}]}]});
    assert_eq!(
        paths("elbv2", "DescribeRules", rules),
        ["Rules[0].Actions[0].Tomorrow"]
    );
    let services =
        json!({"services": [{"serviceName": "s", "tomorrow": 1, "launchType": "SPACE"}]});
    assert_eq!(
        paths("ecs", "DescribeServices", services),
        ["services[0].tomorrow", "services[0].launchType"]
    );
    // A member that an answer has elsewhere is a stranger here.
    let topics = json!({"Topics": [{"SubscriptionArn": "a"}]});
    assert_eq!(
        paths("sns", "ListTopics", topics),
        ["Topics[0].SubscriptionArn"]
    );
}

#[test]
fn an_answer_is_judged_by_its_types_and_values() {
    let output = json!({"services": [{"serviceName": 1, "runningCount": "2", "createdAt": "today",
        "launchType": "SPACE", "events": {}}]});
    let problems = judge("ecs", "DescribeServices", &output).into_iter();
    let told: Vec<_> = problems
        .map(|problem| format!("{}: {}", problem.path, problem.message))
        .collect();
    assert_eq!(
        told,
        [
            "services[0].serviceName: expected string, found integer",
            "services[0].runningCount: expected integer, found string",
            "services[0].createdAt: expected timestamp (RFC 3339), found \"today\"",
            "services[0].launchType: unknown value \"SPACE\"",
            "services[0].events: expected list, found map",
        ]
    );
    let fits = json!({"services": [{"serviceName": "s", "runningCount": 2, "createdAt": "2026-11-20T16:30:00Z"}]});
    assert_eq!(judge("ecs", "DescribeServices", &fits), []);
    // An operation that answers nothing has no members.
    let said = judge("sqs", "DeleteMessage", &json!({"Done": true}));
    assert_eq!(said[0].path, "Done");
}

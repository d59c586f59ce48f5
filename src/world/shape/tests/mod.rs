use serde_json::json;

use super::*;

mod answers;
mod models;
mod values;

fn only(operation: &str, input: &Value) -> Problem {
    let problems = check("ecs", operation, input).expect_err("should not pass");
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.into_iter().next().expect("one")
}

#[test]
fn a_misspelt_field_is_named_with_its_path_and_the_right_one() {
    let problem = only(
        "RegisterTaskDefinition",
        &json!({"family": "f", "containerDefinitions": [{"name": "a", "memmory": 512}]}),
    );
    assert_eq!(problem.path, "containerDefinitions[0].memmory");
    assert_eq!(problem.message, "unknown field");
    assert_eq!(problem.suggestion.as_deref(), Some("memory"));
    assert!(problem.expected.contains("memoryReservation"));
}

#[test]
fn field_names_are_case_sensitive() {
    let problem = only("UpdateService", &json!({"service": "a", "DesiredCount": 1}));
    assert_eq!(problem.suggestion.as_deref(), Some("desiredCount"));
}

#[test]
fn a_wrong_type_is_named_with_its_path_and_the_value_that_was_meant() {
    let problem = only(
        "RegisterTaskDefinition",
        &json!({"family": "f", "containerDefinitions": [{"memory": "512"}]}),
    );
    assert_eq!(problem.path, "containerDefinitions[0].memory");
    assert_eq!(problem.message, "expected integer, found string");
    assert_eq!(problem.suggestion.as_deref(), Some("512"));

    let problem = only(
        "RegisterTaskDefinition",
        &json!({"family": "f", "containerDefinitions": [], "cpu": 256}),
    );
    assert_eq!(problem.suggestion.as_deref(), Some("\"256\""));
}

#[test]
fn every_problem_is_told_at_once() {
    let problems = check(
        "ecs",
        "UpdateService",
        &json!({
            "service": "a",
            "desierdCount": 3,
            "deploymentConfiguration": {"minimumHealthyPercent": true, "alarms": []},
        }),
    )
    .expect_err("should not pass");
    let paths: Vec<_> = problems.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "desierdCount",
            "deploymentConfiguration.minimumHealthyPercent",
            "deploymentConfiguration.alarms"
        ]
    );
}

#[test]
fn what_fits_passes_and_nulls_are_absent() {
    let input = json!({
        "service": "a", "cluster": null, "forceNewDeployment": true,
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true, "rollback": true}},
        "tags": [{"key": "k", "value": "v"}],
    });
    // `tags` belongs to CreateService only.
    assert_eq!(only("UpdateService", &input).path, "tags");
    let mut input = input;
    input.as_object_mut().expect("map").remove("tags");
    assert_eq!(check("ecs", "UpdateService", &input), Ok(()));
}

fn problems_of(service: &str, operation: &str, input: &Value) -> Vec<(String, Option<String>)> {
    let problems = check(service, operation, input).err().unwrap_or_default();
    let told = problems.into_iter();
    told.map(|problem| {
        (
            format!("{}: {}", problem.path, problem.message),
            problem.suggestion,
        )
    })
    .collect()
}

/// The problems of an input in words, each with what was probably meant.
fn told(service: &str, operation: &str, input: Value) -> Vec<String> {
    let problems = problems_of(service, operation, &input).into_iter();
    problems
        .map(|(said, meant)| format!("{said} → {}", meant.unwrap_or_default()))
        .collect()
}

#[test]
fn members_of_every_service_are_known() {
    assert_eq!(
        told(
            "sqs",
            "SendMessage",
            json!({"QueueUrl": "q", "MesageBody": "m",
            "MessageAttributes": {"a": {"DataType": "String", "StringVale": "x"}}})
        ),
        [
            "MesageBody: unknown field → MessageBody",
            "MessageAttributes.a.StringVale: unknown field → StringValue"
        ]
    );
    assert_eq!(
        told(
            "elbv2",
            "ModifyRule",
            json!({"RuleArn": "r", "Actions": [{"Type": "forward",
            "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "t", "Wieght": 1}]}}]})
        ),
        ["Actions[0].ForwardConfig.TargetGroups[0].Wieght: unknown field → Weight"]
    );
    assert_eq!(
        told(
            "application-autoscaling",
            "RegisterScalableTarget",
            json!({"ServiceNamespace": "ecs",
            "ResourceId": "r", "MinCapacity": "2", "SuspendedState": []})
        ),
        [
            "MinCapacity: expected integer, found string → 2",
            "SuspendedState: expected map, found list → ",
            "ScalableDimension: required and missing → ",
        ]
    );
    // A form has only text; null is absent; what the SDKs fill in may be left out; structures may hold themselves.
    for (service, operation, input) in [
        (
            "elbv2",
            "CreateTargetGroup",
            json!({"Name": "n", "Port": "80", "VpcId": null}),
        ),
        (
            "rds",
            "CreateDBSnapshot",
            json!({"DBSnapshotIdentifier": "s", "DBInstanceIdentifier": "i"}),
        ),
        (
            "ssm",
            "StartAutomationExecution",
            json!({"DocumentName": "d", "Parameters": {"a": ["b"]}}),
        ),
        (
            "dynamodb",
            "PutItem",
            json!({"TableName": "t", "Item": {"a": {"M": {"b": {"L": [{"N": "1"}]}}}}}),
        ),
        ("sts", "GetCallerIdentity", json!({})),
    ] {
        assert_eq!(check(service, operation, &input), Ok(()), "{operation}");
    }
}

#[test]
fn what_is_required_and_missing_is_named_by_path() {
    let problems = check(
        "ecs",
        "CreateService",
        &json!({
            "capacityProviderStrategy": [{"weight": 1}, {"capacityProvider": "FARGATE"}],
            "networkConfiguration": {"awsvpcConfiguration": {}},
            "tags": [{}],
        }),
    )
    .expect_err("should not pass");
    let told: Vec<_> = problems
        .iter()
        .map(|p| (p.path.as_str(), p.message.as_str(), p.expected.as_str()))
        .collect();
    let missing = "required and missing";
    assert_eq!(
        told,
        [
            ("serviceName", missing, "string"),
            (
                "capacityProviderStrategy[0].capacityProvider",
                missing,
                "string"
            ),
            (
                "networkConfiguration.awsvpcConfiguration.subnets",
                missing,
                "list"
            ),
        ]
    );
}

#[test]
fn a_misspelt_required_field_is_said_once() {
    let problem = only("UpdateService", &json!({"servcie": "a"}));
    assert_eq!(problem.suggestion.as_deref(), Some("service"));
}

#[test]
fn a_misspelt_value_is_named_and_a_new_one_passes() {
    let input = |kind: &str| json!({"taskDefinition": "t", "launchType": kind});
    let problem = only("RunTask", &input("fargate"));
    assert_eq!(
        (problem.path.as_str(), problem.message.as_str()),
        ("launchType", "unknown value \"fargate\"")
    );
    assert_eq!(problem.suggestion.as_deref(), Some("\"FARGATE\""));
    assert!(problem.expected.starts_with("one of EC2"));
    assert_eq!(check("ecs", "RunTask", &input("FARGATE")), Ok(()));
    assert_eq!(check("ecs", "RunTask", &input("QUANTUM_CLOUD")), Ok(()));
    let problem = only(
        "DescribeServices",
        &json!({"services": ["a"], "include": ["TAG"]}),
    );
    assert_eq!(problem.path, "include[0]");
    let definition = json!({"family": "f", "containerDefinitions": [
        {"name": "a", "portMappings": [{"protocol": "tpc"}]}]});
    assert_eq!(
        only("RegisterTaskDefinition", &definition).path,
        "containerDefinitions[0].portMappings[0].protocol"
    );
}

use serde_json::json;

use super::*;

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

#[test]
fn an_unknown_operation_is_a_problem_and_an_unknown_service_passes() {
    let problem = only("DescribeService", &json!({}));
    assert_eq!(problem.suggestion.as_deref(), Some("DescribeServices"));
    assert_eq!(check("sqs", "Whatever", &json!({"x": 1})), Ok(()));
}

#[test]
fn operations_and_members_are_listed() {
    assert!(operations("ecs").contains(&"StopServiceDeployment"));
    assert!(operations("ecs").is_sorted());
    assert_eq!(
        members("ecs", "DescribeServices"),
        ["cluster", "services", "include"]
    );
    assert!(members("sns", "Publish").is_empty());
}

#[test]
fn timestamps_of_an_output_are_found() {
    let output = json!({"services": [{"createdAt": 1.5, "events": [{"createdAt": 2}]}]});
    let found = ecs_output("DescribeServices", &output).expect("known");
    assert_eq!(found.timestamps.len(), 2);
    assert_eq!(found.problems, []);
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

//! Secrets, and what tasks get of them.

use super::super::balancing::world_with;
use super::*;

/// Secrets Manager User Guide, "Delete an AWS Secrets Manager secret"; "Restore".
#[test]
fn a_deleted_secret_can_be_restored_until_its_window_ends() {
    let world = world_with("[[secrets]]\nname = \"orders\"\n", &[]);
    let of = || json!({ "SecretId": "orders" });
    let delete = json!({ "SecretId": "orders", "RecoveryWindowInDays": 7 });
    let days = |days: u64| world.sleep(Duration::from_secs(days * 24 * 3600));
    let code = |operation: &str| {
        let answer = aws(&world, "secretsmanager", operation, of());
        answer.expect_err(operation).code
    };
    call(&world, "secretsmanager", "DeleteSecret", delete.clone());
    days(6);
    assert_eq!(code("GetSecretValue"), "InvalidRequestException");
    call(&world, "secretsmanager", "RestoreSecret", of());
    call(&world, "secretsmanager", "GetSecretValue", of());
    call(&world, "secretsmanager", "DeleteSecret", delete);
    days(7);
    for operation in ["GetSecretValue", "DescribeSecret", "RestoreSecret"] {
        assert_eq!(code(operation), "ResourceNotFoundException", "{operation}");
    }
    call(
        &world,
        "secretsmanager",
        "CreateSecret",
        json!({ "Name": "orders" }),
    );
}

/// ECS Developer Guide, "Pass Secrets Manager secrets through Amazon ECS environment variables" (json-key);
/// "Resource initialization error".
#[test]
fn a_task_does_not_start_without_the_part_of_the_secret_that_it_names() {
    let world = world_with("[[secrets]]\nname = \"orders\"\nkeys = [\"url\"]\n", &[]);
    let arn = call(
        &world,
        "secretsmanager",
        "DescribeSecret",
        json!({ "SecretId": "orders" }),
    )["ARN"]
        .clone();
    let arn = arn.as_str().expect("an ARN");
    for (part, why) in [
        ("url::", None),
        ("password::", Some("did not contain json key password")),
        (":AWSPENDING:", Some("staging label: AWSPENDING")),
    ] {
        let mut input = definition();
        let app = &mut input["containerDefinitions"][0];
        app["image"] = json!("nginx");
        app["secrets"] = json!([{ "name": "S", "valueFrom": format!("{arn}:{part}") }]);
        let made =
            ecs(&world, "RegisterTaskDefinition", input)["taskDefinition"]["taskDefinitionArn"]
                .clone();
        let run = json!({
            "cluster": CLUSTER, "taskDefinition": made, "launchType": "FARGATE",
            "networkConfiguration": network(),
        });
        let task = ecs(&world, "RunTask", run)["tasks"][0]["taskArn"].clone();
        world.sleep(Duration::from_secs(60));
        let out = ecs(
            &world,
            "DescribeTasks",
            json!({ "cluster": CLUSTER, "tasks": [task] }),
        );
        let reason = out["tasks"][0]["stoppedReason"]
            .as_str()
            .unwrap_or_default();
        match why {
            None => assert_eq!(out["tasks"][0]["lastStatus"], "RUNNING", "{out:#}"),
            Some(why) => {
                assert_eq!(out["tasks"][0]["stopCode"], "TaskFailedToStart");
                assert!(
                    reason.starts_with("ResourceInitializationError"),
                    "{reason}"
                );
                assert!(reason.contains(why), "{reason}");
            }
        }
    }
}

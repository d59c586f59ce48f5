//! Task definitions.

use super::*;

const CLIENT: &str = "ClientException";

/// Fargate Developer Guide, "Task definition differences for Fargate": "Task CPU and memory", "Task networking",
/// "Amazon ECS task definition parameters that are not valid".
#[test]
fn fargate_has_its_sizes_and_lacks_what_needs_an_instance() {
    let none = "No Fargate configuration exists for given values";
    let not = "Fargate compatible task definitions do not support";
    table(
        "ecs",
        "RegisterTaskDefinition",
        &definition(),
        &[
            (|d| d["memory"] = json!("8192"), CLIENT, none),
            (|d| d["memory"] = json!("1536"), CLIENT, none),
            (|d| d["cpu"] = json!("300"), CLIENT, none),
            (|d| d["cpu"] = json!("lots"), CLIENT, none),
            (
                |d| (d["cpu"], d["memory"]) = (json!("8 vCPU"), json!("18 GB")),
                CLIENT,
                none,
            ),
            (
                |d| (d["cpu"], d["memory"]) = (json!("16384"), json!("131072")),
                CLIENT,
                none,
            ),
            (|d| d["cpu"] = Value::Null, CLIENT, "'cpu' be defined"),
            (|d| d["networkMode"] = json!("bridge"), CLIENT, "awsvpc"),
            (|d| d["ipcMode"] = json!("host"), CLIENT, not),
            (|d| d["pidMode"] = json!("host"), CLIENT, "pidMode"),
            (
                |d| d["ephemeralStorage"] = json!({ "sizeInGiB": 20 }),
                CLIENT,
                "between 21 and 200",
            ),
            (
                |d| d["placementConstraints"] = json!([{ "type": "memberOf" }]),
                CLIENT,
                not,
            ),
            (
                |d| d["volumes"] = json!([{ "name": "v", "host": { "sourcePath": "/" } }]),
                CLIENT,
                not,
            ),
            (
                |d| d["containerDefinitions"][0]["privileged"] = json!(true),
                CLIENT,
                not,
            ),
            (
                |d| d["containerDefinitions"][0]["dnsServers"] = json!(["10.0.0.2"]),
                CLIENT,
                not,
            ),
            (
                |d| {
                    d["containerDefinitions"][0]["linuxParameters"] =
                        json!({ "capabilities": { "add": ["NET_ADMIN"] } });
                },
                CLIENT,
                not,
            ),
            (
                |d| d["containerDefinitions"][0]["stopTimeout"] = json!(121),
                CLIENT,
                "120 seconds",
            ),
        ],
    );
    for (cpu, memory) in [
        ("256", "2048"),
        ("512", "3072"),
        ("1 vCPU", "8 GB"),
        ("2048", "16384"),
        ("4096", "30720"),
        ("8192", "20480"),
        ("16 vCPU", "120 GB"),
    ] {
        let mut sound = definition();
        (sound["cpu"], sound["memory"]) = (json!(cpu), json!(memory));
        let made = aws(&world(&[]), "ecs", "RegisterTaskDefinition", sound);
        assert!(made.is_ok(), "{cpu}, {memory}: {made:?}");
    }
}

/// ECS Developer Guide, "Amazon ECS task execution IAM role"; "Pass sensitive data to an Amazon ECS container".
#[test]
fn images_logs_and_secrets_need_a_role_to_fetch_and_write_them() {
    table(
        "ecs",
        "RegisterTaskDefinition",
        &definition(),
        &[
            (
                |d| d["executionRoleArn"] = Value::Null,
                CLIENT,
                "Fargate requires task definition to have execution role ARN to support ECR images.",
            ),
            (
                |d| {
                    d["executionRoleArn"] = Value::Null;
                    let app = &mut d["containerDefinitions"][0];
                    app["image"] = json!("nginx");
                    app["logConfiguration"] = json!({ "logDriver": "awslogs", "options": {
                        "awslogs-group": "/a", "awslogs-region": "r", "awslogs-stream-prefix": "p",
                    } });
                },
                CLIENT,
                "to support log driver awslogs",
            ),
            (
                |d| {
                    d["executionRoleArn"] = Value::Null;
                    let app = &mut d["containerDefinitions"][0];
                    app["image"] = json!("nginx");
                    app["secrets"] = json!([{ "name": "A", "valueFrom": "a" }]);
                },
                CLIENT,
                "you must also specify a value for 'executionRoleArn'",
            ),
            (
                |d| {
                    let app = &mut d["containerDefinitions"][0];
                    app["environment"] = json!([{ "name": "A", "value": "1" }]);
                    app["secrets"] = json!([{ "name": "A", "valueFrom": "a" }]);
                },
                CLIENT,
                "The secret name must be unique",
            ),
        ],
    );
}

/// ECS API Reference, ContainerDefinition, HealthCheck, PortMapping, ContainerDependency, LogConfiguration.
#[test]
fn containers_fit_the_task_the_network_and_each_other() {
    table(
        "ecs",
        "RegisterTaskDefinition",
        &definition(),
        &[
            (
                |d| d["containerDefinitions"][0]["memory"] = json!(1024),
                CLIENT,
                "The 'memory' setting for container is greater than for the task.",
            ),
            (
                |d| d["containerDefinitions"][0]["cpu"] = json!(512),
                CLIENT,
                "The 'cpu' setting for container is greater than for the task.",
            ),
            (
                |d| d["containerDefinitions"][0]["portMappings"][0]["hostPort"] = json!(80),
                CLIENT,
                "the host ports and container ports in port mappings must match",
            ),
            (
                |d| {
                    d["containerDefinitions"][0]["dependsOn"] =
                        json!([{ "containerName": "ghost", "condition": "START" }])
                },
                CLIENT,
                "does not exist",
            ),
            (
                |d| {
                    d["containerDefinitions"][0]["dependsOn"] =
                        json!([{ "containerName": "app", "condition": "START" }])
                },
                CLIENT,
                "Circular dependency",
            ),
            (
                |d| {
                    d["containerDefinitions"][0]["dependsOn"] =
                        json!([{ "containerName": "app", "condition": "HEALTHY" }])
                },
                CLIENT,
                "has no health check",
            ),
            (
                |d| {
                    d["containerDefinitions"][0]["healthCheck"] =
                        json!({ "command": ["CMD", "true"], "interval": 4 })
                },
                CLIENT,
                "'interval' must be between 5 and 300",
            ),
            (
                |d| d["containerDefinitions"][0]["healthCheck"] = json!({ "command": [] }),
                CLIENT,
                "A command must be specified",
            ),
            (
                |d| {
                    d["containerDefinitions"][0]["logConfiguration"] =
                        json!({ "logDriver": "awslogs", "options": { "awslogs-region": "r" } })
                },
                CLIENT,
                "Log driver awslogs requires options: awslogs-group",
            ),
            (
                |d| {
                    d["containerDefinitions"][0]["logConfiguration"] =
                        json!({ "logDriver": "awsfirelens" })
                },
                CLIENT,
                "firelensConfiguration",
            ),
            (
                |d| d["containerDefinitions"][0]["name"] = json!("my app"),
                CLIENT,
                "Invalid container name",
            ),
            (
                |d| d["family"] = json!("my family"),
                CLIENT,
                "Invalid family name",
            ),
            (
                |d| {
                    d["containerDefinitions"] = (0..11)
                        .map(|n| json!({ "name": format!("c{n}"), "image": "nginx" }))
                        .collect()
                },
                CLIENT,
                "at most 10",
            ),
            (
                |d| {
                    d["containerDefinitions"][0]["mountPoints"] =
                        json!([{ "sourceVolume": "ghost" }])
                },
                CLIENT,
                "Unknown volume 'ghost'",
            ),
        ],
    );
}

/// ECS API Reference, ContainerDefinition, `memory`: "you must specify a non-zero integer for one or both".
#[test]
fn on_an_instance_a_container_says_how_much_memory_it_needs() {
    let sound = json!({
        "family": "orders", "requiresCompatibilities": ["EC2"],
        "containerDefinitions": [{ "name": "app", "image": "nginx", "memoryReservation": 64 }],
    });
    table(
        "ecs",
        "RegisterTaskDefinition",
        &sound,
        &[
            (
                |d| d["containerDefinitions"][0]["memoryReservation"] = Value::Null,
                CLIENT,
                "At least one of 'memory' or 'memoryReservation' must be specified.",
            ),
            (
                |d| d["containerDefinitions"][0]["memory"] = json!(32),
                CLIENT,
                "must not be greater than the 'memory' setting",
            ),
            (
                |d| d["containerDefinitions"][0]["memory"] = json!(2),
                CLIENT,
                "at least 6 MiB",
            ),
        ],
    );
}

//! Services, what they run on, and tasks that are run.

use super::*;

const INVALID: &str = "InvalidParameterException";
pub(super) fn service() -> Value {
    json!({
        "cluster": CLUSTER, "serviceName": "orders", "taskDefinition": "realserv-catalog-service:41",
        "desiredCount": 1, "launchType": "FARGATE", "networkConfiguration": network(),
    })
}

/// ECS API Reference, CreateService: `launchType`, `capacityProviderStrategy`, `networkConfiguration`,
/// `placementStrategy`, `serviceName`; CapacityProviderStrategyItem: `base`, `weight`.
#[test]
fn a_service_says_what_it_runs_on() {
    table(
        "ecs",
        "CreateService",
        &service(),
        &[
            (
                |s| s["launchType"] = json!("EC2"),
                INVALID,
                "Task definition does not support launch_type EC2.",
            ),
            (
                |s| s["launchType"] = Value::Null,
                INVALID,
                "Task definition does not support launch_type EC2.",
            ),
            (
                |s| s["capacityProviderStrategy"] = json!([{ "capacityProvider": "FARGATE" }]),
                INVALID,
                "both a launch type and capacity provider strategy",
            ),
            (
                |s| {
                    s["launchType"] = Value::Null;
                    s["capacityProviderStrategy"] = json!([{ "capacityProvider": "ghost" }]);
                },
                INVALID,
                "not associated with the cluster",
            ),
            (
                |s| {
                    s["launchType"] = Value::Null;
                    s["capacityProviderStrategy"] = json!([
                        { "capacityProvider": "FARGATE", "base": 1, "weight": 1 },
                        { "capacityProvider": "FARGATE_SPOT", "base": 1 },
                    ]);
                },
                INVALID,
                "can have a base defined",
            ),
            (
                |s| {
                    s["launchType"] = Value::Null;
                    s["capacityProviderStrategy"] = json!([
                        { "capacityProvider": "FARGATE" }, { "capacityProvider": "mine", "weight": 1 },
                    ]);
                },
                INVALID,
                "mix of capacity providers",
            ),
            (
                |s| s["networkConfiguration"]["awsvpcConfiguration"]["subnets"] = json!([]),
                INVALID,
                "subnets can not be empty.",
            ),
            (
                |s| s["networkConfiguration"] = Value::Null,
                INVALID,
                "Network Configuration must be provided",
            ),
            (
                |s| s["placementStrategy"] = json!([{ "type": "random" }]),
                INVALID,
                "Placement strategies are not supported",
            ),
            (
                |s| s["serviceName"] = json!("my service"),
                INVALID,
                "Invalid service name",
            ),
            (|s| s["desiredCount"] = json!(5001), INVALID, "5000"),
            (
                |s| s["schedulingStrategy"] = json!("DAEMON"),
                INVALID,
                "do not support the DAEMON scheduling strategy",
            ),
        ],
    );
}

/// ECS API Reference, LoadBalancer: `targetGroupArn` ("you must choose ip as the target type, not instance").
#[test]
fn tasks_with_a_network_of_their_own_are_targets_by_address() {
    let world = world(&[]);
    let group = json!({ "Name": "by-instance", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1" });
    let made = aws(&world, "elbv2", "CreateTargetGroup", group).expect("made");
    let arn = &made["TargetGroups"][0]["TargetGroupArn"];
    let mut input = service();
    input["loadBalancers"] =
        json!([{ "targetGroupArn": arn, "containerName": "catalog-service", "containerPort": 80 }]);
    let fault = aws(&world, "ecs", "CreateService", input).expect_err("by instance");
    assert_eq!(fault.code, INVALID);
    assert!(
        fault
            .message
            .contains("target type instance, which is incompatible with the awsvpc network mode"),
        "{}",
        fault.message
    );
}

/// ECS API Reference, RunTask: `launchType`, `capacityProviderStrategy`, `count`, `networkConfiguration`, `overrides`,
/// `propagateTags`, `startedBy`.
#[test]
fn tasks_are_run_where_their_definition_fits() {
    let run = json!({
        "cluster": CLUSTER, "taskDefinition": "realserv-catalog-service:41", "launchType": "FARGATE",
        "networkConfiguration": network(),
    });
    table(
        "ecs",
        "RunTask",
        &run,
        &[
            (
                |t| t["launchType"] = json!("EC2"),
                INVALID,
                "launch_type EC2",
            ),
            (
                |t| t["launchType"] = Value::Null,
                INVALID,
                "launch_type EC2",
            ),
            (
                |t| t["capacityProviderStrategy"] = json!([{ "capacityProvider": "FARGATE" }]),
                INVALID,
                "both a launch type and capacity provider strategy",
            ),
            (|t| t["count"] = json!(11), INVALID, "between 1 and 10"),
            (
                |t| t["overrides"] = json!({ "cpu": "300" }),
                INVALID,
                "No Fargate configuration exists",
            ),
            (
                |t| t["propagateTags"] = json!("SERVICE"),
                INVALID,
                "propagateTags SERVICE",
            ),
            (
                |t| t["startedBy"] = json!("x".repeat(129)),
                INVALID,
                "at most 128",
            ),
            (
                |t| t["networkConfiguration"]["awsvpcConfiguration"]["subnets"] = json!([]),
                INVALID,
                "subnets can not be empty.",
            ),
        ],
    );
}

/// ECS API Reference, CreateCluster: `capacityProviders`, `defaultCapacityProviderStrategy`, `clusterName`.
#[test]
fn a_cluster_has_the_providers_that_its_strategy_names() {
    let cluster = json!({
        "clusterName": "own", "capacityProviders": ["FARGATE"],
        "defaultCapacityProviderStrategy": [{ "capacityProvider": "FARGATE", "weight": 1 }],
    });
    table(
        "ecs",
        "CreateCluster",
        &cluster,
        &[
            (
                |c| c["capacityProviders"] = json!([]),
                INVALID,
                "not associated with the cluster",
            ),
            (
                |c| c["clusterName"] = json!("my cluster"),
                INVALID,
                "Invalid cluster name",
            ),
        ],
    );
    let world = world(&[]);
    ecs(&world, "CreateCluster", json!({ "clusterName": "bare" }));
    let run = json!({
        "cluster": "bare", "taskDefinition": "realserv-catalog-service:41", "networkConfiguration": network(),
        "capacityProviderStrategy": [{ "capacityProvider": "FARGATE" }],
    });
    let fault = aws(&world, "ecs", "RunTask", run).expect_err("it has none");
    assert!(
        fault.message.contains("not associated"),
        "{}",
        fault.message
    );
}

/// ECS API Reference, LoadBalancer: `containerName`, `containerPort`; ServiceConnectService: `portName`.
#[test]
fn a_service_names_ports_that_its_tasks_have() {
    table(
        "ecs",
        "CreateService",
        &service(),
        &[
            (
                |s| {
                    s["loadBalancers"] =
                        json!([{ "containerName": "catalog-service", "containerPort": 80 }])
                },
                INVALID,
                "targetGroupArn",
            ),
            (
                |s| s["loadBalancers"] = json!([{ "targetGroupArn": "x", "containerPort": 80 }]),
                INVALID,
                "containerName must be specified",
            ),
            (
                |s| s["loadBalancers"] = json!([{ "targetGroupArn": "x", "containerName": "catalog-service", "containerPort": 81 }]),
                INVALID,
                "did not have a container port 81 defined",
            ),
            (
                |s| {
                    s["serviceConnectConfiguration"] =
                        json!({ "enabled": true, "services": [{ "portName": "ghost" }] })
                },
                INVALID,
                "portName 'ghost' does not refer to any named PortMapping",
            ),
        ],
    );
}

//! Services, what they run on, how they are deployed, and tasks that are run.

use super::*;

const INVALID: &str = "InvalidParameterException";
const LISTENER: &str = "arn:aws:elasticloadbalancing:ap-south-1:123456789012:listener-rule/app/realserv-alb/50dc6c495c0c9188/443/10";
const BLUE: &str =
    "arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/catalog-tg/6d0ecf831eec9f09";
const GREEN: &str = "arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/catalog-green/7e1fdf942ffd0a18";

fn service() -> Value {
    json!({
        "cluster": CLUSTER, "serviceName": "orders", "taskDefinition": "realserv-catalog-service:41",
        "desiredCount": 1, "launchType": "FARGATE", "networkConfiguration": network(),
    })
}

/// A blue/green service that is accepted.
fn shifting() -> Value {
    let mut service = service();
    service["loadBalancers"] = json!([{
        "targetGroupArn": BLUE, "containerName": "catalog-service", "containerPort": 80,
        "advancedConfiguration": {
            "alternateTargetGroupArn": GREEN, "productionListenerRule": LISTENER, "roleArn": ROLE,
        },
    }]);
    service["deploymentConfiguration"] = json!({
        "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5,
        "lifecycleHooks": [{ "targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"] }],
    });
    service
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

/// ECS API Reference, DeploymentConfiguration, DeploymentLifecycleHook, CanaryConfiguration, LinearConfiguration,
/// AdvancedConfiguration.
#[test]
fn a_deployment_that_shifts_traffic_says_how() {
    table(
        "ecs",
        "CreateService",
        &shifting(),
        &[
            (
                |s| s["deploymentConfiguration"]["bakeTimeInMinutes"] = Value::Null,
                INVALID,
                "bakeTimeInMinutes must be specified",
            ),
            (
                |s| s["deploymentConfiguration"]["bakeTimeInMinutes"] = json!(1441),
                INVALID,
                "between 0 and 1440",
            ),
            (
                |s| s["loadBalancers"][0]["advancedConfiguration"] = Value::Null,
                INVALID,
                "advancedConfiguration must be specified",
            ),
            (
                |s| s["loadBalancers"][0]["advancedConfiguration"]["roleArn"] = Value::Null,
                INVALID,
                "advancedConfiguration.roleArn",
            ),
            (
                |s| {
                    s["loadBalancers"][0]["advancedConfiguration"]["productionListenerRule"] =
                        json!("x")
                },
                INVALID,
                "The productionListenerRule x does not exist.",
            ),
            (
                |s| {
                    s["deploymentConfiguration"]["strategy"] = json!("CANARY");
                    s["loadBalancers"] = json!([]);
                },
                INVALID,
                "requires a load balancer",
            ),
            (
                |s| {
                    s["deploymentConfiguration"]["canaryConfiguration"] =
                        json!({ "canaryPercent": 200.0 })
                },
                INVALID,
                "between 0.1 and 100.0",
            ),
            (
                |s| {
                    s["deploymentConfiguration"]["canaryConfiguration"] =
                        json!({ "canaryPercent": 0.25 })
                },
                INVALID,
                "a multiple of 0.1",
            ),
            (
                |s| {
                    s["deploymentConfiguration"]["linearConfiguration"] =
                        json!({ "stepPercent": 1.0 })
                },
                INVALID,
                "between 3.0 and 100.0",
            ),
            (
                |s| {
                    s["deploymentConfiguration"]["lifecycleHooks"][0]["lifecycleStages"] =
                        json!(["BAKE_TIME"])
                },
                INVALID,
                "Invalid lifecycle stage for a hook: BAKE_TIME",
            ),
            (
                |s| {
                    s["deploymentConfiguration"]["lifecycleHooks"][0]["lifecycleStages"] =
                        json!(["TEST_TRAFFIC_SHIFT"])
                },
                INVALID,
                "PAUSE hooks cannot be configured at TEST_TRAFFIC_SHIFT",
            ),
            (
                |s| {
                    s["deploymentConfiguration"]["lifecycleHooks"][0]["lifecycleStages"] = json!([])
                },
                INVALID,
                "lifecycleStages",
            ),
            (
                |s| s["deploymentConfiguration"]["lifecycleHooks"][0]["targetType"] = Value::Null,
                INVALID,
                "hookTargetArn must be specified",
            ),
            (
                |s| {
                    s["deploymentConfiguration"]["lifecycleHooks"][0]["timeoutConfiguration"] =
                        json!({ "timeoutInMinutes": 20161 })
                },
                INVALID,
                "between 1 and 20160",
            ),
            (
                |s| {
                    s["deploymentConfiguration"]["lifecycleHooks"][0]["timeoutConfiguration"] =
                        json!({ "action": "WAIT" })
                },
                INVALID,
                "Invalid action of a lifecycle hook: WAIT",
            ),
            (
                |s| s["deploymentController"] = json!({ "type": "CODE_DEPLOY" }),
                INVALID,
                "CODE_DEPLOY deployment controller",
            ),
        ],
    );
}

/// ECS API Reference, DeploymentConfiguration: `maximumPercent`, `minimumHealthyPercent`, `alarms`,
/// `deploymentCircuitBreaker`.
#[test]
fn a_rolling_deployment_has_room_to_roll() {
    table(
        "ecs",
        "CreateService",
        &service(),
        &[
            (
                |s| s["deploymentConfiguration"] = json!({ "maximumPercent": 100 }),
                INVALID,
                "this will block deployments",
            ),
            (
                |s| {
                    s["deploymentConfiguration"] =
                        json!({ "maximumPercent": 100, "minimumHealthyPercent": 200 })
                },
                INVALID,
                "maximumPercent must be > minimumHealthyPercent",
            ),
            (
                |s| {
                    s["deploymentConfiguration"] =
                        json!({ "maximumPercent": 50, "minimumHealthyPercent": 0 })
                },
                INVALID,
                "maximumPercent must be >= 100",
            ),
            (
                |s| {
                    s["deploymentConfiguration"] =
                        json!({ "alarms": { "enable": true, "rollback": true, "alarmNames": [] } })
                },
                INVALID,
                "alarmNames must not be empty",
            ),
            (
                |s| {
                    s["deploymentController"] = json!({ "type": "EXTERNAL" });
                    s["deploymentConfiguration"] =
                        json!({ "deploymentCircuitBreaker": { "enable": true, "rollback": true } });
                },
                INVALID,
                "can only be configured with ECS deployment controller",
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

/// ECS API Reference, RunTask: `launchType`, `capacityProviderStrategy`, `count`, `networkConfiguration`.
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

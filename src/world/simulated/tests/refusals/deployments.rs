//! How services are deployed.

use super::services::service;
use super::*;

const INVALID: &str = "InvalidParameterException";
const LISTENER: &str = "arn:aws:elasticloadbalancing:ap-south-1:123456789012:listener-rule/app/realserv-alb/50dc6c495c0c9188/443/10";
const BLUE: &str =
    "arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/catalog-tg/6d0ecf831eec9f09";
const GREEN: &str = "arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/catalog-green/7e1fdf942ffd0a18";

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
            (
                |s| {
                    s["deploymentConfiguration"]["canaryConfiguration"] =
                        json!({ "canaryPercent": 5.0 })
                },
                INVALID,
                "canaryConfiguration is only valid when the deployment strategy is CANARY",
            ),
            (
                |s| {
                    s["deploymentConfiguration"]["linearConfiguration"] =
                        json!({ "stepPercent": 5.0 })
                },
                INVALID,
                "linearConfiguration is only valid when the deployment strategy is LINEAR",
            ),
            (
                |s| {
                    s["deploymentConfiguration"]["earlySuccessCriteria"] = json!({
                        "enable": true, "healthyPercent": 100, "sourceServiceRevisionCleanup": "BLOCKING",
                    })
                },
                INVALID,
                "earlySuccessCriteria can only be used with the deployment strategy ROLLING",
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

/// ECS API Reference, ThresholdConfiguration, DeploymentEarlySuccessCriteria.
#[test]
fn a_deployment_says_when_it_has_failed_and_when_it_has_succeeded() {
    let mut input = service();
    input["deploymentConfiguration"] = json!({
        "minimumHealthyPercent": 50,
        "deploymentCircuitBreaker": {
            "enable": true, "rollback": true, "resetOnHealthyTask": false,
            "thresholdConfiguration": { "type": "COUNT", "value": 10 },
        },
        "earlySuccessCriteria": { "enable": true, "healthyPercent": 75, "sourceServiceRevisionCleanup": "DEFERRED" },
    });
    fn threshold(service: &mut Value) -> &mut Value {
        &mut service["deploymentConfiguration"]["deploymentCircuitBreaker"]["thresholdConfiguration"]
    }
    fn criteria(service: &mut Value) -> &mut Value {
        &mut service["deploymentConfiguration"]["earlySuccessCriteria"]
    }
    table(
        "ecs",
        "CreateService",
        &input,
        &[
            (
                |s| threshold(s)["value"] = json!(0),
                INVALID,
                "greater than 0",
            ),
            (
                |s| threshold(s)["value"] = json!(-3),
                INVALID,
                "greater than 0",
            ),
            (
                |s| threshold(s)["type"] = json!("PERCENT"),
                INVALID,
                "Valid values are: COUNT, BOUNDED_PERCENT, UNBOUNDED_PERCENT.",
            ),
            (
                |s| criteria(s)["healthyPercent"] = Value::Null,
                INVALID,
                "healthyPercent must be specified",
            ),
            (
                |s| criteria(s)["healthyPercent"] = json!(101),
                INVALID,
                "between 0 and 100",
            ),
            (
                |s| criteria(s)["healthyPercent"] = json!(49),
                INVALID,
                "must be >= minimumHealthyPercent",
            ),
            (
                |s| criteria(s)["sourceServiceRevisionCleanup"] = json!("LATER"),
                INVALID,
                "Valid values are: BLOCKING, DEFERRED.",
            ),
        ],
    );
}

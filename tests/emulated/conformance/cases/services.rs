//! ECS services and their rollouts.

use serde_json::{Value, json};

use super::{own_service, server, service};
use crate::emulated::conformance::case::{Case, case};

fn created(name: &'static str, desired: u32) -> Case {
    case(name).call("ecs", "CreateService", service("stage-app", desired))
}

/// A steady service of the family `{id}`, with a second revision `{next}` to roll out.
fn steady(name: &'static str, tag: &str) -> Case {
    case(name)
        .call("ecs", "RegisterTaskDefinition", server("{id}", "1.0.0"))
        .keep("first", "/taskDefinition/taskDefinitionArn")
        .call("ecs", "RegisterTaskDefinition", server("{id}", tag))
        .keep("next", "/taskDefinition/taskDefinitionArn")
        .call("ecs", "CreateService", {
            let mut input = service("{first}", 2);
            input["deploymentConfiguration"] = json!({
                "minimumHealthyPercent": 100,
                "maximumPercent": 200,
                "deploymentCircuitBreaker": {"enable": true, "rollback": true},
            });
            input
        })
        .call("ecs", "DescribeServices", own_service())
        .until(json!({"services": [{"runningCount": 2, "deployments": {"$has": {"rolloutState": "COMPLETED"}}}]}))
}

fn update(more: Value) -> Value {
    let mut input = json!({"cluster": "stage", "service": "{id}"});
    for (name, value) in more.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    input
}

fn with(mut input: Value, name: &str, value: Value) -> Value {
    input[name] = value;
    input
}

pub fn cases() -> Vec<Case> {
    vec![
        created("services: one that is created is ACTIVE with a PRIMARY deployment", 1).gives(json!({
            "service": {
                "serviceArn": "arn:aws:ecs:{region}:{account}:service/stage/{id}",
                "serviceName": "{id}",
                "clusterArn": "arn:aws:ecs:{region}:{account}:cluster/stage",
                "status": "ACTIVE",
                "desiredCount": 1,
                "launchType": "FARGATE",
                "taskDefinition": "$like *:task-definition/stage-app:1",
                "schedulingStrategy": "REPLICA",
                "createdAt": "$time",
                "deployments": [{
                    "id": "$like ecs-svc/*",
                    "status": "PRIMARY",
                    "desiredCount": 1,
                    "taskDefinition": "$like *:task-definition/stage-app:1",
                    "createdAt": "$time",
                }],
            },
        })),
        created("services: tags are set, and others stay", 0)
            .keep("service", "/service/serviceArn")
            .call("ecs", "TagResource", json!({"resourceArn": "{service}", "tags": [{"key": "a", "value": "1"}]}))
            .call("ecs", "TagResource", json!({"resourceArn": "{service}", "tags": [{"key": "b", "value": "2"}]}))
            .call("ecs", "ListTagsForResource", json!({"resourceArn": "{service}"}))
            .gives(json!({"tags": {"$has": {"key": "a", "value": "1"}}})),
        case("services: an unknown deployment is MISSING")
            .call("ecs", "DescribeServiceDeployments", json!({"serviceDeploymentArns": [
                "arn:aws:ecs:{region}:{account}:service-deployment/stage/{id}/none0123456789abcdefg",
            ]}))
            .gives(json!({"serviceDeployments": [], "failures": [{"reason": "MISSING"}]})),
        case("services: an unknown deployment cannot be stopped")
            .call("ecs", "StopServiceDeployment", json!({
                "serviceDeploymentArn": "arn:aws:ecs:{region}:{account}:service-deployment/stage/{id}/none0123456789abcdefg",
            }))
            .fails("ServiceDeploymentNotFoundException"),
        created("services: its deployment is IN_PROGRESS at first", 1)
            .gives(json!({"service": {"deployments": [{"rolloutState": "IN_PROGRESS"}]}})),
        created("services: defaults of the deployment configuration are told", 1).gives(json!({
            "service": {"deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100}},
        })),
        case("services: what is asked of a deployment is kept")
            .call("ecs", "CreateService", with(service("stage-app", 0), "deploymentConfiguration", json!({
                "minimumHealthyPercent": 50, "maximumPercent": 150,
                "deploymentCircuitBreaker": {"enable": true, "rollback": true},
            })))
            .call("ecs", "DescribeServices", own_service())
            .gives(json!({"services": [{"deploymentConfiguration": {
                "minimumHealthyPercent": 50, "maximumPercent": 150,
                "deploymentCircuitBreaker": {"enable": true, "rollback": true},
            }}]})),
        case("services: an unknown cluster is refused")
            .call("ecs", "CreateService", with(service("stage-app", 1), "cluster", json!("{id}-none")))
            .fails("ClusterNotFoundException"),
        case("services: an unknown task definition is refused")
            .call("ecs", "CreateService", service("{id}-none", 1))
            .fails("ClientException"),
        created("services: a second one of that name is refused", 0)
            .call("ecs", "CreateService", service("stage-good", 1))
            .fails("InvalidParameterException"),
        case("services: Fargate needs a network")
            .call("ecs", "CreateService", with(service("stage-app", 1), "networkConfiguration", Value::Null))
            .fails("InvalidParameterException"),
        case("services: an unknown target group is refused")
            .call("ecs", "CreateService", with(service("stage-app", 1), "loadBalancers", json!([{
                "targetGroupArn": "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/none/0123456789abcdef",
                "containerName": "app", "containerPort": 8080,
            }])))
            .fails("InvalidParameterException"),
        case("services: a target group that nothing forwards to is refused")
            .call("elbv2", "CreateTargetGroup", json!({
                "Name": "tgs-{id}", "Protocol": "HTTP", "Port": 8080, "VpcId": "{vpc}", "TargetType": "ip",
            }))
            .keep("group", "/TargetGroups/0/TargetGroupArn")
            .call("ecs", "CreateService", with(service("stage-app", 1), "loadBalancers", json!([{
                "targetGroupArn": "{group}", "containerName": "app", "containerPort": 8080,
            }])))
            .fails("InvalidParameterException"),
        created("services: described", 0)
            .call("ecs", "DescribeServices", own_service())
            .gives(json!({"services": [{"serviceName": "{id}", "desiredCount": 0}], "failures": []})),
        created("services: described by ARN", 0)
            .keep("arn", "/service/serviceArn")
            .call("ecs", "DescribeServices", json!({"cluster": "stage", "services": ["{arn}"]}))
            .gives(json!({"services": [{"serviceArn": "{arn}"}]})),
        case("services: unknown ones are MISSING")
            .call("ecs", "DescribeServices", json!({"cluster": "stage", "services": ["{id}-none"]}))
            .gives(json!({"services": [], "failures": [{
                "arn": "$like arn:aws:ecs:{region}:{account}:service/*{id}-none", "reason": "MISSING",
            }]})),
        case("services: describing in an unknown cluster is refused")
            .call("ecs", "DescribeServices", json!({"cluster": "{id}-none", "services": ["x"]}))
            .fails("ClusterNotFoundException"),
        created("services: listed by ARN", 0)
            .call("ecs", "ListServices", json!({"cluster": "stage", "maxResults": 100}))
            .gives(json!({"serviceArns": {"$has": "arn:aws:ecs:{region}:{account}:service/stage/{id}"}})),
        case("services: listing an unknown cluster is refused")
            .call("ecs", "ListServices", json!({"cluster": "{id}-none"}))
            .fails("ClusterNotFoundException"),
        created("services: come to their desired count", 2)
            .call("ecs", "DescribeServices", own_service())
            .comes_to(json!({"services": [{"desiredCount": 2, "runningCount": 2, "pendingCount": 0}]})),
        created("services: their first deployment completes", 1)
            .call("ecs", "DescribeServices", own_service())
            .comes_to(json!({"services": [{"deployments": [{
                "status": "PRIMARY", "rolloutState": "COMPLETED", "runningCount": 1, "failedTasks": 0,
            }]}]})),
        created("services: say that they are steady", 1)
            .call("ecs", "DescribeServices", own_service())
            .comes_to(json!({"services": [{"events": {"$has": {
                "message": "$like (service {id}) has reached a steady state.", "createdAt": "$time",
            }}}]})),
        created("services: the desired count can be changed", 0)
            .call("ecs", "UpdateService", update(json!({"desiredCount": 2})))
            .gives(json!({"service": {"desiredCount": 2}})),
        steady("services: changing the count starts no deployment", "1.1.0")
            .keep("deployment", "/services/0/deployments/0/id")
            .call("ecs", "UpdateService", update(json!({"desiredCount": 3})))
            .gives(json!({"service": {"deployments": {"$has": {"id": "{deployment}", "status": "PRIMARY"}}}})),
        steady("services: another revision is a new PRIMARY deployment", "1.1.0")
            .call("ecs", "UpdateService", update(json!({"taskDefinition": "{next}"})))
            .gives(json!({"service": {
                "taskDefinition": "{next}",
                "deployments": {"$has": {"status": "PRIMARY", "taskDefinition": "{next}", "rolloutState": "IN_PROGRESS"}},
            }})),
        steady("services: the old deployment is ACTIVE meanwhile", "1.1.0")
            .call("ecs", "UpdateService", update(json!({"taskDefinition": "{next}"})))
            .gives(json!({"service": {
                "deployments": {"$has": {"status": "ACTIVE", "taskDefinition": "{first}"}},
            }})),
        steady("services: a rollout completes, alone, with its tasks", "1.1.0")
            .call("ecs", "UpdateService", update(json!({"taskDefinition": "{next}"})))
            .call("ecs", "DescribeServices", own_service())
            .comes_to(json!({"services": [{"runningCount": 2, "deployments": [{
                "status": "PRIMARY", "taskDefinition": "{next}", "rolloutState": "COMPLETED", "runningCount": 2,
            }]}]})),
        steady("services: forcing deploys the same revision anew", "1.1.0")
            .keep("deployment", "/services/0/deployments/0/id")
            .call("ecs", "UpdateService", update(json!({"forceNewDeployment": true})))
            .gives(json!({"service": {
                "taskDefinition": "{first}",
                "deployments": {"$not": {"id": "{deployment}", "status": "PRIMARY"}},
            }})),
        steady("services: the circuit breaker fails a deployment that cannot start", "9.9.9")
            .call("ecs", "UpdateService", update(json!({"taskDefinition": "{next}"})))
            .call("ecs", "DescribeServices", own_service())
            .comes_to(json!({"services": [{"deployments": {"$has": {
                "taskDefinition": "{next}", "rolloutState": "FAILED", "failedTasks": {"$least": 3},
            }}}]})),
        steady("services: the circuit breaker rolls back", "9.9.9")
            .call("ecs", "UpdateService", update(json!({"taskDefinition": "{next}"})))
            .call("ecs", "DescribeServices", own_service())
            .until(json!({"services": [{"deployments": {"$has": {"rolloutState": "FAILED"}}}]}))
            .call("ecs", "DescribeServices", own_service())
            .comes_to(json!({"services": [{
                "taskDefinition": "{first}", "runningCount": 2,
                "deployments": {"$has": {"status": "PRIMARY", "taskDefinition": "{first}", "rolloutState": "COMPLETED"}},
            }]})),
        steady("services: a rollout is listed with its revisions", "1.1.0")
            .call("ecs", "UpdateService", update(json!({"taskDefinition": "{next}"})))
            .call("ecs", "ListServiceDeployments", json!({"cluster": "stage", "service": "{id}"}))
            .comes_to(json!({"serviceDeployments": {"$has": {
                "status": "SUCCESSFUL", "serviceDeploymentArn": "$like *:service-deployment/stage/{id}/*",
                "targetServiceRevisionArn": "$like *:service-revision/stage/{id}/*",
            }}})),
        case("services: an unknown one cannot be updated")
            .call("ecs", "UpdateService", update(json!({"desiredCount": 1})))
            .fails("ServiceNotFoundException"),
        case("services: updating in an unknown cluster is refused")
            .call("ecs", "UpdateService", json!({"cluster": "{id}-none", "service": "x", "desiredCount": 1}))
            .fails("ClusterNotFoundException"),
        created("services: updating to an unknown task definition is refused", 0)
            .call("ecs", "UpdateService", update(json!({"taskDefinition": "{id}-none:1"})))
            .fails("ClientException"),
        case("services: updating to an INACTIVE task definition is refused")
            .call("ecs", "RegisterTaskDefinition", server("{id}", "1.0.0"))
            .call("ecs", "DeregisterTaskDefinition", json!({"taskDefinition": "{id}:1"}))
            .call("ecs", "CreateService", service("stage-app", 0))
            .call("ecs", "UpdateService", update(json!({"taskDefinition": "{id}:1"})))
            .fails("ClientException"),
        created("services: one that should run tasks is not deleted", 1)
            .call("ecs", "DeleteService", update(json!({})))
            .fails("InvalidParameterException"),
        created("services: one without tasks is deleted", 0)
            .call("ecs", "DeleteService", update(json!({})))
            .gives(json!({"service": {"serviceName": "{id}", "desiredCount": 0}})),
        created("services: one with tasks is deleted by force", 1)
            .call("ecs", "DeleteService", update(json!({"force": true})))
            .gives(json!({"service": {"serviceName": "{id}", "status": "DRAINING"}})),
        created("services: a deleted one is INACTIVE", 0)
            .call("ecs", "DeleteService", update(json!({})))
            .call("ecs", "DescribeServices", own_service())
            .comes_to(json!({"services": [{"status": "INACTIVE"}]})),
        created("services: a deleted one cannot be updated", 0)
            .call("ecs", "DeleteService", update(json!({})))
            .call("ecs", "UpdateService", update(json!({"desiredCount": 1})))
            .fails("ServiceNotActiveException"),
        case("services: an unknown one cannot be deleted")
            .call("ecs", "DeleteService", update(json!({})))
            .fails("ServiceNotFoundException"),
    ]
}

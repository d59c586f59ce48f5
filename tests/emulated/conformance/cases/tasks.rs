//! ECS tasks.

use serde_json::{Value, json};

use super::{network, server, service};
use crate::emulated::conformance::case::{Case, case};

fn run(definition: &str) -> Value {
    json!({
        "cluster": "stage",
        "taskDefinition": definition,
        "launchType": "FARGATE",
        "startedBy": "{id}",
        "networkConfiguration": network(),
    })
}

/// A task that runs, `{task}`.
fn started(name: &'static str, definition: &str) -> Case {
    case(name)
        .call("ecs", "RunTask", run(definition))
        .keep("task", "/tasks/0/taskArn")
}

fn own() -> Value {
    json!({"cluster": "stage", "tasks": ["{task}"]})
}

fn with(mut input: Value, name: &str, value: Value) -> Value {
    input[name] = value;
    input
}

pub fn cases() -> Vec<Case> {
    vec![
        started("tasks: one that is run is PROVISIONING", "stage-app").gives(json!({
            "failures": [],
            "tasks": [{
                "taskArn": "$like arn:aws:ecs:{region}:{account}:task/stage/*",
                "clusterArn": "arn:aws:ecs:{region}:{account}:cluster/stage",
                "taskDefinitionArn": "arn:aws:ecs:{region}:{account}:task-definition/stage-app:1",
                "lastStatus": "PROVISIONING",
                "desiredStatus": "RUNNING",
                "startedBy": "{id}",
                "group": "family:stage-app",
                "launchType": "FARGATE",
                "createdAt": "$time",
                "containers": [{"name": "app"}],
            }],
        })),
        case("tasks: several at once")
            .call("ecs", "RunTask", with(run("stage-app"), "count", json!(3)))
            .gives(json!({"tasks": [{"startedBy": "{id}"}, {"startedBy": "{id}"}, {"startedBy": "{id}"}]})),
        case("tasks: more than ten at once are refused")
            .call("ecs", "RunTask", with(run("stage-app"), "count", json!(11)))
            .fails("InvalidParameterException"),
        case("tasks: an unknown cluster is refused")
            .call("ecs", "RunTask", with(run("stage-app"), "cluster", json!("{id}-none")))
            .fails("ClusterNotFoundException"),
        case("tasks: an unknown task definition is refused")
            .call("ecs", "RunTask", run("{id}-none"))
            .fails("ClientException"),
        case("tasks: an INACTIVE task definition is refused")
            .call("ecs", "RegisterTaskDefinition", server("{id}", "1.0.0"))
            .call("ecs", "DeregisterTaskDefinition", json!({"taskDefinition": "{id}:1"}))
            .call("ecs", "RunTask", run("{id}:1"))
            .fails("ClientException"),
        case("tasks: Fargate needs a network")
            .call("ecs", "RunTask", with(run("stage-app"), "networkConfiguration", Value::Null))
            .fails("InvalidParameterException"),
        case("tasks: overrides name containers of the task definition")
            .call("ecs", "RunTask", with(run("stage-app"), "overrides", json!({
                "containerOverrides": [{"name": "other", "command": ["x"]}],
            })))
            .fails("InvalidParameterException"),
        case("tasks: overrides are kept")
            .call("ecs", "RunTask", with(run("stage-app"), "overrides", json!({
                "containerOverrides": [{
                    "name": "app", "command": ["migrate"], "environment": [{"name": "A", "value": "b"}],
                }],
            })))
            .gives(json!({"tasks": [{"overrides": {"containerOverrides": [{
                "name": "app", "command": ["migrate"], "environment": [{"name": "A", "value": "b"}],
            }]}}]})),
        started("tasks: a server comes to RUNNING", "stage-app")
            .call("ecs", "DescribeTasks", own())
            .comes_to(json!({"tasks": [{
                "lastStatus": "RUNNING", "startedAt": "$time", "containers": [{"lastStatus": "RUNNING"}],
            }]})),
        started("tasks: a job that ends well exits with 0", "stage-good")
            .call("ecs", "DescribeTasks", own())
            .comes_to(json!({"tasks": [{
                "lastStatus": "STOPPED", "desiredStatus": "STOPPED", "stopCode": "EssentialContainerExited",
                "stoppedReason": "Essential container in task exited", "stoppedAt": "$time",
                "containers": [{"name": "job", "lastStatus": "STOPPED", "exitCode": 0}],
            }]})),
        started("tasks: a job that fails tells its exit code", "stage-bad")
            .call("ecs", "DescribeTasks", own())
            .comes_to(json!({"tasks": [{
                "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
                "containers": [{"name": "job", "exitCode": 3}],
            }]})),
        started("tasks: an image that is not there stops the task", "stage-gone")
            .call("ecs", "DescribeTasks", own())
            .comes_to(json!({"tasks": [{
                "lastStatus": "STOPPED", "stopCode": "TaskFailedToStart",
                "stoppedReason": "$like CannotPullContainerError*", "containers": [{"exitCode": "$absent"}],
            }]})),
        case("tasks: unknown ones are MISSING")
            .call("ecs", "DescribeTasks", json!({"cluster": "stage", "tasks": ["0123456789abcdef0123456789abcdef"]}))
            .gives(json!({"tasks": [], "failures": [{
                "arn": "arn:aws:ecs:{region}:{account}:task/stage/0123456789abcdef0123456789abcdef",
                "reason": "MISSING",
            }]})),
        case("tasks: describing in an unknown cluster is refused")
            .call("ecs", "DescribeTasks", json!({"cluster": "{id}-none", "tasks": ["0123456789abcdef0123456789abcdef"]}))
            .fails("ClusterNotFoundException"),
        case("tasks: describing none is refused")
            .call("ecs", "DescribeTasks", json!({"cluster": "stage", "tasks": []}))
            .fails("InvalidParameterException"),
        started("tasks: one that is stopped says why", "stage-app")
            .call("ecs", "StopTask", json!({"cluster": "stage", "task": "{task}", "reason": "enough"}))
            .gives(json!({"task": {
                "taskArn": "{task}", "desiredStatus": "STOPPED", "stoppedReason": "enough", "stopCode": "UserInitiated",
            }})),
        started("tasks: one that is stopped comes to STOPPED", "stage-app")
            .call("ecs", "DescribeTasks", own())
            .until(json!({"tasks": [{"lastStatus": "RUNNING"}]}))
            .call("ecs", "StopTask", json!({"cluster": "stage", "task": "{task}", "reason": "enough"}))
            .call("ecs", "DescribeTasks", own())
            .comes_to(json!({"tasks": [{"lastStatus": "STOPPED", "stoppedReason": "enough"}]})),
        case("tasks: an unknown one cannot be stopped")
            .call("ecs", "StopTask", json!({"cluster": "stage", "task": "0123456789abcdef0123456789abcdef"}))
            .fails("InvalidParameterException"),
        case("tasks: stopping in an unknown cluster is refused")
            .call("ecs", "StopTask", json!({"cluster": "{id}-none", "task": "0123456789abcdef0123456789abcdef"}))
            .fails("ClusterNotFoundException"),
        started("tasks: found by who started them", "stage-app")
            .call("ecs", "ListTasks", json!({"cluster": "stage", "startedBy": "{id}"}))
            .gives(json!({"taskArns": ["{task}"]})),
        started("tasks: found by family", "stage-app")
            .call("ecs", "ListTasks", json!({"cluster": "stage", "family": "stage-app"}))
            .gives(json!({"taskArns": {"$has": "{task}"}})),
        started("tasks: of another family are not found", "stage-app")
            .call("ecs", "ListTasks", json!({"cluster": "stage", "family": "stage-bad"}))
            .gives(json!({"taskArns": {"$not": "{task}"}})),
        started("tasks: stopped ones are found apart", "stage-good")
            .call("ecs", "DescribeTasks", own())
            .until(json!({"tasks": [{"lastStatus": "STOPPED"}]}))
            .call("ecs", "ListTasks", json!({"cluster": "stage", "startedBy": "{id}", "desiredStatus": "STOPPED"}))
            .gives(json!({"taskArns": ["{task}"]})),
        case("tasks: a service's own are found by its name")
            .call("ecs", "CreateService", service("stage-app", 2))
            .call("ecs", "ListTasks", json!({"cluster": "stage", "serviceName": "{id}"}))
            .comes_to(json!({"taskArns": ["$like *:task/stage/*", "$like *:task/stage/*"]})),
        case("tasks: a service's own say whose they are")
            .call("ecs", "CreateService", service("stage-app", 1))
            .call("ecs", "ListTasks", json!({"cluster": "stage", "serviceName": "{id}"}))
            .until(json!({"taskArns": ["$text"]}))
            .keep("task", "/taskArns/0")
            .call("ecs", "DescribeTasks", own())
            .gives(json!({"tasks": [{"group": "service:{id}", "startedBy": "$like ecs-svc/*"}]})),
        case("tasks: of an unknown service cannot be listed")
            .call("ecs", "ListTasks", json!({"cluster": "stage", "serviceName": "{id}-none"}))
            .fails("ServiceNotFoundException"),
        case("tasks: of an unknown cluster cannot be listed")
            .call("ecs", "ListTasks", json!({"cluster": "{id}-none"}))
            .fails("ClusterNotFoundException"),
    ]
}

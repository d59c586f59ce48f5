//! What ECS is asked.

use super::read;
use crate::primitive::api::Api;

/// The verbs that only read clusters, services, tasks and task definitions.
pub(super) fn all() -> Vec<Api> {
    vec![
        read(
            "describe_clusters",
            "DescribeClusters",
            "clusters",
            "Describes clusters. A cluster that does not exist is listed in `failures`.",
            r#"let found = ecs::describe_clusters(#{ clusters: ["realserv-prod"] });
print(found.clusters[0].status);"#,
        ),
        read(
            "describe_services",
            "DescribeServices",
            "services",
            "Describes up to ten services of a cluster: counts, deployments, events. A service that does not exist is listed in `failures`.",
            r#"let found = ecs::describe_services(#{ cluster: "realserv-prod", services: ["catalog-service"] });
print(found.services[0].taskDefinition);"#,
        ),
        read(
            "list_services",
            "ListServices",
            "cluster",
            "Lists the ARNs of the services in a cluster.",
            r#"print(ecs::list_services(#{ cluster: "realserv-prod" }).serviceArns.len());"#,
        ),
        read(
            "describe_task_definition",
            "DescribeTaskDefinition",
            "taskDefinition",
            "Describes a task definition: `family` (its latest ACTIVE revision), `family:revision` or ARN.",
            r#"let found = ecs::describe_task_definition(#{ taskDefinition: "realserv-catalog-service" });
print(found.taskDefinition.revision);"#,
        ),
        read(
            "list_task_definitions",
            "ListTaskDefinitions",
            "familyPrefix",
            "Lists the ARNs of task definitions, by `familyPrefix`, `status` and `sort`.",
            r#"let found = ecs::list_task_definitions(#{ familyPrefix: "realserv-catalog-service", sort: "DESC" });
print(found.taskDefinitionArns[0]);"#,
        ),
        read(
            "list_tasks",
            "ListTasks",
            "serviceName",
            "Lists the ARNs of tasks, by `serviceName`, `family`, `startedBy` and `desiredStatus`.",
            r#"print(ecs::list_tasks(#{ cluster: "realserv-prod", serviceName: "catalog-service" }).taskArns.len());"#,
        ),
        read(
            "describe_tasks",
            "DescribeTasks",
            "tasks",
            "Describes up to a hundred tasks: status, stop code, stopped reason, containers with exit codes.",
            r#"let listed = ecs::list_tasks(#{ cluster: "realserv-prod", serviceName: "catalog-service" });
let found = ecs::describe_tasks(#{ cluster: "realserv-prod", tasks: listed.taskArns });
print(found.tasks[0].lastStatus);"#,
        ),
    ]
}

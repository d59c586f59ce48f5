//! ECS clusters.

use serde_json::json;

use crate::emulated::conformance::case::{Case, case};

pub fn cases() -> Vec<Case> {
    vec![
        case("clusters: one that is created is ACTIVE and empty")
            .call("ecs", "CreateCluster", json!({"clusterName": "{id}"}))
            .gives(json!({"cluster": {
                "clusterName": "{id}",
                "clusterArn": "arn:aws:ecs:{region}:{account}:cluster/{id}",
                "status": "ACTIVE",
                "runningTasksCount": 0,
                "pendingTasksCount": 0,
                "activeServicesCount": 0,
            }})),
        case("clusters: creating one that is there answers with it")
            .call("ecs", "CreateCluster", json!({"clusterName": "{id}"}))
            .call("ecs", "CreateCluster", json!({"clusterName": "{id}"}))
            .gives(json!({"cluster": {"clusterName": "{id}", "status": "ACTIVE"}})),
        case("clusters: described by name and by ARN")
            .call("ecs", "CreateCluster", json!({"clusterName": "{id}"}))
            .keep("arn", "/cluster/clusterArn")
            .call("ecs", "DescribeClusters", json!({"clusters": ["{arn}"]}))
            .gives(json!({"clusters": [{"clusterName": "{id}", "status": "ACTIVE"}], "failures": []})),
        case("clusters: unknown ones are MISSING, and known ones still described")
            .call("ecs", "DescribeClusters", json!({"clusters": ["{id}-none", "stage"]}))
            .gives(json!({
                "clusters": [{"clusterName": "stage"}],
                "failures": [{"arn": "arn:aws:ecs:{region}:{account}:cluster/{id}-none", "reason": "MISSING"}],
            })),
        case("clusters: listed by ARN")
            .call("ecs", "ListClusters", json!({}))
            .gives(json!({"clusterArns": {"$has": "arn:aws:ecs:{region}:{account}:cluster/stage"}})),
        case("clusters: settings and tags are kept")
            .call("ecs", "CreateCluster", json!({
                "clusterName": "{id}",
                "settings": [{"name": "containerInsights", "value": "enabled"}],
                "tags": [{"key": "team", "value": "core"}],
            }))
            .call("ecs", "DescribeClusters", json!({"clusters": ["{id}"], "include": ["SETTINGS", "TAGS"]}))
            .gives(json!({"clusters": [{
                "settings": [{"name": "containerInsights", "value": "enabled"}],
                "tags": [{"key": "team", "value": "core"}],
            }]})),
    ]
}

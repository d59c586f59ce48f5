//! Which metrics there are.

use serde_json::{Value, json};

use super::Metric;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::elb::dimension;
use crate::world::simulated::aws::json::{list, text};
use crate::world::simulated::cloud::Cloud;

const BALANCED: [&str; 5] = [
    "RequestCount",
    "HTTPCode_Target_2XX_Count",
    "HTTPCode_Target_4XX_Count",
    "HTTPCode_Target_5XX_Count",
    "TargetResponseTime",
];

/// Metrics of a function's invocations.
const INVOKED: [&str; 4] = ["Duration", "Errors", "Invocations", "Throttles"];

/// Every metric that has data, or may have it.
pub(super) fn all(cloud: &Cloud) -> Vec<Metric> {
    let mut out: Vec<Metric> = cloud.cloudwatch.custom.keys().cloned().collect();
    let elb = "AWS/ApplicationELB";
    for (balancer, _) in cloud.elb.balancers() {
        let balancer = ("LoadBalancer", dimension(balancer));
        out.extend(BALANCED.map(|name| Metric::new(elb, name, &[balancer])));
    }
    for (group, _) in cloud.elb.groups() {
        let named = ("TargetGroup", dimension(group));
        for balancer in cloud.elb.balancers_of(group) {
            let both = [("LoadBalancer", dimension(balancer)), named];
            out.extend(BALANCED.map(|name| Metric::new(elb, name, &both)));
            let hosts = [
                "HealthyHostCount",
                "UnHealthyHostCount",
                "RequestCountPerTarget",
            ];
            out.extend(hosts.map(|name| Metric::new(elb, name, &both)));
        }
    }
    for (key, _) in cloud.ecs.services() {
        let named = [("ClusterName", &*key.cluster), ("ServiceName", &*key.name)];
        let both = ["CPUUtilization", "MemoryUtilization"];
        out.extend(both.map(|name| Metric::new("AWS/ECS", name, &named)));
    }
    for (name, function) in cloud.lambda.functions() {
        let of = ("FunctionName", name.as_str());
        let resources = function
            .alias_names()
            .map(|alias| format!("{name}:{alias}"));
        for resource in resources {
            let both = [of, ("Resource", resource.as_str())];
            out.extend(INVOKED.map(|name| Metric::new("AWS/Lambda", name, &both)));
        }
        out.extend(INVOKED.map(|name| Metric::new("AWS/Lambda", name, &[of])));
    }
    for (queue, _) in cloud.sqs.queues() {
        let name = "ApproximateNumberOfMessagesVisible";
        out.push(Metric::new("AWS/SQS", name, &[("QueueName", queue)]));
    }
    out
}

pub(super) fn list_metrics(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let asked = |name: &str, own: &str| text(input, name).is_none_or(|wanted| wanted == own);
    let found: Vec<Value> = all(cloud)
        .into_iter()
        .filter(|m| asked("Namespace", &m.namespace) && asked("MetricName", &m.name))
        .filter(|m| {
            list(input, "Dimensions").iter().all(|d| {
                let own = text(d, "Name").and_then(|name| m.dimensions.get(name));
                own.is_some_and(|own| text(d, "Value").is_none_or(|wanted| wanted == own))
            })
        })
        .map(|m| m.render())
        .collect();
    Ok(json!({ "Metrics": found }))
}

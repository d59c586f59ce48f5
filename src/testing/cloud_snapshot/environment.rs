//! The environment of the services of a cloud: listeners, rules, scaling, alarms.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::look;
use crate::text::arn::Arn;
use crate::vocabulary::Fault;
use crate::world::simulated::Simulated;

/// What decides where requests go and how many tasks answer them.
const SERVING: [&str; 3] = ["listener ", "rule ", "scaling "];

/// Whether the resource of this name decides where requests go, or how many tasks answer them.
pub(super) fn affects_routing(name: &str) -> bool {
    SERVING.iter().any(|kind| name.starts_with(kind))
}

/// Reads the environment of the services, by the names of its resources.
pub(super) fn of(cloud: &Simulated) -> Result<BTreeMap<String, String>, Fault> {
    let mut found = BTreeMap::new();
    traffic(cloud, &mut found)?;
    let ecs = json!({ "ServiceNamespace": "ecs" });
    let scaling = "application-autoscaling";
    for target in items(
        cloud,
        (scaling, "DescribeScalableTargets"),
        &ecs,
        "ScalableTargets",
    )? {
        let name = format!(
            "scaling {}",
            target["ResourceId"].as_str().unwrap_or_default()
        );
        let (least, most) = (&target["MinCapacity"], &target["MaxCapacity"]);
        found.insert(
            name,
            format!("{least} to {most}, suspended: {}", target["SuspendedState"]),
        );
    }
    for policy in items(
        cloud,
        (scaling, "DescribeScalingPolicies"),
        &ecs,
        "ScalingPolicies",
    )? {
        let of = policy["ResourceId"].as_str().unwrap_or_default();
        let name = policy["PolicyName"].as_str().unwrap_or_default();
        found.insert(format!("policy {name} of {of}"), "there".to_owned());
    }
    for alarm in items(
        cloud,
        ("cloudwatch", "DescribeAlarms"),
        &json!({}),
        "MetricAlarms",
    )? {
        let name = alarm["AlarmName"].as_str().unwrap_or_default();
        found.insert(format!("alarm {name}"), "there".to_owned());
    }
    Ok(found)
}

/// Listeners and rules, by load balancer, port and priority: their names are other ones in another run.
fn traffic(cloud: &Simulated, found: &mut BTreeMap<String, String>) -> Result<(), Fault> {
    let elb = |operation, input: &Value, list| items(cloud, ("elbv2", operation), input, list);
    for balancer in elb("DescribeLoadBalancers", &json!({}), "LoadBalancers")? {
        let of = json!({ "LoadBalancerArn": balancer["LoadBalancerArn"] });
        for listener in elb("DescribeListeners", &of, "Listeners")? {
            let name = balancer["LoadBalancerName"].as_str().unwrap_or_default();
            let at = format!("{name}:{}", listener["Port"]);
            found.insert(format!("listener {at}"), named(&listener["DefaultActions"]));
            let of = json!({ "ListenerArn": listener["ListenerArn"] });
            for rule in elb("DescribeRules", &of, "Rules")? {
                let priority = rule["Priority"].as_str().unwrap_or_default();
                let says = format!("{} → {}", rule["Conditions"], named(&rule["Actions"]));
                found.insert(format!("rule {at} {priority}"), says);
            }
        }
    }
    Ok(())
}

fn items(
    cloud: &Simulated,
    (service, operation): (&str, &str),
    input: &Value,
    list: &str,
) -> Result<Vec<Value>, Fault> {
    let mut answer = look(cloud, service, operation, input.clone())?;
    match answer[list].take() {
        Value::Array(items) => Ok(items),
        _ => Ok(Vec::new()),
    }
}

/// Actions with the names of target groups in the place of their ARNs.
fn named(actions: &Value) -> String {
    fn turn(value: &mut Value) {
        match value {
            Value::String(text) => {
                let arn = Arn::parse(text).filter(|arn| arn.type_and_rest().0 == "targetgroup");
                if let Some(name) = arn.map(|arn| arn.name().to_owned()) {
                    *text = name;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(turn),
            Value::Object(members) => members.values_mut().for_each(turn),
            _ => {}
        }
    }
    let mut actions = actions.clone();
    turn(&mut actions);
    actions.to_string()
}

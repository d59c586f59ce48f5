//! Target groups and load balancers: those of the services, and all that their rules forward to.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::captured::Captured;
use super::reader::{Reader, items, says_nothing, text};

const PAGE: (&str, &str) = ("Marker", "NextMarker");

/// Members of target groups that are kept, and that AWS gives.
const GROUP: [&str; 6] = [
    "TargetGroupArn",
    "Port",
    "HealthyThresholdCount",
    "UnhealthyThresholdCount",
    "HealthCheckIntervalSeconds",
    "HealthCheckPath",
];
const GIVEN: [&str; 2] = ["TargetGroupName", "LoadBalancerArns"];

/// Reads what is in front of the services.
pub(super) fn read(reader: &Reader, captured: &mut Captured) {
    let mut groups: BTreeMap<String, Value> = BTreeMap::new();
    let mut balancers = BTreeSet::new();
    for arn in named(captured) {
        let group = described(&arn, reader);
        balancers.extend(fronts(&group));
        groups.insert(arn, group);
    }
    for arn in balancers {
        let balancer = load_balancer(&arn, &mut groups, reader);
        captured.load_balancers.extend(balancer);
    }
    captured.target_groups = groups
        .into_iter()
        .map(|(arn, group)| target_group(&arn, &group, reader))
        .collect();
}

/// A load balancer with its listeners. Adds its target groups, and those that its rules forward to. `None`: it cannot be
/// read.
fn load_balancer(
    arn: &str,
    groups: &mut BTreeMap<String, Value>,
    reader: &Reader,
) -> Option<Value> {
    let what = format!("load balancer {arn}");
    let input = json!({ "LoadBalancerArns": [arn] });
    let answer = reader.try_read(&what, "elbv2", "DescribeLoadBalancers", input);
    let found = items(answer.as_ref()?, "LoadBalancers").first()?;
    // Also those that no service stands behind.
    let of_it = json!({ "LoadBalancerArn": arn });
    let call = ("elbv2", "DescribeTargetGroups");
    let what = format!("the target groups of load balancer {arn}");
    for group in reader.try_list(&what, call, of_it.clone(), "TargetGroups", PAGE) {
        let arn = text(&group, "TargetGroupArn").to_owned();
        groups.insert(arn, group);
    }
    let call = ("elbv2", "DescribeListeners");
    let what = format!("the listeners of load balancer {arn}");
    let listeners = reader.try_list(&what, call, of_it, "Listeners", PAGE);
    let listeners: Vec<Value> = listeners
        .iter()
        .filter_map(|it| listener(it, reader))
        .collect();
    let mut forwarded = BTreeSet::new();
    for listener in &listeners {
        targets(listener, &mut forwarded);
    }
    for arn in forwarded {
        if let Entry::Vacant(place) = groups.entry(arn) {
            let group = described(place.key(), reader);
            place.insert(group);
        }
    }
    let kept = ["LoadBalancerName", "LoadBalancerArn", "DNSName"];
    let given = ["CreatedTime", "State", "CanonicalHostedZoneId"];
    reader.lose("load balancers", found, &kept, &given);
    let mut kept = json!({
        "name": text(found, "LoadBalancerName"), "arn": arn, "listeners": listeners,
    });
    if !text(found, "DNSName").is_empty() {
        kept["hosts"] = json!([text(found, "DNSName")]);
    }
    Some(kept)
}

/// The target groups that the services name.
fn named(captured: &Captured) -> BTreeSet<String> {
    let mut arns = BTreeSet::new();
    for service in &captured.services {
        let balancers = service.get("loadBalancers").and_then(Value::as_array);
        for balancer in balancers.into_iter().flatten() {
            let advanced = balancer
                .get("advancedConfiguration")
                .unwrap_or(&Value::Null);
            arns.insert(text(balancer, "targetGroupArn").to_owned());
            arns.insert(text(advanced, "alternateTargetGroupArn").to_owned());
        }
    }
    arns.remove("");
    arns
}

/// A target group as AWS describes it; null: it cannot be read.
fn described(arn: &str, reader: &Reader) -> Value {
    let what = format!("settings of target group {arn}");
    let input = json!({ "TargetGroupArns": [arn] });
    let answer = reader.try_read(&what, "elbv2", "DescribeTargetGroups", input);
    let group = answer
        .as_ref()
        .and_then(|a| items(a, "TargetGroups").first());
    group.cloned().unwrap_or_default()
}

/// The load balancers in front of a target group.
fn fronts(group: &Value) -> impl Iterator<Item = String> {
    let arns = items(group, "LoadBalancerArns").iter();
    arns.filter_map(|arn| arn.as_str().map(str::to_owned))
}

/// Every target group that is named somewhere.
fn targets(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(arn) = members.get("TargetGroupArn").and_then(Value::as_str) {
                found.insert(arn.to_owned());
            }
            members.values().for_each(|value| targets(value, found));
        }
        Value::Array(all) => all.iter().for_each(|value| targets(value, found)),
        _ => {}
    }
}

/// A target group in the fixture's shape: what a service names must be there, if with settings that are only likely.
fn target_group(arn: &str, group: &Value, reader: &Reader) -> Value {
    let mut kept = json!({ "arn": arn });
    reader.lose("target groups", group, &GROUP, &GIVEN);
    settings(group, &mut kept);
    let input = json!({ "TargetGroupArn": arn });
    let what = format!("attributes of target group {arn}");
    let answer = reader.try_read(&what, "elbv2", "DescribeTargetGroupAttributes", input);
    for attribute in answer.as_ref().map_or(&[][..], |a| items(a, "Attributes")) {
        let (key, value) = (text(attribute, "Key"), text(attribute, "Value"));
        match key {
            "deregistration_delay.timeout_seconds" if value.parse::<u32>().is_ok() => {
                kept["deregistration_delay"] = json!(format!("{value}s"));
            }
            // What is off, or as usual, is not lost.
            _ if [
                "",
                "false",
                "off",
                "0",
                "round_robin",
                "use_load_balancer_configuration",
            ]
            .contains(&value) => {}
            _ if key.starts_with("stickiness.") && key != "stickiness.enabled" => {}
            _ if key.starts_with("target_group_health.") => {}
            _ => {
                let lost = json!({ key: value });
                reader.lose("the attributes of target groups", &lost, &[], &[]);
            }
        }
    }
    kept
}

fn settings(group: &Value, kept: &mut Value) {
    let numbers = [
        ("Port", "port"),
        ("HealthyThresholdCount", "healthy_threshold"),
        ("UnhealthyThresholdCount", "unhealthy_threshold"),
    ];
    for (theirs, ours) in numbers {
        if let Some(number) = group.get(theirs).and_then(Value::as_u64) {
            kept[ours] = json!(number);
        }
    }
    if let Some(seconds) = group
        .get("HealthCheckIntervalSeconds")
        .and_then(Value::as_u64)
    {
        kept["interval"] = json!(format!("{seconds}s"));
    }
    if !text(group, "HealthCheckPath").is_empty() {
        kept["path"] = json!(text(group, "HealthCheckPath"));
    }
}

fn listener(listener: &Value, reader: &Reader) -> Option<Value> {
    let arn = text(listener, "ListenerArn");
    let Some(port) = listener.get("Port").and_then(Value::as_u64) else {
        reader.leave_out(format!("listener {arn}: it has no port"));
        return None;
    };
    let kept = ["ListenerArn", "Port", "Protocol", "DefaultActions"];
    reader.lose("listeners", listener, &kept, &["LoadBalancerArn"]);
    let mut kept = json!({
        "arn": arn, "port": port, "protocol": text(listener, "Protocol"),
        "default_actions": whole(items(listener, "DefaultActions")),
    });
    let call = ("elbv2", "DescribeRules");
    let what = format!("the rules of port {port}");
    let of_it = json!({ "ListenerArn": arn });
    let mut rules = Vec::new();
    for rule in reader.try_list(&what, call, of_it, "Rules", PAGE) {
        // The default rule is the listener's default action.
        let Ok(priority) = text(&rule, "Priority").parse::<u32>() else {
            continue;
        };
        let known = ["RuleArn", "Priority", "Conditions", "Actions"];
        reader.lose("rules", &rule, &known, &["IsDefault"]);
        rules.push(json!({
            "arn": text(&rule, "RuleArn"), "priority": priority,
            "actions": whole(items(&rule, "Actions")), "conditions": whole(items(&rule, "Conditions")),
        }));
    }
    kept["rules"] = Value::Array(rules);
    Some(kept)
}

/// Objects without what says nothing.
fn whole(objects: &[Value]) -> Vec<Value> {
    let kept = objects.iter().map(|object| match object {
        Value::Object(members) => {
            let said = members.iter().filter(|(_, value)| !says_nothing(value));
            Value::Object(
                said.map(|(name, value)| (name.clone(), value.clone()))
                    .collect(),
            )
        }
        other => other.clone(),
    });
    kept.collect()
}

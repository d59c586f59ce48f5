//! Load balancers, listeners, rules, target groups.

use std::time::Duration;

use serde_json::{Value, json};

use super::{AnswerPlace, ResourceNeed, ResourceType, by};
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::elb::{Listener, LoadBalancer, Rule, TargetGroup};
use crate::world::simulated::model::json::{list, number, set, text};

pub(super) static TYPES: &[&ResourceType] = &[&BALANCER, &LISTENER, &RULE, &GROUP];

static BALANCER: ResourceType = ResourceType {
    service: "elbv2",
    read: "DescribeLoadBalancers",
    shown: AnswerPlace::List("LoadBalancers"),
    base: &[],
    names: &[
        by("LoadBalancerArn", "LoadBalancerArns", true),
        by("LoadBalancerName", "Names", true),
    ],
    lists: &[],
    parents: &[],
    about: &[],
    import: balancer,
};

static LISTENER: ResourceType = ResourceType {
    service: "elbv2",
    read: "DescribeListeners",
    shown: AnswerPlace::List("Listeners"),
    base: &[],
    names: &[by("ListenerArn", "ListenerArns", true)],
    lists: &[],
    parents: &[("LoadBalancerArn", &BALANCER)],
    about: &[],
    import: listener,
};

static RULE: ResourceType = ResourceType {
    service: "elbv2",
    read: "DescribeRules",
    shown: AnswerPlace::List("Rules"),
    base: &[],
    names: &[by("RuleArn", "RuleArns", true)],
    lists: &[],
    parents: &[("ListenerArn", &LISTENER)],
    about: &[],
    import: rule,
};

static GROUP: ResourceType = ResourceType {
    service: "elbv2",
    read: "DescribeTargetGroups",
    shown: AnswerPlace::List("TargetGroups"),
    base: &[],
    names: &[
        by("TargetGroupArn", "TargetGroupArns", true),
        by("TargetGroupName", "Names", true),
    ],
    lists: &[],
    parents: &[("LoadBalancerArn", &BALANCER)],
    about: &[
        ("DescribeTargetHealth", "TargetGroupArn", false),
        ("DescribeTargetGroupAttributes", "TargetGroupArn", true),
    ],
    import: group,
};

/// The target groups to which actions forward.
fn forwards_to(actions: &[Value]) -> Vec<ResourceNeed> {
    let mut groups = Vec::new();
    for action in actions {
        let config = action.get("ForwardConfig").unwrap_or(&Value::Null);
        let named = list(config, "TargetGroups").iter().chain([action]);
        groups.extend(named.filter_map(|g| text(g, "TargetGroupArn")));
    }
    groups.sort_unstable();
    groups.dedup();
    match groups.is_empty() {
        true => Vec::new(),
        false => {
            let groups = groups.into_iter().map(str::to_owned).collect();
            vec![ResourceNeed::Named(&GROUP, "TargetGroupArns", groups)]
        }
    }
}

pub(super) fn needs(operation: &str, input: &Value) -> Vec<ResourceNeed> {
    let group = || ResourceNeed::of(&GROUP, "TargetGroupArns", input, "TargetGroupArn");
    let listener = || ResourceNeed::of(&LISTENER, "ListenerArns", input, "ListenerArn");
    let rules_of = |arn: &str| ResourceNeed::All(&RULE, json!({ "ListenerArn": arn }));
    let rules = || text(input, "ListenerArn").map(rules_of);
    let mut needs = match operation {
        "CreateTargetGroup" => ResourceNeed::of(&GROUP, "Names", input, "Name"),
        "ModifyTargetGroup"
        | "ModifyTargetGroupAttributes"
        | "DeleteTargetGroup"
        | "RegisterTargets"
        | "DeregisterTargets" => group(),
        "CreateListener" => {
            let mut needs =
                ResourceNeed::of(&BALANCER, "LoadBalancerArns", input, "LoadBalancerArn");
            if let Some(arn) = text(input, "LoadBalancerArn") {
                needs.push(ResourceNeed::All(
                    &LISTENER,
                    json!({ "LoadBalancerArn": arn }),
                ));
            }
            needs
        }
        "ModifyListener" => listener(),
        "CreateRule" | "DeleteListener" => listener().into_iter().chain(rules()).collect(),
        "ModifyRule" | "DeleteRule" => ResourceNeed::of(&RULE, "RuleArns", input, "RuleArn"),
        "SetRulePriorities" => {
            let given = list(input, "RulePriorities").iter();
            let arns: Vec<String> = given
                .filter_map(|p| text(p, "RuleArn"))
                .map(str::to_owned)
                .collect();
            // Those beside them have priorities too.
            let beside = arns.first().and_then(|arn| listener_of(arn));
            let named = ResourceNeed::Named(&RULE, "RuleArns", arns);
            beside
                .map(|arn| rules_of(&arn))
                .into_iter()
                .chain([named])
                .collect()
        }
        _ => Vec::new(),
    };
    for member in ["Actions", "DefaultActions"] {
        needs.extend(forwards_to(list(input, member)));
    }
    needs
}

/// Rules, and listeners whose default rule is meant, by their ARNs.
pub(super) fn moved_by<'a>(arns: impl Iterator<Item = &'a str>) -> Vec<ResourceNeed> {
    let (rules, listeners): (Vec<&str>, Vec<&str>) =
        arns.partition(|arn| arn.contains(":listener-rule/"));
    let listeners = listeners.into_iter();
    let mut needs: Vec<ResourceNeed> = listeners
        .map(|arn| ResourceNeed::All(&RULE, json!({ "ListenerArn": arn })))
        .collect();
    if !rules.is_empty() {
        let rules = rules.into_iter().map(str::to_owned).collect();
        needs.push(ResourceNeed::Named(&RULE, "RuleArns", rules));
    }
    needs
}

/// The listener of a rule, by the rule's ARN.
fn listener_of(rule: &str) -> Option<String> {
    let (listener, _) = rule.rsplit_once('/')?;
    let found = listener.contains(":listener-rule/");
    found.then(|| listener.replacen(":listener-rule/", ":listener/", 1))
}

/// The load balancer of a listener, by the listener's ARN.
fn balancer_of(listener: &str) -> Option<String> {
    let (balancer, _) = listener.rsplit_once('/')?;
    Some(balancer.replacen(":listener/", ":loadbalancer/", 1))
}

fn balancer(cloud: &mut Cloud, item: &Value) {
    let word = |name: &str| text(item, name).unwrap_or_default().to_owned();
    let known = LoadBalancer {
        name: word("LoadBalancerName"),
        dns: word("DNSName"),
        hosts: Vec::new(),
        created: word("CreatedTime"),
    };
    cloud.elb.add_balancer(word("LoadBalancerArn"), known);
}

fn listener(cloud: &mut Cloud, item: &Value) {
    let arn = text(item, "ListenerArn").unwrap_or_default().to_owned();
    let mut more = json!({});
    for name in ["Certificates", "SslPolicy", "AlpnPolicy"] {
        if let Some(value) = item.get(name) {
            set(&mut more, name, value.clone());
        }
    }
    let known = Listener {
        balancer: text(item, "LoadBalancerArn").unwrap_or_default().to_owned(),
        port: number(item, "Port")
            .and_then(|p| u16::try_from(p).ok())
            .unwrap_or(0),
        protocol: text(item, "Protocol").unwrap_or("HTTP").to_owned(),
        more,
    };
    cloud.elb.add_listener(arn.clone(), known);
    let default = |rule: &Rule| rule.listener == arn && rule.priority.is_none();
    if !cloud.elb.rules().any(|(_, rule)| default(rule)) {
        let default = Rule {
            listener: arn.clone(),
            priority: None,
            conditions: Vec::new(),
            actions: list(item, "DefaultActions").to_vec(),
        };
        cloud.elb.add_rule(unread(&arn), default);
    }
}

/// What the default rule of a listener is called as long as it was not read itself.
fn unread(listener: &str) -> String {
    format!(
        "{}/default",
        listener.replacen(":listener/", ":listener-rule/", 1)
    )
}

fn rule(cloud: &mut Cloud, item: &Value) {
    let arn = text(item, "RuleArn").unwrap_or_default().to_owned();
    let Some(listener) = listener_of(&arn) else {
        return;
    };
    if let Some(balancer) = balancer_of(&listener) {
        // Which load balancer it belongs to is all that is known of its listener.
        let stub = || Listener {
            balancer,
            port: 0,
            protocol: String::new(),
            more: json!({}),
        };
        cloud.elb.ensure_listener(listener.clone(), stub);
    }
    let priority = text(item, "Priority").and_then(|p| p.parse().ok());
    if priority.is_none() {
        cloud.elb.remove_rule(&unread(&listener));
    }
    let known = Rule {
        listener,
        priority,
        conditions: list(item, "Conditions").to_vec(),
        actions: list(item, "Actions").to_vec(),
    };
    cloud.elb.add_rule(arn, known);
}

fn group(cloud: &mut Cloud, item: &Value) {
    let arn = text(item, "TargetGroupArn").unwrap_or_default().to_owned();
    let name = text(item, "TargetGroupName").unwrap_or_default();
    let port = number(item, "Port").and_then(|p| u16::try_from(p).ok());
    let known = cloud.elb.group(&arn).cloned();
    let mut group = known.unwrap_or_else(|| TargetGroup::new(name, port.unwrap_or(80)));
    let count = |member: &str, usual: u32| {
        let given = number(item, member).and_then(|n| u32::try_from(n).ok());
        given.unwrap_or(usual)
    };
    group.port = port.unwrap_or(group.port);
    group.path = text(item, "HealthCheckPath").unwrap_or("/").to_owned();
    group.interval = Duration::from_secs(count("HealthCheckIntervalSeconds", 30).into());
    group.healthy_threshold = count("HealthyThresholdCount", 5);
    group.unhealthy_threshold = count("UnhealthyThresholdCount", 2);
    let own = [
        "TargetGroupArn",
        "TargetGroupName",
        "Port",
        "HealthCheckPath",
        "HealthCheckIntervalSeconds",
        "HealthyThresholdCount",
        "UnhealthyThresholdCount",
        "LoadBalancerArns",
    ];
    for (name, value) in item.as_object().into_iter().flatten() {
        if !own.contains(&name.as_str()) {
            group.more.insert(name.clone(), value.clone());
        }
    }
    cloud.elb.add_group(arn, group);
}

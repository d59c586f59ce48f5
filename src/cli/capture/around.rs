//! What is around the services: target groups, load balancers, alarms, scaling, log groups.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Captured;
use super::reader::{Reader, items, says_nothing, text};

/// The target groups that the services name.
pub(super) fn target_groups(reader: &Reader, captured: &mut Captured) {
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
    for arn in arns {
        let what = format!("settings of target group {arn}");
        let input = json!({ "TargetGroupArns": [arn] });
        let answer = reader.try_read(&what, "elbv2", "DescribeTargetGroups", input);
        let group = answer
            .as_ref()
            .and_then(|a| items(a, "TargetGroups").first());
        // A service needs its target groups, if with settings that are only likely.
        let mut kept = json!({ "arn": arn });
        if let Some(group) = group {
            settings(group, &mut kept);
        }
        let input = json!({ "TargetGroupArn": arn });
        let what = format!("attributes of target group {arn}");
        let answer = reader.try_read(&what, "elbv2", "DescribeTargetGroupAttributes", input);
        let attributes = answer.as_ref().map_or(&[][..], |a| items(a, "Attributes"));
        let delay = attributes
            .iter()
            .find(|a| text(a, "Key") == "deregistration_delay.timeout_seconds");
        if let Some(seconds) = delay
            .map(|a| text(a, "Value"))
            .filter(|v| v.parse::<u32>().is_ok())
        {
            kept["deregistration_delay"] = json!(format!("{seconds}s"));
        }
        captured.target_groups.push(kept);
    }
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

/// The load balancers in front of the target groups, with what forwards to them.
pub(super) fn load_balancers(reader: &Reader, captured: &mut Captured) {
    let groups: Vec<String> = captured
        .target_groups
        .iter()
        .map(|group| text(group, "arn").to_owned())
        .collect();
    if groups.is_empty() {
        return;
    }
    let input = json!({ "TargetGroupArns": groups });
    let what = "the load balancers";
    let Some(answer) = reader.try_read(what, "elbv2", "DescribeTargetGroups", input) else {
        return;
    };
    let arns: BTreeSet<&str> = items(&answer, "TargetGroups")
        .iter()
        .flat_map(|group| items(group, "LoadBalancerArns"))
        .filter_map(Value::as_str)
        .collect();
    for arn in arns {
        let what = format!("load balancer {arn}");
        let input = json!({ "LoadBalancerArns": [arn] });
        let Some(answer) = reader.try_read(&what, "elbv2", "DescribeLoadBalancers", input) else {
            continue;
        };
        let Some(balancer) = items(&answer, "LoadBalancers").first() else {
            continue;
        };
        let input = json!({ "LoadBalancerArn": arn });
        let answer = reader.try_read(&what, "elbv2", "DescribeListeners", input);
        let listeners = answer.as_ref().map_or(&[][..], |a| items(a, "Listeners"));
        let listeners: Vec<Value> = listeners
            .iter()
            .filter_map(|it| listener(it, &groups, reader))
            .collect();
        captured.load_balancers.push(json!({
            "name": text(balancer, "LoadBalancerName"), "arn": arn, "listeners": listeners,
        }));
    }
}

fn listener(listener: &Value, groups: &[String], reader: &Reader) -> Option<Value> {
    let arn = text(listener, "ListenerArn");
    let port = listener.get("Port").and_then(Value::as_u64)?;
    let mut kept = json!({ "arn": arn, "port": port, "protocol": text(listener, "Protocol") });
    let what = format!("the rules of port {port}");
    let answer = reader.try_read(
        &what,
        "elbv2",
        "DescribeRules",
        json!({ "ListenerArn": arn }),
    );
    let mut rules = Vec::new();
    for rule in answer.as_ref().map_or(&[][..], |a| items(a, "Rules")) {
        let (priority, actions) = (text(rule, "Priority"), items(rule, "Actions"));
        // What leads elsewhere says nothing about these services.
        if !forwards_within(actions, groups) {
            continue;
        }
        match priority.parse::<u32>() {
            Ok(number) => rules.push(json!({
                "arn": text(rule, "RuleArn"), "priority": number, "actions": whole(actions),
                "conditions": items(rule, "Conditions").iter().map(condition).collect::<Vec<_>>(),
            })),
            Err(_) => kept["default_actions"] = Value::Array(whole(actions)),
        }
    }
    if rules.is_empty() && kept.get("default_actions").is_none() {
        return None;
    }
    kept["rules"] = Value::Array(rules);
    Some(kept)
}

/// Whether actions forward, and only to captured target groups.
fn forwards_within(actions: &[Value], groups: &[String]) -> bool {
    let known = |arn: &str| groups.iter().any(|group| group == arn);
    actions.iter().any(|a| text(a, "Type") == "forward")
        && actions
            .iter()
            .filter(|a| text(a, "Type") == "forward")
            .all(|action| {
                let config = action.get("ForwardConfig").unwrap_or(&Value::Null);
                let one = text(action, "TargetGroupArn");
                (one.is_empty() || known(one))
                    && items(config, "TargetGroups")
                        .iter()
                        .all(|g| known(text(g, "TargetGroupArn")))
            })
}

/// Actions without what says nothing.
fn whole(actions: &[Value]) -> Vec<Value> {
    let kept = actions.iter().map(|action| match action {
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

fn condition(condition: &Value) -> Value {
    whole(std::slice::from_ref(condition))
        .pop()
        .unwrap_or_default()
}

/// The alarms that look at the services, their target groups or load balancers, or that deployments name.
pub(super) fn alarms(reader: &Reader, captured: &mut Captured) {
    const MEMBERS: [&str; 20] = [
        "AlarmName",
        "AlarmDescription",
        "ActionsEnabled",
        "OKActions",
        "AlarmActions",
        "InsufficientDataActions",
        "MetricName",
        "Namespace",
        "Statistic",
        "ExtendedStatistic",
        "Dimensions",
        "Period",
        "Unit",
        "EvaluationPeriods",
        "DatapointsToAlarm",
        "Threshold",
        "ComparisonOperator",
        "TreatMissingData",
        "EvaluateLowSampleCountPercentile",
        "Metrics",
    ];
    let found = reader.list(
        ("cloudwatch", "DescribeAlarms"),
        json!({ "AlarmTypes": ["MetricAlarm"] }),
        "MetricAlarms",
        ("NextToken", "NextToken"),
    );
    let found = match found {
        Ok(found) => found,
        Err(fault) => {
            return reader.leave_out(format!("alarms: {}: {}", fault.code, fault.message));
        }
    };
    for alarm in found
        .iter()
        .filter(|alarm| concerns(alarm, captured))
        .collect::<Vec<_>>()
    {
        let mut kept = Map::new();
        for member in MEMBERS {
            match alarm.get(member) {
                Some(value) if !says_nothing(value) => {
                    kept.insert(member.into(), value.clone());
                }
                _ => {}
            }
        }
        captured.alarms.push(kept);
    }
}

fn concerns(alarm: &Value, captured: &Captured) -> bool {
    let named = |service: &Map<String, Value>| {
        let alarms = service
            .get("deploymentConfiguration")
            .and_then(|d| d.get("alarms"));
        let names = alarms.map_or(&[][..], |a| items(a, "alarmNames"));
        names
            .iter()
            .any(|name| name.as_str() == Some(text(alarm, "AlarmName")))
    };
    let metrics = items(alarm, "Metrics")
        .iter()
        .filter_map(|m| m.get("MetricStat")?.get("Metric"));
    let dimensions = metrics.chain([alarm]).flat_map(|m| items(m, "Dimensions"));
    let mut dimensions = dimensions.map(|d| (text(d, "Name"), text(d, "Value")));
    let end = |arn: &str, part: &str| arn.split_once(part).map(|(_, end)| end.to_owned());
    let looks = dimensions.any(|(name, value)| match name {
        "ServiceName" => captured
            .services
            .iter()
            .any(|s| s.get("serviceName").and_then(Value::as_str) == Some(value)),
        "TargetGroup" => captured
            .target_groups
            .iter()
            .any(|g| text(g, "arn").ends_with(value)),
        "LoadBalancer" => captured
            .load_balancers
            .iter()
            .any(|b| end(text(b, "arn"), "loadbalancer/").as_deref() == Some(value)),
        _ => false,
    });
    looks || captured.services.iter().any(named)
}

/// The services that scale by themselves.
pub(super) fn scaling(reader: &Reader, captured: &mut Captured) {
    let names: Vec<String> = captured
        .services
        .iter()
        .filter_map(|s| s.get("serviceName")?.as_str().map(str::to_owned))
        .collect();
    let resource = |name: &str| format!("service/{}/{name}", captured.cluster);
    let ids: Vec<String> = names.iter().map(|name| resource(name)).collect();
    if ids.is_empty() {
        return;
    }
    const SERVICE: &str = "application-autoscaling";
    let input = json!({ "ServiceNamespace": "ecs", "ResourceIds": ids });
    let Some(answer) = reader.try_read("scaling", SERVICE, "DescribeScalableTargets", input) else {
        return;
    };
    let mut found = Vec::new();
    for target in items(&answer, "ScalableTargets") {
        let id = text(target, "ResourceId");
        let bound = |name: &str| target.get(name).and_then(Value::as_u64);
        let (Some(min), Some(max)) = (bound("MinCapacity"), bound("MaxCapacity")) else {
            continue;
        };
        let service = id.trim_start_matches("service/");
        let mut kept = json!({ "service": service, "min": min, "max": max });
        let what = format!("scaling policies of {service}");
        let input = json!({ "ServiceNamespace": "ecs", "ResourceId": id });
        let answer = reader.try_read(&what, SERVICE, "DescribeScalingPolicies", input);
        for policy in answer
            .as_ref()
            .map_or(&[][..], |a| items(a, "ScalingPolicies"))
        {
            let tracking = policy
                .get("TargetTrackingScalingPolicyConfiguration")
                .unwrap_or(&Value::Null);
            let metric = tracking
                .get("PredefinedMetricSpecification")
                .unwrap_or(&Value::Null);
            match tracking.get("TargetValue").and_then(Value::as_f64) {
                Some(value)
                    if text(metric, "PredefinedMetricType")
                        == "ECSServiceAverageCPUUtilization" =>
                {
                    kept["cpu_target"] = json!(value);
                }
                _ => reader.leave_out(format!(
                    "scaling policy {} of {service}: fixtures know target tracking of CPU only",
                    text(policy, "PolicyName")
                )),
            }
        }
        found.push(kept);
    }
    captured.scaling = found;
}

/// Fixtures have the log groups of their task definitions; says which ones are not there.
pub(super) fn log_groups(reader: &Reader, captured: &Captured) {
    let mut groups = BTreeSet::new();
    let containers = captured
        .definitions
        .iter()
        .filter_map(|d| d.get("containerDefinitions")?.as_array());
    for container in containers.flatten() {
        let options = container
            .get("logConfiguration")
            .and_then(|log| log.get("options"));
        groups.insert(text(options.unwrap_or(&Value::Null), "awslogs-group"));
    }
    groups.remove("");
    for group in groups {
        let what = format!("log group {group}");
        let input = json!({ "logGroupNamePrefix": group });
        let Some(answer) = reader.try_read(&what, "logs", "DescribeLogGroups", input) else {
            continue;
        };
        if !items(&answer, "logGroups")
            .iter()
            .any(|g| text(g, "logGroupName") == group)
        {
            reader.leave_out(format!(
                "that log group {group} is not there: fixtures have those of their tasks"
            ));
        }
    }
}

//! ELBv2: load balancers, listeners, rules, target groups.

use serde_json::{Value, json};

use crate::emulated::conformance::case::{Case, case};

/// The name of a target group ends in digits that no other case has; `{group}` is its ARN.
fn group(name: &'static str) -> Case {
    case(name)
        .call("elbv2", "CreateTargetGroup", create("tg-{id}"))
        .keep("group", "/TargetGroups/0/TargetGroupArn")
}

fn create(name: &str) -> Value {
    json!({
        "Name": name, "Protocol": "HTTP", "Port": 8080, "VpcId": "{vpc}", "TargetType": "ip",
        "HealthCheckPath": "/health", "HealthCheckIntervalSeconds": 10, "HealthyThresholdCount": 2,
    })
}

/// A listener that forwards to `{group}`, `{listener}`, on a port of its own.
fn listener(name: &'static str, port: u16) -> Case {
    group(name)
        .call(
            "elbv2",
            "CreateListener",
            json!({
                "LoadBalancerArn": "{balancer}", "Protocol": "HTTP", "Port": port,
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": "{group}"}],
            }),
        )
        .keep("listener", "/Listeners/0/ListenerArn")
}

/// A case with a listener and two target groups, `{group}` and `{other}`.
fn two(name: &'static str, port: u16) -> Case {
    listener(name, port)
        .call("elbv2", "CreateTargetGroup", create("tg2-{id}"))
        .keep("other", "/TargetGroups/0/TargetGroupArn")
}

fn weighted(first: u32, second: u32) -> Value {
    json!([{"Type": "forward", "ForwardConfig": {"TargetGroups": [
        {"TargetGroupArn": "{group}", "Weight": first}, {"TargetGroupArn": "{other}", "Weight": second},
    ]}}])
}

fn rule(priority: u32) -> Value {
    json!({
        "ListenerArn": "{listener}", "Priority": priority,
        "Conditions": [{"Field": "path-pattern", "Values": ["/api/*"]}],
        "Actions": [{"Type": "forward", "TargetGroupArn": "{group}"}],
    })
}

/// The ARN of what is not there.
fn none(what: &str) -> String {
    format!("arn:aws:elasticloadbalancing:{{region}}:{{account}}:{what}/none/0123456789abcdef")
}

pub fn cases() -> Vec<Case> {
    vec![
        group("balancers: a target group is created as asked").gives(json!({"TargetGroups": [{
            "TargetGroupName": "tg-{id}", "Protocol": "HTTP", "Port": 8080, "TargetType": "ip",
            "HealthCheckPath": "/health", "HealthCheckIntervalSeconds": 10, "HealthyThresholdCount": 2,
            "TargetGroupArn": "$like arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/tg-{id}/*",
        }]})),
        group("balancers: target groups are found by name")
            .call("elbv2", "DescribeTargetGroups", json!({"Names": ["tg-{id}"]}))
            .gives(json!({"TargetGroups": [{"TargetGroupArn": "{group}"}]})),
        case("balancers: an unknown target group is refused")
            .call("elbv2", "DescribeTargetGroups", json!({"TargetGroupArns": [none("targetgroup")]}))
            .fails("TargetGroupNotFound"),
        case("balancers: a target group of an unknown name is refused")
            .call("elbv2", "DescribeTargetGroups", json!({"Names": ["{id}-none"]}))
            .fails("TargetGroupNotFound"),
        group("balancers: an empty target group has no targets")
            .call("elbv2", "DescribeTargetHealth", json!({"TargetGroupArn": "{group}"}))
            .gives(json!({"TargetHealthDescriptions": []})),
        case("balancers: the health of an unknown target group is refused")
            .call("elbv2", "DescribeTargetHealth", json!({"TargetGroupArn": none("targetgroup")}))
            .fails("TargetGroupNotFound"),
        group("balancers: registered targets have a health")
            .call("elbv2", "RegisterTargets", json!({"TargetGroupArn": "{group}", "Targets": [{"Id": "10.0.0.9", "Port": 8080}]}))
            .call("elbv2", "DescribeTargetHealth", json!({"TargetGroupArn": "{group}"}))
            .gives(json!({"TargetHealthDescriptions": [{
                "Target": {"Id": "10.0.0.9", "Port": 8080}, "TargetHealth": {"State": "$text"},
            }]})),
        group("balancers: a target group in no listener has no load balancer, and its targets are unused")
            .call("elbv2", "RegisterTargets", json!({"TargetGroupArn": "{group}", "Targets": [{"Id": "10.0.0.9", "Port": 8080}]}))
            .call("elbv2", "DescribeTargetHealth", json!({"TargetGroupArn": "{group}"}))
            .gives(json!({"TargetHealthDescriptions": [{"TargetHealth": {"State": "unused", "Reason": "Target.NotInUse"}}]})),
        group("balancers: the deregistration delay is five minutes")
            .call("elbv2", "DescribeTargetGroupAttributes", json!({"TargetGroupArn": "{group}"}))
            .gives(json!({"Attributes": {"$has": {"Key": "deregistration_delay.timeout_seconds", "Value": "300"}}})),
        group("balancers: the deregistration delay can be changed")
            .call("elbv2", "ModifyTargetGroupAttributes", json!({"TargetGroupArn": "{group}", "Attributes": [
                {"Key": "deregistration_delay.timeout_seconds", "Value": "15"},
            ]}))
            .call("elbv2", "DescribeTargetGroupAttributes", json!({"TargetGroupArn": "{group}"}))
            .gives(json!({"Attributes": {"$has": {"Key": "deregistration_delay.timeout_seconds", "Value": "15"}}})),
        case("balancers: found by name")
            .call("elbv2", "DescribeLoadBalancers", json!({"Names": ["stage-alb"]}))
            .gives(json!({"LoadBalancers": [{
                "LoadBalancerArn": "{balancer}", "LoadBalancerName": "stage-alb", "DNSName": "$text",
                "Type": "application", "State": {"Code": "$text"},
            }]})),
        case("balancers: an unknown name is refused")
            .call("elbv2", "DescribeLoadBalancers", json!({"Names": ["{id}-none"]}))
            .fails("LoadBalancerNotFound"),
        listener("balancers: listeners forward", 8101)
            .call("elbv2", "DescribeListeners", json!({"ListenerArns": ["{listener}"]}))
            .gives(json!({"Listeners": [{
                "ListenerArn": "{listener}", "LoadBalancerArn": "{balancer}", "Port": 8101, "Protocol": "HTTP",
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": "{group}"}],
            }]})),
        listener("balancers: a target group names its load balancers", 8102)
            .call("elbv2", "DescribeTargetGroups", json!({"TargetGroupArns": ["{group}"]}))
            .gives(json!({"TargetGroups": [{"LoadBalancerArns": ["{balancer}"]}]})),
        listener("balancers: a second listener on a port is refused", 8103)
            .call("elbv2", "CreateListener", json!({
                "LoadBalancerArn": "{balancer}", "Protocol": "HTTP", "Port": 8103,
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": "{group}"}],
            }))
            .fails("DuplicateListener"),
        case("balancers: an unknown listener is refused")
            .call("elbv2", "DescribeListeners", json!({"ListenerArns": [none("listener/app/stage-alb")]}))
            .fails("ListenerNotFound"),
        two("balancers: weights are kept", 8104)
            .call("elbv2", "ModifyListener", json!({"ListenerArn": "{listener}", "DefaultActions": weighted(90, 10)}))
            .call("elbv2", "DescribeListeners", json!({"ListenerArns": ["{listener}"]}))
            .gives(json!({"Listeners": [{"DefaultActions": [{"ForwardConfig": {"TargetGroups": [
                {"TargetGroupArn": "{group}", "Weight": 90}, {"TargetGroupArn": "{other}", "Weight": 10},
            ]}}]}]})),
        listener("balancers: rules are described by their listener", 8105)
            .call("elbv2", "CreateRule", rule(10))
            .keep("rule", "/Rules/0/RuleArn")
            .call("elbv2", "DescribeRules", json!({"ListenerArn": "{listener}"}))
            .gives(json!({"Rules": {"$has": {
                "RuleArn": "{rule}", "Priority": "10", "IsDefault": false,
                "Conditions": [{"Field": "path-pattern", "Values": ["/api/*"]}],
                "Actions": [{"Type": "forward", "TargetGroupArn": "{group}"}],
            }}})),
        listener("balancers: every listener has a default rule", 8106)
            .call("elbv2", "DescribeRules", json!({"ListenerArn": "{listener}"}))
            .gives(json!({"Rules": [{"Priority": "default", "IsDefault": true}]})),
        listener("balancers: a priority is given once", 8107)
            .call("elbv2", "CreateRule", rule(10))
            .call("elbv2", "CreateRule", rule(10))
            .fails("PriorityInUse"),
        two("balancers: a rule's weights are kept", 8108)
            .call("elbv2", "CreateRule", rule(10))
            .keep("rule", "/Rules/0/RuleArn")
            .call("elbv2", "ModifyRule", json!({"RuleArn": "{rule}", "Actions": weighted(0, 100)}))
            .call("elbv2", "DescribeRules", json!({"RuleArns": ["{rule}"]}))
            .gives(json!({"Rules": [{"Actions": [{"ForwardConfig": {"TargetGroups": [
                {"TargetGroupArn": "{group}", "Weight": 0}, {"TargetGroupArn": "{other}", "Weight": 100},
            ]}}]}]})),
        listener("balancers: a rule's conditions can be changed", 8110)
            .call("elbv2", "CreateRule", rule(10))
            .keep("rule", "/Rules/0/RuleArn")
            .call("elbv2", "ModifyRule", json!({"RuleArn": "{rule}", "Conditions": [
                {"Field": "host-header", "Values": ["api.example.com"]},
            ]}))
            .gives(json!({"Rules": [{
                "RuleArn": "{rule}", "Priority": "10",
                "Conditions": [{"Field": "host-header", "Values": ["api.example.com"]}],
                "Actions": [{"Type": "forward", "TargetGroupArn": "{group}"}],
            }]})),
        listener("balancers: a deleted rule is gone", 8111)
            .call("elbv2", "CreateRule", rule(10))
            .keep("rule", "/Rules/0/RuleArn")
            .call("elbv2", "DeleteRule", json!({"RuleArn": "{rule}"}))
            .call("elbv2", "DescribeRules", json!({"ListenerArn": "{listener}"}))
            .gives(json!({"Rules": {"$not": {"RuleArn": "{rule}"}}})),
        listener("balancers: a deleted listener is gone", 8112)
            .call("elbv2", "DeleteListener", json!({"ListenerArn": "{listener}"}))
            .call("elbv2", "DescribeListeners", json!({"LoadBalancerArn": "{balancer}"}))
            .gives(json!({"Listeners": {"$not": {"ListenerArn": "{listener}"}}})),
        group("balancers: a deleted target group is gone")
            .call("elbv2", "DeleteTargetGroup", json!({"TargetGroupArn": "{group}"}))
            .call("elbv2", "DescribeTargetGroups", json!({"TargetGroupArns": ["{group}"]}))
            .fails("TargetGroupNotFound"),
        group("balancers: a target group that is created again as it is, is answered")
            .call("elbv2", "CreateTargetGroup", create("tg-{id}"))
            .gives(json!({"TargetGroups": [{"TargetGroupArn": "{group}"}]})),
        listener("balancers: fixed answers are kept", 8113)
            .call("elbv2", "ModifyListener", json!({"ListenerArn": "{listener}", "DefaultActions": [
                {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "ContentType": "text/plain", "MessageBody": "soon"}},
            ]}))
            .gives(json!({"Listeners": [{"DefaultActions": [{
                "Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "ContentType": "text/plain", "MessageBody": "soon"},
            }]}]})),
        case("balancers: an unknown rule is refused")
            .call("elbv2", "DescribeRules", json!({"RuleArns": [none("listener-rule/app/stage-alb/0123456789abcdef")]}))
            .fails("RuleNotFound"),
        listener("balancers: a target group in use is not deleted", 8109)
            .call("elbv2", "DeleteTargetGroup", json!({"TargetGroupArn": "{group}"}))
            .fails("ResourceInUse"),
    ]
}

//! Listeners, rules, target groups.

use super::*;

const INVALID: &str = "ValidationError";
const BALANCER: &str = "arn:aws:elasticloadbalancing:ap-south-1:123456789012:loadbalancer/app/realserv-alb/50dc6c495c0c9188";
const GROUP: &str =
    "arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/catalog-tg/6d0ecf831eec9f09";

/// ELBv2 API Reference, CreateListener: `Protocol`, `Certificates` ("You must provide exactly one certificate").
#[test]
fn a_listener_has_the_protocol_of_its_balancer_and_its_certificate() {
    let listener = json!({
        "LoadBalancerArn": BALANCER, "Port": 8443, "Protocol": "HTTPS",
        "Certificates": [{ "CertificateArn": "arn:aws:acm:ap-south-1:123456789012:certificate/1" }],
        "DefaultActions": [{ "Type": "forward", "TargetGroupArn": GROUP }],
    });
    table(
        "elbv2",
        "CreateListener",
        &listener,
        &[
            (
                |l| l["Certificates"] = json!([]),
                INVALID,
                "A certificate must be specified for HTTPS listeners",
            ),
            (
                |l| l["Certificates"] = json!([{}, {}]),
                "TooManyCertificates",
                "one certificate",
            ),
            (
                |l| l["Certificates"] = json!([{ "CertificateArn": "mine" }]),
                INVALID,
                "is not valid",
            ),
            (
                |l| l["Protocol"] = json!("TCP"),
                INVALID,
                "Listener protocol 'TCP' must be one of 'HTTPS, HTTP'",
            ),
            (
                |l| l["Protocol"] = json!("HTTP"),
                INVALID,
                "Certificates cannot be specified for HTTP",
            ),
            (|l| l["Port"] = Value::Null, INVALID, "port"),
            (
                |l| {
                    l["DefaultActions"] = json!([{ "Type": "redirect", "RedirectConfig": { "StatusCode": "HTTP_301" } }])
                },
                INVALID,
                "creates a loop",
            ),
            (
                |l| l["DefaultActions"] = json!([{ "Type": "fixed-response", "FixedResponseConfig": { "StatusCode": "301" } }]),
                INVALID,
                "2XX, 4XX or 5XX",
            ),
        ],
    );
}

/// ELBv2 API Reference, CreateTargetGroup: `Name`, `Protocol`, `Port`, `VpcId` ("this parameter is required"),
/// `HealthCheckIntervalSeconds`, `HealthCheckTimeoutSeconds`, thresholds.
#[test]
fn a_target_group_says_what_it_sends_to_and_how_it_checks_that() {
    let group = json!({
        "Name": "orders", "Protocol": "HTTP", "Port": 8080, "VpcId": "vpc-1", "TargetType": "ip",
        "HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 5,
    });
    table(
        "elbv2",
        "CreateTargetGroup",
        &group,
        &[
            (
                |g| g["Protocol"] = Value::Null,
                INVALID,
                "A protocol must be specified",
            ),
            (
                |g| g["VpcId"] = Value::Null,
                INVALID,
                "A VPC ID must be specified",
            ),
            (
                |g| g["Port"] = Value::Null,
                INVALID,
                "A port must be specified",
            ),
            (
                |g| g["Port"] = json!(70_000),
                INVALID,
                "between 1 and 65535",
            ),
            (
                |g| g["Name"] = json!("-orders"),
                INVALID,
                "cannot begin or end with '-'",
            ),
            (
                |g| g["HealthCheckTimeoutSeconds"] = json!(10),
                INVALID,
                "interval must be greater than the timeout",
            ),
            (
                |g| g["HealthCheckTimeoutSeconds"] = json!(1),
                INVALID,
                "between 2 and 120",
            ),
            (
                |g| g["HealthyThresholdCount"] = json!(1),
                INVALID,
                "between 2 and 10",
            ),
            (
                |g| g["HealthCheckPath"] = json!("health"),
                INVALID,
                "must begin with a '/'",
            ),
            (
                |g| g["HealthCheckProtocol"] = json!("TCP"),
                INVALID,
                "'TCP' is not supported",
            ),
            (
                |g| g["TargetType"] = json!("pod"),
                INVALID,
                "instance, ip, lambda, alb",
            ),
            (
                |g| g["TargetType"] = json!("lambda"),
                INVALID,
                "cannot be specified for target groups with target type 'lambda'",
            ),
        ],
    );
}

/// ELBv2 API Reference, TargetGroupAttribute: `Key` and the values of each.
#[test]
fn the_attributes_of_a_target_group_are_those_that_there_are() {
    let of = |key: &str, value: &str| json!({ "TargetGroupArn": GROUP, "Attributes": [{ "Key": key, "Value": value }] });
    let sound = of("slow_start.duration_seconds", "30");
    table(
        "elbv2",
        "ModifyTargetGroupAttributes",
        &sound,
        &[
            (
                |a| a["Attributes"][0]["Key"] = json!("no.such"),
                INVALID,
                "key 'no.such' is not recognized",
            ),
            (
                |a| a["Attributes"][0]["Value"] = json!("29"),
                INVALID,
                "between 30 and 900",
            ),
            (
                |a| a["Attributes"][0] = json!({ "Key": "stickiness.enabled", "Value": "yes" }),
                INVALID,
                "true, false",
            ),
            (
                |a| {
                    a["Attributes"][0] =
                        json!({ "Key": "deregistration_delay.timeout_seconds", "Value": "3601" })
                },
                INVALID,
                "between 0 and 3600",
            ),
            (
                |a| a["Attributes"] = json!([]),
                INVALID,
                "At least one attribute",
            ),
        ],
    );
}

/// ELBv2 API Reference, RuleCondition, TargetGroupStickinessConfig ("You must specify this value when enabling");
/// Application Load Balancers Guide, "Quotas": condition values and wildcards per rule.
#[test]
fn a_rule_has_conditions_and_actions_within_their_limits() {
    let world = world(&[]);
    let listeners = json!({ "LoadBalancerArn": BALANCER });
    let found = aws(&world, "elbv2", "DescribeListeners", listeners).expect("listeners");
    let rule = json!({
        "ListenerArn": found["Listeners"][0]["ListenerArn"], "Priority": 77,
        "Conditions": [{ "Field": "path-pattern", "Values": ["/orders/*"] }],
        "Actions": [{ "Type": "forward", "ForwardConfig": {
            "TargetGroups": [{ "TargetGroupArn": GROUP, "Weight": 1 }],
            "TargetGroupStickinessConfig": { "Enabled": true, "DurationSeconds": 60 },
        } }],
    });
    table(
        "elbv2",
        "CreateRule",
        &rule,
        &[
            (
                |r| r["Conditions"][0]["Values"] = json!(["/1", "/2", "/3", "/4", "/5", "/6"]),
                INVALID,
                "A rule can only have '5' condition values",
            ),
            (
                |r| {
                    r["Conditions"] = json!([
                        { "Field": "path-pattern", "PathPatternConfig": { "Values": ["/1", "/2", "/3"] } },
                        { "Field": "host-header", "HostHeaderConfig": { "Values": ["a", "b", "c"] } },
                    ])
                },
                INVALID,
                "'5' condition values",
            ),
            (
                |r| r["Conditions"][0]["Values"] = json!(["/*/*/*/*/*/*"]),
                INVALID,
                "condition wildcards",
            ),
            (
                |r| {
                    r["Conditions"] = json!([
                        { "Field": "path-pattern", "Values": ["/1"] }, { "Field": "path-pattern", "Values": ["/2"] },
                    ])
                },
                INVALID,
                "only have one condition with the field 'path-pattern'",
            ),
            (
                |r| r["Conditions"] = json!([{ "Field": "http-header", "Values": ["a"] }]),
                INVALID,
                "'HttpHeaderConfig' must be specified",
            ),
            (
                |r| {
                    r["Actions"][0]["ForwardConfig"]["TargetGroupStickinessConfig"] =
                        json!({ "Enabled": true })
                },
                INVALID,
                "A duration must be specified",
            ),
            (
                |r| {
                    r["Actions"][0]["ForwardConfig"]["TargetGroupStickinessConfig"] =
                        json!({ "Enabled": true, "DurationSeconds": 604_801 })
                },
                INVALID,
                "between 1 and 604800",
            ),
        ],
    );
}

/// ELBv2 API Reference, TargetDescription: `Id` by the type of the group, `Port`; RegisterTargets, "Errors".
#[test]
fn targets_are_of_the_type_of_their_group() {
    for (kind, good, bad, code) in [
        ("ip", "10.0.0.9", "i-0123456789abcdef0", INVALID),
        (
            "instance",
            "i-0123456789abcdef0",
            "10.0.0.9",
            "InvalidTarget",
        ),
    ] {
        let world = world(&[]);
        let group = json!({
            "Name": "own", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1", "TargetType": kind,
        });
        let made = aws(&world, "elbv2", "CreateTargetGroup", group).expect("made");
        let arn = &made["TargetGroups"][0]["TargetGroupArn"];
        let with = |target: Value| json!({ "TargetGroupArn": arn, "Targets": [target] });
        let register = |target| aws(&world, "elbv2", "RegisterTargets", with(target));
        register(json!({ "Id": good, "Port": 8080 })).expect("of its type");
        let fault = register(json!({ "Id": bad })).expect_err("of another");
        assert_eq!(fault.code, code);
        let fault = register(json!({ "Id": good, "Port": 0 })).expect_err("no port");
        assert_eq!(fault.code, INVALID);
    }
}

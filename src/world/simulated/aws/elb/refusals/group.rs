//! What is refused of a target group: its name, what it sends to, and how it checks that.

use serde_json::Value;

use super::super::groups::TargetGroup;
use super::super::validation;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{number, text};

/// Members that are numbers, and the values that they may have.
const RANGES: [(&str, u64, u64); 5] = [
    ("Port", 1, 65_535),
    ("HealthCheckIntervalSeconds", 5, 300),
    ("HealthCheckTimeoutSeconds", 2, 120),
    ("HealthyThresholdCount", 2, 10),
    ("UnhealthyThresholdCount", 2, 10),
];

/// Members that are one of a few words.
const WORDS: [(&str, &[&str]); 5] = [
    (
        "Protocol",
        &[
            "HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC", "GENEVE",
        ],
    ),
    ("ProtocolVersion", &["HTTP1", "HTTP2", "GRPC"]),
    ("TargetType", &["instance", "ip", "lambda", "alb"]),
    ("HealthCheckProtocol", &["HTTP", "HTTPS", "TCP"]),
    ("IpAddressType", &["ipv4", "ipv6"]),
];

/// Checks the input of `CreateTargetGroup` by itself.
pub(in super::super) fn created(input: &Value) -> Result<(), Fault> {
    let name = text(input, "Name").unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if name.len() > 32 || !name.chars().all(fits) {
        return Err(validation(format!(
            "Target group name '{name}' can have at most 32 characters, alphanumeric or hyphens"
        )));
    }
    if name.starts_with('-') || name.ends_with('-') {
        return Err(validation(format!(
            "Target group name '{name}' cannot begin or end with '-'"
        )));
    }
    members(input)?;
    if text(input, "TargetType") == Some("lambda") {
        let mut network = ["Protocol", "Port", "VpcId"].into_iter();
        return match network.find(|m| input.get(*m).is_some_and(|v| !v.is_null())) {
            Some(member) => Err(validation(format!(
                "{member} cannot be specified for target groups with target type 'lambda'"
            ))),
            None => Ok(()),
        };
    }
    for (member, what) in [
        ("Protocol", "protocol"),
        ("Port", "port"),
        ("VpcId", "VPC ID"),
    ] {
        if input.get(member).is_none_or(Value::is_null) {
            return Err(validation(format!("A {what} must be specified")));
        }
    }
    Ok(())
}

/// Checks a target group as a call would leave it.
pub(in super::super) fn modified(group: &TargetGroup, input: &Value) -> Result<(), Fault> {
    members(input)?;
    let interval = group.interval.as_secs();
    let timeout = group.more.get("HealthCheckTimeoutSeconds");
    if timeout
        .and_then(Value::as_u64)
        .is_some_and(|t| t >= interval)
    {
        return Err(validation(
            "Health check interval must be greater than the timeout.",
        ));
    }
    let enabled = group.more.get("HealthCheckEnabled");
    let kind = group.target_type().unwrap_or("ip");
    if enabled == Some(&Value::Bool(false)) && kind != "lambda" {
        return Err(validation(format!(
            "Health checks must be enabled for target groups with target type '{kind}'"
        )));
    }
    let protocol = |name: &str| group.more.get(name).and_then(Value::as_str);
    let web = matches!(protocol("Protocol"), None | Some("HTTP" | "HTTPS"));
    if web && protocol("HealthCheckProtocol") == Some("TCP") {
        return Err(validation(
            "Health check protocol 'TCP' is not supported for target groups with protocol HTTP or HTTPS",
        ));
    }
    Ok(())
}

fn members(input: &Value) -> Result<(), Fault> {
    for (name, least, most) in RANGES {
        let given = input.get(name).filter(|v| !v.is_null());
        if given.is_some() && !number(input, name).is_some_and(|n| (least..=most).contains(&n)) {
            let given = given.map(Value::to_string).unwrap_or_default();
            return Err(validation(format!(
                "{name} '{given}' must be between {least} and {most}"
            )));
        }
    }
    for (name, words) in WORDS {
        if let Some(other) = text(input, name).filter(|v| !words.contains(v)) {
            return Err(validation(format!(
                "{name} '{other}' must be one of '{}'",
                words.join(", ")
            )));
        }
    }
    match text(input, "HealthCheckPath") {
        Some(path) if !path.starts_with('/') => Err(validation(format!(
            "Health check path '{path}' must begin with a '/' character"
        ))),
        Some(path) if path.len() > 1_024 => Err(validation(
            "Health check path can have at most 1024 characters",
        )),
        _ => Ok(()),
    }
}

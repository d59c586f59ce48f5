//! Target groups and their attributes.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Elb;
use super::{ending, needed, refusals, validation};
use crate::text::arn::Arn;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, number, set, text, texts};
use crate::world::simulated::kernel::Kernel;

/// A target that was registered by hand.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(super) id: String,
    pub(super) port: u64,
    pub(super) registered: Timestamp,
    /// When it was deregistered; `None`: it is registered.
    pub(super) leaving: Option<Timestamp>,
}

/// A target group, and what was registered with it by hand.
#[derive(Debug, Clone)]
pub(crate) struct TargetGroup {
    pub(crate) name: String,
    pub(crate) port: u16,
    pub(crate) path: String,
    pub(crate) interval: Duration,
    pub(crate) healthy_threshold: u32,
    pub(crate) unhealthy_threshold: u32,
    pub(crate) deregistration_delay: Duration,
    /// Members that the simulation does not look at, in the API's shape.
    pub(crate) more: serde_json::Map<String, Value>,
    /// Attributes that the simulation does not look at.
    pub(crate) attributes: BTreeMap<String, String>,
    /// What was registered by hand.
    pub(crate) targets: Vec<Target>,
}

impl TargetGroup {
    /// A group with AWS's defaults, checked at `/`.
    pub(crate) fn new(name: &str, port: u16) -> Self {
        TargetGroup {
            name: name.to_owned(),
            port,
            path: "/".to_owned(),
            interval: Duration::from_secs(30),
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            deregistration_delay: Duration::from_secs(300),
            more: serde_json::Map::new(),
            attributes: BTreeMap::new(),
            targets: Vec::new(),
        }
    }

    /// What its targets are, where that was said: `ip`, `instance`, `lambda` or `alb`.
    pub(crate) fn target_type(&self) -> Option<&str> {
        self.more.get("TargetType").and_then(Value::as_str)
    }
}

/// The name within a target group's ARN.
pub(crate) fn name_in(arn: &str) -> &str {
    Arn::parse(arn).map_or(arn, Arn::name)
}

pub(super) fn not_found() -> Fault {
    Fault::new("TargetGroupNotFound", "One or more target groups not found")
}

pub(super) fn describe(elb: &Elb, input: &Value) -> Result<Value, Fault> {
    let (arns, names) = (texts(input, "TargetGroupArns"), texts(input, "Names"));
    let balancer = text(input, "LoadBalancerArn");
    let mut found = Vec::new();
    for (arn, group) in &elb.groups {
        let all = arns.is_empty() && names.is_empty() && balancer.is_none();
        let behind = balancer.is_some_and(|b| elb.balancers_of(arn).contains(&b));
        if all || behind || arns.contains(arn) || names.contains(&group.name) {
            found.push(render(elb, arn, group));
        }
    }
    if found.len() < arns.len().max(names.len()) {
        return Err(not_found());
    }
    Ok(json!({ "TargetGroups": found }))
}

fn render(elb: &Elb, arn: &str, group: &TargetGroup) -> Value {
    let mut out = json!({
        "TargetGroupArn": arn,
        "TargetGroupName": group.name,
        "Protocol": "HTTP",
        "Port": group.port,
        "TargetType": "ip",
        "HealthCheckEnabled": true,
        "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckPath": group.path,
        "HealthCheckIntervalSeconds": group.interval.as_secs(),
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": group.healthy_threshold,
        "UnhealthyThresholdCount": group.unhealthy_threshold,
        "Matcher": { "HttpCode": "200" },
        "LoadBalancerArns": elb.balancers_of(arn),
    });
    for (name, value) in &group.more {
        set(&mut out, name, value.clone());
    }
    out
}

/// Members of a target group that are only kept.
const KEPT: [&str; 10] = [
    "Protocol",
    "ProtocolVersion",
    "VpcId",
    "TargetType",
    "HealthCheckProtocol",
    "HealthCheckPort",
    "HealthCheckEnabled",
    "HealthCheckTimeoutSeconds",
    "Matcher",
    "IpAddressType",
];

/// Takes over what `CreateTargetGroup` and `ModifyTargetGroup` say.
fn apply(group: &mut TargetGroup, input: &Value) -> Result<(), Fault> {
    if let Some(path) = text(input, "HealthCheckPath") {
        group.path = path.to_owned();
    }
    if let Some(seconds) = number(input, "HealthCheckIntervalSeconds") {
        group.interval = Duration::from_secs(seconds);
    }
    let count = |name: &str| number(input, name).and_then(|n| u32::try_from(n).ok());
    if let Some(count) = count("HealthyThresholdCount") {
        group.healthy_threshold = count;
    }
    if let Some(count) = count("UnhealthyThresholdCount") {
        group.unhealthy_threshold = count;
    }
    for name in KEPT {
        if let Some(value) = input.get(name) {
            group.more.insert(name.to_owned(), value.clone());
        }
    }
    refusals::modified(group, input)
}

pub(super) fn create(elb: &mut Elb, kernel: &mut Kernel, input: &Value) -> Result<Value, Fault> {
    let name = needed(input, "Name")?;
    refusals::created(input)?;
    let port = number(input, "Port").and_then(|p| u16::try_from(p).ok());
    let mut group = TargetGroup::new(name, port.unwrap_or(80));
    // Without it, a target is an instance.
    group
        .more
        .insert("TargetType".to_owned(), json!("instance"));
    apply(&mut group, input)?;
    let known = elb.groups.iter().find(|(_, g)| g.name == name);
    if let Some((arn, known)) = known {
        let same = render(elb, arn, known) == {
            let mut as_asked = render(elb, arn, &group);
            set(
                &mut as_asked,
                "LoadBalancerArns",
                json!(elb.balancers_of(arn)),
            );
            as_asked
        };
        if same {
            return Ok(json!({ "TargetGroups": [render(elb, arn, known)] }));
        }
        return Err(Fault::new(
            "DuplicateTargetGroupName",
            format!(
                "A target group with the same name '{name}' exists, but with different settings"
            ),
        ));
    }
    let end = ending(kernel);
    let arn = kernel.arn("elasticloadbalancing", &format!("targetgroup/{name}/{end}"));
    let out = render(elb, &arn, &group);
    elb.groups.insert(arn, group);
    Ok(json!({ "TargetGroups": [out] }))
}

pub(super) fn group_mut<'a>(elb: &'a mut Elb, input: &Value) -> Result<&'a mut TargetGroup, Fault> {
    let arn = needed(input, "TargetGroupArn")?;
    elb.groups.get_mut(arn).ok_or_else(not_found)
}

pub(super) fn modify(elb: &mut Elb, input: &Value) -> Result<Value, Fault> {
    let known = group_mut(elb, input)?;
    let mut group = known.clone();
    apply(&mut group, input)?;
    *known = group;
    let arn = needed(input, "TargetGroupArn")?;
    let group = elb.groups.get(arn).ok_or_else(not_found)?;
    Ok(json!({ "TargetGroups": [render(elb, arn, group)] }))
}

pub(super) fn delete(elb: &mut Elb, input: &Value) -> Result<Value, Fault> {
    let arn = needed(input, "TargetGroupArn")?;
    if !elb.balancers_of(arn).is_empty() {
        return Err(Fault::new(
            "ResourceInUse",
            format!("Target group '{arn}' is currently in use by a listener or a rule"),
        ));
    }
    // One that is not there is deleted already.
    elb.groups.remove(arn);
    Ok(json!({}))
}

const DELAY: &str = "deregistration_delay.timeout_seconds";

pub(super) fn attributes(elb: &Elb, input: &Value) -> Result<Value, Fault> {
    let arn = needed(input, "TargetGroupArn")?;
    let group = elb.groups.get(arn).ok_or_else(not_found)?;
    let mut all = BTreeMap::from([
        ("stickiness.enabled".to_owned(), "false".to_owned()),
        ("stickiness.type".to_owned(), "lb_cookie".to_owned()),
        ("slow_start.duration_seconds".to_owned(), "0".to_owned()),
        (
            "load_balancing.algorithm.type".to_owned(),
            "round_robin".to_owned(),
        ),
    ]);
    all.extend(group.attributes.clone());
    let delay = group.deregistration_delay.as_secs().to_string();
    all.insert(DELAY.to_owned(), delay);
    let out: Vec<Value> = all
        .iter()
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect();
    Ok(json!({ "Attributes": out }))
}

pub(super) fn modify_attributes(elb: &mut Elb, input: &Value) -> Result<Value, Fault> {
    let group = group_mut(elb, input)?;
    let given = list(input, "Attributes");
    if given.is_empty() {
        return Err(validation("At least one attribute must be specified"));
    }
    let mut changes = Vec::new();
    for attribute in given {
        let key = needed(attribute, "Key")?;
        let value = text(attribute, "Value").unwrap_or_default();
        refusals::attribute(key, value)?;
        changes.push((key, value));
    }
    for (key, value) in changes {
        match value.parse().map(Duration::from_secs) {
            Ok(delay) if key == DELAY => group.deregistration_delay = delay,
            _ => {
                group.attributes.insert(key.to_owned(), value.to_owned());
            }
        }
    }
    attributes(elb, input)
}

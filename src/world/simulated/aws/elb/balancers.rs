//! Load balancers and their listeners.

use serde_json::{Value, json};

use super::Elb;
use super::rules::no_listener;
use super::{Rule, ending, needed, normal, refusals, unless_secretless, validation};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, number, set, text, texts};
use crate::world::simulated::kernel::Kernel;

/// An application load balancer of the account.
#[derive(Debug, Clone)]
pub(crate) struct LoadBalancer {
    pub(crate) name: String,
    pub(crate) dns: String,
    /// Names that lead to it, `*` allowed.
    pub(crate) hosts: Vec<String>,
    pub(crate) created: String,
}

/// A listener; its default actions are those of its default rule.
#[derive(Debug, Clone)]
pub(crate) struct Listener {
    /// ARN of its load balancer.
    pub(crate) balancer: String,
    pub(crate) port: u16,
    pub(crate) protocol: String,
    /// Other members, in the API's shape: certificates, SSL policy.
    pub(crate) more: Value,
}

pub(super) fn describe(elb: &Elb, input: &Value) -> Result<Value, Fault> {
    let (arns, names) = (texts(input, "LoadBalancerArns"), texts(input, "Names"));
    let mut out = Vec::new();
    for (arn, balancer) in &elb.balancers {
        let all = arns.is_empty() && names.is_empty();
        if all || arns.contains(arn) || names.contains(&balancer.name) {
            out.push(json!({
                "LoadBalancerArn": arn,
                "LoadBalancerName": balancer.name,
                "DNSName": balancer.dns,
                "CreatedTime": balancer.created,
                "Scheme": "internet-facing",
                "Type": "application",
                "IpAddressType": "ipv4",
                "State": { "Code": "active" },
                "AvailabilityZones": [],
                "SecurityGroups": [],
            }));
        }
    }
    if out.len() < arns.len().max(names.len()) {
        let missing = names.iter().chain(&arns).cloned().collect::<Vec<_>>();
        return Err(Fault::new(
            "LoadBalancerNotFound",
            format!("Load balancers '[{}]' not found", missing.join(", ")),
        ));
    }
    Ok(json!({ "LoadBalancers": out }))
}

fn default_rule<'a>(elb: &'a Elb, listener: &str) -> Option<(&'a String, &'a Rule)> {
    let mut rules = elb.rules.iter();
    rules.find(|(_, rule)| rule.listener == listener && rule.priority.is_none())
}

fn render(elb: &Elb, arn: &str, listener: &Listener) -> Value {
    let actions = default_rule(elb, arn).map(|(_, rule)| rule.actions.clone());
    let mut out = json!({
        "ListenerArn": arn,
        "LoadBalancerArn": listener.balancer,
        "Port": listener.port,
        "Protocol": listener.protocol,
        "DefaultActions": actions.unwrap_or_default(),
    });
    for (name, value) in listener.more.as_object().into_iter().flatten() {
        set(&mut out, name, value.clone());
    }
    out
}

pub(super) fn describe_listeners(elb: &Elb, input: &Value) -> Result<Value, Fault> {
    let arns = texts(input, "ListenerArns");
    let balancer = text(input, "LoadBalancerArn");
    if let Some(balancer) = balancer
        && !elb.balancers.contains_key(balancer)
    {
        return Err(Fault::new(
            "LoadBalancerNotFound",
            "One or more load balancers not found",
        ));
    }
    if balancer.is_none() && arns.is_empty() {
        return Err(validation(
            "You must specify either listener ARNs or a load balancer ARN",
        ));
    }
    let mut out = Vec::new();
    for (arn, listener) in &elb.listeners {
        if arns.contains(arn) || balancer == Some(listener.balancer.as_str()) {
            out.push(render(elb, arn, listener));
        }
    }
    if out.len() < arns.len() {
        return Err(no_listener());
    }
    Ok(json!({ "Listeners": out }))
}

/// Members of a listener that are kept as they are given.
fn more(input: &Value) -> Value {
    let mut out = json!({});
    for name in ["Certificates", "SslPolicy", "AlpnPolicy"] {
        if let Some(value) = input.get(name) {
            set(&mut out, name, value.clone());
        }
    }
    out
}

fn port(input: &Value) -> Option<u16> {
    let port = number(input, "Port")?;
    u16::try_from(port).ok().filter(|p| *p > 0)
}

pub(super) fn create_listener(
    elb: &mut Elb,
    kernel: &mut Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let balancer = needed(input, "LoadBalancerArn")?.to_owned();
    if !elb.balancers.contains_key(&balancer) {
        return Err(Fault::new(
            "LoadBalancerNotFound",
            "One or more load balancers not found",
        ));
    }
    let port = port(input).ok_or_else(|| validation("A listener port must be specified"))?;
    let mut others = elb.listeners.values();
    if others.any(|l| l.balancer == balancer && l.port == port) {
        return Err(Fault::new(
            "DuplicateListener",
            format!("A listener already exists on this port for this load balancer '{balancer}'"),
        ));
    }
    let actions = normal(elb, &balancer, list(input, "DefaultActions"))?;
    let protocol = needed(input, "Protocol")?.to_owned();
    refusals::listener(&balancer, input)?;
    let base = balancer.replacen(":loadbalancer/", ":listener/", 1);
    let arn = format!("{base}/{}", ending(kernel));
    let listener = Listener {
        balancer,
        port,
        protocol,
        more: more(input),
    };
    let rule = format!(
        "{}/{}",
        arn.replacen(":listener/", ":listener-rule/", 1),
        ending(kernel)
    );
    elb.rules.insert(
        rule,
        Rule {
            listener: arn.clone(),
            priority: None,
            conditions: Vec::new(),
            actions,
        },
    );
    elb.listeners.insert(arn.clone(), listener.clone());
    Ok(json!({ "Listeners": [render(elb, &arn, &listener)] }))
}

pub(super) fn modify_listener(elb: &mut Elb, input: &Value) -> Result<Value, Fault> {
    let arn = needed(input, "ListenerArn")?.to_owned();
    let mut listener = elb.listeners.get(&arn).cloned().ok_or_else(no_listener)?;
    if let Some(port) = port(input) {
        listener.port = port;
    }
    if let Some(protocol) = text(input, "Protocol") {
        listener.protocol = protocol.to_owned();
    }
    for (name, value) in more(input).as_object().into_iter().flatten() {
        set(&mut listener.more, name, value.clone());
    }
    if !["HTTPS", "TLS"].contains(&listener.protocol.as_str())
        && let Some(more) = listener.more.as_object_mut()
    {
        // Without encryption there is nothing to have a certificate for.
        for (member, given) in ["Certificates", "SslPolicy"].map(|m| (m, input.get(m))) {
            if given.is_none() {
                more.remove(member);
            }
        }
    }
    let mut changed = listener.more.clone();
    set(&mut changed, "Protocol", json!(listener.protocol));
    // One that a fixture describes need not have its certificate.
    if ["Protocol", "Certificates", "SslPolicy"]
        .iter()
        .any(|name| input.get(name).is_some())
    {
        refusals::listener(&listener.balancer, &changed)?;
    }
    if !list(input, "DefaultActions").is_empty() {
        unless_secretless(list(input, "DefaultActions"))?;
        let actions = normal(elb, &listener.balancer, list(input, "DefaultActions"))?;
        let rule = default_rule(elb, &arn).map(|(arn, _)| arn.clone());
        if let Some(rule) = rule.and_then(|arn| elb.rules.get_mut(&arn)) {
            rule.actions = actions;
        }
    }
    elb.listeners.insert(arn.clone(), listener.clone());
    Ok(json!({ "Listeners": [render(elb, &arn, &listener)] }))
}

pub(super) fn delete_listener(elb: &mut Elb, input: &Value) -> Result<Value, Fault> {
    let arn = needed(input, "ListenerArn")?;
    elb.listeners.remove(arn).ok_or_else(no_listener)?;
    elb.rules.retain(|_, rule| rule.listener != arn);
    Ok(json!({}))
}

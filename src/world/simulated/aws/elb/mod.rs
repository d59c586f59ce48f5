//! ELBv2: load balancers, listeners, rules with weighted forward actions, target groups and the health
//! of their targets.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::text::arn::Arn;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::{list, text};
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;

mod actions;
mod balancers;
mod groups;
mod refusals;
mod route;
mod rules;
mod targets;

use actions::unless_secretless;
pub(crate) use actions::{forward, normal, weights};
pub(crate) use balancers::{Listener, LoadBalancer};
pub(crate) use groups::{TargetGroup, name_in};
pub(crate) use route::{RouteTarget, RoutedRequest, balancer_at, route};
pub(crate) use rules::Rule;
pub(crate) use targets::{Health, Member, by_hand, count};

/// Load balancers and what they do with requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Elb {
    /// Load balancers by ARN.
    balancers: BTreeMap<String, LoadBalancer>,
    /// Listeners by ARN.
    listeners: BTreeMap<String, Listener>,
    /// By ARN; every listener has a default one.
    rules: BTreeMap<String, Rule>,
    /// The target groups, by ARN.
    groups: BTreeMap<String, TargetGroup>,
    /// What has changed about where requests go, and nobody has taken note of yet.
    reroutes: Vec<RouteChange>,
}

/// Requests may go elsewhere from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RouteChange {
    /// All requests may go elsewhere.
    All,
    /// Those that this rule takes, by ARN.
    Rule(String),
}

impl Elb {
    /// Takes what has changed about where requests go since this was last asked.
    pub(crate) fn take_reroutes(&mut self) -> Vec<RouteChange> {
        std::mem::take(&mut self.reroutes)
    }

    /// All load balancers, by ARN.
    pub(crate) fn balancers(&self) -> impl Iterator<Item = (&String, &LoadBalancer)> {
        self.balancers.iter()
    }

    /// Makes a load balancer known.
    pub(crate) fn add_balancer(&mut self, arn: String, balancer: LoadBalancer) {
        self.balancers.insert(arn, balancer);
    }

    /// The ARNs of all listeners.
    pub(crate) fn listeners(&self) -> impl Iterator<Item = &String> {
        self.listeners.keys()
    }

    /// Adds a listener under its ARN.
    pub(crate) fn add_listener(&mut self, arn: String, listener: Listener) {
        self.listeners.insert(arn, listener);
    }

    /// Makes a listener known, unless it is.
    pub(crate) fn ensure_listener(&mut self, arn: String, stub: impl FnOnce() -> Listener) {
        self.listeners.entry(arn).or_insert_with(stub);
    }

    /// All rules with their ARNs, sorted by ARN.
    pub(crate) fn rules(&self) -> impl Iterator<Item = (&String, &Rule)> {
        self.rules.iter()
    }

    /// The rule of that ARN; `None`: there is none.
    pub(crate) fn rule(&self, arn: &str) -> Option<&Rule> {
        self.rules.get(arn)
    }

    /// Adds a rule under its ARN.
    pub(crate) fn add_rule(&mut self, arn: String, rule: Rule) {
        self.rules.insert(arn, rule);
    }

    /// Removes the rule of that ARN.
    pub(crate) fn remove_rule(&mut self, arn: &str) {
        self.rules.remove(arn);
    }

    /// All target groups, by ARN.
    pub(crate) fn groups(&self) -> impl Iterator<Item = (&String, &TargetGroup)> {
        self.groups.iter()
    }

    /// A target group by ARN.
    pub(crate) fn group(&self, arn: &str) -> Option<&TargetGroup> {
        self.groups.get(arn)
    }

    /// A target group by ARN, to change it.
    pub(crate) fn group_mut(&mut self, arn: &str) -> Option<&mut TargetGroup> {
        self.groups.get_mut(arn)
    }

    /// Makes a target group known; it takes the place of one of the same ARN.
    pub(crate) fn add_group(&mut self, arn: String, group: TargetGroup) {
        self.groups.insert(arn, group);
    }

    /// Rules of a listener in the order in which they are tried; the default one is the last.
    pub(crate) fn rules_of<'a>(&'a self, listener: &'a str) -> Vec<(&'a str, &'a Rule)> {
        let mut rules: Vec<(&str, &Rule)> = self
            .rules
            .iter()
            .filter(|(_, rule)| rule.listener == listener)
            .map(|(arn, rule)| (arn.as_str(), rule))
            .collect();
        rules.sort_by_key(|(_, rule)| rule.priority.unwrap_or(u32::MAX));
        rules
    }

    /// The load balancer behind a rule.
    pub(crate) fn balancer_of(&self, rule: &Rule) -> Option<&str> {
        let listener = self.listeners.get(&rule.listener)?;
        Some(&listener.balancer)
    }

    /// The load balancers that forward to a target group.
    pub(crate) fn balancers_of(&self, group: &str) -> Vec<&str> {
        let mut found: Vec<&str> = self
            .rules
            .values()
            .filter(|rule| weights(&rule.actions).iter().any(|(arn, _)| arn == group))
            .filter_map(|rule| self.balancer_of(rule))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// How far Elastic Load Balancing is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "elbv2",
    behaves: "Listeners and rules decide where HTTP requests go, by conditions and by weight. Targets become \
              healthy by their checks, drain, and leave.",
    leaves_out: "Load balancers come from the fixture and cannot be created. Certificates, authentication, \
              stickiness and conditions on the source address are stored without effect; nothing has tags.",
    tests: &[
        "simulated::tests::balancing",
        "simulated::tests::refusals::balancers",
        "emulated::conformance::cases::balancers",
    ],
};

/// Answers one call of ELBv2; `members` are the targets that services have registered
/// with the target group that the call names.
pub(crate) fn call(
    elb: &mut Elb,
    kernel: &mut Kernel,
    members: &[Member],
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    match operation {
        "DescribeTargetHealth" => targets::target_health(elb, kernel, input, members),
        "DescribeTargetGroups" => groups::describe(elb, input),
        "DescribeTargetGroupAttributes" => groups::attributes(elb, input),
        "DescribeLoadBalancers" => balancers::describe(elb, input),
        "DescribeListeners" => balancers::describe_listeners(elb, input),
        "DescribeRules" => rules::describe(elb, input),
        "DescribeTags" => tags(input),
        _ => {
            let answer = write(elb, kernel, operation, input)?;
            elb.reroutes.push(RouteChange::All);
            Ok(answer)
        }
    }
}

fn write(
    elb: &mut Elb,
    kernel: &mut Kernel,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    match operation {
        "CreateTargetGroup" => groups::create(elb, kernel, input),
        "ModifyTargetGroup" => groups::modify(elb, input),
        "ModifyTargetGroupAttributes" => groups::modify_attributes(elb, input),
        "DeleteTargetGroup" => groups::delete(elb, input),
        "RegisterTargets" => targets::register(elb, kernel, input),
        "DeregisterTargets" => targets::deregister(elb, kernel, input),
        "CreateListener" => balancers::create_listener(elb, kernel, input),
        "ModifyListener" => balancers::modify_listener(elb, input),
        "DeleteListener" => balancers::delete_listener(elb, input),
        "CreateRule" => rules::create(elb, kernel, input),
        "ModifyRule" => rules::modify(elb, input),
        "DeleteRule" => rules::delete(elb, input),
        "SetRulePriorities" => rules::set_priorities(elb, input),
        _ => Err(not_simulated("elbv2", operation)),
    }
}

/// A text member that must be there.
fn needed<'a>(input: &'a Value, name: &str) -> Result<&'a str, Fault> {
    text(input, name)
        .filter(|t| !t.is_empty())
        .ok_or_else(|| validation(format!("'{name}' must be specified")))
}

/// What CloudWatch calls a load balancer or a target group of that ARN.
pub(crate) fn dimension(arn: &str) -> &str {
    Arn::parse(arn).map_or(arn, Arn::dimension)
}

fn validation(message: impl Into<String>) -> Fault {
    Fault::new("ValidationError", message)
}

/// The end of a new ARN.
fn ending(kernel: &mut Kernel) -> String {
    kernel.rng.hex(16)
}

/// Answers `DescribeTags`: no resource here has tags.
fn tags(input: &Value) -> Result<Value, Fault> {
    let tags: Vec<Value> = list(input, "ResourceArns")
        .iter()
        .map(|arn| json!({ "ResourceArn": arn, "Tags": [] }))
        .collect();
    Ok(json!({ "TagDescriptions": tags }))
}

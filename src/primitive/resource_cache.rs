//! What a run has read so far, so that a write can be shown as a difference without reading again.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

use crate::text::arn::short_name;
use crate::vocabulary::Fault;

/// Latest known state of the resources that this run has read or written, from recorded results:
/// the same after a replay. Every call holds a copy: what is in it is shared.
#[derive(Debug, Default, Clone)]
pub struct ResourceCache {
    task_definitions: HashMap<String, Arc<Value>>,
    /// ECS services, by the names of cluster and service.
    services: HashMap<(String, String), Arc<Value>>,
    /// What the lists of other services held, by list and identity.
    listed: HashMap<(&'static str, String), Arc<Value>>,
    /// Members and values that AWS has answered with, and that are not known here.
    strangers: BTreeSet<String>,
}

/// Member of a fault's details: what of an input is not known here, where nothing else is wrong with it.
pub(super) const STRANGE: &str = "not_known";

/// Lists in the outputs of AWS, and the members that say which resource an element is.
const LISTS: [(&str, &[&str]); 6] = [
    ("TargetGroups", &["TargetGroupArn"]),
    ("Listeners", &["ListenerArn"]),
    ("Rules", &["RuleArn"]),
    ("MetricAlarms", &["AlarmName"]),
    ("ScalableTargets", &["ResourceId"]),
    ("ScalingPolicies", &["ResourceId", "PolicyName"]),
];

/// The names under which targets of rules and schedules of EventBridge Scheduler are kept beside the lists.
const RULE_TARGET: &str = "RuleTarget";
const SCHEDULE: &str = "Schedule";

/// The identity of a schedule: its group and its name.
fn schedule_id(schedule: &Value) -> Option<String> {
    let group = schedule["GroupName"].as_str().unwrap_or("default");
    Some(format!("{group} {}", schedule["Name"].as_str()?))
}

/// The identity of an element; `None` where a member of it is missing.
fn identity(item: &Value, members: &[&str]) -> Option<String> {
    let parts: Option<Vec<&str>> = members.iter().map(|m| item[*m].as_str()).collect();
    Some(parts?.join(" "))
}

impl ResourceCache {
    /// Takes in what AWS has answered with, and what is not known here.
    pub fn remember_unknown(&mut self, strangers: Vec<String>) {
        self.strangers.extend(strangers);
    }

    /// What an input was refused for, if AWS itself has said all of it: a field that it adds tomorrow is passed on.
    pub fn vouched_names(&self, fault: &Fault) -> Option<Vec<String>> {
        let names = fault.details[STRANGE]
            .as_array()?
            .iter()
            .map(|name| Some(name.as_str()?.to_owned()));
        let names: Option<Vec<String>> = names.collect();
        names.filter(|names| names.iter().all(|name| self.strangers.contains(name)))
    }

    /// Takes in the result of an AWS call with that input.
    pub fn observe(&mut self, input: &Value, output: &Value) {
        // A list of targets does not say whose they are.
        if let Some(rule) = input["Rule"].as_str() {
            for target in output["Targets"].as_array().into_iter().flatten() {
                let id = target["Id"].as_str().unwrap_or_default();
                let kept = Arc::new(target.clone());
                self.listed
                    .insert((RULE_TARGET, format!("{rule} {id}")), kept);
            }
        }
        if let Some(definition) = output.get("taskDefinition").filter(|d| d.is_object()) {
            let kept = Arc::new(definition.clone());
            for name in ["taskDefinitionArn", "family"] {
                if let Some(name) = definition[name].as_str() {
                    let name = short_name(name).to_owned();
                    self.task_definitions.insert(name, Arc::clone(&kept));
                }
            }
        }
        let listed = output.get("services").and_then(Value::as_array);
        let single = output.get("service").filter(|s| s.is_object());
        for service in listed.into_iter().flatten().chain(single) {
            if let Some(name) = service["serviceName"].as_str() {
                let cluster = short_name(service["clusterArn"].as_str().unwrap_or("default"));
                let key = (cluster.to_owned(), name.to_owned());
                self.services.insert(key, Arc::new(service.clone()));
            }
        }
        // Only a schedule has this member, and an answer that shows it is one.
        if output["FlexibleTimeWindow"].is_object()
            && let Some(id) = schedule_id(output)
        {
            let kept = Arc::new(output.clone());
            self.listed.insert((SCHEDULE, id), kept);
        }
        for (list, members) in LISTS {
            for item in output[list].as_array().into_iter().flatten() {
                if let Some(identity) = identity(item, members) {
                    let item = Arc::new(item.clone());
                    self.listed.insert((list, identity), item);
                }
            }
        }
    }

    /// The element of a list that has the same identity as `input`: what a write is about.
    pub fn listed(&self, list: &'static str, input: &Value) -> Option<&Value> {
        let (_, members) = LISTS.iter().find(|(name, _)| *name == list)?;
        let found = self.listed.get(&(list, identity(input, members)?))?;
        Some(found)
    }

    /// The schedule of EventBridge Scheduler that an update is about, as it was read last.
    pub fn schedule(&self, input: &Value) -> Option<&Value> {
        let key = (SCHEDULE, schedule_id(input)?);
        self.listed.get(&key).map(|kept| &**kept)
    }

    /// The target of a rule of EventBridge, by its id, as it was read last.
    pub fn rule_target(&self, rule: &str, id: &str) -> Option<&Value> {
        let kept = self.listed.get(&(RULE_TARGET, format!("{rule} {id}")));
        kept.map(|kept| &**kept)
    }

    /// A task definition by family, `family:revision` or ARN.
    pub fn task_definition(&self, name: &str) -> Option<&Value> {
        self.task_definitions
            .get(short_name(name))
            .map(|kept| &**kept)
    }

    /// ARNs of the services that were read or written.
    pub fn service_arns(&self) -> BTreeSet<String> {
        let services = self.services.values();
        services
            .filter_map(|service| service["serviceArn"].as_str().map(str::to_owned))
            .collect()
    }

    /// A service by cluster and name, or their ARNs.
    pub fn service(&self, cluster: &str, name: &str) -> Option<&Value> {
        let key = (short_name(cluster).to_owned(), short_name(name).to_owned());
        self.services.get(&key).map(|kept| &**kept)
    }
}

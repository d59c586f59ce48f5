//! A snapshot of a cloud: what each service runs, with how many tasks, and the listeners, scaling and alarms around it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Value, json};

use crate::text::arn::short_name;
use crate::vocabulary::{Fault, codes};
use crate::world::simulated::Simulated;
use crate::world::{AwsCall, ReadCall, ReadOnlyWorld};

mod environment;

/// The state of a cloud at a time, to compare with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CloudSnapshot {
    /// Every service of the cloud, by `cluster/service`.
    pub(super) services: BTreeMap<String, ServiceSnapshot>,
    /// ACTIVE task definitions, as `family:revision`.
    pub(super) definitions: BTreeSet<String>,
    /// Listeners, rules, scaling and alarms, by what they are called.
    environment: BTreeMap<String, String>,
}

/// The state of a service at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServiceSnapshot {
    /// Task definition that it runs, as `family:revision`: `catalog:41`.
    pub(super) definition: String,
    pub(super) desired: u64,
    pub(super) running: u64,
    /// `rolloutState` of its primary deployment: `COMPLETED`.
    pub(super) rollout: String,
    /// How many deployments the service has at the same time.
    pub(super) deployments: usize,
}

impl fmt::Display for ServiceSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ServiceSnapshot {
            definition,
            desired,
            running,
            rollout,
            deployments,
        } = self;
        write!(
            f,
            "{definition}, {running}/{desired} running, {rollout}, {deployments} deployments"
        )
    }
}

impl CloudSnapshot {
    /// Reads a cloud.
    ///
    /// # Errors
    /// A read of the simulated cloud fails.
    pub(super) fn of(cloud: &Simulated) -> Result<CloudSnapshot, Fault> {
        let mut services = BTreeMap::new();
        for cluster in all(cloud, "ListClusters", json!({}), "clusterArns")? {
            let arns = all(
                cloud,
                "ListServices",
                json!({"cluster": cluster}),
                "serviceArns",
            )?;
            for service in arns {
                let found = ecs(
                    cloud,
                    "DescribeServices",
                    json!({"cluster": cluster, "services": [service]}),
                )?;
                let found = &found["services"][0];
                let name = format!("{}/{}", short_name(&cluster), short_name(&service));
                services.insert(name, ServiceSnapshot::of(found));
            }
        }
        let active = json!({"status": "ACTIVE"});
        let definitions = all(cloud, "ListTaskDefinitions", active, "taskDefinitionArns")?;
        Ok(CloudSnapshot {
            services,
            definitions: definitions
                .iter()
                .map(|arn| short_name(arn).to_owned())
                .collect(),
            environment: environment::of(cloud)?,
        })
    }

    /// The differences from `before`, a line each.
    pub(super) fn differences(&self, before: &CloudSnapshot) -> Vec<String> {
        let mut lines = Vec::new();
        for (name, service) in &self.services {
            match before.services.get(name) {
                Some(was) if was == service => {}
                Some(was) => lines.push(format!("{name}: {service}; it was {was}")),
                None => lines.push(format!("{name} is new")),
            }
        }
        let gone = before
            .services
            .keys()
            .filter(|n| !self.services.contains_key(*n));
        lines.extend(gone.map(|name| format!("{name} is gone")));
        let new = self.definitions.difference(&before.definitions);
        lines.extend(new.map(|name| format!("task definition {name} is new")));
        let gone = before.definitions.difference(&self.definitions);
        lines.extend(gone.map(|name| format!("task definition {name} is gone")));
        lines.extend(before.moved(self, |_| true));
        lines
    }

    /// The changes that affect routing, a line each: traffic that goes elsewhere, scaling that is suspended.
    pub(super) fn routing_regressions(&self, now: &CloudSnapshot) -> Vec<String> {
        self.moved(now, environment::affects_routing)
    }

    fn moved(&self, now: &CloudSnapshot, counts: fn(&str) -> bool) -> Vec<String> {
        let names: BTreeSet<&String> = self
            .environment
            .keys()
            .chain(now.environment.keys())
            .collect();
        let counted = names.into_iter().filter(|name| counts(name));
        let moved = counted.filter_map(|name| {
            match (self.environment.get(name), now.environment.get(name)) {
                (Some(was), Some(is)) if is == was => None,
                (Some(was), Some(is)) => Some(format!("{name} was {was}, and is {is}")),
                (Some(_), None) => Some(format!("{name} is gone")),
                (None, _) => Some(format!("{name} is new")),
            }
        });
        moved.collect()
    }
}

impl ServiceSnapshot {
    fn of(found: &Value) -> ServiceSnapshot {
        let deployments = found["deployments"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        let primary = deployments.iter().find(|d| d["status"] == "PRIMARY");
        let text =
            |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        ServiceSnapshot {
            definition: short_name(&text(found.get("taskDefinition"))).to_owned(),
            desired: found["desiredCount"].as_u64().unwrap_or(0),
            running: found["runningCount"].as_u64().unwrap_or(0),
            rollout: text(primary.and_then(|p| p.get("rolloutState"))),
            deployments: deployments.len(),
        }
    }
}

/// Every item of a list of texts, over all its pages.
fn all(cloud: &Simulated, operation: &str, input: Value, list: &str) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    let mut input = input;
    loop {
        let page = ecs(cloud, operation, input.clone())?;
        let items = page[list].as_array().into_iter().flatten();
        found.extend(items.filter_map(Value::as_str).map(str::to_owned));
        match page.get("nextToken") {
            Some(Value::String(token)) => input["nextToken"] = json!(token),
            _ => return Ok(found),
        }
    }
}

fn ecs(cloud: &Simulated, operation: &str, input: Value) -> Result<Value, Fault> {
    look(cloud, "ecs", operation, input)
}

fn look(cloud: &Simulated, service: &str, operation: &str, input: Value) -> Result<Value, Fault> {
    let call = ReadCall::new(AwsCall::new(service, operation, input))
        .ok_or_else(|| Fault::new(codes::NOT_A_READ, format!("{operation} is not a read")))?;
    cloud.read(&call)
}

//! What the services of a plan cost a month, before and after it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::primitive::fargate::{Arch, dollars, monthly_cents};
use crate::text::arn::{Arn, short_name};

/// Cost of the services that a plan deploys, creates or deletes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PlannedCost {
    /// Monthly cost before the plan, in US cents.
    pub before_cents: u64,
    /// Monthly cost after the plan, in US cents.
    pub after_cents: u64,
    /// Month of the price list: `2026-03`.
    pub prices_of: String,
    /// What is not in these figures, and why: `api: Fargate Spot`.
    pub not_estimated: Vec<String>,
}

impl PlannedCost {
    /// `$71.20 → $71.20 a month`; `None`: nothing could be estimated.
    pub fn text(&self) -> Option<String> {
        let nothing = self.before_cents == 0 && self.after_cents == 0;
        (!nothing).then(|| {
            format!(
                "{} → {} a month",
                dollars(self.before_cents),
                dollars(self.after_cents)
            )
        })
    }
}

/// Takes in what a plan reads and writes.
#[derive(Debug, Default)]
pub(super) struct Costs {
    /// Task definitions that the plan has read or registered, by ARN.
    definitions: BTreeMap<String, Value>,
    /// Services by ARN: as they were found, and as the plan leaves them.
    services: BTreeMap<String, Service>,
}

#[derive(Debug, Default)]
struct Service {
    before: Option<Value>,
    after: Option<Value>,
    changed: bool,
    created: bool,
}

impl Costs {
    /// Takes in the answer to a read.
    pub(super) fn read(&mut self, output: &Value) {
        self.definition(output);
        for service in output["services"].as_array().into_iter().flatten() {
            let Some(arn) = service["serviceArn"].as_str() else {
                continue;
            };
            let known = self.services.entry(arn.to_owned()).or_default();
            if !known.changed {
                known.before = Some(service.clone());
            }
        }
    }

    /// Takes in the answer to a write.
    pub(super) fn wrote(&mut self, operation: &str, output: &Value) {
        self.definition(output);
        let service = &output["service"];
        let Some(arn) = service["serviceArn"].as_str() else {
            return;
        };
        let known = self.services.entry(arn.to_owned()).or_default();
        known.after = (operation != "DeleteService").then(|| service.clone());
        known.changed = true;
        known.created |= operation == "CreateService";
    }

    fn definition(&mut self, output: &Value) {
        let definition = &output["taskDefinition"];
        if let Some(arn) = definition["taskDefinitionArn"].as_str() {
            self.definitions.insert(arn.to_owned(), definition.clone());
        }
    }

    /// What it adds up to; `None`: no service changes its task definition, its count or its being there.
    pub(super) fn total(&self) -> Option<PlannedCost> {
        let mut cost = PlannedCost {
            prices_of: crate::primitive::fargate::PRICES_OF.to_owned(),
            ..PlannedCost::default()
        };
        let mut any = false;
        for (arn, service) in self.services.iter().filter(|(_, s)| s.changed && s.moves()) {
            any = true;
            let name = short_name(arn);
            let price = |side: &Option<Value>| match side {
                Some(service) => self.price(arn, service),
                None => Ok(0),
            };
            if service.before.is_none() && !service.created {
                let why = "it was not read before it was changed";
                cost.not_estimated.push(format!("{name}: {why}"));
                continue;
            }
            match (price(&service.before), price(&service.after)) {
                (Ok(before), Ok(after)) => {
                    cost.before_cents += before;
                    cost.after_cents += after;
                }
                (Err(why), _) | (_, Err(why)) => cost.not_estimated.push(format!("{name}: {why}")),
            }
        }
        any.then_some(cost)
    }

    fn price(&self, arn: &str, service: &Value) -> Result<u64, String> {
        launched_on_fargate(service)?;
        let definition = service["taskDefinition"].as_str().unwrap_or_default();
        let Some(definition) = self.definitions.get(definition) else {
            return Err(format!("{} was not read", short_name(definition)));
        };
        let platform = &definition["runtimePlatform"];
        let system = platform["operatingSystemFamily"].as_str();
        if let Some(system) = system.filter(|system| *system != "LINUX") {
            return Err(system.to_lowercase().replace('_', " "));
        }
        let arch = match platform["cpuArchitecture"].as_str() {
            Some("ARM64") => Arch::Arm,
            _ => Arch::X86,
        };
        let size = |name: &str| definition[name].as_str().and_then(|text| text.parse().ok());
        let (Some(cpu), Some(memory)) = (size("cpu"), size("memory")) else {
            return Err("its task definition names no size".to_owned());
        };
        let count = service["desiredCount"].as_u64().unwrap_or(0);
        let region = Arn::parse(arn).map_or("", |arn| arn.region);
        monthly_cents(region, arch, cpu, memory, count)
            .ok_or_else(|| format!("no Fargate prices of {region} are known"))
    }
}

impl Service {
    fn moves(&self) -> bool {
        let of = |side: &Option<Value>, name: &str| side.as_ref().map(|s| s[name].clone());
        ["taskDefinition", "desiredCount"]
            .iter()
            .any(|name| of(&self.before, name) != of(&self.after, name))
    }
}

fn launched_on_fargate(service: &Value) -> Result<(), String> {
    let strategy = service["capacityProviderStrategy"].as_array();
    let providers: Vec<&str> = strategy
        .into_iter()
        .flatten()
        .filter_map(|item| item["capacityProvider"].as_str())
        .collect();
    let launch_type = service["launchType"].as_str();
    match (providers.as_slice(), launch_type) {
        ([], Some("FARGATE")) => Ok(()),
        ([], other) => Err(format!("launch type {}", other.unwrap_or("EC2"))),
        (all, _) if all.iter().all(|p| *p == "FARGATE") => Ok(()),
        (all, _) if all.contains(&"FARGATE_SPOT") => Err("Fargate Spot".to_owned()),
        (all, _) => Err(format!("capacity provider {}", all.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SERVICE: &str = "arn:aws:ecs:eu-central-1:1:service/prod/api";

    fn definition(revision: u32, cpu: &str, more: Value) -> Value {
        let mut definition = json!({
            "taskDefinitionArn": format!("api:{revision}"), "cpu": cpu, "memory": "2048",
        });
        definition["runtimePlatform"] = more;
        json!({ "taskDefinition": definition })
    }

    fn service(revision: u32, count: u32, launch: Value) -> Value {
        let mut service = json!({
            "serviceArn": SERVICE, "taskDefinition": format!("api:{revision}"), "desiredCount": count,
        });
        let member = match launch.is_array() {
            true => "capacityProviderStrategy",
            false => "launchType",
        };
        service[member] = launch;
        service
    }

    fn total(
        launch: &Value,
        before: Option<(u32, u32)>,
        after: Option<(u32, u32)>,
    ) -> Option<PlannedCost> {
        let mut costs = Costs::default();
        if let Some((revision, count)) = before {
            costs.read(&json!({ "services": [service(revision, count, launch.clone())] }));
        }
        costs.read(&definition(1, "1024", Value::Null));
        costs.wrote(
            "RegisterTaskDefinition",
            &definition(2, "2048", json!({ "cpuArchitecture": "ARM64" })),
        );
        match (after, before) {
            (Some((revision, count)), _) => {
                let service = service(revision, count, launch.clone());
                let operation = if before.is_some() {
                    "UpdateService"
                } else {
                    "CreateService"
                };
                costs.wrote(operation, &json!({ "service": service }));
            }
            (None, Some((revision, count))) => {
                let service = service(revision, count, launch.clone());
                costs.wrote("DeleteService", &json!({ "service": service }));
            }
            (None, None) => {}
        }
        costs.total()
    }

    #[test]
    fn services_that_change_are_estimated() {
        let text = |before, after| total(&json!("FARGATE"), before, after).and_then(|c| c.text());
        // (1 × 0.04656 + 2 × 0.00511) × 2 × 730, and ARM: (2 × 0.03725 + 2 × 0.00409) × 2 × 730
        let expected = "$82.90 → $120.71 a month";
        assert_eq!(text(Some((1, 2)), Some((2, 2))).as_deref(), Some(expected));
        assert_eq!(
            text(None, Some((1, 2))).as_deref(),
            Some("$0.00 → $82.90 a month")
        );
        assert_eq!(
            text(Some((1, 2)), None).as_deref(),
            Some("$82.90 → $0.00 a month")
        );
        assert_eq!(text(Some((1, 2)), Some((1, 2))), None, "nothing changes");
    }

    #[test]
    fn what_is_not_estimated_is_said() {
        let why = |launch: Value| {
            let cost = total(&launch, Some((1, 2)), Some((2, 2))).expect("a change");
            assert_eq!(cost.text(), None);
            cost.not_estimated
        };
        assert_eq!(why(json!("EC2")), ["api: launch type EC2"]);
        let spot = json!([{ "capacityProvider": "FARGATE_SPOT", "weight": 1 }]);
        assert_eq!(why(spot), ["api: Fargate Spot"]);
    }
}

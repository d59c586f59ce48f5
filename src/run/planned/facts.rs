//! What a plan relies on: images behind tags, what is live. Found in the answers of reads.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::text::arn::{Arn, short_name};

/// Something that a plan found in the world and relies on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is about: `live revision of prod/catalog-service`, `image catalog-service:1.3.0`.
    pub what: String,
    /// What it was when the plan was made: an ARN, an id, a digest, or the JSON of a setting.
    pub is: String,
}

/// Settings of a service that a deployment rests on.
const SETTINGS: [&str; 11] = [
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "deploymentController",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "launchType",
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "propagateTags",
    "serviceRegistries",
];

impl Fact {
    /// Whether it is a setting: its JSON, and no name that could be predicted.
    pub(super) fn is_setting(&self) -> bool {
        SETTINGS.iter().any(|name| {
            let rest = self.what.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with(" of "))
        })
    }
}

/// A value as text, whatever the order of its members.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members = members.iter();
            let members = members.map(|(name, member)| format!("{name:?}:{}", canonical(member)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => {
            let items = items.iter().map(canonical).collect::<Vec<_>>();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

/// Tells facts from what the run itself has brought about.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// What the run has written: services, families, repositories.
    touched: BTreeSet<String>,
}

impl Facts {
    /// A write is about to be made: what it is about is not a fact any more.
    pub(super) fn wrote(&mut self, input: &Value) {
        let input = api(input);
        for member in ["service", "serviceName"] {
            if let Some(name) = text(input, member) {
                self.touched.insert(service(text(input, "cluster"), name));
            }
        }
        let members = input.as_object().into_iter().flatten();
        let arns = members.filter_map(|(_, member)| Arn::parse(member.as_str()?));
        self.touched.extend(arns.filter_map(service_of));
        for (member, kind) in [("family", "family"), ("repositoryName", "repository")] {
            if let Some(name) = text(input, member) {
                self.touched.insert(format!("{kind} {name}"));
            }
        }
    }

    /// What the answer of a read says of the world as the run found it.
    pub(super) fn read(&self, input: &Value, output: &Value) -> Vec<Fact> {
        let mut facts = Vec::new();
        self.services(output, &mut facts);
        self.family(api(input), output, &mut facts);
        self.images(api(input), output, &mut facts);
        facts
    }

    fn services(&self, output: &Value, facts: &mut Vec<Fact>) {
        for live in list(output, "services") {
            let Some(name) = text(live, "serviceName") else {
                continue;
            };
            let cluster = short_name(text(live, "clusterArn").unwrap_or("default"));
            if self.touched.contains(&service(Some(cluster), name)) {
                continue;
            }
            let mut fact = |what: &str, is: Option<&str>| {
                facts.extend(is.map(|is| Fact {
                    what: format!("{what} of {cluster}/{name}"),
                    is: is.to_owned(),
                }));
            };
            fact("live revision", text(live, "taskDefinition"));
            let mut deployments = list(live, "deployments").iter();
            let primary = deployments.find(|d| text(d, "status") == Some("PRIMARY"));
            fact("live deployment", primary.and_then(|d| text(d, "id")));
            for name in SETTINGS {
                let setting = live.get(name).filter(|value| !value.is_null());
                fact(name, setting.map(canonical).as_deref());
            }
        }
    }

    /// The newest revision of a family, where that was asked for.
    fn family(&self, input: &Value, output: &Value, facts: &mut Vec<Fact>) {
        let asked = text(input, "taskDefinition").filter(|name| !name.contains(':'));
        let found = output.get("taskDefinition");
        let found = found.and_then(|found| text(found, "taskDefinitionArn"));
        if let (Some(family), Some(arn)) = (asked, found)
            && !self.touched.contains(&format!("family {family}"))
        {
            facts.push(Fact {
                what: format!("newest revision of {family}"),
                is: arn.to_owned(),
            });
        }
    }

    /// Facts about tags of a repository: the image digest that each of them names.
    fn images(&self, input: &Value, output: &Value, facts: &mut Vec<Fact>) {
        let Some(repository) = text(input, "repositoryName") else {
            return;
        };
        if self.touched.contains(&format!("repository {repository}")) {
            return;
        }
        let asked = list(input, "imageIds").iter();
        for tag in asked.filter_map(|id| text(id, "imageTag")) {
            let tagged = |image: &&Value| {
                let tags = list(image, "imageTags");
                tags.iter().any(|t| t.as_str() == Some(tag))
            };
            let found = list(output, "imageDetails").iter().find(tagged);
            facts.extend(found.and_then(|f| text(f, "imageDigest")).map(|is| Fact {
                what: format!("image {repository}:{tag}"),
                is: is.to_owned(),
            }));
        }
    }
}

fn service(cluster: Option<&str>, name: &str) -> String {
    format!(
        "service {}/{}",
        short_name(cluster.unwrap_or("default")),
        short_name(name)
    )
}

/// The service that an ARN of ECS names: `service/CLUSTER/SERVICE`, `service-deployment/CLUSTER/SERVICE/ID`.
fn service_of(arn: Arn<'_>) -> Option<String> {
    let (kind, rest) = arn.type_and_rest();
    let mut parts = rest.split('/');
    let is_of_a_service = ["service", "service-deployment", "service-revision"].contains(&kind);
    let (cluster, name) = (parts.next()?, parts.next()?);
    (arn.service == "ecs" && is_of_a_service).then(|| service(Some(cluster), name))
}

/// The API's own input, of `aws::call` too.
fn api(input: &Value) -> &Value {
    match (input.get("operation"), input.get("input")) {
        (Some(_), Some(inner)) => inner,
        _ => input,
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    let found = value.get(name).and_then(Value::as_array);
    found.map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The facts about a service after a write with this input.
    fn after(input: Value) -> Vec<Fact> {
        let mut facts = Facts::default();
        facts.wrote(&input);
        let shop = json!({
            "serviceName": "shop", "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/prod",
            "taskDefinition": "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:4",
        });
        facts.read(&json!({}), &json!({ "services": [shop] }))
    }

    #[test]
    fn what_the_run_changes_is_no_fact_however_the_write_names_the_service() {
        let arn = |of: &str| format!("arn:aws:ecs:eu-west-1:123456789012:{of}");
        for own in [
            json!({ "cluster": "prod", "service": "shop" }),
            json!({ "cluster": arn("cluster/prod"), "service": arn("service/prod/shop") }),
            json!({ "serviceArn": arn("service/prod/shop") }),
            json!({ "resourceArn": arn("service/prod/shop") }),
            json!({ "serviceDeploymentArn": arn("service-deployment/prod/shop/kq3") }),
            json!({ "service": "ecs", "operation": "UpdateExpressGatewayService", "input": { "serviceArn": arn("service/prod/shop") } }),
        ] {
            assert_eq!(after(own.clone()), [], "{own}");
        }
        for other in [
            json!({ "cluster": "prod", "service": "cart" }),
            json!({ "serviceArn": arn("service/test/shop") }),
            json!({ "serviceArn": "arn:aws:lambda:eu-west-1:123456789012:service/prod/shop" }),
        ] {
            assert_eq!(after(other.clone()).len(), 1, "{other}");
        }
    }
}

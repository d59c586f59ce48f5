//! `kind: "service"` — a service still runs what was deployed.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Observation, Observed, failing};
use crate::primitive::Context;
use crate::primitive::api::send_shared;
use crate::primitive::args::Span;
use crate::text::arn::short_name;
use crate::vocabulary::{Fault, codes};
use crate::world::AwsCall;

/// A service still runs what was deployed, with all its tasks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    /// Cluster: name or ARN.
    cluster: String,
    /// Service: name or ARN.
    service: String,
    /// Id of the deployment that must stay PRIMARY.
    deployment: String,
    /// How long it may fail without a break. Default: the watch's.
    #[serde(default)]
    pub tolerate: Option<Span>,
}

impl Service {
    pub fn words(&self) -> String {
        format!(
            "{} keeps this deployment with all its tasks",
            short_name(&self.service)
        )
    }

    pub fn look(&self, cx: &Context<'_>) -> Observed {
        let input = json!({ "cluster": self.cluster, "services": [self.service] });
        let described = failing(send_shared(
            cx,
            &AwsCall::new("ecs", "DescribeServices", input),
        ))?;
        Ok(described.and_then(|output| {
            steady(&output["services"][0], &self.service, &self.deployment).map(Observation::new)
        }))
    }
}

fn steady(service: &Value, name: &str, deployment: &str) -> Result<String, Fault> {
    let name = short_name(name);
    let fault = |code: &str, message: String| Err(Fault::new(code, message));
    let deployments = service["deployments"].as_array();
    let primary = deployments
        .into_iter()
        .flatten()
        .find(|d| d["status"] == json!("PRIMARY"));
    match primary {
        Some(d) if d["id"] == json!(deployment) => {
            let (running, desired) = (&d["runningCount"], &d["desiredCount"]);
            if running.as_i64() < desired.as_i64() || desired == &json!(0) {
                return fault(
                    "tasks_missing",
                    format!("{name} has {running} of {desired} tasks running"),
                );
            }
            Ok(format!("{running}/{desired} running"))
        }
        Some(d) => fault(
            codes::DEPLOYMENT_SUPERSEDED,
            format!(
                "{name} now has deployment {}",
                d["id"].as_str().unwrap_or_default()
            ),
        ),
        None => fault("ServiceNotFoundException", format!("{name} is gone")),
    }
}

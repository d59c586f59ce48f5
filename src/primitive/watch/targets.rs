//! `kind: "targets"` — a target group has healthy targets.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{Observation, Observed, failing};
use crate::primitive::Context;
use crate::primitive::api::send;
use crate::primitive::args::Span;
use crate::primitive::resource_cache::short;
use crate::vocabulary::Fault;
use crate::world::AwsCall;

/// A target group has enough healthy targets, and none that is unhealthy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Targets {
    /// ARN of the target group.
    target_group: String,
    /// Healthy targets that it must have. Default 1.
    #[serde(default = "one")]
    at_least: usize,
    /// How long it may fail without a break. Default: the watch's.
    #[serde(default)]
    pub tolerate: Option<Span>,
}

fn one() -> usize {
    1
}

impl Targets {
    pub fn words(&self) -> String {
        format!("{} has {} healthy", self.name(), self.at_least)
    }

    /// `targetgroup/NAME/ID` of an ARN, without its id.
    fn name(&self) -> &str {
        let path = self.target_group.rsplit(':').next().unwrap_or_default();
        path.split('/')
            .nth(1)
            .unwrap_or_else(|| short(&self.target_group))
    }

    pub fn look(&self, cx: &Context<'_>) -> Observed {
        let input = json!({ "TargetGroupArn": self.target_group });
        let described = failing(send(
            cx,
            &AwsCall::new("elbv2", "DescribeTargetHealth", input),
        ))?;
        Ok(described.and_then(|output| {
            let targets = output["TargetHealthDescriptions"].as_array();
            let in_state = |state: &str| {
                let all = targets.into_iter().flatten();
                all.filter(|t| t["TargetHealth"]["State"] == json!(state))
                    .count()
            };
            let (healthy, unhealthy) = (in_state("healthy"), in_state("unhealthy"));
            if healthy < self.at_least || unhealthy > 0 {
                let message = format!(
                    "{} has {healthy} healthy and {unhealthy} unhealthy targets",
                    self.name()
                );
                return Err(Fault::new("targets_unhealthy", message));
            }
            Ok(Observation::new(format!("{healthy} healthy")))
        }))
    }
}

//! `kind: "targets"` — a target group has healthy targets.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{Observation, Observed, failing};
use crate::primitive::Context;
use crate::primitive::api::send;
use crate::primitive::args::Span;
use crate::text::arn::Arn;
use crate::vocabulary::{Fault, codes};
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

    fn name(&self) -> &str {
        Arn::parse(&self.target_group).map_or(&self.target_group, Arn::name)
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
                return Err(Fault::new(codes::TARGETS_UNHEALTHY, message));
            }
            Ok(Observation::new(format!("{healthy} healthy")))
        }))
    }
}

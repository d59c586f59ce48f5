//! How slow live target groups are: what a deployment waits for, which a plan is to foretell.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::world::AwsCall;
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::json::{list, number, text};

/// What was read of one target group.
#[derive(Default)]
struct Timing {
    interval: Option<u64>,
    healthy: Option<u64>,
    draining: Option<u64>,
}

/// How long targets of a group take to become healthy and to drain, by the ARN of the group.
#[derive(Default)]
pub(super) struct TargetGroupTimings(BTreeMap<String, Timing>);

impl TargetGroupTimings {
    /// Takes in what a live read has answered.
    pub(super) fn saw(&mut self, call: &AwsCall, output: &Value) {
        match call.operation.as_str() {
            "DescribeTargetGroups" => {
                for group in list(output, "TargetGroups") {
                    let arn = text(group, "TargetGroupArn").unwrap_or_default();
                    let pace = self.0.entry(arn.to_owned()).or_default();
                    pace.interval = number(group, "HealthCheckIntervalSeconds");
                    pace.healthy = number(group, "HealthyThresholdCount");
                }
            }
            "DescribeTargetGroupAttributes" => {
                let arn = text(&call.input, "TargetGroupArn").unwrap_or_default();
                let delay = list(output, "Attributes")
                    .iter()
                    .find(|a| text(a, "Key") == Some("deregistration_delay.timeout_seconds"))
                    .and_then(|a| text(a, "Value")?.parse().ok());
                self.0.entry(arn.to_owned()).or_default().draining = delay;
            }
            _ => {}
        }
    }

    /// Gives the simulated target groups what was read of the live ones.
    pub(super) fn give(&self, cloud: &mut Cloud) {
        for (arn, pace) in &self.0 {
            let Some(group) = cloud.elb.group_mut(arn) else {
                continue;
            };
            if let Some(seconds) = pace.interval {
                group.interval = Duration::from_secs(seconds);
            }
            if let Some(count) = pace.healthy.and_then(|n| u32::try_from(n).ok()) {
                group.healthy_threshold = count;
            }
            if let Some(seconds) = pace.draining {
                group.deregistration_delay = Duration::from_secs(seconds);
            }
        }
    }
}

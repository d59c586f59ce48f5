//! Application Auto Scaling in a plan: what it has changed is simulated, the rest is read.

use serde_json::{Value, json};

use super::edit::with;
use super::plan_state::PlanState;
use crate::vocabulary::{Effect, Fault};
use crate::world::AwsCall;
use crate::world::simulated::model::json::{list, set, text};
use crate::world::simulated::model::{Cloud, dispatch};

impl PlanState {
    /// Application Auto Scaling: what the plan has changed is simulated.
    pub(super) fn scaling(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        if call.effect() == Effect::Read {
            return self.describe_scaling(cloud, call);
        }
        let id = text(&call.input, "ResourceId")
            .unwrap_or_default()
            .to_owned();
        if self.scaled.contains(&id) {
            return dispatch(cloud, call);
        }
        if let Some((cluster, name)) = id.strip_prefix("service/").and_then(|r| r.split_once('/')) {
            let ecs = AwsCall {
                service: "ecs".to_owned(),
                input: json!({ "cluster": cluster }),
                ..call.clone()
            };
            self.touch(cloud, &ecs, name)?;
            self.import_scaling(cloud, call, &id)?;
        }
        let out = dispatch(cloud, call)?;
        self.scaled.insert(id);
        Ok(out)
    }

    /// Brings a live scalable target and its policies into the simulated cloud.
    fn import_scaling(&mut self, cloud: &mut Cloud, call: &AwsCall, id: &str) -> Result<(), Fault> {
        let targets = json!({ "ServiceNamespace": "ecs", "ResourceIds": [id] });
        let policies = json!({ "ServiceNamespace": "ecs", "ResourceId": id });
        for (read, input, key, write) in [
            (
                "DescribeScalableTargets",
                targets,
                "ScalableTargets",
                "RegisterScalableTarget",
            ),
            (
                "DescribeScalingPolicies",
                policies,
                "ScalingPolicies",
                "PutScalingPolicy",
            ),
        ] {
            let out = self.also(cloud, call, read, input)?;
            for known in list(&out, key) {
                let write = AwsCall {
                    operation: write.to_owned(),
                    input: known.clone(),
                    ..call.clone()
                };
                dispatch(cloud, &write)?;
            }
        }
        Ok(())
    }

    fn describe_scaling(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let mut out = self.live(cloud, call)?;
        if self.scaled.is_empty() {
            return Ok(out);
        }
        let planned = dispatch(cloud, &with(call, "NextToken", Value::Null))?;
        let first = text(&call.input, "NextToken").is_none();
        for key in ["ScalableTargets", "ScalingPolicies", "ScalingActivities"] {
            if planned.get(key).is_none() {
                continue;
            }
            let mut all = list(&out, key).to_vec();
            all.retain(|item| text(item, "ResourceId").is_none_or(|id| !self.scaled.contains(id)));
            if first {
                all.extend(list(&planned, key).iter().cloned());
            }
            set(&mut out, key, Value::Array(all));
        }
        Ok(out)
    }
}

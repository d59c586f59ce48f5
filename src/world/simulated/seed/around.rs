//! Clusters, tags and scaling in a plan.

use serde_json::{Value, json};

use super::{Seeds, append, with};
use crate::vocabulary::{Effect, Fault};
use crate::world::AwsCall;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::dispatch;
use crate::world::simulated::ecs::tags;
use crate::world::simulated::json::{list, set, short, text, texts};

impl Seeds {
    pub(super) fn create_cluster(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let name = text(&call.input, "clusterName")
            .unwrap_or("default")
            .to_owned();
        self.ensure_cluster(cloud, &with(call, "cluster", json!(name)))?;
        let new = !cloud.ecs.has_cluster(&name);
        let out = dispatch(cloud, call)?;
        if new {
            self.created.insert(name);
        }
        Ok(out)
    }

    pub(super) fn describe_clusters(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let (created, live): (Vec<String>, Vec<String>) = texts(&call.input, "clusters")
            .into_iter()
            .partition(|name| self.created.contains(short(name)));
        if created.is_empty() {
            return self.live(cloud, call);
        }
        let mut out = dispatch(cloud, &with(call, "clusters", json!(created)))?;
        if !live.is_empty() {
            let more = self.live(cloud, &with(call, "clusters", json!(live)))?;
            append(&mut out, &more, "clusters");
        }
        Ok(out)
    }

    /// Tags of a resource: as the plan has left them, or else as they are.
    pub(super) fn list_tags(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let arn = text(&call.input, "resourceArn").unwrap_or_default();
        if let Some(tags) = self.tags.get(arn) {
            return Ok(json!({ "tags": tags }));
        }
        // What only the plan knows is not looked for.
        let mut read = with(call, "tags", Value::Null);
        read = with(&read, "tagKeys", Value::Null);
        read.operation = "ListTagsForResource".to_owned();
        match dispatch(cloud, &read) {
            Ok(out) if self.only_planned(cloud, arn) => Ok(out),
            _ => self.live(cloud, &read),
        }
    }

    /// Whether a resource is there only because the plan makes it.
    fn only_planned(&self, cloud: &Cloud, arn: &str) -> bool {
        use crate::world::simulated::ecs::{definitions, ids::ServiceKey};
        let rest = arn.split_once('/').map_or(arn, |(_, rest)| rest);
        match rest.split_once('/') {
            Some((cluster, name)) if arn.contains(":service/") => {
                !self.services.contains_key(&ServiceKey::new(cluster, name))
            }
            Some(_) => cloud.ecs.task_named(short(arn)).is_some(),
            None if arn.contains(":cluster/") => self.created.contains(rest),
            None => definitions::find(cloud, rest).is_some_and(|d| d.new),
        }
    }

    pub(super) fn change_tags(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let arn = text(&call.input, "resourceArn")
            .unwrap_or_default()
            .to_owned();
        let out = self.list_tags(cloud, call)?;
        let known = out.get("tags").cloned().unwrap_or_else(|| json!([]));
        let changed = if call.operation == "TagResource" {
            tags::with(&known, list(&call.input, "tags"))?
        } else {
            tags::without(&known, &texts(&call.input, "tagKeys"))
        };
        self.tags.insert(arn, changed);
        Ok(json!({}))
    }

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

//! Tags of ECS's resources in a plan: as it has left them, or else as they are live.

use serde_json::{Value, json};

use super::edit::with;
use super::plan_state::PlanState;
use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::AwsCall;
use crate::world::simulated::model::ecs::ids::ServiceKey;
use crate::world::simulated::model::ecs::{definitions, tags};
use crate::world::simulated::model::json::{list, text, texts};
use crate::world::simulated::model::{Cloud, dispatch};

impl PlanState {
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
        let rest = arn.split_once('/').map_or(arn, |(_, rest)| rest);
        match rest.split_once('/') {
            Some((cluster, name)) if arn.contains(":service/") => {
                !self.services.contains_key(&ServiceKey::new(cluster, name))
            }
            Some(_) => cloud.ecs.task_named(short_name(arn)).is_some(),
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
}

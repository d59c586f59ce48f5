//! Clusters in a plan: those that it has created are simulated, the others are read.

use serde_json::{Value, json};

use super::edit::{append, with};
use super::plan_state::PlanState;
use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::AwsCall;
use crate::world::simulated::model::ecs::cluster_name;
use crate::world::simulated::model::json::{list, text, texts};
use crate::world::simulated::model::{Cloud, dispatch};

impl PlanState {
    pub(super) fn ensure_cluster(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<(), Fault> {
        let name = cluster_name(&call.input);
        if cloud.ecs.has_cluster(name) {
            return Ok(());
        }
        let input = json!({ "clusters": [name] });
        let out = self.also(cloud, call, "DescribeClusters", input)?;
        if let Some(raw) = list(&out, "clusters").first() {
            cloud.ecs.add_cluster(name.to_owned(), raw.clone());
        }
        Ok(())
    }

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
            .partition(|name| self.created.contains(short_name(name)));
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
}

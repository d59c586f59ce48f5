//! Services in a plan: those that it has touched are simulated, the others are read.

use serde_json::{Value, json};

use super::edit::{append, with};
use super::import;
use super::plan_state::PlanState;
use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::AwsCall;
use crate::world::simulated::model::ecs::ids::ServiceKey;
use crate::world::simulated::model::ecs::{self, cluster_name};
use crate::world::simulated::model::json::{list, set, text, texts};
use crate::world::simulated::model::{Cloud, dispatch};

impl PlanState {
    pub(super) fn describe_services(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let cluster = cluster_name(&call.input).to_owned();
        let is_touched = |state: &Self, name: &str| {
            state
                .touched
                .contains(&ServiceKey::new(&cluster, short_name(name)))
        };
        let names = texts(&call.input, "services");
        let (simulated, live): (Vec<String>, Vec<String>) =
            names.into_iter().partition(|name| is_touched(self, name));
        if live.is_empty() && !simulated.is_empty() {
            return dispatch(cloud, call);
        }
        if simulated.is_empty() {
            let out = self.live(cloud, call)?;
            self.remember_services(&cluster, &out);
            return Ok(out);
        }
        let mut out = self.live(cloud, &with(call, "services", json!(live)))?;
        self.remember_services(&cluster, &out);
        let more = dispatch(cloud, &with(call, "services", json!(simulated)))?;
        append(&mut out, &more, "services");
        Ok(out)
    }

    pub(super) fn remember_services(&mut self, cluster: &str, output: &Value) {
        for service in list(output, "services") {
            if let Some(name) = text(service, "serviceName") {
                self.services
                    .insert(ServiceKey::new(cluster, name), service.clone());
            }
        }
    }

    /// Brings a live service into the simulated cloud; `false`: there is none.
    pub(super) fn touch(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
        name: &str,
    ) -> Result<bool, Fault> {
        let cluster = cluster_name(&call.input).to_owned();
        let key = ServiceKey::new(&cluster, short_name(name));
        if self.touched.contains(&key) {
            return Ok(true);
        }
        if !self.services.contains_key(&key) {
            let mut input = json!({ "services": [short_name(name)] });
            if let Some(given) = call.input.get("cluster") {
                set(&mut input, "cluster", given.clone());
            }
            let out = self.also(cloud, call, "DescribeServices", input)?;
            self.remember_services(&cluster, &out);
        }
        let Some(raw) = self.services.get(&key).cloned() else {
            return Ok(false);
        };
        for reference in import::definitions_of(&raw) {
            self.ensure_definition(cloud, call, &reference)?;
        }
        if !cloud.ecs.has_cluster(&cluster) {
            let known = ecs::new_cluster(cloud, &cluster);
            cloud.ecs.add_cluster(cluster, known);
        }
        let alternate = self.in_alternate(cloud, call, &raw);
        self.ensure_traffic(cloud, call, &raw)?;
        import::service(cloud, &key, &raw, alternate);
        self.touched.insert(key);
        Ok(true)
    }

    pub(super) fn update_service(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let name = text(&call.input, "service").unwrap_or_default().to_owned();
        if !self.touch(cloud, call, &name)? {
            return Err(Fault::new("ServiceNotFoundException", "Service not found."));
        }
        let reference = text(&call.input, "taskDefinition").unwrap_or_default();
        self.ensure_definition(cloud, call, reference)?;
        self.ensure_traffic(cloud, call, &call.input)?;
        self.target_groups.give(cloud);
        dispatch(cloud, call)
    }

    pub(super) fn create_service(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let name = text(&call.input, "serviceName")
            .unwrap_or_default()
            .to_owned();
        self.ensure_cluster(cloud, call)?;
        let reference = text(&call.input, "taskDefinition").unwrap_or_default();
        self.ensure_definition(cloud, call, reference)?;
        self.touch(cloud, call, &name)?;
        import::target_groups(cloud, &call.input);
        self.ensure_traffic(cloud, call, &call.input)?;
        let out = dispatch(cloud, call)?;
        self.touched
            .insert(ServiceKey::new(cluster_name(&call.input), &name));
        Ok(out)
    }

    pub(super) fn list_services(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let mut out = self.live(cloud, call)?;
        let cluster = cluster_name(&call.input);
        let created = self
            .touched
            .iter()
            .filter(|key| &*key.cluster == cluster && !self.services.contains_key(key))
            .filter_map(|key| cloud.ecs.service(key))
            .map(|service| json!(service.arn()))
            .collect::<Vec<Value>>();
        if text(&call.input, "nextToken").is_none() {
            append(&mut out, &json!({ "serviceArns": created }), "serviceArns");
        }
        Ok(out)
    }

    pub(super) fn delete_service(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let name = text(&call.input, "service").unwrap_or_default().to_owned();
        if !self.touch(cloud, call, &name)? {
            return Err(Fault::new("ServiceNotFoundException", "Service not found."));
        }
        dispatch(cloud, call)
    }
}

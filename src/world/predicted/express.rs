//! ECS Express Mode in a plan: services that it has touched are simulated, the others are read.

use serde_json::{Value, json};

use super::edit::with;
use super::plan_state::PlanState;
use crate::vocabulary::Fault;
use crate::world::AwsCall;
use crate::world::simulated::model::ecs::cluster_name;
use crate::world::simulated::model::ecs::ids::ServiceKey;
use crate::world::simulated::model::express::{import, key_of};
use crate::world::simulated::model::json::text;
use crate::world::simulated::model::{Cloud, dispatch};

impl PlanState {
    pub(super) fn express(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        if call.operation == "CreateExpressGatewayService" {
            return self.create_express(cloud, call);
        }
        let key = text(&call.input, "serviceArn").and_then(key_of);
        let known = key.as_ref().is_some_and(|key| cloud.express.has(key));
        if call.operation == "DescribeExpressGatewayService" && !known {
            return self.live(cloud, call);
        }
        if let Some(key) = key
            && !known
        {
            self.touch_express(cloud, call, &key)?;
        }
        dispatch(cloud, call)
    }

    fn create_express(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        self.ensure_cluster(cloud, call)?;
        let name = text(&call.input, "serviceName").unwrap_or_default();
        let key = ServiceKey::new(cluster_name(&call.input), name);
        if !name.is_empty() {
            self.touch(cloud, call, name)?;
        }
        self.ensure_family(cloud, call, &format!("{}-{name}", key.cluster))?;
        let reference = text(&call.input, "taskDefinitionArn").unwrap_or_default();
        self.ensure_definition(cloud, call, reference)?;
        let out = dispatch(cloud, call)?;
        let made = text(&out["service"], "serviceArn").and_then(key_of);
        self.touched.extend(made);
        Ok(out)
    }

    /// Brings a live service of Express Mode into the simulated cloud, with the ECS service underneath.
    fn touch_express(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
        key: &ServiceKey,
    ) -> Result<(), Fault> {
        let input = json!({ "serviceArn": call.input["serviceArn"] });
        let described = self.also(cloud, call, "DescribeExpressGatewayService", input)?;
        let of_cluster = with(call, "cluster", json!(&*key.cluster));
        self.touch(cloud, &of_cluster, &key.name)?;
        self.ensure_family(cloud, call, &format!("{}-{}", key.cluster, key.name))?;
        let reference = text(&call.input, "taskDefinitionArn").unwrap_or_default();
        self.ensure_definition(cloud, call, reference)?;
        self.target_groups.give(cloud);
        import(cloud, &described);
        Ok(())
    }
}

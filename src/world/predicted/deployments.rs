//! Service deployments and revisions in a plan: those of services that it has touched are simulated.

use serde_json::{Value, json};

use super::edit::{append, with};
use super::plan_state::PlanState;
use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::AwsCall;
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::dispatch;
use crate::world::simulated::model::ecs::cluster_name;
use crate::world::simulated::model::ecs::deployments::{find, parts};
use crate::world::simulated::model::ecs::ids::ServiceKey;
use crate::world::simulated::model::ecs::service_groups::group_of;
use crate::world::simulated::model::json::{list, text, texts};

impl PlanState {
    /// Whether a live service's production is behind its alternate target groups.
    pub(super) fn in_alternate(&mut self, cloud: &mut Cloud, call: &AwsCall, raw: &Value) -> bool {
        let balanced = list(raw, "loadBalancers").iter();
        let Some(lb) = balanced
            .clone()
            .find(|lb| group_of(lb, true) != group_of(lb, false))
        else {
            return false;
        };
        let revisions = list(raw, "currentServiceRevisions");
        let Some(arn) = revisions.first().and_then(|r| text(r, "arn")) else {
            return false;
        };
        let input = json!({ "serviceRevisionArns": [arn] });
        // Not allowed to look: the first target group has to do.
        let out = self
            .also(cloud, call, "DescribeServiceRevisions", input)
            .unwrap_or_default();
        let resolved = list(&out, "serviceRevisions")
            .first()
            .and_then(|r| r.get("resolvedConfiguration"))
            .map_or(&[] as &[Value], |r| list(r, "loadBalancers"));
        resolved
            .iter()
            .any(|r| text(r, "targetGroupArn") == group_of(lb, true))
    }

    pub(super) fn list_deployments(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let name = text(&call.input, "service").unwrap_or_default();
        let key = ServiceKey::new(cluster_name(&call.input), short_name(name));
        if self.touched.contains(&key) {
            return dispatch(cloud, call);
        }
        self.live(cloud, call)
    }

    pub(super) fn describe_deployments(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let known = |cloud: &Cloud, arn: &str| find(cloud, arn).is_some();
        self.split(
            cloud,
            call,
            "serviceDeploymentArns",
            "serviceDeployments",
            known,
        )
    }

    pub(super) fn describe_revisions(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let known = |cloud: &Cloud, arn: &str| {
            let service = parts(arn, "service-revision")
                .and_then(|(key, id)| Some((cloud.ecs.service(&key)?, id)));
            service.is_some_and(|(s, id)| s.revisions.iter().any(|r| r.id == id))
        };
        self.split(
            cloud,
            call,
            "serviceRevisionArns",
            "serviceRevisions",
            known,
        )
    }

    /// Describes what the simulated cloud knows from there, and the rest as it is live.
    fn split(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
        asked: &str,
        key: &str,
        known: impl Fn(&Cloud, &str) -> bool,
    ) -> Result<Value, Fault> {
        let arns = texts(&call.input, asked);
        let (simulated, live): (Vec<String>, Vec<String>) =
            arns.into_iter().partition(|arn| known(cloud, arn));
        if simulated.is_empty() {
            return self.live(cloud, call);
        }
        let mut out = dispatch(cloud, &with(call, asked, json!(simulated)))?;
        if !live.is_empty() {
            let more = self.live(cloud, &with(call, asked, json!(live)))?;
            append(&mut out, &more, key);
        }
        Ok(out)
    }

    /// Brings the service of a service deployment into the simulated cloud.
    fn touch_deployment(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<(), Fault> {
        let arn = text(&call.input, "serviceDeploymentArn").unwrap_or_default();
        let Some((key, _)) = parts(arn, "service-deployment") else {
            return Ok(());
        };
        let cluster = with(call, "cluster", json!(&*key.cluster));
        self.touch(cloud, &cluster, &key.name)?;
        Ok(())
    }

    pub(super) fn stop_deployment(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        self.touch_deployment(cloud, call)?;
        dispatch(cloud, call)
    }

    pub(super) fn continue_deployment(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        self.touch_deployment(cloud, call)?;
        let arn = text(&call.input, "serviceDeploymentArn").unwrap_or_default();
        let hook = text(&call.input, "hookId").unwrap_or_default();
        let simulated = find(cloud, arn).is_some_and(|(_, _, d)| d.stage.is_some());
        if simulated || text(&call.input, "action") == Some("ROLLBACK") {
            return dispatch(cloud, call);
        }
        // A deployment that is paused live goes on; how far, only the real run can know.
        let input = json!({ "serviceDeploymentArns": [arn] });
        let out = self.also(cloud, call, "DescribeServiceDeployments", input)?;
        let hooks = list(&out, "serviceDeployments").iter();
        let awaits = hooks
            .flat_map(|d| list(d, "lifecycleHookDetails"))
            .any(|h| {
                text(h, "hookId") == Some(hook) && text(h, "status") == Some("AWAITING_ACTION")
            });
        if awaits {
            return Ok(json!({ "serviceDeploymentArn": arn }));
        }
        dispatch(cloud, call)
    }
}

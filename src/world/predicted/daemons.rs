//! Daemons in a plan: those that it has touched are simulated, the others are read.

use serde_json::{Value, json};

use super::edit::with;
use super::plan_state::PlanState;
use crate::vocabulary::{Effect, Fault, Retry};
use crate::world::AwsCall;
use crate::world::simulated::model::daemons::key::{daemon_of, part_of};
use crate::world::simulated::model::daemons::{import, import_definition};
use crate::world::simulated::model::json::{list, text, texts};
use crate::world::simulated::model::{Cloud, dispatch};

impl PlanState {
    pub(super) fn daemons(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        if call.effect() == Effect::Read {
            return match simulated(cloud, call) {
                true => dispatch(cloud, call),
                false => self.live(cloud, call),
            };
        }
        if let Some(arn) = text(&call.input, "daemonArn") {
            let known = daemon_of(arn).is_some_and(|key| cloud.daemons.has(&key));
            if !known {
                self.touch_daemon(cloud, call, arn)?;
            }
        }
        if let Some(cluster) = text(&call.input, "clusterArn") {
            self.ensure_cluster(cloud, &with(call, "cluster", json!(cluster)))?;
        }
        for member in ["family", "daemonTaskDefinitionArn", "daemonTaskDefinition"] {
            if let Some(named) = text(&call.input, member) {
                self.ensure_daemon_definition(cloud, call, named)?;
            }
        }
        dispatch(cloud, call)
    }

    /// Brings a live daemon into the simulated cloud.
    fn touch_daemon(&mut self, cloud: &mut Cloud, call: &AwsCall, arn: &str) -> Result<(), Fault> {
        let ask = json!({ "daemonArn": arn });
        let described = self.also(cloud, call, "DescribeDaemon", ask)?;
        let daemon = &described["daemon"];
        self.ensure_cluster(cloud, &with(call, "cluster", daemon["clusterArn"].clone()))?;
        let ask = json!({ "daemonDeploymentArns": [daemon["deploymentArn"]] });
        let deployments = self.also(cloud, call, "DescribeDaemonDeployments", ask)?;
        let running = list(daemon, "currentRevisions").iter();
        let target = &deployments["daemonDeployments"][0]["targetDaemonRevision"];
        let mut arns: Vec<&Value> = running.map(|one| &one["arn"]).collect();
        if target["arn"].is_string() && !arns.contains(&&target["arn"]) {
            arns.push(&target["arn"]);
        }
        let ask = json!({ "daemonRevisionArns": arns });
        let revisions = self.also(cloud, call, "DescribeDaemonRevisions", ask)?;
        for revision in list(&revisions, "daemonRevisions") {
            let named = text(revision, "daemonTaskDefinitionArn").unwrap_or_default();
            self.ensure_daemon_definition(cloud, call, named)?;
        }
        import(cloud, &described, &deployments, &revisions);
        Ok(())
    }

    /// Makes a daemon task definition known, if it is there.
    fn ensure_daemon_definition(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
        named: &str,
    ) -> Result<(), Fault> {
        if cloud.daemons.has_definition(named) {
            return Ok(());
        }
        let ask = json!({ "daemonTaskDefinition": named });
        match self.also(cloud, call, "DescribeDaemonTaskDefinition", ask) {
            Ok(described) => import_definition(cloud, &described),
            // It is not there, or may not be read: the write itself says so.
            Err(fault) if fault.retry == Retry::Never => {}
            Err(fault) => return Err(fault),
        }
        Ok(())
    }
}

/// Whether the simulated cloud knows better than the live one what a read asks for.
fn simulated(cloud: &Cloud, call: &AwsCall) -> bool {
    let has = |arn: &str| daemon_of(arn).is_some_and(|key| cloud.daemons.has(&key));
    let has_part = |arn: &String, kind: &str| {
        part_of(arn, kind).is_some_and(|(key, _)| cloud.daemons.has(&key))
    };
    let input = &call.input;
    let named = text(input, "daemonTaskDefinition").unwrap_or_default();
    text(input, "daemonArn").is_some_and(has)
        || cloud.daemons.has_definition(named)
        || [
            ("daemonDeploymentArns", "daemon-deployment"),
            ("daemonRevisionArns", "daemon-revision"),
        ]
        .iter()
        .any(|(member, kind)| texts(input, member).iter().any(|arn| has_part(arn, kind)))
}

//! What a plan has read and changed so far, and which part of it answers a call.
//!
//! Writes cannot leave from here: all that reaches the live side is a [`ReadCall`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::image_changes::ImageChanges;
use super::overlay::Overlay;
use super::resources;
use super::target_group_timing::TargetGroupTimings;
use crate::text::arn::{Arn, short_name};
use crate::vocabulary::{Effect, Fault, Retry, codes, unknown_within};
use crate::world::simulated::model::ecs::ids::ServiceKey;
use crate::world::simulated::model::json::{text, texts};
use crate::world::simulated::model::{Cloud, daemons, dispatch, ecs, express, secrets};
use crate::world::{AwsCall, ReadCall, ReadOnlyWorld};

/// What has been read live, and what the plan has touched since.
pub(super) struct PlanState {
    pub(super) live: Arc<dyn ReadOnlyWorld>,
    /// Answers by call: reality is looked at once.
    pub(super) memo: BTreeMap<String, Result<Value, Fault>>,
    /// Live services by cluster and name, as they were read.
    pub(super) services: BTreeMap<ServiceKey, Value>,
    /// Services that the plan has changed: only the simulated cloud answers for them.
    pub(super) touched: BTreeSet<ServiceKey>,
    /// Families whose latest revision is known.
    pub(super) families: BTreeSet<String>,
    /// Task definitions that the plan has deregistered, by ARN.
    pub(super) deregistered: BTreeSet<String>,
    /// Clusters that the plan has created.
    pub(super) created: BTreeSet<String>,
    /// Tags that the plan has changed, by ARN.
    pub(super) tags: BTreeMap<String, Value>,
    /// Scalable targets that the plan has changed, by resource id.
    pub(super) scaled: BTreeSet<String>,
    /// Live tasks that the plan has stopped, by id.
    pub(super) stopped: BTreeMap<String, Value>,
    /// What the plan has changed in services other than ECS.
    pub(super) overlay: Overlay,
    /// How slow the target groups are that were looked at.
    pub(super) target_groups: TargetGroupTimings,
    /// Images and tags that the plan has pushed to ECR.
    pub(super) images: ImageChanges,
    /// Planned writes that the simulated cloud cannot carry out.
    pub(super) unmodelled: Vec<AwsCall>,
    /// Programs that the plan would have run by now, and that may have changed something.
    pub(super) ran: BTreeSet<String>,
    /// Whether account and region are known.
    pub(super) placed: bool,
}

impl PlanState {
    pub(super) fn new(live: Box<dyn ReadOnlyWorld>) -> Self {
        PlanState {
            live: Arc::from(live),
            memo: BTreeMap::new(),
            services: BTreeMap::new(),
            touched: BTreeSet::new(),
            families: BTreeSet::new(),
            deregistered: BTreeSet::new(),
            created: BTreeSet::new(),
            tags: BTreeMap::new(),
            scaled: BTreeSet::new(),
            stopped: BTreeMap::new(),
            overlay: Overlay::default(),
            target_groups: TargetGroupTimings::default(),
            images: ImageChanges::default(),
            unmodelled: Vec::new(),
            ran: BTreeSet::new(),
            placed: false,
        }
    }

    /// All answers of live reads that succeeded.
    pub(super) fn read(&self) -> impl Iterator<Item = &Value> {
        self.memo.values().filter_map(|answer| answer.as_ref().ok())
    }

    /// Answers a call of the plan.
    pub(super) fn answer(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let reads = call.effect() == Effect::Read;
        if reads && let Some(unknown) = self.after_unmodelled(call) {
            return Ok(unknown);
        }
        let region = call.region.as_deref();
        // As the run does: what is named by an ARN of another region is asked there.
        let home = region.or(call.home().filter(|_| self.placed));
        if call.profile.is_some() || home.is_some_and(|home| home != cloud.kernel.region) {
            return self.elsewhere(call);
        }
        let out = match call.service.as_str() {
            "ecs" => self.ecs(cloud, call),
            "application-autoscaling" => self.scaling(cloud, call),
            "ecr" if let Some(out) = self.images(cloud, call) => out,
            // What a service has that no plan brings into the simulated cloud, only the real run can know.
            service if !reads && !resources::are_of(service) => Ok(self.predict_unmodelled(call)),
            _ if !reads => self.write(cloud, call),
            "elbv2" if self.balances_touched(cloud, call) => dispatch(cloud, call),
            "logs" if logs_of_planned(cloud, &call.input) => dispatch(cloud, call),
            _ => self.read_over(cloud, call),
        };
        match out {
            Err(fault) if fault.code == codes::NOT_SIMULATED && !reads => {
                Ok(self.predict_unmodelled(call))
            }
            Ok(out) if call.operation == "GetSecretValue" => {
                secrets::unless_emptied(&cloud.kernel, &out).map(|()| out)
            }
            out => out,
        }
    }

    fn ecs(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        match call.operation.as_str() {
            "DescribeServices" => self.describe_services(cloud, call),
            "DescribeTaskDefinition" => self.describe_definition(cloud, call),
            "ListTaskDefinitions" => self.list_definitions(cloud, call),
            "DescribeTasks" => self.describe_tasks(cloud, call),
            "ListTasks" => self.list_tasks(cloud, call),
            "ListServices" => self.list_services(cloud, call),
            "RegisterTaskDefinition" => self.register(cloud, call),
            "DeregisterTaskDefinition" => self.deregister(cloud, call),
            "UpdateService" => self.update_service(cloud, call),
            "CreateService" => self.create_service(cloud, call),
            "RunTask" => self.run_task(cloud, call),
            "StopTask" => self.stop_task(cloud, call),
            "DeleteService" => self.delete_service(cloud, call),
            "ListServiceDeployments" => self.list_deployments(cloud, call),
            "DescribeServiceDeployments" => self.describe_deployments(cloud, call),
            "DescribeServiceRevisions" => self.describe_revisions(cloud, call),
            "StopServiceDeployment" => self.stop_deployment(cloud, call),
            "ContinueServiceDeployment" => self.continue_deployment(cloud, call),
            "CreateCluster" => self.create_cluster(cloud, call),
            "DescribeClusters" => self.describe_clusters(cloud, call),
            "TagResource" | "UntagResource" => self.change_tags(cloud, call),
            "ListTagsForResource" => self.list_tags(cloud, call),
            operation if daemons::knows(operation) => self.daemons(cloud, call),
            operation if express::knows(operation) => self.express(cloud, call),
            _ => self.live(cloud, call),
        }
    }

    /// In another account or region nothing is simulated: reads look there, and of writes only the run knows.
    fn elsewhere(&mut self, call: &AwsCall) -> Result<Value, Fault> {
        let Some(read) = ReadCall::new(call.clone()) else {
            return Ok(self.predict_unmodelled(call));
        };
        if let Some(what) = unknown_within(&call.input) {
            return Err(Fault::new(codes::UNKNOWN_UNTIL_RUN, what));
        }
        let key = serde_json::to_string(call).unwrap_or_default();
        if let Some(known) = self.memo.get(&key) {
            return known.clone();
        }
        let answer = self.live.read(&read);
        if answer.is_ok() {
            self.memo.insert(key, answer.clone());
        }
        answer
    }

    /// Looks at what is live, once.
    pub(super) fn live(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let Some(read) = ReadCall::new(call.clone()) else {
            return Ok(self.predict_unmodelled(call));
        };
        if let Some(what) = unknown_within(&call.input) {
            return Err(Fault::new(codes::UNKNOWN_UNTIL_RUN, what));
        }
        // Serialising a call cannot fail; if it did, the call would only not be remembered.
        let key = serde_json::to_string(call).unwrap_or_default();
        if let Some(known) = self.memo.get(&key) {
            return known.clone();
        }
        let answer = self.live.read(&read);
        if let Ok(output) = &answer {
            self.learn_place(cloud, output);
            self.overlay.saw(call, output);
            self.target_groups.saw(call, output);
        }
        let passing = answer.as_ref().is_err_and(|f| f.retry != Retry::Never);
        if !passing && !key.is_empty() {
            self.memo.insert(key, answer.clone());
        }
        answer
    }

    /// Learns account and region, where they are not known yet.
    pub(super) fn learn_place(&mut self, cloud: &mut Cloud, value: &Value) {
        if !self.placed
            && let Some((region, account)) = place(value)
        {
            (cloud.kernel.region, cloud.kernel.account, self.placed) = (region, account, true);
        }
    }

    /// Another read in the account and region of `like`.
    pub(super) fn also(
        &mut self,
        cloud: &mut Cloud,
        like: &AwsCall,
        operation: &str,
        input: Value,
    ) -> Result<Value, Fault> {
        let call = AwsCall {
            operation: operation.to_owned(),
            input,
            ..like.clone()
        };
        debug_assert_eq!(call.effect(), Effect::Read);
        self.live(cloud, &call)
    }

    /// Whether a target group's targets are those of services that the plan has touched.
    fn balances_touched(&self, cloud: &Cloud, call: &AwsCall) -> bool {
        call.operation == "DescribeTargetHealth"
            && text(&call.input, "TargetGroupArn")
                .is_some_and(|arn| !ecs::targets::behind(cloud, arn).is_empty())
    }
}

/// Whether a call about logs names a stream of a planned task.
fn logs_of_planned(cloud: &Cloud, input: &Value) -> bool {
    let mut named = texts(input, "logStreamNames");
    for member in ["logStreamName", "logStreamNamePrefix"] {
        named.extend(text(input, member).map(str::to_owned));
    }
    named
        .iter()
        .any(|stream| cloud.ecs.task_named(short_name(stream)).is_some())
        && text(input, "logGroupName").is_some()
}

/// Region and account of the first ARN that has both.
fn place(value: &Value) -> Option<(String, String)> {
    match value {
        Value::String(text) => {
            let (region, account) = Arn::parse(text)?.place()?;
            Some((region.to_owned(), account.to_owned()))
        }
        Value::Array(items) => items.iter().find_map(place),
        Value::Object(members) => members.values().find_map(place),
        _ => None,
    }
}

//! A plan's world: live reads where nothing planned has touched, the simulated cloud where it has.
//!
//! Writes cannot leave from here: all that reaches the live side is a [`ReadCall`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::cloud::Cloud;
use super::ecs::ids::ServiceKey;
use super::ecs::{self, cluster_name};
use super::json::{self, list, set, short, text, texts};
use super::{dispatch, secrets};
use crate::vocabulary::{Effect, Fault, Retry, codes, unknown_within};
use crate::world::{AwsCall, Look, ReadCall};

mod around;
mod blind;
mod definitions;
mod deployments;
mod images;
mod import;
mod kinds;
mod overlay;
mod paces;
pub(super) mod predict;
mod processes;
mod showing;
mod tasks;

use images::Images;
use overlay::Overlay;
use paces::Paces;

/// What has been read live, and what the plan has touched since.
pub(super) struct Seeds {
    look: Arc<dyn Look>,
    /// Answers by call: reality is looked at once.
    memo: BTreeMap<String, Result<Value, Fault>>,
    /// Services as they are live.
    services: BTreeMap<ServiceKey, Value>,
    /// Services that the plan has changed: only the simulated cloud answers for them.
    touched: BTreeSet<ServiceKey>,
    /// Families whose latest revision is known.
    families: BTreeSet<String>,
    /// Task definitions that the plan has deregistered, by ARN.
    deregistered: BTreeSet<String>,
    /// Clusters that the plan has created.
    created: BTreeSet<String>,
    /// Tags that the plan has changed, by ARN.
    tags: BTreeMap<String, Value>,
    /// Scalable targets that the plan has changed, by resource id.
    scaled: BTreeSet<String>,
    /// Live tasks that the plan has stopped, by id.
    stopped: BTreeMap<String, Value>,
    /// Everything beside ECS.
    overlay: Overlay,
    /// How slow the target groups are that were looked at.
    paces: Paces,
    /// ECR images.
    images: Images,
    /// Writes that nothing models.
    blind: Vec<AwsCall>,
    /// Programs that the plan would have run by now, and that may have changed something.
    ran: BTreeSet<String>,
    /// Whether account and region are known.
    placed: bool,
}

impl Seeds {
    pub(super) fn new(look: Box<dyn Look>) -> Self {
        Seeds {
            look: Arc::from(look),
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
            paces: Paces::default(),
            images: Images::default(),
            blind: Vec::new(),
            ran: BTreeSet::new(),
            placed: false,
        }
    }

    /// Everything that was really read.
    pub(super) fn read(&self) -> impl Iterator<Item = &Value> {
        self.memo.values().filter_map(|answer| answer.as_ref().ok())
    }

    /// Answers a call of the plan.
    pub(super) fn answer(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let reads = call.effect() == Effect::Read;
        if reads && let Some(unknown) = self.behind_blind(call) {
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
            _ if !reads => self.write(cloud, call),
            "elbv2" if self.balances_touched(cloud, call) => dispatch(cloud, call),
            "logs" if logs_of_planned(cloud, &call.input) => dispatch(cloud, call),
            _ => self.read_over(cloud, call),
        };
        match out {
            Err(fault) if fault.code == codes::NOT_SIMULATED && !reads => Ok(self.blind(call)),
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
            _ => self.live(cloud, call),
        }
    }

    /// In another account or region nothing is simulated: reads look there, and of writes only the run knows.
    fn elsewhere(&mut self, call: &AwsCall) -> Result<Value, Fault> {
        let Some(read) = ReadCall::new(call.clone()) else {
            return Ok(self.blind(call));
        };
        if let Some(what) = unknown_within(&call.input) {
            return Err(Fault::new(codes::UNKNOWN_UNTIL_RUN, what));
        }
        let key = serde_json::to_string(call).unwrap_or_default();
        if let Some(known) = self.memo.get(&key) {
            return known.clone();
        }
        let answer = self.look.look(&read);
        if answer.is_ok() {
            self.memo.insert(key, answer.clone());
        }
        answer
    }

    /// Looks at what is live, once.
    fn live(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let Some(read) = ReadCall::new(call.clone()) else {
            return Ok(self.blind(call));
        };
        if let Some(what) = unknown_within(&call.input) {
            return Err(Fault::new(codes::UNKNOWN_UNTIL_RUN, what));
        }
        // Serialising a call cannot fail; if it did, the call would only not be remembered.
        let key = serde_json::to_string(call).unwrap_or_default();
        if let Some(known) = self.memo.get(&key) {
            return known.clone();
        }
        let answer = self.look.look(&read);
        if let Ok(output) = &answer {
            self.placed_by(cloud, output);
            self.overlay.saw(call, output);
            self.paces.saw(call, output);
        }
        let passing = answer.as_ref().is_err_and(|f| f.retry != Retry::Never);
        if !passing && !key.is_empty() {
            self.memo.insert(key, answer.clone());
        }
        answer
    }

    /// Learns account and region, where they are not known yet.
    fn placed_by(&mut self, cloud: &mut Cloud, value: &Value) {
        if !self.placed
            && let Some((region, account)) = place(value)
        {
            (cloud.kernel.region, cloud.kernel.account, self.placed) = (region, account, true);
        }
    }

    /// Another read in the account and region of `like`.
    fn also(
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

    fn describe_services(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let cluster = cluster_name(&call.input).to_owned();
        let is_touched = |seeds: &Self, name: &str| {
            seeds
                .touched
                .contains(&ServiceKey::new(&cluster, short(name)))
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

    fn remember_services(&mut self, cluster: &str, output: &Value) {
        for service in list(output, "services") {
            if let Some(name) = text(service, "serviceName") {
                self.services
                    .insert(ServiceKey::new(cluster, name), service.clone());
            }
        }
    }

    fn ensure_cluster(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<(), Fault> {
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

    /// Brings a live service into the simulated cloud; `false`: there is none.
    fn touch(&mut self, cloud: &mut Cloud, call: &AwsCall, name: &str) -> Result<bool, Fault> {
        let cluster = cluster_name(&call.input).to_owned();
        let key = ServiceKey::new(&cluster, short(name));
        if self.touched.contains(&key) {
            return Ok(true);
        }
        if !self.services.contains_key(&key) {
            let mut input = json!({ "services": [short(name)] });
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

    fn update_service(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let name = text(&call.input, "service").unwrap_or_default().to_owned();
        if !self.touch(cloud, call, &name)? {
            return Err(Fault::new("ServiceNotFoundException", "Service not found."));
        }
        let reference = text(&call.input, "taskDefinition").unwrap_or_default();
        self.ensure_definition(cloud, call, reference)?;
        self.ensure_traffic(cloud, call, &call.input)?;
        self.paces.give(cloud);
        dispatch(cloud, call)
    }

    fn create_service(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
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

    fn list_services(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
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
        .any(|stream| cloud.ecs.task_named(short(stream)).is_some())
        && text(input, "logGroupName").is_some()
}

/// The same call with another member.
fn with(call: &AwsCall, name: &str, value: Value) -> AwsCall {
    let mut input = json::object(&call.input);
    if value.is_null() {
        input.remove(name);
    } else {
        input.insert(name.to_owned(), value);
    }
    AwsCall {
        input: Value::Object(input),
        ..call.clone()
    }
}

/// Adds the elements of `key` and `failures` of one answer to another.
fn append(out: &mut Value, more: &Value, key: &str) {
    for member in [key, "failures"] {
        let added = list(more, member);
        if let Some(list) = out.get_mut(member).and_then(Value::as_array_mut) {
            list.extend(added.iter().cloned());
        }
    }
}

/// Region and account of the first ARN that has both.
fn place(value: &Value) -> Option<(String, String)> {
    match value {
        Value::String(text) => {
            let mut parts = text.strip_prefix("arn:")?.split(':').skip(2);
            let (region, account) = (parts.next()?, parts.next()?);
            let both = !region.is_empty() && !account.is_empty();
            both.then(|| (region.to_owned(), account.to_owned()))
        }
        Value::Array(items) => items.iter().find_map(place),
        Value::Object(members) => members.values().find_map(place),
        _ => None,
    }
}

//! Tasks in a plan: planned ones are simulated, live ones are read.

use serde_json::{Value, json};

use super::edit::{append, with};
use super::plan_state::PlanState;
use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::AwsCall;
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::dispatch;
use crate::world::simulated::model::ecs::ids::ServiceKey;
use crate::world::simulated::model::ecs::{cluster_name, tasks};
use crate::world::simulated::model::json::{invalid, list, set, text, texts};

impl PlanState {
    pub(super) fn run_task(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        self.ensure_cluster(cloud, call)?;
        let reference = text(&call.input, "taskDefinition").unwrap_or_default();
        self.ensure_definition(cloud, call, reference)?;
        dispatch(cloud, call)
    }

    pub(super) fn describe_tasks(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let names = texts(&call.input, "tasks");
        let mut stopped = Vec::new();
        let (mut simulated, mut live) = (Vec::new(), Vec::new());
        for name in names {
            if let Some(task) = self.stopped.get(short_name(&name)) {
                stopped.push(task.clone());
            } else if cloud.ecs.task_named(short_name(&name)).is_some() {
                simulated.push(name);
            } else {
                live.push(name);
            }
        }
        if simulated.is_empty() && stopped.is_empty() {
            return self.live(cloud, call);
        }
        let mut out = json!({ "tasks": stopped, "failures": [] });
        if !simulated.is_empty() {
            let more = dispatch(cloud, &with(call, "tasks", json!(simulated)))?;
            append(&mut out, &more, "tasks");
        }
        if !live.is_empty() {
            let more = self.live(cloud, &with(call, "tasks", json!(live)))?;
            append(&mut out, &more, "tasks");
        }
        Ok(out)
    }

    pub(super) fn list_tasks(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let cluster = cluster_name(&call.input);
        if let Some(service) = text(&call.input, "serviceName") {
            let key = ServiceKey::new(cluster, short_name(service));
            if self.touched.contains(&key) {
                return dispatch(cloud, call);
            }
            return self.live(cloud, call);
        }
        let planned = match cloud.ecs.has_cluster(cluster) {
            true => dispatch(cloud, &with(call, "nextToken", Value::Null))?,
            false => Value::Null,
        };
        let mut out = self.live(cloud, call)?;
        if text(&call.input, "nextToken").is_none() {
            // Of services, only the live tasks count here: the simulated ones stand for them.
            let own: Vec<Value> = list(&planned, "taskArns")
                .iter()
                .filter(|arn| {
                    let found = arn.as_str().and_then(|a| tasks::by_name(cloud, cluster, a));
                    found.is_some_and(|(_, task)| task.service.is_none())
                })
                .cloned()
                .collect();
            append(&mut out, &json!({ "taskArns": own }), "taskArns");
        }
        Ok(out)
    }

    pub(super) fn stop_task(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let name = text(&call.input, "task").unwrap_or_default().to_owned();
        if cloud.ecs.task_named(short_name(&name)).is_some() {
            return dispatch(cloud, call);
        }
        let mut input = json!({ "tasks": [name] });
        if let Some(given) = call.input.get("cluster") {
            set(&mut input, "cluster", given.clone());
        }
        let out = self.also(cloud, call, "DescribeTasks", input)?;
        let Some(mut task) = list(&out, "tasks").first().cloned() else {
            return Err(invalid("The referenced task was not found."));
        };
        let reason = text(&call.input, "reason").unwrap_or("Task stopped by user");
        set(&mut task, "desiredStatus", json!("STOPPED"));
        set(&mut task, "stopCode", json!("UserInitiated"));
        set(&mut task, "stoppedReason", json!(reason));
        let answer = json!({ "task": task });
        set(&mut task, "lastStatus", json!("STOPPED"));
        set(&mut task, "stoppedAt", json!(cloud.now().to_string()));
        self.stopped.insert(short_name(&name).to_owned(), task);
        Ok(answer)
    }
}

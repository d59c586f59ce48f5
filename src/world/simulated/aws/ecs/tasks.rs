//! The calls about tasks.

use serde_json::{Value, json};

use super::definition::Definition;
use super::definitions;
use super::ids::ServiceKey;
use super::ids::TaskId;
use super::task::{Status, Task};
use super::task_launch::TaskLaunch;
use super::task_start::{self, no_overrides};
use super::task_stop;
use super::task_view::render;
use super::{capacity, cluster, validation};
use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{
    invalid, list, lists, number, page, required, set, text, texts,
};
use crate::world::simulated::cloud::Cloud;

pub(super) fn run(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let cluster = cluster(cloud, input)?;
    let definition = definitions::startable(cloud, required(input, "taskDefinition")?)?;
    let count = number(input, "count").unwrap_or(1);
    if !(1..=10).contains(&count) {
        return Err(invalid("Count should be between 1 and 10."));
    }
    let overrides = overrides(input, &definition)?;
    validation::members(input)?;
    let wanted = validation::launch(cloud, cluster, input, &definition)?;
    validation::run_task(input, &definition, &wanted.kind)?;
    let token = text(input, "clientToken").map(str::to_owned);
    if let Some(known) = token.as_ref().and_then(|t| cloud.ecs.tokens.get(t)) {
        return Ok(started(cloud, known));
    }
    let launch = TaskLaunch {
        cluster: cluster.into(),
        group: text(input, "group")
            .map_or_else(|| format!("family:{}", definition.family), str::to_owned),
        definition,
        owner: None,
        started_by: text(input, "startedBy").map(str::to_owned),
        overrides,
        launch_type: wanted.kind,
        strategy: wanted.strategy,
        instance: None,
        tags: input.get("tags").cloned().unwrap_or_else(|| json!([])),
        alternate: false,
    };
    capacity::any(cloud, &launch)?;
    let mut ids: Vec<TaskId> = Vec::new();
    let mut failures = Vec::new();
    for _ in 0..count {
        match capacity::assign(cloud, &launch) {
            Ok(launch) => ids.push(task_start::launch(cloud, launch)),
            Err(lack) => failures.push(lack.failure()),
        }
    }
    let mut out = started(cloud, &ids);
    set(&mut out, "failures", json!(failures));
    // A call that started nothing may be made again.
    if let Some(token) = token.filter(|_| !ids.is_empty()) {
        cloud.ecs.tokens.insert(token, ids);
    }
    Ok(out)
}

fn overrides(input: &Value, definition: &Definition) -> Result<Value, Fault> {
    let Some(given) = input.get("overrides").filter(|o| o.is_object()) else {
        return Ok(no_overrides());
    };
    for container in list(given, "containerOverrides") {
        let name = text(container, "name").unwrap_or_default();
        let known = definition
            .containers()
            .iter()
            .any(|c| text(c, "name") == Some(name));
        if !known {
            return Err(invalid(format!(
                "Override for container named {name} is not a container in the TaskDefinition."
            )));
        }
    }
    let mut overrides = no_overrides();
    for (name, value) in given.as_object().into_iter().flatten() {
        set(&mut overrides, name, value.clone());
    }
    Ok(overrides)
}

fn started(cloud: &Cloud, ids: &[TaskId]) -> Value {
    let tasks: Vec<Value> = ids
        .iter()
        .filter_map(|id| cloud.ecs.tasks.get(id))
        .map(|task| render(&cloud.kernel, task, true))
        .collect();
    lists([("tasks", tasks), ("failures", Vec::new())])
}

pub(super) fn describe(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let cluster = cluster(cloud, input)?;
    let names = texts(input, "tasks");
    if names.is_empty() {
        return Err(invalid("Tasks cannot be empty."));
    }
    if names.len() > 100 {
        return Err(invalid("Tasks cannot have more than 100 elements."));
    }
    let tags = texts(input, "include").iter().any(|i| i == "TAGS");
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for name in &names {
        match by_name(cloud, cluster, name) {
            Some((_, task)) => found.push(render(&cloud.kernel, task, tags)),
            None => failures.push(json!({
                "arn": cloud.arn("ecs", &format!("task/{cluster}/{}", short_name(name))),
                "reason": "MISSING",
            })),
        }
    }
    Ok(lists([("tasks", found), ("failures", failures)]))
}

/// A task by id or ARN.
pub(crate) fn by_name<'a>(
    cloud: &'a Cloud,
    cluster: &str,
    name: &str,
) -> Option<(TaskId, &'a Task)> {
    let id = *cloud.ecs.task_names.get(short_name(name))?;
    let task = cloud.ecs.tasks.get(&id)?;
    (&*task.cluster == cluster).then_some((id, task))
}

pub(super) fn list_arns(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let cluster = cluster(cloud, input)?;
    let service = text(input, "serviceName").map(|s| ServiceKey::new(cluster, short_name(s)));
    if let Some(key) = &service
        && !cloud.ecs.services.contains_key(key)
    {
        return Err(Fault::new("ServiceNotFoundException", "Service not found."));
    }
    let stopped = text(input, "desiredStatus") == Some("STOPPED");
    let wanted = |task: &&Task| {
        &*task.cluster == cluster
            && service
                .as_ref()
                .is_none_or(|k| task.service.as_ref() == Some(k))
            && text(input, "family").is_none_or(|f| task.definition.family == f)
            && text(input, "startedBy").is_none_or(|by| started_by(task) == Some(by))
            && text(input, "launchType").is_none_or(|l| task.launch_type == l)
            && task.wanted() != stopped
    };
    let arns = match service.as_ref().and_then(|k| cloud.ecs.services.get(k)) {
        Some(service) => service
            .tasks
            .iter()
            .chain(&service.stopped)
            .filter_map(|id| cloud.ecs.tasks.get(id))
            .filter(wanted)
            .map(|task| json!(task.arn(&cloud.kernel)))
            .collect(),
        None => cloud
            .ecs
            .tasks
            .values()
            .filter(wanted)
            .map(|task| json!(task.arn(&cloud.kernel)))
            .collect(),
    };
    Ok(page(input, "taskArns", arns, 100))
}

fn started_by(task: &Task) -> Option<&str> {
    task.deployment.as_deref().or(task.started_by.as_deref())
}

pub(super) fn stop(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let cluster = cluster(cloud, input)?;
    let name = required(input, "task")?;
    let Some((id, task)) = by_name(cloud, cluster, name) else {
        return Err(invalid("The referenced task was not found."));
    };
    if task.status < Status::Stopped {
        let reason = text(input, "reason")
            .unwrap_or("Task stopped by user")
            .to_owned();
        task_stop::stop(cloud, id, "UserInitiated", reason, false);
    }
    let task = cloud
        .ecs
        .tasks
        .get(&id)
        .map(|task| render(&cloud.kernel, task, true));
    Ok(json!({ "task": task }))
}

//! What tasks write to CloudWatch Logs: the `awslogs` driver.

use super::definition::Definition;
use super::ids::TaskId;
use crate::world::simulated::aws::json::text;
use crate::world::simulated::cloud::Cloud;

/// The group and stream of a task's essential container, if it logs to CloudWatch.
pub(crate) fn place(definition: &Definition, task: &str) -> Option<(String, String)> {
    let container = definition.essential()?;
    let configuration = container.get("logConfiguration")?;
    if text(configuration, "logDriver") != Some("awslogs") {
        return None;
    }
    let options = configuration.get("options")?;
    let group = text(options, "awslogs-group")?;
    let prefix = text(options, "awslogs-stream-prefix")?;
    let name = text(container, "name")?;
    Some((group.to_owned(), format!("{prefix}/{name}/{task}")))
}

/// A task's stream exists as soon as it runs, even where it writes nothing.
pub(super) fn open(cloud: &mut Cloud, id: TaskId) {
    if let Some(task) = cloud.ecs.tasks.get(&id)
        && let Some((group, stream)) = place(&task.definition, &task.name)
    {
        cloud.logs.open_stream(group, stream);
    }
}

/// Writes a line of a task's essential container; `{version}` is the image tag that it runs.
pub(super) fn write(cloud: &mut Cloud, id: TaskId, message: &str) {
    let at = cloud.now().as_millisecond();
    let Some(task) = cloud.ecs.tasks.get(&id) else {
        return;
    };
    let Some((group, stream)) = place(&task.definition, &task.name) else {
        return;
    };
    let message = message.replace("{version}", task.version.as_deref().unwrap_or("unknown"));
    cloud.logs.append(group, stream, at, message);
}

//! CloudWatch Logs: what containers write, a stream per container and task.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::ecs::definitions::Definition;
use crate::world::simulated::aws::ecs::task::TaskId;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::{flag, number, required, set, text, texts};
use crate::world::simulated::cloud::Cloud;

mod pattern;
mod served;
mod write;

use pattern::Pattern;

/// The log groups.
#[derive(Debug, Clone, Default)]
pub(crate) struct Logs {
    groups: BTreeMap<String, Streams>,
    /// Days for which groups keep their lines, where that is set.
    retention: BTreeMap<String, u64>,
}

impl Logs {
    /// Makes a group known.
    pub(crate) fn add_group(&mut self, name: String) {
        self.groups.entry(name).or_default();
    }

    /// Says for how many days a group keeps its lines.
    pub(crate) fn set_retention(&mut self, name: String, days: u64) {
        self.retention.insert(name, days);
    }
}

/// A log event.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    pub(crate) message: String,
}

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
pub(crate) fn open(cloud: &mut Cloud, id: TaskId) {
    if let Some(task) = cloud.ecs.task(id)
        && let Some((group, stream)) = place(&task.definition, &task.name)
    {
        cloud
            .logs
            .groups
            .entry(group)
            .or_default()
            .entry(stream)
            .or_default();
    }
}

/// Writes a line of a task's essential container; `{version}` is the image tag that it runs.
pub(crate) fn write(cloud: &mut Cloud, id: TaskId, message: &str) {
    let at = cloud.now().as_millisecond();
    let Some(task) = cloud.ecs.task(id) else {
        return;
    };
    let Some((group, stream)) = place(&task.definition, &task.name) else {
        return;
    };
    let message = message.replace("{version}", task.version.as_deref().unwrap_or("unknown"));
    let streams = cloud.logs.groups.entry(group).or_default();
    streams
        .entry(stream)
        .or_default()
        .push(Line { at, message });
}

pub(crate) fn call(cloud: &mut Cloud, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "GetLogEvents" => get_events(cloud, input),
        "FilterLogEvents" => filter_events(cloud, input),
        "DescribeLogStreams" => describe_streams(cloud, input),
        "DescribeLogGroups" => describe_groups(cloud, input),
        "CreateLogGroup" => write::create_group(cloud, input),
        "CreateLogStream" => write::create_stream(cloud, input),
        "DeleteLogGroup" => write::delete_group(cloud, input),
        "PutRetentionPolicy" => write::retention(cloud, input),
        "PutLogEvents" => write::put_events(cloud, input),
        _ => Err(not_simulated("logs", operation)),
    }
}

/// Lines by stream.
pub(crate) type Streams = BTreeMap<String, Vec<Line>>;

/// The streams of a group, with what services have logged while they served.
fn streams<'a>(cloud: &'a Cloud, input: &Value) -> Result<Cow<'a, Streams>, Fault> {
    let group = required(input, "logGroupName")?;
    let written = cloud.logs.groups.get(group).ok_or_else(|| {
        Fault::new(
            "ResourceNotFoundException",
            "The specified log group does not exist.",
        )
    })?;
    if cloud.traffic.is_idle() {
        return Ok(Cow::Borrowed(written));
    }
    let mut all = written.clone();
    served::add(cloud, group, &mut all);
    Ok(Cow::Owned(all))
}

fn within(line: &Line, input: &Value) -> bool {
    let bound = |name| input.get(name).and_then(Value::as_i64);
    bound("startTime").is_none_or(|from| line.at >= from)
        && bound("endTime").is_none_or(|to| line.at < to)
}

fn get_events(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let streams = streams(cloud, input)?;
    let stream = streams
        .get(required(input, "logStreamName")?)
        .ok_or_else(|| {
            Fault::new(
                "ResourceNotFoundException",
                "The specified log stream does not exist.",
            )
        })?;
    let lines: Vec<&Line> = stream.iter().filter(|l| within(l, input)).collect();
    let limit = number(input, "limit").map_or(10_000, |n| n.clamp(1, 10_000)) as usize;
    // Tokens are positions: `f/` goes on from there, `b/` ends there.
    let token = text(input, "nextToken").map(|t| (t.starts_with("b/"), position(t, lines.len())));
    let (from, to) = match token {
        Some((true, end)) => (end.saturating_sub(limit), end),
        Some((false, start)) => (start, (start + limit).min(lines.len())),
        None if flag(input, "startFromHead") => (0, limit.min(lines.len())),
        None => (lines.len().saturating_sub(limit), lines.len()),
    };
    let events: Vec<Value> = lines[from..to].iter().map(|l| render(l)).collect();
    Ok(json!({
        "events": events,
        "nextForwardToken": format!("f/{to}"),
        "nextBackwardToken": format!("b/{from}"),
    }))
}

fn position(token: &str, len: usize) -> usize {
    token
        .get(2..)
        .and_then(|t| t.parse().ok())
        .unwrap_or(0)
        .min(len)
}

fn render(line: &Line) -> Value {
    json!({ "timestamp": line.at, "message": line.message, "ingestionTime": line.at + 500 })
}

fn filter_events(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let pattern = Pattern::parse(text(input, "filterPattern").unwrap_or_default())?;
    let streams = streams(cloud, input)?;
    let names = texts(input, "logStreamNames");
    let prefix = text(input, "logStreamNamePrefix").unwrap_or_default();
    let mut found: Vec<(&str, &Line)> = streams
        .iter()
        .filter(|(name, _)| names.is_empty() || names.contains(name))
        .filter(|(name, _)| name.starts_with(prefix))
        .flat_map(|(name, lines)| lines.iter().map(move |l| (name.as_str(), l)))
        .filter(|(_, line)| within(line, input) && pattern.matches(&line.message))
        .collect();
    found.sort_by_key(|(_, line)| line.at);
    let from = text(input, "nextToken")
        .and_then(|t| t.parse().ok())
        .unwrap_or(0);
    let limit = number(input, "limit").map_or(10_000, |n| n.clamp(1, 10_000)) as usize;
    let from: usize = usize::min(from, found.len());
    let to = (from + limit).min(found.len());
    let events: Vec<Value> = found[from..to]
        .iter()
        .enumerate()
        .map(|(index, (stream, line))| {
            let mut event = render(line);
            set(&mut event, "logStreamName", json!(stream));
            set(
                &mut event,
                "eventId",
                json!(format!("{:056}", from + index)),
            );
            event
        })
        .collect();
    let mut out = json!({ "events": events, "searchedLogStreams": [] });
    if to < found.len() {
        set(&mut out, "nextToken", json!(to.to_string()));
    }
    Ok(out)
}

fn describe_streams(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let group = required(input, "logGroupName")?;
    let prefix = text(input, "logStreamNamePrefix").unwrap_or_default();
    let streams = streams(cloud, input)?;
    let mut found: Vec<(&String, &Vec<Line>)> = streams
        .iter()
        .filter(|(name, _)| name.starts_with(prefix))
        .collect();
    if text(input, "orderBy") == Some("LastEventTime") {
        found.sort_by_key(|(_, lines)| lines.last().map(|l| l.at));
    }
    if flag(input, "descending") {
        found.reverse();
    }
    let limit = number(input, "limit").map_or(50, |n| n.clamp(1, 50)) as usize;
    let out: Vec<Value> = found
        .into_iter()
        .take(limit)
        .map(|(name, lines)| {
            let first = lines.first().map(|l| l.at);
            let last = lines.last().map(|l| l.at);
            json!({
                "logStreamName": name,
                "creationTime": first,
                "firstEventTimestamp": first,
                "lastEventTimestamp": last,
                "lastIngestionTime": last,
                "arn": cloud.arn("logs", &format!("log-group:{group}:log-stream:{name}")),
            })
        })
        .collect();
    Ok(json!({ "logStreams": out }))
}

fn describe_groups(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let prefix = text(input, "logGroupNamePrefix").unwrap_or_default();
    let groups: Vec<Value> = cloud
        .logs
        .groups
        .keys()
        .filter(|name| name.starts_with(prefix))
        .map(|name| {
            let mut group = json!({
                "logGroupName": name,
                "arn": cloud.arn("logs", &format!("log-group:{name}:*")),
                "creationTime": cloud.kernel.start.as_millisecond(),
            });
            if let Some(days) = cloud.logs.retention.get(name) {
                set(&mut group, "retentionInDays", json!(days));
            }
            group
        })
        .collect();
    Ok(json!({ "logGroups": groups }))
}

//! CloudWatch Logs: what containers write, a stream per container and task.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::{flag, number, required, set, text, texts};
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;

mod pattern;
mod write;

use pattern::Pattern;

/// The state of CloudWatch Logs: log groups with their streams.
#[derive(Debug, Clone, Default)]
pub(crate) struct Logs {
    groups: BTreeMap<String, Streams>,
    /// Days for which groups keep their lines, where that is set.
    retention: BTreeMap<String, u64>,
}

impl Logs {
    /// Adds a log group without streams; one that exists stays as it is.
    pub(crate) fn add_group(&mut self, name: String) {
        self.groups.entry(name).or_default();
    }

    /// Opens a stream, even where nothing is written to it.
    pub(crate) fn open_stream(&mut self, group: String, stream: String) {
        let streams = self.groups.entry(group).or_default();
        streams.entry(stream).or_default();
    }

    /// Writes a line to a stream; `at` is in milliseconds since 1970.
    pub(crate) fn append(&mut self, group: String, stream: String, at: i64, message: String) {
        let streams = self.groups.entry(group).or_default();
        let lines = streams.entry(stream).or_default();
        lines.push(Line { at, message });
    }

    /// Says for how many days a group keeps its lines.
    pub(crate) fn set_retention(&mut self, name: String, days: u64) {
        self.retention.insert(name, days);
    }
}

/// A log event: one line that was written to a stream.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// When it was written, in milliseconds since 1970.
    pub(crate) at: i64,
    pub(crate) message: String,
}

/// Whether an operation reads what is in a group.
pub(crate) fn reads_lines(operation: &str) -> bool {
    matches!(
        operation,
        "GetLogEvents" | "FilterLogEvents" | "DescribeLogStreams"
    )
}

/// The times whose lines a call reads: from `from` on, before `to`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Window {
    /// By `startTime` and `endTime` of an input.
    pub(crate) fn of(input: &Value) -> Window {
        // A number may be beyond all times.
        let time = |at: i64| {
            let beyond = match at > 0 {
                true => Timestamp::MAX,
                false => Timestamp::MIN,
            };
            Timestamp::from_millisecond(at).unwrap_or(beyond)
        };
        let bound = |name: &str, otherwise| {
            let given = input.get(name).and_then(Value::as_i64);
            given.map_or(otherwise, time)
        };
        Window {
            from: bound("startTime", Timestamp::MIN),
            to: bound("endTime", Timestamp::MAX),
        }
    }

    /// Whether its lines have one of this time.
    pub(crate) fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    fn has(&self, line: &Line) -> bool {
        self.from.as_millisecond() <= line.at && line.at < self.to.as_millisecond()
    }
}

/// How far CloudWatch Logs is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "logs",
    behaves: "Containers and serving tasks write lines to the groups of their `awslogs` driver; groups and \
              streams are created, written and filtered by terms and by JSON members.",
    leaves_out: "A retention is stored, and nothing expires. Patterns with regular expressions or columns fail with \
              `not_simulated`. Insights queries, metric filters, subscriptions and live tails are not simulated.",
    tests: &[
        "simulated::tests::metrics",
        "simulated::aws::logs::pattern",
        "emulated::conformance::cases::text",
    ],
};

/// Answers one call of CloudWatch Logs; `served` is what services have logged, while they served, to the
/// group that the call reads.
pub(crate) fn call(
    logs: &mut Logs,
    kernel: &Kernel,
    served: Streams,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    match operation {
        "GetLogEvents" => get_events(logs, served, input),
        "FilterLogEvents" => filter_events(logs, served, input),
        "DescribeLogStreams" => describe_streams(logs, kernel, served, input),
        "DescribeLogGroups" => describe_groups(logs, kernel, input),
        "CreateLogGroup" => write::create_group(logs, input),
        "CreateLogStream" => write::create_stream(logs, input),
        "DeleteLogGroup" => write::delete_group(logs, input),
        "PutRetentionPolicy" => write::retention(logs, input),
        "PutLogEvents" => write::put_events(logs, input),
        _ => Err(not_simulated("logs", operation)),
    }
}

/// The streams of a log group with their lines, by the name of the stream.
pub(crate) type Streams = BTreeMap<String, Vec<Line>>;

/// The streams of a group, with what services have logged while they served.
fn streams<'a>(logs: &'a Logs, served: Streams, input: &Value) -> Result<Cow<'a, Streams>, Fault> {
    let group = required(input, "logGroupName")?;
    let written = logs.groups.get(group).ok_or_else(|| {
        Fault::new(
            "ResourceNotFoundException",
            "The specified log group does not exist.",
        )
    })?;
    if served.is_empty() {
        return Ok(Cow::Borrowed(written));
    }
    let mut all = written.clone();
    for (stream, lines) in served {
        let known = all.entry(stream).or_default();
        known.extend(lines);
        known.sort_by_key(|l| l.at);
    }
    Ok(Cow::Owned(all))
}

fn get_events(logs: &Logs, served: Streams, input: &Value) -> Result<Value, Fault> {
    let streams = streams(logs, served, input)?;
    let stream = streams
        .get(required(input, "logStreamName")?)
        .ok_or_else(|| {
            Fault::new(
                "ResourceNotFoundException",
                "The specified log stream does not exist.",
            )
        })?;
    let window = Window::of(input);
    let lines: Vec<&Line> = stream.iter().filter(|l| window.has(l)).collect();
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

fn filter_events(logs: &Logs, served: Streams, input: &Value) -> Result<Value, Fault> {
    let pattern = Pattern::parse(text(input, "filterPattern").unwrap_or_default())?;
    let streams = streams(logs, served, input)?;
    let window = Window::of(input);
    let names = texts(input, "logStreamNames");
    let prefix = text(input, "logStreamNamePrefix").unwrap_or_default();
    let mut found: Vec<(&str, &Line)> = streams
        .iter()
        .filter(|(name, _)| names.is_empty() || names.contains(name))
        .filter(|(name, _)| name.starts_with(prefix))
        .flat_map(|(name, lines)| lines.iter().map(move |l| (name.as_str(), l)))
        .filter(|(_, line)| window.has(line) && pattern.matches(&line.message))
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

fn describe_streams(
    logs: &Logs,
    kernel: &Kernel,
    served: Streams,
    input: &Value,
) -> Result<Value, Fault> {
    let group = required(input, "logGroupName")?;
    let prefix = text(input, "logStreamNamePrefix").unwrap_or_default();
    let streams = streams(logs, served, input)?;
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
                "arn": kernel.arn("logs", &format!("log-group:{group}:log-stream:{name}")),
            })
        })
        .collect();
    Ok(json!({ "logStreams": out }))
}

fn describe_groups(logs: &Logs, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let prefix = text(input, "logGroupNamePrefix").unwrap_or_default();
    let groups: Vec<Value> = logs
        .groups
        .keys()
        .filter(|name| name.starts_with(prefix))
        .map(|name| {
            let mut group = json!({
                "logGroupName": name,
                "arn": kernel.arn("logs", &format!("log-group:{name}:*")),
                "creationTime": kernel.start.as_millisecond(),
            });
            if let Some(days) = logs.retention.get(name) {
                set(&mut group, "retentionInDays", json!(days));
            }
            group
        })
        .collect();
    Ok(json!({ "logGroups": groups }))
}

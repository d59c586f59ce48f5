//! `kind: "logs"` — few enough log events match a pattern: of all tasks, or of those of one deployment.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Observation, Observed, failing};
use crate::primitive::Context;
use crate::primitive::api::send;
use crate::primitive::args::{Moment, Span, words};
use crate::text::arn::short_name;
use crate::vocabulary::{Fault, Stop, codes};
use crate::world::AwsCall;

/// Few enough log events match a pattern: counted since a moment, or per minute.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Logs {
    /// Name of the log group.
    log_group: String,
    /// Filter pattern, as CloudWatch Logs takes it.
    pattern: String,
    /// Since when, in RFC 3339 (as `time::now()` returns it). Default: since the watch began.
    #[serde(default)]
    since: Option<Moment>,
    /// How many may match. Default 0. Not with `per_minute`.
    #[serde(default)]
    at_most: usize,
    /// How many may match in a minute, on average over `over`.
    #[serde(default)]
    per_minute: Option<f64>,
    /// How far back `per_minute` reaches, but never behind `since`. Default `"5m"`.
    #[serde(default)]
    over: Option<Span>,
    /// Whose events count: those of the tasks that this deployment has started. Default: all events of the group.
    #[serde(default)]
    of: Option<DeploymentRef>,
    /// How long there may be more. Default: the watch's.
    #[serde(default)]
    pub tolerate: Option<Span>,
}

/// A deployment of a service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeploymentRef {
    /// Cluster: name or ARN.
    cluster: String,
    /// Service: name or ARN.
    service: String,
    /// Id of the deployment.
    deployment: String,
}

/// The shortest time from which a rate is told.
const LEAST: Duration = Duration::from_secs(60);
/// How far back `per_minute` reaches, unless it is said.
const OVER: Duration = Duration::from_secs(300);
/// Tasks that ECS describes at once.
const TASKS: usize = 100;

impl Logs {
    pub fn words(&self) -> String {
        let whose = match self.of {
            Some(_) => " of this deployment",
            None => "",
        };
        let (pattern, group) = (&self.pattern, &self.log_group);
        match self.per_minute {
            Some(rate) => format!(
                "at most {rate} of {pattern} a minute in {group}{whose}, over {}",
                words(self.over())
            ),
            None => format!("at most {} of {pattern} in {group}{whose}", self.at_most),
        }
    }

    pub fn look(&self, cx: &Context<'_>) -> Observed {
        let counted = failing(self.count(cx))?;
        Ok(counted.and_then(|found| self.judge(&found)))
    }

    fn judge(&self, found: &LogCount) -> Result<Observation, Fault> {
        let LogCount { count, last, .. } = found;
        let (pattern, group) = (&self.pattern, &self.log_group);
        if let Some(limit) = self.per_minute {
            let rate = *count as f64 / found.minutes;
            if rate > limit {
                let message = format!(
                    "{rate:.1} of {pattern} a minute in {group}, more than {limit}, the last: {last}"
                );
                return Err(Fault::new(codes::LOG_ERRORS, message));
            }
            return Ok(Observation::new(format!("{rate:.1} log matches a minute")));
        }
        if *count > self.at_most {
            let message = format!("{count} of {pattern} in {group}, the last: {last}");
            return Err(Fault::new(codes::LOG_ERRORS, message));
        }
        Ok(Observation::new(format!("{count} log matches")))
    }

    fn over(&self) -> Duration {
        self.over.map_or(OVER, |over| over.0)
    }

    /// From when on events count, and how many minutes that are.
    fn span(&self, cx: &Context<'_>) -> (Timestamp, f64) {
        let now = cx.world.now();
        let mut since = self.since.map_or(cx.started, |since| since.0);
        if self.per_minute.is_some() {
            let over = SignedDuration::try_from(self.over()).unwrap_or(SignedDuration::MAX);
            since = since.max(now.checked_sub(over).unwrap_or(Timestamp::MIN));
        }
        let passed = Duration::try_from(now.duration_since(since)).unwrap_or_default();
        (since, passed.max(LEAST).as_secs_f64() / 60.0)
    }

    /// How many match, and the last of them.
    fn count(&self, cx: &Context<'_>) -> Result<LogCount, Stop> {
        let (since, minutes) = self.span(cx);
        let enough = match self.per_minute {
            // The rate is told as it is, unless that would take many pages.
            Some(rate) => (rate * minutes * 10.0) as usize,
            None => self.at_most,
        };
        let tasks = match &self.of {
            Some(of) => Some(of.tasks(cx)?),
            None => None,
        };
        let mut found = LogCount {
            count: 0,
            last: String::new(),
            minutes,
        };
        let mut input = json!({
            "logGroupName": self.log_group, "filterPattern": self.pattern, "startTime": since.as_millisecond(),
        });
        loop {
            let output = send(cx, &AwsCall::new("logs", "FilterLogEvents", input.clone()))?;
            let events = output["events"].as_array().into_iter().flatten();
            for event in events.filter(|e| is_of(e, tasks.as_ref())) {
                found.count += 1;
                let message = event["message"].as_str().unwrap_or_default();
                found.last = message.trim().to_owned();
            }
            // Enough is enough: what is over the limit need not be counted to the end.
            match output["nextToken"].as_str() {
                Some(token) if found.count <= enough => input["nextToken"] = json!(token),
                _ => return Ok(found),
            }
        }
    }
}

/// Result of counting log events.
struct LogCount {
    count: usize,
    /// The last event that matched.
    last: String,
    minutes: f64,
}

impl DeploymentRef {
    /// Ids of the tasks that the deployment has started, those that have stopped among them.
    fn tasks(&self, cx: &Context<'_>) -> Result<BTreeSet<String>, Stop> {
        let mut arns = Vec::new();
        for status in ["RUNNING", "STOPPED"] {
            let mut input = json!({
                "cluster": self.cluster, "serviceName": self.service, "desiredStatus": status,
            });
            loop {
                let listed = send(cx, &AwsCall::new("ecs", "ListTasks", input.clone()))?;
                arns.extend(listed["taskArns"].as_array().into_iter().flatten().cloned());
                match listed["nextToken"].as_str() {
                    Some(token) => input["nextToken"] = json!(token),
                    None => break,
                }
            }
        }
        let mut ids = BTreeSet::new();
        for some in arns.chunks(TASKS) {
            let input = json!({ "cluster": self.cluster, "tasks": some });
            let described = send(cx, &AwsCall::new("ecs", "DescribeTasks", input))?;
            let tasks = described["tasks"].as_array().into_iter().flatten();
            let own = tasks.filter(|t| t["startedBy"] == json!(self.deployment));
            ids.extend(
                own.filter_map(|t| t["taskArn"].as_str())
                    .map(|arn| short_name(arn).to_owned()),
            );
        }
        Ok(ids)
    }
}

/// Whether an event is from one of these tasks: streams are named `prefix/container/task-id`. One that is named
/// otherwise may be from any.
fn is_of(event: &Value, tasks: Option<&BTreeSet<String>>) -> bool {
    let Some(tasks) = tasks else {
        return true;
    };
    let stream = event["logStreamName"].as_str().unwrap_or_default();
    match stream.split('/').count() {
        3.. => tasks.contains(short_name(stream)),
        _ => true,
    }
}

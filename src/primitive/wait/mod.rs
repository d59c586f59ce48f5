//! `aws::wait` — anything in AWS to the state that it is to reach.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::api::reconcile::is_not_found;
use super::api::secrets::hide;
use super::api::{self, OutageTolerance, is_young, next_poll, send};
use super::args::{INVALID_INPUT, Span, words};
use super::{Call, Context, Declaration, InFlight, Line, LineKind, Progress, ResourceCache, Verb};
use crate::vocabulary::{Effect, Fault, Stop, codes, unknown_in};
use crate::world::AwsCall;

mod path;

use path::Path;

/// Waits for a member of what a read answers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// Service in the AWS CLI's spelling: `rds`.
    service: String,
    /// Operation that reads, in the API's spelling: `DescribeDBSnapshots`.
    operation: String,
    /// The API's own JSON. Default: an empty map.
    #[serde(default)]
    input: Value,
    /// Member of the answer that is compared: `DBSnapshots[0].Status`.
    path: String,
    /// Values that end the wait with success.
    becomes: Vec<Value>,
    /// Values that end the wait with a failure, because they are final. A map names the values of other members, by
    /// their paths: `#{ "serviceDeployments[0].status": ["STOPPED"] }`. Default: none.
    #[serde(default)]
    fails: FailureValues,
    /// Longest time to wait. Default `"30m"`.
    #[serde(default = "limit")]
    timeout: Span,
    /// Pause between two reads, at least a second. Default: 1 to 15 seconds, increasing.
    #[serde(default)]
    every: Option<Span>,
    /// What is waited for, in words: `snapshot catalog-db-before-1-3-0`. Default: the path.
    #[serde(default)]
    what: Option<String>,
    /// Region, if it is not the configured one.
    #[serde(default)]
    region: Option<String>,
    /// Named profile, if it is not the configured one.
    #[serde(default)]
    profile: Option<String>,
}

/// Values with which a wait has failed.
#[derive(Debug, JsonSchema)]
#[schemars(untagged, inline)]
enum FailureValues {
    /// Of the member that is looked at.
    There(Vec<Value>),
    /// Values of other members of the answer, by their paths.
    Elsewhere(BTreeMap<String, Vec<Value>>),
}

impl Default for FailureValues {
    fn default() -> FailureValues {
        FailureValues::There(Vec::new())
    }
}

impl<'de> Deserialize<'de> for FailureValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FailureValues, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Array(values) => Ok(FailureValues::There(values)),
            map @ Value::Object(_) => serde_json::from_value(map)
                .map(FailureValues::Elsewhere)
                .map_err(D::Error::custom),
            _ => Err(D::Error::custom(
                "a list of values, or a map of paths to lists of values",
            )),
        }
    }
}

fn limit() -> Span {
    Span::seconds(30 * 60)
}

impl Wait {
    fn call(&self) -> AwsCall {
        let input = match self.input.is_null() {
            true => json!({}),
            false => self.input.clone(),
        };
        AwsCall {
            region: self.region.clone(),
            profile: self.profile.clone(),
            ..AwsCall::new(&self.service, &self.operation, input)
        }
    }

    fn what(&self) -> &str {
        self.what.as_deref().unwrap_or(&self.path)
    }

    /// Why it will never be what it is to become.
    fn failed(&self, value: &Value, output: &Value) -> Option<String> {
        let elsewhere = match &self.fails {
            FailureValues::There(values) => {
                let failed = values.contains(value);
                return failed.then(|| format!("{} is {}", self.what(), said(value)));
            }
            FailureValues::Elsewhere(members) => members,
        };
        elsewhere.iter().find_map(|(path, values)| {
            let value = Path::parse(path).ok()?.of(output);
            let name = path.rsplit('.').next().unwrap_or(path);
            values
                .contains(value)
                .then(|| format!("{}: {name} is {}", self.what(), said(value)))
        })
    }

    /// The values that are waited for, in words: `available or stopped`.
    fn wanted(&self) -> String {
        let values: Vec<String> = self.becomes.iter().map(said).collect();
        values.join(" or ")
    }
}

/// A value for people: text without quotes, `not there` for null.
fn said(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "not there".into(),
        other => other.to_string(),
    }
}

impl Verb for Wait {
    const DECLARATION: Declaration = Declaration {
        module: "aws",
        name: "wait",
        effect: Effect::Wait,
        doc: "Repeats a read until a member of the answer has one of the values `becomes`. If it has one of the values `fails`, that is the fault `wait_failed`; if it takes too long, `timed_out`. `details` has the last value and answer. It also waits for a member that does not exist yet.",
        positional: &[],
        returns: "The last answer, the API's own JSON.",
        example: r#"rds::create_db_snapshot(#{ DBInstanceIdentifier: "catalog-db", DBSnapshotIdentifier: "catalog-db-before-1-3-0" });
let done = aws::wait(#{
    service: "rds", operation: "DescribeDBSnapshots", input: #{ DBSnapshotIdentifier: "catalog-db-before-1-3-0" },
    path: "DBSnapshots[0].Status", becomes: ["available"], fails: ["failed"],
    timeout: "1h", what: "snapshot catalog-db-before-1-3-0",
});
print(done.DBSnapshots[0].DBSnapshotArn);"#,
    };
}

impl Call for Wait {
    fn check(&self) -> Result<(), Fault> {
        let name = Self::DECLARATION.path();
        let call = self.call();
        let wrong = |at: &str, why: String| {
            Err(Fault::new(
                INVALID_INPUT,
                format!("{name} at `{at}`: {why}"),
            ))
        };
        if call.effect() != Effect::Read {
            return wrong(
                "operation",
                format!("{} does not only read", self.operation),
            );
        }
        if self.becomes.is_empty() {
            return wrong("becomes", "no value to wait for".into());
        }
        if let Err(why) = Path::parse(&self.path) {
            return wrong("path", why);
        }
        if let FailureValues::Elsewhere(members) = &self.fails
            && let Some(why) = members.keys().find_map(|p| Path::parse(p).err())
        {
            return wrong("fails", why);
        }
        api::check(&name, &call.service, &call.operation, &call.input)
    }

    fn line(&self, _: &ResourceCache) -> Line {
        let last = self.path.rsplit('.').next().unwrap_or(&self.path);
        Line {
            verb: "wait".into(),
            kind: LineKind::Waits,
            object: self.what.clone().unwrap_or_else(|| self.operation.clone()),
            detail: format!("{last} {}", self.wanted()),
            at_most_ms: Some(self.timeout.millis()),
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        Some(self.timeout.0)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let path = Path::parse(&self.path).map_err(|why| Fault::new(INVALID_INPUT, why))?;
        let call = self.call();
        let mut patience = OutageTolerance::new();
        let mut pause = Duration::from_secs(1);
        let mut last = (Value::Null, Value::Null);
        loop {
            if let Some(output) = patience.with(cx, look(cx, &call))? {
                let value = path.of(&output).clone();
                self.progress(&value, cx);
                // A plan cannot see what it becomes: it takes for granted that it does.
                if [&output, &value].into_iter().any(unknown) {
                    return Ok(output);
                }
                if self.becomes.contains(&value) {
                    return Ok(output);
                }
                if let Some(message) = self.failed(&value, &output) {
                    return Err(fault(codes::WAIT_FAILED, message, value, output));
                }
                last = (value, output);
            }
            pause = (pause * 5 / 4).min(Duration::from_secs(15));
            if !next_poll(cx, self.every.map_or(pause, Span::pause))? {
                let (value, output) = last;
                let message = format!(
                    "{} was still {} after {}, not {}",
                    self.what(),
                    said(&value),
                    words(self.timeout.0),
                    self.wanted()
                );
                return Err(fault(codes::TIMED_OUT, message, value, output));
            }
        }
    }

    fn summary(&self, output: &Value) -> Option<String> {
        let value = Path::parse(&self.path).ok()?.of(output).clone();
        Some(format!("{} {}", self.what(), said(&value)))
    }

    fn in_flight(&self, _: &Value) -> Option<InFlight> {
        Some(InFlight {
            about: self.what().to_owned(),
            text: format!("{} continues in AWS", self.what()),
            stop: None,
        })
    }
}

impl Wait {
    fn progress(&self, value: &Value, cx: &Context<'_>) {
        cx.progress(Progress {
            waiting_for: self.what().to_owned(),
            until: format!("be {}", self.wanted()),
            since: Some(cx.started),
            deadline: cx.deadline,
            state: said(value),
            news: None,
        });
    }
}

/// Whether only the real run can know a value.
fn unknown(value: &Value) -> bool {
    value.as_str().and_then(unknown_in).is_some()
}

/// One look; what was just made may not be there yet.
fn look(cx: &Context<'_>, call: &AwsCall) -> Result<Value, Stop> {
    match send(cx, call) {
        Err(Stop::Fault(fault)) if is_not_found(&fault.code) && is_young(cx) => Ok(Value::Null),
        answer => answer.map(|mut output| {
            hide(cx, call, &mut output);
            output
        }),
    }
}

fn fault(code: &str, message: String, value: Value, output: Value) -> Stop {
    let details = json!({ "value": value, "output": output });
    Stop::Fault(Fault::new(code, message).details(details))
}

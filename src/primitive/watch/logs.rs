//! `kind: "logs"` — few enough log events match a pattern.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{Held, Look, failing};
use crate::call::{Fault, Stop};
use crate::primitive::Context;
use crate::primitive::api::send;
use crate::primitive::args::{Moment, Span};
use crate::world::AwsCall;

/// At most so many log events match a pattern since a moment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Logs {
    /// Log group.
    log_group: String,
    /// Filter pattern, as CloudWatch Logs takes it.
    pattern: String,
    /// Since when, in RFC 3339 (as `time::now()` returns it). Default: since the watch began.
    #[serde(default)]
    since: Option<Moment>,
    /// How many may match. Default 0.
    #[serde(default)]
    at_most: usize,
    /// How long there may be more. Default: the watch's.
    #[serde(default)]
    pub tolerate: Option<Span>,
}

impl Logs {
    pub fn words(&self) -> String {
        format!(
            "at most {} of {} in {}",
            self.at_most, self.pattern, self.log_group
        )
    }

    pub fn look(&self, cx: &Context<'_>) -> Look {
        let counted = failing(self.count(cx))?;
        Ok(counted.and_then(|(count, last)| {
            if count > self.at_most {
                let message = format!(
                    "{count} of {} in {}, the last: {last}",
                    self.pattern, self.log_group
                );
                return Err(Fault::new("log_errors", message));
            }
            Ok(Held::new(format!("{count} log matches")))
        }))
    }

    /// How many match, and the last of them.
    fn count(&self, cx: &Context<'_>) -> Result<(usize, String), Stop> {
        let since = self.since.map_or(cx.started, |since| since.0);
        let mut input = json!({
            "logGroupName": self.log_group, "filterPattern": self.pattern, "startTime": since.as_millisecond(),
        });
        let (mut count, mut last) = (0, String::new());
        loop {
            let output = send(cx, &AwsCall::new("logs", "FilterLogEvents", input.clone()))?;
            let events = output["events"].as_array();
            count += events.map_or(0, Vec::len);
            if let Some(event) = events.and_then(|e| e.last()) {
                last = event["message"]
                    .as_str()
                    .unwrap_or_default()
                    .trim()
                    .to_owned();
            }
            // Enough is enough: what is over the limit need not be counted to the end.
            match output["nextToken"].as_str() {
                Some(token) if count <= self.at_most => input["nextToken"] = json!(token),
                _ => return Ok((count, last)),
            }
        }
    }
}

//! `load::check` — an endpoint under a steady load, against thresholds.

use std::ops::ControlFlow;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::args::{INVALID_INPUT, Span, words};
use super::expect::Expect;
use super::secret_request::{ResolvedRequest, SecretHeaders, SecretRequest};
use super::{
    Call, Context, Declaration, Line, LineKind, Progress, Reconciled, Residue, ResourceCache, Verb,
};
use crate::vocabulary::{Effect, Fault, Halt, Stop};
use crate::world::load::Load;

mod tally;
mod thresholds;

use tally::{Tally, percent};
use thresholds::Thresholds;

/// Highest rate that a load may have, in requests a second.
const RATE: u32 = 1000;
/// Longest time that a load may last.
const DURATION: Duration = Duration::from_secs(15 * 60);

/// A load and what must hold under it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// URL with `http` or `https`.
    url: String,
    /// Method. Default `"GET"`. What the requests change is not undone.
    #[serde(default = "get")]
    method: String,
    /// Header names and values.
    #[serde(default)]
    headers: Map<String, Value>,
    /// Headers whose values are secrets: `#{ Authorization: #{ secret: "NAME", prefix: "Bearer " } }`.
    #[serde(default)]
    secret_headers: SecretHeaders,
    /// Body, sent as JSON.
    #[serde(default)]
    json: Value,
    /// Requests a second, 1 to 1000.
    rate: u32,
    /// How long to send requests, at most `"15m"`.
    duration: Span,
    /// Longest time that one request may take. Default `"10s"`.
    #[serde(default = "ten_seconds")]
    request_timeout: Span,
    /// Answers that count as good. Default: status 200.
    #[serde(default)]
    expect: Expect,
    /// Limits for all requests together.
    #[serde(default)]
    thresholds: Thresholds,
}

fn get() -> String {
    "GET".into()
}

fn ten_seconds() -> Span {
    Span::seconds(10)
}

impl Check {
    fn request(&self) -> SecretRequest<'_> {
        SecretRequest {
            url: &self.url,
            url_secret: None,
            headers: &self.headers,
            secret_headers: &self.secret_headers,
        }
    }

    fn load(&self, to: &ResolvedRequest) -> Load {
        Load {
            request: to.request(&self.method, &self.json, self.request_timeout.0),
            rate: self.rate,
            duration: self.duration.0,
        }
    }
}

impl Verb for Check {
    const DECLARATION: Declaration = Declaration {
        module: "load",
        name: "check",
        effect: Effect::Wait,
        doc: "Sends requests at a fixed rate, whether or not earlier ones were answered (open loop), and compares failures and latencies with thresholds. A latency counts from the time at which the request was due, so that the delay of queued requests counts too. At most 256 requests wait for an answer at one time. Throws `load_check_failed`, which names each exceeded threshold with its value and limit, as soon as too many requests have failed. With another method than `GET` and `HEAD` it counts as a write. A plan predicts that all thresholds hold and sends nothing; a resumed run measures again from the start.",
        positional: &["url"],
        returns: "`#{ requests, failures, failures_percent, achieved_rate, mean_ms, p50_ms, p95_ms, p99_ms, max_ms, outcomes }`; `outcomes` counts by status or fault.",
        example: r#"let measured = load::check("https://api.realserv.com/catalog/health", #{
    rate: 50, duration: "1m", thresholds: #{ failures: 1, p95_ms: 200, achieved_rate: 45 },
});
print(`${measured.requests} requests, p95 ${measured.p95_ms} ms`);"#,
    };
}

impl Call for Check {
    fn is_outside_aws(&self) -> bool {
        true
    }

    fn effect(&self, _: Effect) -> Effect {
        match self.method.as_str() {
            "GET" | "HEAD" => Effect::Wait,
            _ => Effect::Write,
        }
    }

    fn secret_references(&self) -> Vec<String> {
        self.request().secret_references()
    }

    fn check(&self) -> Result<(), Fault> {
        self.request().check(&Self::DECLARATION.path())?;
        let wrong = |what: String| Err(Fault::new(INVALID_INPUT, format!("load::check at {what}")));
        if !(1..=RATE).contains(&self.rate) {
            return wrong(format!("`rate`: {} is not between 1 and {RATE}", self.rate));
        }
        if self.duration.0.is_zero() || self.duration.0 > DURATION {
            let most = words(DURATION);
            return wrong(format!(
                "`duration`: {} is not between 1s and {most}",
                words(self.duration.0)
            ));
        }
        match self
            .thresholds
            .limits()
            .iter()
            .find(|l| l.1.is_nan() || l.1 < 0.0)
        {
            Some((name, limit, _)) => wrong(format!("`thresholds.{name}`: {limit} is not a limit")),
            None => Ok(()),
        }
    }

    fn line(&self, _: &ResourceCache) -> Line {
        let most = self.duration.0 + self.request_timeout.0;
        Line {
            verb: format!("load {}", self.method),
            object: self.url.clone(),
            detail: format!(
                "{}/s for {}: {}",
                self.rate,
                words(self.duration.0),
                self.thresholds.words()
            ),
            kind: match self.method.as_str() {
                "GET" | "HEAD" => LineKind::Looks,
                _ => LineKind::Changes,
            },
            at_most_ms: u64::try_from(most.as_millis()).ok(),
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        Some(self.duration.0 + self.request_timeout.0)
    }

    /// Every request is predicted to be answered well.
    fn predict(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let load = self.load(&self.request().predict(cx)?);
        let mut tally = Tally::new()?;
        tally.answered = load.count();
        let mut predicted = tally.result(&load);
        predicted["predicted"] = json!(true);
        Ok(predicted)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let to = self.request().resolve(cx)?;
        let load = self.load(&to);
        let total = load.count();
        let mut tally = Tally::new()?;
        let began = cx.world.now();
        let (mut told, mut whole) = (None, true);
        // A dozen times in all, but not more than once a second.
        let every = (self.duration.0 / 12).max(Duration::from_secs(1));
        cx.world.load(&load, &mut |mut shot| {
            shot.answer = to.close(shot.answer);
            tally.take(&shot, &self.expect);
            let part = shot.ended.as_millis() / every.as_millis();
            if told != Some(part) {
                told = Some(part);
                cx.progress(Progress {
                    waiting_for: format!("{total} requests"),
                    until: "be answered".into(),
                    since: Some(began),
                    deadline: began.checked_add(self.duration.0).ok(),
                    state: tally.state(total),
                    news: None,
                });
            }
            // Nothing that follows could make it hold, so the endpoint is spared the rest.
            let lost = percent(tally.failed, total) > self.thresholds.failures;
            whole &= !lost;
            match lost || cx.cancel.is_cancelled() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        if cx.cancel.is_cancelled() {
            return Err(Stop::Halt(Halt::Cancelled));
        }
        let result = tally.result(&load);
        self.thresholds.judge(&self.url, &tally, &result, whole)?;
        Ok(result)
    }

    fn reconcile(&self, _: &Context<'_>) -> Result<Reconciled, Stop> {
        Ok(Reconciled::repeated())
    }

    fn residue(&self, _: &Value) -> Option<Residue> {
        Some(Residue {
            text: format!("what {} {} did under load", self.method, self.url),
            harmless: false,
            ..Residue::default()
        })
    }

    fn summary(&self, output: &Value) -> Option<String> {
        Some(format!(
            "{} requests, {} % failed, mean {} ms, p95 {} ms, p99 {} ms",
            output["requests"],
            output["failures_percent"],
            output["mean_ms"],
            output["p95_ms"],
            output["p99_ms"]
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitive::args::read;

    #[test]
    fn what_changes_something_is_a_write() {
        let effect = |mut input: Value| {
            (input["rate"], input["duration"]) = (json!(1), json!("1s"));
            let check: Check = read("load::check", &input).expect("arguments");
            check.effect(Effect::Wait)
        };
        let with = |method: &str| effect(json!({ "url": "http://x", "method": method }));
        assert_eq!(effect(json!({ "url": "http://x" })), Effect::Wait);
        assert_eq!((with("GET"), with("POST")), (Effect::Wait, Effect::Write));
    }
}

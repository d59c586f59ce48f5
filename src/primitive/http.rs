//! `http::` — requests, and checks with their expectation.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::api::next_poll;
use super::args::{Span, words};
use super::expect::{Expect, Probe, body};
use super::secret_ref::SECRET_NOT_READY;
use super::secret_request::{ResolvedRequest, SecretHeaders, SecretRequest};
use super::{
    Call, Context, Declaration, Line, LineKind, Progress, Reconciled, Residue, ResourceCache,
    Source, Verb,
};
use crate::vocabulary::{Effect, Fault, Retry, Stop, codes};

/// Asserts an endpoint's answer, again and again until it holds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// URL with `http` or `https`.
    #[serde(default)]
    url: String,
    /// Instead of `url`, if the whole URL is a secret (a webhook): name or ARN of the secret.
    #[serde(default)]
    url_secret: Option<String>,
    /// Header names and values.
    #[serde(default)]
    headers: Map<String, Value>,
    /// Headers whose values are secrets: `#{ Authorization: #{ secret: "NAME", prefix: "Bearer " } }`. The values
    /// are fetched when the request is sent, and never shown.
    #[serde(default)]
    secret_headers: SecretHeaders,
    /// Expected answer. Default: status 200.
    #[serde(default)]
    expect: Expect,
    /// Longest time to try. Default `"2m"`.
    #[serde(default = "two_minutes")]
    timeout: Span,
    /// Pause between two requests. Default `"2s"`.
    #[serde(default = "two_seconds")]
    every: Span,
    /// Longest time that one request may take. Default `"10s"`.
    #[serde(default = "ten_seconds")]
    request_timeout: Span,
}

impl Check {
    fn request(&self) -> SecretRequest<'_> {
        SecretRequest {
            url: &self.url,
            url_secret: self.url_secret.as_deref(),
            headers: &self.headers,
            secret_headers: &self.secret_headers,
        }
    }
}

fn two_minutes() -> Span {
    Span::seconds(120)
}

fn two_seconds() -> Span {
    Span::seconds(2)
}

fn ten_seconds() -> Span {
    Span::seconds(10)
}

/// The last request of a check has at least this long.
const SHORTEST: Duration = Duration::from_millis(500);

impl Verb for Check {
    const DECLARATION: Declaration = Declaration {
        module: "http",
        name: "check",
        effect: Effect::Wait,
        doc: "Requests an endpoint until the answer is as expected: the status, and at least the given members of the JSON body. A plan predicts success and sends nothing. Throws `http_check_failed` (with `details.differences`) if the answer is not as expected in time, and `secret_not_ready` for a secret without a value. A request with secrets follows no redirect to another origin.",
        positional: &["url"],
        returns: "`#{ status, latency_ms, attempts, body }`.",
        example: r#"let answer = http::check("https://api.realserv.com/catalog/health", #{
    expect: #{ json: #{ status: "Healthy", version: "1.2.0" } },
});
print(answer.latency_ms);"#,
    };
}

/// Asks until the answer is as expected, or the time is up.
fn probe(args: &Check, to: &ResolvedRequest, cx: &Context<'_>) -> Result<Value, Stop> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let left = cx
            .deadline
            .map(|deadline| deadline.duration_since(cx.now()));
        let left = left.map(|left| Duration::try_from(left).unwrap_or_default());
        let probe = Probe {
            to,
            expect: &args.expect,
            // No request outlives the check.
            request_timeout: left.map_or(args.request_timeout.0, |left| {
                args.request_timeout.0.min(left.max(SHORTEST))
            }),
        };
        let fault = match probe.once(cx) {
            Ok(response) => {
                return Ok(json!({
                    "status": response.status,
                    "latency_ms": response.latency_ms,
                    "attempts": attempts,
                    "body": body(&response),
                }));
            }
            Err(fault) => fault,
        };
        if fault.code == codes::INVALID_URL {
            return Err(fault.into());
        }
        cx.progress(Progress {
            waiting_for: to.shown().to_owned(),
            until: format!("answer {}", args.expect.words()),
            since: Some(cx.started),
            deadline: cx.deadline,
            state: fault.message.clone(),
            news: None,
        });
        if !next_poll(cx, args.every.0)? {
            let said = format!("{} (for {})", fault.message, words(args.timeout.0));
            return Err(Fault {
                message: said,
                ..fault
            }
            .retry(Default::default())
            .into());
        }
    }
}

impl Call for Check {
    fn is_outside_aws(&self) -> bool {
        true
    }

    fn secret_references(&self) -> Vec<String> {
        self.request().secret_references()
    }

    fn check(&self) -> Result<(), Fault> {
        self.request().check(&Self::DECLARATION.path())
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "GET".into(),
            kind: LineKind::Polls,
            object: self.request().shown(),
            detail: self.expect.words(),
            at_most_ms: Some(self.timeout.millis()),
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        Some(self.timeout.0)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        probe(self, &self.request().resolve(cx)?, cx)
    }

    fn predict(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        probe(self, &self.request().predict(cx)?, cx)
    }

    fn summary(&self, output: &Value) -> Option<String> {
        Some(format!(
            "{} in {} ms",
            output["status"], output["latency_ms"]
        ))
    }
}

/// Arguments of `http::request`: one HTTP request.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// URL with `http` or `https`.
    #[serde(default)]
    url: String,
    /// Instead of `url`, if the whole URL is a secret (a webhook): name or ARN of the secret.
    #[serde(default)]
    url_secret: Option<String>,
    /// Method. Default `"GET"`; everything but `GET` and `HEAD` counts as a write.
    #[serde(default = "get")]
    method: String,
    /// Header names and values.
    #[serde(default)]
    headers: Map<String, Value>,
    /// Headers whose values are secrets: `#{ Authorization: #{ secret: "NAME", prefix: "Bearer " } }`. The values
    /// are fetched when the request is sent, and never shown.
    #[serde(default)]
    secret_headers: SecretHeaders,
    /// Body, sent as JSON.
    #[serde(default)]
    json: Value,
    /// Longest time that it may take. Default `"10s"`.
    #[serde(default = "ten_seconds")]
    request_timeout: Span,
    /// Whether sending it twice does no harm: if the answer is lost, it is sent again and nobody is asked.
    /// Default false.
    #[serde(default)]
    repeatable: bool,
    /// Whether it only notifies people: the end of a run counts it, and does not list it as left in place. Default false.
    #[serde(default)]
    notification: bool,
    /// The answer that a plan assumes; a plan sends nothing.
    #[serde(default)]
    assume: Option<AssumedResponse>,
}

/// An answer that a plan takes for granted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AssumedResponse {
    /// Status code. Default 200.
    #[serde(default = "ok")]
    status: u16,
    /// The body, as the script gets it. Default: empty.
    #[serde(default)]
    body: Value,
}

fn ok() -> u16 {
    200
}

impl Request {
    fn request(&self) -> SecretRequest<'_> {
        SecretRequest {
            url: &self.url,
            url_secret: self.url_secret.as_deref(),
            headers: &self.headers,
            secret_headers: &self.secret_headers,
        }
    }
}

fn get() -> String {
    "GET".into()
}

/// Faults of a request that never left.
const NOT_SENT: [&str; 3] = [codes::INVALID_URL, codes::INVALID_REQUEST, SECRET_NOT_READY];

impl Verb for Request {
    const DECLARATION: Declaration = Declaration {
        module: "http",
        name: "request",
        effect: Effect::Read,
        doc: "Sends one HTTP request and returns the answer, whatever its status. A plan sends nothing: it uses the answer in `assume`, or predicts that a write is answered with 200, and ends where the script branches on any other part of the answer. If the answer to a write is lost, a person is asked, unless it is `repeatable`. To assert an answer, use `http::check`. A request with secrets follows no redirect to another origin, and the secrets are removed from the answer.",
        positional: &["url"],
        returns: "`#{ status, latency_ms, headers, body }`, with the body parsed if it is JSON.",
        example: r#"let answer = http::request("https://api.realserv.com/catalog/health");
print(answer.body.status);"#,
    };
}

impl Call for Request {
    fn is_outside_aws(&self) -> bool {
        true
    }

    fn message_members(&self) -> &'static [&'static str] {
        // An address that is itself a secret is where messages go to.
        match self.url_secret {
            Some(_) => &["json"],
            None => &[],
        }
    }

    fn is_message(&self) -> bool {
        self.method == "POST"
    }

    fn effect(&self, _: Effect) -> Effect {
        match self.method.as_str() {
            "GET" | "HEAD" => Effect::Read,
            _ => Effect::Write,
        }
    }

    fn secret_references(&self) -> Vec<String> {
        self.request().secret_references()
    }

    fn check(&self) -> Result<(), Fault> {
        self.request().check(&Self::DECLARATION.path())
    }

    fn text_source(&self) -> Option<Source> {
        Some(Source {
            name: format!("what {} answered", self.request().shown()),
            is_file: false,
            member: "body",
        })
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: self.method.clone(),
            object: self.request().shown(),
            kind: match self.effect(Effect::Read) {
                Effect::Write => LineKind::Changes,
                _ => LineKind::Looks,
            },
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let to = self.request().resolve(cx)?;
        let request = to.request(&self.method, &self.json, self.request_timeout.0);
        let response = to.send(cx, &request)?;
        let headers: Map<String, Value> = response
            .headers
            .iter()
            .map(|(k, v)| (k.clone(), json!(v)))
            .collect();
        Ok(json!({
            "status": response.status,
            "latency_ms": response.latency_ms,
            "headers": headers,
            "body": body(&response),
        }))
    }

    /// What it is told to `assume`, or what only the real run can know; a write is predicted to go well, like everything
    /// that a plan would send.
    fn predict(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let to = self.request().predict(cx)?;
        if let Some(assumed) = &self.assume {
            return Ok(json!({
                "status": assumed.status,
                "latency_ms": 0,
                "headers": {},
                "body": assumed.body,
                "assumed": true,
            }));
        }
        let request = to.request(&self.method, &self.json, self.request_timeout.0);
        let response = to.send(cx, &request)?;
        let unknown = json!(response.body);
        let status = match self.effect(Self::DECLARATION.effect) {
            Effect::Write => json!(response.status),
            _ => unknown.clone(),
        };
        Ok(json!({
            "status": status, "latency_ms": unknown, "headers": unknown, "body": unknown,
        }))
    }

    fn reconcile(&self, _: &Context<'_>) -> Result<Reconciled, Stop> {
        Ok(match self.repeatable {
            true => Reconciled::repeated(),
            false => Reconciled::Unknown,
        })
    }

    fn proves_refusal(&self, fault: &Fault) -> bool {
        let unsent = NOT_SENT.contains(&fault.code.as_str());
        unsent || matches!(fault.retry, Retry::Throttled | Retry::Transient)
    }

    fn residue(&self, _: &Value) -> Option<Residue> {
        Some(Residue {
            text: format!("what {} {} did", self.method, self.request().shown()),
            harmless: false,
            notification: self.notification,
            ..Residue::default()
        })
    }

    fn summary(&self, output: &Value) -> Option<String> {
        if output["assumed"] == json!(true) {
            return Some(format!("assumed to answer {}", output["status"]));
        }
        Some(format!(
            "{} in {} ms",
            output["status"], output["latency_ms"]
        ))
    }
}

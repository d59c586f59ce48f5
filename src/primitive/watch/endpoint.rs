//! `kind: "http"` — an endpoint answers as expected.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Observation, Observed, ten_seconds};
use crate::primitive::Context;
use crate::primitive::args::Span;
use crate::primitive::expect::{Expect, Probe};
use crate::primitive::secret_request::ResolvedRequest;

/// An endpoint answers as expected.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Endpoint {
    /// URL with `http` or `https`.
    url: String,
    /// Header names and values.
    #[serde(default)]
    headers: Map<String, Value>,
    /// Expected answer. Default: status 200.
    #[serde(default)]
    expect: Expect,
    /// Longest time that one request may take. Default `"10s"`.
    #[serde(default = "ten_seconds")]
    request_timeout: Span,
    /// How long it may fail without a break. Default: the watch's.
    #[serde(default)]
    pub tolerate: Option<Span>,
}

impl Endpoint {
    pub fn words(&self) -> String {
        format!("{} answers {}", self.url, self.expect.words())
    }

    pub fn look(&self, cx: &Context<'_>) -> Observed {
        let to = ResolvedRequest::plain(&self.url, &self.headers);
        let probe = Probe {
            to: &to,
            expect: &self.expect,
            request_timeout: self.request_timeout.0,
        };
        Ok(probe.once(cx).map(|response| Observation {
            state: response.status.to_string(),
            latency_ms: Some(response.latency_ms),
        }))
    }
}

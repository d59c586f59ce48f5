//! HTTP requests that carry secrets: opened at the moment of sending, and closed again.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Context;
use super::args::INVALID_INPUT;
use super::secret_ref::{self, SecretText, fetch};
use crate::scrub::Scrub;
use crate::vocabulary::{Fault, Stop};
use crate::world::{HttpRequest, HttpResponse};

/// Most of a body that a world reads.
const BODY: usize = 1 << 20;

/// A header whose value is a secret.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretHeader {
    /// Name or ARN of a secret of Secrets Manager (`NAME:json-key` for a member of its JSON), or an SSM
    /// parameter by its ARN or as `ssm:NAME`.
    pub secret: String,
    /// What stands before the value: `"Bearer "`. Default: nothing.
    #[serde(default)]
    pub prefix: String,
}

/// Headers whose values are secrets, by the name of the header.
pub(super) type SecretHeaders = BTreeMap<String, SecretHeader>;

/// Where a request goes and what it carries, as a script says it.
pub(super) struct SecretRequest<'a> {
    pub url: &'a str,
    pub url_secret: Option<&'a str>,
    pub headers: &'a Map<String, Value>,
    pub secret_headers: &'a SecretHeaders,
}

impl SecretRequest<'_> {
    /// Demands one URL, and references where secrets are named.
    ///
    /// # Errors
    /// `invalid_input`.
    pub fn check(&self, name: &str) -> Result<(), Fault> {
        let wrong = |place: &str, why: &str| {
            let message = format!("{name} at `{place}`: {why}");
            Err(Fault::new(INVALID_INPUT, message))
        };
        match (self.url.is_empty(), self.url_secret) {
            (true, None) => return wrong("url", "expected a URL, or `url_secret`"),
            (false, Some(_)) => return wrong("url_secret", "`url` is given too"),
            _ => {}
        }
        if let Some(Err(why)) = self.url_secret.map(secret_ref::check) {
            return wrong("url_secret", &why);
        }
        for (header, value) in self.secret_headers {
            if let Err(why) = secret_ref::check(&value.secret) {
                return wrong(&format!("secret_headers.{header}.secret"), &why);
            }
        }
        Ok(())
    }

    /// The references of the secrets that it carries.
    pub fn secret_references(&self) -> Vec<String> {
        let headers = self.secret_headers.values();
        let headers = headers.map(|header| header.secret.clone());
        self.url_secret
            .map(str::to_owned)
            .into_iter()
            .chain(headers)
            .collect()
    }

    /// The URL as it is shown: `secret:NAME` where all of it is a secret.
    pub fn shown(&self) -> String {
        match self.url_secret {
            Some(reference) => format!("secret:{}", secret_ref::name(reference)),
            None => self.url.to_owned(),
        }
    }

    /// Fetches what it carries.
    ///
    /// # Errors
    /// As [`fetch`].
    pub fn resolve(&self, cx: &Context<'_>) -> Result<ResolvedRequest, Stop> {
        let mut scrub = Scrub::default();
        let url = match self.url_secret {
            Some(reference) => fetch(cx, reference, &mut scrub)?.reveal().trim().to_owned(),
            None => self.url.to_owned(),
        };
        let resolved = self.resolved(url, |reference| fetch(cx, reference, &mut scrub))?;
        Ok(ResolvedRequest { scrub, ..resolved })
    }

    /// The request in a plan: what it carries stands there as it is shown.
    ///
    /// # Errors
    /// As [`secret_ref::predict`].
    pub fn predict(&self, cx: &Context<'_>) -> Result<ResolvedRequest, Stop> {
        self.resolved(self.shown(), |reference| secret_ref::predict(cx, reference))
    }

    fn resolved(
        &self,
        url: String,
        mut value_of: impl FnMut(&str) -> Result<SecretText, Stop>,
    ) -> Result<ResolvedRequest, Stop> {
        let mut sent = headers(self.headers);
        for (name, header) in self.secret_headers {
            let value = value_of(&header.secret)?;
            let value = format!("{}{}", header.prefix, value.reveal().trim());
            sent.push((name.clone(), value));
        }
        let carries = self.url_secret.is_some() || !self.secret_headers.is_empty();
        Ok(ResolvedRequest {
            url,
            headers: sent,
            secret: carries.then(|| self.shown()),
            scrub: Scrub::default(),
        })
    }
}

fn headers(map: &Map<String, Value>) -> Vec<(String, String)> {
    map.iter()
        .map(|(k, v)| {
            (
                k.clone(),
                v.as_str().map_or_else(|| v.to_string(), str::to_owned),
            )
        })
        .collect()
}

/// A request that can be sent: it holds what must not be shown.
pub(super) struct ResolvedRequest {
    url: String,
    headers: Vec<(String, String)>,
    secret: Option<String>,
    scrub: Scrub,
}

impl ResolvedRequest {
    /// A request that carries no secrets, ready to be sent.
    pub fn plain(url: &str, given: &Map<String, Value>) -> ResolvedRequest {
        ResolvedRequest {
            url: url.to_owned(),
            headers: headers(given),
            secret: None,
            scrub: Scrub::default(),
        }
    }

    /// The URL as it is shown.
    pub fn shown(&self) -> &str {
        self.secret.as_deref().unwrap_or(&self.url)
    }

    /// A request to there, with a body sent as JSON.
    pub fn request(&self, method: &str, json: &Value, timeout: Duration) -> HttpRequest {
        let mut headers = self.headers.clone();
        if !json.is_null() {
            headers.push(("content-type".into(), "application/json".into()));
        }
        HttpRequest {
            method: method.to_owned(),
            url: self.url.clone(),
            headers,
            body: (!json.is_null()).then(|| json.to_string()),
            timeout_ms: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
            expected: None,
            secret: self.secret.clone(),
        }
    }

    /// Sends it; what comes back knows nothing of the secrets.
    ///
    /// # Errors
    /// As [`World::http`](crate::world::World::http).
    pub fn send(&self, cx: &Context<'_>, request: &HttpRequest) -> Result<HttpResponse, Fault> {
        self.close(cx.world.http(request))
    }

    /// Takes the secrets out of an answer.
    pub fn close(&self, answer: Result<HttpResponse, Fault>) -> Result<HttpResponse, Fault> {
        if self.scrub.is_empty() {
            return answer;
        }
        match answer {
            Ok(response) => Ok(HttpResponse {
                headers: response
                    .headers
                    .into_iter()
                    .map(|(name, value)| (name, self.scrub.text(&value)))
                    .collect(),
                body: self.scrub.cut_text(&response.body, BODY),
                ..response
            }),
            Err(fault) => Err(self.scrub.fault(fault)),
        }
    }
}

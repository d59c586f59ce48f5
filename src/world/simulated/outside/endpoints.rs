//! The HTTP endpoints that a fixture describes.

use std::time::Duration;

use crate::text::wildcard;
use crate::world::HttpRequest;
use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::fixture::Answer;
use crate::world::simulated::outside::traffic::state::Entry;

/// The endpoints that the fixture describes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Endpoints {
    pub(super) endpoints: Vec<Endpoint>,
}

impl Endpoints {
    /// Makes an endpoint known, after those that are.
    pub(crate) fn add(&mut self, endpoint: Endpoint) {
        self.endpoints.push(endpoint);
    }

    /// The URLs of all endpoints.
    pub(crate) fn urls(&self) -> impl Iterator<Item = &str> {
        self.endpoints.iter().map(|e| e.url.as_str())
    }
}

/// An HTTP endpoint of the fixture, ready to answer.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// Without query and fragment; `*` and `?` stand for parts of it.
    pub(crate) url: String,
    /// The service whose tasks answer; `None`: no service does.
    pub(crate) service: Option<ServiceKey>,
    /// Where its requests enter; `None`: it answers by itself.
    pub(crate) entry: Option<Entry>,
    /// The method that it answers; `None`: every one.
    pub(crate) method: Option<String>,
    /// Whether it gets the test traffic of that service.
    pub(crate) test: bool,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// `{version}` is the image tag of the task that answers.
    pub(crate) body: String,
    /// What an unhealthy task answers, with status 503.
    pub(crate) unhealthy_body: String,
    pub(crate) latency: Duration,
    /// What it answers by itself, one after the other; the last one stays.
    pub(crate) answers: Vec<Answer>,
    pub(crate) answered: usize,
}

impl Endpoint {
    pub(super) fn fits(&self, request: &HttpRequest) -> bool {
        let method = self.method.as_deref();
        let url = bare(&self.url);
        method.is_none_or(|m| m.eq_ignore_ascii_case(&request.method))
            && (wildcard::fits(url, bare(&request.url), true) || url == request.shown())
    }

    /// What a load balancer's health check asks for: answered by every service.
    pub(super) fn of_health_check() -> Endpoint {
        Endpoint {
            url: String::new(),
            service: None,
            entry: None,
            test: false,
            method: None,
            status: 200,
            headers: Vec::new(),
            body: r#"{"status":"healthy","version":"{version}"}"#.to_owned(),
            unhealthy_body: r#"{"status":"unhealthy","version":"{version}"}"#.to_owned(),
            latency: Duration::from_millis(40),
            answers: Vec::new(),
            answered: 0,
        }
    }
}

fn bare(url: &str) -> &str {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    url[..end].trim_end_matches('/')
}

//! HTTP endpoints of the simulated services: the version that serves answers.

use std::time::Duration;

use crate::vocabulary::{Fault, Retry, codes};
use crate::world::simulated::aws::cloudfront;
use crate::world::simulated::aws::ecs::ids::TaskId;
use crate::world::simulated::aws::ecs::targets;
use crate::world::simulated::aws::ecs::task::{Task, TaskOutcome};
use crate::world::simulated::aws::ecs::traffic::answering;
use crate::world::simulated::aws::elb::{self, RouteTarget, RoutedRequest};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::outside::endpoints::Endpoint;
use crate::world::simulated::outside::traffic::{self, Entry};
use crate::world::{HttpRequest, HttpResponse};

/// An answer before it has a latency.
struct HttpAnswer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl HttpAnswer {
    fn new(status: u16, body: impl Into<String>) -> HttpAnswer {
        HttpAnswer {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    fn no_target() -> HttpAnswer {
        HttpAnswer::new(
            503,
            "<html><head><title>503 Service Temporarily Unavailable</title></head></html>",
        )
    }
}

/// Answers a request, after the endpoint's latency.
pub(crate) fn answer(cloud: &mut Cloud, request: &HttpRequest) -> Result<HttpResponse, Fault> {
    let (takes, answer) = reply(cloud, request);
    cloud.pass(takes);
    answer
}

/// What a request that goes out now is answered with, and how long that takes; no time passes.
pub(crate) fn reply(
    cloud: &mut Cloud,
    request: &HttpRequest,
) -> (Duration, Result<HttpResponse, Fault>) {
    let (said, latency) = match said(cloud, request) {
        Ok(said) => said,
        Err(fault) => return (Duration::ZERO, Err(fault)),
    };
    let limit = Duration::from_millis(request.timeout_ms);
    if latency > limit {
        let message = format!("{} did not answer within {limit:?}", request.url);
        let fault = Fault::new(codes::TIMED_OUT, message).retry(Retry::InDoubt);
        return (limit, Err(fault));
    }
    let kind = match said.body.trim_start().chars().next() {
        Some('{' | '[') => "application/json",
        Some('<') => "text/html",
        _ => "text/plain",
    };
    let mut headers = said.headers;
    if !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), kind.to_owned()));
    }
    let response = HttpResponse {
        status: said.status,
        headers,
        body: said.body,
        latency_ms: latency.as_millis() as u64,
    };
    (latency, Ok(response))
}

/// What is said to a request, and after how long.
fn said(cloud: &mut Cloud, request: &HttpRequest) -> Result<(HttpAnswer, Duration), Fault> {
    let at = cloud.http.endpoints.iter().position(|e| e.fits(request));
    let wanted = RoutedRequest::of(&request.url).map(|wanted| RoutedRequest {
        method: request.method.clone(),
        headers: request.headers.clone(),
        ..wanted
    });
    if at.is_none()
        && let Some(served) = wanted.as_ref().and_then(|it| from_edge(cloud, it))
    {
        return Ok((served, cloud.kernel.rng.millis(5, 40)));
    }
    let balanced = wanted.filter(|w| elb::balancer_at(&cloud.elb, &w.host).is_some());
    let endpoint = match (at, &balanced) {
        (Some(at), _) => cloud.http.endpoints[at].clone(),
        (None, Some(_)) => Endpoint::of_health_check(),
        // A webhook takes what it is sent.
        (None, None) if request.shown().starts_with("secret:") => {
            return Ok((HttpAnswer::new(200, "ok"), Duration::from_millis(120)));
        }
        (None, None) => return Err(refused(&request.url)),
    };
    let jitter = cloud
        .kernel
        .rng
        .millis(0, endpoint.latency.as_millis() as u64 / 4);
    let entry = balanced.map(Entry::Url).or(endpoint.entry.clone());
    let (said, slower) = match entry {
        Some(entry) => balance(cloud, &entry, &endpoint, at.is_some(), request)?,
        None => (by_itself(cloud, at, &endpoint), 1.0),
    };
    let turn = endpoint
        .answers
        .get(endpoint.answered)
        .or(endpoint.answers.last());
    let usual = turn.and_then(|a| a.latency).unwrap_or(endpoint.latency);
    let latency = (usual + jitter).mul_f64(slower);
    Ok((said, latency))
}

/// What a distribution of CloudFront answers; `None`: none has that host name.
fn from_edge(cloud: &mut Cloud, wanted: &RoutedRequest) -> Option<HttpAnswer> {
    let (host, path) = (&wanted.host, &wanted.path);
    let served = cloudfront::serve(&mut cloud.cloudfront, &cloud.s3, &cloud.kernel, host, path)?;
    Some(HttpAnswer {
        status: served.status,
        headers: served.headers,
        body: served.body,
    })
}

/// What an endpoint answers that no service is behind.
fn by_itself(cloud: &mut Cloud, at: Option<usize>, endpoint: &Endpoint) -> HttpAnswer {
    if let Some(known) = at.and_then(|at| cloud.http.endpoints.get_mut(at)) {
        known.answered += 1;
    }
    let turn = endpoint
        .answers
        .get(endpoint.answered)
        .or(endpoint.answers.last());
    let mut said = match turn {
        Some(turn) => HttpAnswer::new(turn.status, turn.body.clone()),
        None => HttpAnswer::new(endpoint.status, endpoint.body.clone()),
    };
    said.headers = headers(endpoint);
    said
}

fn headers(endpoint: &Endpoint) -> Vec<(String, String)> {
    let lower = |(name, value): &(String, String)| (name.to_ascii_lowercase(), value.clone());
    endpoint.headers.iter().map(lower).collect()
}

/// What a load balancer, or the task that it chooses, answers; and by what factor that is slower.
fn balance(
    cloud: &mut Cloud,
    entry: &Entry,
    endpoint: &Endpoint,
    described: bool,
    request: &HttpRequest,
) -> Result<(HttpAnswer, f64), Fault> {
    let group = match entry {
        // Test traffic has a rule of its own, which the service knows.
        _ if endpoint.test => None,
        Entry::Url(wanted) => match elb::route(&cloud.elb, wanted).map(|(_, routed)| routed) {
            None => return Err(refused(&request.url)),
            Some(RouteTarget::Fixed {
                status,
                body,
                headers,
            }) => {
                let said = HttpAnswer {
                    status,
                    headers,
                    body,
                };
                return Ok((said, 1.0));
            }
            Some(RouteTarget::Groups(weights)) => {
                let Some(arn) = choose(cloud, &weights) else {
                    return Ok((HttpAnswer::no_target(), 1.0));
                };
                let checked = cloud.elb.group(&arn).map(|g| g.path.as_str());
                if !described && checked != Some(wanted.path.as_str()) {
                    return Err(not_described(&request.url));
                }
                Some(arn)
            }
        },
        Entry::Rule(_) => {
            let weights = traffic::route(cloud, entry).weights;
            let Some(arn) = choose(cloud, &weights) else {
                return Ok((HttpAnswer::no_target(), 1.0));
            };
            Some(arn)
        }
        Entry::Service(_) => None,
    };
    let tasks: Vec<TaskId> = match (&group, &endpoint.service) {
        (Some(arn), _) => ids(cloud, targets::serving(cloud, arn)),
        (None, Some(key)) => {
            let names = answering(cloud, key, endpoint.test).into_iter();
            let names: Vec<String> = names.map(|t| t.name.clone()).collect();
            let ids = names.iter().filter_map(|n| cloud.ecs.task_named(n));
            ids.collect()
        }
        (None, None) => Vec::new(),
    };
    let at = cloud.kernel.rng.below(tasks.len());
    let Some(id) = tasks.get(at) else {
        return Ok((HttpAnswer::no_target(), 1.0));
    };
    Ok(from_task(cloud, *id, endpoint))
}

fn ids(cloud: &Cloud, tasks: Vec<&Task>) -> Vec<TaskId> {
    let names = tasks.into_iter().map(|t| &t.name);
    names.filter_map(|n| cloud.ecs.task_named(n)).collect()
}

/// One of several target groups, by weight; chance is drawn only where it decides.
fn choose(cloud: &mut Cloud, weights: &[(String, u32)]) -> Option<String> {
    let mut open: Vec<&(String, u32)> = weights.iter().filter(|(_, w)| *w > 0).collect();
    if let [(only, _)] = open.as_slice() {
        return Some(only.clone());
    }
    let total: u32 = open.iter().map(|(_, w)| w).sum();
    let mut drawn = cloud.kernel.rng.below(total as usize) as u32;
    let last = open.pop()?;
    for (arn, weight) in open {
        if drawn < *weight {
            return Some(arn.clone());
        }
        drawn -= weight;
    }
    Some(last.0.clone())
}

/// The answer of a task, and the factor by which it is slower than usual.
fn from_task(cloud: &mut Cloud, id: TaskId, endpoint: &Endpoint) -> (HttpAnswer, f64) {
    let Some(task) = cloud.ecs.task(id) else {
        return (HttpAnswer::no_target(), 1.0);
    };
    let version = task.version.clone().unwrap_or_default();
    let well = well(cloud, task);
    // Which version is new is only asked where a fault strikes new ones.
    let begun = |fault| cloud.kernel.fault_begun(fault).is_some();
    let new =
        (begun("errors-after-shift") || begun("latency-after-shift")) && cloud.ecs.is_new(task);
    let profile = task
        .service
        .as_ref()
        .and_then(|key| traffic::profile(cloud, key));
    let own = profile.map(|p| p.versions.get(&version).unwrap_or(&p.usual).errors);
    let mut errors = own.unwrap_or(0.0) * 100.0;
    let mut slower = 1.0;
    if new && cloud.kernel.fault("errors-after-shift").is_some() {
        errors = errors.max(cloud.kernel.fault_argument("errors-after-shift", 10.0));
    }
    if new && cloud.kernel.fault("latency-after-shift").is_some() {
        slower = cloud.kernel.fault_argument("latency-after-shift", 5.0);
    }
    let mut said = if !well {
        HttpAnswer::new(503, endpoint.unhealthy_body.replace("{version}", &version))
    } else if errors > 0.0 && (cloud.kernel.rng.below(100_000) as f64) < errors * 1000.0 {
        HttpAnswer::new(500, r#"{"error":"internal server error"}"#)
    } else {
        HttpAnswer::new(
            endpoint.status,
            endpoint.body.replace("{version}", &version),
        )
    };
    said.headers = headers(endpoint);
    (said, slower)
}

fn well(cloud: &Cloud, task: &Task) -> bool {
    let degraded = cloud.kernel.fault_begun("version-degraded").is_some()
        && cloud.ecs.is_new(task)
        && cloud.kernel.fault("version-degraded").is_some();
    task.outcome != TaskOutcome::Serves { healthy: false } && !degraded
}

fn refused(url: &str) -> Fault {
    Fault::new(
        codes::CONNECTION_REFUSED,
        format!("{url}: connection refused"),
    )
    .hint("the fixture describes no endpoint with that URL")
    .retry(Retry::Transient)
}

fn not_described(url: &str) -> Fault {
    Fault::new(
        codes::ENDPOINT_NOT_DESCRIBED,
        format!("the fixture does not say what the services answer at {url}"),
    )
    .hint("add an entry to [[endpoints]]")
}

//! `check::hold` — several checks that must go on holding for a while.
//!
//! A check is data: a map with its `kind`. Each kind has a file here.

use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::{next_poll, unavailable};
use super::args::{INVALID_INPUT, Span, words};
use super::{Call, Context, Declaration, Line, LineKind, Progress, ResourceCache, Verb};
use crate::vocabulary::{Effect, Fault, Retry, Stop, codes};

mod alarms;
mod endpoint;
mod logs;
mod metric;
mod queue;
mod service;
mod targets;

/// Checks that must hold for a while.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// How long to watch.
    duration: Span,
    /// Checks that must pass all the time: maps with their `kind` (`http`, `service`, `targets`, `metric`, `alarms`,
    /// `logs`, `queue`).
    checks: Vec<Rule>,
    /// Pause between two rounds of checks, at least a second. Default `"10s"`.
    #[serde(default = "ten_seconds")]
    every: Span,
    /// How long a check may fail without a pause, unless it has a `tolerate` of its own.
    /// Default `"30s"`.
    #[serde(default = "thirty_seconds")]
    tolerate: Span,
}

fn ten_seconds() -> Span {
    Span::seconds(10)
}

fn thirty_seconds() -> Span {
    Span::seconds(30)
}

/// One thing that must hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Rule {
    Http(endpoint::Endpoint),
    Service(service::Service),
    Targets(targets::Targets),
    Metric(metric::Metric),
    Alarms(alarms::Alarms),
    Logs(logs::Logs),
    Queue(queue::Queue),
}

/// What one check found while it passes.
struct Observation {
    /// What was found, in a few words: `3/3 running`, `0.4 %`.
    state: String,
    /// Latency of an endpoint's answer, in milliseconds.
    latency_ms: Option<u64>,
}

impl Observation {
    fn new(state: impl Into<String>) -> Observation {
        Observation {
            state: state.into(),
            latency_ms: None,
        }
    }
}

/// A check that has failed without a break, since when and how often.
#[derive(Debug, Clone, Copy)]
struct Failing {
    since: Timestamp,
    times: u64,
}

/// What holds, or why not; a `Stop` ends the watch.
type Observed = Result<Result<Observation, Fault>, Stop>;

impl Rule {
    fn words(&self) -> String {
        match self {
            Rule::Http(it) => it.words(),
            Rule::Service(it) => it.words(),
            Rule::Targets(it) => it.words(),
            Rule::Metric(it) => it.words(),
            Rule::Alarms(it) => it.words(),
            Rule::Logs(it) => it.words(),
            Rule::Queue(it) => it.words(),
        }
    }

    fn tolerate(&self) -> Option<Span> {
        match self {
            Rule::Http(it) => it.tolerate,
            Rule::Service(it) => it.tolerate,
            Rule::Targets(it) => it.tolerate,
            Rule::Metric(it) => it.tolerate,
            Rule::Alarms(it) => it.tolerate,
            Rule::Logs(it) => it.tolerate,
            Rule::Queue(it) => it.tolerate,
        }
    }

    /// The look of a plan: what only the deployed version can show is not read early from what runs now.
    fn predict(&self, cx: &Context<'_>) -> Observed {
        match self {
            Rule::Http(_) | Rule::Service(_) => self.look(cx),
            _ => Ok(Ok(Observation::new("predicted to hold"))),
        }
    }

    /// What more can be found out about a fault that breaks the watch.
    fn explain(&self, fault: Fault, cx: &Context<'_>) -> Result<Fault, Stop> {
        match self {
            Rule::Metric(it) if fault.code == codes::NO_DATA => it.without_data(cx, fault),
            _ => Ok(fault),
        }
    }

    fn look(&self, cx: &Context<'_>) -> Observed {
        match self {
            Rule::Http(it) => it.look(cx),
            Rule::Service(it) => it.look(cx),
            Rule::Targets(it) => it.look(cx),
            Rule::Metric(it) => it.look(cx),
            Rule::Alarms(it) => it.look(cx),
            Rule::Logs(it) => it.look(cx),
            Rule::Queue(it) => it.look(cx),
        }
    }
}

/// A fault that fails the check; a halt ends the watch.
fn failing<T>(result: Result<T, Stop>) -> Result<Result<T, Fault>, Stop> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Fault(fault)) => Ok(Err(fault)),
        Err(halt) => Err(halt),
    }
}

impl Verb for Watch {
    const DECLARATION: Declaration = Declaration {
        module: "check",
        name: "hold",
        effect: Effect::Wait,
        doc: "Watches for a while that all checks pass. A check that fails without a pause for longer than `tolerate`, or still fails at the end, is the fault `watch_breached`; so is a deployment that was replaced, at once. A plan predicts that HTTP checks pass and sends nothing.",
        positional: &[],
        returns: "`#{ checks, slowest_ms }`: how often everything was checked, and the slowest answer of an endpoint.",
        example: r#"check::hold(#{ duration: "5m", checks: [
    #{ kind: "http", url: "https://api.realserv.com/catalog/health", expect: #{ json: #{ status: "Healthy" } } },
] });"#,
    };
}

impl Call for Watch {
    fn check(&self) -> Result<(), Fault> {
        if self.checks.is_empty() {
            return Err(Fault::new(
                INVALID_INPUT,
                "check::hold at `checks`: nothing to watch",
            ));
        }
        Ok(())
    }

    fn line(&self, _: &ResourceCache) -> Line {
        let rules: Vec<String> = self.checks.iter().map(Rule::words).collect();
        Line {
            verb: "watch".into(),
            kind: LineKind::Watches,
            object: words(self.duration.0),
            detail: rules.join("; "),
            rules,
            at_most_ms: Some(self.duration.millis()),
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        Some(self.duration.0)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        self.watch(cx, Rule::look)
    }

    fn predict(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        self.watch(cx, Rule::predict)
    }

    fn summary(&self, output: &Value) -> Option<String> {
        let slowest = match output["slowest_ms"].as_u64() {
            None | Some(0) => String::new(),
            Some(ms) => format!(", slowest answer {ms} ms"),
        };
        // Journals of an older version have `looks` alone.
        let checks = output["checks"].as_u64().or(output["looks"].as_u64());
        let checks = checks.unwrap_or_default();
        Some(format!("passed, {checks} checks{slowest}"))
    }
}

impl Watch {
    fn watch(
        &self,
        cx: &Context<'_>,
        look: fn(&Rule, &Context<'_>) -> Observed,
    ) -> Result<Value, Stop> {
        // While nobody was there to look, nothing was watched: what is left of the time is from now on.
        let left = self.duration.0.saturating_sub(cx.spent);
        let deadline = cx.now().checked_add(left).ok();
        let cx = &cx.until(deadline.max(cx.deadline));
        let mut failing: Vec<Option<Failing>> = vec![None; self.checks.len()];
        let (mut checks, mut slowest) = (0u64, 0u64);
        loop {
            checks += 1;
            let mut states = Vec::new();
            let mut unseen = None;
            for (rule, since) in self.checks.iter().zip(&mut failing) {
                match look(rule, cx)? {
                    Ok(seen) => {
                        if since.take().is_some() {
                            self.progress(
                                self,
                                cx,
                                String::new(),
                                Some(format!("again: {}", rule.words())),
                            );
                        }
                        slowest = seen.latency_ms.unwrap_or(0).max(slowest);
                        states.push(seen.state);
                    }
                    // That AWS does not answer says nothing of what is watched.
                    Err(fault) if fault.retry != Retry::Never && !matches!(rule, Rule::Http(_)) => {
                        states.push(format!("no answer: {}", fault.message));
                        unseen = Some(fault);
                    }
                    Err(fault) => states.push(judge(self, rule, fault, since, cx)?),
                }
            }
            self.progress(self, cx, states.join(" · "), None);
            if !next_poll(cx, self.every.pause())? {
                if let Some(fault) = unseen {
                    return Err(unavailable(cx, fault));
                }
                if failing.iter().all(Option::is_none) {
                    // Scripts of runs that an older version began read `looks`.
                    return Ok(json!({ "checks": checks, "looks": checks, "slowest_ms": slowest }));
                }
                // A watch does not end on a check that fails: it recovers, or it is a breach.
                cx.sleep(self.every.pause().min(Duration::from_secs(2)))?;
            }
        }
    }

    fn progress(&self, args: &Watch, cx: &Context<'_>, state: String, news: Option<String>) {
        cx.progress(Progress {
            waiting_for: words(args.duration.0),
            until: "pass".into(),
            since: Some(cx.started),
            deadline: cx.deadline,
            state,
            news,
        });
    }
}

/// Takes note of a failing check; a breach is a fault.
fn judge(
    args: &Watch,
    rule: &Rule,
    fault: Fault,
    failing: &mut Option<Failing>,
    cx: &Context<'_>,
) -> Result<String, Stop> {
    let now = cx.now();
    let failing = failing.get_or_insert(Failing {
        since: now,
        times: 0,
    });
    failing.times += 1;
    let failed_for = Duration::try_from(now.duration_since(failing.since)).unwrap_or_default();
    let final_word = fault.code == codes::DEPLOYMENT_SUPERSEDED
        || (fault.retry == Retry::Never && fault.code.ends_with("NotFoundException"));
    let tolerated = rule.tolerate().unwrap_or(args.tolerate);
    if final_word || failed_for >= tolerated.0 {
        let fault = rule.explain(fault, cx)?;
        let times = match failing.times {
            1 => "1 check".to_owned(),
            times => format!("{times} checks in {}", words(failed_for)),
        };
        let message = format!("{} ({times})", fault.message);
        let details = json!({ "cause": fault, "rule": rule.words() });
        let breach = Fault::new(codes::WATCH_BREACHED, message).details(details);
        return Err(Stop::Fault(match fault.hint {
            Some(hint) => breach.hint(hint),
            None => breach,
        }));
    }
    Ok(format!(
        "failing for {}: {}",
        words(failed_for),
        fault.message
    ))
}

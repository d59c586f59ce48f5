//! Who answered whose invocations, and how: what the metrics of `AWS/Lambda` are computed from.

use std::time::Duration;

use jiff::Timestamp;

use super::state::{Behaviour, Build, Function, Lambda};
use crate::world::simulated::kernel::Kernel;
use crate::world::simulated::kernel::clock::later;
use crate::world::simulated::outside::traffic::seconds;

/// Invocations of one version within a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Invocations {
    pub(crate) count: f64,
    /// How many of them failed.
    pub(crate) errors: f64,
    /// How long each took, in milliseconds.
    pub(crate) milliseconds: f64,
}

/// The dimensions of a metric of `AWS/Lambda`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dimensions<'a> {
    pub(crate) function: &'a str,
    /// `NAME:ALIAS` or `NAME:VERSION`; `None`: all of the function.
    pub(crate) resource: Option<&'a str>,
    /// Of an alias, the version that was executed.
    pub(crate) executed: Option<&'a str>,
}

/// How code behaves at a time, with the faults that change a version which the run has published.
pub(super) fn behaviour_at(
    kernel: &Kernel,
    function: &Function,
    version: &str,
    build: &Build,
    at: Timestamp,
) -> Behaviour {
    let mut behaviour = function.behaviour(build).clone();
    if !function.is_new(version) {
        return behaviour;
    }
    let begun = |name: &str| kernel.fault_since(name).is_some_and(|since| since <= at);
    if begun("errors-after-shift") {
        let percent = kernel.fault_argument("errors-after-shift", 10.0);
        behaviour.errors = behaviour.errors.max(percent / 100.0);
    }
    if begun("latency-after-shift") {
        let factor = kernel.fault_argument("latency-after-shift", 5.0);
        behaviour.duration = behaviour.duration.mul_f64(factor);
    }
    behaviour
}

/// The invocations between two times, by version; none where nothing invokes the function.
pub(crate) fn invocations(
    lambda: &Lambda,
    kernel: &Kernel,
    dimensions: Dimensions<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Vec<Invocations> {
    let Some(function) = lambda.functions.get(dimensions.function) else {
        return Vec::new();
    };
    let Some(traffic) = &function.traffic else {
        return Vec::new();
    };
    let alias = match dimensions.resource.map(|resource| resource.split_once(':')) {
        // Clients invoke an alias: a version has no invocations under its own number.
        Some(Some((name, alias))) if name == dimensions.function => alias == traffic.alias,
        Some(_) => false,
        None => dimensions.executed.is_none(),
    };
    let Some(alias) = function.aliases.get(&traffic.alias).filter(|_| alias) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (since, until, shares) in alias.history.between(from, to) {
        for (version, share) in shares {
            let asked = dimensions
                .executed
                .is_none_or(|executed| executed == version);
            let Some(build) = function.build(version).filter(|_| asked) else {
                continue;
            };
            // A fault that begins in between counts from the next piece on.
            for (since, until) in minutes(since, until) {
                let behaviour = behaviour_at(kernel, function, version, build, since);
                let count = traffic.requests_per_second * share * seconds(since, until);
                all.push(Invocations {
                    count,
                    errors: count * behaviour.errors,
                    milliseconds: behaviour.duration.as_secs_f64() * 1000.0,
                });
            }
        }
    }
    all.retain(|served| served.count > 0.0);
    all
}

/// A span in pieces of at most a minute.
fn minutes(from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut pieces = Vec::new();
    let mut at = from;
    while at < to {
        let next = later(at, Duration::from_secs(60)).min(to);
        pieces.push((at, next));
        at = next;
    }
    pieces
}

//! How a version serves: errors, latencies, load.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::serving::Serving;
use crate::world::simulated::kernel::Kernel;

/// Latencies in seconds, by three of their percentiles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Latency {
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
}

impl Latency {
    /// Points of the distribution: share and latency.
    fn points(self) -> [(f64, f64); 5] {
        [
            (0.0, self.p50 * 0.4),
            (0.5, self.p50),
            (0.95, self.p95.max(self.p50)),
            (0.99, self.p99.max(self.p95).max(self.p50)),
            (1.0, self.p99.max(self.p95).max(self.p50) * 1.3),
        ]
    }

    fn scaled(self, factor: f64) -> Latency {
        Latency {
            p50: self.p50 * factor,
            p95: self.p95 * factor,
            p99: self.p99 * factor,
        }
    }

    /// The latency under which a `share` (0 to 1) of the requests stay.
    pub(crate) fn quantile(self, share: f64) -> f64 {
        let points = self.points();
        for pair in points.windows(2) {
            let [(from, low), (to, high)] = [pair[0], pair[1]];
            if share <= to {
                return low + (high - low) * (share - from) / (to - from);
            }
        }
        points[4].1
    }

    /// The share of the requests that stay under a latency.
    fn under(self, latency: f64) -> f64 {
        let points = self.points();
        for pair in points.windows(2) {
            let [(from, low), (to, high)] = [pair[0], pair[1]];
            if latency < low {
                return from;
            }
            if latency <= high && high > low {
                return from + (to - from) * (latency - low) / (high - low);
            }
        }
        1.0
    }

    fn mean(self) -> f64 {
        let points = self.points();
        let pieces = points.windows(2);
        pieces
            .map(|p| (p[1].0 - p[0].0) * (p[0].1 + p[1].1) / 2.0)
            .sum()
    }
}

/// Latencies of several versions at once, each with its number of requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mixture(pub(crate) Vec<(f64, Latency)>);

impl Mixture {
    pub(crate) fn count(&self) -> f64 {
        self.0.iter().map(|(count, _)| count).sum()
    }

    pub(crate) fn mean(&self) -> f64 {
        let sum: f64 = self.0.iter().map(|(count, l)| count * l.mean()).sum();
        sum / self.count()
    }

    /// The latency under which a `share` (0 to 1) of all requests stay.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        if let [(_, only)] = self.0.as_slice() {
            return only.quantile(share);
        }
        let total = self.count();
        let (mut low, mut high) = self
            .0
            .iter()
            .fold((f64::MAX, 0.0_f64), |(low, high), (_, l)| {
                (low.min(l.quantile(0.0)), high.max(l.quantile(1.0)))
            });
        // The share grows with the latency, so halving finds it.
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            let under: f64 = self.0.iter().map(|(n, l)| n * l.under(middle)).sum();
            if under / total < share {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}

/// How the tasks of a version answer requests, and the load that this puts on them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Behaviour {
    /// Share of the answers that are 5xx, 0 to 1.
    pub(crate) errors: f64,
    /// Share that are 4xx, 0 to 1.
    pub(crate) client_errors: f64,
    pub(crate) latency: Latency,
    /// CPU utilization of the tasks, in percent.
    pub(crate) cpu: f64,
    /// Memory utilization of the tasks, in percent.
    pub(crate) memory: f64,
}

impl Default for Behaviour {
    fn default() -> Self {
        Behaviour {
            errors: 0.0,
            client_errors: 0.0,
            latency: Latency {
                p50: 0.04,
                p95: 0.12,
                p99: 0.25,
            },
            cpu: 20.0,
            memory: 40.0,
        }
    }
}

/// What is asked of a service, and how each of its versions copes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Profile {
    pub(crate) requests_per_second: f64,
    pub(crate) usual: Behaviour,
    pub(crate) versions: BTreeMap<String, Behaviour>,
    /// A line that is logged from time to time, in seconds.
    pub(crate) log: Option<(String, f64)>,
    /// The line that is logged with an error.
    pub(crate) error_line: String,
}

/// The faults that change how the new version serves.
pub(super) const AFTER_SHIFT: [&str; 3] = [
    "errors-after-shift",
    "latency-after-shift",
    "version-degraded",
];

impl Profile {
    /// How tasks serve from `at` on, until a fault begins.
    pub(crate) fn of(&self, kernel: &Kernel, serving: &Serving, at: Timestamp) -> Behaviour {
        let own = self.versions.get(&serving.version);
        let mut behaviour = own.copied().unwrap_or(self.usual);
        if !serving.well {
            behaviour.errors = 1.0;
        }
        if serving.new {
            let begun = |name: &str| kernel.fault_since(name).is_some_and(|since| since <= at);
            if begun("version-degraded") {
                kernel.struck_by("version-degraded", |_| true);
                behaviour.errors = 1.0;
            }
            if begun("errors-after-shift") {
                let percent = kernel.fault_argument("errors-after-shift", 10.0);
                behaviour.errors = behaviour.errors.max(percent / 100.0);
            }
            if begun("latency-after-shift") {
                let factor = kernel.fault_argument("latency-after-shift", 5.0);
                behaviour.latency = behaviour.latency.scaled(factor);
            }
        }
        behaviour
    }
}

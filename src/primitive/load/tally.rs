//! What a load measured.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Value, json};

use crate::primitive::expect::Expect;
use crate::vocabulary::{Fault, codes};
use crate::world::load::{Load, Shot};

/// Longest latency that is told from a longer one, in microseconds.
const SLOWEST: u64 = 3_600_000_000;

/// Latencies, failures and outcomes that were measured so far.
pub(super) struct Tally {
    /// Latencies in microseconds, from when each request was due.
    latencies: Histogram<u64>,
    pub(super) answered: u64,
    pub(super) failed: u64,
    /// How often each status or fault came back.
    outcomes: BTreeMap<String, u64>,
    pub(super) first_failure: Option<String>,
    /// When the last answer came, from the start.
    ended: Duration,
}

impl Tally {
    /// # Errors
    /// `load_check_failed`, where there is no room for it.
    pub(super) fn new() -> Result<Tally, Fault> {
        let latencies = Histogram::new_with_bounds(1, SLOWEST, 3)
            .map_err(|error| Fault::new(codes::LOAD_CHECK_FAILED, error.to_string()))?;
        Ok(Tally {
            latencies,
            answered: 0,
            failed: 0,
            outcomes: BTreeMap::new(),
            first_failure: None,
            ended: Duration::ZERO,
        })
    }

    /// Counts one answer, good or failed as `expect` says, with its latency.
    pub(super) fn take(&mut self, shot: &Shot, expect: &Expect) {
        let micros = u64::try_from(shot.latency.as_micros()).unwrap_or(SLOWEST);
        self.latencies.saturating_record(micros.max(1));
        self.answered += 1;
        self.ended = self.ended.max(shot.ended);
        let (outcome, failure) = match &shot.answer {
            Ok(response) => {
                let differences = expect.differences(response);
                let failure = (!differences.is_empty()).then(|| differences.join(", "));
                (response.status.to_string(), failure)
            }
            Err(fault) => (fault.code.clone(), Some(fault.message.clone())),
        };
        *self.outcomes.entry(outcome).or_default() += 1;
        if let Some(failure) = failure {
            self.failed += 1;
            self.first_failure.get_or_insert(failure);
        }
    }

    /// A quantile of the latencies in milliseconds, to a tenth.
    fn at(&self, quantile: f64) -> f64 {
        tenth(self.latencies.value_at_quantile(quantile) as f64 / 1000.0)
    }

    /// All of it, as the check returns it.
    pub(super) fn result(&self, load: &Load) -> Value {
        let lasted = self.ended.max(load.duration).as_secs_f64();
        json!({
            "requests": self.answered,
            "failures": self.failed,
            "failures_percent": percent(self.failed, self.answered),
            "achieved_rate": tenth(self.answered as f64 / lasted.max(f64::MIN_POSITIVE)),
            "mean_ms": tenth(self.latencies.mean() / 1000.0),
            "p50_ms": self.at(0.50),
            "p95_ms": self.at(0.95),
            "p99_ms": self.at(0.99),
            "max_ms": tenth(self.latencies.max() as f64 / 1000.0),
            "outcomes": self.outcomes,
        })
    }

    /// How it goes, in a few words.
    pub(super) fn state(&self, total: u64) -> String {
        format!(
            "{} of {total} answered · {} failed · p95 {} ms",
            self.answered,
            self.failed,
            self.at(0.95)
        )
    }
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// To a hundredth, and never 0 for what is more than nothing.
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    let share = 100.0 * part as f64 / whole.max(1) as f64;
    match part {
        0 => 0.0,
        _ => ((share * 100.0).round() / 100.0).max(0.01),
    }
}

//! What must hold under a load.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::tally::Tally;
use crate::vocabulary::{Fault, codes};

/// Limits; one that is left out does not limit, but for `failures`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Thresholds {
    /// Most requests that may fail, in percent. Default 1.
    #[serde(default = "one")]
    pub(super) failures: f64,
    /// Highest mean latency, in milliseconds.
    #[serde(default)]
    mean_ms: Option<f64>,
    /// Highest latency of the fastest 95 %, in milliseconds.
    #[serde(default)]
    p95_ms: Option<f64>,
    /// Highest latency of the fastest 99 %, in milliseconds.
    #[serde(default)]
    p99_ms: Option<f64>,
    /// Fewest answers a second that are enough.
    #[serde(default)]
    achieved_rate: Option<f64>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Thresholds {
            failures: one(),
            mean_ms: None,
            p95_ms: None,
            p99_ms: None,
            achieved_rate: None,
        }
    }
}

fn one() -> f64 {
    1.0
}

impl Thresholds {
    /// The limits that are set: name, limit, and whether it is the highest that is allowed.
    pub(super) fn limits(&self) -> Vec<(&'static str, f64, bool)> {
        [
            ("failures_percent", Some(self.failures), true),
            ("mean_ms", self.mean_ms, true),
            ("p95_ms", self.p95_ms, true),
            ("p99_ms", self.p99_ms, true),
            ("achieved_rate", self.achieved_rate, false),
        ]
        .into_iter()
        .filter_map(|(name, limit, highest)| Some((name, limit?, highest)))
        .collect()
    }

    /// `failures ≤ 1 %, p95 ≤ 200 ms`.
    pub(super) fn words(&self) -> String {
        let said = self.limits().into_iter().map(|(name, limit, highest)| {
            let sign = if highest { "≤" } else { "≥" };
            format!("{} {sign} {limit}{}", label(name), unit(name))
        });
        said.collect::<Vec<_>>().join(", ")
    }

    /// Judges what was measured; `whole`: to the end.
    ///
    /// # Errors
    /// `load_check_failed`, with each limit that does not hold.
    pub(super) fn judge(
        &self,
        url: &str,
        tally: &Tally,
        result: &Value,
        whole: bool,
    ) -> Result<(), Fault> {
        let broken: Vec<Value> = self
            .limits()
            .into_iter()
            // A load that was broken off says nothing about the rate.
            .filter(|(name, ..)| whole || *name != "achieved_rate")
            .filter_map(|(name, limit, highest)| {
                let value = result[name].as_f64()?;
                let holds = if highest {
                    value <= limit
                } else {
                    value >= limit
                };
                (!holds).then(|| json!({ "threshold": name, "value": value, "limit": limit }))
            })
            .collect();
        if broken.is_empty() {
            return Ok(());
        }
        let said = broken.iter().map(|one| {
            let name = one["threshold"].as_str().unwrap_or_default();
            let unit = unit(name);
            let number = |member: &str| one[member].as_f64().unwrap_or_default();
            format!(
                "{} {}{unit} (limit {}{unit})",
                label(name),
                number("value"),
                number("limit")
            )
        });
        let mut message = format!("{url}: {}", said.collect::<Vec<_>>().join(", "));
        if let Some(first) = &tally.first_failure {
            message = format!("{message}; the first failure: {first}");
        }
        Err(Fault::new(codes::LOAD_CHECK_FAILED, message)
            .details(json!({ "broken": broken, "measured": result })))
    }
}

fn label(name: &str) -> &str {
    match name {
        "failures_percent" => "failures",
        "achieved_rate" => "achieved rate",
        other => other.trim_end_matches("_ms"),
    }
}

fn unit(name: &str) -> &'static str {
    match name {
        "failures_percent" => " %",
        "achieved_rate" => "/s",
        _ => " ms",
    }
}

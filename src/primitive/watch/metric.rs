//! `kind: "metric"` — a CloudWatch metric stays within bounds.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Observation, Observed, failing};
use crate::primitive::Context;
use crate::primitive::args::Span;
use crate::primitive::metrics::{LOOKS_BACK, Measure};
use crate::vocabulary::{Fault, Stop, codes};

/// What a metric without data points means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum NoData {
    /// It fails: nothing was proven.
    #[default]
    Fails,
    /// It holds: a service without requests has no errors either.
    Holds,
}

/// A metric stays within bounds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Metric {
    /// How it is called in a plan and on a screen: `5xx rate`.
    name: String,
    /// What is measured, as `cloudwatch::measure` takes it; while its `since` is less than two minutes ago, no data
    /// holds.
    measure: Measure,
    /// It must be below this.
    #[serde(default)]
    below: Option<f64>,
    /// It must be above this.
    #[serde(default)]
    above: Option<f64>,
    /// Unit, for people: `%`, `ms`.
    #[serde(default)]
    unit: String,
    /// What no data means: `fails` (the default) or `holds`.
    #[serde(default)]
    no_data: NoData,
    /// How long it may fail without a break. Default: the watch's.
    #[serde(default)]
    pub tolerate: Option<Span>,
}

impl Metric {
    pub fn words(&self) -> String {
        format!("{} {}", self.name, self.bounds())
    }

    /// `below 1 % and above 0 %`.
    fn bounds(&self) -> String {
        let bound =
            |word: &str, bound: Option<f64>| bound.map(|b| format!("{word} {}", self.value(b)));
        let bounds: Vec<String> = [bound("below", self.below), bound("above", self.above)]
            .into_iter()
            .flatten()
            .collect();
        bounds.join(" and ")
    }

    /// Says since when there is no data, and what that means; `fault`: that there is none.
    pub fn without_data(&self, cx: &Context<'_>, fault: Fault) -> Result<Fault, Stop> {
        let subject = match self.measure.target_group() {
            Some(group) => format!("{} of target group {group}", self.name),
            None => self.name.clone(),
        };
        let since = match failing(self.measure.last_seen(cx))? {
            // What is wrong is that there is no data; that the newest was not found is not worth more.
            Err(_) => return Ok(fault),
            Ok(Some(at)) => format!("since {}", at.strftime("%H:%M:%SZ")),
            Ok(None) => format!("in the last {} hours", LOOKS_BACK.as_hours()),
        };
        let mut hint = "missing data fails the rule; `no_data: \"holds\"` accepts it".to_owned();
        hint.push_str(match self.measure.target_group() {
            Some(_) => ". After a traffic switch, watch the target group that has the traffic now: `watch::retarget`",
            None => ". Look at the metric's name and dimensions, and whether there is any load",
        });
        Ok(Fault::new(fault.code, format!("{subject}: no data {since}")).hint(hint))
    }

    fn value(&self, value: f64) -> String {
        let rounded = (value * 1000.0).round() / 1000.0;
        format!("{rounded} {}", self.unit).trim_end().to_owned()
    }

    pub fn look(&self, cx: &Context<'_>) -> Observed {
        let measured = failing(self.measure.take(cx))?;
        Ok(measured.and_then(|measured| {
            let Some(value) = measured else {
                if self.measure.too_early(cx) {
                    return Ok(Observation::new(format!("{} not measured yet", self.name)));
                }
                return match self.no_data {
                    NoData::Holds => Ok(Observation::new(format!("{} no data", self.name))),
                    NoData::Fails => Err(Fault::new(
                        codes::NO_DATA,
                        format!("{}: no data", self.name),
                    )),
                };
            };
            let outside =
                self.below.is_some_and(|b| value >= b) || self.above.is_some_and(|a| value <= a);
            let said = format!("{} {}", self.name, self.value(value));
            if outside {
                return Err(Fault::new(
                    codes::METRIC_OUT_OF_BOUNDS,
                    format!("{said}, must be {}", self.bounds()),
                ));
            }
            Ok(Observation::new(said))
        }))
    }
}

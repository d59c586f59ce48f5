//! `cloudwatch::measure` — one number out of CloudWatch, or the truth that there is none.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::send;
use super::args::{INVALID_INPUT, Moment, Span, words};
use super::{Call, Context, Declaration, Line, ResourceCache, Verb};
use crate::vocabulary::{Effect, Fault, Stop};
use crate::world::AwsCall;

/// How data points become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Reduce {
    /// Mean of the data points.
    #[default]
    Average,
    /// Sum of the data points.
    Sum,
    /// Greatest of the data points.
    Max,
    /// Least of the data points.
    Min,
    /// Newest of the data points.
    Last,
}

/// One number out of CloudWatch.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// `MetricDataQueries` of `GetMetricData`, in the API's own JSON; one of them has `ReturnData` true (or is the
    /// only one). A `Period` that is left out is a minute.
    queries: Vec<Value>,
    /// Length of the measurement, up to now. Default `"5m"`.
    #[serde(default = "five_minutes")]
    window: Span,
    /// Earliest time of the measurement, rounded up to a whole minute: data from before a version served says nothing
    /// about it.
    #[serde(default)]
    since: Option<Moment>,
    /// How the data points of the window become one number: `average`, `sum`, `max`, `min` or `last`.
    #[serde(default)]
    reduce: Reduce,
}

fn five_minutes() -> Span {
    Span::seconds(300)
}

impl Measure {
    /// Whether there may be no data point yet, as what is measured has only just begun.
    pub(super) fn too_early(&self, cx: &Context<'_>) -> bool {
        let since = self
            .since
            .map(|since| cx.world.now().duration_since(since.0));
        since.is_some_and(|gone| gone < PUBLISHED_AFTER)
    }

    /// The number; `None`: CloudWatch has no data points.
    pub(super) fn take(&self, cx: &Context<'_>) -> Result<Option<f64>, Stop> {
        let end = cx.world.now();
        let start = end.checked_sub(self.window.0).unwrap_or(end);
        let start = self
            .since
            .map_or(start, |since| start.max(next_minute(since.0)));
        // CloudWatch counts whole seconds, and refuses a window without one.
        if start.as_second() >= end.as_second() {
            return Ok(None);
        }
        let mut values: Vec<f64> = Vec::new();
        self.results(cx, start, end, |result| {
            let returned = result["Values"].as_array();
            values.extend(returned.into_iter().flatten().filter_map(Value::as_f64));
        })?;
        Ok(self.reduce.apply(&values))
    }

    /// The time of the newest data point in the hours before now; `None`: there is none.
    pub(super) fn last_seen(&self, cx: &Context<'_>) -> Result<Option<Timestamp>, Stop> {
        let end = cx.world.now();
        let start = end.checked_sub(LOOKS_BACK).unwrap_or(end);
        let mut newest = None;
        self.results(cx, start, end, |result| {
            let times = result["Timestamps"].as_array();
            newest = newest.max(times.into_iter().flatten().filter_map(moment).max());
        })?;
        Ok(newest)
    }

    /// The target group whose metrics are measured, by its name.
    pub(super) fn target_group(&self) -> Option<&str> {
        let dimensions = self
            .queries
            .iter()
            .filter_map(|query| query["MetricStat"]["Metric"]["Dimensions"].as_array());
        let group = dimensions
            .flatten()
            .find(|dimension| dimension["Name"] == "TargetGroup")?;
        group["Value"].as_str()?.split('/').nth(1)
    }

    /// Hands each result of `GetMetricData` between two times to `each`, page by page.
    fn results(
        &self,
        cx: &Context<'_>,
        start: Timestamp,
        end: Timestamp,
        mut each: impl FnMut(&Value),
    ) -> Result<(), Stop> {
        let mut input = json!({
            "MetricDataQueries": self.queries.iter().map(with_period).collect::<Vec<_>>(),
            "StartTime": start.as_second(), "EndTime": end.as_second(), "ScanBy": "TimestampAscending",
        });
        loop {
            let output = send(
                cx,
                &AwsCall::new("cloudwatch", "GetMetricData", input.clone()),
            )?;
            let results = output["MetricDataResults"].as_array();
            results.into_iter().flatten().for_each(&mut each);
            match output["NextToken"].as_str() {
                Some(token) => input["NextToken"] = json!(token),
                None => return Ok(()),
            }
        }
    }
}

/// How far back the newest data point is looked for.
pub(super) const LOOKS_BACK: SignedDuration = SignedDuration::from_hours(3);

/// A time of CloudWatch: seconds since 1970, or text.
fn moment(time: &Value) -> Option<Timestamp> {
    match time {
        Value::String(text) => text.parse().ok(),
        number => Timestamp::from_second(number.as_f64()? as i64).ok(),
    }
}

/// How long after a moment CloudWatch may have no data point of it yet: a whole minute, and until it is published.
const PUBLISHED_AFTER: SignedDuration = SignedDuration::from_secs(120);

/// The first whole minute that is not before a moment.
fn next_minute(at: Timestamp) -> Timestamp {
    let behind = at.as_second().rem_euclid(60);
    let whole = behind == 0 && at.subsec_nanosecond() == 0;
    let minute = at.as_second() - behind + if whole { 0 } else { 60 };
    Timestamp::from_second(minute).unwrap_or(at)
}

impl Reduce {
    fn apply(self, values: &[f64]) -> Option<f64> {
        let last = *values.last()?;
        Some(match self {
            Reduce::Average => values.iter().sum::<f64>() / values.len() as f64,
            Reduce::Sum => values.iter().sum(),
            Reduce::Max => values.iter().copied().fold(last, f64::max),
            Reduce::Min => values.iter().copied().fold(last, f64::min),
            Reduce::Last => last,
        })
    }
}

fn with_period(query: &Value) -> Value {
    let mut query = query.clone();
    if let Some(stat) = query["MetricStat"].as_object_mut() {
        stat.entry("Period").or_insert(json!(60));
    }
    query
}

impl Verb for Measure {
    const DECLARATION: Declaration = Declaration {
        module: "cloudwatch",
        name: "measure",
        effect: Effect::Read,
        doc: "Reads one number from CloudWatch, for example a baseline before a deployment. Without data points `value` is `()`.",
        positional: &[],
        returns: "`#{ value }`.",
        example: r#"let before = cloudwatch::measure(#{ window: "15m", queries: [#{ Id: "cpu", MetricStat: #{
    Metric: #{ Namespace: "AWS/ECS", MetricName: "CPUUtilization", Dimensions: [
        #{ Name: "ClusterName", Value: "realserv-prod" }, #{ Name: "ServiceName", Value: "catalog-service" },
    ] },
    Stat: "Average",
} }] });
print(before.value);"#,
    };
}

impl Call for Measure {
    fn check(&self) -> Result<(), Fault> {
        if self.queries.is_empty() {
            return Err(Fault::new(
                INVALID_INPUT,
                "cloudwatch::measure at `queries`: nothing to measure",
            ));
        }
        Ok(())
    }

    fn line(&self, _: &ResourceCache) -> Line {
        let name =
            &self.queries.first().unwrap_or(&Value::Null)["MetricStat"]["Metric"]["MetricName"];
        Line {
            verb: "measure".into(),
            object: name.as_str().unwrap_or("metric").to_owned(),
            detail: format!("over {}", words(self.window.0)),
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        Ok(json!({ "value": self.take(cx)? }))
    }

    fn summary(&self, output: &Value) -> Option<String> {
        Some(
            output["value"]
                .as_f64()
                .map_or_else(|| "no data".into(), |v| v.to_string()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minute_in_which_it_began_does_not_count() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        for (began, counts) in [
            ("2026-01-12T09:00:00Z", "2026-01-12T09:00:00Z"),
            ("2026-01-12T09:00:00.001Z", "2026-01-12T09:01:00Z"),
            ("2026-01-12T09:00:59Z", "2026-01-12T09:01:00Z"),
        ] {
            assert_eq!(next_minute(at(began)), at(counts), "{began}");
        }
    }

    #[test]
    fn no_data_points_are_not_zero() {
        assert_eq!(Reduce::Average.apply(&[]), None);
        assert_eq!(Reduce::Average.apply(&[1.0, 3.0]), Some(2.0));
        assert_eq!(Reduce::Max.apply(&[1.0, 3.0, 2.0]), Some(3.0));
        assert_eq!(Reduce::Last.apply(&[1.0, 3.0, 2.0]), Some(2.0));
    }
}

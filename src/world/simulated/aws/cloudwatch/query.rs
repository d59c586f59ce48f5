//! Reading metrics: `GetMetricStatistics`, `GetMetricData`.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::listing;
use super::math::search::SearchPattern;
use super::math::{MathScope, MathValue, Points, TimeSeries};
use super::metric::unit_of;
use super::metric_query::{MetricStatistic, Queries};
use super::parameters::grid;
use super::statistic::Statistic;
use super::{Metric, needed_time, sample, wrong};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, lists, number, set, text, texts};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// Data points that one call may ask for.
const MOST_POINTS: u64 = 100_800;

/// The time series that a `SEARCH` may find.
const MOST_FOUND: usize = 500;

impl MetricStatistic {
    /// Its values between two times.
    pub(super) fn series(&self, cloud: &Cloud, from: Timestamp, to: Timestamp) -> TimeSeries {
        let points = grid(from, to, self.period).into_iter().filter_map(|at| {
            let end = later(at, self.period);
            let sample = sample(cloud, &self.metric, self.unit.as_deref(), at, end)?;
            Some((at, sample.statistic(self.statistic)?))
        });
        TimeSeries {
            label: self.metric.name.clone(),
            period: self.period,
            of_metric: true,
            points: points.collect(),
        }
    }
}

/// Checks that a time can be divided into such periods.
fn check(from: Timestamp, to: Timestamp, period: u64, most: u64) -> Result<(), Fault> {
    let whole = period > 0 && (period.is_multiple_of(60) || [1, 5, 10, 20, 30].contains(&period));
    if !whole {
        return Err(wrong(
            "Period must be 1, 5, 10, 20, 30 or a multiple of 60.",
        ));
    }
    if from >= to {
        return Err(wrong(
            "The parameter StartTime must be less than the parameter EndTime.",
        ));
    }
    let span = to.duration_since(from).as_secs().unsigned_abs();
    if span / period > most {
        return Err(Fault::new(
            "InvalidParameterCombination",
            format!(
                "You have requested up to {} datapoints, which exceeds the limit of {most}.",
                span / period
            ),
        ));
    }
    Ok(())
}

impl Queries {
    /// The values between two times, by `Id`, in the order of the queries.
    ///
    /// # Errors
    /// `ValidationError` and `not_simulated` as expressions say; `InvalidParameterValue` for periods that do not fit the time.
    pub(super) fn evaluate(
        &self,
        cloud: &Cloud,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(&str, MathValue)>, Fault> {
        let mut metrics = Vec::new();
        for (id, metric) in &self.metrics {
            check(from, to, metric.period.as_secs(), MOST_POINTS)?;
            metrics.push((id.clone(), metric.series(cloud, from, to)));
        }
        let search = |text: &str, statistic: &str, period: u64| {
            check(from, to, period, MOST_POINTS)?;
            found(cloud, text, statistic, period, (from, to))
        };
        let mut computed = BTreeMap::new();
        for expression in &self.expressions {
            let scope = MathScope {
                metrics: &metrics,
                computed: &computed,
                from,
                to,
                search: &search,
            };
            let value = expression.compute(&scope)?;
            computed.insert(expression.id().to_owned(), value);
        }
        for (id, series) in metrics {
            computed.insert(id, MathValue::Series(series));
        }
        let each = self.ids.iter();
        Ok(each
            .filter_map(|id| Some((id.as_str(), computed.remove(id)?)))
            .collect())
    }
}

/// The metrics that a search expression means.
fn found(
    cloud: &Cloud,
    text: &str,
    statistic: &str,
    period: u64,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<TimeSeries>, Fault> {
    let pattern = SearchPattern::parse(text)?;
    let statistic = Statistic::parse(statistic)?;
    let matching = listing::all(cloud)
        .into_iter()
        .filter(|m| pattern.matches(m));
    let each = matching.take(MOST_FOUND).map(|metric| {
        let values: Vec<&str> = metric.dimensions.values().map(String::as_str).collect();
        let label = [values.as_slice(), &[metric.name.as_str()]]
            .concat()
            .join(" ");
        let metric = MetricStatistic {
            metric,
            statistic,
            period: Duration::from_secs(period),
            unit: None,
        };
        TimeSeries {
            label,
            ..metric.series(cloud, from, to)
        }
    });
    Ok(each.collect())
}

pub(super) fn data(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let (from, to) = (
        needed_time(input, "StartTime")?,
        needed_time(input, "EndTime")?,
    );
    let queries = list(input, "MetricDataQueries");
    let read = Queries::parse(queries)?;
    let values = read.evaluate(cloud, from, to)?;
    let ascending = text(input, "ScanBy") == Some("TimestampAscending");
    let mut results = Vec::new();
    for (query, (id, value)) in queries.iter().zip(values) {
        if query.get("ReturnData").and_then(Value::as_bool) == Some(false) {
            continue;
        }
        let given = text(query, "Label");
        match value {
            MathValue::Scalar(_) => {}
            MathValue::Series(series) => {
                let own = series.of_metric.then_some(series.label.as_str());
                let label = given.or(own).unwrap_or(id);
                results.push(result(id, label, &series.points, ascending));
            }
            MathValue::Array(all) => {
                for series in all {
                    let label = [given, Some(series.label.as_str())];
                    let label: Vec<&str> = label.into_iter().flatten().collect();
                    results.push(result(id, &label.join(" "), &series.points, ascending));
                }
            }
        }
    }
    Ok(lists([
        ("MetricDataResults", results),
        ("Messages", Vec::new()),
    ]))
}

fn result(id: &str, label: &str, points: &Points, ascending: bool) -> Value {
    let mut points: Vec<(&Timestamp, &f64)> = points.iter().collect();
    if !ascending {
        points.reverse();
    }
    json!({
        "Id": id,
        "Label": label,
        "Timestamps": points.iter().map(|(t, _)| t.to_string()).collect::<Vec<_>>(),
        "Values": points.iter().map(|(_, v)| **v).collect::<Vec<_>>(),
        "StatusCode": "Complete",
    })
}

pub(super) fn statistics(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let metric = Metric::of(input)?;
    let (from, to) = (
        needed_time(input, "StartTime")?,
        needed_time(input, "EndTime")?,
    );
    let period = number(input, "Period").ok_or_else(|| {
        Fault::new(
            "MissingRequiredParameterException",
            "The parameter Period is required.",
        )
    })?;
    check(from, to, period, 1440)?;
    let (plain, extended) = (
        named(input, "Statistics")?,
        named(input, "ExtendedStatistics")?,
    );
    if plain.is_empty() && extended.is_empty() {
        return Err(Fault::new(
            "InvalidParameterCombination",
            "At least one of the parameters Statistics and ExtendedStatistics is required.",
        ));
    }
    let period = Duration::from_secs(period);
    let unit = text(input, "Unit");
    let published = unit.unwrap_or_else(|| unit_of(&metric));
    let mut points = Vec::new();
    for from in grid(from, to, period) {
        let Some(sample) = sample(cloud, &metric, unit, from, later(from, period)) else {
            continue;
        };
        let mut point = json!({ "Timestamp": from.to_string(), "Unit": published });
        let mut known = false;
        for (name, statistic) in &plain {
            known = true;
            set(&mut point, name, json!(sample.statistic(*statistic)));
        }
        let all = extended.iter().filter_map(|(name, statistic)| {
            Some((name.clone(), json!(sample.statistic(*statistic)?)))
        });
        let all: serde_json::Map<String, Value> = all.collect();
        if !all.is_empty() {
            known = true;
            set(&mut point, "ExtendedStatistics", Value::Object(all));
        }
        if known {
            points.push(point);
        }
    }
    Ok(json!({ "Label": metric.name, "Datapoints": points }))
}

/// The statistics of a member: `Statistics` takes the plain ones, `ExtendedStatistics` the others.
fn named(input: &Value, member: &str) -> Result<Vec<(String, Statistic)>, Fault> {
    let names = texts(input, member).into_iter().map(|name| {
        let statistic = Statistic::parse(&name)?;
        if statistic.is_plain() != (member == "Statistics") {
            return Err(wrong(format!(
                "The value {name} for parameter {member} is not supported."
            )));
        }
        Ok((name, statistic))
    });
    names.collect()
}

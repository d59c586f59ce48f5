//! Reading metrics: `GetMetricStatistics`, `GetMetricData`.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::expression::{ExpressionScope, ExpressionValue, Series, compute};
use super::{Metric, needed, needed_time, sample, whole_minute, wrong};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, lists, number, set, text, texts};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// Data points that one call may ask for.
const MOST_POINTS: u64 = 100_800;
const MOST_QUERIES: usize = 500;

/// The pieces into which a period divides a time.
struct PeriodGrid {
    times: Vec<Timestamp>,
    period: Duration,
}

impl PeriodGrid {
    fn of(from: Timestamp, to: Timestamp, period: u64, most: u64) -> Result<PeriodGrid, Fault> {
        let whole =
            period > 0 && (period.is_multiple_of(60) || [1, 5, 10, 20, 30].contains(&period));
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
        let period = Duration::from_secs(period);
        let mut times = Vec::new();
        let mut at = whole_minute(from);
        while at < to {
            times.push(at);
            at = later(at, period);
        }
        Ok(PeriodGrid { times, period })
    }

    fn series(&self, cloud: &Cloud, metric: &Metric, statistic: &str) -> Result<Series, Fault> {
        let mut out = Series::new();
        for from in &self.times {
            if let Some(sample) = sample(cloud, metric, *from, later(*from, self.period)) {
                out.insert(*from, sample.statistic(statistic)?);
            }
        }
        Ok(out)
    }
}

/// The values of queries (`MetricDataQueries`) by id, in their order, between two times.
pub(super) fn evaluate(
    cloud: &Cloud,
    queries: &[Value],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(String, Series)>, Fault> {
    if queries.is_empty() || queries.len() > MOST_QUERIES {
        return Err(wrong(format!(
            "1 to {MOST_QUERIES} MetricDataQueries are required."
        )));
    }
    let mut known: BTreeMap<String, Series> = BTreeMap::new();
    let mut open: Vec<(&str, &str)> = Vec::new();
    let mut finest: Option<PeriodGrid> = None;
    for query in queries {
        let id = needed(query, "Id")?;
        let sound = id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !sound || known.contains_key(id) || open.iter().any(|(o, _)| *o == id) {
            return Err(wrong(format!(
                "The id '{id}' must begin with a lowercase letter, and be unique."
            )));
        }
        if let Some(expression) = text(query, "Expression") {
            open.push((id, expression));
            continue;
        }
        let stat = query.get("MetricStat").ok_or_else(|| {
            wrong(format!(
                "The query '{id}' needs a MetricStat or an Expression."
            ))
        })?;
        let metric = Metric::of(stat.get("Metric").unwrap_or(&Value::Null))?;
        let grid = PeriodGrid::of(from, to, number(stat, "Period").unwrap_or(60), MOST_POINTS)?;
        known.insert(
            id.to_owned(),
            grid.series(cloud, &metric, needed(stat, "Stat")?)?,
        );
        if finest.as_ref().is_none_or(|f| grid.period < f.period) {
            finest = Some(grid);
        }
    }
    let times = finest.map(|g| g.times).unwrap_or_default();
    // An expression may use one that comes after it.
    let mut last = None;
    while !open.is_empty() {
        let before = open.len();
        let mut waiting = Vec::new();
        for (id, expression) in open {
            let computed = compute(
                expression,
                &ExpressionScope {
                    series: &known,
                    times: &times,
                },
            );
            match computed {
                Ok(ExpressionValue::Series(series)) => {
                    known.insert(id.to_owned(), series);
                }
                Ok(ExpressionValue::Scalar(value)) => {
                    let constant = times.iter().map(|t| (*t, value));
                    known.insert(
                        id.to_owned(),
                        constant.filter(|(_, v)| v.is_finite()).collect(),
                    );
                }
                Ok(ExpressionValue::Several(_)) => {
                    return Err(wrong(format!("The expression '{expression}' is a list.")));
                }
                Err(fault) => {
                    last = Some(fault);
                    waiting.push((id, expression));
                }
            }
        }
        if waiting.len() == before {
            return Err(last.unwrap_or_else(|| wrong("An expression cannot be computed.")));
        }
        open = waiting;
    }
    let ids = queries.iter().filter_map(|q| text(q, "Id"));
    Ok(ids
        .map(|id| (id.to_owned(), known.remove(id).unwrap_or_default()))
        .collect())
}

pub(super) fn data(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let (from, to) = (
        needed_time(input, "StartTime")?,
        needed_time(input, "EndTime")?,
    );
    let queries = list(input, "MetricDataQueries");
    let values = evaluate(cloud, queries, from, to)?;
    let ascending = text(input, "ScanBy") == Some("TimestampAscending");
    let mut results = Vec::new();
    for (query, (id, series)) in queries.iter().zip(values) {
        if query.get("ReturnData").and_then(Value::as_bool) == Some(false) {
            continue;
        }
        let mut points: Vec<(Timestamp, f64)> = series.into_iter().collect();
        if !ascending {
            points.reverse();
        }
        let metric = query.get("MetricStat").and_then(|s| s.get("Metric"));
        let named = metric.and_then(|m| text(m, "MetricName")).unwrap_or(&id);
        results.push(json!({
            "Id": id,
            "Label": text(query, "Label").unwrap_or(named),
            "Timestamps": points.iter().map(|(t, _)| t.to_string()).collect::<Vec<_>>(),
            "Values": points.iter().map(|(_, v)| *v).collect::<Vec<_>>(),
            "StatusCode": "Complete",
        }));
    }
    Ok(lists([
        ("MetricDataResults", results),
        ("Messages", Vec::new()),
    ]))
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
    let grid = PeriodGrid::of(from, to, period, 1440)?;
    let (plain, extended) = (
        texts(input, "Statistics"),
        texts(input, "ExtendedStatistics"),
    );
    if plain.is_empty() && extended.is_empty() {
        return Err(Fault::new(
            "InvalidParameterCombination",
            "At least one of the parameters Statistics and ExtendedStatistics is required.",
        ));
    }
    let unit = unit(&metric);
    let mut points = Vec::new();
    for from in &grid.times {
        let Some(sample) = sample(cloud, &metric, *from, later(*from, grid.period)) else {
            continue;
        };
        let mut point = json!({ "Timestamp": from.to_string(), "Unit": unit });
        for name in &plain {
            set(&mut point, name, json!(sample.statistic(name)?));
        }
        if !extended.is_empty() {
            let mut all = json!({});
            for name in &extended {
                set(&mut all, name, json!(sample.statistic(name)?));
            }
            set(&mut point, "ExtendedStatistics", all);
        }
        points.push(point);
    }
    Ok(json!({ "Label": metric.name, "Datapoints": points }))
}

fn unit(metric: &Metric) -> &'static str {
    match (metric.namespace.as_str(), metric.name.as_str()) {
        (_, "TargetResponseTime") => "Seconds",
        ("AWS/ECS", _) => "Percent",
        ("AWS/ApplicationELB" | "AWS/SQS", _) => "Count",
        _ => "None",
    }
}

//! The functions of metric math.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::array::{Reduction, like, sort};
use super::series::{Filler, fill};
use super::{MathScope, MathValue, TimeSeries, refused, seconds};
use crate::suggest::did_you_mean;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;

/// The functions that AWS documents, with the arguments that each takes.
const FUNCTIONS: [(&str, &str); 39] = [
    ("ABS", "(TS) or (TS[])"),
    ("ANOMALY_DETECTION_BAND", "(TS) or (TS, S)"),
    ("AVG", "(TS) or (TS[])"),
    ("CEIL", "(TS) or (TS[])"),
    ("DATAPOINT_COUNT", "(TS) or (TS[])"),
    ("DATE", "(TS)"),
    ("DAY", "(TS)"),
    ("DB_PERF_INSIGHTS", "(text, text, text)"),
    ("DIFF", "(TS) or (TS[])"),
    ("DIFF_TIME", "(TS) or (TS[])"),
    ("EPOCH", "(TS)"),
    (
        "FILL",
        "(TS, S | REPEAT | LINEAR) or (TS[], TS | S | REPEAT | LINEAR)",
    ),
    ("FIRST", "(TS[])"),
    ("FLOOR", "(TS) or (TS[])"),
    ("HOUR", "(TS)"),
    ("IF", "(S | TS, S | TS) or (S | TS, S | TS, S | TS)"),
    ("INSIGHT_RULE_METRIC", "(rule name, metric name)"),
    ("LAMBDA", "(function name, …)"),
    ("LAST", "(TS[])"),
    ("LOG", "(TS) or (TS[])"),
    ("LOG10", "(TS) or (TS[])"),
    ("MAX", "(TS) or (TS[])"),
    ("METRICS", "() or (text)"),
    ("METRIC_COUNT", "(TS[])"),
    ("MIN", "(TS) or (TS[])"),
    ("MINUTE", "(TS)"),
    ("MONTH", "(TS)"),
    ("PERIOD", "(TS), a metric"),
    ("RATE", "(TS) or (TS[])"),
    ("REMOVE_EMPTY", "(TS[])"),
    ("RUNNING_SUM", "(TS) or (TS[])"),
    (
        "SEARCH",
        "(search expression, statistic, period in seconds), as texts and a number",
    ),
    ("SERVICE_QUOTA", "(TS)"),
    ("SLICE", "(TS[], S) or (TS[], S, S)"),
    (
        "SORT",
        "(TS[], AVG | MIN | MAX | SUM, ASC | DESC) or with a limit as a fourth argument",
    ),
    ("STDDEV", "(TS) or (TS[])"),
    ("SUM", "(TS) or (TS[])"),
    ("TIME_SERIES", "(S)"),
    ("YEAR", "(TS)"),
];

/// What the simulated cloud has no data for.
const NOT_SIMULATED: [&str; 5] = [
    "ANOMALY_DETECTION_BAND",
    "DB_PERF_INSIGHTS",
    "INSIGHT_RULE_METRIC",
    "LAMBDA",
    "SERVICE_QUOTA",
];

/// The words that `FILL` and `SORT` take.
pub(super) const WORDS: [&str; 8] = [
    "REPEAT", "LINEAR", "AVG", "MIN", "MAX", "SUM", "ASC", "DESC",
];

/// An argument of a function.
pub(super) enum Argument {
    Value(MathValue),
    Text(String),
    /// One of the words in [`WORDS`].
    Word(String),
}

/// Calls a function.
///
/// # Errors
/// `ValidationError`: AWS has no such function, or it does not take such arguments; `not_simulated`.
pub(super) fn call(
    name: &str,
    arguments: &[Argument],
    scope: &MathScope<'_>,
) -> Result<MathValue, Fault> {
    let documented = FUNCTIONS.iter().find(|(own, _)| *own == name);
    let Some((_, takes)) = documented else {
        let fault = refused(format!("Function '{name}' not found"));
        let known = FUNCTIONS.iter().map(|(known, _)| *known);
        return Err(match did_you_mean(name, known) {
            Some(hint) => fault.hint(hint),
            None => fault.hint("the names of functions are written in capital letters"),
        });
    };
    if NOT_SIMULATED.contains(&name) {
        return Err(not_simulated(
            "cloudwatch",
            &format!("metric math's {name}"),
        ));
    }
    let found = match (name, arguments) {
        ("METRICS", []) => Some(metrics(scope, "")),
        ("METRICS", [Argument::Text(text)]) => Some(metrics(scope, text)),
        (
            "SEARCH",
            [
                Argument::Text(text),
                Argument::Text(statistic),
                Argument::Value(MathValue::Scalar(period)),
            ],
        ) => Some(MathValue::Array((scope.search)(
            text,
            statistic,
            *period as u64,
        )?)),
        (
            "SORT",
            [
                Argument::Value(MathValue::Array(all)),
                Argument::Word(by),
                Argument::Word(order),
            ],
        ) => sorted(all, by, order, usize::MAX, scope),
        (
            "SORT",
            [
                Argument::Value(MathValue::Array(all)),
                Argument::Word(by),
                Argument::Word(order),
                Argument::Value(MathValue::Scalar(limit)),
            ],
        ) => sorted(all, by, order, *limit as usize, scope),
        ("FILL", [Argument::Value(value), Argument::Word(word)]) => match word.as_str() {
            "REPEAT" => filled(value, &Filler::Repeat, scope),
            "LINEAR" => filled(value, &Filler::Linear, scope),
            _ => None,
        },
        (_, [Argument::Value(one)]) => unary(name, one, scope),
        (_, [Argument::Value(one), Argument::Value(two)]) => {
            on_several(name, one, two, None, scope)
        }
        (
            _,
            [
                Argument::Value(one),
                Argument::Value(two),
                Argument::Value(three),
            ],
        ) => on_several(name, one, two, Some(three), scope),
        _ => None,
    };
    found.ok_or_else(|| {
        let given = arguments.iter().map(|argument| match argument {
            Argument::Value(value) => value.type_name().to_owned(),
            Argument::Text(text) => format!("'{text}'"),
            Argument::Word(word) => word.clone(),
        });
        let given = given.collect::<Vec<_>>().join(", ");
        refused(format!("Unsupported arguments for {name}: ({given})"))
            .hint(format!("{name} takes {takes}"))
    })
}

/// The metrics of the request whose `Id` contains a text.
fn metrics(scope: &MathScope<'_>, text: &str) -> MathValue {
    let found = scope.metrics.iter().filter(|(id, _)| id.contains(text));
    MathValue::Array(found.map(|(_, series)| series.clone()).collect())
}

/// `SORT`; `None`: such words are not taken.
fn sorted(
    all: &[TimeSeries],
    by: &str,
    order: &str,
    limit: usize,
    scope: &MathScope<'_>,
) -> Option<MathValue> {
    let sortable = ["AVG", "MIN", "MAX", "SUM"].contains(&by) && ["ASC", "DESC"].contains(&order);
    let reduction = Reduction::named(by).filter(|_| sortable)?;
    let keys: Vec<f64> = all
        .iter()
        .map(|series| match series.points.is_empty() {
            true => f64::NAN,
            false => reduction.of_series(series, scope.times(series.period).len()),
        })
        .collect();
    let mut all = sort(all.to_vec(), &keys, order == "DESC");
    all.truncate(limit);
    Some(MathValue::Array(all))
}

fn filled(value: &MathValue, with: &Filler<'_>, scope: &MathScope<'_>) -> Option<MathValue> {
    each(value, |series| {
        fill(series, with, &scope.times(series.period))
    })
}

/// Does something to a series, or to each of an array; `None`: it is a scalar.
fn each(value: &MathValue, change: impl Fn(&TimeSeries) -> TimeSeries) -> Option<MathValue> {
    match value {
        MathValue::Scalar(_) => None,
        MathValue::Series(series) => Some(MathValue::Series(change(series))),
        MathValue::Array(all) => Some(MathValue::Array(all.iter().map(change).collect())),
    }
}

/// A function of one argument; `None`: it does not take such a one.
fn unary(name: &str, value: &MathValue, scope: &MathScope<'_>) -> Option<MathValue> {
    if let Some(reduction) = Reduction::named(name) {
        return match value {
            MathValue::Scalar(_) => None,
            MathValue::Series(series) => {
                let times = scope.times(series.period).len();
                Some(MathValue::Scalar(reduction.of_series(series, times)))
            }
            MathValue::Array(all) => Some(MathValue::Series(reduction.of_array(all))),
        };
    }
    match (name, value) {
        ("ABS", _) => each(value, |series| series.map(f64::abs)),
        ("CEIL", _) => each(value, |series| series.map(f64::ceil)),
        ("FLOOR", _) => each(value, |series| series.map(f64::floor)),
        ("LOG", _) => each(value, |series| series.map(f64::ln)),
        ("LOG10", _) => each(value, |series| series.map(f64::log10)),
        ("DIFF", _) => each(value, |series| series.pairs(|before, now| now.1 - before.1)),
        ("DIFF_TIME", _) => each(value, |series| {
            series.pairs(|before, now| seconds(before.0, now.0))
        }),
        ("RATE", _) => each(value, |series| {
            series.pairs(|before, now| (now.1 - before.1) / seconds(before.0, now.0))
        }),
        ("RUNNING_SUM", _) => each(value, TimeSeries::running_sum),
        ("METRIC_COUNT", MathValue::Array(all)) => Some(MathValue::Scalar(all.len() as f64)),
        ("REMOVE_EMPTY", MathValue::Array(all)) => {
            let kept = all.iter().filter(|series| !series.points.is_empty());
            Some(MathValue::Array(kept.cloned().collect()))
        }
        ("FIRST", MathValue::Array(all)) => {
            let first = all.first().cloned();
            Some(MathValue::Series(first.unwrap_or_else(|| like(all))))
        }
        ("LAST", MathValue::Array(all)) => {
            let last = all.last().cloned();
            Some(MathValue::Series(last.unwrap_or_else(|| like(all))))
        }
        ("PERIOD", MathValue::Series(series)) if series.of_metric => {
            Some(MathValue::Scalar(series.period.as_secs_f64()))
        }
        ("TIME_SERIES", MathValue::Scalar(scalar)) => {
            let mut series = like(&[]);
            series.period = scope.finest();
            let times = scope.times(series.period);
            Some(MathValue::Series(
                series.computed(times.into_iter().map(|at| (at, *scalar))),
            ))
        }
        (_, MathValue::Series(series)) => Some(MathValue::Series(calendar(name, series, scope)?)),
        _ => None,
    }
}

/// A part of each of a series' times, whether it has a point there or not.
fn calendar(name: &str, series: &TimeSeries, scope: &MathScope<'_>) -> Option<TimeSeries> {
    if !["MINUTE", "HOUR", "DAY", "DATE", "MONTH", "YEAR", "EPOCH"].contains(&name) {
        return None;
    }
    let times = scope.times(series.period);
    Some(series.computed(times.into_iter().map(|at| {
        let then = at.to_zoned(TimeZone::UTC);
        let part = match name {
            "MINUTE" => f64::from(then.minute()),
            "HOUR" => f64::from(then.hour()),
            "DAY" => f64::from(then.weekday().to_monday_one_offset()),
            "DATE" => f64::from(then.day()),
            "MONTH" => f64::from(then.month()),
            "YEAR" => f64::from(then.year()),
            _ => at.as_second() as f64,
        };
        (at, part)
    })))
}

/// A function of two or three arguments; `None`: it does not take such ones.
fn on_several(
    name: &str,
    one: &MathValue,
    two: &MathValue,
    three: Option<&MathValue>,
    scope: &MathScope<'_>,
) -> Option<MathValue> {
    match (name, one, two, three) {
        ("IF", condition, yes, no) => choose(condition, yes, no),
        ("FILL", value, MathValue::Scalar(with), None) => {
            filled(value, &Filler::Scalar(*with), scope)
        }
        ("FILL", value, MathValue::Series(with), None) => {
            filled(value, &Filler::Series(with), scope)
        }
        ("SLICE", MathValue::Array(all), MathValue::Scalar(from), None) => {
            Some(slice(all, *from, f64::MAX))
        }
        ("SLICE", MathValue::Array(all), MathValue::Scalar(from), Some(MathValue::Scalar(to))) => {
            Some(slice(all, *from, *to))
        }
        _ => None,
    }
}

fn slice(all: &[TimeSeries], from: f64, to: f64) -> MathValue {
    let to = (to as usize).min(all.len());
    let from = (from as usize).min(to);
    MathValue::Array(all[from..to].to_vec())
}

/// `IF`: where a condition holds and the value has no point, it is 0; where it does not hold, no point stays none.
fn choose(condition: &MathValue, yes: &MathValue, no: Option<&MathValue>) -> Option<MathValue> {
    let array = |value: &MathValue| matches!(value, MathValue::Array(_));
    if array(condition) || array(yes) || no.is_some_and(array) {
        return None;
    }
    let condition = match condition {
        MathValue::Series(series) => series,
        MathValue::Scalar(scalar) => {
            let chosen = if *scalar == 0.0 { no } else { Some(yes) };
            return Some(
                chosen
                    .cloned()
                    .unwrap_or_else(|| MathValue::Series(like(&[]))),
            );
        }
        MathValue::Array(_) => return None,
    };
    let at = |value: &MathValue, time: Timestamp| match value {
        MathValue::Scalar(scalar) => Some(*scalar),
        MathValue::Series(series) => series.points.get(&time).copied(),
        MathValue::Array(_) => None,
    };
    let points = condition.points.iter().filter_map(|(time, holds)| {
        let value = if *holds == 0.0 {
            at(no?, *time)?
        } else {
            at(yes, *time).unwrap_or(0.0)
        };
        Some((*time, value))
    });
    Some(MathValue::Series(condition.computed(points)))
}

//! An alarm on a metric: how it is configured, and the state that it is in.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::alarm_state::{AlarmState, Transition};
use super::metric::Metric;
use super::metric_query::{MetricStatistic, Queries};
use super::parameters::{needed, refused, wrong};
use super::statistic::Statistic;
use super::verdict::{Evaluation, MissingData};
use crate::vocabulary::{Fault, codes};
use crate::world::simulated::aws::json::{list, not_simulated, number, text};

/// What an alarm looks at.
#[derive(Debug)]
pub(super) enum Watched {
    Metric(MetricStatistic),
    /// Expressions, and the `Id` of the one that counts.
    Math(Queries, String),
    /// Something that the simulated cloud does not compute: it has no data.
    Unknown,
}

/// A metric alarm, with its state and how it came about.
#[derive(Debug, Clone)]
pub(crate) struct Alarm {
    /// The members of `PutMetricAlarm` that it was created with.
    pub(super) raw: Value,
    pub(super) watched: Arc<Watched>,
    pub(super) evaluation: Evaluation,
    pub(super) state: AlarmState,
    pub(super) reason: String,
    pub(super) since: Timestamp,
    /// Up to when it has been evaluated.
    pub(super) evaluated: Timestamp,
    pub(super) configured: Timestamp,
    /// Whether its state is the fixture's, which stays where there is no data, whatever that counts as.
    pub(super) given: bool,
    /// The changes of its state, the oldest first.
    pub(super) transitions: Vec<Transition>,
}

const COMPARISONS: [&str; 4] = [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
];

/// How alarms on anomaly detection compare.
const BAND_COMPARISONS: [&str; 3] = [
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
];

/// Members that stand for kinds of alarms, or of evaluation, which the simulated cloud does not have.
const OTHER_KINDS: [(&str, &str); 4] = [
    ("ThresholdMetricId", "alarms on anomaly detection"),
    ("EvaluationCriteria", "alarms on PromQL queries"),
    ("EvaluationWindow", "evaluation windows of alarms"),
    ("WarmUpConfiguration", "warm-up periods of alarms"),
];

/// The longest time that an alarm evaluates, in seconds: of periods shorter than an hour, and of others.
const A_DAY: u64 = 86_400;
const A_WEEK: u64 = 604_800;

impl Alarm {
    /// An alarm as `PutMetricAlarm` takes it, of which nothing is known yet.
    ///
    /// # Errors
    /// What AWS says of members that are missing or do not fit; `not_simulated` for kinds of alarms that the simulated
    /// cloud does not have.
    pub(crate) fn new(raw: Value, at: Timestamp) -> Result<Alarm, Fault> {
        needed(&raw, "AlarmName")?;
        let others = OTHER_KINDS.iter();
        let mut other = others.filter(|(member, _)| raw.get(*member).is_some_and(|m| !m.is_null()));
        if let Some((_, kind)) = other.next() {
            return Err(not_simulated("cloudwatch", kind));
        }
        let comparison = needed(&raw, "ComparisonOperator")?;
        if BAND_COMPARISONS.contains(&comparison) {
            return Err(not_simulated("cloudwatch", OTHER_KINDS[0].1));
        }
        if !COMPARISONS.contains(&comparison) {
            return Err(wrong(format!(
                "The value {comparison} for parameter ComparisonOperator is invalid."
            ))
            .hint(format!("it is one of {}", COMPARISONS.join(", "))));
        }
        let evaluation = evaluation(&raw)?;
        if raw.get("Threshold").and_then(Value::as_f64).is_none() {
            return Err(wrong("The parameter Threshold is required."));
        }
        let watched = watched(&raw)?;
        let period = period_of(&watched).as_secs();
        let longest = if period < 3600 { A_DAY } else { A_WEEK };
        if period.saturating_mul(evaluation.periods as u64) > longest {
            return Err(refused(format!(
                "Metrics cannot be checked across more than {} (EvaluationPeriods * Period must be <= {longest}).",
                if longest == A_DAY { "a day" } else { "a week" }
            )));
        }
        Ok(Alarm {
            raw,
            watched: Arc::new(watched),
            evaluation,
            state: AlarmState::InsufficientData,
            reason: "Unchecked: Initial alarm creation".to_owned(),
            since: at,
            evaluated: at,
            configured: at,
            given: false,
            transitions: Vec::new(),
        })
    }

    /// An alarm as a fixture describes it: in the state that it says, if it does. One that the simulated cloud cannot
    /// evaluate stays in that state.
    ///
    /// # Errors
    /// As [`Alarm::new`]; a `StateValue` that AWS does not have.
    pub(crate) fn described(raw: Value, at: Timestamp) -> Result<Alarm, Fault> {
        let Some(state) = raw.get("StateValue") else {
            return Alarm::new(raw, at);
        };
        if state.as_str().and_then(AlarmState::of).is_none() {
            return Err(wrong(format!(
                "StateValue is OK, ALARM or INSUFFICIENT_DATA, not {state}."
            )));
        }
        Ok(Alarm {
            given: true,
            ..Alarm::imported(raw, at)?
        })
    }

    /// An alarm as `DescribeAlarms` shows it, in the state that it is in. One that the simulated cloud cannot evaluate
    /// has no data.
    ///
    /// # Errors
    /// As [`Alarm::new`].
    pub(crate) fn imported(raw: Value, at: Timestamp) -> Result<Alarm, Fault> {
        let state = text(&raw, "StateValue").and_then(AlarmState::of);
        let word = |name| text(&raw, name).unwrap_or_default().to_owned();
        let (reason, since) = (word("StateReason"), word("StateUpdatedTimestamp"));
        let mut alarm = match Alarm::new(raw.clone(), at) {
            Err(fault) if fault.code == codes::NOT_SIMULATED => Alarm {
                evaluation: evaluation(&raw)?,
                watched: Arc::new(Watched::Unknown),
                state: AlarmState::InsufficientData,
                reason: String::new(),
                since: at,
                evaluated: at,
                configured: at,
                given: false,
                transitions: Vec::new(),
                raw,
            },
            known => known?,
        };
        alarm.state = state.unwrap_or(alarm.state);
        alarm.since = since.parse().unwrap_or(at);
        alarm.reason = reason;
        Ok(alarm)
    }

    pub(super) fn name(&self) -> &str {
        text(&self.raw, "AlarmName").unwrap_or_default()
    }

    /// The period of its data points.
    pub(super) fn period(&self) -> Duration {
        period_of(&self.watched)
    }

    /// `Threshold`; an alarm that the simulated cloud cannot evaluate may have none.
    pub(super) fn threshold(&self) -> f64 {
        let given = self.raw.get("Threshold").and_then(Value::as_f64);
        given.unwrap_or_default()
    }

    /// Whether a value is beyond the threshold.
    pub(super) fn breaches(&self, value: f64) -> bool {
        match text(&self.raw, "ComparisonOperator").unwrap_or_default() {
            "GreaterThanThreshold" => value > self.threshold(),
            "GreaterThanOrEqualToThreshold" => value >= self.threshold(),
            "LessThanThreshold" => value < self.threshold(),
            _ => value <= self.threshold(),
        }
    }
}

fn evaluation(raw: &Value) -> Result<Evaluation, Fault> {
    let periods = number(raw, "EvaluationPeriods").filter(|n| *n > 0);
    let periods = periods.ok_or_else(|| wrong("EvaluationPeriods must be at least 1."))?;
    let needed = number(raw, "DatapointsToAlarm").unwrap_or(periods);
    if needed == 0 || needed > periods {
        return Err(wrong(
            "DatapointsToAlarm must be between 1 and EvaluationPeriods.",
        ));
    }
    let treat = text(raw, "TreatMissingData").unwrap_or("missing");
    let missing = MissingData::named(treat).ok_or_else(|| {
        refused(format!(
            "The value {treat} for parameter TreatMissingData is not supported."
        ))
        .hint("it is breaching, notBreaching, ignore or missing")
    })?;
    let low = text(raw, "EvaluateLowSampleCountPercentile").unwrap_or("evaluate");
    if !["evaluate", "ignore"].contains(&low) {
        return Err(refused(format!(
            "The value {low} for parameter EvaluateLowSampleCountPercentile is not supported."
        ))
        .hint("it is evaluate or ignore"));
    }
    Ok(Evaluation {
        needed: needed as usize,
        periods: periods as usize,
        missing,
    })
}

fn period_of(watched: &Watched) -> Duration {
    match watched {
        Watched::Metric(metric) => metric.period,
        Watched::Math(queries, _) => {
            let periods = queries.metrics.iter().map(|(_, metric)| metric.period);
            periods.min().unwrap_or(Duration::from_secs(60))
        }
        Watched::Unknown => Duration::from_secs(60),
    }
}

/// The members that describe one metric: they stand instead of `Metrics`.
const OF_ONE_METRIC: [&str; 7] = [
    "MetricName",
    "Namespace",
    "Dimensions",
    "Period",
    "Unit",
    "Statistic",
    "ExtendedStatistic",
];

fn watched(raw: &Value) -> Result<Watched, Fault> {
    let metrics = list(raw, "Metrics");
    if metrics.is_empty() {
        return Ok(Watched::Metric(MetricStatistic {
            metric: Metric::of(raw)?,
            statistic: statistic(raw)?,
            period: Duration::from_secs(period(raw)?),
            unit: text(raw, "Unit").map(str::to_owned),
        }));
    }
    let given = |member: &&&str| match raw.get(**member) {
        None | Some(Value::Null) => false,
        Some(Value::Array(items)) => !items.is_empty(),
        Some(_) => true,
    };
    if let Some(member) = OF_ONE_METRIC.iter().find(given) {
        return Err(refused(format!(
            "The parameters Metrics and {member} cannot both be specified."
        )));
    }
    let queries = Queries::parse(metrics)?;
    for (kind, count) in [
        ("metrics", queries.metrics.len()),
        ("expressions", queries.expressions.len()),
    ] {
        if count > 10 {
            return Err(refused(format!(
                "The Metrics list must contain at most 10 {kind}, and has {count}."
            )));
        }
    }
    if queries.expressions.iter().any(|e| e.calls("SEARCH")) {
        return Err(refused("SEARCH is not supported on Metric Alarms."));
    }
    for query in metrics {
        if let Some(stat) = query.get("MetricStat").filter(|stat| stat.is_object()) {
            period(stat)?;
        }
    }
    let mut periods = queries.metrics.iter().map(|(_, metric)| metric.period);
    let first = periods.next();
    if periods.any(|period| Some(period) != first) {
        return Err(refused(
            "All metrics of an alarm must have the same Period.",
        ));
    }
    let returned = metrics
        .iter()
        .filter(|m| m.get("ReturnData").and_then(Value::as_bool) != Some(false));
    let returned: Vec<&str> = returned.filter_map(|m| text(m, "Id")).collect();
    let [counts] = returned.as_slice() else {
        return Err(
            refused("Exactly one element of the metrics list should return data.")
                .hint("set ReturnData to false for the others: without it, it is true"),
        );
    };
    Ok(Watched::Math(queries, (*counts).to_owned()))
}

fn period(raw: &Value) -> Result<u64, Fault> {
    let period = number(raw, "Period").unwrap_or(0);
    if ![10, 20, 30].contains(&period) && (period == 0 || !period.is_multiple_of(60)) {
        return Err(wrong("Period must be 10, 20, 30 or a multiple of 60."));
    }
    Ok(period)
}

/// The statistic that an alarm is about.
fn statistic(raw: &Value) -> Result<Statistic, Fault> {
    let named = |name| Statistic::parse(name).ok();
    let found = match (text(raw, "Statistic"), text(raw, "ExtendedStatistic")) {
        (Some(name), None) => named(name).filter(|statistic| statistic.is_plain()),
        (None, Some(name)) => named(name).filter(|statistic| !statistic.is_plain()),
        _ => None,
    };
    found.ok_or_else(|| {
        wrong("Exactly one of Statistic and ExtendedStatistic must be given, and known.")
    })
}

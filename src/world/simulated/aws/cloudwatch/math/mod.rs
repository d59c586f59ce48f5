//! Metric math: CloudWatch's language of expressions over metrics.
//!
//! The amounts are AWS's: scalars (S), time series (TS) and arrays of time series (TS[]). What a function takes is what
//! the CloudWatch User Guide, "Using metric math", lists for it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::parameters::{refused, seconds};
use crate::vocabulary::{Fault, codes};
use crate::world::simulated::aws::json::not_simulated;
use parser::Expression;

mod array;
mod evaluation;
mod functions;
mod lexer;
mod operators;
mod parser;
pub(super) mod search;
mod series;

pub(super) use series::{Points, TimeSeries};

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum MathValue {
    Scalar(f64),
    Series(TimeSeries),
    Array(Vec<TimeSeries>),
}

impl MathValue {
    /// Its type, as AWS abbreviates it.
    fn type_name(&self) -> &'static str {
        match self {
            MathValue::Scalar(_) => "S",
            MathValue::Series(_) => "TS",
            MathValue::Array(_) => "TS[]",
        }
    }
}

/// Finds the metrics that a `SEARCH` asks for: by the search expression, the statistic, and the period in seconds.
pub(super) type Search<'a> = &'a dyn Fn(&str, &str, u64) -> Result<Vec<TimeSeries>, Fault>;

/// What an expression may refer to.
pub(super) struct MathScope<'a> {
    /// The metrics of the request, in their order, by `Id`.
    pub(super) metrics: &'a [(String, TimeSeries)],
    /// The expressions of the request that have been computed, by `Id`.
    pub(super) computed: &'a BTreeMap<String, MathValue>,
    /// The times between which the request asks.
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) search: Search<'a>,
}

impl MathScope<'_> {
    /// The times that a series of that period has within the request.
    fn times(&self, period: Duration) -> Vec<Timestamp> {
        super::parameters::grid(self.from, self.to, period)
    }

    /// The shortest period of the request's metrics.
    fn finest(&self) -> Duration {
        let periods = self.metrics.iter().map(|(_, series)| series.period);
        periods.min().unwrap_or(MINUTE)
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// An expression that has been read, and not yet computed.
#[derive(Debug)]
pub(super) struct MathExpression {
    id: String,
    parsed: Expression,
}

impl MathExpression {
    /// Reads the expression of a query.
    ///
    /// # Errors
    /// `ValidationError` with what is wrong and where; `not_simulated` for a query of Metrics Insights.
    pub(super) fn parse(id: &str, text: &str) -> Result<MathExpression, Fault> {
        let first = text.split_whitespace().next().unwrap_or_default();
        if first.eq_ignore_ascii_case("SELECT") {
            return Err(not_simulated("cloudwatch", "Metrics Insights queries"));
        }
        let parsed = parser::parse(text).map_err(|fault| within(id, fault))?;
        Ok(MathExpression {
            id: id.to_owned(),
            parsed,
        })
    }

    /// The `Id` of the query.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The names that it refers to, those of functions left out.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        collect(&self.parsed, &mut names);
        names
    }

    /// Whether it calls a function of that name.
    pub(super) fn calls(&self, function: &str) -> bool {
        calls(&self.parsed, function)
    }

    /// Computes it.
    ///
    /// # Errors
    /// `ValidationError` where AWS refuses it, `not_simulated` for what the simulated cloud does not compute.
    pub(super) fn compute(&self, scope: &MathScope<'_>) -> Result<MathValue, Fault> {
        let computed = evaluation::compute(&self.parsed, scope);
        match computed.map_err(|fault| within(&self.id, fault))? {
            MathValue::Scalar(_) => Err(within(
                &self.id,
                refused(
                    "The final result of an expression must be a time series or an array of time series, and is a scalar.",
                )
                .hint("TIME_SERIES(…) makes a time series of a scalar"),
            )),
            value => Ok(value),
        }
    }
}

/// A refusal, with the query that it is about.
fn within(id: &str, mut fault: Fault) -> Fault {
    if fault.code != codes::NOT_SIMULATED {
        fault.message = format!("Error in expression '{id}': {}", fault.message);
    }
    fault
}

fn parts(expression: &Expression) -> Vec<&Expression> {
    match expression {
        Expression::List(parts) | Expression::Call(_, parts) => parts.iter().collect(),
        Expression::Negated(inner) => vec![&**inner],
        Expression::Operation(left, _, right) => vec![&**left, &**right],
        Expression::Number(_) | Expression::Text(_) | Expression::Name(_) => Vec::new(),
    }
}

fn collect<'a>(expression: &'a Expression, names: &mut BTreeSet<&'a str>) {
    if let Expression::Name(name) = expression {
        names.insert(name);
    }
    for part in parts(expression) {
        collect(part, names);
    }
}

fn calls(expression: &Expression, function: &str) -> bool {
    let own = matches!(expression, Expression::Call(name, _) if name == function);
    own || parts(expression).iter().any(|part| calls(part, function))
}

#[cfg(test)]
mod tests;

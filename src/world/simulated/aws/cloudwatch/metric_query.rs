//! Queries for metrics and expressions (`MetricDataQueries`), as calls and alarms have them.

use std::time::Duration;

use serde_json::Value;

use super::math::MathExpression;
use super::metric::Metric;
use super::parameters::{needed, refused, wrong};
use super::statistic::Statistic;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{number, text};

const MOST_QUERIES: usize = 500;

/// A metric with a statistic of it, by period.
#[derive(Debug)]
pub(super) struct MetricStatistic {
    pub(super) metric: Metric,
    pub(super) statistic: Statistic,
    pub(super) period: Duration,
    pub(super) unit: Option<String>,
}

impl MetricStatistic {
    /// Reads a `MetricStat`.
    fn of(stat: &Value) -> Result<MetricStatistic, Fault> {
        Ok(MetricStatistic {
            metric: Metric::of(stat.get("Metric").unwrap_or(&Value::Null))?,
            statistic: Statistic::parse(needed(stat, "Stat")?)?,
            period: Duration::from_secs(number(stat, "Period").unwrap_or(60)),
            unit: text(stat, "Unit").map(str::to_owned),
        })
    }
}

/// Queries (`MetricDataQueries`) that have been read.
#[derive(Debug)]
pub(super) struct Queries {
    /// The `Id` of each query, in their order.
    pub(super) ids: Vec<String>,
    pub(super) metrics: Vec<(String, MetricStatistic)>,
    /// Each behind those that it refers to.
    pub(super) expressions: Vec<MathExpression>,
}

impl Queries {
    /// Reads queries.
    ///
    /// # Errors
    /// `InvalidParameterValue` for queries that do not fit, `ValidationError` for expressions that AWS refuses,
    /// `not_simulated` for those that the simulated cloud does not compute.
    pub(super) fn parse(queries: &[Value]) -> Result<Queries, Fault> {
        if queries.is_empty() || queries.len() > MOST_QUERIES {
            return Err(wrong(format!(
                "1 to {MOST_QUERIES} MetricDataQueries are required."
            )));
        }
        let mut read = Queries {
            ids: Vec::new(),
            metrics: Vec::new(),
            expressions: Vec::new(),
        };
        for query in queries {
            let id = needed(query, "Id")?;
            let sound = id.starts_with(|c: char| c.is_ascii_lowercase())
                && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !sound || read.ids.iter().any(|known| known == id) {
                return Err(wrong(format!(
                    "The id '{id}' must begin with a lowercase letter, and be unique."
                )));
            }
            read.ids.push(id.to_owned());
            let stat = query.get("MetricStat").filter(|stat| stat.is_object());
            match (stat, text(query, "Expression")) {
                (Some(stat), None) => {
                    let metric = MetricStatistic::of(stat)?;
                    read.metrics.push((id.to_owned(), metric));
                }
                (None, Some(expression)) => {
                    read.expressions
                        .push(MathExpression::parse(id, expression)?);
                }
                _ => {
                    return Err(wrong(format!(
                        "The query '{id}' needs either a MetricStat or an Expression."
                    )));
                }
            }
        }
        read.order()
    }

    /// Puts each expression behind those that it refers to.
    fn order(mut self) -> Result<Queries, Fault> {
        let mut open = std::mem::take(&mut self.expressions);
        while !open.is_empty() {
            let ids: Vec<String> = open.iter().map(|e| e.id().to_owned()).collect();
            let waits = |expression: &MathExpression| {
                let names = expression.names();
                ids.iter().any(|id| names.contains(id.as_str()))
            };
            let (waiting, ready): (Vec<_>, Vec<_>) = open.into_iter().partition(waits);
            if ready.is_empty() {
                let id = ids.first().map(String::as_str).unwrap_or_default();
                return Err(refused(format!(
                    "Error in expression '{id}': Circular dependency between expressions: {}",
                    ids.join(", ")
                )));
            }
            self.expressions.extend(ready);
            open = waiting;
        }
        Ok(self)
    }
}

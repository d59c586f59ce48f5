//! What the operators of metric math compute.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::parser::Operator;
use super::{MathValue, TimeSeries, refused};
use crate::vocabulary::Fault;

/// Applies an operator to two operands.
///
/// # Errors
/// `ValidationError`: the operator does not take such operands.
pub(super) fn apply(
    left: MathValue,
    operator: Operator,
    right: MathValue,
) -> Result<MathValue, Fault> {
    let act = |a: f64, b: f64| compute(operator, a, b);
    let arithmetic = matches!(
        operator,
        Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide | Operator::Power
    );
    Ok(match (left, right) {
        (MathValue::Scalar(a), MathValue::Scalar(b)) => MathValue::Scalar(act(a, b)),
        (MathValue::Series(a), MathValue::Scalar(b)) => MathValue::Series(a.map(|v| act(v, b))),
        (MathValue::Scalar(a), MathValue::Series(b)) => MathValue::Series(b.map(|v| act(a, v))),
        (MathValue::Series(a), MathValue::Series(b)) => MathValue::Series(both(&a, &b, act)),
        (MathValue::Array(a), MathValue::Scalar(b)) if arithmetic => {
            each(&a, |series| series.map(|v| act(v, b)))
        }
        (MathValue::Scalar(a), MathValue::Array(b)) if arithmetic => {
            each(&b, |series| series.map(|v| act(a, v)))
        }
        (MathValue::Array(a), MathValue::Series(b)) if arithmetic => {
            each(&a, |series| both(series, &b, act))
        }
        (MathValue::Series(a), MathValue::Array(b)) if arithmetic => each(&b, |series| {
            let mut out = both(&a, series, act);
            out.label.clone_from(&series.label);
            out
        }),
        (left, right) => {
            return Err(refused(format!(
                "Unsupported operand type(s) for {}: '[{}, {}]'",
                operator.sign(),
                left.type_name(),
                right.type_name()
            ))
            .hint("the operands are scalars and time series; + - * / ^ also take one array of time series"));
        }
    })
}

fn each(all: &[TimeSeries], change: impl Fn(&TimeSeries) -> TimeSeries) -> MathValue {
    MathValue::Array(all.iter().map(change).collect())
}

/// Where only one of two series has a value, that of the other counts as 0.
fn both(a: &TimeSeries, b: &TimeSeries, act: impl Fn(f64, f64) -> f64) -> TimeSeries {
    let times: BTreeSet<Timestamp> = a.points.keys().chain(b.points.keys()).copied().collect();
    let at =
        |series: &TimeSeries, time: Timestamp| series.points.get(&time).copied().unwrap_or(0.0);
    let mut out = a.computed(times.into_iter().map(|t| (t, act(at(a, t), at(b, t)))));
    out.period = a.period.min(b.period);
    out
}

fn compute(operator: Operator, a: f64, b: f64) -> f64 {
    let truth = |t: bool| if t { 1.0 } else { 0.0 };
    match operator {
        Operator::Or => truth(a != 0.0 || b != 0.0),
        Operator::And => truth(a != 0.0 && b != 0.0),
        Operator::Less => truth(a < b),
        Operator::Greater => truth(a > b),
        Operator::LessOrEqual => truth(a <= b),
        Operator::GreaterOrEqual => truth(a >= b),
        Operator::Equal => truth(a == b),
        Operator::Unequal => truth(a != b),
        Operator::Plus => a + b,
        Operator::Minus => a - b,
        Operator::Times => a * b,
        Operator::Divide => a / b,
        Operator::Power => a.powf(b),
    }
}

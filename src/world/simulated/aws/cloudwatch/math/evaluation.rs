//! Computing an expression that has been read.

use super::functions::{Argument, WORDS};
use super::parser::Expression;
use super::{MathScope, MathValue, TimeSeries, functions, operators, refused};
use crate::suggest::did_you_mean;
use crate::vocabulary::Fault;

/// Computes an expression, or a part of one.
///
/// # Errors
/// `ValidationError` or `not_simulated`, as the functions and the operators say.
pub(super) fn compute(expression: &Expression, scope: &MathScope<'_>) -> Result<MathValue, Fault> {
    match expression {
        Expression::Number(number) => Ok(MathValue::Scalar(*number)),
        Expression::Text(text) => Err(refused(format!(
            "The text '{text}' is not a value; METRICS and SEARCH take texts"
        ))),
        Expression::Name(name) => named(name, scope),
        Expression::List(parts) => list(parts, scope),
        Expression::Negated(inner) => match compute(inner, scope)? {
            MathValue::Scalar(scalar) => Ok(MathValue::Scalar(-scalar)),
            MathValue::Series(series) => Ok(MathValue::Series(series.map(|v| -v))),
            MathValue::Array(all) => {
                let negated = all.iter().map(|series| series.map(|v| -v));
                Ok(MathValue::Array(negated.collect()))
            }
        },
        Expression::Operation(left, operator, right) => {
            operators::apply(compute(left, scope)?, *operator, compute(right, scope)?)
        }
        Expression::Call(name, parts) => {
            let arguments = parts.iter().map(|part| argument(part, scope));
            let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
            functions::call(name, &arguments, scope)
        }
    }
}

/// An argument of a function.
fn argument(part: &Expression, scope: &MathScope<'_>) -> Result<Argument, Fault> {
    Ok(match part {
        Expression::Text(text) => Argument::Text(text.clone()),
        Expression::Name(word) if WORDS.contains(&word.as_str()) => Argument::Word(word.clone()),
        part => Argument::Value(compute(part, scope)?),
    })
}

fn named(name: &str, scope: &MathScope<'_>) -> Result<MathValue, Fault> {
    let mut metrics = scope.metrics.iter();
    if let Some((_, series)) = metrics.find(|(id, _)| id == name) {
        return Ok(MathValue::Series(series.clone()));
    }
    if let Some(value) = scope.computed.get(name) {
        return Ok(value.clone());
    }
    let metrics = scope.metrics.iter().map(|(id, _)| id);
    let known = metrics.chain(scope.computed.keys());
    let fault = refused(format!("Unknown identifier '{name}'"));
    Err(match did_you_mean(name, known) {
        Some(hint) => fault.hint(hint),
        None => fault.hint("an identifier is the Id of another query of the same request"),
    })
}

/// `[m1, METRICS("errors")]`: one array of all the series.
fn list(parts: &[Expression], scope: &MathScope<'_>) -> Result<MathValue, Fault> {
    let mut all: Vec<TimeSeries> = Vec::new();
    for part in parts {
        match compute(part, scope)? {
            MathValue::Series(series) => all.push(series),
            MathValue::Array(more) => all.extend(more),
            MathValue::Scalar(scalar) => {
                return Err(refused(format!(
                    "An array has time series as its elements, and not the scalar {scalar}"
                ))
                .hint("TIME_SERIES(…) makes a time series of a scalar"));
            }
        }
    }
    Ok(MathValue::Array(all))
}

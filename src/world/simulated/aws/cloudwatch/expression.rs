//! Metric math, as far as deployments use it: arithmetic, comparisons, and a few functions.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::wrong;
use crate::vocabulary::Fault;
use crate::world::simulated::outside::traffic::seconds;

/// Values of a metric or an expression, by the start of their period.
pub(super) type Series = BTreeMap<Timestamp, f64>;

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ExpressionValue {
    Series(Series),
    Scalar(f64),
    /// A list of values: `[m1, m2]`.
    Several(Vec<ExpressionValue>),
}

/// What identifiers stand for, and the times that a series may have.
pub(super) struct ExpressionScope<'a> {
    pub(super) series: &'a BTreeMap<String, Series>,
    pub(super) times: &'a [Timestamp],
}

/// Computes an expression.
///
/// # Errors
/// `ValidationError` with what is wrong.
pub(super) fn compute(text: &str, known: &ExpressionScope<'_>) -> Result<ExpressionValue, Fault> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        known,
        text,
    };
    let computed = parser.comparison()?;
    if parser.at < parser.tokens.len() {
        return Err(parser.error("unexpected end"));
    }
    Ok(computed)
}

fn tokens(text: &str) -> Result<Vec<String>, Fault> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let length = if word(first) {
            rest.find(|c| !word(c)).unwrap_or(rest.len())
        } else if ["<=", ">=", "==", "!=", "&&", "||"]
            .iter()
            .any(|op| rest.starts_with(op))
        {
            2
        } else if "+-*/(),<>[]".contains(first) {
            1
        } else {
            return Err(wrong(format!(
                "Error in expression '{text}': unexpected '{first}'"
            )));
        };
        out.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    Ok(out)
}

struct Parser<'a> {
    tokens: Vec<String>,
    at: usize,
    known: &'a ExpressionScope<'a>,
    text: &'a str,
}

impl Parser<'_> {
    fn error(&self, what: &str) -> Fault {
        let near = self.tokens.get(self.at).map_or("its end", String::as_str);
        wrong(format!(
            "Error in expression '{}': {what} at {near}",
            self.text
        ))
    }

    fn next_is(&mut self, any: &[&str]) -> Option<String> {
        let token = self.tokens.get(self.at)?;
        if !any.contains(&token.as_str()) {
            return None;
        }
        self.at += 1;
        Some(token.clone())
    }

    fn expect(&mut self, token: &str) -> Result<(), Fault> {
        match self.next_is(&[token]) {
            Some(_) => Ok(()),
            None => Err(self.error(&format!("expected '{token}'"))),
        }
    }

    fn comparison(&mut self) -> Result<ExpressionValue, Fault> {
        let mut left = self.sum()?;
        while let Some(op) = self.next_is(&["<", ">", "<=", ">=", "==", "!=", "&&", "||"]) {
            let right = self.sum()?;
            left = self.both(left, right, &op)?;
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<ExpressionValue, Fault> {
        let mut left = self.product()?;
        while let Some(op) = self.next_is(&["+", "-"]) {
            let right = self.product()?;
            left = self.both(left, right, &op)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<ExpressionValue, Fault> {
        let mut left = self.atom()?;
        while let Some(op) = self.next_is(&["*", "/"]) {
            let right = self.atom()?;
            left = self.both(left, right, &op)?;
        }
        Ok(left)
    }

    fn atom(&mut self) -> Result<ExpressionValue, Fault> {
        if self.next_is(&["-"]).is_some() {
            let value = self.atom()?;
            return self.both(ExpressionValue::Scalar(0.0), value, "-");
        }
        if self.next_is(&["("]).is_some() {
            let value = self.comparison()?;
            self.expect(")")?;
            return Ok(value);
        }
        if self.next_is(&["["]).is_some() {
            return Ok(ExpressionValue::Several(self.list("]")?));
        }
        let Some(token) = self.tokens.get(self.at).cloned() else {
            return Err(self.error("a value is missing"));
        };
        self.at += 1;
        if let Ok(number) = token.parse() {
            return Ok(ExpressionValue::Scalar(number));
        }
        if self.next_is(&["("]).is_some() {
            return self.function(&token);
        }
        match self.known.series.get(&token) {
            Some(series) => Ok(ExpressionValue::Series(series.clone())),
            None => Err(wrong(format!(
                "Error in expression '{}': there is no id {token}",
                self.text
            ))),
        }
    }

    fn list(&mut self, end: &str) -> Result<Vec<ExpressionValue>, Fault> {
        let mut out = vec![self.argument()?];
        while self.next_is(&[","]).is_some() {
            out.push(self.argument()?);
        }
        self.expect(end)?;
        Ok(out)
    }

    /// `REPEAT` and `LINEAR` of FILL are words, not identifiers.
    fn argument(&mut self) -> Result<ExpressionValue, Fault> {
        match self.next_is(&["REPEAT"]) {
            Some(_) => Ok(ExpressionValue::Several(Vec::new())),
            None => self.comparison(),
        }
    }

    fn function(&mut self, name: &str) -> Result<ExpressionValue, Fault> {
        let arguments = self.list(")")?;
        let times = self.known.times;
        match (name, arguments.as_slice()) {
            ("FILL", [ExpressionValue::Series(series), with]) => {
                Ok(ExpressionValue::Series(fill(series, with, times)))
            }
            ("RATE", [ExpressionValue::Series(series)]) => {
                Ok(ExpressionValue::Series(rate(series)))
            }
            ("IF", [condition, yes, rest @ ..]) if rest.len() < 2 => {
                Ok(choose(condition, yes, rest.first(), times))
            }
            ("ABS", [value]) => Ok(map(value, f64::abs)),
            ("CEIL", [value]) => Ok(map(value, f64::ceil)),
            ("FLOOR", [value]) => Ok(map(value, f64::floor)),
            ("SUM" | "AVG" | "MIN" | "MAX", [ExpressionValue::Several(all)]) => {
                Ok(across(name, all))
            }
            ("SUM" | "AVG" | "MIN" | "MAX", [ExpressionValue::Series(series)]) => {
                let values: Vec<f64> = series.values().copied().collect();
                Ok(ExpressionValue::Scalar(
                    reduce(name, &values).unwrap_or(f64::NAN),
                ))
            }
            _ => Err(wrong(format!(
                "Error in expression '{}': the simulated cloud does not know {name} with such arguments",
                self.text
            ))),
        }
    }

    fn both(
        &self,
        left: ExpressionValue,
        right: ExpressionValue,
        op: &str,
    ) -> Result<ExpressionValue, Fault> {
        let act = |a: f64, b: f64| {
            let truth = |t: bool| if t { 1.0 } else { 0.0 };
            match op {
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                "/" => a / b,
                "<" => truth(a < b),
                ">" => truth(a > b),
                "<=" => truth(a <= b),
                ">=" => truth(a >= b),
                "==" => truth(a == b),
                "!=" => truth(a != b),
                "&&" => truth(a != 0.0 && b != 0.0),
                _ => truth(a != 0.0 || b != 0.0),
            }
        };
        // A point without a value (a division by zero) is no point.
        let series = |all: Series| {
            let sound = all.into_iter().filter(|(_, v)| v.is_finite());
            Ok(ExpressionValue::Series(sound.collect()))
        };
        match (left, right) {
            (ExpressionValue::Scalar(a), ExpressionValue::Scalar(b)) => {
                Ok(ExpressionValue::Scalar(act(a, b)))
            }
            (ExpressionValue::Series(a), ExpressionValue::Scalar(b)) => {
                series(a.into_iter().map(|(t, v)| (t, act(v, b))).collect())
            }
            (ExpressionValue::Scalar(a), ExpressionValue::Series(b)) => {
                series(b.into_iter().map(|(t, v)| (t, act(a, v))).collect())
            }
            (ExpressionValue::Series(a), ExpressionValue::Series(b)) => series(
                a.into_iter()
                    .filter_map(|(t, v)| Some((t, act(v, *b.get(&t)?))))
                    .collect(),
            ),
            _ => Err(self.error("a list cannot be computed with")),
        }
    }
}

fn at(value: &ExpressionValue, time: Timestamp) -> Option<f64> {
    match value {
        ExpressionValue::Scalar(scalar) => Some(*scalar),
        ExpressionValue::Series(series) => series.get(&time).copied(),
        ExpressionValue::Several(_) => None,
    }
}

fn fill(series: &Series, with: &ExpressionValue, times: &[Timestamp]) -> Series {
    let mut last = None;
    let mut out = Series::new();
    for time in times {
        let value = series.get(time).copied();
        last = value.or(last);
        let filled = match with {
            ExpressionValue::Several(_) => last,
            other => value.or(at(other, *time)),
        };
        out.extend(filled.map(|v| (*time, v)));
    }
    out
}

/// Change in a second, from point to point.
fn rate(series: &Series) -> Series {
    let points: Vec<(&Timestamp, &f64)> = series.iter().collect();
    let pairs = points.windows(2);
    pairs
        .map(|p| (*p[1].0, (p[1].1 - p[0].1) / seconds(*p[0].0, *p[1].0)))
        .collect()
}

fn choose(
    condition: &ExpressionValue,
    yes: &ExpressionValue,
    no: Option<&ExpressionValue>,
    times: &[Timestamp],
) -> ExpressionValue {
    let pick = |time: Timestamp| match at(condition, time) {
        Some(c) if c != 0.0 => at(yes, time),
        _ => no.and_then(|no| at(no, time)),
    };
    let values = times.iter().filter_map(|t| Some((*t, pick(*t)?)));
    ExpressionValue::Series(values.collect())
}

fn map(value: &ExpressionValue, f: fn(f64) -> f64) -> ExpressionValue {
    match value {
        ExpressionValue::Scalar(scalar) => ExpressionValue::Scalar(f(*scalar)),
        ExpressionValue::Series(series) => {
            ExpressionValue::Series(series.iter().map(|(t, v)| (*t, f(*v))).collect())
        }
        ExpressionValue::Several(all) => {
            ExpressionValue::Several(all.iter().map(|v| map(v, f)).collect())
        }
    }
}

fn reduce(name: &str, values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let sum: f64 = values.iter().sum();
    Some(match name {
        "SUM" => sum,
        "AVG" => sum / values.len() as f64,
        "MIN" => values.iter().copied().fold(f64::MAX, f64::min),
        _ => values.iter().copied().fold(f64::MIN, f64::max),
    })
}

/// Point by point over several series.
fn across(name: &str, all: &[ExpressionValue]) -> ExpressionValue {
    let mut points: BTreeMap<Timestamp, Vec<f64>> = BTreeMap::new();
    for value in all {
        if let ExpressionValue::Series(series) = value {
            for (time, value) in series {
                points.entry(*time).or_default().push(*value);
            }
        }
    }
    let reduced = points
        .into_iter()
        .filter_map(|(t, v)| Some((t, reduce(name, &v)?)));
    ExpressionValue::Series(reduced.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(n: i64) -> Timestamp {
        Timestamp::from_second(n * 60).expect("a time")
    }

    fn values(expression: &str) -> Vec<f64> {
        let series = BTreeMap::from([
            (
                "m1".to_owned(),
                Series::from([(minute(0), 10.0), (minute(1), 40.0)]),
            ),
            ("m2".to_owned(), Series::from([(minute(1), 4.0)])),
            ("none".to_owned(), Series::new()),
        ]);
        let times = [minute(0), minute(1)];
        let known = ExpressionScope {
            series: &series,
            times: &times,
        };
        match compute(expression, &known).expect(expression) {
            ExpressionValue::Series(series) => series.into_values().collect(),
            ExpressionValue::Scalar(scalar) => vec![scalar],
            ExpressionValue::Several(_) => Vec::new(),
        }
    }

    #[test]
    fn expressions_have_points_where_all_have() {
        assert_eq!(values("m2/m1*100"), [10.0]);
        assert_eq!(values("FILL(m2, 0) / m1 * 100"), [0.0, 10.0]);
        assert_eq!(values("1 + 2 * (3 - 1)"), [5.0]);
        assert_eq!(values("IF(m1 > 20, 1, 0)"), [0.0, 1.0]);
        assert_eq!(values("RATE(m1)"), [0.5]);
        assert_eq!(values("m1 / none"), [] as [f64; 0]);
        assert_eq!(values("SUM([m1, m2])"), [10.0, 44.0]);
        assert_eq!(values("FILL(m2, REPEAT)"), [4.0]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let (series, times) = (BTreeMap::new(), []);
        let known = ExpressionScope {
            series: &series,
            times: &times,
        };
        let fault = compute("errors / 2", &known).expect_err("no such id");
        assert!(fault.message.contains("there is no id errors"), "{fault}");
        assert!(compute("1 +", &known).is_err());
        assert!(compute("(1", &known).is_err());
    }
}

//! Statistics: what one number is made of the values of a period.
//!
//! CloudWatch User Guide, "CloudWatch statistics definitions".

use super::parameters::wrong;
use crate::vocabulary::Fault;

/// A statistic, by its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Statistic {
    Average,
    Maximum,
    Minimum,
    SampleCount,
    Sum,
    /// The value that a share (0 to 1) of the values does not exceed.
    Percentile(f64),
    /// The percentage of the values between two bounds.
    Rank(Option<f64>, Option<f64>),
    Trimmed(Trimming, Bounds),
}

/// What a trimmed statistic makes of the values that it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trimming {
    Count,
    Mean,
    Sum,
    /// The mean of all values, where those outside count as the bound.
    Winsorized,
}

/// Which values a trimmed statistic keeps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bounds {
    /// All but the lowest and the highest, by shares (0 to 1) of their number.
    Shares(f64, f64),
    /// Those above the lower bound and up to the upper one.
    Values(Option<f64>, Option<f64>),
}

/// The statistics that `Statistics` and an alarm's `Statistic` take.
const PLAIN: [(&str, Statistic); 5] = [
    ("Average", Statistic::Average),
    ("Maximum", Statistic::Maximum),
    ("Minimum", Statistic::Minimum),
    ("SampleCount", Statistic::SampleCount),
    ("Sum", Statistic::Sum),
];

impl Statistic {
    /// Reads the name of a statistic: `Average`, `p99`, `tm95`, `TM(5%:95%)`, `PR(:300)`.
    ///
    /// # Errors
    /// `InvalidParameterValue` for any other.
    pub(super) fn parse(name: &str) -> Result<Statistic, Fault> {
        let plain = PLAIN.iter().find(|(own, _)| *own == name);
        let found = plain.map(|(_, statistic)| *statistic);
        found.or_else(|| extended(name)).ok_or_else(|| {
            wrong(format!("The value {name} for parameter Stat is not supported."))
                .hint("statistics are SampleCount, Sum, Average, Minimum, Maximum, p99, tm99, wm99, tc99, ts99, IQM, TM(2%:98%), PR(100:300)")
        })
    }

    /// Whether `Statistics` takes it, and not `ExtendedStatistics`.
    pub(super) fn is_plain(self) -> bool {
        PLAIN.iter().any(|(_, own)| *own == self)
    }

    /// Of a percentile: how many values make it significant.
    pub(super) fn significant(self) -> Option<f64> {
        match self {
            Statistic::Percentile(share) if (0.5..1.0).contains(&share) => {
                Some(10.0 / (1.0 - share))
            }
            Statistic::Percentile(share) if share > 0.0 && share < 0.5 => Some(10.0 / share),
            _ => None,
        }
    }

    /// The statistic of values with how often each occurred. `None`: no value is left to make it of, or a value is
    /// negative, for which AWS has none of the extended statistics.
    pub(super) fn of(self, values: &[(f64, f64)]) -> Option<f64> {
        let mut sorted = values.to_vec();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let lowest = sorted.first()?.0;
        if !self.is_plain() && lowest < 0.0 {
            return None;
        }
        let count: f64 = sorted.iter().map(|(_, n)| n).sum();
        let sum = |values: &[(f64, f64)]| values.iter().map(|(v, n)| v * n).sum::<f64>();
        match self {
            Statistic::Average => Some(sum(&sorted) / count),
            Statistic::Maximum => sorted.last().map(|(value, _)| *value),
            Statistic::Minimum => Some(lowest),
            Statistic::SampleCount => Some(count),
            Statistic::Sum => Some(sum(&sorted)),
            Statistic::Percentile(share) => percentile(&sorted, share * count),
            Statistic::Rank(from, to) => {
                let kept = between(&sorted, from, to);
                Some(kept.iter().map(|(_, n)| n).sum::<f64>() / count * 100.0)
            }
            Statistic::Trimmed(Trimming::Winsorized, bounds) => {
                let (low, high) = match bounds {
                    Bounds::Values(low, high) => (low, high),
                    Bounds::Shares(low, high) => {
                        let kept = middle(&sorted, low, high, count);
                        (Some(kept.first()?.0), Some(kept.last()?.0))
                    }
                };
                let moved = sorted.iter().map(|(value, n)| {
                    let value = value.max(low.unwrap_or(f64::MIN));
                    value.min(high.unwrap_or(f64::MAX)) * n
                });
                Some(moved.sum::<f64>() / count)
            }
            Statistic::Trimmed(trimming, bounds) => {
                let kept = match bounds {
                    Bounds::Shares(low, high) => middle(&sorted, low, high, count),
                    Bounds::Values(low, high) => between(&sorted, low, high),
                };
                let left: f64 = kept.iter().map(|(_, n)| n).sum();
                match trimming {
                    Trimming::Count => Some(left),
                    Trimming::Sum => Some(sum(&kept)),
                    _ => (left > 0.0).then(|| sum(&kept) / left),
                }
            }
        }
    }
}

/// The first value by which so many are reached.
fn percentile(sorted: &[(f64, f64)], wanted: f64) -> Option<f64> {
    let mut reached = 0.0;
    let found = sorted.iter().find(|(_, n)| {
        reached += n;
        reached >= wanted - SLACK
    });
    found.or(sorted.last()).map(|(value, _)| *value)
}

/// What adds up in theory may be a little off in floating point.
const SLACK: f64 = 1e-9;

/// The values above one bound and up to another.
fn between(sorted: &[(f64, f64)], from: Option<f64>, to: Option<f64>) -> Vec<(f64, f64)> {
    let kept = sorted.iter().filter(|(value, _)| {
        from.is_none_or(|from| *value > from) && to.is_none_or(|to| *value <= to)
    });
    kept.copied().collect()
}

/// The values without a share of the lowest and of the highest: a percentile is the greatest of the values that the
/// trimmed statistic with its number keeps.
fn middle(sorted: &[(f64, f64)], low: f64, high: f64, count: f64) -> Vec<(f64, f64)> {
    let first = (low * count + SLACK).floor();
    let last = count - ((1.0 - high) * count + SLACK).floor();
    let mut reached = 0.0;
    let kept = sorted.iter().filter_map(|(value, n)| {
        let (from, to) = (reached, reached + n);
        reached = to;
        let left = to.min(last) - from.max(first);
        (left > 0.0).then_some((*value, left))
    });
    kept.collect()
}

fn extended(name: &str) -> Option<Statistic> {
    let share = |text: &str| {
        let sound = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let number: f64 = text.parse().ok().filter(|_| sound)?;
        (0.0..=100.0).contains(&number).then_some(number / 100.0)
    };
    if name == "IQM" {
        return Some(Statistic::Trimmed(
            Trimming::Mean,
            Bounds::Shares(0.25, 0.75),
        ));
    }
    if let Some((kind, range)) = name.split_once('(') {
        let (low, high) = range.strip_suffix(')')?.split_once(':')?;
        if low.is_empty() && high.is_empty() {
            return None;
        }
        let bound = |text: &str| match text {
            "" => Some(None),
            text => text.parse::<f64>().ok().filter(|v| v.is_finite()).map(Some),
        };
        if kind == "PR" {
            return Some(Statistic::Rank(bound(low)?, bound(high)?));
        }
        let trimming = trimming(&kind.to_lowercase()).filter(|_| kind == kind.to_uppercase())?;
        let in_percent = |text: &str| text.is_empty() || text.ends_with('%');
        let bounds = if in_percent(low) && in_percent(high) {
            let at = |text: &str, open: f64| match text.strip_suffix('%') {
                Some(number) => share(number),
                None => Some(open),
            };
            Bounds::Shares(at(low, 0.0)?, at(high, 1.0)?)
        } else {
            Bounds::Values(bound(low)?, bound(high)?)
        };
        return Some(Statistic::Trimmed(trimming, bounds));
    }
    if let Some(number) = name.strip_prefix('p') {
        return share(number).map(Statistic::Percentile);
    }
    let (kind, number) = name.split_at_checked(2)?;
    let high = share(number)?;
    Some(Statistic::Trimmed(
        trimming(kind)?,
        Bounds::Shares(0.0, high),
    ))
}

fn trimming(kind: &str) -> Option<Trimming> {
    Some(match kind {
        "tc" => Trimming::Count,
        "tm" => Trimming::Mean,
        "ts" => Trimming::Sum,
        "wm" => Trimming::Winsorized,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each of the numbers from 1 to 10.
    fn of(name: &str) -> Option<f64> {
        let values: Vec<(f64, f64)> = (1..=10).map(|n| (f64::from(n), 1.0)).collect();
        Statistic::parse(name).expect(name).of(&values)
    }

    /// CloudWatch User Guide, "CloudWatch statistics definitions": the list of statistics, and "Syntax".
    #[test]
    fn statistics_are_what_the_user_guide_defines() {
        for (name, value) in [
            ("SampleCount", 10.0),
            ("Sum", 55.0),
            ("Average", 5.5),
            ("Minimum", 1.0),
            ("Maximum", 10.0),
            ("p90", 9.0),
            ("p99.9", 10.0),
            ("p50", 5.0),
            ("tm90", 5.0),
            ("TM(:90%)", 5.0),
            ("TM(10%:90%)", 5.5),
            ("TM(2:4)", 3.5),
            ("IQM", 5.5),
            ("wm90", 5.4),
            ("WM(10%:90%)", 5.5),
            ("WM(3:8)", 5.5),
            ("tc90", 9.0),
            ("TC(2:4)", 2.0),
            ("TC(:4)", 4.0),
            ("ts90", 45.0),
            ("TS(80%:)", 19.0),
            ("PR(:3)", 30.0),
            ("PR(3:5)", 20.0),
            ("PR(8:)", 20.0),
        ] {
            let found = of(name).expect(name);
            assert!((found - value).abs() < 1e-9, "{name}: {found}, not {value}");
        }
        assert_eq!(of("TM(20:30)"), None, "no value is left");
        assert_eq!(of("TC(20:30)"), Some(0.0));
    }

    #[test]
    fn what_is_no_statistic_is_refused() {
        for name in [
            "average",
            "p101",
            "p",
            "px",
            "tm",
            "tm101",
            "TM90",
            "TM(:)",
            "TM(10%:500)",
            "tm(1:2)",
            "PR()",
            "é9",
        ] {
            let fault = Statistic::parse(name).expect_err(name);
            assert_eq!(fault.code, "InvalidParameterValue", "{name}");
        }
    }

    /// CloudWatch User Guide, "CloudWatch statistics definitions", requirements of percentiles and trimmed means: the
    /// note on negative values.
    #[test]
    fn negative_values_have_no_extended_statistics() {
        let values = [(-1.0, 1.0), (3.0, 1.0)];
        assert_eq!(Statistic::Percentile(0.5).of(&values), None);
        assert_eq!(Statistic::Average.of(&values), Some(1.0));
    }
}

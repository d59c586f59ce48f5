//! Time series, and what is done to one of them.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::seconds;

/// The values of a series, by time.
pub(in super::super) type Points = BTreeMap<Timestamp, f64>;

/// A series of values over time.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct TimeSeries {
    /// What it is called in an answer.
    pub(in super::super) label: String,
    pub(in super::super) period: Duration,
    /// Whether these are the values of a metric, and not computed.
    pub(in super::super) of_metric: bool,
    pub(in super::super) points: Points,
}

impl TimeSeries {
    /// A computed series; a point without a finite value is no point, as where something was divided by zero.
    pub(super) fn computed(&self, points: impl IntoIterator<Item = (Timestamp, f64)>) -> Self {
        TimeSeries {
            label: self.label.clone(),
            period: self.period,
            of_metric: false,
            points: points.into_iter().filter(|(_, v)| v.is_finite()).collect(),
        }
    }

    /// Another value at each of its points.
    pub(super) fn map(&self, change: impl Fn(f64) -> f64) -> Self {
        self.computed(self.points.iter().map(|(at, value)| (*at, change(*value))))
    }

    /// A value at each point but the first, from a point and the one before it.
    pub(super) fn pairs(&self, change: impl Fn((Timestamp, f64), (Timestamp, f64)) -> f64) -> Self {
        let points: Vec<(Timestamp, f64)> = self.points.iter().map(|(t, v)| (*t, *v)).collect();
        let pairs = points.windows(2);
        self.computed(pairs.map(|pair| (pair[1].0, change(pair[0], pair[1]))))
    }

    /// The sum up to each point.
    pub(super) fn running_sum(&self) -> Self {
        let mut sum = 0.0;
        self.computed(self.points.iter().map(|(at, value)| {
            sum += value;
            (*at, sum)
        }))
    }
}

/// What takes the place of missing points.
pub(super) enum Filler<'a> {
    Scalar(f64),
    /// The values of another series, where it has them.
    Series(&'a TimeSeries),
    /// The last value before.
    Repeat,
    /// The line between the values before and after.
    Linear,
}

/// A series whose missing points are filled in.
pub(super) fn fill(series: &TimeSeries, with: &Filler<'_>, times: &[Timestamp]) -> TimeSeries {
    let missing = times.iter().filter(|at| !series.points.contains_key(*at));
    let filled: Vec<(Timestamp, f64)> = missing
        .filter_map(|at| {
            let before = || series.points.range(..*at).next_back();
            let after = || series.points.range(*at..).next();
            let value = match with {
                Filler::Scalar(scalar) => *scalar,
                Filler::Series(other) => *other.points.get(at)?,
                Filler::Repeat => *before()?.1,
                Filler::Linear => {
                    let ((start, low), (end, high)) = (before()?, after()?);
                    low + (high - low) * seconds(*start, *at) / seconds(*start, *end)
                }
            };
            Some((*at, value))
        })
        .collect();
    let own = series.points.iter().map(|(at, value)| (*at, *value));
    series.computed(own.chain(filled))
}

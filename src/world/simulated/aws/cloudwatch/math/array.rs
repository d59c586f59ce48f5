//! What metric math does to arrays of time series, and how it reduces one.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::TimeSeries;

/// A function that makes one number of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reduction {
    Average,
    Count,
    Maximum,
    Minimum,
    Deviation,
    Sum,
}

impl Reduction {
    pub(super) fn named(function: &str) -> Option<Reduction> {
        Some(match function {
            "AVG" => Reduction::Average,
            "DATAPOINT_COUNT" => Reduction::Count,
            "MAX" => Reduction::Maximum,
            "MIN" => Reduction::Minimum,
            "STDDEV" => Reduction::Deviation,
            "SUM" => Reduction::Sum,
            _ => return None,
        })
    }

    /// One number of the values that there are; an average also counts the missing ones of `whole`, as 0.
    fn apply(self, values: &[f64], whole: usize) -> f64 {
        let count = values.len() as f64;
        let sum: f64 = values.iter().sum();
        match self {
            Reduction::Average => sum / whole.max(values.len()) as f64,
            Reduction::Count => count,
            Reduction::Maximum => values.iter().copied().fold(f64::NAN, f64::max),
            Reduction::Minimum => values.iter().copied().fold(f64::NAN, f64::min),
            Reduction::Deviation => {
                let mean = sum / count;
                let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
                (squares / count).sqrt()
            }
            Reduction::Sum => sum,
        }
    }

    /// A series as one number; `times`: how many points it has if none is missing.
    pub(super) fn of_series(self, series: &TimeSeries, times: usize) -> f64 {
        let values: Vec<f64> = series.points.values().copied().collect();
        self.apply(&values, times)
    }

    /// An array as one series, time by time.
    pub(super) fn of_array(self, all: &[TimeSeries]) -> TimeSeries {
        let mut points: BTreeMap<Timestamp, Vec<f64>> = BTreeMap::new();
        for (time, value) in all.iter().flat_map(|series| &series.points) {
            points.entry(*time).or_default().push(*value);
        }
        let like = like(all);
        like.computed(
            points
                .into_iter()
                .map(|(t, v)| (t, self.apply(&v, all.len()))),
        )
    }
}

/// An empty series with the period of an array.
pub(super) fn like(all: &[TimeSeries]) -> TimeSeries {
    TimeSeries {
        label: String::new(),
        period: all.iter().map(|s| s.period).min().unwrap_or(super::MINUTE),
        of_metric: false,
        points: super::Points::new(),
    }
}

/// An array in the order of what its series come to. Series without that number stand last.
pub(super) fn sort(mut all: Vec<TimeSeries>, keys: &[f64], descending: bool) -> Vec<TimeSeries> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (keys[*a], keys[*b]);
        let compared = if descending {
            b.total_cmp(&a)
        } else {
            a.total_cmp(&b)
        };
        a.is_nan().cmp(&b.is_nan()).then(compared)
    });
    let mut taken: Vec<Option<TimeSeries>> = all.drain(..).map(Some).collect();
    order.into_iter().filter_map(|i| taken[i].take()).collect()
}

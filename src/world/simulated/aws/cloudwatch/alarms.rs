//! Evaluating alarms: whenever someone looks, minute by minute since the last look.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::alarm::{Alarm, Watched};
use super::alarm_state::{AlarmState, Transition};
use super::math::MathValue;
use super::reason;
use super::verdict::LOOKS_FURTHER;
use super::{sample, whole_minute};
use crate::world::simulated::aws::json::{set, text};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::{earlier, later};
use crate::world::simulated::outside::traffic;

/// Time of the past that a look evaluates at most.
const LOOKS_BACK: Duration = Duration::from_secs(24 * 3600);

/// How often an alarm is evaluated; one whose period is shorter than a minute, every ten seconds.
const MINUTE: Duration = Duration::from_secs(60);
const TEN_SECONDS: Duration = Duration::from_secs(10);

/// What adds up in theory may be a little off in floating point.
const SLACK: f64 = 1e-6;

impl Alarm {
    /// The data points of the evaluation range before a time, the newest first: when each began, and its value.
    pub(super) fn points(&self, cloud: &Cloud, at: Timestamp) -> Vec<(Timestamp, Option<f64>)> {
        let period = self.period();
        let count = self.evaluation.periods + LOOKS_FURTHER;
        let mut begin = at;
        let mut begins = Vec::new();
        for _ in 0..count {
            begin = earlier(begin, period);
            begins.push(begin);
        }
        let series = match &*self.watched {
            Watched::Metric(metric) => Some(metric.series(cloud, begin, at)),
            Watched::Math(queries, id) => {
                let values = queries.evaluate(cloud, begin, at).unwrap_or_default();
                let mut own = values.into_iter().filter(|(own, _)| own == id);
                own.find_map(|(_, value)| match value {
                    MathValue::Series(series) => Some(series),
                    _ => None,
                })
            }
            Watched::Unknown => None,
        };
        let value = |at: Timestamp| series.as_ref().and_then(|s| s.points.get(&at).copied());
        begins.into_iter().map(|at| (at, value(at))).collect()
    }

    /// Whether there are too few values for its percentile to be significant, and the alarm is to ignore it then.
    fn too_few(&self, cloud: &Cloud, at: Timestamp) -> bool {
        let ignore = text(&self.raw, "EvaluateLowSampleCountPercentile") == Some("ignore");
        let Watched::Metric(metric) = &*self.watched else {
            return false;
        };
        let Some(enough) = metric.statistic.significant().filter(|_| ignore) else {
            return false;
        };
        let mut count = 0.0;
        let mut end = at;
        for _ in 0..self.evaluation.periods {
            let begin = earlier(end, metric.period);
            let sample = sample(cloud, &metric.metric, metric.unit.as_deref(), begin, end);
            count += sample.map_or(0.0, |sample| sample.count());
            end = begin;
        }
        count + SLACK < enough
    }

    /// The state at a time, and why; `None`: it stays as it is.
    fn judge(&self, cloud: &Cloud, at: Timestamp) -> Option<(AlarmState, String)> {
        let since = cloud.kernel.fault_since("alarm-fires");
        if since.is_some_and(|since| since <= at)
            && traffic::new_serves(cloud, None, at)
            && cloud.kernel.fault_on("alarm-fires", self.name())
        {
            let reason = "Threshold Crossed: 1 datapoint was greater than the threshold.";
            return Some((AlarmState::Alarm, reason.to_owned()));
        }
        let points = self.points(cloud, at);
        let none = points.iter().all(|(_, value)| value.is_none());
        if self.given && none {
            return None;
        }
        if none && cloud.kernel.all_goes_well() {
            // A plan knows no data: an alarm that it creates is well, one that is live stays as it is.
            let new = self.state == AlarmState::InsufficientData;
            return new.then(|| (AlarmState::Ok, "Predicted to be well.".to_owned()));
        }
        if self.too_few(cloud, at) {
            return None;
        }
        let breaching = points
            .iter()
            .map(|(_, value)| value.map(|v| self.breaches(v)));
        let state = self.evaluation.state(&breaching.collect::<Vec<_>>())?;
        Some((state, reason::of(self, state, &points)))
    }

    /// The alarm as it stands at a time.
    pub(super) fn at(&self, cloud: &Cloud, now: Timestamp) -> Alarm {
        let mut alarm = self.clone();
        let step = if self.period() < MINUTE {
            TEN_SECONDS
        } else {
            MINUTE
        };
        let beginning = |at: Timestamp| {
            let seconds = i64::try_from(step.as_secs()).unwrap_or(60);
            let behind = Duration::from_secs(at.as_second().rem_euclid(seconds).unsigned_abs());
            let whole = Timestamp::from_second(at.as_second()).unwrap_or(at);
            earlier(whole, behind)
        };
        let first = later(beginning(alarm.evaluated), step);
        let mut next = first.max(earlier(whole_minute(now), LOOKS_BACK));
        while next <= now {
            if let Some((state, reason)) = alarm.judge(cloud, next) {
                alarm.become_state(state, reason, next);
            }
            alarm.evaluated = next;
            next = later(next, step);
        }
        alarm
    }

    /// Takes on a state, if it is another one.
    pub(super) fn become_state(&mut self, state: AlarmState, reason: String, at: Timestamp) {
        if state == self.state {
            return;
        }
        self.transitions.push(Transition {
            at,
            from: self.state,
            to: state,
            reason: reason.clone(),
        });
        (self.state, self.reason, self.since) = (state, reason, at);
    }

    pub(super) fn render(&self, cloud: &Cloud) -> Value {
        let mut out = self.raw.clone();
        if let Some(object) = out.as_object_mut() {
            object.remove("Tags");
        }
        let arn = cloud.arn("cloudwatch", &format!("alarm:{}", self.name()));
        if out.get("ActionsEnabled").is_none() {
            set(&mut out, "ActionsEnabled", json!(true));
        }
        for (name, value) in [
            ("AlarmArn", json!(arn)),
            ("StateValue", json!(self.state.name())),
            ("StateReason", json!(self.reason)),
            ("StateUpdatedTimestamp", json!(self.since.to_string())),
            ("StateTransitionedTimestamp", json!(self.since.to_string())),
            (
                "AlarmConfigurationUpdatedTimestamp",
                json!(self.configured.to_string()),
            ),
        ] {
            set(&mut out, name, value);
        }
        for empty in ["OKActions", "AlarmActions", "InsufficientDataActions"] {
            if out.get(empty).is_none() {
                set(&mut out, empty, json!([]));
            }
        }
        out
    }
}

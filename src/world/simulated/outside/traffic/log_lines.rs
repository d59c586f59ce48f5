//! The lines that services log while they serve: computed when someone reads them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Profile, Scope, Serving, flows, profile, seconds};
use crate::world::simulated::aws::ecs::definition::Definition;
use crate::world::simulated::aws::ecs::task_log::place;
use crate::world::simulated::aws::logs::{Line, Streams, Window};
use crate::world::simulated::cloud::Cloud;

/// The lines that services have logged to a group within a window; none where nobody sends any requests. A stream whose
/// lines are all outside is there, and empty.
pub(crate) fn log_lines(cloud: &Cloud, group: &str, window: Window) -> Streams {
    if cloud.traffic.is_idle() {
        return Streams::new();
    }
    let (began, to) = (cloud.began(), cloud.now());
    let mut found = Streams::new();
    let in_group = |definition: &Definition, task: &str| {
        place(definition, task).filter(|(own, _)| own == group)
    };
    for (key, history) in &cloud.traffic.services {
        let Some(profile) = profile(cloud, key) else {
            continue;
        };
        let Some((line, every)) = &profile.log else {
            continue;
        };
        for (from, to, tasks) in history.between(began, to) {
            let placed = tasks
                .iter()
                .filter_map(|s| Some((s, in_group(&s.definition, &s.task)?)));
            for (serving, (_, stream)) in placed {
                if times(began, *every, from, to).next().is_none() {
                    continue;
                }
                let lines = found.entry(stream).or_default();
                let (from, to) = (from.max(window.from), to.min(window.to));
                let read = times(began, *every, from, to);
                lines.extend(read.map(|at| say(line, serving, at)));
            }
        }
    }
    // Errors are counted on from piece to piece, so that it does not matter how many pieces there are.
    let mut errors: BTreeMap<String, f64> = BTreeMap::new();
    for flow in flows(cloud, Scope::default(), began, to) {
        let Some((serving, behaviour)) = flow.serving else {
            continue;
        };
        let Some((_, stream)) = in_group(&serving.definition, &serving.task) else {
            continue;
        };
        let rate = (flow.per_second * behaviour.errors).min(1.0);
        if rate <= 0.0 {
            continue;
        }
        let carried = errors.entry(stream.clone()).or_default();
        let total = *carried + rate * seconds(flow.from, flow.to);
        let lines = found.entry(stream).or_default();
        let Profile { error_line, .. } = &flow.source.profile;
        let mut due = carried.floor() + 1.0;
        while due <= total {
            let at = after(flow.from, (due - *carried) / rate);
            if window.contains(at) {
                lines.push(say(error_line, serving, at));
            }
            due += 1.0;
        }
        *carried = total;
    }
    found
}

fn say(line: &str, serving: &Serving, at: Timestamp) -> Line {
    Line {
        at: at.as_millisecond(),
        message: line.replace("{version}", &serving.version),
    }
}

fn after(at: Timestamp, seconds: f64) -> Timestamp {
    let millis = (seconds * 1000.0).round() as i64;
    let later = at.as_millisecond().saturating_add(millis);
    Timestamp::from_millisecond(later).unwrap_or(Timestamp::MAX)
}

/// The times from `from` on and before `to` at which a line is written: it is written every so many seconds, and the first
/// time at the beginning.
fn times(
    began: Timestamp,
    every: f64,
    from: Timestamp,
    to: Timestamp,
) -> impl Iterator<Item = Timestamp> {
    // One earlier, as a division is not exact.
    let first = (seconds(began, from) / every).floor() - 1.0;
    std::iter::successors(Some(first.max(0.0)), |step| Some(step + 1.0))
        .map(move |step| after(began, step * every))
        .skip_while(move |at| *at < from)
        .take_while(move |at| *at < to)
}

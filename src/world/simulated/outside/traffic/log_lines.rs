//! The lines that services log while they serve: computed when someone reads them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Profile, Scope, Serving, flows, profile, seconds};
use crate::world::simulated::aws::ecs::definition::Definition;
use crate::world::simulated::aws::ecs::task_log::place;
use crate::world::simulated::aws::logs::{Line, Streams};
use crate::world::simulated::cloud::Cloud;

/// The lines that services have logged to a group; none where nobody sends any requests.
pub(crate) fn log_lines(cloud: &Cloud, group: &str) -> Streams {
    if cloud.traffic.is_idle() {
        return Streams::new();
    }
    let (from, to) = (cloud.began(), cloud.now());
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
        for (from, to, tasks) in history.between(from, to) {
            let placed = tasks
                .iter()
                .filter_map(|s| Some((s, in_group(&s.definition, &s.task)?)));
            for (serving, (_, stream)) in placed {
                let mut at = next(from, cloud.began(), *every);
                while at < to {
                    let lines = found.entry(stream.clone()).or_default();
                    lines.push(say(line, serving, at));
                    at = after(at, *every);
                }
            }
        }
    }
    // Errors are counted on from piece to piece, so that it does not matter how many pieces there are.
    let mut errors: BTreeMap<String, f64> = BTreeMap::new();
    for flow in flows(cloud, Scope::default(), from, to) {
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
            lines.push(say(
                error_line,
                serving,
                after(flow.from, (due - *carried) / rate),
            ));
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
    let millis = (seconds * 1000.0).round().max(1.0) as i64;
    let later = at.as_millisecond().saturating_add(millis);
    Timestamp::from_millisecond(later).unwrap_or(Timestamp::MAX)
}

/// The first multiple of a step since the beginning, from `from` on.
fn next(from: Timestamp, began: Timestamp, every: f64) -> Timestamp {
    let steps = (seconds(began, from) / every).ceil();
    if steps <= 0.0 {
        return began;
    }
    after(began, steps * every)
}

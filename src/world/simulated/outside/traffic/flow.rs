//! Requests in pieces of time in which nothing changed.

use jiff::Timestamp;

use super::profile::AFTER_SHIFT;
use super::{Behaviour, Serving, Source, seconds};
use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::aws::scaling;
use crate::world::simulated::cloud::Cloud;

/// The requests that are asked about; without any member all of them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scope<'a> {
    /// Through this load balancer, by ARN.
    pub(crate) balancer: Option<&'a str>,
    /// To this target group, by ARN.
    pub(crate) group: Option<&'a str>,
}

/// Requests that fared alike for a while.
#[derive(Debug)]
pub(crate) struct Flow<'a> {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) per_second: f64,
    /// Who served; `None`: there was no target.
    pub(crate) serving: Option<(&'a Serving, Behaviour)>,
    pub(crate) source: &'a Source,
}

impl Flow<'_> {
    /// How many requests there were.
    pub(crate) fn requests(&self) -> f64 {
        self.per_second * seconds(self.from, self.to)
    }
}

/// The times within a piece at which a fault begins to change how the new version serves.
fn pieces(cloud: &Cloud, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut cuts: Vec<Timestamp> = AFTER_SHIFT
        .iter()
        .filter_map(|name| cloud.kernel.fault_since(name))
        .filter(|at| *at > from && *at < to)
        .collect();
    cuts.sort_unstable();
    cuts.push(to);
    let mut start = from;
    cuts.into_iter()
        .map(|end| (std::mem::replace(&mut start, end), end))
        .collect()
}

/// All requests of a scope between two times.
pub(crate) fn flows<'a>(
    cloud: &'a Cloud,
    scope: Scope<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Vec<Flow<'a>> {
    let mut out = Vec::new();
    for source in &cloud.traffic.sources {
        for (from, to, route) in source.route.between(from, to) {
            let asked = scope.balancer.is_none() || scope.balancer == route.balancer.as_deref();
            let total: u32 = route.weights.iter().map(|(_, weight)| weight).sum();
            if !asked || total == 0 {
                continue;
            }
            for (arn, weight) in &route.weights {
                if *weight == 0 || scope.group.is_some_and(|group| group != arn) {
                    continue;
                }
                let per_second =
                    source.profile.requests_per_second * f64::from(*weight) / f64::from(total);
                to_group(cloud, source, arn, per_second, (from, to), &mut out);
            }
        }
    }
    out
}

fn to_group<'a>(
    cloud: &'a Cloud,
    source: &'a Source,
    arn: &str,
    per_second: f64,
    (from, to): (Timestamp, Timestamp),
    out: &mut Vec<Flow<'a>>,
) {
    for group in super::group(cloud, arn, from, to) {
        let (from, to) = (group.from, group.to);
        let tasks: u32 = group.serving.iter().map(|s| s.count).sum();
        if tasks == 0 {
            out.push(Flow {
                from,
                to,
                per_second,
                serving: None,
                source,
            });
        }
        for serving in group.serving {
            let share = f64::from(serving.count) / f64::from(tasks);
            for (from, to) in pieces(cloud, from, to) {
                out.push(Flow {
                    from,
                    to,
                    per_second: per_second * share,
                    serving: Some((serving, source.profile.of(&cloud.kernel, serving, from))),
                    source,
                });
            }
        }
    }
}

/// The running tasks of a service between two times, with how they fared.
pub(crate) fn running<'a>(
    cloud: &'a Cloud,
    key: &ServiceKey,
    from: Timestamp,
    to: Timestamp,
) -> Vec<(f64, &'a Serving, Behaviour)> {
    let Some(history) = cloud.traffic.services.get(key) else {
        return Vec::new();
    };
    let usual = super::Profile::default();
    let profile = super::profile(cloud, key).unwrap_or(&usual);
    let mut out = Vec::new();
    for (from, to, tasks) in history.between(from, to) {
        let count = tasks.iter().map(|s| s.count).sum();
        let each = scaling::cpu_of_each(cloud, key, count);
        for serving in tasks {
            for (from, to) in pieces(cloud, from, to) {
                let mut behaviour = profile.of(&cloud.kernel, serving, from);
                behaviour.cpu = each.unwrap_or(behaviour.cpu);
                out.push((seconds(from, to), serving, behaviour));
            }
        }
    }
    out
}

//! A target group in pieces of time, put together from what each service has behind it.

use jiff::Timestamp;

use super::{ServiceTasks, Serving, Timeline};
use crate::world::simulated::cloud::Cloud;

/// A target group while nothing behind it changed.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) healthy: u32,
    pub(crate) unhealthy: u32,
    /// Tasks that get requests of the group, by version.
    pub(crate) serving: Vec<&'a Serving>,
}

/// A target group between two times, piece by piece.
pub(crate) fn group<'a>(
    cloud: &'a Cloud,
    arn: &str,
    from: Timestamp,
    to: Timestamp,
) -> Vec<Group<'a>> {
    let Some(parts) = cloud.traffic.groups.get(arn) else {
        return Vec::new();
    };
    let parts: Vec<&Timeline<ServiceTasks>> = parts.values().collect();
    let mut cuts: Vec<Timestamp> = parts
        .iter()
        .flat_map(|part| part.between(from, to).map(|(from, ..)| from))
        .collect();
    cuts.push(to);
    cuts.sort_unstable();
    cuts.dedup();
    let pairs = cuts.windows(2);
    pairs
        .map(|pair| together(&parts, pair[0], pair[1]))
        .collect()
}

fn together<'a>(parts: &[&'a Timeline<ServiceTasks>], from: Timestamp, to: Timestamp) -> Group<'a> {
    let then: Vec<&ServiceTasks> = parts.iter().filter_map(|part| part.at(from)).collect();
    let mut serving: Vec<&Serving> = then.iter().flat_map(|p| &p.serving).collect();
    if serving.is_empty() {
        serving = then.iter().flat_map(|p| &p.running).collect();
    }
    Group {
        from,
        to,
        healthy: then.iter().map(|p| p.healthy).sum(),
        unhealthy: then.iter().map(|p| p.unhealthy).sum(),
        serving,
    }
}

//! Capacity providers: which one of a strategy the next task runs on.

use serde_json::Value;

use super::task::Task;
use super::task_launch::TaskLaunch;
use crate::world::simulated::aws::json::{number, text};
use crate::world::simulated::cloud::Cloud;

/// The capacity provider for one more task: the base comes first, then the weights share the rest.
pub(super) fn choose(cloud: &Cloud, launch: &TaskLaunch) -> Option<String> {
    let name = |item: &Value| text(item, "capacityProvider").map(str::to_owned);
    if let [only] = launch.strategy.as_slice() {
        return name(only);
    }
    let service = launch.owner.as_ref().map(|(key, _)| key);
    let beside = |task: &&Task| {
        task.wanted()
            && match service {
                Some(key) => task.service.as_ref() == Some(key),
                None => task.service.is_none() && task.group == launch.group,
            }
    };
    let there = |item: &Value| {
        let own = cloud.ecs.tasks.values().filter(beside);
        let own = own.filter(|t| t.provider.as_deref() == text(item, "capacityProvider"));
        own.count() as u64
    };
    let base = |item: &Value| number(item, "base").unwrap_or(0);
    if let Some(first) = launch.strategy.iter().find(|i| there(i) < base(i)) {
        return name(first);
    }
    let weighed = launch.strategy.iter().filter_map(|item| {
        let weight = number(item, "weight").filter(|w| *w > 0)?;
        let more = there(item).saturating_sub(base(item)) + 1;
        Some((more as f64 / weight as f64, item))
    });
    let next = weighed.min_by(|(a, _), (b, _)| a.total_cmp(b));
    next.and_then(|(_, item)| name(item))
}

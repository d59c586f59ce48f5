//! Which target groups the tasks of a service are behind, and how the traffic is split between the
//! revisions of one that is deployed blue/green.

use super::ids::ServiceKey;
use super::service::Service;
use super::service_groups::group_of;
use super::task::{Status, Task};
use crate::world::simulated::aws::elb::{self, Health};
use crate::world::simulated::aws::json::{list, text};
use crate::world::simulated::cloud::Cloud;

/// The tasks that get a request, of which one answers: those of one slot, chosen by weight.
pub(crate) fn answering<'a>(cloud: &'a mut Cloud, key: &ServiceKey, test: bool) -> Vec<&'a Task> {
    let Some((blue, new)) = cloud
        .ecs
        .services
        .get(key)
        .map(|s| (s.alternate, s.shifted(test)))
    else {
        return Vec::new();
    };
    // Chance is drawn only where it decides.
    let to_new = match new {
        Some(share) if share >= 100.0 => true,
        Some(share) if share > 0.0 => (cloud.kernel.rng.below(1000) as f64) < share * 10.0,
        _ => false,
    };
    let cloud = &*cloud;
    cloud
        .ecs
        .services
        .get(key)
        .map_or_else(Vec::new, |s| serving(cloud, s, blue != to_new))
}

/// The tasks of a slot that get requests: healthy targets; where there are none, every target.
fn serving<'a>(cloud: &'a Cloud, service: &'a Service, alternate: bool) -> Vec<&'a Task> {
    let running: Vec<&Task> = cloud
        .ecs
        .tasks_of(service)
        .filter(|t| t.alternate == alternate && t.wanted() && t.status == Status::Running)
        .collect();
    let routed = |t: &&Task| matches!(t.target, Health::Healthy | Health::Unchecked);
    let healthy: Vec<&Task> = running.iter().copied().filter(routed).collect();
    if healthy.is_empty() { running } else { healthy }
}

/// Lets the listener rules of a service forward as its traffic is split.
pub(crate) fn route(cloud: &mut Cloud, key: &ServiceKey) {
    let Some(service) = cloud.ecs.services.get(key) else {
        return;
    };
    let mut forwards = Vec::new();
    for lb in list(&service.raw, "loadBalancers") {
        let Some(advanced) = lb.get("advancedConfiguration") else {
            continue;
        };
        let blue = group_of(lb, service.alternate).map(str::to_owned);
        let green = group_of(lb, !service.alternate).map(str::to_owned);
        let (Some(blue), Some(green)) = (blue, green) else {
            continue;
        };
        for (name, test) in [
            ("productionListenerRule", false),
            ("testListenerRule", true),
        ] {
            if let Some(rule) = text(advanced, name) {
                let (old, new) = weights(service.shifted(test).unwrap_or(0.0));
                let groups = vec![(blue.clone(), old), (green.clone(), new)];
                forwards.push((rule.to_owned(), groups));
            }
        }
    }
    for (rule, groups) in forwards {
        elb::forward(&mut cloud.elb, &rule, groups);
    }
    // Where no rule is described, requests still follow the split.
    cloud.ecs.splits.push(key.clone());
}

/// The target groups that get a service's production traffic, with their weights.
pub(crate) fn production(cloud: &Cloud, key: &ServiceKey) -> Vec<(String, u32)> {
    let Some(service) = cloud.ecs.services.get(key) else {
        return Vec::new();
    };
    let group = |alternate| service.target_groups(alternate).next().map(str::to_owned);
    let (old, new) = weights(service.shifted(false).unwrap_or(0.0));
    let sides = [
        (group(service.alternate), old),
        (group(!service.alternate), new),
    ];
    let sides = sides.into_iter().filter(|(_, weight)| *weight > 0);
    sides
        .filter_map(|(arn, weight)| Some((arn?, weight)))
        .collect()
}

/// Weights of the old and the new target group: percent, or tenths of it where that is not whole.
fn weights(new: f64) -> (u32, u32) {
    let whole = new.fract() == 0.0;
    let (scale, all) = if whole { (1.0, 100) } else { (10.0, 1000) };
    let new = ((new * scale).round() as u32).min(all);
    (all - new, new)
}

#[cfg(test)]
mod tests {
    use super::weights;

    #[test]
    fn weights_are_whole_numbers() {
        assert_eq!(weights(0.0), (100, 0));
        assert_eq!(weights(10.0), (90, 10));
        assert_eq!(weights(0.5), (995, 5));
        assert_eq!(weights(100.0), (0, 100));
    }
}

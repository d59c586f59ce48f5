//! Who served whose requests, and when: what metrics, log lines and queues are computed from.
//!
//! Nothing ticks. Changes of tasks and of routing are noted as they happen; all else is arithmetic over
//! the pieces between them.

use std::sync::Arc;

use jiff::Timestamp;

use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::aws::ecs::service_groups;
use crate::world::simulated::aws::ecs::targets;
use crate::world::simulated::aws::ecs::task::{Status, Task, TaskOutcome};
use crate::world::simulated::aws::ecs::traffic as split;
use crate::world::simulated::aws::elb::{self, Health, RouteChange, RouteTarget, RoutedRequest};
use crate::world::simulated::cloud::Cloud;

mod flow;
mod group;
mod log_lines;
mod profile;
mod serving;
pub(crate) mod state;
mod timeline;

pub(crate) use flow::{Flow, Scope, flows, running};
pub(crate) use group::group;
pub(crate) use log_lines::log_lines;
pub(crate) use profile::{Behaviour, Latency, Mixture, Profile};
pub(crate) use serving::Serving;
pub(crate) use state::{Entry, ServiceTasks, Source, TrafficRoute};
pub(crate) use timeline::{Timeline, seconds};

/// Where requests enter: at a URL that leads to a load balancer, at the rule that forwards to a service,
/// or at the service itself.
pub(crate) fn entry(
    cloud: &Cloud,
    url: Option<&str>,
    service: Option<&ServiceKey>,
) -> Option<Entry> {
    let balanced = |wanted: &RoutedRequest| elb::balancer_at(&cloud.elb, &wanted.host).is_some();
    if let Some(wanted) = url.and_then(RoutedRequest::of).filter(balanced) {
        return Some(Entry::Url(wanted));
    }
    let key = service?;
    let service = cloud.ecs.service(key);
    let Some(group) = service.and_then(|s| s.target_groups(s.alternate).next()) else {
        return Some(Entry::Service(key.clone()));
    };
    let forwards = |rule: &elb::Rule| {
        let weights = elb::weights(&rule.actions);
        weights
            .iter()
            .any(|(arn, weight)| arn == group && *weight > 0)
    };
    let rule = cloud.elb.rules().find(|(_, rule)| forwards(rule));
    Some(match rule {
        Some((arn, _)) => Entry::Rule(arn.clone()),
        None => Entry::Service(key.clone()),
    })
}

/// Where requests that enter there go now.
pub(crate) fn route(cloud: &Cloud, entry: &Entry) -> TrafficRoute {
    let balancer = |rule: &elb::Rule| cloud.elb.balancer_of(rule).map(str::to_owned);
    match entry {
        Entry::Url(wanted) => match elb::route(&cloud.elb, wanted) {
            Some((rule, RouteTarget::Groups(weights))) => TrafficRoute {
                rule: Some(rule.to_owned()),
                balancer: elb::balancer_at(&cloud.elb, &wanted.host).map(str::to_owned),
                weights,
            },
            _ => TrafficRoute::default(),
        },
        Entry::Rule(arn) => cloud
            .elb
            .rule(arn)
            .map_or_else(TrafficRoute::default, |rule| TrafficRoute {
                rule: Some(arn.clone()),
                balancer: balancer(rule),
                weights: elb::weights(&rule.actions),
            }),
        Entry::Service(key) => {
            let weights = split::production(cloud, key);
            let balancers = weights.first().map(|(arn, _)| cloud.elb.balancers_of(arn));
            TrafficRoute {
                rule: None,
                balancer: balancers.and_then(|b| b.first().map(|b| (*b).to_owned())),
                weights,
            }
        }
    }
}

/// The world begins: everything has been as it is since `since`.
pub(crate) fn begin(cloud: &mut Cloud, since: Timestamp) {
    cloud.elb.take_reroutes();
    cloud.ecs.take_splits();
    reroute(cloud, since, |_| true);
    let keys: Vec<ServiceKey> = cloud.ecs.services().map(|(key, _)| key).cloned().collect();
    for key in keys {
        note(cloud, &key, since);
    }
}

/// Takes note of where requests go from now on, after an event or a call.
pub(crate) fn catch_up(cloud: &mut Cloud) {
    let now = cloud.now();
    for change in cloud.elb.take_reroutes() {
        reroute(cloud, now, |source| match &change {
            RouteChange::All => true,
            RouteChange::Rule(rule) => {
                let last = source.route.last().and_then(|r| r.rule.as_ref());
                last.is_none_or(|last| last == rule)
            }
        });
    }
    for key in cloud.ecs.take_splits() {
        reroute(
            cloud,
            now,
            |source| matches!(&source.entry, Entry::Service(own) if *own == key),
        );
    }
}

fn reroute(cloud: &mut Cloud, at: Timestamp, which: impl Fn(&Source) -> bool) {
    let sources = cloud.traffic.sources.iter().enumerate();
    let routes: Vec<(usize, TrafficRoute)> = sources
        .filter(|(_, source)| which(source))
        .map(|(index, source)| (index, route(cloud, &source.entry)))
        .collect();
    for (index, route) in routes {
        cloud.traffic.sources[index].route.note(at, route);
    }
}

/// Something has happened to a service or its tasks.
pub(crate) fn changed(cloud: &mut Cloud, key: &ServiceKey) {
    let now = cloud.now();
    note(cloud, key, now);
}

fn note(cloud: &mut Cloud, key: &ServiceKey, at: Timestamp) {
    // A plan reads its metrics live.
    if cloud.kernel.all_goes_well() {
        return;
    }
    let Some(service) = cloud.ecs.service(key) else {
        let services = &mut cloud.traffic.services;
        services
            .entry(key.clone())
            .or_default()
            .note(at, Vec::new());
        return;
    };
    let running = cloud
        .ecs
        .tasks_of(service)
        .filter(|t| t.status == Status::Running);
    let running = together(cloud, running);
    let parts: Vec<(String, ServiceTasks)> = service_groups::groups_of(service)
        .map(|arn| {
            let registered = targets::registered(cloud, service, arn);
            let (healthy, unhealthy) = elb::count(registered.iter().map(|t| t.target));
            let running = registered.into_iter().filter(|t| targets::takes(t));
            let running: Vec<&Task> = running.collect();
            let well = running.iter().filter(|t| t.target == Health::Healthy);
            let part = ServiceTasks {
                healthy,
                unhealthy,
                serving: together(cloud, well.copied()),
                running: together(cloud, running.iter().copied()),
            };
            (arn.to_owned(), part)
        })
        .collect();
    let services = &mut cloud.traffic.services;
    services.entry(key.clone()).or_default().note(at, running);
    for (arn, part) in parts {
        let group = cloud.traffic.groups.entry(arn).or_default();
        group.entry(key.clone()).or_default().note(at, part);
    }
}

/// Tasks by what they run.
fn together<'a>(cloud: &Cloud, tasks: impl Iterator<Item = &'a Task>) -> Vec<Serving> {
    let mut all: Vec<Serving> = Vec::new();
    for task in tasks {
        let well = task.outcome != TaskOutcome::Serves { healthy: false };
        let same =
            |s: &&mut Serving| Arc::ptr_eq(&s.definition, &task.definition) && s.well == well;
        match all.iter_mut().find(same) {
            Some(known) => known.count += 1,
            None => all.push(Serving {
                definition: Arc::clone(&task.definition),
                version: task.version.clone().unwrap_or_default(),
                new: cloud.ecs.is_new(task),
                well,
                count: 1,
                task: task.name.clone(),
            }),
        }
    }
    all
}

/// The profile by which a service serves: its own, or that of the requests that reach it.
pub(crate) fn profile<'a>(cloud: &'a Cloud, key: &ServiceKey) -> Option<&'a Profile> {
    let own = |source: &&Source| source.service.as_ref() == Some(key);
    let reaches = |source: &&Source| {
        let service = cloud.ecs.service(key);
        let mut groups = service.into_iter().flat_map(service_groups::groups_of);
        let route = source.route.last();
        groups.any(|g| route.is_some_and(|r| r.weights.iter().any(|(arn, _)| arn == g)))
    };
    let sources = || cloud.traffic.sources.iter();
    let found = sources().find(own).or_else(|| sources().find(reaches));
    found.map(|source| &source.profile)
}

/// Whether tasks of a version that is new to their service were running then; of any service, if none is named.
pub(crate) fn new_serves(cloud: &Cloud, key: Option<&ServiceKey>, at: Timestamp) -> bool {
    let all = cloud.traffic.services.iter();
    let mut named = all.filter(|(own, _)| key.is_none_or(|key| key == *own));
    named.any(|(_, history)| {
        let then = history.at(at).map_or(&[][..], Vec::as_slice);
        then.iter().any(|s| s.new)
    })
}

/// For how many seconds between two times tasks of a version that the run deployed were running.
pub(crate) fn new_served(
    cloud: &Cloud,
    key: Option<&ServiceKey>,
    from: Timestamp,
    to: Timestamp,
) -> f64 {
    let all = cloud.traffic.services.iter();
    let named = all.filter(|(own, _)| key.is_none_or(|key| key == *own));
    let each = named.map(|(_, history)| {
        let pieces = history.between(from, to);
        let new = pieces.filter(|(.., then)| then.iter().any(|s| s.new));
        new.map(|(from, to, _)| seconds(from, to)).sum::<f64>()
    });
    each.fold(0.0, f64::max)
}

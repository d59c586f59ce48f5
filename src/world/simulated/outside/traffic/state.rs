//! What is remembered of who served whose requests.

use std::collections::BTreeMap;

use super::profile::Profile;
use super::serving::Serving;
use super::timeline::Timeline;
use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::aws::elb::RoutedRequest;

/// The tasks of one service behind a target group, at a time.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ServiceTasks {
    pub(crate) healthy: u32,
    pub(crate) unhealthy: u32,
    /// Healthy tasks, by version.
    pub(super) serving: Vec<Serving>,
    /// All that run: they get requests where no task behind the group is healthy.
    pub(super) running: Vec<Serving>,
}

/// Where a stream of requests enters the cloud.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    /// At a URL, as load balancers route it.
    Url(RoutedRequest),
    /// At a listener rule, by its ARN.
    Rule(String),
    /// At the target groups of a service, as its deployments split them; nowhere, if it has none.
    Service(ServiceKey),
}

/// Where requests go at a time.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct TrafficRoute {
    pub(crate) rule: Option<String>,
    /// ARN of the load balancer; `None`: requests pass none.
    pub(crate) balancer: Option<String>,
    pub(crate) weights: Vec<(String, u32)>,
}

/// A stream of requests to the cloud, with the way that it takes over time.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) service: Option<ServiceKey>,
    pub(crate) entry: Entry,
    pub(crate) profile: Profile,
    pub(crate) route: Timeline<TrafficRoute>,
}

/// The requests to the cloud, and who served them over time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Traffic {
    pub(super) sources: Vec<Source>,
    /// Target groups by ARN, and what each service has behind them.
    pub(super) groups: BTreeMap<String, BTreeMap<ServiceKey, Timeline<ServiceTasks>>>,
    /// Tasks that ran over time, by service.
    pub(super) services: BTreeMap<ServiceKey, Timeline<Vec<Serving>>>,
}

impl Traffic {
    /// Adds a stream of requests.
    pub(crate) fn add_source(&mut self, source: Source) {
        self.sources.push(source);
    }

    /// Whether there are no streams of requests.
    pub(crate) fn is_idle(&self) -> bool {
        self.sources.is_empty()
    }

    /// The services that have run tasks.
    pub(crate) fn services(&self) -> impl Iterator<Item = &ServiceKey> {
        self.services.keys()
    }
}

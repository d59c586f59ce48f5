//! The target groups that a service names, and how its traffic is split between them.

use serde_json::Value;

use super::service::Service;
use crate::world::simulated::aws::json::{list, text};

/// The alternate target group of a load balancer, where it has one and `alternate` is wanted.
pub(crate) fn group_of(lb: &Value, alternate: bool) -> Option<&str> {
    let other = lb
        .get("advancedConfiguration")
        .and_then(|a| text(a, "alternateTargetGroupArn"));
    other.filter(|_| alternate).or(text(lb, "targetGroupArn"))
}

impl Service {
    /// ARNs of the target groups that tasks of a slot are registered with.
    pub(crate) fn target_groups(&self, alternate: bool) -> impl Iterator<Item = &str> {
        list(&self.raw, "loadBalancers")
            .iter()
            .filter_map(move |lb| group_of(lb, alternate))
    }

    /// Whether it registers tasks with a target group, in either slot.
    pub(crate) fn balances(&self, arn: &str) -> bool {
        self.target_groups(false)
            .chain(self.target_groups(true))
            .any(|a| a == arn)
    }

    /// Share of the (test) traffic that the PRIMARY deployment gets while it is being shifted, in
    /// percent; `None`: nothing is being shifted.
    pub(crate) fn shifted(&self, test: bool) -> Option<f64> {
        let latest = self.history.first()?;
        let primary = self.primary()?;
        let shifting = latest.stage.is_some()
            && primary.id == latest.deployment
            && primary.alternate != self.alternate;
        shifting.then_some(if test { latest.test } else { latest.production })
    }
}

/// ARNs of the target groups with which a service registers tasks, in either slot.
pub(crate) fn groups_of(service: &Service) -> impl Iterator<Item = &str> {
    let usual: Vec<&str> = service.target_groups(false).collect();
    let other = service.target_groups(true);
    let other: Vec<&str> = other.filter(|arn| !usual.contains(arn)).collect();
    usual.into_iter().chain(other)
}

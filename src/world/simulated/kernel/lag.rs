//! Read-after-write lag: for a while after a write, reads may answer what was true before it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::vocabulary::{Effect, Fault};
use crate::world::AwsCall;
use crate::world::simulated::aws::dispatch;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// Services whose reads are eventually consistent.
const LAGS: [&str; 3] = ["ecs", "elbv2", "application-autoscaling"];

/// How stale reads may be, and what they answer then.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lag {
    most: Duration,
    /// The cloud as it was before the last write, and when that was.
    before: Option<(Timestamp, Box<Cloud>)>,
}

impl Lag {
    pub(crate) fn new(most: Duration) -> Self {
        Lag { most, before: None }
    }
}

/// Answers a call; a read after a write answers by chance what was true before it.
pub(crate) fn answer(cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
    // More than AWS's own if a fault says so.
    if let Some(most) = cloud.fault_span("read-lag", Duration::from_secs(1)) {
        cloud.lag.most = most;
    }
    if cloud.lag.most.is_zero() || !LAGS.contains(&call.service.as_str()) {
        return dispatch(cloud, call);
    }
    let now = cloud.now();
    if call.effect() == Effect::Write {
        // What is older than the lag is not looked at any more.
        cloud.lag.before = None;
        let before = Box::new(cloud.clone());
        cloud.lag.before = Some((now, before));
        return dispatch(cloud, call);
    }
    let fresh = cloud
        .lag
        .before
        .take_if(|(at, _)| now >= later(*at, cloud.lag.most));
    drop(fresh);
    let stale = cloud.lag.before.is_some() && cloud.rng.chance(50);
    if stale {
        cloud.struck_by("read-lag", |_| true);
    }
    match cloud.lag.before.as_mut().filter(|_| stale) {
        Some((_, before)) => dispatch(before, call),
        None => dispatch(cloud, call),
    }
}

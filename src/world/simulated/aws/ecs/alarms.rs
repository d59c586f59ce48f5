//! Deployment alarms: one that goes into ALARM fails the deployment that watches it.

use std::time::Duration;

use serde_json::Value;

use super::breaker::{self, Cause};
use super::event::Event;
use super::ids::ServiceKey;
use super::service_deployment::Status;
use crate::world::simulated::aws::cloudwatch;
use crate::world::simulated::aws::json::{flag, texts};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// How often a deployment looks at its alarms.
const INTERVAL: Duration = Duration::from_secs(30);

/// How long a rolling deployment watches its alarms once it has all its tasks.
pub(super) const BAKE: Duration = Duration::from_secs(300);

/// The alarms of a deployment configuration that are in ALARM.
pub(super) fn ringing(cloud: &Cloud, configuration: &Value) -> Vec<String> {
    let Some(alarms) = configuration.get("alarms").filter(|a| flag(a, "enable")) else {
        return Vec::new();
    };
    let mut names = texts(alarms, "alarmNames");
    names.retain(|name| cloudwatch::in_alarm(cloud, name));
    names
}

/// Looks at the alarms of the deployment that is in progress, and looks again later.
pub(super) fn watch(cloud: &mut Cloud, key: &ServiceKey) {
    let now = cloud.now();
    let Some(current) = cloud
        .ecs
        .services
        .get_mut(key)
        .and_then(|s| s.history.first_mut())
        .filter(|d| d.status == Status::InProgress && d.alarms_watched)
    else {
        return;
    };
    let Some(alarms) = current.configuration.get("alarms") else {
        return;
    };
    if !flag(alarms, "enable") {
        return;
    }
    let rollback = flag(alarms, "rollback");
    if current.next_look <= now {
        current.next_look = later(now, INTERVAL);
        cloud.after(INTERVAL, Event::Schedule(key.clone()));
    }
    let configuration = cloud
        .ecs
        .services
        .get(key)
        .and_then(|s| s.history.first())
        .map_or(Value::Null, |d| d.configuration.clone());
    let ringing = ringing(cloud, &configuration);
    if ringing.is_empty() {
        return;
    }
    if let Some(current) = cloud
        .ecs
        .services
        .get_mut(key)
        .and_then(|s| s.history.first_mut())
    {
        current.alarmed = ringing;
    }
    breaker::fail(cloud, key, Cause::Alarm, rollback);
}

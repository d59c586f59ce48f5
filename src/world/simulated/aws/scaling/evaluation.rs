//! What policies do to the desired count of a service, minute by minute.

use std::time::Duration;

use serde_json::{Value, json};

use super::state::{Cooldown, Evaluation, Policy};
use super::{MINUTE, policies, service_of, steps};
use crate::world::simulated::aws::cloudwatch::{self, RingingAlarm};
use crate::world::simulated::aws::ecs;
use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::aws::json::{flag, number};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// Scaling activities that are remembered.
const KEPT: usize = 100;

/// Seconds for which a cooldown lasts unless a policy says otherwise.
const COOLDOWN: u64 = 300;

/// What adds up to a whole number in theory may be a little more in floating point.
const SLACK: f64 = 1e-9;

/// A number of tasks that a policy wants.
struct Wish {
    count: u32,
    policy: String,
    alarm: String,
    cooldown: Duration,
}

/// What the policies of a target want.
#[derive(Default)]
struct Wishes {
    out: Vec<Wish>,
    back: Vec<Wish>,
    /// Whether a target tracking policy that may take tasks away is not ready to.
    held: bool,
}

/// Evaluates the policies of a scalable target, and lets it be evaluated again.
pub(crate) fn evaluate(cloud: &mut Cloud, Evaluation(resource): &Evaluation) {
    let now = cloud.now();
    let Some(key) = service_of(resource) else {
        return;
    };
    let desired = cloud.ecs.service(&key).map(|s| s.desired);
    let Some(target) = cloud.scaling.targets.get_mut(resource) else {
        return;
    };
    if target.next > now || target.policies.is_empty() {
        return;
    }
    target.next = later(now, MINUTE);
    let (min, max) = (target.min, target.max);
    let suspended = target.suspended.clone();
    let policies: Vec<(String, Policy)> = target.policies.clone().into_iter().collect();
    // While tasks that were just added still start, what is added later counts from before them.
    let out = target.out.clone().filter(|cooldown| now < cooldown.until);
    let may_go_back = target.back_after <= now;
    cloud
        .schedule
        .after(now, MINUTE, Evaluation(resource.clone()));
    let Some(desired) = desired else {
        return;
    };
    let base = out.as_ref().map_or(desired, |cooldown| cooldown.base);
    let wishes = wishes(cloud, resource, policies, base, desired);
    let off = |member: &str| flag(&suspended, member);
    // Of several, the largest capacity counts.
    let most = |wishes: Vec<Wish>| wishes.into_iter().max_by_key(|wish| wish.count);
    if let Some(wish) = most(wishes.out) {
        let count = wish.count.clamp(min, max);
        if count > desired && !off("DynamicScalingOutSuspended") {
            if let Some(target) = cloud.scaling.targets.get_mut(resource) {
                let until = later(now, wish.cooldown);
                target.out = Some(Cooldown { until, base });
                // Adding tasks ends the wait until more are taken away.
                target.back_after = now;
            }
            scale(cloud, resource, &key, count, &cause(&wish));
        }
        return;
    }
    // ECS takes no tasks away while it deploys.
    let busy = ecs::changing(cloud, &key);
    let Some(wish) = most(wishes.back).filter(|_| !busy && may_go_back && !wishes.held) else {
        return;
    };
    let count = wish.count.clamp(min, max);
    if count < desired && !off("DynamicScalingInSuspended") {
        if let Some(target) = cloud.scaling.targets.get_mut(resource) {
            target.back_after = later(now, wish.cooldown);
            target.out = None;
        }
        scale(cloud, resource, &key, count, &cause(&wish));
    }
}

fn cause(wish: &Wish) -> String {
    format!(
        "monitor alarm {} in state ALARM triggered policy {}",
        wish.alarm, wish.policy
    )
}

fn wishes(
    cloud: &mut Cloud,
    resource: &str,
    all: Vec<(String, Policy)>,
    base: u32,
    desired: u32,
) -> Wishes {
    let mut wishes = Wishes::default();
    let mut steps_back = Vec::new();
    for (name, policy) in all {
        let action = policies::action(resource, &name);
        let ringing = cloudwatch::ringing_with(cloud, action);
        match policy.kind.as_str() {
            "TargetTrackingScaling" => track(&mut wishes, name, &policy, &ringing, base, desired),
            "StepScaling" => {
                for alarm in &ringing {
                    let (out, back) = step(&name, &policy, alarm, base, desired);
                    wishes.out.extend(out);
                    steps_back.extend(back);
                }
            }
            _ => {}
        }
    }
    // Step scaling takes tasks away whether target tracking is ready to or not.
    if !steps_back.is_empty() {
        wishes.back.extend(steps_back);
        wishes.held = false;
    }
    wishes
}

fn track(
    wishes: &mut Wishes,
    name: String,
    policy: &Policy,
    ringing: &[RingingAlarm],
    base: u32,
    desired: u32,
) {
    let configuration = &policy.configuration;
    let goal = configuration.get("TargetValue").and_then(Value::as_f64);
    let goal = goal.filter(|goal| *goal > 0.0);
    let own = |above: bool| {
        let mut own = ringing.iter();
        own.find(|alarm| alarm.above == above && policy.alarms.contains(&alarm.name))
    };
    let wish = |alarm: &RingingAlarm, from: u32, cooldown: &str| {
        let wanted = f64::from(from) * alarm.values.first()? / goal?;
        Some(Wish {
            count: (wanted - SLACK).ceil() as u32,
            policy: name.clone(),
            alarm: alarm.name.clone(),
            cooldown: Duration::from_secs(number(configuration, cooldown).unwrap_or(COOLDOWN)),
        })
    };
    if let Some(alarm) = own(true) {
        let wish = wish(alarm, base, "ScaleOutCooldown");
        wishes.out.extend(wish.filter(|wish| wish.count > desired));
    }
    if flag(configuration, "DisableScaleIn") {
        return;
    }
    match own(false).and_then(|alarm| wish(alarm, desired, "ScaleInCooldown")) {
        Some(wish) => wishes.back.push(wish),
        None => wishes.held = true,
    }
}

fn step(
    name: &str,
    policy: &Policy,
    alarm: &RingingAlarm,
    base: u32,
    desired: u32,
) -> (Option<Wish>, Option<Wish>) {
    let configuration = &policy.configuration;
    let Some(value) = steps::aggregated(configuration, &alarm.values) else {
        return (None, None);
    };
    let beyond = value - alarm.threshold;
    let wanted = |from| steps::capacity(configuration, from, beyond, alarm.above);
    let wish = |count: u32| Wish {
        count,
        policy: name.to_owned(),
        alarm: alarm.name.clone(),
        cooldown: Duration::from_secs(number(configuration, "Cooldown").unwrap_or(COOLDOWN)),
    };
    let out = wanted(base).filter(|count| *count > desired).map(wish);
    let back = wanted(desired).filter(|count| *count < desired).map(wish);
    (out, back)
}

/// Sets the desired count of a service, and notes it as an activity.
pub(super) fn scale(cloud: &mut Cloud, resource: &str, key: &ServiceKey, count: u32, cause: &str) {
    ecs::set_desired(cloud, key, count);
    let now = cloud.now().to_string();
    let activity = json!({
        "ActivityId": cloud.kernel.rng.uuid(),
        "ServiceNamespace": "ecs",
        "ResourceId": resource,
        "ScalableDimension": "ecs:service:DesiredCount",
        "Description": format!("Setting desired count to {count}."),
        "Cause": cause,
        "StartTime": now,
        "EndTime": now,
        "StatusCode": "Successful",
        "StatusMessage": format!("Successfully set desired count to {count}. Change successfully fulfilled by ecs."),
    });
    cloud.scaling.activities.insert(0, activity);
    cloud.scaling.activities.truncate(KEPT);
}

//! Composite alarms: their state follows from that of other alarms.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::alarm_state::AlarmState;
use super::composite_alarm::{CompositeAlarm, name_of};
use super::parameters::{needed, refused};
use super::rule::AlarmRule;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{not_simulated, set};
use crate::world::simulated::cloud::Cloud;

/// The most alarms that a rule may name.
const MOST_CHILDREN: usize = 100;

pub(super) fn put(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let name = needed(input, "AlarmName")?.to_owned();
    let rule = AlarmRule::parse(needed(input, "AlarmRule")?)?;
    if input.get("ActionsSuppressor").is_some_and(|s| !s.is_null()) {
        return Err(not_simulated(
            "cloudwatch",
            "action suppressors of composite alarms",
        ));
    }
    let known = &cloud.cloudwatch;
    let children = rule.alarms();
    if children.len() > MOST_CHILDREN {
        return Err(refused(format!(
            "AlarmRule names {} alarms, and can name at most {MOST_CHILDREN}.",
            children.len()
        )));
    }
    let exists = |child: &str| {
        let child = name_of(child);
        known.alarms.contains_key(child) || known.composites.contains_key(child)
    };
    let missing = children.iter().filter(|child| !exists(child)).copied();
    let missing: Vec<&str> = missing.collect();
    if !missing.is_empty() {
        return Err(refused(format!(
            "Could not save the composite alarm as alarms [{}] in the alarm rule do not exist",
            missing.join(", ")
        )));
    }
    if known.alarms.contains_key(&name) {
        return Err(refused(format!(
            "The name {name} is that of a metric alarm already."
        )));
    }
    let now = cloud.now();
    let before = cloud.cloudwatch.composites.remove(&name);
    let unchecked = "Unchecked: Initial alarm creation".to_owned();
    // An alarm that is changed keeps its state until it is evaluated.
    let alarm = CompositeAlarm {
        raw: input.clone(),
        rule,
        state: before
            .as_ref()
            .map_or(AlarmState::InsufficientData, |b| b.state),
        reason: before.as_ref().map_or(unchecked, |b| b.reason.clone()),
        since: before.as_ref().map_or(now, |b| b.since),
        evaluated: None,
        configured: now,
        transitions: before.map(|b| b.transitions).unwrap_or_default(),
    };
    cloud.cloudwatch.composites.insert(name, alarm);
    Ok(json!({}))
}

impl CompositeAlarm {
    pub(super) fn render(&self, cloud: &Cloud, name: &str) -> Value {
        let mut out = self.raw.clone();
        if let Some(object) = out.as_object_mut() {
            object.remove("Tags");
        }
        if out.get("ActionsEnabled").is_none() {
            set(&mut out, "ActionsEnabled", json!(true));
        }
        for (member, value) in [
            (
                "AlarmArn",
                json!(cloud.arn("cloudwatch", &format!("alarm:{name}"))),
            ),
            ("StateValue", json!(self.state.name())),
            ("StateReason", json!(self.reason)),
            ("StateUpdatedTimestamp", json!(self.since.to_string())),
            ("StateTransitionedTimestamp", json!(self.since.to_string())),
            (
                "AlarmConfigurationUpdatedTimestamp",
                json!(self.configured.to_string()),
            ),
        ] {
            set(&mut out, member, value);
        }
        for empty in ["OKActions", "AlarmActions", "InsufficientDataActions"] {
            if out.get(empty).is_none() {
                set(&mut out, empty, json!([]));
            }
        }
        out
    }
}

/// The state of an alarm of that name at a time, from what has been evaluated.
fn state_at(cloud: &Cloud, named: &str, at: Timestamp) -> Option<AlarmState> {
    let name = name_of(named);
    let metric = cloud.cloudwatch.alarms.get(name);
    let composite = cloud.cloudwatch.composites.get(name);
    let (state, transitions) = metric
        .map(|alarm| (alarm.state, &alarm.transitions))
        .or(composite.map(|alarm| (alarm.state, &alarm.transitions)))?;
    let next = transitions.iter().find(|transition| transition.at > at);
    Some(next.map_or(state, |transition| transition.from))
}

/// Brings the composite alarms up to now; the metric alarms are.
pub(super) fn refresh(cloud: &mut Cloud) {
    let mut open: BTreeSet<String> = cloud.cloudwatch.composites.keys().cloned().collect();
    while !open.is_empty() {
        let waits = |name: &String| {
            let alarm = cloud.cloudwatch.composites.get(name);
            alarm.is_some_and(|a| a.rule.alarms().iter().any(|c| open.contains(name_of(c))))
        };
        let ready: Vec<String> = open.iter().filter(|name| !waits(name)).cloned().collect();
        if ready.is_empty() {
            // Alarms that depend on each other in a circle are not evaluated.
            return;
        }
        for name in ready {
            open.remove(&name);
            evaluate(cloud, &name);
        }
    }
}

/// Evaluates a composite alarm whenever one of the alarms that it names has changed its state.
fn evaluate(cloud: &mut Cloud, name: &str) {
    let now = cloud.now();
    let Some(mut alarm) = cloud.cloudwatch.composites.get(name).cloned() else {
        return;
    };
    let from = alarm.evaluated.unwrap_or(alarm.configured);
    let mut times: BTreeSet<Timestamp> = alarm
        .rule
        .alarms()
        .iter()
        .flat_map(|child| {
            let child = name_of(child);
            let metric = cloud.cloudwatch.alarms.get(child).map(|a| &a.transitions);
            let composite = cloud
                .cloudwatch
                .composites
                .get(child)
                .map(|a| &a.transitions);
            metric.or(composite).into_iter().flatten()
        })
        .map(|transition| transition.at)
        .filter(|at| *at >= from)
        .collect();
    if alarm.evaluated.is_none() {
        times.insert(alarm.configured);
    }
    for at in times {
        let holds = alarm.rule.holds(&|child| state_at(cloud, child, at));
        let state = if holds {
            AlarmState::Alarm
        } else {
            AlarmState::Ok
        };
        let reason = reason(cloud, &alarm, name, state, at);
        alarm.become_state(state, reason, at);
    }
    alarm.evaluated = Some(now);
    cloud.cloudwatch.composites.insert(name.to_owned(), alarm);
}

fn reason(
    cloud: &Cloud,
    alarm: &CompositeAlarm,
    name: &str,
    to: AlarmState,
    at: Timestamp,
) -> String {
    let arn = |name: &str| cloud.arn("cloudwatch", &format!("alarm:{name}"));
    let children = alarm.rule.alarms();
    let last = children.into_iter().filter_map(|child| {
        let child = name_of(child);
        let metric = cloud.cloudwatch.alarms.get(child).map(|a| &a.transitions);
        let composite = cloud
            .cloudwatch
            .composites
            .get(child)
            .map(|a| &a.transitions);
        let mut transitions = metric.or(composite)?.iter();
        let last = transitions.rfind(|transition| transition.at <= at)?;
        Some((last.at, child, last.to))
    });
    match last.max_by_key(|(at, ..)| *at) {
        Some((when, child, state)) => {
            format!("{} transitioned to {} at {when}", arn(child), state.name())
        }
        None => format!(
            "{} was created and its alarm rule evaluates to {}",
            arn(name),
            to.name()
        ),
    }
}

/// How a composite alarm stands now; `None`: there is none of that name.
fn state_now(cloud: &Cloud, name: &str) -> Option<AlarmState> {
    let alarm = cloud.cloudwatch.composites.get(name)?;
    if in_a_circle(cloud, name) {
        return Some(alarm.state);
    }
    let since = |child: &str| {
        let alarm = cloud.cloudwatch.alarms.get(name_of(child));
        alarm.map(|alarm| alarm.at(cloud, cloud.now()).since)
    };
    // A state that was set by hand stays until one of the alarms changes its own.
    let changed = |child: &&str| {
        alarm
            .evaluated
            .is_none_or(|at| since(child).is_none_or(|s| s > at))
    };
    if !alarm.rule.alarms().iter().any(changed) && alarm.evaluated.is_some() {
        return Some(alarm.state);
    }
    let holds = alarm
        .rule
        .holds(&|child| alarm_state(cloud, name_of(child)));
    Some(if holds {
        AlarmState::Alarm
    } else {
        AlarmState::Ok
    })
}

/// Whether a composite alarm depends on itself, or on alarms that do.
fn in_a_circle(cloud: &Cloud, name: &str) -> bool {
    fn walk<'a>(cloud: &'a Cloud, name: &'a str, path: &mut Vec<&'a str>) -> bool {
        if path.contains(&name) {
            return true;
        }
        let Some(alarm) = cloud.cloudwatch.composites.get(name) else {
            return false;
        };
        path.push(name);
        let children = alarm.rule.alarms();
        let found = children
            .into_iter()
            .any(|child| walk(cloud, name_of(child), path));
        path.pop();
        found
    }
    walk(cloud, name, &mut Vec::new())
}

/// Whether an alarm is in ALARM.
pub(crate) fn in_alarm(cloud: &Cloud, name: &str) -> bool {
    alarm_state(cloud, name) == Some(AlarmState::Alarm)
}

/// How an alarm stands now; `None`: there is none of that name.
pub(crate) fn alarm_state(cloud: &Cloud, name: &str) -> Option<AlarmState> {
    match cloud.cloudwatch.alarms.get(name) {
        Some(alarm) => Some(alarm.at(cloud, cloud.now()).state),
        None => state_now(cloud, name),
    }
}

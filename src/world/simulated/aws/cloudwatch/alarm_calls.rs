//! The calls about alarms.

use serde_json::{Value, json};

use super::alarm::Alarm;
use super::alarm_state::{AlarmState, AlarmType};
use super::composite;
use super::composite_alarm::name_of;
use super::history::HistoryItem;
use super::parameters::refused;
use super::{Metric, needed, wrong};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, page, set, text, texts};
use crate::world::simulated::cloud::Cloud;

/// The types of alarms that a call asks for; without `AlarmTypes`, alarms on metrics only.
pub(super) fn kinds(input: &Value) -> Vec<AlarmType> {
    let asked = texts(input, "AlarmTypes");
    let all = [AlarmType::Metric, AlarmType::Composite].into_iter();
    match asked.is_empty() {
        true => vec![AlarmType::Metric],
        false => all
            .filter(|kind| asked.iter().any(|a| a == kind.name()))
            .collect(),
    }
}

/// Brings one metric alarm up to now.
pub(super) fn refresh_one(cloud: &mut Cloud, name: &str) {
    let Some(alarm) = cloud.cloudwatch.alarms.get(name) else {
        return;
    };
    let known = alarm.transitions.len();
    let fresh = alarm.at(cloud, cloud.now());
    let new = fresh.transitions.iter().skip(known);
    let items = new.map(|transition| HistoryItem::state(name, AlarmType::Metric, transition));
    cloud.cloudwatch.history.extend(items);
    cloud.cloudwatch.alarms.insert(name.to_owned(), fresh);
}

/// Brings the alarms up to now.
pub(super) fn refresh(cloud: &mut Cloud) {
    let names: Vec<String> = cloud.cloudwatch.alarms.keys().cloned().collect();
    for name in names {
        refresh_one(cloud, &name);
    }
    let count = |cloud: &Cloud| -> Vec<(String, usize)> {
        let all = cloud.cloudwatch.composites.iter();
        all.map(|(name, alarm)| (name.clone(), alarm.transitions.len()))
            .collect()
    };
    let before = count(cloud);
    composite::refresh(cloud);
    for (name, known) in before {
        let alarm = cloud.cloudwatch.composites.get(&name);
        let new = alarm
            .into_iter()
            .flat_map(|alarm| alarm.transitions.iter().skip(known));
        let items =
            new.map(|transition| HistoryItem::state(&name, AlarmType::Composite, transition));
        let items: Vec<HistoryItem> = items.collect();
        cloud.cloudwatch.history.extend(items);
    }
}

/// Makes a metric alarm known, or another one of what is known under its name.
pub(super) fn put(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    let now = cloud.now();
    let mut alarm = Alarm::new(input.clone(), now)?;
    let name = alarm.name().to_owned();
    if cloud.cloudwatch.composites.contains_key(&name) {
        return Err(refused(format!(
            "The name {name} is that of a composite alarm already."
        )));
    }
    refresh(cloud);
    let known = cloud.cloudwatch.alarms.get(&name);
    let what = if known.is_some() {
        "updated"
    } else {
        "created"
    };
    // An alarm that is changed keeps its state until it is evaluated.
    if let Some(known) = known {
        (alarm.state, alarm.since) = (known.state, known.since);
        alarm.reason.clone_from(&known.reason);
        alarm.transitions.clone_from(&known.transitions);
    }
    cloud.cloudwatch.note(&name, AlarmType::Metric, now, what);
    cloud.cloudwatch.alarms.insert(name, alarm);
    Ok(json!({}))
}

pub(super) fn put_composite(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    refresh(cloud);
    let name = needed(input, "AlarmName")?;
    let known = cloud.cloudwatch.composites.contains_key(name);
    composite::put(cloud, input)?;
    let now = cloud.now();
    let what = if known { "updated" } else { "created" };
    cloud.cloudwatch.note(name, AlarmType::Composite, now, what);
    Ok(json!({}))
}

/// An alarm as it is described, with what a call may ask for.
struct Described {
    kind: AlarmType,
    name: String,
    state: AlarmState,
    shown: Value,
}

fn all(cloud: &Cloud) -> Vec<Described> {
    let metric = cloud
        .cloudwatch
        .alarms
        .iter()
        .map(|(name, alarm)| Described {
            kind: AlarmType::Metric,
            name: name.clone(),
            state: alarm.state,
            shown: alarm.render(cloud),
        });
    let composite = cloud.cloudwatch.composites.iter();
    let composite = composite.map(|(name, alarm)| Described {
        kind: AlarmType::Composite,
        name: name.clone(),
        state: alarm.state,
        shown: alarm.render(cloud, name),
    });
    metric.chain(composite).collect()
}

/// Alarms that one page has at most.
const PAGE: usize = 100;

pub(super) fn describe(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    refresh(cloud);
    if let Some(name) = text(input, "ChildrenOfAlarmName") {
        let rule = cloud
            .cloudwatch
            .composites
            .get(name)
            .map(|alarm| &alarm.rule);
        let children = rule.map(|rule| rule.alarms()).unwrap_or_default();
        let named = |name: &str| children.iter().any(|child| name_of(child) == name);
        let members = [
            "AlarmName",
            "AlarmArn",
            "StateValue",
            "StateUpdatedTimestamp",
        ];
        return Ok(related(cloud, named, &members));
    }
    if let Some(name) = text(input, "ParentsOfAlarmName") {
        let names_it = |parent: &str| {
            let parent = cloud.cloudwatch.composites.get(parent);
            parent.is_some_and(|p| p.rule.alarms().iter().any(|child| name_of(child) == name))
        };
        return Ok(related(cloud, names_it, &["AlarmName", "AlarmArn"]));
    }
    let names = texts(input, "AlarmNames");
    let prefix = text(input, "AlarmNamePrefix").unwrap_or_default();
    if !names.is_empty() && !prefix.is_empty() {
        return Err(refused(
            "AlarmNames and AlarmNamePrefix cannot both be specified.",
        ));
    }
    let (kinds, state) = (kinds(input), text(input, "StateValue"));
    let action = text(input, "ActionPrefix");
    let acts = |shown: &Value, prefix: &str| {
        let members = ["OKActions", "AlarmActions", "InsufficientDataActions"];
        let mut actions = members.iter().flat_map(|member| texts(shown, member));
        actions.any(|action| action.starts_with(prefix))
    };
    let found = all(cloud).into_iter().filter(|alarm| {
        kinds.contains(&alarm.kind)
            && (names.is_empty() || names.contains(&alarm.name))
            && alarm.name.starts_with(prefix)
            && state.is_none_or(|state| state == alarm.state.name())
            && action.is_none_or(|prefix| acts(&alarm.shown, prefix))
    });
    let found: Vec<Value> = found
        .map(|alarm| json!({ "kind": alarm.kind.name(), "shown": alarm.shown }))
        .collect();
    let asked =
        json!({ "nextToken": input.get("NextToken"), "maxResults": input.get("MaxRecords") });
    let paged = page(&asked, "alarms", found, PAGE);
    let of = |kind: AlarmType| -> Vec<Value> {
        let own = list(&paged, "alarms").iter();
        let own = own.filter(|alarm| text(alarm, "kind") == Some(kind.name()));
        own.filter_map(|alarm| alarm.get("shown").cloned())
            .collect()
    };
    let mut out = json!({ "MetricAlarms": of(AlarmType::Metric), "CompositeAlarms": of(AlarmType::Composite) });
    if let Some(token) = paged.get("nextToken") {
        set(&mut out, "NextToken", token.clone());
    }
    Ok(out)
}

/// Alarms with some of their members only.
fn related(cloud: &Cloud, which: impl Fn(&str) -> bool, members: &[&str]) -> Value {
    let (mut metric, mut composite) = (Vec::new(), Vec::new());
    for alarm in all(cloud).into_iter().filter(|alarm| which(&alarm.name)) {
        let own = members
            .iter()
            .filter_map(|member| Some(((*member).to_owned(), alarm.shown.get(*member)?.clone())));
        let shown = Value::Object(own.collect());
        match alarm.kind {
            AlarmType::Metric => metric.push(shown),
            AlarmType::Composite => composite.push(shown),
        }
    }
    json!({ "MetricAlarms": metric, "CompositeAlarms": composite })
}

pub(super) fn describe_for_metric(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    refresh(cloud);
    let metric = Metric::of(input)?;
    let alarms = cloud.cloudwatch.alarms.values();
    let found: Vec<Value> = alarms
        .filter(|a| Metric::of(&a.raw).is_ok_and(|own| own == metric))
        .map(|a| a.render(cloud))
        .collect();
    Ok(json!({ "MetricAlarms": found }))
}

fn no_alarms<'a>(names: impl IntoIterator<Item = &'a String>) -> Fault {
    let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
    Fault::new(
        "ResourceNotFound",
        format!("Unknown alarms: {}", names.join(", ")),
    )
}

/// Deletes alarms; those that there are, also where others of the call are unknown.
pub(super) fn delete(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    refresh(cloud);
    let names = texts(input, "AlarmNames");
    let known = &cloud.cloudwatch;
    let composite = names
        .iter()
        .filter(|name| known.composites.contains_key(*name));
    if composite.count() > 1 {
        return Err(refused(
            "At most one composite alarm can be deleted in one call.",
        ));
    }
    for name in &names {
        let depends = known.composites.iter().any(|(parent, alarm)| {
            let mut children = alarm.rule.alarms().into_iter();
            parent != name && children.any(|child| name_of(child) == name)
        });
        if depends {
            return Err(refused(format!(
                "Cannot delete {name} as there are composite alarm(s) depending on it."
            )));
        }
    }
    let now = cloud.now();
    let mut unknown = Vec::new();
    for name in &names {
        let kind = if cloud.cloudwatch.alarms.remove(name).is_some() {
            AlarmType::Metric
        } else if cloud.cloudwatch.composites.remove(name).is_some() {
            AlarmType::Composite
        } else {
            unknown.push(name);
            continue;
        };
        cloud.cloudwatch.note(name, kind, now, "deleted");
    }
    match unknown.is_empty() {
        true => Ok(json!({})),
        false => Err(no_alarms(unknown)),
    }
}

pub(super) fn set_state(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    refresh(cloud);
    let now = cloud.now();
    let name = needed(input, "AlarmName")?.to_owned();
    let value = needed(input, "StateValue")?;
    let reason = needed(input, "StateReason")?.to_owned();
    let state = AlarmState::of(value).ok_or_else(|| {
        wrong(format!(
            "The value {value} for parameter StateValue is invalid."
        ))
        .hint("it is OK, ALARM or INSUFFICIENT_DATA")
    })?;
    if let Some(alarm) = cloud.cloudwatch.alarms.get_mut(&name) {
        alarm.become_state(state, reason.clone(), now);
        (alarm.reason, alarm.evaluated, alarm.given) = (reason, now, false);
    } else if let Some(alarm) = cloud.cloudwatch.composites.get_mut(&name) {
        alarm.become_state(state, reason.clone(), now);
        (alarm.reason, alarm.evaluated) = (reason, Some(now));
    } else {
        return Err(no_alarms([&name]));
    }
    Ok(json!({}))
}

pub(super) fn set_actions(cloud: &mut Cloud, input: &Value, on: bool) -> Result<Value, Fault> {
    for name in texts(input, "AlarmNames") {
        let metric = cloud.cloudwatch.alarms.get_mut(&name).map(|a| &mut a.raw);
        let composite = cloud
            .cloudwatch
            .composites
            .get_mut(&name)
            .map(|a| &mut a.raw);
        if let Some(raw) = metric.or(composite) {
            set(raw, "ActionsEnabled", json!(on));
        }
    }
    Ok(json!({}))
}

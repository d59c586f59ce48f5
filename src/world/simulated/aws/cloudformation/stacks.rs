//! Stacks: described, with their resources and events; a running update cancelled; deleted.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::changes::policy;
use super::state::{
    Action, CloudFormation, Content, Event, Execution, IN_REVIEW, Planned, STACK, Stack,
};
use super::template::{Template, invalid};
use super::timeline::Timeline;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{not_simulated, set, text};
use crate::world::simulated::kernel::Kernel;
use crate::world::simulated::kernel::rng;

/// The place of a stack by its name or its ARN; one that is deleted only has its ARN.
fn position(state: &CloudFormation, now: Timestamp, name: &str) -> Option<usize> {
    let mut all = state.stacks.iter();
    all.position(|stack| stack.id == name || (stack.name == name && !stack.is_deleted(now)))
}

fn no_stack(name: &str) -> Fault {
    invalid(format!("Stack with id {name} does not exist"))
}

/// The stack of that name or ARN.
///
/// # Errors
/// `ValidationError`, which CloudFormation answers also for a stack that is not there.
pub(super) fn find<'a>(
    state: &'a CloudFormation,
    now: Timestamp,
    name: &str,
) -> Result<&'a Stack, Fault> {
    let place = position(state, now, name);
    place
        .and_then(|place| state.stacks.get(place))
        .ok_or_else(|| no_stack(name))
}

/// The stack that a call names.
///
/// # Errors
/// As [`find`].
fn named<'a>(state: &'a CloudFormation, now: Timestamp, input: &Value) -> Result<&'a Stack, Fault> {
    find(state, now, text(input, "StackName").unwrap_or_default())
}

/// As [`find`], to change it.
///
/// # Errors
/// As [`find`].
pub(super) fn find_mut<'a>(
    state: &'a mut CloudFormation,
    now: Timestamp,
    name: &str,
) -> Result<&'a mut Stack, Fault> {
    let place = position(state, now, name);
    place
        .and_then(|place| state.stacks.get_mut(place))
        .ok_or_else(|| no_stack(name))
}

/// Parameters as CloudFormation shows them: values of parameters with `NoEcho` are masked.
pub(super) fn masked(content: &Content) -> Value {
    let all = content.parameters.iter().map(|(name, value)| {
        let declared = content.template.parameters.get(name);
        let shown = match declared.is_some_and(|parameter| parameter.masked) {
            true => "****",
            false => value,
        };
        json!({ "ParameterKey": name, "ParameterValue": shown })
    });
    Value::Array(all.collect())
}

/// Tags as CloudFormation shows them.
pub(super) fn tags(content: &Content) -> Value {
    let all = content.tags.iter();
    let all = all.map(|(key, value)| json!({ "Key": key, "Value": value }));
    Value::Array(all.collect())
}

pub(super) fn describe(
    state: &CloudFormation,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let now = kernel.now();
    let shown: Vec<Value> = match text(input, "StackName") {
        Some(name) => vec![stack(find(state, now, name)?, now)],
        None => {
            let there = state.stacks.iter().filter(|stack| !stack.is_deleted(now));
            there.map(|known| stack(known, now)).collect()
        }
    };
    Ok(json!({ "Stacks": shown }))
}

fn stack(known: &Stack, now: Timestamp) -> Value {
    let content = known.content(now);
    let mut out = json!({
        "StackId": known.id,
        "StackName": known.name,
        "CreationTime": known.created.to_string(),
        "StackStatus": known.status(now),
        "DisableRollback": false,
        "Parameters": masked(content),
        "Tags": tags(content),
        "Capabilities": content.capabilities,
        "NotificationARNs": [],
        "RollbackConfiguration": {},
        "EnableTerminationProtection": false,
        "DriftInformation": { "StackDriftStatus": "NOT_CHECKED" },
    });
    if let Some(last) = known.last(now)
        && let Some(reason) = &last.reason
    {
        set(&mut out, "StackStatusReason", json!(reason));
    }
    if !known.outputs.is_empty() {
        let outputs = known.outputs.iter();
        let outputs = outputs.map(|(k, v)| json!({ "OutputKey": k, "OutputValue": v }));
        set(&mut out, "Outputs", Value::Array(outputs.collect()));
    }
    if let Some(executed) = &known.executed {
        set(&mut out, "ChangeSetId", json!(executed));
    }
    if let Some(role) = &content.role {
        set(&mut out, "RoleARN", json!(role));
    }
    let mut own = known.events.iter().filter(|event| event.kind == STACK);
    let updated = own.rfind(|event| event.at <= now && event.status == "UPDATE_IN_PROGRESS");
    if let Some(updated) = updated {
        set(&mut out, "LastUpdatedTime", json!(updated.at.to_string()));
    }
    out
}

/// Statuses of a stack that no event shows: AWS's model of an event does not have them.
const UNSHOWN: [&str; 3] = [
    IN_REVIEW,
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
];

/// CloudFormation API Reference, DescribeStackEvents: in reverse chronological order.
pub(super) fn events(
    state: &CloudFormation,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let now = kernel.now();
    let known = named(state, now, input)?;
    let past = known.events.iter().enumerate();
    let past = past.filter(|(_, event)| event.at <= now && !UNSHOWN.contains(&event.status));
    let shown: Vec<Value> = past
        .rev()
        .map(|(index, event)| one_event(known, index, event))
        .collect();
    Ok(json!({ "StackEvents": shown }))
}

fn one_event(known: &Stack, index: usize, event: &Event) -> Value {
    let mut out = json!({
        "StackId": known.id,
        "StackName": known.name,
        "EventId": rng::uuid_of(&format!("{}/{index}", known.id)),
        "LogicalResourceId": event.name,
        "ResourceType": event.kind,
        "Timestamp": event.at.to_string(),
        "ResourceStatus": event.status,
    });
    add_known(&mut out, event);
    if let Some(token) = &event.token {
        set(&mut out, "ClientRequestToken", json!(token));
    }
    out
}

/// Adds what an event may know of a resource: its id, and why it is in its status.
fn add_known(out: &mut Value, event: &Event) {
    let known = [
        ("PhysicalResourceId", &event.physical),
        ("ResourceStatusReason", &event.reason),
    ];
    for (name, value) in known {
        if let Some(value) = value {
            set(out, name, json!(value));
        }
    }
}

pub(super) fn resources(
    state: &CloudFormation,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let now = kernel.now();
    let known = named(state, now, input)?;
    let one = text(input, "LogicalResourceId");
    let there = known.resources(now).into_iter();
    let there = there.filter(|(name, _)| one.is_none_or(|one| one == *name));
    let shown = there.map(|(name, event)| {
        let mut out = json!({
            "StackName": known.name,
            "StackId": known.id,
            "LogicalResourceId": name,
            "ResourceType": event.kind,
            "Timestamp": event.at.to_string(),
            "ResourceStatus": event.status,
            "DriftInformation": { "StackResourceDriftStatus": "NOT_CHECKED" },
        });
        add_known(&mut out, event);
        out
    });
    Ok(json!({ "StackResources": shown.collect::<Vec<_>>() }))
}

pub(super) fn template(
    state: &CloudFormation,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let now = kernel.now();
    let known = named(state, now, input)?;
    Ok(json!({
        "TemplateBody": known.content(now).text,
        "StagesAvailable": ["Original", "Processed"],
    }))
}

/// What a template that is given, or that of a stack, declares and needs.
pub(super) fn summary(
    state: &CloudFormation,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let body = match (text(input, "TemplateBody"), text(input, "StackName")) {
        (Some(body), None) => body,
        (None, Some(name)) => &find(state, kernel.now(), name)?.content(kernel.now()).text,
        _ => {
            return Err(not_simulated(
                "cloudformation",
                "GetTemplateSummary of this",
            ));
        }
    };
    let template = Template::read(body)?;
    let parameters = template.parameters.iter().map(|(name, parameter)| {
        let mut out = json!({ "ParameterKey": name, "NoEcho": parameter.masked });
        if let Some(default) = &parameter.default {
            set(&mut out, "DefaultValue", json!(default));
        }
        out
    });
    let kinds: BTreeSet<&str> = template.resources.iter().map(|r| r.kind.as_str()).collect();
    let needs: Vec<&str> = template.lacks_capability(&[]).into_iter().collect();
    Ok(json!({
        "Parameters": parameters.collect::<Vec<_>>(),
        "ResourceTypes": kinds,
        "Capabilities": needs,
    }))
}

/// CloudFormation API Reference, CancelUpdateStack: only stacks that are in the UPDATE_IN_PROGRESS state.
pub(super) fn cancel(
    state: &mut CloudFormation,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let now = kernel.now();
    let known = find_mut(state, now, text(input, "StackName").unwrap_or_default())?;
    if known.status(now) != "UPDATE_IN_PROGRESS" {
        return Err(invalid(
            "CancelUpdateStack cannot be called from current stack status",
        ));
    }
    let token = text(input, "ClientRequestToken").map(str::to_owned);
    known.events.retain(|event| event.at <= now);
    known.next = None;
    let there = known.resources(now);
    let began = known.last(now).map(|event| event.at);
    let since = |planned: &&Planned| {
        let event = there.get(planned.name.as_str());
        event.is_some_and(|event| Some(event.at) >= began)
    };
    let done: Vec<&Planned> = known
        .planned
        .iter()
        .filter(|planned| planned.action != Action::Remove)
        .filter(since)
        .collect();
    let unfinished = |planned: &&Planned| {
        let event = there.get(planned.name.as_str());
        event.is_some_and(|event| event.status.ends_with("_IN_PROGRESS"))
    };
    let unfinished: Vec<&Planned> = done.iter().copied().filter(unfinished).collect();
    let course = Timeline::new(known, now, token).cancel(&unfinished, &done);
    for change_set in &mut known.change_sets {
        if change_set.execution.is_some() {
            change_set.execution = Some(Execution {
                ends: course.ends,
                succeeds: false,
            });
        }
    }
    known.events.extend(course.events);
    Ok(json!({}))
}

/// CloudFormation API Reference, DeleteStack. A stack that is not there is deleted already.
pub(super) fn delete(
    state: &mut CloudFormation,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let now = kernel.now();
    let name = text(input, "StackName").unwrap_or_default();
    let Ok(known) = find_mut(state, now, name) else {
        return Ok(json!({}));
    };
    let status = known.status(now);
    if status == "DELETE_COMPLETE" || status == "DELETE_IN_PROGRESS" {
        return Ok(json!({}));
    }
    if status.ends_with("_IN_PROGRESS") && status != IN_REVIEW {
        return Err(invalid(format!(
            "Stack [{}] cannot be deleted while in status {status}",
            known.name
        )));
    }
    let there = known.resources(now).into_iter();
    let removed: Vec<Planned> = there
        .map(|(name, event)| {
            let declared = known.content(now).template.resource(name);
            Planned {
                name: name.to_owned(),
                kind: event.kind.clone(),
                action: Action::Remove,
                physical: event.physical.clone(),
                new_physical: None,
                replacement: String::new(),
                reasons: Vec::new(),
                policy: declared.map(policy).unwrap_or_default(),
                behaviour: Default::default(),
            }
        })
        .collect();
    let token = text(input, "ClientRequestToken").map(str::to_owned);
    let course = Timeline::new(known, now, token).delete_all(&removed);
    known.events.extend(course.events);
    known.change_sets.clear();
    Ok(json!({}))
}

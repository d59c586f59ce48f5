//! Change sets: made, described, executed, deleted.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::change_set_input::{allow, wanted};
use super::changes::changes;
use super::stacks::{find, find_mut, masked};
use super::state::{
    Action, ChangeReason, ChangeSet, CloudFormation, Content, Event, Execution, IN_REVIEW, Planned,
    STACK, Stack,
};
use super::template::invalid;
use super::timeline::Timeline;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, not_simulated, set, text};
use crate::world::simulated::kernel::Kernel;
use crate::world::simulated::kernel::clock::later;

/// Time until it is known what a change set changes.
const TAKES: Duration = Duration::from_secs(4);

/// What CloudFormation says of a change set that changes nothing.
const NO_CHANGES: &str = "The submitted information didn't contain changes. Submit different information to create a change set.";

pub(super) fn create(
    state: &mut CloudFormation,
    kernel: &mut Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let now = kernel.now();
    let name = text(input, "ChangeSetName").unwrap_or_default();
    check_name(name)?;
    let stack_name = text(input, "StackName").unwrap_or_default();
    let kind = text(input, "ChangeSetType").unwrap_or("UPDATE");
    let stack = find(state, now, stack_name).ok();
    let status = stack.map(|stack| (stack, stack.status(now)));
    allow(status, kind, stack_name, name)?;
    let token = text(input, "ClientToken");
    if let Some(same) = stack.and_then(|stack| named(stack, name)) {
        // The same call again.
        if same.token.is_some() && same.token.as_deref() == token {
            let id = stack.map(|stack| stack.id.clone());
            return Ok(json!({ "Id": same.id, "StackId": id }));
        }
        return Err(Fault::new(
            "AlreadyExistsException",
            format!(
                "ChangeSet {name} cannot be created due to a mismatch with existing attribute Template"
            ),
        ));
    }
    let content = wanted(stack.map(|stack| stack.content(now)), input)?;
    let id = format!("changeSet/{name}/{}", kernel.rng.uuid());
    let id = kernel.arn("cloudformation", &id);
    let stack = match stack {
        Some(stack) => stack.clone(),
        None => in_review(kernel, stack_name),
    };
    let planned = changes(state, kernel, &stack, &content);
    let made = ChangeSet {
        name: name.to_owned(),
        id: id.clone(),
        description: text(input, "Description").map(str::to_owned),
        token: token.map(str::to_owned),
        created: now,
        ready: later(now, TAKES),
        content,
        planned,
        execution: None,
    };
    let answer = json!({ "Id": id, "StackId": stack.id });
    let mut all = state.stacks.iter_mut();
    match all.find(|known| known.id == stack.id) {
        Some(known) => known.change_sets.push(made),
        None => state.stacks.push(Stack {
            change_sets: vec![made],
            ..stack
        }),
    }
    Ok(answer)
}

/// A stack that a change set of type CREATE makes: it has no template and no resources.
fn in_review(kernel: &mut Kernel, name: &str) -> Stack {
    let id = format!("stack/{name}/{}", kernel.rng.uuid());
    let id = kernel.arn("cloudformation", &id);
    let event = Event {
        at: kernel.now(),
        name: name.to_owned(),
        physical: Some(id.clone()),
        kind: STACK.to_owned(),
        status: IN_REVIEW,
        reason: Some("User Initiated".to_owned()),
        token: None,
    };
    Stack {
        name: name.to_owned(),
        id,
        created: kernel.now(),
        content: Content::default(),
        next: None,
        outputs: Default::default(),
        events: vec![event],
        planned: Vec::new(),
        change_sets: Vec::new(),
        executed: None,
    }
}

/// CloudFormation API Reference, CreateChangeSet, `ChangeSetName`.
fn check_name(name: &str) -> Result<(), Fault> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    match begins && name.chars().all(fits) && name.len() <= 128 {
        true => Ok(()),
        false => Err(invalid(format!(
            "1 validation error detected: Value '{name}' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        ))),
    }
}

fn named<'a>(stack: &'a Stack, name: &str) -> Option<&'a ChangeSet> {
    let mut all = stack.change_sets.iter();
    all.find(|set| set.name == name || set.id == name)
}

/// The change set that a call names, and its stack.
fn place<'a>(
    state: &'a CloudFormation,
    now: Timestamp,
    input: &Value,
) -> Result<(&'a Stack, &'a ChangeSet), Fault> {
    let name = text(input, "ChangeSetName").unwrap_or_default();
    let not_found = || {
        Fault::new(
            "ChangeSetNotFound",
            format!("ChangeSet [{name}] does not exist"),
        )
    };
    let stack = match text(input, "StackName") {
        Some(stack) => find(state, now, stack)?,
        None if name.starts_with("arn:") => {
            let mut all = state.stacks.iter();
            let its = all.find(|stack| named(stack, name).is_some());
            its.ok_or_else(not_found)?
        }
        None => {
            return Err(invalid(
                "StackName must be specified if ChangeSetName is not specified as an ARN.",
            ));
        }
    };
    let found = named(stack, name).ok_or_else(not_found)?;
    Ok((stack, found))
}

impl ChangeSet {
    fn status(&self, now: Timestamp) -> &'static str {
        match (now < self.ready, self.planned.is_empty()) {
            (true, _) => "CREATE_IN_PROGRESS",
            (false, true) => "FAILED",
            (false, false) => "CREATE_COMPLETE",
        }
    }

    fn execution_status(&self, now: Timestamp) -> &'static str {
        match self.execution {
            Some(execution) if now < execution.ends => "EXECUTE_IN_PROGRESS",
            Some(execution) if execution.succeeds => "EXECUTE_COMPLETE",
            Some(_) => "EXECUTE_FAILED",
            None if self.status(now) == "CREATE_COMPLETE" => "AVAILABLE",
            None => "UNAVAILABLE",
        }
    }

    fn summary(&self, stack: &Stack, now: Timestamp) -> Value {
        let mut out = json!({
            "StackId": stack.id,
            "StackName": stack.name,
            "ChangeSetId": self.id,
            "ChangeSetName": self.name,
            "Status": self.status(now),
            "ExecutionStatus": self.execution_status(now),
            "CreationTime": self.created.to_string(),
            "IncludeNestedStacks": false,
        });
        if self.status(now) == "FAILED" {
            set(&mut out, "StatusReason", json!(NO_CHANGES));
        }
        if let Some(description) = &self.description {
            set(&mut out, "Description", json!(description));
        }
        out
    }
}

pub(super) fn describe(
    state: &CloudFormation,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let now = kernel.now();
    let (stack, known) = place(state, now, input)?;
    let mut out = known.summary(stack, now);
    set(&mut out, "Parameters", masked(&known.content));
    set(&mut out, "Capabilities", json!(known.content.capabilities));
    set(&mut out, "Tags", super::stacks::tags(&known.content));
    let shown = match known.status(now) {
        "CREATE_COMPLETE" => known.planned.iter().map(change).collect(),
        _ => Vec::new(),
    };
    set(&mut out, "Changes", Value::Array(shown));
    Ok(out)
}

pub(super) fn list_all(
    state: &CloudFormation,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let now = kernel.now();
    let stack = find(state, now, text(input, "StackName").unwrap_or_default())?;
    let all = stack.change_sets.iter();
    let summaries: Vec<Value> = all.map(|known| known.summary(stack, now)).collect();
    Ok(json!({ "Summaries": summaries }))
}

/// A change as `DescribeChangeSet` shows it.
fn change(planned: &Planned) -> Value {
    let action = match planned.action {
        Action::Add => "Add",
        Action::Modify => "Modify",
        Action::Remove => "Remove",
    };
    let mut scope: Vec<&str> = Vec::new();
    for reason in &planned.reasons {
        if !scope.contains(&reason.attribute.as_str()) {
            scope.push(&reason.attribute);
        }
    }
    let details: Vec<Value> = planned
        .reasons
        .iter()
        .map(|reason| detail(planned, reason))
        .collect();
    let mut out = json!({
        "Action": action,
        "LogicalResourceId": planned.name,
        "ResourceType": planned.kind,
        "Scope": scope,
        "Details": details,
    });
    if let Some(physical) = &planned.physical {
        set(&mut out, "PhysicalResourceId", json!(physical));
    }
    match planned.action {
        Action::Modify => set(&mut out, "Replacement", json!(planned.replacement)),
        Action::Remove => set(&mut out, "PolicyAction", json!(planned.policy)),
        Action::Add => {}
    }
    json!({ "Type": "Resource", "ResourceChange": out })
}

fn detail(planned: &Planned, reason: &ChangeReason) -> Value {
    let recreation = match planned.replacement.as_str() {
        "True" => "Always",
        "Conditional" => "Conditionally",
        _ => "Never",
    };
    let mut target = json!({ "Attribute": reason.attribute });
    if reason.attribute == "Properties" {
        set(&mut target, "RequiresRecreation", json!(recreation));
    }
    if let Some(property) = &reason.property {
        set(&mut target, "Name", json!(property));
    }
    match &reason.parameter {
        None => json!({
            "Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification",
        }),
        Some(parameter) => json!({
            "Target": target, "Evaluation": "Static", "ChangeSource": "ParameterReference",
            "CausingEntity": parameter,
        }),
    }
}

/// CloudFormation User Guide, "Execute a change set for a CloudFormation stack": all other change sets of the stack go.
pub(super) fn execute(
    state: &mut CloudFormation,
    kernel: &mut Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let now = kernel.now();
    for member in ["DisableRollback", "RetainExceptOnCreate"] {
        if flag(input, member) {
            let operation = format!("ExecuteChangeSet with {member}");
            return Err(not_simulated("cloudformation", &operation));
        }
    }
    let (stack, known) = place(state, now, input)?;
    let token = text(input, "ClientRequestToken").map(str::to_owned);
    let status = known.execution_status(now);
    if status != "AVAILABLE" {
        let of = match known.execution {
            Some(_) => status,
            None => known.status(now),
        };
        return Err(invalid_status(&known.id, "executed", of));
    }
    let mut executed = known.clone();
    for planned in &mut executed.planned {
        if planned.action != Action::Remove && kernel.fault_on("resource-fails", &planned.name) {
            let reason = "Resource handler returned message: \"simulated failure\" (HandlerErrorCode: GeneralServiceException)";
            planned.behaviour.fails = Some(reason.to_owned());
        }
    }
    let creates = stack.status(now) == IN_REVIEW;
    let timeline = Timeline::new(stack, now, token);
    let course = match creates {
        true => timeline.create(&executed.planned),
        false => timeline.update(&executed.planned),
    };
    executed.execution = Some(Execution {
        ends: course.ends,
        succeeds: course.commits.is_some(),
    });
    let id = stack.id.clone();
    let stack = find_mut(state, now, &id)?;
    stack.content = stack.content(now).clone();
    stack.next = course.commits.map(|at| (at, executed.content.clone()));
    stack.events.extend(course.events);
    stack.planned = executed.planned.clone();
    stack.executed = Some(executed.id.clone());
    stack.change_sets = vec![executed];
    Ok(json!({}))
}

fn invalid_status(id: &str, what: &str, status: &str) -> Fault {
    Fault::new(
        "InvalidChangeSetStatus",
        format!("ChangeSet [{id}] cannot be {what} in its current status of [{status}]"),
    )
}

/// CloudFormation API Reference, DeleteChangeSet: it is refused while the change set is carried out.
pub(super) fn delete(
    state: &mut CloudFormation,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let now = kernel.now();
    let (stack, known) = match place(state, now, input) {
        // What is gone is deleted.
        Err(fault) if fault.code == "ChangeSetNotFound" => return Ok(json!({})),
        found => found?,
    };
    let status = known.execution_status(now);
    if status == "EXECUTE_IN_PROGRESS" {
        return Err(invalid_status(&known.id, "deleted", status));
    }
    let (stack, id) = (stack.id.clone(), known.id.clone());
    let stack = find_mut(state, now, &stack)?;
    stack.change_sets.retain(|known| known.id != id);
    Ok(json!({}))
}

//! Stacks that are there from the start: those of a fixture, and those that a plan has read.

use std::collections::BTreeMap;

use serde_json::Value;

use super::changes::made_up;
use super::state::{CloudFormation, Content, Event, STACK, Stack};
use super::template::{Template, invalid};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, text, texts};
use crate::world::simulated::kernel::Kernel;

/// Statuses in which a stack may be from the start: nothing is under way.
const STATUSES: [&str; 7] = [
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_FAILED",
    "CREATE_FAILED",
    "DELETE_FAILED",
];

/// A stack as it is described.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeclaredStack {
    pub(crate) name: String,
    pub(crate) template: String,
    pub(crate) status: String,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) capabilities: Vec<String>,
    pub(crate) outputs: BTreeMap<String, String>,
}

/// Adds a stack with the resources of its template.
///
/// # Errors
/// `ValidationError`: a template or a status that CloudFormation does not have.
pub(crate) fn add_stack(
    state: &mut CloudFormation,
    kernel: &mut Kernel,
    declared: DeclaredStack,
) -> Result<(), Fault> {
    let status = status_named(&declared.status).ok_or_else(|| {
        let known = STATUSES.join(", ");
        invalid(format!("status {} is none of {known}", declared.status))
    })?;
    let template = Template::read(&declared.template)?;
    let id = format!("stack/{}/{}", declared.name, kernel.rng.uuid());
    let id = kernel.arn("cloudformation", &id);
    let mut parameters = declared.parameters;
    for (name, parameter) in &template.parameters {
        if let Some(default) = &parameter.default {
            parameters
                .entry(name.clone())
                .or_insert_with(|| default.clone());
        }
    }
    let began = kernel.began();
    let event = |name: &str, kind: &str, physical: String, status| Event {
        at: began,
        name: name.to_owned(),
        physical: Some(physical),
        kind: kind.to_owned(),
        status,
        reason: None,
        token: None,
    };
    let mut events = Vec::new();
    for resource in &template.resources {
        let behaviour = state.behaviour(&declared.name, &resource.name);
        let physical = made_up(kernel, &declared.name, &resource.name, &behaviour);
        events.push(event(
            &resource.name,
            &resource.kind,
            physical,
            "CREATE_COMPLETE",
        ));
    }
    events.push(event(&declared.name, STACK, id.clone(), status));
    state.stacks.push(Stack {
        name: declared.name,
        id,
        created: began,
        content: Content {
            text: declared.template,
            template,
            parameters,
            tags: declared.tags,
            capabilities: declared.capabilities,
            role: None,
        },
        next: None,
        outputs: declared.outputs,
        events,
        planned: Vec::new(),
        change_sets: Vec::new(),
        executed: None,
    });
    Ok(())
}

fn status_named(name: &str) -> Option<&'static str> {
    STATUSES.iter().find(|known| **known == name).copied()
}

/// The texts of a list of keys and values.
fn pairs(item: &Value, member: &str, (key, value): (&str, &str)) -> BTreeMap<String, String> {
    let all = list(item, member).iter().filter_map(|pair| {
        let value = text(pair, value).unwrap_or_default().to_owned();
        Some((text(pair, key)?.to_owned(), value))
    });
    all.collect()
}

/// Brings a stack into a plan, as `DescribeStacks` shows it. Its resources come with its template.
pub(crate) fn import_stack(state: &mut CloudFormation, kernel: &Kernel, item: &Value) {
    let word = |name: &str| text(item, name).unwrap_or_default().to_owned();
    let live = word("StackStatus");
    // One that is being changed cannot be updated until that is over, whichever change it is.
    let status = match live.as_str() {
        "REVIEW_IN_PROGRESS" => "REVIEW_IN_PROGRESS",
        other => status_named(other).unwrap_or("UPDATE_IN_PROGRESS"),
    };
    let began = kernel.began();
    let event = Event {
        at: began,
        name: word("StackName"),
        physical: Some(word("StackId")),
        kind: STACK.to_owned(),
        status,
        reason: text(item, "StackStatusReason").map(str::to_owned),
        token: None,
    };
    let created = text(item, "CreationTime").and_then(|at| at.parse().ok());
    state.stacks.push(Stack {
        name: word("StackName"),
        id: word("StackId"),
        created: created.unwrap_or(began),
        content: Content {
            parameters: pairs(item, "Parameters", ("ParameterKey", "ParameterValue")),
            tags: pairs(item, "Tags", ("Key", "Value")),
            capabilities: texts(item, "Capabilities"),
            role: text(item, "RoleARN").map(str::to_owned),
            ..Content::default()
        },
        next: None,
        outputs: pairs(item, "Outputs", ("OutputKey", "OutputValue")),
        events: vec![event],
        planned: Vec::new(),
        change_sets: Vec::new(),
        executed: text(item, "ChangeSetId").map(str::to_owned),
    });
}

/// Brings the template of a stack into a plan, and the resources that it declares.
pub(crate) fn import_template(state: &mut CloudFormation, kernel: &Kernel, item: &Value) {
    let name = text(item, "StackName").unwrap_or_default();
    let body = text(item, "TemplateBody").unwrap_or_default();
    let mut all = state.stacks.iter_mut();
    let stack = all.find(|stack| stack.name == name || stack.id == name);
    let (Some(stack), Ok(template)) = (stack, Template::read(body)) else {
        return;
    };
    let resources = template.resources.iter().map(|resource| Event {
        at: kernel.began(),
        name: resource.name.clone(),
        physical: None,
        kind: resource.kind.clone(),
        status: "CREATE_COMPLETE",
        reason: None,
        token: None,
    });
    stack.events.splice(0..0, resources);
    stack.content.template = template;
    stack.content.text = body.to_owned();
}

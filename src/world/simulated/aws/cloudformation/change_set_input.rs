//! What `CreateChangeSet` is given: checked as CloudFormation does, and made into what the stack would be.

use std::collections::BTreeMap;

use serde_json::Value;

use super::state::{Content, Stack};
use super::template::{Template, invalid};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, list, not_simulated, text, texts};

/// Members whose effect is not simulated.
const NOT_SIMULATED: [&str; 7] = [
    "TemplateURL",
    "ResourceTypes",
    "ResourcesToImport",
    "ImportExistingResources",
    "IncludeNestedStacks",
    "OnStackFailure",
    "DeploymentMode",
];

/// What a stack would be after a change set.
///
/// # Errors
/// `ValidationError`, `InsufficientCapabilitiesException`: CloudFormation API Reference, CreateChangeSet, "Request
/// Parameters" and "Errors". `not_simulated` for members whose effect is not.
pub(super) fn wanted(before: Option<&Content>, input: &Value) -> Result<Content, Fault> {
    let unknown = |name: &&&str| input.get(**name).is_some_and(|v| !v.is_null());
    if let Some(name) = NOT_SIMULATED.iter().find(unknown) {
        let operation = format!("CreateChangeSet with {name}");
        return Err(not_simulated("cloudformation", &operation));
    }
    let previous = flag(input, "UsePreviousTemplate");
    let body = match (text(input, "TemplateBody"), previous, before) {
        (Some(body), false, _) => body,
        (None, true, Some(before)) => &before.text,
        _ => {
            return Err(invalid(
                "Either Template URL or Template Body must be specified.",
            ));
        }
    };
    let template = Template::read(body)?;
    let capabilities = texts(input, "Capabilities");
    if let Some(lacks) = template.lacks_capability(&capabilities) {
        return Err(Fault::new(
            "InsufficientCapabilitiesException",
            format!("Requires capabilities : [{lacks}]"),
        ));
    }
    let role = text(input, "RoleARN").map(str::to_owned);
    let tags = list(input, "Tags").iter().filter_map(|tag| {
        let key = text(tag, "Key")?.to_owned();
        Some((key, text(tag, "Value").unwrap_or_default().to_owned()))
    });
    let tags = match input.get("Tags") {
        // Tags that are left out stay as they are.
        None | Some(Value::Null) => before.map(|before| before.tags.clone()).unwrap_or_default(),
        Some(_) => tags.collect(),
    };
    Ok(Content {
        text: body.to_owned(),
        parameters: parameters(&template, before, input)?,
        template,
        tags,
        capabilities,
        role: role.or_else(|| before.and_then(|before| before.role.clone())),
    })
}

/// The value of each parameter: that of the call, that of the stack where the call says so, or the default.
fn parameters(
    template: &Template,
    before: Option<&Content>,
    input: &Value,
) -> Result<BTreeMap<String, String>, Fault> {
    let mut values = BTreeMap::new();
    let mut unknown = Vec::new();
    for given in list(input, "Parameters") {
        let key = text(given, "ParameterKey").unwrap_or_default();
        if !template.parameters.contains_key(key) {
            unknown.push(key);
            continue;
        }
        let value = match flag(given, "UsePreviousValue") {
            false => text(given, "ParameterValue").map(str::to_owned),
            true => {
                let previous = before.and_then(|before| before.parameters.get(key));
                let previous = previous.ok_or_else(|| {
                    invalid(format!(
                        "Invalid input for parameter key {key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template"
                    ))
                })?;
                Some(previous.clone())
            }
        };
        values.extend(value.map(|value| (key.to_owned(), value)));
    }
    if !unknown.is_empty() {
        return Err(invalid(format!(
            "Parameters: [{}] do not exist in the template",
            unknown.join(", ")
        )));
    }
    let mut missing = Vec::new();
    for (name, parameter) in &template.parameters {
        if values.contains_key(name) {
            continue;
        }
        match &parameter.default {
            Some(default) => drop(values.insert(name.clone(), default.clone())),
            None => missing.push(name.as_str()),
        }
    }
    match missing.is_empty() {
        true => Ok(values),
        false => Err(invalid(format!(
            "Parameters: [{}] must have values",
            missing.join(", ")
        ))),
    }
}

/// Whether a stack can be changed by a change set of that type.
///
/// # Errors
/// `ValidationError`: CloudFormation API Reference, CreateChangeSet, `ChangeSetType`, and CloudFormation User Guide, "Stack
/// status codes": a stack in progress, or whose creation was rolled back, cannot be updated.
pub(super) fn allow(
    stack: Option<(&Stack, &str)>,
    kind: &str,
    name: &str,
    change_set: &str,
) -> Result<(), Fault> {
    match (stack, kind) {
        (None, "CREATE") => Ok(()),
        (Some((_, status)), "CREATE") if status == super::state::IN_REVIEW => Ok(()),
        (None, "UPDATE") => Err(invalid(format!("Stack [{name}] does not exist"))),
        (Some((stack, _)), "CREATE") => Err(invalid(format!(
            "Stack [{}] already exists and cannot be created again with the changeSet [{change_set}].",
            stack.name
        ))),
        (Some((stack, status)), "UPDATE") => match can_be_updated(status) {
            true => Ok(()),
            false => Err(invalid(format!(
                "Stack:{} is in {status} state and can not be updated.",
                stack.id
            ))),
        },
        _ => {
            let operation = format!("CreateChangeSet of type {kind}");
            Err(not_simulated("cloudformation", &operation))
        }
    }
}

fn can_be_updated(status: &str) -> bool {
    [
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    ]
    .contains(&status)
}

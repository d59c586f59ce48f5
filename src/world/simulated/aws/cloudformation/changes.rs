//! What a new template, new parameters or new tags change in a stack.

use super::state::{Action, Behaviour, ChangeReason, CloudFormation, Content, Planned, Stack};
use super::template::{Resource, mentions};
use crate::world::simulated::kernel::Kernel;

/// What making `after` of a stack changes, in the order in which CloudFormation would carry it out.
///
/// CloudFormation User Guide, "Update CloudFormation stacks using change sets": the template, the parameters and the tags
/// are compared with those of the stack, not with what its resources are.
pub(super) fn changes(
    known: &CloudFormation,
    kernel: &mut Kernel,
    stack: &Stack,
    after: &Content,
) -> Vec<Planned> {
    let now = kernel.now();
    let before = stack.content(now);
    let there = stack.resources(now);
    let mut found = Vec::new();
    for resource in &after.template.resources {
        let old = before.template.resource(&resource.name);
        let old = old.filter(|_| there.contains_key(resource.name.as_str()));
        let (action, reasons) = match old {
            None => (Action::Add, Vec::new()),
            Some(old) => (Action::Modify, reasons(before, after, old, resource)),
        };
        if action == Action::Modify && reasons.is_empty() {
            continue;
        }
        let behaviour = known.behaviour(&stack.name, &resource.name);
        let own = there.get(resource.name.as_str());
        let physical = own.and_then(|event| event.physical.clone());
        found.push(Planned {
            replacement: replacement(kernel, &behaviour),
            policy: policy(resource),
            new_physical: Some(made_up(kernel, &stack.name, &resource.name, &behaviour)),
            name: resource.name.clone(),
            kind: resource.kind.clone(),
            action,
            physical,
            reasons,
            behaviour,
        });
    }
    for old in &before.template.resources {
        let own = there.get(old.name.as_str());
        let (Some(own), None) = (own, after.template.resource(&old.name)) else {
            continue;
        };
        found.push(Planned {
            name: old.name.clone(),
            kind: old.kind.clone(),
            action: Action::Remove,
            physical: own.physical.clone(),
            new_physical: None,
            replacement: "False".to_owned(),
            reasons: Vec::new(),
            policy: policy(old),
            behaviour: known.behaviour(&stack.name, &old.name),
        });
    }
    found
}

/// The physical ID that a new resource gets.
pub(super) fn made_up(
    kernel: &mut Kernel,
    stack: &str,
    resource: &str,
    behaviour: &Behaviour,
) -> String {
    let ending = kernel.rng.hex(12).to_uppercase();
    let named = || format!("{stack}-{resource}-{ending}");
    behaviour.physical.clone().unwrap_or_else(named)
}

/// A plan cannot know whether a modified resource is replaced: only CloudFormation does.
fn replacement(kernel: &Kernel, behaviour: &Behaviour) -> String {
    let usual = match kernel.all_goes_well() {
        true => "Conditional",
        false => "False",
    };
    let said = behaviour.replacement.as_deref();
    said.unwrap_or(usual).to_owned()
}

/// CloudFormation User Guide, "DeletionPolicy attribute": without one, the resource is deleted.
pub(super) fn policy(resource: &Resource) -> String {
    let said = resource.attributes.get("DeletionPolicy");
    let said = said.map(|text| text.trim_matches(['"', '\'']));
    let known = said.filter(|policy| ["Retain", "Snapshot"].contains(policy));
    known.unwrap_or("Delete").to_owned()
}

/// Why a resource that stays is modified; none: it is not.
fn reasons(before: &Content, after: &Content, old: &Resource, new: &Resource) -> Vec<ChangeReason> {
    let mut found = Vec::new();
    let direct = |attribute: &str, property: Option<&String>| ChangeReason {
        attribute: attribute.to_owned(),
        property: property.cloned(),
        parameter: None,
    };
    let changed: Vec<&String> = after
        .parameters
        .iter()
        .filter(|(name, value)| before.parameters.get(*name) != Some(*value))
        .map(|(name, _)| name)
        .collect();
    for (name, text) in &new.properties {
        if old.properties.get(name) != Some(text) {
            found.push(direct("Properties", Some(name)));
            continue;
        }
        let used = changed.iter().filter(|parameter| mentions(text, parameter));
        found.extend(used.map(|parameter| ChangeReason {
            parameter: Some((*parameter).clone()),
            ..direct("Properties", Some(name))
        }));
    }
    let gone = old.properties.keys();
    let gone = gone.filter(|name| !new.properties.contains_key(*name));
    found.extend(gone.map(|name| direct("Properties", Some(name))));
    for attribute in [
        "Metadata",
        "UpdatePolicy",
        "CreationPolicy",
        "DeletionPolicy",
    ] {
        if old.attributes.get(attribute) != new.attributes.get(attribute) {
            found.push(direct(attribute, None));
        }
    }
    if old.kind != new.kind {
        found.push(direct("Properties", None));
    }
    if before.tags != after.tags {
        found.push(direct("Tags", None));
    }
    found
}

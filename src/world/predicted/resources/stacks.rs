//! Stacks of CloudFormation, and their templates.

use serde_json::Value;

use super::{AnswerPlace, ResourceNeed, ResourceType, by};
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::cloudformation;

pub(super) static TYPES: &[&ResourceType] = &[&STACK, &TEMPLATE];

static STACK: ResourceType = ResourceType {
    service: "cloudformation",
    read: "DescribeStacks",
    shown: AnswerPlace::List("Stacks"),
    base: &[],
    names: &[
        by("StackName", "StackName", false),
        by("StackId", "StackName", false),
    ],
    lists: &[],
    parents: &[],
    about: &[
        ("DescribeChangeSet", "StackName", true),
        ("DescribeStackEvents", "StackName", true),
        ("DescribeStackResources", "StackName", true),
        ("GetTemplate", "StackName", true),
        ("ListChangeSets", "StackName", true),
    ],
    import: stack,
};

static TEMPLATE: ResourceType = ResourceType {
    service: "cloudformation",
    read: "GetTemplate",
    shown: AnswerPlace::Whole,
    base: &[],
    names: &[by("StackName", "StackName", false)],
    lists: &[],
    parents: &[],
    about: &[],
    import: template,
};

pub(super) fn needs(operation: &str, input: &Value) -> Vec<ResourceNeed> {
    match operation {
        "CreateChangeSet" | "ExecuteChangeSet" | "DeleteChangeSet" | "CancelUpdateStack"
        | "DeleteStack" => {
            let mut needs = ResourceNeed::of(&STACK, "StackName", input, "StackName");
            needs.extend(ResourceNeed::of(&TEMPLATE, "StackName", input, "StackName"));
            needs
        }
        _ => Vec::new(),
    }
}

fn stack(cloud: &mut Cloud, item: &Value) {
    cloudformation::import_stack(&mut cloud.cloudformation, &cloud.kernel, item);
}

fn template(cloud: &mut Cloud, item: &Value) {
    cloudformation::import_template(&mut cloud.cloudformation, &cloud.kernel, item);
}

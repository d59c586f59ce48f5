//! Rules of EventBridge with their targets, and schedules of EventBridge Scheduler.

use serde_json::Value;

use super::{AnswerPlace, ResourceNeed, ResourceType, by};
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::json::{list, object, text};

pub(super) static TYPES: &[&ResourceType] = &[&RULE, &TARGETS, &SCHEDULE];

static RULE: ResourceType = ResourceType {
    service: "events",
    read: "DescribeRule",
    shown: AnswerPlace::Whole,
    base: &[],
    names: &[by("Name", "Name", false)],
    lists: &[],
    parents: &[],
    about: &[],
    import: rule,
};

/// All targets of a rule: its answer does not say whose they are.
static TARGETS: ResourceType = ResourceType {
    service: "events",
    read: "ListTargetsByRule",
    shown: AnswerPlace::Nameless,
    base: &[],
    names: &[by("Rule", "Rule", false)],
    lists: &[],
    parents: &[],
    about: &[],
    import: targets,
};

static SCHEDULE: ResourceType = ResourceType {
    service: "scheduler",
    read: "GetSchedule",
    shown: AnswerPlace::Whole,
    base: &[],
    names: &[by("Name", "Name", false)],
    lists: &[],
    parents: &[],
    about: &[],
    import: schedule,
};

pub(super) fn needs(operation: &str, input: &Value) -> Vec<ResourceNeed> {
    match operation {
        "PutRule" | "EnableRule" | "DisableRule" => ResourceNeed::of(&RULE, "Name", input, "Name"),
        "DeleteRule" => {
            let targets = ResourceNeed::of(&TARGETS, "Rule", input, "Name");
            let rule = ResourceNeed::of(&RULE, "Name", input, "Name");
            rule.into_iter().chain(targets).collect()
        }
        "PutTargets" | "RemoveTargets" => {
            let targets = ResourceNeed::of(&TARGETS, "Rule", input, "Rule");
            let rule = ResourceNeed::of(&RULE, "Name", input, "Rule");
            targets.into_iter().chain(rule).collect()
        }
        "CreateSchedule" | "UpdateSchedule" | "DeleteSchedule" => {
            ResourceNeed::of(&SCHEDULE, "Name", input, "Name")
        }
        _ => Vec::new(),
    }
}

fn rule(cloud: &mut Cloud, item: &Value) {
    let name = text(item, "Name").unwrap_or_default();
    cloud.events.rule_mut(name).import(&object(item));
}

fn targets(cloud: &mut Cloud, item: &Value) {
    let name = text(item, "Rule").unwrap_or_default();
    let rule = cloud.events.rule_mut(name);
    rule.import_targets(list(item, "Targets"));
}

fn schedule(cloud: &mut Cloud, item: &Value) {
    let at = cloud.kernel.start;
    cloud.scheduler.import(&object(item), at);
}

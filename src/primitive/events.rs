//! `events::` — EventBridge: the rules that start tasks, and their targets.

use std::sync::Arc;

use serde_json::{Value, json};

use super::api::reconcile::{did_not_happen, list};
use super::api::{Api, left, name_of, primitives};
use super::{LineKind, Primitive, Reconciled, diff};

const EVENTS: &str = "events";

fn read(
    name: &'static str,
    operation: &'static str,
    object: &'static str,
    doc: &'static str,
    example: &'static str,
) -> Api {
    Api::read(EVENTS, name, (EVENTS, operation), object, doc, example)
}

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    primitives([
        read(
            "describe_rule",
            "DescribeRule",
            "Name",
            "Describes a rule: its schedule or event pattern, and whether it is enabled. `events::list_targets_by_rule` lists its targets.",
            r#"print(events::describe_rule(#{ Name: "catalog-nightly" }).ScheduleExpression);"#,
        ),
        read(
            "list_targets_by_rule",
            "ListTargetsByRule",
            "Rule",
            "Lists the targets of a rule, each as `events::put_targets` takes it.",
            r#"print(events::list_targets_by_rule(#{ Rule: "catalog-nightly" }).Targets[0].EcsParameters.TaskDefinitionArn);"#,
        ),
        read(
            "list_rule_names_by_target",
            "ListRuleNamesByTarget",
            "TargetArn",
            "Lists the names of the rules that have a target with this ARN. The ARN of an ECS target is that of its cluster.",
            r#"print(events::list_rule_names_by_target(#{ TargetArn: "arn:aws:ecs:ap-south-1:123456789012:cluster/realserv-prod" }).RuleNames);"#,
        ),
        read(
            "put_targets",
            "PutTargets",
            "Rule",
            "Adds targets to a rule, or replaces those of the same `Id` as a whole: a member that is left out is lost, such as the network of an ECS target. A target that EventBridge could not put is in `FailedEntries`, and the call does not fail.",
            r#"let target = events::list_targets_by_rule(#{ Rule: "catalog-nightly" }).Targets[0];
target.EcsParameters.TaskCount = 2;
let put = events::put_targets(#{ Rule: "catalog-nightly", Targets: [target] });
print(put.FailedEntryCount);"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(|input, cx| {
            let of = json!({ "Rule": input["Rule"], "EventBusName": input["EventBusName"] });
            let live = list(cx, (EVENTS, "ListTargetsByRule"), of, "Targets")?;
            let mut asked = input["Targets"].as_array().into_iter().flatten();
            // A put replaces the whole target, so a member that it leaves out counts too.
            Ok(match asked.all(|asked| live.contains(asked)) {
                true => Reconciled::Happened {
                    output: json!({ "FailedEntryCount": 0, "FailedEntries": [] }),
                    how: "the targets are as asked".into(),
                },
                false => did_not_happen("the targets are not as asked"),
            })
        })
        .changes(|input, seen| {
            let mut changes = Vec::new();
            for target in input["Targets"].as_array().into_iter().flatten() {
                let (rule, id) = (name_of(&input["Rule"]), name_of(&target["Id"]));
                let live = seen.rule_target(&rule, &id).unwrap_or(&Value::Null);
                diff::into(&format!("Targets[{id}]"), live, target, &mut changes);
            }
            changes
        })
        .residue(|input, _| left(format!("targets of rule {}", name_of(&input["Rule"])), false)),
    ])
}

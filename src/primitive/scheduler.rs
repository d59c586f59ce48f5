//! `scheduler::` — EventBridge Scheduler: the schedules that start tasks.

use std::sync::Arc;

use serde_json::{Value, json};

use super::api::reconcile::{contains_asked, did_not_happen, is_not_found};
use super::api::{Api, left, primitives, send};
use super::{Context, LineKind, Primitive, Reconciled, diff};
use crate::vocabulary::Stop;
use crate::world::AwsCall;

const SCHEDULER: &str = "scheduler";

/// Members that only say what a call is about.
const NAMES: [&str; 3] = ["Name", "GroupName", "ClientToken"];

/// Members that `GetSchedule` shows although no update has named them.
const ADDED: [&str; 7] = [
    "ActionAfterCompletion",
    "Arn",
    "CreationDate",
    "GroupName",
    "LastModificationDate",
    "ScheduleExpressionTimezone",
    "State",
];

fn read(
    name: &'static str,
    operation: &'static str,
    doc: &'static str,
    example: &'static str,
) -> Api {
    Api::read(
        SCHEDULER,
        name,
        (SCHEDULER, operation),
        "Name",
        doc,
        example,
    )
}

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    primitives([
        read(
            "get_schedule",
            "GetSchedule",
            "Reads a schedule, by its name and its group (default: `default`).",
            r#"print(scheduler::get_schedule(#{ Name: "catalog-hourly" }).Target.EcsParameters.TaskDefinitionArn);"#,
        ),
        read(
            "list_schedules",
            "ListSchedules",
            "Lists schedules in short, by `GroupName`, `NamePrefix` and `State`. Of the target it shows only the ARN: of an ECS target, that of its cluster.",
            r#"for schedule in scheduler::list_schedules(#{ NamePrefix: "catalog-" }).Schedules { print(schedule.Name); }"#,
        ),
        read(
            "update_schedule",
            "UpdateSchedule",
            "Replaces a schedule as a whole: each member that is left out goes back to AWS's default, such as the time zone to UTC and the state to ENABLED. Send what `scheduler::get_schedule` returned, without the members that AWS adds.",
            r#"let schedule = scheduler::get_schedule(#{ Name: "catalog-hourly" });
for added in ["Arn", "CreationDate", "LastModificationDate"] { schedule.remove(added); }
schedule.Target.EcsParameters.TaskCount = 2;
print(scheduler::update_schedule(schedule).ScheduleArn);"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(|input, cx| {
            Ok(match live(input, cx)? {
                None => did_not_happen("it is not there"),
                Some(live) if is_as_asked(&live, input) => Reconciled::Happened {
                    output: json!({ "ScheduleArn": live["Arn"] }),
                    how: "it is as asked".into(),
                },
                Some(_) => did_not_happen("it is not as asked"),
            })
        })
        .changes(|input, seen| diff::asked(seen.schedule(input), input, &NAMES))
        .residue(|input, _| {
            left(format!("schedule {}", super::api::name_of(&input["Name"])), false)
        }),
    ])
}

/// The schedule that an update is about; `None`: it is not there.
fn live(input: &Value, cx: &Context<'_>) -> Result<Option<Value>, Stop> {
    let mut of = json!({ "Name": input["Name"] });
    if input["GroupName"].is_string() {
        of["GroupName"] = input["GroupName"].clone();
    }
    match send(cx, &AwsCall::new(SCHEDULER, "GetSchedule", of)) {
        Ok(live) => Ok(Some(live)),
        Err(Stop::Fault(fault)) if is_not_found(&fault.code) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// Whether a schedule is what an update asks for. The update replaces it as a whole, so what it leaves out counts too.
fn is_as_asked(live: &Value, input: &Value) -> bool {
    let mut asked = input.clone();
    if let Some(asked) = asked.as_object_mut() {
        asked.remove("ClientToken");
    }
    let members = live.as_object().into_iter().flatten();
    let mut others = members.filter(|(name, value)| {
        !value.is_null() && asked[name.as_str()].is_null() && !ADDED.contains(&name.as_str())
    });
    contains_asked(live, &asked) && others.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// EventBridge Scheduler API Reference, "UpdateSchedule".
    #[test]
    fn a_member_that_the_update_leaves_out_must_be_gone() {
        let asked =
            json!({ "Name": "n", "ScheduleExpression": "rate(1 hours)", "ClientToken": "t" });
        let live = json!({ "Name": "n", "ScheduleExpression": "rate(1 hours)", "State": "ENABLED", "Arn": "a" });
        assert!(is_as_asked(&live, &asked));
        let mut described = live.clone();
        described["Description"] = json!("before");
        assert!(!is_as_asked(&described, &asked));
        let mut other = live;
        other["ScheduleExpression"] = json!("rate(2 hours)");
        assert!(!is_as_asked(&other, &asked));
    }
}

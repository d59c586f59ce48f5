//! Tasks.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ECS, read};
use crate::primitive::api::{Api, left, send};
use crate::primitive::task::stop_command;
use crate::primitive::{Context, LineKind, Reconciled};
use crate::text::arn::{self, short_name};
use crate::vocabulary::Stop;
use crate::world::AwsCall;

/// ECS keeps a stopped task for at least an hour: whoever looks later cannot tell that it never ran.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(55);
/// ECS answers a repeated client token with the tasks that it started, for 24 hours.
const TOKEN_KNOWN: SignedDuration = SignedDuration::from_hours(23);
/// No listing of a hundred tasks a page is longer.
const PAGES: usize = 50;

/// Operations that start and stop tasks.
pub(super) fn all() -> [Api; 2] {
    [
        read(
            "run_task",
            "RunTask",
            "taskDefinition",
            "Starts one-off tasks. It adds a client token and a `startedBy` of this run if the script gives none, so that a repeated call starts no second task, and the tasks are found if the answer is lost. If the script gives a `startedBy`, only ECS recognizes a repeated call.",
            r#"let started = ecs::run_task(#{
    cluster: "realserv-prod", taskDefinition: "catalog-migration-task", launchType: "FARGATE",
    networkConfiguration: #{ awsvpcConfiguration: #{ subnets: ["subnet-abc123"] } },
});
print(started.tasks[0].taskArn);"#,
        )
        .writes(LineKind::Creates)
        .prepared_by(with_tokens)
        .reconciled_by(find_task)
        .summary(|_, output| {
            Some(format!(
                "task {}",
                short_name(output["tasks"][0]["taskArn"].as_str()?)
            ))
        })
        .residue(|input, output| {
            // Where ECS found no place for it, it answers failures and no task.
            output["tasks"].get(0)?;
            let definition = short_name(input["taskDefinition"].as_str()?);
            left(format!("task of {definition} was run"), false)
        })
        .in_flight_about(|output| Some(short_name(output["tasks"][0]["taskArn"].as_str()?).to_owned()))
        .in_flight(|input| {
            Some(format!(
                "the task of {} continues in ECS",
                short_name(input["taskDefinition"].as_str()?)
            ))
        })
        .stop_command(|input, output| {
            let task = output["tasks"][0]["taskArn"].as_str()?;
            Some(stop_command(input["cluster"].as_str(), task))
        }),
        read(
            "stop_task",
            "StopTask",
            "task",
            "Stops a task.",
            r#"let listed = ecs::list_tasks(#{ cluster: "realserv-prod", serviceName: "catalog-service" });
ecs::stop_task(#{ cluster: "realserv-prod", task: listed.taskArns[0], reason: "example" });"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(find_stop),
    ]
}

fn with_tokens(input: &Value, cx: &Context<'_>) -> Value {
    let mut input = input.clone();
    if let Some(fields) = input.as_object_mut() {
        fields
            .entry("clientToken")
            .or_insert_with(|| json!(cx.token()));
        fields
            .entry("startedBy")
            .or_insert_with(|| json!(started_by(cx)));
    }
    input
}

/// At most 36 characters, as older parts of ECS allow.
fn started_by(cx: &Context<'_>) -> String {
    format!("deployer-{}", &cx.token()[..24])
}

fn find_task(input: &Value, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    if input["startedBy"].is_string() {
        // Others may start tasks by that name. ECS itself knows the call by its client token.
        return Ok(
            match cx.world.now().duration_since(cx.started) > TOKEN_KNOWN {
                true => Reconciled::Unknown,
                false => Reconciled::MayRepeat {
                    how: "ECS knows it by its client token".into(),
                },
            },
        );
    }
    let owner = started_by(cx);
    let cluster = &input["cluster"];
    let family = arn::family(input["taskDefinition"].as_str().unwrap_or_default());
    // ECS wants `startedBy` to be the only filter, and keeps stopped tasks in a list of their own.
    let lists = [
        json!({ "cluster": cluster, "startedBy": owner }),
        json!({ "cluster": cluster, "family": family, "desiredStatus": "STOPPED" }),
    ];
    for list in lists {
        let tasks = started_among(list, &owner, cx)?;
        if let Some(first) = tasks.first() {
            return Ok(Reconciled::Happened {
                how: format!(
                    "task {} was started by it",
                    short_name(first["taskArn"].as_str().unwrap_or_default())
                ),
                output: json!({ "tasks": tasks, "failures": [] }),
            });
        }
    }
    if cx.world.now().duration_since(cx.started) > REMEMBERED {
        return Ok(Reconciled::Unknown);
    }
    Ok(Reconciled::DidNot {
        how: format!("no task is started by {owner}"),
    })
}

/// The tasks of a list that are `owner`'s.
fn started_among(mut list: Value, owner: &str, cx: &Context<'_>) -> Result<Vec<Value>, Stop> {
    for _ in 0..PAGES {
        let listed = send(cx, &AwsCall::new(ECS, "ListTasks", list.clone()))?;
        let Some(arns) = listed["taskArns"].as_array().filter(|a| !a.is_empty()) else {
            break;
        };
        let ask = json!({ "cluster": list["cluster"], "tasks": arns });
        let mut described = send(cx, &AwsCall::new(ECS, "DescribeTasks", ask))?;
        if let Value::Array(mut tasks) = described["tasks"].take() {
            tasks.retain(|task| task["startedBy"] == json!(owner));
            if !tasks.is_empty() {
                return Ok(tasks);
            }
        }
        match listed["nextToken"].as_str() {
            Some(next) if !next.is_empty() => list["nextToken"] = json!(next),
            _ => break,
        }
    }
    Ok(Vec::new())
}

fn find_stop(input: &Value, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    let describe = json!({ "cluster": input["cluster"], "tasks": [input["task"]] });
    let output = send(cx, &AwsCall::new(ECS, "DescribeTasks", describe))?;
    let (how, task) = match output["tasks"].get(0) {
        Some(task) if task["desiredStatus"] != json!("STOPPED") => {
            return Ok(Reconciled::DidNot {
                how: "the task is to go on running".into(),
            });
        }
        Some(task) => ("the task is stopped", task.clone()),
        None => (
            "ECS does not know the task any more",
            json!({ "taskArn": input["task"], "lastStatus": "STOPPED", "desiredStatus": "STOPPED" }),
        ),
    };
    Ok(Reconciled::Happened {
        how: how.into(),
        output: json!({ "task": task }),
    })
}

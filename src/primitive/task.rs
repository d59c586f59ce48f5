//! `ecs::follow_task` — a one-off task to STOPPED, with its exit code and its logs.

use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::{is_young, send, send_shared};
use super::args::{Span, words};
use super::follow::{Followed, follow};
use super::stopped_tasks::{reason, stopped};
use super::{
    Call, Context, Declaration, InFlight, Line, LineKind, Progress, ResidueUpdate, ResourceCache,
    Verb,
};
use crate::text::arn::short_name;
use crate::text::shell::quote;
use crate::vocabulary::{Effect, Fault, Retry, Stop, codes};
use crate::world::AwsCall;

/// Follows a task until it has stopped.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowTask {
    /// Cluster: name or ARN.
    cluster: String,
    /// Task ARN, as `RunTask` returned it.
    task: String,
    /// Container whose exit code decides. Required if the task has several.
    #[serde(default)]
    container: Option<String>,
    /// Log group whose lines are shown while the task runs.
    #[serde(default)]
    log_group: Option<String>,
    /// Log stream of the container: `prefix/container/task-id`.
    #[serde(default)]
    log_stream: Option<String>,
    /// Longest time to wait. Default `"30m"`.
    #[serde(default = "limit")]
    timeout: Span,
}

fn limit() -> Span {
    Span::seconds(30 * 60)
}

/// How many of the last log lines the result and the fault carry.
const KEPT_LINES: usize = 50;
/// Pages of a log that one look takes in.
const PAGES: usize = 50;
/// Seconds for which the last lines of a failed task are waited for.
const LATE: usize = 5;

impl Verb for FollowTask {
    const DECLARATION: Declaration = Declaration {
        module: "ecs",
        name: "follow_task",
        effect: Effect::Wait,
        doc: "Waits until a task has stopped, and shows its log lines meanwhile. An exit code other than 0 of the named container is the fault `task_failed`, as is a container that never ran; `timed_out` if it takes too long. `details` has the exit code, the stop code, the stopped reason and the last log lines.",
        positional: &[],
        returns: "`#{ task, exitCode, log }`.",
        example: r#"let started = ecs::run_task(#{
    cluster: "realserv-prod", taskDefinition: "catalog-migration-task", launchType: "FARGATE",
    networkConfiguration: #{ awsvpcConfiguration: #{ subnets: ["subnet-abc123"] } },
});
let done = ecs::follow_task(#{ cluster: "realserv-prod", task: started.tasks[0].taskArn });
print(done.exitCode);"#,
    };
}

impl Call for FollowTask {
    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "wait".into(),
            kind: LineKind::Waits,
            object: "exit 0".into(),
            at_most_ms: Some(self.timeout.millis()),
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        Some(self.timeout.0)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let follower = Follower {
            args: self,
            cx,
            token: None,
            lines: Vec::new(),
            definition: None,
        };
        follow(cx, follower)
    }

    fn summary(&self, output: &Value) -> Option<String> {
        Some(format!("exit {}", output["exitCode"]))
    }

    fn residue_update(&self, fault: &Fault) -> Option<ResidueUpdate> {
        // The task has stopped, and its work failed: what it was said to leave on purpose, it may have left half done.
        let about = fault.details[DEFINITION].as_str()?;
        let never = fault.details["exitCode"].is_null();
        let how = match fault.details["exitCode"].as_i64() {
            None => "never ran".to_owned(),
            Some(exit) => format!("failed with exit {exit}, and how far it came is not known"),
        };
        Some(ResidueUpdate {
            about: format!("ecs::run_task {about}"),
            text: format!("task of {about} {how}"),
            harmless: never,
        })
    }

    fn in_flight(&self, _: &Value) -> Option<InFlight> {
        let task = &self.task;
        Some(InFlight {
            text: format!("task {} continues in ECS", short_name(task)),
            about: short_name(task).to_owned(),
            stop: Some(stop_command(Some(&self.cluster), task)),
        })
    }
}

/// The command that stops a task.
pub(super) fn stop_command(cluster: Option<&str>, task: &str) -> String {
    let cluster = cluster.map(|cluster| format!(" --cluster {}", quote(cluster)));
    let cluster = cluster.unwrap_or_default();
    format!(
        "aws ecs stop-task{cluster} --task {}",
        quote(short_name(task))
    )
}

/// Member of a fault's details: the task definition of a task that has stopped.
const DEFINITION: &str = "taskDefinition";

struct Follower<'a> {
    args: &'a FollowTask,
    cx: &'a Context<'a>,
    token: Option<String>,
    lines: Vec<String>,
    /// Task definition of a task that has stopped.
    definition: Option<String>,
}

impl Followed for Follower<'_> {
    fn describe(&mut self) -> Result<Arc<Value>, Stop> {
        let input = json!({ "cluster": self.args.cluster, "tasks": [self.args.task] });
        let described = send_shared(self.cx, &AwsCall::new("ecs", "DescribeTasks", input))?;
        match described["tasks"].get(0) {
            Some(_) => Ok(described),
            None if is_young(self.cx) => Err(Stop::Fault(
                Fault::new(codes::TASK_NOT_FOUND, "ECS does not show the task yet")
                    .retry(Retry::Transient),
            )),
            None => {
                let message = format!(
                    "ECS does not know task {} any more (stopped tasks are kept for an hour)",
                    short_name(&self.args.task)
                );
                let hint = "its exit code is lost: read its log, and start a new run when you know what it did";
                Err(Stop::Fault(
                    Fault::new(codes::TASK_NOT_FOUND, message).hint(hint),
                ))
            }
        }
    }

    fn look(&mut self, described: &Value) -> Result<Option<Value>, Stop> {
        let task = &described["tasks"][0];
        self.read_log()?;
        let status = task["lastStatus"].as_str().unwrap_or("UNKNOWN");
        self.progress(status.to_owned(), None);
        if status != "STOPPED" {
            return Ok(None);
        }
        let definition = task["taskDefinitionArn"].as_str();
        self.definition = definition.map(|arn| short_name(arn).to_owned());
        let judged = self.judge(task);
        if matches!(judged, Err(Stop::Fault(_))) {
            self.last_words()?;
            return self.judge(task).map(Some);
        }
        judged.map(Some)
    }

    fn pause(&self, last: Duration, _answered: bool) -> Duration {
        (last * 5 / 4).min(Duration::from_secs(1))
    }

    fn timed_out(&mut self) -> Stop {
        let message = format!(
            "task {} did not stop within {}",
            short_name(&self.args.task),
            words(self.args.timeout.0)
        );
        self.fault(codes::TIMED_OUT, message, Value::Null, Value::Null)
    }
}

impl Follower<'_> {
    fn judge(&mut self, task: &Value) -> Result<Value, Stop> {
        let brief = stopped(task);
        let none = Vec::new();
        let containers = brief["containers"].as_array().unwrap_or(&none);
        let deciding = match &self.args.container {
            Some(name) => containers.iter().find(|c| c["name"] == json!(name)),
            None if containers.len() == 1 => containers.first(),
            None => {
                let names: Vec<&str> = containers
                    .iter()
                    .filter_map(|c| c["name"].as_str())
                    .collect();
                return Err(self.fault(
                    "ambiguous_container",
                    format!(
                        "the task has {} containers ({}): name the one whose exit code decides",
                        names.len(),
                        names.join(", ")
                    ),
                    Value::Null,
                    brief.clone(),
                ));
            }
        };
        let exit = deciding.map_or(Value::Null, |c| c["exitCode"].clone());
        if exit == json!(0) {
            return Ok(json!({ "task": self.args.task, "exitCode": 0, "log": self.last_lines() }));
        }
        let name = deciding
            .and_then(|c| c["name"].as_str())
            .or(self.args.container.as_deref())
            .unwrap_or("the container");
        let mut message = match exit.as_i64() {
            Some(code) => format!("{name} exited with {code}"),
            None => format!("{name} never ran: {}", reason(&brief)),
        };
        // It may only have been stopped, because another container failed before it.
        for other in containers.iter().filter(|c| c["name"] != json!(name)) {
            if let Some(code) = other["exitCode"].as_i64().filter(|code| *code != 0)
                && exit.is_i64()
            {
                let name = other["name"].as_str().unwrap_or("another container");
                message.push_str(&format!("; {name} exited with {code}"));
            }
        }
        Err(self.fault("task_failed", message, exit, brief))
    }

    fn fault(&self, code: &str, message: String, exit: Value, task: Value) -> Stop {
        Stop::Fault(Fault::new(code, message).details(json!({
            "task": self.args.task,
            "exitCode": exit,
            DEFINITION: self.definition,
            "stopped": if task.is_null() { json!([]) } else { json!([task]) },
            "log": self.last_lines(),
        })))
    }

    fn last_lines(&self) -> &[String] {
        &self.lines[self.lines.len().saturating_sub(KEPT_LINES)..]
    }

    /// What a failed task said last may reach CloudWatch only after it has stopped.
    fn last_words(&mut self) -> Result<(), Stop> {
        if self.args.log_stream.is_none() {
            return Ok(());
        }
        for _ in 0..LATE {
            let before = self.lines.len();
            self.cx.sleep(Duration::from_secs(1))?;
            self.read_log()?;
            if before > 0 && self.lines.len() == before {
                break;
            }
        }
        Ok(())
    }

    /// Shows what the task has logged since the last look, page by page.
    fn read_log(&mut self) -> Result<(), Stop> {
        for _ in 0..PAGES {
            let before = self.token.clone();
            self.read_page()?;
            // At the end CloudWatch answers with the token that it was given.
            if self.token.is_none() || self.token == before {
                break;
            }
        }
        Ok(())
    }

    /// One page of the log. A stream that is not there yet is not a fault.
    fn read_page(&mut self) -> Result<(), Stop> {
        let (Some(group), Some(stream)) = (&self.args.log_group, &self.args.log_stream) else {
            return Ok(());
        };
        let mut input =
            json!({ "logGroupName": group, "logStreamName": stream, "startFromHead": true });
        if let Some(token) = &self.token {
            input["nextToken"] = json!(token);
        }
        let output = match send(self.cx, &AwsCall::new("logs", "GetLogEvents", input)) {
            Ok(output) => output,
            Err(Stop::Fault(fault)) if fault.code == "ResourceNotFoundException" => return Ok(()),
            // Logs explain; they do not decide.
            Err(Stop::Fault(_)) => return Ok(()),
            Err(halt) => return Err(halt),
        };
        for event in output["events"].as_array().into_iter().flatten() {
            let line = event["message"]
                .as_str()
                .unwrap_or_default()
                .trim_end()
                .to_owned();
            self.progress(String::new(), Some(line.clone()));
            self.lines.push(line);
        }
        self.token = output["nextForwardToken"].as_str().map(str::to_owned);
        Ok(())
    }

    fn progress(&self, state: String, news: Option<String>) {
        self.cx.progress(Progress {
            waiting_for: format!("task {}", short_name(&self.args.task)),
            until: "stop with exit 0".into(),
            since: Some(self.cx.started),
            deadline: self.cx.deadline,
            state,
            news,
        });
    }
}

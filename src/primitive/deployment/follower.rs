//! How a deployment is followed: what is read, what is told of it, and what its end is.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::arguments::{FollowDeployment, SERVES};
use super::rollout_progress::RolloutProgress;
use crate::primitive::api::reconcile::time;
use crate::primitive::api::{OutageTolerance, is_young, send, send_shared};
use crate::primitive::args::words;
use crate::primitive::follow::Followed;
use crate::primitive::stopped_tasks::{failed, reason, scheduler_names_itself, stopped};
use crate::primitive::{Context, Progress};
use crate::text::arn::short_name;
use crate::vocabulary::{Fault, Stop, codes};
use crate::world::AwsCall;

/// The deployment that ECS works towards.
fn primary(service: &Value) -> Option<&Value> {
    let all = service["deployments"].as_array()?;
    all.iter().find(|d| d["status"] == json!("PRIMARY"))
}

/// Follows one deployment from its start to its end, and keeps what was seen of it.
pub(super) struct Follower<'a> {
    args: &'a FollowDeployment,
    cx: &'a Context<'a>,
    patience: OutageTolerance,
    /// Service events and stopped tasks that were told already.
    told: BTreeSet<String>,
    stopped: Vec<Value>,
    /// What serves in its place, if something does.
    serves: Option<String>,
    failed_tasks: i64,
    /// ARN of the task definition that the deployment rolls out, once known.
    definition: Value,
    course: RolloutProgress,
    /// Whether as many tasks run as shall.
    nearly_done: bool,
}

impl<'a> Follower<'a> {
    /// One that has seen what the run has.
    pub(super) fn new(args: &'a FollowDeployment, cx: &'a Context<'a>) -> Self {
        // What the run has read of the service before is no news.
        let known = cx
            .seen
            .service(&args.cluster, &args.service)
            .map(|s| &s["events"]);
        let told = known
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|e| e["id"].as_str().map(str::to_owned))
            .collect();
        Follower {
            args,
            cx,
            patience: OutageTolerance::new(),
            told,
            stopped: Vec::new(),
            serves: None,
            failed_tasks: 0,
            definition: Value::Null,
            course: RolloutProgress::begun(cx.started),
            nearly_done: false,
        }
    }

    /// The end that the service shows, if it does.
    fn judge(
        &mut self,
        service: &Value,
        deployment: Option<&Value>,
    ) -> Result<Option<Value>, Stop> {
        if is_young(self.cx) && self.is_stale(service, deployment) {
            return Ok(None);
        }
        let mine = json!(self.args.deployment);
        let other = primary(service).filter(|primary| primary["id"] != mine);
        self.serves =
            other.and_then(|other| Some(short_name(other["taskDefinition"].as_str()?).to_owned()));
        let Some(d) = deployment else {
            self.stopped_tasks()?;
            return Err(self.superseded(service));
        };
        self.definition = d["taskDefinition"].clone();
        let count = |name: &str| d[name].as_i64().unwrap_or(0);
        let (running, desired) = (count("runningCount"), count("desiredCount"));
        let old = old_tasks(service, d);
        self.course
            .look(self.cx.world.now(), (running, desired, old));
        self.progress(service, d);
        match d["rolloutState"].as_str() {
            Some("FAILED") => {
                self.stopped_tasks()?;
                let reason = d["rolloutStateReason"].as_str().unwrap_or("ECS gave it up");
                Err(self.fault(
                    "deployment_failed",
                    format!(
                        "{} of {} failed: {reason}",
                        plural(count("failedTasks"), "task", "tasks"),
                        short_name(d["taskDefinition"].as_str().unwrap_or_default())
                    ),
                ))
            }
            _ if d["status"] != json!("PRIMARY") => {
                self.stopped_tasks()?;
                Err(self.superseded(service))
            }
            Some("COMPLETED") if desired == 0 => Err(self.fault(
                "no_tasks",
                "the service asks for no tasks (desired count 0): nothing runs, so nothing is proven".into(),
            )),
            Some("COMPLETED") if running >= desired => Ok(Some(json!({
                "deployment": self.args.deployment,
                "taskDefinition": d["taskDefinition"],
                "runningCount": running,
                "desiredCount": desired,
            }))),
            _ => Ok(None),
        }
    }

    /// A description may be older than the update that it follows, whose answer the run has seen.
    fn is_stale(&self, service: &Value, deployment: Option<&Value>) -> bool {
        let args = &self.args;
        let seen = self.cx.seen.service(&args.cluster, &args.service);
        let scaled = seen.is_some_and(|seen| seen["desiredCount"] != service["desiredCount"]);
        deployment.is_none() || scaled
    }

    fn superseded(&self, service: &Value) -> Stop {
        let primary = primary(service);
        let by = primary.map_or_else(String::new, |p| {
            format!(
                " by {} ({})",
                p["id"].as_str().unwrap_or_default(),
                short_name(p["taskDefinition"].as_str().unwrap_or_default())
            )
        });
        self.fault(
            codes::DEPLOYMENT_SUPERSEDED,
            format!("deployment {} was replaced{by}", self.args.deployment),
        )
    }

    fn fault(&self, code: &str, message: String) -> Stop {
        Stop::Fault(Fault::new(code, message).details(json!({
            "deployment": self.args.deployment,
            "stopped": self.stopped,
            SERVES: self.serves,
        })))
    }

    fn tell_events(&mut self, service: &Value) {
        let events = service["events"].as_array().into_iter().flatten();
        let since = self
            .cx
            .started
            .checked_sub(jiff::SignedDuration::from_secs(2))
            .unwrap_or(self.cx.started);
        let recent: Vec<&Value> = events
            .take_while(|e| time(&e["createdAt"]).is_none_or(|at| at >= since))
            .collect();
        for event in recent.into_iter().rev() {
            let id = event["id"].as_str().unwrap_or_default();
            if self.told.insert(id.to_owned()) {
                let text = event["message"].as_str().unwrap_or_default();
                let name = short_name(&self.args.service);
                let text = text
                    .strip_prefix(&format!("(service {name}) "))
                    .unwrap_or(text);
                self.news(text.to_owned());
            }
        }
    }

    /// Looks for stopped tasks when the deployment says that some have failed.
    fn look_at_stopped(&mut self, deployment: Option<&Value>) -> Result<(), Stop> {
        let failed = deployment
            .and_then(|d| d["failedTasks"].as_i64())
            .unwrap_or(0);
        if failed > self.failed_tasks {
            self.failed_tasks = failed;
            self.stopped_tasks()?;
        }
        Ok(())
    }

    fn stopped_tasks(&mut self) -> Result<(), Stop> {
        let FollowDeployment {
            cluster,
            service,
            deployment,
            ..
        } = self.args;
        let list =
            json!({ "cluster": cluster, "serviceName": service, "desiredStatus": "STOPPED" });
        let listed = send(self.cx, &AwsCall::new("ecs", "ListTasks", list));
        let Some(listed) = self.patience.with(self.cx, listed)? else {
            return Ok(());
        };
        let arns: Vec<&Value> = listed["taskArns"]
            .as_array()
            .into_iter()
            .flatten()
            .take(100)
            .collect();
        if arns.is_empty() {
            return Ok(());
        }
        let describe = json!({ "cluster": cluster, "tasks": arns });
        let described = send(self.cx, &AwsCall::new("ecs", "DescribeTasks", describe));
        let Some(described) = self.patience.with(self.cx, described)? else {
            return Ok(());
        };
        let definition = self.definition.clone();
        for task in described["tasks"].as_array().into_iter().flatten() {
            let arn = task["taskArn"].as_str().unwrap_or_default().to_owned();
            let ours = task["startedBy"] == json!(deployment)
                || (task["taskDefinitionArn"] == definition && !scheduler_names_itself(task));
            if ours && failed(task) && self.told.insert(arn.clone()) {
                let brief = stopped(task);
                self.news(format!(
                    "task {} stopped: {}",
                    short_name(&arn),
                    reason(&brief)
                ));
                self.stopped.push(brief);
            }
        }
        Ok(())
    }

    fn news(&self, news: String) {
        self.cx.progress(Progress {
            news: Some(news),
            ..self.waiting()
        });
    }

    fn waiting(&self) -> Progress {
        Progress {
            waiting_for: format!("deployment {}", self.args.deployment),
            until: "complete".into(),
            since: Some(self.cx.started),
            deadline: self.course.deadline(self.cx, self.args.timeout.0),
            ..Progress::default()
        }
    }

    fn progress(&self, service: &Value, ours: &Value) {
        let count = |d: &Value, name: &str| d[name].as_i64().unwrap_or(0);
        let starting = match count(ours, "pendingCount") {
            0 => String::new(),
            n => format!(", {n} starting"),
        };
        let failed = match count(ours, "failedTasks") {
            0 => String::new(),
            n => format!(", {n} failed"),
        };
        let old = old_tasks(service, ours);
        self.cx.progress(Progress {
            state: format!(
                "{}   new {}/{} running{starting}{failed}   old {old} serving",
                short_name(ours["taskDefinition"].as_str().unwrap_or_default()),
                count(ours, "runningCount"),
                count(ours, "desiredCount"),
            ),
            ..self.waiting()
        });
    }
}

impl Followed for Follower<'_> {
    fn describe(&mut self) -> Result<Arc<Value>, Stop> {
        let input = json!({ "cluster": self.args.cluster, "services": [self.args.service] });
        let described = send_shared(self.cx, &AwsCall::new("ecs", "DescribeServices", input))?;
        match described["services"].get(0) {
            Some(_) => Ok(described),
            None => Err(Stop::Fault(Fault::new(
                "ServiceNotFoundException",
                format!(
                    "service {} is not in cluster {}",
                    self.args.service, self.args.cluster
                ),
            ))),
        }
    }

    fn look(&mut self, described: &Value) -> Result<Option<Value>, Stop> {
        let service = &described["services"][0];
        self.tell_events(service);
        let deployment = deployment(service, &self.args.deployment).cloned();
        self.look_at_stopped(deployment.as_ref())?;
        let end = self.judge(service, deployment.as_ref())?;
        self.nearly_done = deployment.is_some_and(|d| d["runningCount"] == d["desiredCount"]);
        Ok(end)
    }

    /// Quick at first and again when it is nearly done, never slower than once a second: noticing late is
    /// what a person at the screen pays for.
    fn pause(&self, last: Duration, answered: bool) -> Duration {
        match answered {
            true if self.nearly_done => Duration::from_millis(400),
            true => (last * 5 / 4).min(Duration::from_secs(1)),
            false => last,
        }
    }

    fn is_over(&self) -> bool {
        self.course.is_over(self.cx, self.args.timeout.0)
    }

    fn timed_out(&mut self) -> Stop {
        if let Err(stop) = self.stopped_tasks() {
            return stop;
        }
        let message = format!(
            "deployment {} was not completed within {}",
            self.args.deployment,
            words(self.args.timeout.0)
        );
        self.fault(codes::TIMED_OUT, message)
    }
}

/// Tasks of other deployments that run.
fn old_tasks(service: &Value, ours: &Value) -> i64 {
    let deployments = service["deployments"].as_array().into_iter().flatten();
    deployments
        .filter(|d| d["id"] != ours["id"])
        .filter_map(|d| d["runningCount"].as_i64())
        .sum()
}

fn deployment<'v>(service: &'v Value, id: &str) -> Option<&'v Value> {
    service["deployments"]
        .as_array()?
        .iter()
        .find(|d| d["id"] == json!(id))
}

fn plural(n: i64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

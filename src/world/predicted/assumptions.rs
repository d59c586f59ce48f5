//! What a plan takes for granted: declared checks hold, and everyone approves, but for the faults.

use std::time::Duration;

use serde_json::Value;

use crate::vocabulary::{Answer, Question, Replies, unknown};
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::ecs::task::{Status, TaskOutcome};
use crate::world::simulated::model::people::{open_roles, typed};
use crate::world::{AskResult, HttpRequest, HttpResponse};

/// What an endpoint answers that is not well.
const UNAVAILABLE: u16 = 503;

/// A declared check is predicted to hold; it is not sent. What any other request is answered with, only the
/// real run can know.
pub(super) fn response(cloud: &Cloud, request: &HttpRequest) -> HttpResponse {
    let Some(expected) = &request.expected else {
        return HttpResponse {
            status: 200,
            headers: Vec::new(),
            body: unknown(format!("what {} {} answers", request.method, request.url)),
            latency_ms: 0,
        };
    };
    if unwell(cloud) {
        return HttpResponse {
            status: UNAVAILABLE,
            headers: Vec::new(),
            body: String::new(),
            latency_ms: 0,
        };
    }
    let body = match &expected.json {
        Value::Null => String::new(),
        json => json.to_string(),
    };
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    headers.extend(expected.headers.iter().cloned());
    HttpResponse {
        status: expected.status,
        headers,
        body,
        latency_ms: 0,
    }
}

/// Whether tasks that the plan starts run, but fail their health checks.
fn unwell(cloud: &Cloud) -> bool {
    cloud.ecs.tasks().any(|task| {
        let runs = task.service.is_some() && task.status == Status::Running;
        runs && task.outcome == TaskOutcome::Serves { healthy: false }
    })
}

/// Everyone is predicted to approve, at once.
pub(super) fn approvals(cloud: &mut Cloud, question: &Question, before: &Replies) -> AskResult {
    let at = cloud.now();
    let subject = |role: &Option<String>| role.clone().unwrap_or_default();
    let answers: Vec<Answer> = open_roles(question, before)
        .into_iter()
        .filter(|role| !cloud.kernel.fault_on("approval-unanswered", &subject(role)))
        .map(|role| {
            let approved = !cloud.kernel.fault_on("approval-rejected", &subject(&role));
            let by = role.clone().unwrap_or_else(|| "anyone".to_owned());
            let answer = Answer {
                role,
                typed: typed(
                    question,
                    question.word.is_some()
                        && cloud.kernel.fault("confirmation-mistyped").is_some(),
                ),
                ..Answer::to(question, approved, by, at)
            };
            answer.sealed()
        })
        .collect();
    if !answers.is_empty() {
        return AskResult::Answers(answers);
    }
    if let Some(deadline) = question.deadline {
        let wait = Duration::try_from(deadline.duration_since(at));
        cloud.pass(wait.unwrap_or_default());
    }
    AskResult::Later
}

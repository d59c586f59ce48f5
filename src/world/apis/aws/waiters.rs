//! Waiters that AWS publishes: which operation is called again and again, and what its answers say.

use serde::Deserialize;
use serde_json::Value;

use super::jmespath::search;
use super::service;

/// A waiter of a service.
#[derive(Debug, Clone, Deserialize)]
pub struct Waiter {
    /// Operation that is called, in the API's spelling.
    pub operation: String,
    /// Pause between two calls, in seconds.
    pub delay: u64,
    /// Number of calls after which AWS's own tools give up.
    #[serde(rename = "maxAttempts")]
    pub max_attempts: u64,
    acceptors: Vec<Acceptor>,
}

#[derive(Debug, Clone, Deserialize)]
struct Acceptor {
    matcher: Matcher,
    /// JMESPath in the answer, of the matchers that begin with `path`.
    argument: Option<String>,
    expected: Value,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Matcher {
    Path,
    PathAll,
    PathAny,
    Status,
    Error,
}

/// What an answer says of what is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// It has come: the wait ends with success.
    Success,
    /// It will never come: the wait ends with a failure.
    Failure,
    /// It has not come yet: the call is made again.
    Retry,
}

/// What came of one call.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// AWS answered the call with this output.
    Answer(&'a Value),
    /// AWS answered the call with an error.
    Error {
        /// AWS's error code: `DBInstanceNotFound`.
        code: &'a str,
        /// HTTP status code of the answer.
        status: u16,
    },
}

/// What a call says of what is waited for, and which part of it says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Whether the wait ends with this call, and how.
    pub state: State,
    /// `DBInstances[].DBInstanceStatus is deleting`, `the error DBInstanceNotFound`.
    pub reason: String,
}

/// The waiters of a service by name, in alphabetical order; none of an unknown one.
pub fn names(of: &str) -> Vec<&'static str> {
    let Some(service) = service(of) else {
        return Vec::new();
    };
    let all: std::collections::BTreeMap<&'static str, serde::de::IgnoredAny> =
        serde_json::from_str(service.waiters).unwrap_or_default();
    all.into_keys().collect()
}

/// The waiter of that name: `DBInstanceAvailable`.
pub fn waiter(of: &str, name: &str) -> Option<Waiter> {
    let all: Value = serde_json::from_str(service(of)?.waiters).ok()?;
    serde_json::from_value(all.get(name)?.clone()).ok()
}

impl Waiter {
    /// What a call says; `None`: no acceptor knows it. An error that none knows ends the wait, an answer does not.
    pub fn judge(&self, outcome: Outcome<'_>) -> Option<Verdict> {
        self.acceptors.iter().find_map(|acceptor| {
            acceptor.accepts(outcome).then(|| Verdict {
                state: acceptor.state,
                reason: acceptor.reason(),
            })
        })
    }

    /// The values with which it is there, `available or stopped`; `None`: an expression or an error says it.
    pub fn wanted(&self) -> Option<String> {
        let successes = self
            .acceptors
            .iter()
            .filter(|one| one.state == State::Success);
        let values = successes.map(|one| one.argument.as_ref().and(one.expected.as_str()));
        let values: Vec<&str> = values.collect::<Option<_>>()?;
        Some(values.join(" or "))
    }

    /// What a person may be shown of an answer: the values that the acceptors look at, each once.
    pub fn shown(&self, answer: &Value) -> String {
        let paths = self.acceptors.iter().filter(|one| one.expected.is_string());
        let mut said: Vec<String> = Vec::new();
        for path in paths.filter_map(|one| one.argument.as_deref()) {
            let values = match search(path, answer) {
                Ok(Value::Array(values)) => values,
                Ok(value) => vec![value],
                Err(_) => continue,
            };
            let texts = values
                .into_iter()
                .filter_map(|value| value.as_str().map(str::to_owned));
            for text in texts {
                if !said.contains(&text) {
                    said.push(text);
                }
            }
        }
        said.join(", ")
    }
}

impl Acceptor {
    fn accepts(&self, outcome: Outcome<'_>) -> bool {
        match (self.matcher, outcome) {
            // Every answer that is no error has a status of success.
            (Matcher::Status, Outcome::Answer(_)) => self
                .expected
                .as_u64()
                .is_some_and(|status| (200..300).contains(&status)),
            (Matcher::Status, Outcome::Error { status, .. }) => {
                self.expected.as_u64() == Some(status.into())
            }
            (Matcher::Error, Outcome::Answer(_)) => self.expected == Value::Bool(false),
            (Matcher::Error, Outcome::Error { code, .. }) => match &self.expected {
                Value::Bool(any) => *any,
                Value::String(expected) => is_code(code, expected),
                _ => false,
            },
            (_, Outcome::Error { .. }) => false,
            (matcher, Outcome::Answer(answer)) => {
                let path = self.argument.as_deref().unwrap_or_default();
                // An expression that does not fit an answer says nothing of it: `length` of a list that is not there.
                let Ok(found) = search(path, answer) else {
                    return false;
                };
                match (matcher, &found) {
                    (Matcher::PathAll, Value::Array(values)) => {
                        !values.is_empty() && values.iter().all(|value| *value == self.expected)
                    }
                    (Matcher::PathAny, Value::Array(values)) => values.contains(&self.expected),
                    (Matcher::Path, value) => *value == self.expected,
                    _ => false,
                }
            }
        }
    }

    fn reason(&self) -> String {
        let expected = match &self.expected {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match (self.matcher, &self.argument) {
            (Matcher::Error, _) if self.expected == Value::Bool(false) => "an answer".to_owned(),
            (Matcher::Error, _) => format!("the error {expected}"),
            (Matcher::Status, _) => format!("HTTP status {expected}"),
            (_, Some(path)) => format!("{path} is {expected}"),
            (_, None) => expected,
        }
    }
}

/// Whether an error has that code. Waiters name some errors as the model names their shapes, which end in `Fault` or
/// `Exception` where the code of the answer does not.
fn is_code(code: &str, expected: &str) -> bool {
    let bare = |code: &str| {
        let code = code.strip_suffix("Exception").unwrap_or(code);
        code.strip_suffix("Fault").unwrap_or(code).to_owned()
    };
    code == expected || bare(code) == bare(expected)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::vocabulary::Effect;
    use crate::world::apis::aws::effects::effect;
    use crate::world::apis::aws::{operations, services};

    fn judged(of: &str, name: &str, outcome: Outcome<'_>) -> Option<State> {
        let waiter = waiter(of, name).expect(name);
        waiter.judge(outcome).map(|verdict| verdict.state)
    }

    fn answered(of: &str, name: &str, answer: Value) -> Option<State> {
        judged(of, name, Outcome::Answer(&answer))
    }

    fn refused(of: &str, name: &str, code: &str, status: u16) -> Option<State> {
        judged(of, name, Outcome::Error { code, status })
    }

    const SUCCESS: Option<State> = Some(State::Success);
    const FAILURE: Option<State> = Some(State::Failure);
    const RETRY: Option<State> = Some(State::Retry);

    /// AWS CLI Command Reference, `rds wait db-instance-available`, `ecs wait services-stable`.
    #[test]
    fn answers_are_judged_as_the_acceptors_say() {
        let instances = |states: &[&str]| {
            let each = states
                .iter()
                .map(|state| json!({ "DBInstanceStatus": state }));
            json!({ "DBInstances": each.collect::<Vec<_>>() })
        };
        let rds = |states: &[&str]| answered("rds", "DBInstanceAvailable", instances(states));
        assert_eq!(rds(&["available", "available"]), SUCCESS);
        assert_eq!(rds(&["available", "creating"]), None);
        assert_eq!(rds(&["available", "deleting"]), FAILURE);
        // Of none, not all are available.
        assert_eq!(rds(&[]), None);
        let service = |deployments: usize, running: u32| {
            json!({ "services": [{
                "status": "ACTIVE", "deployments": vec![json!({}); deployments], "runningCount": running, "desiredCount": 2,
            }], "failures": [] })
        };
        let ecs = |answer: Value| answered("ecs", "ServicesStable", answer);
        assert_eq!(ecs(service(1, 2)), SUCCESS);
        assert_eq!(ecs(service(2, 2)), None);
        assert_eq!(ecs(service(1, 1)), None);
        assert_eq!(
            ecs(json!({ "services": [], "failures": [{ "reason": "MISSING" }] })),
            FAILURE
        );
        let alarms = |answer: Value| answered("cloudwatch", "AlarmExists", answer);
        assert_eq!(alarms(json!({ "MetricAlarms": [{}] })), SUCCESS);
        assert_eq!(alarms(json!({ "MetricAlarms": [] })), None);
        // What has no such member says nothing.
        assert_eq!(alarms(json!({})), None);
    }

    /// AWS CLI Command Reference, `s3api wait bucket-exists`, `rds wait db-instance-deleted`, `lambda wait function-exists`.
    #[test]
    fn errors_and_statuses_are_judged_too() {
        assert_eq!(answered("s3", "BucketExists", json!({})), SUCCESS);
        assert_eq!(refused("s3", "BucketExists", "Forbidden", 403), SUCCESS);
        assert_eq!(refused("s3", "BucketExists", "NotFound", 404), RETRY);
        assert_eq!(refused("s3", "BucketExists", "BadRequest", 400), None);
        assert_eq!(refused("s3", "BucketNotExists", "NotFound", 404), SUCCESS);
        for code in ["DBInstanceNotFound", "DBInstanceNotFoundFault"] {
            assert_eq!(
                refused("rds", "DBInstanceDeleted", code, 404),
                SUCCESS,
                "{code}"
            );
        }
        assert_eq!(
            refused("rds", "DBInstanceDeleted", "AccessDenied", 403),
            None
        );
        assert_eq!(answered("lambda", "FunctionExists", json!({})), SUCCESS);
        let missing = refused("lambda", "FunctionExists", "ResourceNotFoundException", 404);
        assert_eq!(missing, RETRY);
    }

    #[test]
    fn what_is_shown_of_an_answer_is_what_the_acceptors_look_at() {
        let waiter = waiter("rds", "DBInstanceAvailable").expect("a waiter");
        let answer = json!({ "DBInstances": [
            { "DBInstanceStatus": "creating" }, { "DBInstanceStatus": "backing-up" }, { "DBInstanceStatus": "creating" },
        ] });
        assert_eq!(waiter.shown(&answer), "creating, backing-up");
        assert_eq!(waiter.wanted().as_deref(), Some("available"));
        let stable = super::waiter("ecs", "ServicesStable").expect("a waiter");
        assert_eq!(stable.wanted(), None);
        let failed = json!({ "DBInstances": [{ "DBInstanceStatus": "failed" }] });
        let verdict = waiter.judge(Outcome::Answer(&failed)).expect("a verdict");
        assert_eq!(verdict.reason, "DBInstances[].DBInstanceStatus is failed");
    }

    /// Every waiter of every service is read, calls an operation that only reads, and looks with expressions that can be
    /// read.
    #[test]
    fn every_waiter_is_understood() {
        let mut counted = 0;
        for of in services() {
            for name in names(of) {
                counted += 1;
                let waiter = waiter(of, name).unwrap_or_else(|| panic!("{of} {name}"));
                assert!(
                    operations(of).contains(&waiter.operation.as_str()),
                    "{of} {name}"
                );
                assert_eq!(effect(of, &waiter.operation), Effect::Read, "{of} {name}");
                assert!(waiter.delay > 0 && waiter.max_attempts > 0, "{of} {name}");
                for acceptor in &waiter.acceptors {
                    let is_path = !matches!(acceptor.matcher, Matcher::Status | Matcher::Error);
                    assert_eq!(acceptor.argument.is_some(), is_path, "{of} {name}");
                    let Some(path) = &acceptor.argument else {
                        continue;
                    };
                    assert!(::jmespath::compile(path).is_ok(), "{of} {name}: {path}");
                }
            }
        }
        assert_eq!(counted, 415);
        assert!(waiter("rds", "DBInstanceAvailible").is_none());
        assert!(names("nosuch").is_empty());
    }
}

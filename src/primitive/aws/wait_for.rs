//! `aws::wait_for` — AWS's own waiters.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Place, call_of};
use crate::primitive::api::reconcile::is_not_found;
use crate::primitive::api::secrets::hide;
use crate::primitive::api::{self, OutageTolerance, is_young, next_poll, send};
use crate::primitive::args::{INVALID_INPUT, Span, words};
use crate::primitive::{
    Call, Context, Declaration, InFlight, Line, LineKind, Progress, ResourceCache, Verb,
};
use crate::suggest::did_you_mean;
use crate::vocabulary::{Effect, Fault, Retry, Stop, codes, unknown, unknown_in};
use crate::world::apis::aws::waiters::{self, Outcome, State, Verdict, Waiter};
use crate::world::{AwsCall, shape};

/// Waits as one of AWS's waiters says.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitFor {
    /// Service in the AWS CLI's spelling: `rds`.
    service: String,
    /// Waiter in AWS's spelling: `DBInstanceAvailable`.
    waiter: String,
    /// Input of the waiter's operation, the API's own JSON. Default: an empty map.
    #[serde(default)]
    input: Value,
    /// Longest to wait. Default: as long as AWS's waiter does, that is its pause times its number of attempts.
    #[serde(default)]
    timeout: Option<Span>,
    /// Pause between two calls, at least a second. Default: that of AWS's waiter.
    #[serde(default)]
    every: Option<Span>,
    /// What is waited for, in words: `database catalog-db`. Default: the waiter.
    #[serde(default)]
    what: Option<String>,
    /// Region, where it is not the configured one.
    #[serde(default)]
    region: Option<String>,
    /// Named profile, where it is not the configured one.
    #[serde(default)]
    profile: Option<String>,
}

/// What the last call said.
enum Seen {
    Answer(Value),
    Error(Fault),
    Nothing,
}

impl WaitFor {
    /// The waiter that is named.
    ///
    /// # Errors
    /// `invalid_input`, with what was probably meant.
    fn waiter(&self) -> Result<Waiter, Fault> {
        waiters::waiter(&self.service, &self.waiter).ok_or_else(|| {
            let name = Self::DECLARATION.path();
            let known = waiters::names(&self.service);
            let meant = did_you_mean(&self.waiter, known.iter().copied());
            let wrong = |at: &str, why: String| {
                Fault::new(INVALID_INPUT, format!("{name} at `{at}`: {why}"))
            };
            if !shape::is_service(&self.service) {
                let problem = shape::unknown_service(&self.service);
                let mut fault = wrong("service", problem.message.clone());
                fault.hint = problem.hint();
                return fault;
            }
            if known.is_empty() {
                let why = format!("AWS publishes no waiters for {}", self.service);
                return wrong("waiter", why).hint("use aws::wait");
            }
            let why = format!("{} has no waiter `{}`", self.service, self.waiter);
            let hint = meant.unwrap_or_else(|| format!("it has {}", known.join(", ")));
            wrong("waiter", why).hint(hint)
        })
    }

    fn call(&self, waiter: &Waiter) -> AwsCall {
        let place = Place {
            region: &self.region,
            profile: &self.profile,
        };
        call_of(&self.service, &waiter.operation, &self.input, place)
    }

    fn what(&self) -> String {
        let named = || format!("{} {}", self.service, self.waiter);
        self.what.clone().unwrap_or_else(named)
    }

    fn limit(&self) -> Duration {
        let published = || {
            let waiter = self.waiter().ok()?;
            Some(Duration::from_secs(
                waiter.delay.saturating_mul(waiter.max_attempts),
            ))
        };
        let given = self.timeout.map(|timeout| timeout.0);
        given.or_else(published).unwrap_or_default()
    }

    fn progress(&self, waiter: &Waiter, state: &str, cx: &Context<'_>) {
        let until = match waiter.wanted() {
            Some(values) => format!("be {values}"),
            None => format!("pass {}", self.waiter),
        };
        cx.progress(Progress {
            waiting_for: self.what(),
            until,
            since: Some(cx.started),
            deadline: cx.deadline,
            state: state.to_owned(),
            news: None,
        });
    }

    /// The fault of a wait whose end is a failure.
    fn failed(&self, verdict: &Verdict, seen: &Seen) -> Stop {
        let message = format!("{}: {}", self.what(), verdict.reason);
        self.fault(codes::WAIT_FAILED, message, seen)
    }

    fn timed_out(&self, state: &str, seen: &Seen) -> Stop {
        let still = match (state, seen) {
            (_, Seen::Error(fault)) => format!("AWS last answered {}", fault.code),
            ("", _) => "it has not come".to_owned(),
            (state, _) => format!("it was still {state}"),
        };
        let message = format!("{}: {still} after {}", self.what(), words(self.limit()));
        self.fault(codes::TIMED_OUT, message, seen)
    }

    /// A fault with what AWS said last.
    fn fault(&self, code: &str, message: String, seen: &Seen) -> Stop {
        let details = match seen {
            Seen::Answer(answer) => json!({ "waiter": self.waiter, "output": answer }),
            Seen::Error(fault) => {
                let error = json!({ "code": fault.code, "message": fault.message });
                json!({ "waiter": self.waiter, "error": error })
            }
            Seen::Nothing => json!({ "waiter": self.waiter }),
        };
        Stop::Fault(Fault::new(code, message).details(details))
    }
}

impl Verb for WaitFor {
    const DECLARATION: Declaration = Declaration {
        module: "aws",
        name: "wait_for",
        effect: Effect::Wait,
        doc: "Waits as one of AWS's own waiters says (those of `aws SERVICE wait` in the AWS CLI): its operation is called again and again until its answer shows success. An answer that shows failure is the fault `wait_failed`; `timed_out` if it takes too long. `details` has what AWS said last. A resumed run goes on with the wait. To wait for a state that no waiter knows, use `aws::wait`.",
        positional: &["service", "waiter", "input"],
        returns: "The last answer, the API's own JSON; null where an error shows success (`DBInstanceDeleted`).",
        example: r#"let done = aws::wait_for("rds", "DBInstanceAvailable", #{ DBInstanceIdentifier: "catalog-db" });
print(done.DBInstances[0].Endpoint.Address);"#,
    };
}

impl Call for WaitFor {
    fn check(&self) -> Result<(), Fault> {
        let call = self.call(&self.waiter()?);
        api::check(
            &Self::DECLARATION.path(),
            &call.service,
            &call.operation,
            &call.input,
        )
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "wait".into(),
            kind: LineKind::Waits,
            object: self.what(),
            detail: match self.what {
                Some(_) => self.waiter.clone(),
                None => String::new(),
            },
            at_most_ms: Some(self.limit().as_millis().try_into().unwrap_or(u64::MAX)),
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        Some(self.limit())
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let waiter = self.waiter()?;
        let call = self.call(&waiter);
        let pause = self
            .every
            .map_or(Duration::from_secs(waiter.delay), Span::pause);
        let mut patience = OutageTolerance::new();
        let mut seen = Seen::Nothing;
        let mut state = String::new();
        loop {
            match patience.with(cx, look(cx, &call))? {
                Some(Ok(answer)) => {
                    state = waiter.shown(&answer);
                    self.progress(&waiter, &state, cx);
                    // A plan cannot see what it becomes: it takes for granted that it does.
                    let whole = answer.as_str().unwrap_or_default();
                    let is_unknown = [whole, &state]
                        .into_iter()
                        .any(|it| unknown_in(it).is_some());
                    let verdict = waiter.judge(Outcome::Answer(&answer));
                    if is_unknown
                        || verdict
                            .as_ref()
                            .is_some_and(|it| it.state == State::Success)
                    {
                        return Ok(answer);
                    }
                    seen = Seen::Answer(answer);
                    if let Some(verdict) = verdict.filter(|it| it.state == State::Failure) {
                        return Err(self.failed(&verdict, &seen));
                    }
                }
                Some(Err(fault)) => {
                    let error = Outcome::Error {
                        code: &fault.code,
                        status: status_of(&fault),
                    };
                    match waiter.judge(error) {
                        Some(verdict) if verdict.state == State::Success => return Ok(Value::Null),
                        Some(verdict) if verdict.state == State::Failure => {
                            return Err(self.failed(&verdict, &Seen::Error(fault)));
                        }
                        None if !(is_not_found(&fault.code) && is_young(cx)) => {
                            return Err(Stop::Fault(fault));
                        }
                        _ => {
                            state.clone_from(&fault.code);
                            self.progress(&waiter, &state, cx);
                            seen = Seen::Error(fault);
                        }
                    }
                }
                None => {}
            }
            if !next_poll(cx, pause)? {
                return Err(self.timed_out(&state, &seen));
            }
        }
    }

    fn predict(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        match self.perform(cx) {
            // The plan reads what is there now: what is made before may make it come.
            Err(Stop::Fault(fault))
                if fault.code == codes::TIMED_OUT || is_not_found(&fault.code) =>
            {
                Ok(Value::from(unknown(format!(
                    "what {} waits for",
                    self.what()
                ))))
            }
            result => result,
        }
    }

    fn summary(&self, output: &Value) -> Option<String> {
        let shown = self.waiter().ok()?.shown(output);
        let state = if shown.is_empty() {
            &self.waiter
        } else {
            &shown
        };
        Some(format!("{}: {state}", self.what()))
    }

    fn in_flight(&self, _: &Value) -> Option<InFlight> {
        let what = self.what();
        Some(InFlight {
            text: format!("{what} continues in AWS"),
            about: what,
            stop: None,
        })
    }
}

/// One call: its answer, or the error that AWS answered for good. A fault that passes is the wait's to bear.
fn look(cx: &Context<'_>, call: &AwsCall) -> Result<Result<Value, Fault>, Stop> {
    match send(cx, call) {
        Ok(mut answer) => {
            hide(cx, call, &mut answer);
            Ok(Ok(answer))
        }
        Err(Stop::Fault(fault)) if fault.retry == Retry::Never => Ok(Err(fault)),
        Err(stop) => Err(stop),
    }
}

/// The HTTP status of an error.
fn status_of(fault: &Fault) -> u16 {
    let said = fault.details["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok());
    said.unwrap_or(match is_not_found(&fault.code) {
        true => 404,
        false => 400,
    })
}

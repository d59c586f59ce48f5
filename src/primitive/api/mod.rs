//! AWS primitives: an API operation as it is, sent with retries.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Call, Change, Context, Declaration, Going, Input, Left, Line, LineKind, Primitive, Reconciled,
    ResourceCache, Signal,
};
use crate::primitive::args::INVALID_INPUT;
use crate::primitive::resource_cache::STRANGE;
use crate::vocabulary::{Effect, Fault, Halt, Retry, Stop};
use crate::world::{AwsCall, shape};

pub(super) mod look;
pub(super) mod pages;
pub(super) mod secrets;
mod whole;

/// Attempts at a call that is refused for a passing reason.
const ATTEMPTS: u32 = 6;
/// How long a read is tried whose answers are lost: each may have taken a whole time-out.
const LOST_FOR: jiff::SignedDuration = jiff::SignedDuration::from_secs(30);

/// Finds out whether a call of this input has happened.
type Reconcile = fn(&Value, &Context<'_>) -> Result<Reconciled, Stop>;

/// An operation of an AWS API.
pub struct Api {
    declaration: Declaration,
    service: &'static str,
    operation: &'static str,
    /// Member of the input that names what it acts upon.
    object: &'static str,
    kind: LineKind,
    /// Adds what AWS needs to recognise a repetition.
    prepare: Option<fn(&Value, &Context<'_>) -> Value>,
    reconcile: Option<Reconcile>,
    changes: Option<fn(&Value, &ResourceCache) -> Vec<Change>>,
    summary: Option<fn(&Value, &Value) -> Option<String>>,
    leaves: Option<fn(&Value, &Value) -> Option<Left>>,
    in_flight: Option<fn(&Value) -> Option<String>>,
    stop: Option<fn(&Value, &Value) -> Option<String>>,
    about: Option<fn(&Value) -> Option<String>>,
}

impl Api {
    /// An operation that reads.
    pub(super) fn read(
        module: &'static str,
        name: &'static str,
        (service, operation): (&'static str, &'static str),
        object: &'static str,
        doc: &'static str,
        example: &'static str,
    ) -> Api {
        Api {
            declaration: Declaration {
                module,
                name,
                effect: Effect::Read,
                doc,
                positional: &[],
                returns: "The API's own JSON; of a list every page, unless the input asks for one by its size or token.",
                example,
            },
            service,
            operation,
            object,
            kind: LineKind::Looks,
            prepare: None,
            reconcile: None,
            changes: None,
            summary: None,
            leaves: None,
            in_flight: None,
            stop: None,
            about: None,
        }
    }

    /// Makes it an operation that writes.
    pub(super) fn writes(mut self, kind: LineKind) -> Api {
        self.declaration.effect = Effect::Write;
        self.kind = kind;
        self
    }

    /// Adds to the input what AWS needs to recognise a repetition.
    pub(super) fn with(mut self, prepare: fn(&Value, &Context<'_>) -> Value) -> Api {
        self.prepare = Some(prepare);
        self
    }

    /// How a write in doubt is found out about.
    pub(super) fn in_doubt(mut self, reconcile: Reconcile) -> Api {
        self.reconcile = Some(reconcile);
        self
    }

    /// What a call changes, leaf by leaf.
    pub(super) fn changing(mut self, changes: fn(&Value, &ResourceCache) -> Vec<Change>) -> Api {
        self.changes = Some(changes);
        self
    }

    /// What came of a call, in a few words.
    pub(super) fn said(mut self, summary: fn(&Value, &Value) -> Option<String>) -> Api {
        self.summary = Some(summary);
        self
    }

    /// What a call leaves in place.
    pub(super) fn leaving(mut self, leaves: fn(&Value, &Value) -> Option<Left>) -> Api {
        self.leaves = Some(leaves);
        self
    }

    /// What goes on in AWS if the run stops behind a call, about what the call acts upon.
    pub(super) fn going_on(mut self, in_flight: fn(&Value) -> Option<String>) -> Api {
        self.in_flight = Some(in_flight);
        self
    }

    /// The command that stops what goes on, from input and output.
    pub(super) fn stopped_by(mut self, stop: fn(&Value, &Value) -> Option<String>) -> Api {
        self.stop = Some(stop);
        self
    }

    /// What that is about, where only the output says it.
    pub(super) fn about(mut self, about: fn(&Value) -> Option<String>) -> Api {
        self.about = Some(about);
        self
    }
}

/// A table of operations as primitives.
pub(super) fn primitives(table: impl IntoIterator<Item = Api>) -> Vec<Arc<dyn Primitive>> {
    table.into_iter().map(|api| Arc::new(api) as _).collect()
}

/// Something that a write leaves in place.
pub(super) fn left(text: impl Into<String>, harmless: bool) -> Option<Left> {
    Some(Left {
        text: text.into(),
        harmless,
        ..Left::default()
    })
}

impl Primitive for Api {
    fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    fn input(&self) -> Input<'_> {
        Input::Api {
            service: self.service,
            operation: self.operation,
        }
    }

    fn prepare<'a>(&'a self, input: &'a Value) -> Result<Box<dyn Call + 'a>, Fault> {
        Ok(Box::new(ApiCall { api: self, input }))
    }
}

/// A call of an operation, with the API's own JSON.
struct ApiCall<'a> {
    api: &'a Api,
    input: &'a Value,
}

impl Call for ApiCall<'_> {
    fn check(&self) -> Result<(), Fault> {
        check(
            &self.api.declaration.path(),
            self.api.service,
            self.api.operation,
            self.input,
        )
    }

    fn line(&self, seen: &ResourceCache) -> Line {
        Line {
            verb: self.api.operation.to_owned(),
            object: name_of(&self.input[self.api.object]),
            kind: self.api.kind,
            changes: self
                .api
                .changes
                .map(|f| f(self.input, seen))
                .unwrap_or_default(),
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let input = match self.api.prepare {
            Some(prepare) => prepare(self.input, cx),
            None => self.input.clone(),
        };
        pages::send_all(
            cx,
            AwsCall::new(self.api.service, self.api.operation, input),
        )
    }

    fn reconcile(&self, cx: &Context<'_>) -> Result<Reconciled, Stop> {
        match self.api.reconcile {
            Some(reconcile) => reconcile(self.input, cx),
            None => Ok(Reconciled::Unknown),
        }
    }

    fn refused(&self, fault: &Fault) -> bool {
        answered(fault)
    }

    fn strangers(&self, output: &Value) -> Vec<String> {
        shape::strangers(self.api.service, self.api.operation, output)
    }

    fn is_setting(&self) -> bool {
        self.api.service != "logs"
    }

    fn summary(&self, output: &Value) -> Option<String> {
        self.api.summary.and_then(|f| f(self.input, output))
    }

    fn in_flight(&self, output: &Value) -> Option<Going> {
        Some(Going {
            text: self.api.in_flight?(self.input)?,
            stop: self.api.stop.and_then(|stop| stop(self.input, output)),
            about: match self.api.about {
                Some(about) => about(output)?,
                None => name_of(&self.input[self.api.object]),
            },
        })
    }

    fn leaves(&self, output: &Value) -> Option<Left> {
        match self.api.leaves {
            Some(leaves) => leaves(self.input, output),
            None => Some(Left {
                text: format!(
                    "{} {}",
                    self.api.operation,
                    name_of(&self.input[self.api.object])
                ),
                harmless: false,
                ..Left::default()
            }),
        }
    }
}

/// Whether AWS has answered that it did not carry a call out: its answer, whatever it says, is not lost.
pub(super) fn answered(fault: &Fault) -> bool {
    fault.retry != Retry::InDoubt
}

/// Checks the input of an API operation against its shape.
///
/// # Errors
/// `invalid_input` with everything that is wrong, `secret_input`.
pub fn check(name: &str, service: &str, operation: &str, input: &Value) -> Result<(), Fault> {
    if !input.is_object() {
        return Err(Fault::new(INVALID_INPUT, format!("{name} takes a map")));
    }
    secrets::refuse_taken(name, operation, input)?;
    shape::check(service, operation, input).map_err(|problems| {
        let said = problems.iter().map(|p| match p.path.as_str() {
            "" => p.message.clone(),
            path => format!("{path}: {}", p.message),
        });
        let said: Vec<String> = said.collect();
        let mut fault = Fault::new(INVALID_INPUT, format!("{name}: {}", said.join("; ")));
        fault.hint = problems.iter().find_map(shape::Problem::hint);
        fault.details = strange(&problems);
        fault
    })
}

/// What is not known here of an input, where nothing else is wrong with it.
fn strange(problems: &[shape::Problem]) -> Value {
    let names: Option<Vec<&str>> = problems.iter().map(shape::Problem::stranger).collect();
    match names {
        Some(names) => json!({ STRANGE: names }),
        None => Value::Null,
    }
}

/// How a value names what is acted upon: the short form of an ARN, a list's members.
pub(super) fn name_of(value: &Value) -> String {
    match value {
        Value::String(text) => named(text),
        Value::Array(items) => items.iter().map(name_of).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}

/// A resource as people call it; an ARN of a load balancer's part ends in an id that nobody knows.
fn named(arn: &str) -> String {
    let Some((_, path)) = arn.split_once(":elasticloadbalancing:") else {
        return super::resource_cache::short(arn).to_owned();
    };
    let parts: Vec<&str> = path.rsplit(':').next().unwrap_or(path).split('/').collect();
    match parts.as_slice() {
        ["targetgroup", name, _] | ["loadbalancer", _, name, _] => (*name).to_owned(),
        ["listener", _, balancer, ..] => format!("a listener of {balancer}"),
        ["listener-rule", _, balancer, .., id] => format!("rule {id} of {balancer}"),
        _ => super::resource_cache::short(arn).to_owned(),
    }
}

/// Sends one call, again after passing faults, within the shared budget.
///
/// A write whose answer was lost is not sent again here: the run looks for it first.
///
/// # Errors
/// The last fault; `Halt::Cancelled` if someone asks to stop between attempts.
pub fn send(cx: &Context<'_>, call: &AwsCall) -> Result<Value, Stop> {
    let mut attempt = 1;
    let began = cx.world.now();
    loop {
        let answered = cx.world.aws(call);
        let answered = answered.and_then(|output| whole::whole(call, &output).map(|()| output));
        let fault = match answered {
            Ok(output) => {
                cx.budget.refund(&call.service);
                return Ok(output);
            }
            Err(fault) => fault,
        };
        let most = match fault.retry {
            Retry::Never => 1,
            Retry::InDoubt if call.effect() == Effect::Write => 1,
            Retry::InDoubt if cx.world.now().duration_since(began) >= LOST_FOR => 1,
            Retry::InDoubt | Retry::Throttled | Retry::Transient => ATTEMPTS,
        };
        if attempt >= most || !cx.budget.spend(&call.service) {
            return Err(Stop::Fault(fault));
        }
        let delay = backoff(cx, attempt, fault.retry);
        (cx.signal)(Signal::Retried {
            attempt,
            fault,
            delay,
        });
        cx.sleep(delay)?;
        attempt += 1;
    }
}

/// Exponential with jitter that depends on the run and the call, so that runs do not march in step.
fn backoff(cx: &Context<'_>, attempt: u32, retry: Retry) -> Duration {
    let base: u64 = if retry == Retry::Throttled { 500 } else { 200 };
    let whole = base << attempt.min(5);
    let token = cx.token();
    let jitter = u64::from_str_radix(&token[..4], 16).unwrap_or(0) + u64::from(attempt) * 7919;
    Duration::from_millis(whole / 2 + jitter % (whole / 2 + 1))
}

/// A wait's view of an API that may be away for a while: that says nothing of what is waited for.
pub struct Patience {
    since: Option<jiff::Timestamp>,
}

impl Patience {
    /// Longest that a wait without a deadline goes on without an answer.
    const BLIND: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

    /// Full patience.
    pub fn new() -> Patience {
        Patience { since: None }
    }

    /// Passes an answer on; swallows a passing fault (`None`) until the wait's deadline.
    ///
    /// # Errors
    /// A final fault, a halt; at the deadline `Halt::Unavailable`, or the fault of a run that nobody can resume.
    pub fn with<T>(
        &mut self,
        cx: &Context<'_>,
        result: Result<T, Stop>,
    ) -> Result<Option<T>, Stop> {
        match result {
            Ok(output) => {
                self.since = None;
                Ok(Some(output))
            }
            Err(Stop::Fault(fault)) if fault.retry != Retry::Never => {
                let now = cx.now();
                let since = *self.since.get_or_insert(now);
                let over = match cx.deadline {
                    Some(deadline) => now >= deadline,
                    None => now.duration_since(since) >= Self::BLIND,
                };
                match over {
                    true => Err(unavailable(cx, fault)),
                    false => Ok(None),
                }
            }
            Err(stop) => Err(stop),
        }
    }
}

/// The end of a wait that has no answer of AWS to judge by.
pub fn unavailable(cx: &Context<'_>, fault: Fault) -> Stop {
    if !cx.resumable {
        return fault.into();
    }
    let message = format!("AWS does not answer ({fault}); resume when it can be reached");
    Stop::Halt(Halt::Unavailable { message })
}

impl Default for Patience {
    fn default() -> Self {
        Patience::new()
    }
}

/// How long what was just made may not be there for a read yet: AWS's reads are eventually consistent.
const YOUNG: jiff::SignedDuration = jiff::SignedDuration::from_secs(15);

/// Whether a wait has begun so short a time ago that a read may not show what it waits for.
pub fn is_young(cx: &Context<'_>) -> bool {
    cx.now().duration_since(cx.started) < YOUNG
}

/// Lets a wait pass time before its next poll, or ends it at its deadline.
///
/// # Errors
/// `Halt::Cancelled`; `Ok(false)`: the deadline has passed.
pub fn next_poll(cx: &Context<'_>, interval: Duration) -> Result<bool, Stop> {
    if cx.cancel.is_cancelled() {
        return Err(Stop::Halt(Halt::Cancelled));
    }
    let Some(deadline) = cx.deadline else {
        cx.sleep(interval)?;
        return Ok(true);
    };
    let left = Duration::try_from(deadline.duration_since(cx.now())).unwrap_or_default();
    if left.is_zero() {
        return Ok(false);
    }
    cx.sleep(interval.min(left))?;
    Ok(true)
}

//! AWS primitives: an API operation as it is, sent with retries.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Call, Change, Context, Declaration, InFlight, Input, Line, LineKind, Primitive, Reconciled,
    Residue, ResourceCache,
};
use crate::primitive::args::INVALID_INPUT;
use crate::primitive::resource_cache::STRANGE;
use crate::vocabulary::{Effect, Fault, Stop};
use crate::world::{AwsCall, shape};

mod complete_answer;
mod name;
pub(super) mod pages;
mod poll;
pub(super) mod reconcile;
pub(super) mod secrets;
mod send;
mod tokens;

pub(super) use name::name_of;
pub use poll::{OutageTolerance, is_young, next_poll, unavailable};
pub(super) use send::answered;
pub use send::{send, send_shared};
pub(super) use tokens::with_tokens;

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
    residue: Option<fn(&Value, &Value) -> Option<Residue>>,
    in_flight: Option<fn(&Value) -> Option<String>>,
    stop: Option<fn(&Value, &Value) -> Option<String>>,
    about: Option<fn(&Value) -> Option<String>>,
    message_members: &'static [&'static str],
}

impl Api {
    /// A verb for an operation that only reads.
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
            residue: None,
            in_flight: None,
            stop: None,
            about: None,
            message_members: &[],
        }
    }

    /// Makes it an operation that writes.
    pub(super) fn writes(mut self, kind: LineKind) -> Api {
        self.declaration.effect = Effect::Write;
        self.kind = kind;
        self
    }

    /// Adds to the input what AWS needs to recognise a repetition.
    pub(super) fn prepared_by(mut self, prepare: fn(&Value, &Context<'_>) -> Value) -> Api {
        self.prepare = Some(prepare);
        self
    }

    /// How a write in doubt is found out about.
    pub(super) fn reconciled_by(mut self, reconcile: Reconcile) -> Api {
        self.reconcile = Some(reconcile);
        self
    }

    /// What a call changes, leaf by leaf.
    pub(super) fn changes(mut self, changes: fn(&Value, &ResourceCache) -> Vec<Change>) -> Api {
        self.changes = Some(changes);
        self
    }

    /// What came of a call, in a few words.
    pub(super) fn summary(mut self, summary: fn(&Value, &Value) -> Option<String>) -> Api {
        self.summary = Some(summary);
        self
    }

    /// What a call leaves in place.
    pub(super) fn residue(mut self, residue: fn(&Value, &Value) -> Option<Residue>) -> Api {
        self.residue = Some(residue);
        self
    }

    /// What continues in AWS if the run stops behind a call, about what the call acts upon.
    pub(super) fn in_flight(mut self, in_flight: fn(&Value) -> Option<String>) -> Api {
        self.in_flight = Some(in_flight);
        self
    }

    /// The command that stops what goes on, from input and output.
    pub(super) fn stop_command(mut self, stop: fn(&Value, &Value) -> Option<String>) -> Api {
        self.stop = Some(stop);
        self
    }

    /// Makes it a message: these members only tell people what happened.
    pub(super) fn message_members(mut self, members: &'static [&'static str]) -> Api {
        self.message_members = members;
        self
    }

    /// What that is about, where only the output says it.
    pub(super) fn in_flight_about(mut self, about: fn(&Value) -> Option<String>) -> Api {
        self.about = Some(about);
        self
    }
}

/// A table of operations as primitives.
pub(super) fn primitives(table: impl IntoIterator<Item = Api>) -> Vec<Arc<dyn Primitive>> {
    table.into_iter().map(|api| Arc::new(api) as _).collect()
}

/// Something that a write leaves in place.
pub(super) fn left(text: impl Into<String>, harmless: bool) -> Option<Residue> {
    Some(Residue {
        text: text.into(),
        harmless,
        ..Residue::default()
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
    fn message_members(&self) -> &'static [&'static str] {
        self.api.message_members
    }

    fn is_message(&self) -> bool {
        !self.api.message_members.is_empty()
    }

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
        let call = AwsCall::new(self.api.service, self.api.operation, input);
        pages::send_all(cx, with_tokens(cx, call))
    }

    fn reconcile(&self, cx: &Context<'_>) -> Result<Reconciled, Stop> {
        match self.api.reconcile {
            Some(reconcile) => reconcile(self.input, cx),
            None => Ok(Reconciled::Unknown),
        }
    }

    fn proves_refusal(&self, fault: &Fault) -> bool {
        answered(fault)
    }

    fn unknown_names(&self, output: &Value) -> Vec<String> {
        unknown_names(self.api.service, self.api.operation, output)
    }

    fn returns_settings(&self) -> bool {
        self.api.service != "logs"
    }

    fn summary(&self, output: &Value) -> Option<String> {
        self.api.summary.and_then(|f| f(self.input, output))
    }

    fn in_flight(&self, output: &Value) -> Option<InFlight> {
        Some(InFlight {
            text: self.api.in_flight?(self.input)?,
            stop: self.api.stop.and_then(|stop| stop(self.input, output)),
            about: match self.api.about {
                Some(about) => about(output)?,
                None => name_of(&self.input[self.api.object]),
            },
        })
    }

    fn residue(&self, output: &Value) -> Option<Residue> {
        match self.api.residue {
            Some(residue) => residue(self.input, output),
            None => Some(Residue {
                text: format!(
                    "{} {}",
                    self.api.operation,
                    name_of(&self.input[self.api.object])
                ),
                harmless: false,
                ..Residue::default()
            }),
        }
    }
}

/// Checks that an API operation may be called, and its input against its shape.
///
/// # Errors
/// `invalid_input` with everything that is wrong, `secret_operation`, `secret_input`.
pub fn check(name: &str, service: &str, operation: &str, input: &Value) -> Result<(), Fault> {
    if !input.is_object() {
        return Err(Fault::new(INVALID_INPUT, format!("{name} takes a map")));
    }
    secrets::refuse_secrets(name, service, operation)?;
    secrets::refuse_taken(name, service, operation, input)?;
    shape::check(service, operation, input).map_err(|problems| {
        let said = problems.iter().map(|p| match p.path.as_str() {
            "" => p.message.clone(),
            path => format!("{path}: {}", p.message),
        });
        let said: Vec<String> = said.collect();
        let mut fault = Fault::new(INVALID_INPUT, format!("{name}: {}", said.join("; ")));
        fault.hint = problems.iter().find_map(shape::Problem::hint);
        fault.details = strange(service, &problems);
        fault
    })
}

/// Members and values that AWS has answered with, and that its models do not have.
pub(super) fn unknown_names(service: &str, operation: &str, output: &Value) -> Vec<String> {
    let problems = shape::strangers(service, operation, output);
    let names = problems.iter().filter_map(shape::Problem::unknown_name);
    names.map(str::to_owned).collect()
}

/// What is not known here of an input, where nothing else is wrong with it, and the service can be sent it.
fn strange(service: &str, problems: &[shape::Problem]) -> Value {
    let carries_fields = shape::carries_unknown_fields(service);
    let passable = |problem: &shape::Problem| {
        carries_fields || problem.kind != shape::ProblemKind::UnknownField
    };
    let names = problems.iter().map(shape::Problem::unknown_name);
    match names
        .collect::<Option<Vec<&str>>>()
        .filter(|_| problems.iter().all(passable))
    {
        Some(names) => json!({ STRANGE: names }),
        None => Value::Null,
    }
}

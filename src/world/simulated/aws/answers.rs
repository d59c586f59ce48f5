//! What the fixture answers calls of AWS with, before the simulated cloud is asked.

use crate::suggest::suggest;
use crate::text::arn::short_name;
use serde_json::{Map, Value};

use crate::text::wildcard::fits as matches;
use crate::vocabulary::{Fault, codes};
use crate::world::AwsCall;
use crate::world::aws_retry::retry_of;
use crate::world::simulated::fixture::CallAnswer;

/// No longer text is shown as a part of an input.
const LONGEST: usize = 120;

/// The answers of a fixture, and how often each has answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers(Vec<FixtureAnswer>);

#[derive(Debug, Clone)]
struct FixtureAnswer {
    what: CallAnswer,
    answered: u32,
}

impl Answers {
    pub(crate) fn new(all: Vec<CallAnswer>) -> Self {
        let given = all
            .into_iter()
            .map(|what| FixtureAnswer { what, answered: 0 });
        Answers(given.collect())
    }

    /// What the first answer that fits says.
    pub(crate) fn answer(&mut self, call: &AwsCall) -> Option<Result<Value, Fault>> {
        let given = self.0.iter_mut().find(|given| given.fits(call))?;
        given.answered += 1;
        Some(given.what.answer.clone().map_err(|error| {
            let message = match error.message.is_empty() {
                true => format!(
                    "{} {} answered {}",
                    call.service, call.operation, error.status
                ),
                false => error.message,
            };
            let retry = retry_of(&error.code, error.status);
            Fault::new(error.code, message).retry(retry)
        }))
    }

    /// Whether any answers calls of this operation.
    pub(crate) fn are_for(&self, call: &AwsCall) -> bool {
        self.0.iter().any(|given| given.what.is_for(call))
    }

    /// The answers that nothing has asked for (`answer_not_asked`), each with what may have been meant.
    pub(crate) fn not_asked<'c>(&self, calls: impl Iterator<Item = &'c AwsCall>) -> Vec<Fault> {
        let calls: Vec<&AwsCall> = calls.collect();
        let unasked = self.0.iter().filter(|given| given.answered == 0);
        unasked.map(|given| given.what.not_asked(&calls)).collect()
    }

    /// A fault of a call that is not simulated, with the lines of a fixture that answer it.
    pub(crate) fn help(&self, fault: Fault, call: &AwsCall) -> Fault {
        if fault.code != codes::NOT_SIMULATED {
            return fault;
        }
        let mut hint = String::new();
        let operations = self
            .0
            .iter()
            .filter(|given| given.what.service == call.service);
        let operations: Vec<&FixtureAnswer> = operations.collect();
        let names = operations.iter().map(|given| given.what.operation.as_str());
        if let Some(near) = suggest(&call.operation, names) {
            let given = operations.iter().find(|g| g.what.operation == near);
            if let Some(given) = given {
                hint = format!("the fixture's {} does not fit\n", given.what.shown());
            }
        }
        hint.push_str("add to the fixture what it answers:\n[[answers]]\n");
        hint.push_str(&format!(
            "service = {:?}\noperation = {:?}\n",
            call.service, call.operation
        ));
        let told = told(&call.input);
        if !told.is_empty() {
            hint.push_str(&format!("when = {}\n", toml_of(&Value::Object(told))));
        }
        hint.push_str("answer = {}");
        fault.hint(hint)
    }
}

impl FixtureAnswer {
    fn fits(&self, call: &AwsCall) -> bool {
        let left = self.what.times.is_none_or(|times| self.answered < times);
        left && self.what.is_for(call) && covers(&call.input, &self.what.when)
    }
}

impl CallAnswer {
    fn is_for(&self, call: &AwsCall) -> bool {
        self.service == call.service && self.operation == call.operation
    }

    /// `answer to events DisableRule when { Name = "nightly" }`
    fn shown(&self) -> String {
        let when = self.when.as_object().filter(|when| !when.is_empty());
        let when = when.map(|_| format!(" when {}", toml_of(&self.when)));
        format!(
            "answer to {} {}{}",
            self.service,
            self.operation,
            when.unwrap_or_default()
        )
    }

    fn not_asked(&self, calls: &[&AwsCall]) -> Fault {
        let message = format!("nothing asked for the fixture's {}", self.shown());
        let fault = Fault::new(codes::ANSWER_NOT_ASKED, message);
        if let Some(call) = calls.iter().find(|call| self.is_for(call)) {
            let input = toml_of(&Value::Object(told(&call.input)));
            return fault.hint(format!("the run called it with {input}"));
        }
        let made = calls.iter().filter(|call| call.service == self.service);
        match suggest(&self.operation, made.map(|call| call.operation.as_str())) {
            Some(meant) => fault.hint(format!("did you mean `{meant}`, which the run called?")),
            None => fault,
        }
    }
}

/// Whether an input has what is wanted of it: members of maps, elements of lists, patterns of texts, and the end
/// of an ARN by itself.
fn covers(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, wanted)| found.get(name).is_some_and(|found| covers(found, wanted))),
        (Value::Array(found), Value::Array(wanted)) => wanted
            .iter()
            .all(|wanted| found.iter().any(|found| covers(found, wanted))),
        (Value::String(found), Value::String(wanted)) => {
            matches(wanted, found, true)
                || (found.starts_with("arn:") && matches(wanted, short_name(found), true))
        }
        (Value::Number(found), Value::Number(wanted)) => {
            found == wanted || found.as_f64() == wanted.as_f64()
        }
        (Value::Null, Value::Object(wanted)) => wanted.is_empty(),
        (found, wanted) => found == wanted,
    }
}

/// The part of an input that tells it from others: its short members.
fn told(input: &Value) -> Map<String, Value> {
    let short = |value: &Value| match value {
        Value::String(text) => text.len() <= LONGEST,
        Value::Bool(_) | Value::Number(_) => true,
        _ => false,
    };
    let all = |value: &Value| match value {
        Value::Array(items) => !items.is_empty() && items.len() <= 4 && items.iter().all(short),
        value => short(value),
    };
    let members = input.as_object().into_iter().flatten();
    let told = members.filter(|(_, value)| all(value));
    told.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// A value in TOML, as one line of a fixture has it.
fn toml_of(value: &Value) -> String {
    toml::Value::try_from(value).map_or_else(|_| value.to_string(), |value| value.to_string())
}

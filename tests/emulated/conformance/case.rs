//! A case: calls that set something up, the call that is judged, and what it must answer.

use deployer::primitive::diff;
use deployer::world::AwsCall;
use jiff::Timestamp;
use serde_json::Value;

use super::backend::{Backend, Names};
use super::pattern;

/// One case. Texts may name `{id}` (of the case), `{now}` (in milliseconds; `"#{now}"` is a number),
/// `{time}`, `{later}` and `{earlier}`, what the backend knows, and what earlier calls keep.
#[derive(Debug, Clone)]
pub struct Case {
    /// What must hold, in words; unique.
    pub name: &'static str,
    steps: Vec<Step>,
    expected: Expected,
    eventually: bool,
    unchanged: Option<Value>,
}

#[derive(Debug, Clone)]
struct Step {
    service: &'static str,
    operation: &'static str,
    input: Value,
    keep: Vec<(&'static str, &'static str)>,
    until: Option<Value>,
}

#[derive(Debug, Clone)]
enum Expected {
    Gives(Value),
    Fails(&'static str),
}

/// A case of this name, without steps.
pub fn case(name: &'static str) -> Case {
    Case {
        name,
        steps: Vec::new(),
        expected: Expected::Gives(Value::Null),
        eventually: false,
        unchanged: None,
    }
}

impl Case {
    /// Adds a call; the last one is the one that is judged, the ones before must go well.
    pub fn call(mut self, service: &'static str, operation: &'static str, input: Value) -> Self {
        self.steps.push(Step {
            service,
            operation,
            input,
            keep: Vec::new(),
            until: None,
        });
        self
    }

    /// Keeps a member (a JSON pointer) of the last call's output as `{name}`.
    pub fn keep(mut self, name: &'static str, pointer: &'static str) -> Self {
        let step = self.steps.last_mut().expect("a call to keep from");
        step.keep.push((name, pointer));
        self
    }

    /// Repeats the last call until its output is like `pattern`.
    pub fn until(mut self, pattern: Value) -> Self {
        self.steps.last_mut().expect("a call to repeat").until = Some(pattern);
        self
    }

    /// The last call's output is like `pattern`.
    pub fn gives(mut self, pattern: Value) -> Self {
        self.expected = Expected::Gives(pattern);
        self
    }

    /// The last call's output is like `pattern`, sooner or later.
    pub fn comes_to(mut self, pattern: Value) -> Self {
        self.expected = Expected::Gives(pattern);
        self.eventually = true;
        self
    }

    /// Nothing would change, if this task definition were registered in the place of the one that the last call
    /// gives.
    pub fn without_change(mut self, definition: Value) -> Self {
        self.unchanged = Some(definition);
        self
    }

    /// The last call is refused with this code.
    pub fn fails(mut self, code: &'static str) -> Self {
        self.expected = Expected::Fails(code);
        self
    }

    /// Tries the case; `id` is its own in this backend.
    ///
    /// # Errors
    /// What differs from what is expected.
    pub fn judge(&self, backend: &Backend, id: &str) -> Result<(), String> {
        let mut names = backend.names();
        names.insert("id".to_owned(), id.to_owned());
        let now = backend.now();
        names.insert("now".to_owned(), now.as_millisecond().to_string());
        names.insert("time".to_owned(), at_second(now, 0));
        names.insert("later".to_owned(), at_second(now, 60));
        names.insert("earlier".to_owned(), at_second(now, -600));
        let (judged, before) = self.steps.split_last().expect("a case makes a call");
        for step in before {
            let call = step.named(&names);
            let output = match &step.until {
                None => set_up(backend, &call),
                Some(pattern) => {
                    let pattern = named(pattern, &names);
                    repeat(backend, &call, |output| pattern::like(&pattern, output))
                }
            };
            let output = output.map_err(|why| format!("set-up {}: {why}", step.operation))?;
            step.keep(&output, &mut names)?;
        }
        let call = judged.named(&names);
        match &self.expected {
            Expected::Fails(code) => match backend.call(&call) {
                Err(fault) if fault.code == *code => Ok(()),
                Err(fault) => Err(format!("code {} ({})", fault.code, fault.message)),
                Ok(output) => Err(format!("went well: {}", short(&output))),
            },
            Expected::Gives(pattern) => {
                let pattern = named(pattern, &names);
                let judge = |output: &Value| pattern::like(&pattern, output);
                if self.eventually {
                    return repeat(backend, &call, judge).map(drop);
                }
                let output = backend.call(&call).map_err(|f| f.to_string())?;
                judge(&output)?;
                let Some(definition) = &self.unchanged else {
                    return Ok(());
                };
                let wanted = named(definition, &names);
                match diff::task_definition(&output["taskDefinition"], &wanted).first() {
                    None => Ok(()),
                    Some(change) => Err(format!("it seems to change: {change:?}")),
                }
            }
        }
    }
}

impl Step {
    fn named(&self, names: &Names) -> AwsCall {
        AwsCall::new(self.service, self.operation, named(&self.input, names))
    }

    fn keep(&self, output: &Value, names: &mut Names) -> Result<(), String> {
        for (name, pointer) in &self.keep {
            let value = match output.pointer(pointer) {
                Some(Value::String(text)) => text.clone(),
                Some(value) if !value.is_null() => value.to_string(),
                _ => return Err(format!("set-up {}: no {pointer}", self.operation)),
            };
            names.insert((*name).to_owned(), value);
        }
        Ok(())
    }
}

/// RFC 3339, whole minutes; `seconds` from `now`.
fn at_second(now: Timestamp, seconds: i64) -> String {
    let whole = (now.as_second() + seconds).div_euclid(60) * 60;
    Timestamp::from_second(whole).map_or_else(|_| now.to_string(), |at| at.to_string())
}

/// A call that a case needs before it is judged. An emulator that is asked by many threads at once sometimes stumbles over
/// itself and answers an error page: then it is asked again.
fn set_up(backend: &Backend, call: &AwsCall) -> Result<Value, String> {
    for _ in 0..2 {
        match backend.call(call) {
            Err(fault) if fault.code == "not_an_answer" => {}
            answered => return answered.map_err(|fault| fault.to_string()),
        }
    }
    backend.call(call).map_err(|fault| fault.to_string())
}

fn repeat(
    backend: &Backend,
    call: &AwsCall,
    judge: impl Fn(&Value) -> Result<(), String>,
) -> Result<Value, String> {
    let mut patience = backend.patience();
    loop {
        let answer = backend.call(call).map_err(|f| f.to_string());
        match answer.and_then(|output| judge(&output).map(|()| output)) {
            Ok(output) => return Ok(output),
            Err(why) if !patience.wait() => return Err(why),
            Err(_) => {}
        }
    }
}

/// A value with `{name}` replaced in all of its texts and member names.
fn named(value: &Value, names: &Names) -> Value {
    let text = |text: &str| {
        names.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    };
    match value {
        // A number, as `#{now}`.
        Value::String(it) if it.starts_with('#') => text(&it[1..])
            .parse::<i64>()
            .map_or(Value::Null, Value::from),
        Value::String(it) => Value::String(text(it)),
        Value::Array(items) => items.iter().map(|item| named(item, names)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (text(name), named(value, names)))
            .collect(),
        other => other.clone(),
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(160).collect()
}

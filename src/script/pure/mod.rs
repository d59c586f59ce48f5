//! Functions without effects: they look at nothing but their arguments, so nothing is recorded.

use serde_json::Value;

use crate::vocabulary::{Fault, codes};

mod base64;
mod digest;
mod image_uri;
pub(super) mod json;
mod markdown;
mod text;
mod time;
mod version;

/// A function that a script calls as `module::name(…)`.
pub struct Pure {
    /// Name of its module in scripts: `text`.
    pub module: &'static str,
    /// Name of the function in scripts: `join`.
    pub name: &'static str,
    /// Names of its parameters, all required, by position.
    pub parameters: &'static [&'static str],
    /// What it does, in Markdown; the first sentence is its summary.
    pub doc: &'static str,
    /// A script that prints; what it prints follows each line as a comment.
    pub example: &'static str,
    /// Computes it; as many arguments as parameters.
    pub(super) call: fn(&Pure, &[Value]) -> Result<Value, Fault>,
}

/// Every pure function there is.
pub static ALL: &[Pure] = &[
    json::PARSE,
    json::TEXT,
    json::PRETTY,
    text::JOIN,
    text::PAD,
    text::NUMBER,
    markdown::ESCAPE,
    markdown::TABLE,
    version::COMPARE,
    digest::SHA256,
    base64::ENCODE,
    base64::DECODE,
    image_uri::PARSE,
    time::ADD,
    time::BETWEEN,
    time::SECONDS,
    time::WORDS,
    time::IN_ZONE,
];

impl Pure {
    /// Module and name, as a script calls it: `text::join`.
    pub fn path(&self) -> String {
        format!("{}::{}", self.module, self.name)
    }

    /// Module, name and parameters: `text::join(list, separator)`.
    pub fn signature(&self) -> String {
        format!("{}({})", self.path(), self.parameters.join(", "))
    }

    /// The fault for an argument that it does not take.
    pub(super) fn refuses(&self, parameter: &str, why: &str) -> Fault {
        let message = format!("{} at `{parameter}`: {why}", self.path());
        Fault::new(codes::INVALID_INPUT, message)
    }

    fn wants(&self, index: usize, wanted: &str, given: &Value) -> Fault {
        let kind = match given {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "a map",
        };
        self.refuses(
            self.parameters.get(index).copied().unwrap_or_default(),
            &format!("expected {wanted}, found {kind}"),
        )
    }

    fn text<'a>(&self, given: &'a [Value], index: usize) -> Result<&'a str, Fault> {
        given[index]
            .as_str()
            .ok_or_else(|| self.wants(index, "a text", &given[index]))
    }

    fn list<'a>(&self, given: &'a [Value], index: usize) -> Result<&'a [Value], Fault> {
        match &given[index] {
            Value::Array(items) => Ok(items),
            other => Err(self.wants(index, "a list", other)),
        }
    }

    fn number(&self, given: &[Value], index: usize) -> Result<f64, Fault> {
        given[index]
            .as_f64()
            .ok_or_else(|| self.wants(index, "a number", &given[index]))
    }

    /// A whole number from 0 to `most`.
    fn count(&self, given: &[Value], index: usize, most: u64) -> Result<usize, Fault> {
        given[index]
            .as_u64()
            .filter(|n| *n <= most)
            .and_then(|n| usize::try_from(n).ok())
            .ok_or_else(|| {
                let wanted = format!("a whole number from 0 to {most}");
                self.wants(index, &wanted, &given[index])
            })
    }
}

/// A value as a person reads it: texts bare, nothing as nothing, everything else as JSON.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
pub(super) fn called(path: &str, given: &[Value]) -> Result<Value, Fault> {
    let function = ALL.iter().find(|f| f.path() == path).expect("a function");
    (function.call)(function, given)
}

//! What a parameter takes, and what a script says of it.

use std::fmt;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::script::renamed;

use crate::vocabulary::Site;

/// A parameter as the pipeline declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Name of the parameter, as `--set` takes it.
    pub name: String,
    /// Type of its value, and how `--set` is read.
    pub kind: Kind,
    /// What it is for, in a sentence.
    pub doc: String,
    /// Its value where none is given; `None`: one must be given.
    pub default: Option<Value>,
    /// Place in the pipeline where it is declared.
    pub site: Site,
}

/// What a parameter takes, and how `--set` is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Text exactly as it is written: `1.10` stays `1.10`.
    Text,
    /// A whole number of 64 bits, with sign.
    Integer,
    /// Any JSON number, whole or not.
    Number,
    /// A truth value: `true` or `false`.
    Flag,
    /// A length of time: `15m`, `1h 30m`.
    Duration,
    /// A list, written as a JSON array.
    List,
    /// A map, written as a JSON object.
    Map,
    /// One of these texts, which are listed in the declaration.
    Choice(Vec<String>),
    /// Anything; of a script's values, closures too.
    Any,
    /// A closure: only in a script's own `options`.
    Closure,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Flag => "flag",
            Kind::Duration => "duration",
            Kind::List => "list",
            Kind::Map => "map",
            Kind::Any => "any",
            Kind::Closure => "closure",
            Kind::Choice(of) => return write!(f, "one of {}", of.join(", ")),
        })
    }
}

/// The words that declare a kind with a sentence; `choice` is the other one.
pub(super) const WORDS: [(&str, Kind); 9] = [
    ("text", Kind::Text),
    ("integer", Kind::Integer),
    ("number", Kind::Number),
    ("flag", Kind::Flag),
    ("duration", Kind::Duration),
    ("list", Kind::List),
    ("map", Kind::Map),
    ("any", Kind::Any),
    ("closure", Kind::Closure),
];

impl Kind {
    /// The kind that a word declares.
    pub(crate) fn of_word(word: &str) -> Option<Kind> {
        let known = WORDS.iter().find(|(name, _)| *name == word);
        known.map(|(_, kind)| kind.clone())
    }

    /// Checks a JSON value.
    ///
    /// # Errors
    /// What was expected, to be put behind the parameter's name.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let fits = match self {
            Kind::Text => value.is_string(),
            Kind::Integer => value.is_i64(),
            Kind::Number => value.is_number(),
            Kind::Flag => value.is_boolean(),
            Kind::List => value.is_array(),
            Kind::Map => value.is_object(),
            Kind::Any => true,
            Kind::Closure => false,
            Kind::Duration => return duration(value.as_str().unwrap_or_default(), value),
            Kind::Choice(of) => value.as_str().is_some_and(|v| of.iter().any(|o| o == v)),
        };
        if fits {
            return Ok(());
        }
        let hint = match (self, value) {
            (Kind::Text | Kind::Choice(_), Value::Number(_)) => ": put it in quotes".to_owned(),
            (Kind::Choice(of), Value::String(value)) => renamed::value_hint(value, of),
            _ => String::new(),
        };
        Err(format!("must be {}, not {value}{hint}", self.wanted()))
    }

    pub(crate) fn wanted(&self) -> String {
        match self {
            Kind::Text => "text".into(),
            Kind::Integer => "a whole number".into(),
            Kind::Number => "a number".into(),
            Kind::Flag => "true or false".into(),
            Kind::Duration => "a duration such as \"15m\" or \"1h 30m\"".into(),
            Kind::List => "a JSON array such as [\"lead\"]".into(),
            Kind::Map => "a JSON object such as {\"key\": \"value\"}".into(),
            Kind::Any => "anything".into(),
            Kind::Closure => "a closure".into(),
            Kind::Choice(of) => format!("one of {}", of.join(", ")),
        }
    }
}

fn duration(text: &str, value: &Value) -> Result<(), String> {
    match text.parse::<jiff::SignedDuration>() {
        Ok(duration) if !duration.is_negative() => Ok(()),
        _ => Err(format!("must be {}, not {value}", Kind::Duration.wanted())),
    }
}

/// What the script says of one parameter.
#[derive(Debug, Clone)]
pub(crate) struct ParamSpec {
    pub(crate) kind: Kind,
    pub(crate) doc: String,
    pub(crate) default: Option<Value>,
}

/// What `params` does in an engine.
pub(crate) enum Mode {
    /// `params` fails: nothing here may declare parameters.
    Refused,
    /// Keeps the declarations and ends the script.
    Declaring(Mutex<Option<Vec<(String, ParamSpec)>>>),
    /// `params` returns these values, an object by name.
    Given(Value),
}

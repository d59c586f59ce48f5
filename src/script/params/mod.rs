//! Parameters: declared in the script, known before anything runs.
//!
//! `params(#{ cluster: text("ECS cluster"), watch: duration("how long").or("15m") })` declares; the same
//! call returns the values when the script runs.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rhai::{Array, Dynamic, Engine, EvalAltResult, Map, NativeCallContext};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::failure::Error;
use super::renamed;
use super::runtime::{self, Runtime};
use super::values;
use super::word::Word;
use crate::vocabulary::Site;

mod file;
mod read;

pub use file::{load, meant_for, place_of};
pub use read::{Origin, ParamProblem, read};

/// A declared parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub kind: Kind,
    /// What it is for, in a sentence.
    pub doc: String,
    /// Its value where none is given; `None`: one must be given.
    pub default: Option<Value>,
    /// Where it is declared.
    pub site: Site,
}

/// What a parameter takes, and how `--set` is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Text exactly as it is written: `1.10` stays `1.10`.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// A length of time: `15m`, `1h 30m`.
    Duration,
    /// A JSON array.
    List,
    /// A JSON object.
    Map,
    /// One of these.
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
const WORDS: [(&str, Kind); 9] = [
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
pub(crate) struct Spec {
    pub(crate) kind: Kind,
    pub(crate) doc: String,
    pub(crate) default: Option<Value>,
}

/// What `params` does in an engine.
pub(crate) enum Mode {
    /// Refuses.
    Refused,
    /// Keeps the declarations and ends the script.
    Declaring(Mutex<Option<Vec<(String, Spec)>>>),
    /// Returns values, by name.
    Given(Value),
}

pub(in crate::script) const PARAMS: Word = Word {
    name: "params",
    also: &[],
    forms: &[r#"let NAME = params(#{ name: TYPE("what it is for"), … });"#],
    doc: "Declares the parameters of a pipeline, and returns their values as a map. Only a pipeline declares parameters, once, before it \
          acts. Values come from `--set name=value`, then from the file of `--params`, then (in a rehearsal) from the fixture, then from \
          the default. A parameter without a default is required.",
    example: r##"let app = params(#{
    cluster: text("ECS cluster").or("prod"),
    version: text("image tag to deploy").or("1.3.0"),
    watch:   duration("how long to watch afterwards").or("15m"),
});
print(`${app.version} to ${app.cluster}`);   // 1.3.0 to prod"##,
};

pub(in crate::script) const TYPES: Word = Word {
    name: "text",
    also: &[
        "integer", "number", "flag", "duration", "list", "map", "choice", "any", "closure", "or",
    ],
    forms: &[
        r#"text("DOC")"#,
        r#"integer("DOC")"#,
        r#"number("DOC")"#,
        r#"flag("DOC")"#,
        r#"duration("DOC")"#,
        r#"list("DOC")"#,
        r#"map("DOC")"#,
        r#"choice(["A", "B"], "DOC")"#,
        r#"any("DOC")"#,
        r#"closure("DOC")"#,
        r#"TYPE(…).or(DEFAULT)"#,
    ],
    doc: "Declares the type of a parameter (`params`) or an option (`options`), with a sentence that says what it is for. `text` keeps what \
          is written (`1.10` stays `1.10`), `integer` and `number` are numbers, `flag` is `true` or `false`, `duration` is written as \
          `\"15m\"` or `\"1h 30m\"`, `list` and `map` are JSON on the command line, `choice` is one of the given texts. `any` and `closure` \
          are for options only. `.or(…)` sets the default; `.or(())` makes it optional without a value.",
    example: r##"let app = params(#{
    replicas: integer("tasks to run").or(2),
    strategy: choice(["rolling", "canary"], "how to deploy").or("rolling"),
    roles:    list("roles that approve").or(["lead"]),
});
print(app);   // {"replicas":2,"roles":["lead"],"strategy":"rolling"}"##,
};

/// Registers `params` and the words that describe one.
pub(crate) fn register(engine: &mut Engine, runtime: &Arc<Runtime>) {
    engine.register_type_with_name::<Spec>("parameter");
    for (word, kind) in WORDS {
        engine.register_fn(word, move |doc: &str| Spec {
            kind: kind.clone(),
            doc: doc.to_owned(),
            default: None,
        });
    }
    engine.register_fn("choice", choice);
    engine.register_fn("or", or);
    let runtime = Arc::clone(runtime);
    engine.register_fn("params", move |context: NativeCallContext, specs: Map| {
        params(&runtime, &context, specs)
    });
}

fn choice(context: NativeCallContext, of: Array, doc: &str) -> Result<Spec, Error> {
    let of: Option<Vec<String>> = of.into_iter().map(|o| o.into_string().ok()).collect();
    match of {
        Some(of) if !of.is_empty() => Ok(Spec {
            kind: Kind::Choice(of),
            doc: doc.to_owned(),
            default: None,
        }),
        _ => Err(runtime::refuse(
            &context,
            "script_error",
            "choice takes a list of texts, at least one",
        )),
    }
}

fn or(context: NativeCallContext, spec: Spec, default: Dynamic) -> Result<Spec, Error> {
    let refuse = |message: String| runtime::refuse(&context, "script_error", message);
    let value = values::to_json(&default).map_err(|e| refuse(format!("the default: {e}")))?;
    // `or(())`: it may be left out, and nothing stands for it.
    if !value.is_null() {
        spec.kind
            .check(&value)
            .map_err(|problem| refuse(format!("the default {problem}")))?;
    }
    Ok(Spec {
        default: Some(value),
        ..spec
    })
}

/// The declarations in a map, sorted by name.
pub(crate) fn declared(
    context: &NativeCallContext<'_>,
    specs: Map,
) -> Result<Vec<(String, Spec)>, Error> {
    let mut declared = Vec::with_capacity(specs.len());
    for (name, spec) in specs {
        let Some(spec) = spec.try_cast::<Spec>() else {
            let message = format!("`{name}` needs a kind, such as text(\"what it is for\")");
            return Err(runtime::refuse(context, "script_error", message));
        };
        declared.push((name.to_string(), spec));
    }
    Ok(declared)
}

fn params(
    runtime: &Runtime,
    context: &NativeCallContext<'_>,
    specs: Map,
) -> Result<Dynamic, Error> {
    let declared = declared(context, specs)?;
    if let Some((name, _)) = declared.iter().find(|(_, s)| s.kind == Kind::Closure) {
        let message = format!("`{name}` cannot be a closure: parameters are data");
        return Err(runtime::refuse(context, "script_error", message));
    }
    match &runtime.params {
        Mode::Refused => Err(runtime::refuse(
            context,
            "script_error",
            "only a pipeline declares parameters; pass them to the functions of a module",
        )),
        Mode::Declaring(kept) => {
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(declared);
            let position = context.call_position();
            Err(EvalAltResult::ErrorTerminated(Dynamic::UNIT, position).into())
        }
        Mode::Given(values) => {
            let mut map = Map::new();
            for (name, spec) in declared {
                let Some(value) = values.get(&name).or(spec.default.as_ref()) else {
                    let message = format!("parameter `{name}` has no value");
                    return Err(runtime::refuse(context, "missing_parameter", message));
                };
                map.insert(name.into(), values::from_json(value));
            }
            Ok(map.into())
        }
    }
}

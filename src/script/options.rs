//! Options: what a function takes beside its arguments, declared where it begins.
//!
//! `let o = options(given, #{ minimum: integer("how many").or(2), name: text("its name") });` checks what a
//! caller gave and fills in what was left out. The declarators are those of `params`; values that are no data
//! pass where `any`, `closure`, `list` or `map` is declared.

use rhai::{Dynamic, Engine, FnPtr, Map, NativeCallContext};
use serde_json::Value;

use super::failure::{self, Error};
use super::params::{self, Kind, ParamSpec};
use super::renamed;
use super::values;
use super::word::Word;
use crate::primitive::args::INVALID_INPUT;
use crate::suggest::did_you_mean;
use crate::vocabulary::Fault;

pub(super) const OPTIONS: Word = Word {
    name: "options",
    also: &[],
    forms: &[r#"let o = options(GIVEN, #{ name: TYPE("what it is for").or(DEFAULT), … });"#],
    doc: "Declares the options of a function, and returns them as a map with the defaults filled in. `GIVEN` is the map that the caller passes. \
          An option that is not declared, has another type or is missing is refused, at the line of the caller; `deployer check` \
          finds it where the map is written out.",
    example: r##"fn wait_for(address, given) {
    let o = options(given, #{
        timeout: duration("how long at most").or("5m"),
        tries:   integer("how often").or(3),
    });
    `${address}, ${o.tries} tries in ${o.timeout}`
}
print(wait_for("db:5432", #{ tries: 5 }));   // db:5432, 5 tries in 5m"##,
};

/// Registers the function `options` in an engine.
pub(crate) fn register(engine: &mut Engine) {
    engine.register_fn("options", options);
}

fn options(context: NativeCallContext, given: Dynamic, specs: Map) -> Result<Map, Error> {
    let declared = params::declared(&context, specs)?;
    fill(given, declared).map_err(|fault| failure::blame_caller(fault, context.call_position()))
}

/// What was given, with what was left out. A member that is `()` counts as left out, so that a caller can
/// hand on what it was not given itself.
fn fill(given: Dynamic, declared: Vec<(String, ParamSpec)>) -> Result<Map, Fault> {
    let mut given = members(given)?;
    let names: Vec<&str> = declared.iter().map(|(name, _)| name.as_str()).collect();
    if let Some(unknown) = given.keys().find(|name| !names.contains(&name.as_str())) {
        return Err(stranger(unknown, &names));
    }
    let mut filled = Map::new();
    for (name, spec) in declared {
        let value = match given.remove(name.as_str()).filter(|v| !v.is_unit()) {
            Some(value) => checked(&name, &spec, value.flatten())?,
            None => match &spec.default {
                Some(default) => values::from_json(default),
                None => return Err(missing(&name, &spec)),
            },
        };
        filled.insert(name.into(), value);
    }
    Ok(filled)
}

fn members(given: Dynamic) -> Result<Map, Fault> {
    if given.is_unit() {
        return Ok(Map::new());
    }
    let what = given.type_name();
    given.flatten().try_cast::<Map>().ok_or_else(|| {
        let what = what.rsplit("::").next().unwrap_or(what);
        let message = format!("options are given as a map, not as a value of type {what}");
        Fault::new(INVALID_INPUT, message).hint("write them as #{ name: value }")
    })
}

fn checked(name: &str, spec: &ParamSpec, value: Dynamic) -> Result<Dynamic, Fault> {
    let refuse = |problem: String| {
        Fault::new(INVALID_INPUT, format!("option `{name}` {problem}"))
            .hint(format!("`{name}` is {}", lower(&spec.doc)))
    };
    match &spec.kind {
        Kind::Any => return Ok(value),
        Kind::Closure if value.is::<FnPtr>() => return Ok(value),
        Kind::List if value.is_array() => return Ok(value),
        Kind::Map if value.is_map() => return Ok(value),
        _ => {}
    }
    let data = values::to_json(&value);
    let found = match &data {
        Ok(data) => data.to_string(),
        Err(_) if value.is::<FnPtr>() => "a closure".to_owned(),
        Err(error) => return Err(refuse(format!("has no value: {error}"))),
    };
    problem(&spec.kind, data.as_ref().ok(), &found).map_or(Ok(value), |what| Err(refuse(what)))
}

/// What is wrong with a value for an option, to be put behind its name; `data`: the value where it is data,
/// `found`: the value as it is shown.
pub(crate) fn problem(kind: &Kind, data: Option<&Value>, found: &str) -> Option<String> {
    let wanted = match kind {
        Kind::List => "a list such as [\"lead\"]".to_owned(),
        Kind::Map => "a map such as #{ name: \"value\" }".to_owned(),
        other => other.wanted(),
    };
    match data {
        Some(data) => {
            kind.check(data).err()?;
            let quotes = match (kind, data) {
                (Kind::Text | Kind::Choice(_), Value::Number(_)) => ": put it in quotes".to_owned(),
                (Kind::Choice(of), Value::String(value)) => renamed::value_hint(value, of),
                _ => String::new(),
            };
            Some(format!("must be {wanted}, not {found}{quotes}"))
        }
        None => Some(format!("must be {wanted}, not {found}")),
    }
}

/// What to say of a member that is not declared.
pub(crate) fn candidates(name: &str, names: &[&str]) -> String {
    if let Some(new) = renamed::option(name, names) {
        return renamed::said(name, new);
    }
    match did_you_mean(name, names) {
        Some(close) => close,
        None if names.is_empty() => "it has no options".to_owned(),
        None => format!("it has {}", names.join(", ")),
    }
}

fn stranger(name: &str, names: &[&str]) -> Fault {
    Fault::new(INVALID_INPUT, format!("there is no option `{name}`")).hint(candidates(name, names))
}

fn missing(name: &str, spec: &ParamSpec) -> Fault {
    let message = format!("option `{name}` is missing: {}", spec.doc);
    Fault::new(INVALID_INPUT, message).hint(format!("it must be {}", spec.kind.wanted()))
}

/// A sentence's beginning, inside another sentence.
fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match letters.next() {
        // Not an abbreviation.
        Some(first) if letters.clone().next().is_none_or(|c| !c.is_uppercase()) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => sentence.to_owned(),
    }
}

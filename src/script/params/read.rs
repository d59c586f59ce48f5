//! Values for declared parameters: `--set` over `--params` over the fixture's over the declared default.

use serde_json::{Map, Value};

use super::{Kind, Param};
use crate::data;
use crate::script::renamed;
use crate::suggest::did_you_mean;
use crate::vocabulary::Site;

/// Why a parameter has no usable value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamProblem {
    /// The parameter, as it was written.
    pub name: String,
    /// What is wrong with the value, in one sentence.
    pub message: String,
    /// What to do about it, in a sentence; `None`: no advice is known.
    pub help: Option<String>,
    /// Where it is declared, if it is.
    pub site: Option<Site>,
    /// Which source gave the value.
    pub origin: Origin,
}

/// Where the value of a parameter comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The command line: `--set NAME=VALUE`.
    Set,
    /// A file of parameters: `--params FILE`.
    File,
    /// The fixture of a rehearsal.
    Fixture,
    /// No source gives the parameter a value.
    Missing,
}

/// Works out the value of every parameter, as a JSON object in the order of declaration.
///
/// `set`: names and texts of `--set`; of a name given twice, the last counts. `file`: the members of
/// `--params`. `fixture`: what a rehearsal's fixture provides; it may name more than is declared.
///
/// # Errors
/// Every problem, not only the first.
pub fn read(
    params: &[Param],
    set: &[(String, String)],
    file: Option<&Map<String, Value>>,
    fixture: &Map<String, Value>,
) -> Result<Value, Vec<ParamProblem>> {
    let mut problems = Vec::new();
    let names: Vec<&str> = params.iter().map(|p| p.name.as_str()).collect();
    let from_set = set.iter().map(|(name, _)| (name, Origin::Set));
    let from_file = file.into_iter().flat_map(|f| f.keys());
    for (name, origin) in from_set.chain(from_file.map(|name| (name, Origin::File))) {
        if !names.contains(&name.as_str()) {
            problems.push(unknown(name, origin, &names));
        }
    }
    let mut values = Map::new();
    for param in params {
        let written = set.iter().rev().find(|(name, _)| *name == param.name);
        let (origin, result) = match (written, file.and_then(|f| f.get(&param.name))) {
            (Some((_, text)), _) => (Origin::Set, parse(param, text)),
            (None, Some(value)) => (Origin::File, checked(param, value)),
            (None, None) => match (fixture.get(&param.name), &param.default) {
                (Some(value), _) => (Origin::Fixture, checked(param, value)),
                (None, Some(value)) => (Origin::Missing, Ok(value.clone())),
                (None, None) => {
                    problems.push(missing(param));
                    continue;
                }
            },
        };
        match result {
            Ok(value) => {
                values.insert(param.name.clone(), value);
            }
            Err(problem) => problems.push(ParamProblem {
                name: param.name.clone(),
                message: format!("`{}` {problem}", param.name),
                help: None,
                site: Some(param.site.clone()),
                origin,
            }),
        }
    }
    if problems.is_empty() {
        Ok(Value::Object(values))
    } else {
        Err(problems)
    }
}

/// A value of a file, if it fits. A required text must say something: an empty one comes from a template or a variable
/// without a value.
fn checked(param: &Param, value: &Value) -> Result<Value, String> {
    if param.default.is_none() && param.kind == Kind::Text && is_blank(value) {
        return Err("is required and must not be empty".to_owned());
    }
    param.kind.check(value).map(|()| value.clone())
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// Reads the text of `--set`.
fn parse(param: &Param, text: &str) -> Result<Value, String> {
    let kind = &param.kind;
    let wrong = || format!("must be {}, not {text:?}", kind.wanted());
    let may_be_empty = *kind == Kind::Any || (*kind == Kind::Text && param.default.is_some());
    if text.trim().is_empty() && !may_be_empty {
        return Err(format!(
            "must be {}: --set {}= is empty; was the shell's variable set?",
            kind.wanted(),
            param.name
        ));
    }
    let value = match kind {
        Kind::Text | Kind::Duration | Kind::Choice(_) => Value::String(text.to_owned()),
        Kind::Integer => text.parse::<i64>().map(Value::from).map_err(|_| wrong())?,
        Kind::Number => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(whole), _) => Value::from(whole),
            (_, Ok(number)) if number.is_finite() => Value::from(number),
            _ => return Err(wrong()),
        },
        Kind::Flag => text.parse::<bool>().map(Value::from).map_err(|_| wrong())?,
        Kind::Any => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
        Kind::Closure => return Err(wrong()),
        Kind::List | Kind::Map => data::json(text).map_err(|why| match unquoted(text) {
            Some(meant) => format!(
                "{}: the shell took its quotes; write --set '{}={meant}'",
                wrong(),
                param.name
            ),
            None => format!("{}: {why}", wrong()),
        })?,
    };
    kind.check(&value).map(|()| value)
}

/// The list that a text is without the quotes that a shell took: `[lead,devops]`, `lead,devops`.
fn unquoted(text: &str) -> Option<String> {
    let inner = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let word = |word: &str| {
        let plain = |c: char| c.is_alphanumeric() || "-_./:@ ".contains(c);
        !word.is_empty() && word.chars().all(plain)
    };
    let words: Vec<&str> = inner.split(',').map(str::trim).collect();
    if !words.iter().all(|text| word(text)) {
        return None;
    }
    let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    Some(format!("[{}]", quoted.join(",")))
}

fn unknown(name: &str, origin: Origin, names: &[&str]) -> ParamProblem {
    let new = renamed::parameter(name, names).map(|new| renamed::said(name, new));
    let help = match new.or_else(|| did_you_mean(name, names)) {
        Some(help) => help,
        None if names.is_empty() => "the pipeline declares no parameters".to_owned(),
        None => format!("it has {}", names.join(", ")),
    };
    let place = if origin == Origin::Set {
        "--set"
    } else {
        "--params"
    };
    ParamProblem {
        name: name.to_owned(),
        message: format!("{place} names `{name}`, which the pipeline does not declare"),
        help: Some(help),
        site: None,
        origin,
    }
}

fn missing(param: &Param) -> ParamProblem {
    let example = match &param.kind {
        Kind::Text | Kind::Any | Kind::Closure => "…".to_owned(),
        Kind::Integer | Kind::Number => "1".to_owned(),
        Kind::Flag => "true".to_owned(),
        Kind::Duration => "15m".to_owned(),
        Kind::List => "'[]'".to_owned(),
        Kind::Map => "'{}'".to_owned(),
        Kind::Choice(of) => of.first().cloned().unwrap_or_default(),
    };
    ParamProblem {
        name: param.name.clone(),
        message: format!("`{}` needs a value: {}", param.name, param.doc),
        help: Some(format!("--set {}={example}", param.name)),
        site: Some(param.site.clone()),
        origin: Origin::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn param(name: &str, kind: Kind, default: Option<Value>) -> Param {
        Param {
            name: name.into(),
            kind,
            doc: "a doc".into(),
            default,
            site: Site::default(),
        }
    }

    fn set(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(n, t)| ((*n).into(), (*t).into()))
            .collect()
    }

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn the_kind_decides_how_text_is_read() {
        let params = [
            param("version", Kind::Text, None),
            param("count", Kind::Integer, None),
            param("roles", Kind::List, None),
            param("on", Kind::Flag, None),
            param("watch", Kind::Duration, None),
        ];
        let given = set(&[
            ("version", "1.10"),
            ("count", "-3"),
            ("roles", "[\"lead\"]"),
            ("on", "true"),
            ("watch", "1h 30m"),
        ]);
        let values = read(&params, &given, None, &Map::new()).unwrap();
        let expected = json!({"version": "1.10", "count": -3, "roles": ["lead"], "on": true, "watch": "1h 30m"});
        assert_eq!(values, expected);
        let given = set(&[
            ("version", ""),
            ("count", "3.0"),
            ("roles", "{}"),
            ("on", "yes"),
            ("watch", "-5m"),
        ]);
        let problems = read(&params, &given, None, &Map::new()).unwrap_err();
        let names: Vec<_> = problems.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["version", "count", "roles", "on", "watch"]);
    }

    #[test]
    fn a_required_text_must_not_be_empty() {
        let required = [param("version", Kind::Text, None)];
        let said = |set: &[(String, String)], file: Option<Value>| {
            let file = file.map(map);
            let problems = read(&required, set, file.as_ref(), &Map::new()).unwrap_err();
            problems[0].message.clone()
        };
        let empty =
            "`version` must be text: --set version= is empty; was the shell's variable set?";
        assert_eq!(said(&set(&[("version", "")]), None), empty);
        assert_eq!(said(&set(&[("version", " ")]), None), empty);
        assert_eq!(
            said(&[], Some(json!({"version": ""}))),
            "`version` is required and must not be empty"
        );
        let optional = [param("version", Kind::Text, Some(json!("1.3.0")))];
        let values = read(&optional, &set(&[("version", "")]), None, &Map::new());
        assert_eq!(values, Ok(json!({"version": ""})));
    }

    #[test]
    fn set_over_file_over_fixture_over_default() {
        let params = ["a", "b", "c", "d"].map(|n| param(n, Kind::Text, Some(json!("default"))));
        let file = map(json!({"a": "file", "b": "file"}));
        let fixture = map(json!({"a": "fixture", "b": "fixture", "c": "fixture", "z": 1}));
        let values = read(&params, &set(&[("a", "set")]), Some(&file), &fixture).unwrap();
        assert_eq!(
            values,
            json!({"a": "set", "b": "file", "c": "fixture", "d": "default"})
        );
    }

    #[test]
    fn unknown_missing_and_mistyped_are_all_said() {
        let params = [
            param("version", Kind::Text, None),
            param("cluster", Kind::Text, None),
        ];
        let file = map(json!({"version": 1.1}));
        let problems = read(&params, &set(&[("clustr", "x")]), Some(&file), &Map::new());
        let problems = problems.unwrap_err();
        let said: Vec<_> = problems.iter().map(|p| p.message.as_str()).collect();
        assert_eq!(
            said,
            [
                "--set names `clustr`, which the pipeline does not declare",
                "`version` must be text, not 1.1: put it in quotes",
                "`cluster` needs a value: a doc",
            ]
        );
        assert_eq!(problems[0].help.as_deref(), Some("did you mean `cluster`?"));
    }
}

//! The part of JSON Schema that our argument structs produce: types, members, choices.

use serde_json::Value;

use crate::primitive::args::Span;
use crate::suggest::suggest;
use crate::world::shape::{Problem, ProblemKind};

/// Everything in `value` that `schema` does not take. What is not understood passes.
pub(super) fn check(schema: &Value, value: &Value) -> Vec<Problem> {
    let mut checker = Checker {
        root: schema,
        problems: Vec::new(),
    };
    checker.value(schema, value, "");
    checker.problems
}

struct Checker<'a> {
    root: &'a Value,
    problems: Vec<Problem>,
}

impl<'a> Checker<'a> {
    fn value(&mut self, schema: &'a Value, value: &Value, path: &str) {
        let schema = self.resolve(schema);
        if let Some(choices) = alternatives(schema) {
            return self.one_of(choices, value, path);
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !types.is_empty() && !types.iter().any(|of| is(of, value)) {
            let wanted: Vec<&str> = types.iter().copied().filter(|t| *t != "null").collect();
            let wanted = wanted.join(" or ");
            return self.misfit(
                path,
                format!("expected {wanted}, found {}", kind(value)),
                wanted,
                None,
            );
        }
        if let (Some("duration"), Some(text)) = (schema["format"].as_str(), value.as_str())
            && let Err(why) = Span::parse(text)
        {
            self.misfit(path, why, "a length of time".into(), None);
        }
        if let Some(choices) = schema["enum"].as_array() {
            self.choice(choices.iter().collect(), value, path);
        }
        if let Some(constant) = schema.get("const") {
            self.choice(vec![constant], value, path);
        }
        match value {
            Value::Object(members) => self.members(schema, members, path),
            Value::Array(items) if schema["items"].is_object() => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&schema["items"], item, &format!("{path}[{index}]"));
                }
            }
            _ => {}
        }
    }

    fn members(&mut self, schema: &'a Value, members: &serde_json::Map<String, Value>, path: &str) {
        let inside = |name: &str| match path {
            "" => name.to_owned(),
            _ => format!("{path}.{name}"),
        };
        let properties = schema["properties"].as_object();
        let names: Vec<&str> = properties
            .into_iter()
            .flat_map(|p| p.keys().map(String::as_str))
            .collect();
        for (name, value) in members {
            match properties.and_then(|p| p.get(name)) {
                Some(schema) => self.value(schema, value, &inside(name)),
                None if schema["additionalProperties"] == Value::Bool(false) => {
                    let close = suggest(name, &names);
                    let problem = Problem::unknown_field(inside(name), &names, close);
                    self.problems.push(problem);
                }
                None if schema["additionalProperties"].is_object() => {
                    self.value(&schema["additionalProperties"], value, &inside(name));
                }
                None => {}
            }
        }
        let required = schema["required"].as_array().into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            if !members.contains_key(name) {
                let missing = Problem::new(ProblemKind::Missing, inside(name), "is missing", "");
                self.problems.push(missing);
            }
        }
    }

    /// Passes if any alternative does. If only one is of the value's kind, its problems are told.
    fn one_of(&mut self, choices: &'a [Value], value: &Value, path: &str) {
        let of_kind: Vec<&'a Value> = choices
            .iter()
            .map(|choice| self.resolve(choice))
            .filter(|choice| choice["type"].as_str().is_none_or(|of| is(of, value)))
            .collect();
        let texts: Option<Vec<&Value>> = of_kind.iter().map(|c| c.get("const")).collect();
        match (of_kind.as_slice(), texts) {
            ([], _) => {
                let kinds = choices
                    .iter()
                    .filter_map(|c| self.resolve(c)["type"].as_str());
                let wanted = kinds
                    .filter(|k| *k != "null")
                    .collect::<Vec<_>>()
                    .join(" or ");
                let message = format!("expected {wanted}, found {}", kind(value));
                self.misfit(path, message, wanted, None);
            }
            ([one], _) => self.value(one, value, path),
            (_, Some(texts)) => self.choice(texts, value, path),
            _ => {}
        }
    }

    fn choice(&mut self, choices: Vec<&Value>, value: &Value, path: &str) {
        if choices.contains(&value) {
            return;
        }
        let names: Vec<&str> = choices.iter().filter_map(|c| c.as_str()).collect();
        let close = suggest(value.as_str().unwrap_or_default(), &names);
        let message = format!("{value} is not one of {}", names.join(", "));
        self.misfit(path, message, names.join(", "), close);
    }

    fn resolve(&self, schema: &'a Value) -> &'a Value {
        schema["$ref"]
            .as_str()
            .and_then(|reference| self.root.pointer(reference.strip_prefix('#')?))
            .unwrap_or(schema)
    }

    fn misfit(&mut self, path: &str, message: String, expected: String, meant: Option<&str>) {
        let problem = Problem::new(ProblemKind::Misfit, path, message, expected);
        self.problems.push(problem.suggesting(meant));
    }
}

fn alternatives(schema: &Value) -> Option<&[Value]> {
    let choices = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
    choices.map(Vec::as_slice)
}

fn is(of: &str, value: &Value) -> bool {
    match of {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

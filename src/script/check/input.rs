//! The literal part of a primitive's input, against what the primitive takes.

use rhai::{Expr, FnCallExpr, Position};
use serde_json::{Map, Value};

use super::literal::Literal;
use super::schema;
use super::waiter;
use super::walk::Walker;
use crate::primitive::{Input, Primitive};
use crate::world::shape::{self, Problem};

impl Walker<'_> {
    pub(super) fn input(
        &mut self,
        primitive: &dyn Primitive,
        call: &FnCallExpr,
        position: Position,
    ) {
        let declaration = primitive.declaration();
        let mut literal = Literal::default();
        let Some(input) = whole(primitive, &call.args, &mut literal) else {
            return;
        };
        let problems = match primitive.input() {
            Input::Api { service, operation } => shape::check(service, operation, &input)
                .err()
                .unwrap_or_default(),
            Input::Typed(schema) => {
                let mut problems = schema::check(schema.as_value(), &input);
                if names_a_call(schema.as_value()) {
                    problems.extend(inside(&input));
                }
                if waiter::names_a_waiter(schema.as_value()) {
                    problems.extend(waiter::problems(&input));
                }
                problems
            }
        };
        for problem in problems {
            if literal.uncertain(&problem.path) {
                continue;
            }
            let path = declaration.path();
            let (at, length) = literal
                .find(&problem.path)
                .unwrap_or((position, declaration.name.len()));
            let found = self.report(message(&path, &problem), at);
            found.length = Some(length);
            found.label = label(&problem);
        }
    }
}

/// Whether a verb takes any call of AWS: a service, an operation and its input.
fn names_a_call(schema: &Value) -> bool {
    let members = &schema["properties"];
    ["service", "operation", "input"]
        .iter()
        .all(|name| members.get(name).is_some())
}

/// What is wrong with the call that is named, as far as it is known.
fn inside(input: &Value) -> Vec<Problem> {
    let at = |path: &str, problem: Problem| Problem {
        path: path.to_owned(),
        ..problem
    };
    let Some(service) = input["service"].as_str() else {
        return Vec::new();
    };
    if !shape::services().contains(&service) {
        return vec![at("service", shape::unknown_service(service))];
    }
    let Some(operation) = input["operation"].as_str() else {
        return Vec::new();
    };
    let nothing = Value::Object(Map::new());
    let given = input.get("input").unwrap_or(&nothing);
    let problems = shape::check(service, operation, given).err();
    let placed = problems.into_iter().flatten().map(|problem| {
        let path = match problem.path.as_str() {
            // What is wrong as a whole is the operation's name.
            "" => "operation".to_owned(),
            path => format!("input.{path}"),
        };
        at(&path, problem)
    });
    placed.collect()
}

/// The input that the arguments of a call make; `None`: one of them may be any map.
fn whole(primitive: &dyn Primitive, arguments: &[Expr], literal: &mut Literal) -> Option<Value> {
    let declaration = primitive.declaration();
    let (before, map) = match arguments.split_last() {
        Some((map @ Expr::Map(..), before)) if !primitive.map_at(before.len()) => {
            (before, Some(map))
        }
        _ => (arguments, None),
    };
    let mut members = match map.and_then(|map| literal.add(map, "")) {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    for (index, argument) in before.iter().enumerate() {
        let name = declaration.positional.get(index)?;
        literal.place(name, argument.start_position());
        match literal.add(argument, name) {
            Some(value) => drop(members.insert((*name).to_owned(), value)),
            // A last argument that is computed may be the map itself.
            None if map.is_none() && index + 1 == before.len() => return None,
            None => literal.hole(name),
        }
    }
    Some(Value::Object(members))
}

/// `ecs::update_service has no field `desierdCount``.
fn message(primitive: &str, problem: &Problem) -> String {
    let path = &problem.path;
    match (problem.message.as_str(), path.as_str()) {
        ("unknown field", _) => {
            let field = path.rsplit('.').next().unwrap_or(path);
            match path.rsplit_once('.') {
                Some((around, _)) => format!("{primitive}: `{around}` has no field `{field}`"),
                None => format!("{primitive} has no field `{field}`"),
            }
        }
        (message, "") => format!("{primitive}: {message}"),
        (message, _) => format!("{primitive}: `{path}`: {message}"),
    }
}

fn label(problem: &Problem) -> String {
    match (&problem.suggestion, problem.expected.as_str()) {
        (Some(suggestion), _) => format!("did you mean `{suggestion}`?"),
        (None, "") => "here".into(),
        (None, expected) if problem.message == "unknown field" => format!("it has {expected}"),
        (None, expected) => format!("expected {expected}"),
    }
}

//! The literal part of a primitive's input, against what the primitive takes.

use rhai::{Expr, FnCallExpr, Position};
use serde_json::{Map, Value};

use super::literal::Literal;
use super::schema;
use super::waiter;
use super::walk::Walker;
use crate::primitive::{Input, Primitive};
use crate::world::shape::{self, Problem, ProblemKind};

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
        let (problems, doubts) = match primitive.input() {
            Input::Api { service, operation } => shape::inspect(service, operation, &input),
            Input::Typed(schema) => {
                let mut problems = schema::check(schema.as_value(), &input);
                let mut doubts = Vec::new();
                if names_a_call(schema.as_value()) {
                    let (wrong, doubted) = inside(&input);
                    problems.extend(wrong);
                    doubts = doubted;
                }
                if waiter::names_a_waiter(schema.as_value()) {
                    let (wrong, doubted) = waiter::problems(&input);
                    problems.extend(wrong);
                    doubts = doubted;
                }
                (problems, doubts)
            }
        };
        let doubts = doubts.into_iter().map(|doubt| (doubt, true));
        let all = problems.into_iter().map(|problem| (problem, false));
        for (problem, warning) in all.chain(doubts) {
            // What only the run can know may be among what is too few.
            let is_open = match problem.kind {
                ProblemKind::TooFew => literal.has_hole_in(&problem.path),
                _ => false,
            };
            if is_open || literal.uncertain(&problem.path) {
                continue;
            }
            let path = declaration.path();
            let (at, length) = literal
                .find(&problem.path)
                .unwrap_or((position, declaration.name.len()));
            let found = self.report(message(&path, &problem), at);
            found.length = Some(length);
            found.label = label(&problem);
            found.warning = warning;
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

/// What is wrong with the call that is named, and what is doubted, as far as it is known.
fn inside(input: &Value) -> (Vec<Problem>, Vec<Problem>) {
    let at = |path: &str, problem: Problem| Problem {
        path: path.to_owned(),
        ..problem
    };
    let Some(service) = input["service"].as_str() else {
        return Default::default();
    };
    if !shape::is_service(service) {
        let unknown = at("service", shape::unknown_service(service));
        return (vec![unknown], Vec::new());
    }
    let Some(operation) = input["operation"].as_str() else {
        return Default::default();
    };
    let nothing = Value::Object(Map::new());
    let given = input.get("input").unwrap_or(&nothing);
    let placed = |problem: Problem| {
        let path = match (problem.kind, problem.path.as_str()) {
            (ProblemKind::Call, _) => "operation".to_owned(),
            (_, "") => "input".to_owned(),
            (_, path) => format!("input.{path}"),
        };
        at(&path, problem)
    };
    let (problems, doubts) = shape::inspect(service, operation, given);
    let placed = |all: Vec<Problem>| all.into_iter().map(placed).collect();
    (placed(problems), placed(doubts))
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
    match (problem.kind, path.as_str()) {
        (ProblemKind::UnknownField, _) => {
            let field = path.rsplit('.').next().unwrap_or(path);
            match path.rsplit_once('.') {
                Some((around, _)) => format!("{primitive}: `{around}` has no field `{field}`"),
                None => format!("{primitive} has no field `{field}`"),
            }
        }
        (_, "") => format!("{primitive}: {}", problem.message),
        _ => format!("{primitive}: `{path}`: {}", problem.message),
    }
}

fn label(problem: &Problem) -> String {
    match (&problem.suggestion, problem.expected.as_str()) {
        (Some(suggestion), _) => format!("did you mean `{suggestion}`?"),
        (None, "") => "here".into(),
        (None, expected) if problem.kind == ProblemKind::UnknownField => {
            format!("it has {expected}")
        }
        (None, expected) => format!("expected {expected}"),
    }
}

//! The literal part of an expression as JSON, with the place of every member.

use std::collections::HashMap;

use rhai::{Expr, Position};
use serde_json::{Map, Value};

use crate::script::values;

/// What is known of an input before it is computed.
#[derive(Debug, Default)]
pub(super) struct Literal {
    /// Place and length of every member's name (or item), by path.
    places: HashMap<String, (Position, usize)>,
    /// Paths of members that only the run can know.
    holes: Vec<String>,
}

impl Literal {
    /// Adds what is known of `expression`; `None`: only the run can know it.
    pub(super) fn add(&mut self, expression: &Expr, path: &str) -> Option<Value> {
        match expression {
            Expr::Map(map, _) => {
                let mut members = Map::new();
                for (key, item) in &map.0 {
                    let inner = match path {
                        "" => key.name.to_string(),
                        _ => format!("{path}.{}", key.name),
                    };
                    let length = key.name.chars().count();
                    self.places.insert(inner.clone(), (key.pos, length));
                    match self.add(item, &inner) {
                        Some(value) => drop(members.insert(key.name.to_string(), value)),
                        None => self.holes.push(inner),
                    }
                }
                Some(Value::Object(members))
            }
            Expr::Array(items, _) => {
                let mut values = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    let inner = format!("{path}[{index}]");
                    self.places
                        .insert(inner.clone(), (item.start_position(), 1));
                    values.push(self.add(item, &inner).unwrap_or_else(|| {
                        self.holes.push(inner);
                        Value::Null
                    }));
                }
                Some(Value::Array(values))
            }
            Expr::InterpolatedString(..) => None,
            other => values::to_json(&other.get_literal_value(None)?).ok(),
        }
    }

    /// Notes where a member stands that is not a member of a map.
    pub(super) fn place(&mut self, path: &str, position: Position) {
        self.places.insert(path.to_owned(), (position, 1));
    }

    /// Notes a member that only the run can know.
    pub(super) fn hole(&mut self, path: &str) {
        self.holes.push(path.to_owned());
    }

    /// Whether a problem at `path` may come from what is not known.
    pub(super) fn uncertain(&self, path: &str) -> bool {
        self.holes.iter().any(|hole| {
            path.strip_prefix(hole.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    /// Whether the map or list at `path` holds what is not known.
    pub(super) fn has_hole_in(&self, path: &str) -> bool {
        self.holes.iter().any(|hole| {
            let inner = hole.strip_prefix(path);
            inner.is_some_and(|rest| path.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    /// Where `path` stands, or the nearest thing around it.
    pub(super) fn find(&self, path: &str) -> Option<(Position, usize)> {
        let mut path = path;
        loop {
            if let Some(place) = self.places.get(path) {
                return Some(*place);
            }
            path = &path[..path.rfind(['.', '['])?];
        }
    }
}

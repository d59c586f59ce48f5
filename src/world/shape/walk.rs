//! A JSON value beside the shape that a model gives it: what does not fit.

use serde_json::{Map, Value};

use super::place::Place;
use super::problem::{Problem, ProblemKind};
use super::{bounds, scalars, values};
use crate::suggest::suggest;
use crate::world::apis::aws::{Kind, Marks, Member, Service, Shape, ShapeKey};

/// What a value is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// What is sent. `loose`: numbers and truth values are text on the wire, so that any scalar may stand for them.
    Input { loose: bool },
    /// What is answered: in it, nothing is required, and lengths are AWS's own.
    Answer,
}

/// What was seen on the way through a value.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// What does not fit, in the value's order.
    pub problems: Vec<Problem>,
    /// Values of an input that AWS does not list and that resemble none of the listed: it may have added them.
    pub doubts: Vec<Problem>,
    missing: Vec<Problem>,
}

/// Walks a structure: an operation's input or answer. `None`: the operation has none.
pub(super) fn walk(
    service: &'static Service,
    shape: Option<ShapeKey>,
    value: &Value,
    way: Way,
) -> Seen {
    let mut walker = Walker {
        service,
        way,
        place: Place::default(),
        seen: Seen::default(),
    };
    match shape {
        Some(shape) => walker.value(None, shape, value),
        None => {
            if let Some(given) = value.as_object() {
                walker.members(&[], given);
            }
        }
    }
    let mut seen = walker.seen;
    // A misspelt member is told once, not also as missing.
    let misspelt: Vec<_> = seen.problems.iter().filter_map(Problem::meant).collect();
    let missing = std::mem::take(&mut seen.missing).into_iter();
    seen.problems
        .extend(missing.filter(|problem| !misspelt.contains(&problem.path)));
    seen
}

struct Walker<'a> {
    service: &'static Service,
    way: Way,
    place: Place<'a>,
    seen: Seen,
}

impl<'a> Walker<'a> {
    fn value(&mut self, member: Option<&Member>, target: ShapeKey, value: &'a Value) {
        let shape = self.service.shape(target);
        let marked =
            |mark| shape.marks.has(mark) || member.is_some_and(|member| member.marks.has(mark));
        // Any JSON may stand there.
        if value.is_null() || marked(Marks::DOCUMENT) || marked(Marks::JSON_VALUE) {
            return;
        }
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(given)) => self.structure(shape, given),
            // The events of a stream are answered as a list.
            (Kind::Structure, Value::Array(events))
                if self.way == Way::Answer && marked(Marks::EVENT_STREAM) =>
            {
                for (index, event) in events.iter().enumerate() {
                    self.place.enter_item(index);
                    if let Some(event) = event.as_object() {
                        self.structure(shape, event);
                    }
                    self.place.leave();
                }
            }
            (Kind::List, Value::Array(items)) => self.items(shape, items),
            (Kind::Map, Value::Object(entries)) => self.entries(shape, entries),
            (Kind::Structure | Kind::List | Kind::Map, _) => self.misfit(shape, value),
            (_, Value::Array(_) | Value::Object(_)) => self.misfit(shape, value),
            _ => self.scalar(shape, value),
        }
    }

    fn structure(&mut self, shape: &Shape, given: &'a Map<String, Value>) {
        let known = shape.members;
        self.members(known, given);
        if shape.marks.has(Marks::UNION) && self.way != Way::Answer {
            self.union(known, given);
        }
    }

    fn members(&mut self, known: &[Member], given: &'a Map<String, Value>) {
        if self.way != Way::Answer {
            self.missing(known, given);
        }
        for (name, value) in given {
            self.place.enter(name);
            match known.iter().find(|member| member.name == name) {
                Some(member) => self.value(Some(member), member.target, value),
                None => {
                    let names: Vec<_> = known.iter().map(|member| member.name).collect();
                    let meant = suggest(name, names.iter().copied());
                    let problem = Problem::unknown_field(self.place.path(), &names, meant);
                    self.seen.problems.push(problem);
                }
            }
            self.place.leave();
        }
    }

    fn missing(&mut self, known: &[Member], given: &Map<String, Value>) {
        for member in known {
            // A token that is left out is filled in.
            let required =
                member.marks.has(Marks::REQUIRED) && !member.marks.has(Marks::IDEMPOTENCY_TOKEN);
            if required && given.get(member.name).is_none_or(Value::is_null) {
                let expected = scalars::name(self.service.shape(member.target));
                let path = self.place.path_of(member.name);
                let message = "required and missing";
                self.seen
                    .missing
                    .push(Problem::new(ProblemKind::Missing, path, message, expected));
            }
        }
    }

    /// Exactly one member of a union is given.
    fn union(&mut self, known: &[Member], given: &Map<String, Value>) {
        let given = given.iter().filter(|(_, value)| !value.is_null());
        let names: Vec<&str> = given.map(|(name, _)| name.as_str()).collect();
        let (kind, found) = match names.as_slice() {
            [_] => return,
            [] => (ProblemKind::TooFew, "none".to_owned()),
            several => (ProblemKind::Misfit, several.join(" and ")),
        };
        let known: Vec<_> = known.iter().map(|member| member.name).collect();
        self.note(
            kind,
            format!("expected exactly one member, found {found}"),
            format!("one of {}", known.join(", ")),
        );
    }

    fn items(&mut self, shape: &Shape, items: &'a [Value]) {
        let [element] = shape.members else {
            return;
        };
        for (index, item) in items.iter().enumerate() {
            self.place.enter_item(index);
            self.value(Some(element), element.target, item);
            self.place.leave();
        }
        self.length(shape, items.len(), "item");
    }

    fn entries(&mut self, shape: &Shape, entries: &'a Map<String, Value>) {
        let [key, of] = shape.members else {
            return;
        };
        let names = self.service.shape(key.target).values;
        for (name, value) in entries {
            self.place.enter(name);
            self.key(name, names);
            self.value(Some(of), of.target, value);
            self.place.leave();
        }
        self.length(shape, entries.len(), "entry");
    }

    /// The key of a map whose keys AWS lists.
    fn key(&mut self, name: &str, listed: &[&'static str]) {
        if listed.is_empty() || listed.contains(&name) {
            return;
        }
        let meant = values::meant(name, listed);
        if meant.is_some() || self.way == Way::Answer {
            let problem = Problem::unknown_field(self.place.path(), listed, meant);
            self.seen.problems.push(problem);
        }
    }

    fn scalar(&mut self, shape: &Shape, value: &Value) {
        let loose = self.way == Way::Input { loose: true };
        if !scalars::fits(shape.kind, value, loose) {
            return self.misfit(shape, value);
        }
        match (shape.kind, value) {
            (Kind::Integer | Kind::Long | Kind::Float | Kind::Double, _) => {
                if let Some(number) = scalars::number(value) {
                    self.range(shape, number);
                }
            }
            (Kind::String, Value::String(text)) => {
                self.listed(shape, text);
                self.length(shape, text.chars().count(), "character");
            }
            (Kind::Blob, Value::String(text)) if shape.min.or(shape.max).is_some() => {
                self.length(shape, scalars::bytes(text), "byte");
            }
            _ => {}
        }
    }

    /// The value of a text of which AWS lists the values.
    fn listed(&mut self, shape: &Shape, text: &str) {
        let closed = values::documented(self.service.name, shape.name);
        let known = closed.unwrap_or(shape.values);
        let is_known =
            known.contains(&text) || values::is_described(self.service.name, shape.name, text);
        if known.is_empty() || is_known {
            return;
        }
        let meant = values::meant(text, known).map(|meant| format!("\"{meant}\""));
        let refused = meant.is_some() || closed.is_some() || self.way == Way::Answer;
        let problem = Problem::new(
            ProblemKind::UnknownValue,
            self.place.path(),
            format!("unknown value \"{text}\""),
            format!("one of {}", known.join(", ")),
        );
        let problem = problem.suggesting(meant);
        match refused {
            true => self.seen.problems.push(problem),
            false => self.seen.doubts.push(problem),
        }
    }

    fn length(&mut self, shape: &Shape, length: usize, unit: &str) {
        if self.way == Way::Answer {
            return;
        }
        if let Some((is_less, expected, found)) = bounds::length(shape, length, unit) {
            let kind = match is_less && matches!(shape.kind, Kind::List | Kind::Map) {
                true => ProblemKind::TooFew,
                false => ProblemKind::OutOfRange,
            };
            self.note(
                kind,
                format!("expected {expected}, found {found}"),
                expected,
            );
        }
    }

    fn range(&mut self, shape: &Shape, number: f64) {
        if self.way == Way::Answer {
            return;
        }
        if let Some(expected) = bounds::number(shape, number) {
            let message = format!("expected {expected}, found {number}");
            self.note(ProblemKind::OutOfRange, message, expected);
        }
    }

    fn misfit(&mut self, shape: &Shape, value: &Value) {
        let expected = scalars::name(shape);
        let problem = Problem::new(
            ProblemKind::Misfit,
            self.place.path(),
            format!(
                "expected {expected}, found {}",
                scalars::found(shape.kind, value)
            ),
            expected,
        );
        let meant = scalars::meant(expected, value);
        self.seen.problems.push(problem.suggesting(meant));
    }

    fn note(&mut self, kind: ProblemKind, message: String, expected: String) {
        let problem = Problem::new(kind, self.place.path(), message, expected);
        self.seen.problems.push(problem);
    }
}

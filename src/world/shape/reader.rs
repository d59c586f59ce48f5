//! Reads JSON under the guidance of an SDK's schema, and remembers what it sees on the way.

use std::cell::RefCell;
use std::fmt::Write as _;

use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, ShapeDeserializer};
use aws_smithy_types::{BigDecimal, BigInteger, Blob, DateTime, Document};
use serde_json::Value;

use super::{Problem, UNKNOWN_FIELD, UNKNOWN_VALUE, enums};
use crate::suggest::suggest;

/// One step into a JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Into an object.
    Member(String),
    /// Into an array.
    Index(usize),
}

/// What a reader saw.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What does not fit the schema.
    pub problems: Vec<Problem>,
    /// Where the schema has timestamps.
    pub timestamps: Vec<Vec<Step>>,
}

#[derive(Default)]
struct Notes {
    found: Found,
    path: Vec<Step>,
}

/// A [`ShapeDeserializer`] over a JSON value. It never fails on a misfit: it notes the problem, hands
/// out a placeholder, and goes on, so that every problem of an input is told at once.
pub(super) struct Reader<'a> {
    value: &'a Value,
    notes: &'a RefCell<Notes>,
}

/// Reads `value` with a generated `deserialize` function, and returns what was seen and read.
pub(super) fn read<T>(
    value: &Value,
    deserialize: impl FnOnce(&mut dyn ShapeDeserializer) -> Result<Option<T>, SerdeError>,
) -> (Found, Option<T>) {
    let notes = RefCell::default();
    let outcome = deserialize(&mut Reader {
        value,
        notes: &notes,
    });
    let mut found = notes.into_inner().found;
    let read = outcome.unwrap_or_else(|error| {
        if found.problems.is_empty() {
            found.problems.push(Problem {
                path: String::new(),
                message: error.to_string(),
                expected: String::new(),
                suggestion: None,
            });
        }
        None
    });
    (found, read)
}

impl Reader<'_> {
    /// Notes a problem at the current place.
    fn note(&self, message: String, expected: String, suggestion: Option<String>) {
        let mut notes = self.notes.borrow_mut();
        let path = written(&notes.path);
        notes.found.problems.push(Problem {
            path,
            message,
            expected,
            suggestion,
        });
    }

    /// Notes that the value here is not of the expected type.
    fn misfit(&self, expected: &str) {
        self.note(
            format!("expected {expected}, found {}", kind(self.value)),
            expected.to_owned(),
            meant(expected, self.value),
        );
    }

    /// Visits a part of this value.
    fn enter<T>(
        &self,
        step: Step,
        value: &Value,
        visit: impl FnOnce(&mut Reader<'_>) -> Result<T, SerdeError>,
    ) -> Result<T, SerdeError> {
        self.notes.borrow_mut().path.push(step);
        let outcome = visit(&mut Reader {
            value,
            notes: self.notes,
        });
        self.notes.borrow_mut().path.pop();
        outcome
    }

    fn integer<T: TryFrom<i64> + Default>(&self) -> T {
        match self.value.as_i64() {
            Some(number) => T::try_from(number).unwrap_or_else(|_| {
                self.note(
                    format!("{number} is out of range"),
                    "integer".to_owned(),
                    None,
                );
                T::default()
            }),
            None => {
                self.misfit("integer");
                T::default()
            }
        }
    }

    fn number(&self) -> f64 {
        self.value.as_f64().unwrap_or_else(|| {
            self.misfit("number");
            0.0
        })
    }

    /// Notes a text that is a misspelling of one of the known values.
    fn one_of(&self, values: Option<&'static [&'static str]>) {
        if let (Some(text), Some(values)) = (self.value.as_str(), values)
            && let Some(meant) = enums::meant(text, values)
        {
            self.note(
                format!("{UNKNOWN_VALUE}\"{text}\""),
                format!("one of {}", values.join(", ")),
                Some(format!("\"{meant}\"")),
            );
        }
    }

    fn text(&self, expected: &str) -> String {
        match self.value {
            Value::String(text) => text.clone(),
            _ => {
                self.misfit(expected);
                String::new()
            }
        }
    }
}

impl ShapeDeserializer for Reader<'_> {
    fn read_struct(
        &mut self,
        schema: &Schema<'_>,
        state: &mut dyn FnMut(&Schema<'_>, &mut dyn ShapeDeserializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        let Value::Object(object) = self.value else {
            self.misfit("map");
            return Ok(());
        };
        for (name, value) in object {
            self.enter(Step::Member(name.clone()), value, |reader| {
                match schema.member_schema(name) {
                    Some(_) if value.is_null() => Ok(()),
                    Some(member) => state(member, reader),
                    None => {
                        let known = schema.members().iter().filter_map(|m| m.member_name());
                        reader.note(
                            UNKNOWN_FIELD.to_owned(),
                            known.clone().collect::<Vec<_>>().join(", "),
                            suggest(name, known).map(str::to_owned),
                        );
                        Ok(())
                    }
                }
            })?;
        }
        Ok(())
    }

    fn read_list(
        &mut self,
        schema: &Schema<'_>,
        state: &mut dyn FnMut(&mut dyn ShapeDeserializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        let Value::Array(items) = self.value else {
            self.misfit("list");
            return Ok(());
        };
        let values = enums::values(schema);
        for (index, item) in items.iter().enumerate() {
            self.enter(Step::Index(index), item, |reader| {
                reader.one_of(values);
                state(reader)
            })?;
        }
        Ok(())
    }

    fn read_map(
        &mut self,
        _schema: &Schema<'_>,
        state: &mut dyn FnMut(String, &mut dyn ShapeDeserializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        let Value::Object(object) = self.value else {
            self.misfit("map");
            return Ok(());
        };
        for (key, value) in object {
            self.enter(Step::Member(key.clone()), value, |reader| {
                state(key.clone(), reader)
            })?;
        }
        Ok(())
    }

    fn read_boolean(&mut self, _schema: &Schema<'_>) -> Result<bool, SerdeError> {
        Ok(self.value.as_bool().unwrap_or_else(|| {
            self.misfit("boolean");
            false
        }))
    }

    fn read_byte(&mut self, _schema: &Schema<'_>) -> Result<i8, SerdeError> {
        Ok(self.integer())
    }

    fn read_short(&mut self, _schema: &Schema<'_>) -> Result<i16, SerdeError> {
        Ok(self.integer())
    }

    fn read_integer(&mut self, _schema: &Schema<'_>) -> Result<i32, SerdeError> {
        Ok(self.integer())
    }

    fn read_long(&mut self, _schema: &Schema<'_>) -> Result<i64, SerdeError> {
        Ok(self.integer())
    }

    fn read_float(&mut self, _schema: &Schema<'_>) -> Result<f32, SerdeError> {
        // Only the type matters here; the value that is sent is the original one.
        #[allow(clippy::cast_possible_truncation)]
        Ok(self.number() as f32)
    }

    fn read_double(&mut self, _schema: &Schema<'_>) -> Result<f64, SerdeError> {
        Ok(self.number())
    }

    fn read_big_integer(&mut self, _schema: &Schema<'_>) -> Result<BigInteger, SerdeError> {
        Err(SerdeError::unsupported("big integer"))
    }

    fn read_big_decimal(&mut self, _schema: &Schema<'_>) -> Result<BigDecimal, SerdeError> {
        Err(SerdeError::unsupported("big decimal"))
    }

    fn read_string(&mut self, schema: &Schema<'_>) -> Result<String, SerdeError> {
        self.one_of(enums::values(schema));
        Ok(self.text("string"))
    }

    fn read_blob(&mut self, _schema: &Schema<'_>) -> Result<Blob, SerdeError> {
        Ok(Blob::new(self.text("base64 text")))
    }

    fn read_timestamp(&mut self, _schema: &Schema<'_>) -> Result<DateTime, SerdeError> {
        let fits = match self.value {
            Value::Number(_) => true,
            Value::String(text) => text.parse::<jiff::Timestamp>().is_ok(),
            _ => false,
        };
        if fits {
            let mut notes = self.notes.borrow_mut();
            let path = notes.path.clone();
            notes.found.timestamps.push(path);
        } else {
            self.misfit("timestamp (RFC 3339)");
        }
        Ok(DateTime::from_secs(0))
    }

    fn read_document(&mut self, _schema: &Schema<'_>) -> Result<Document, SerdeError> {
        // Any JSON is a document, and what it holds is not looked at.
        Ok(Document::Null)
    }

    fn is_null(&self) -> bool {
        self.value.is_null()
    }

    fn skip_value(&mut self) -> Result<(), SerdeError> {
        Ok(())
    }

    fn container_size(&self) -> Option<usize> {
        None
    }
}

/// `containerDefinitions[0].memory`.
pub(super) fn written(path: &[Step]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Member(name) if out.is_empty() => out.push_str(name),
            // Writing into a string cannot fail.
            Step::Member(name) => drop(write!(out, ".{name}")),
            Step::Index(index) => drop(write!(out, "[{index}]")),
        }
    }
    out
}

/// A number without a fraction, written as one with (`2.0`).
fn whole(number: &serde_json::Number) -> Option<i64> {
    let float = number.as_f64()?;
    #[allow(clippy::cast_possible_truncation)]
    (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
}

/// The value of the expected type that a misfit probably stands for.
pub(super) fn meant(expected: &str, value: &Value) -> Option<String> {
    match (expected, value) {
        ("string", Value::Number(number)) => Some(format!("\"{number}\"")),
        ("string", Value::Bool(flag)) => Some(format!("\"{flag}\"")),
        ("integer", Value::String(text)) => text.parse::<i64>().ok().map(|n| n.to_string()),
        ("integer", Value::Number(number)) => whole(number).map(|n| n.to_string()),
        ("number", Value::String(text)) => text.parse::<f64>().ok().map(|n| n.to_string()),
        ("boolean", Value::String(text)) => text.parse::<bool>().ok().map(|b| b.to_string()),
        _ => None,
    }
}

/// What a value is, in a word.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number with a fraction",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "map",
    }
}

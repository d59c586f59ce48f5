//! Finds required members that an input lacks.
//!
//! Schemas do not say what is required, but the generated types do: what must be there and is not is
//! filled in with an empty value. So what the SDK would write, and the input does not have, is missing.

use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, SerializableStruct, ShapeSerializer};
use aws_smithy_types::{BigDecimal, BigInteger, Blob, DateTime, Document};
use serde_json::{Map, Value};

use super::Problem;
use super::reader::{Step, written};

/// Required members that `input`, read as `value`, lacks.
pub(super) fn missing(value: &dyn SerializableStruct, input: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut writer = Writer {
        place: Place::of(input),
        path: Vec::new(),
        problems: &mut problems,
    };
    // An error only means that the rest cannot be compared.
    let _compared = value.serialize_members(&mut writer);
    problems
}

/// Where in the input the writer stands.
enum Place<'a> {
    Members(&'a Map<String, Value>),
    Items(std::slice::Iter<'a, Value>, usize),
    Elsewhere,
}

impl<'a> Place<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::Object(members) => Place::Members(members),
            Value::Array(items) => Place::Items(items.iter(), 0),
            _ => Place::Elsewhere,
        }
    }
}

/// A serializer that writes nothing, and compares what it is told with the input.
struct Writer<'a, 'p> {
    place: Place<'a>,
    path: Vec<Step>,
    problems: &'p mut Vec<Problem>,
}

impl<'a> Writer<'a, '_> {
    /// The input's value for what is written now. `expected`: its type, where being absent is a problem.
    fn next(&mut self, schema: &Schema<'_>, expected: Option<&str>) -> Option<(Step, &'a Value)> {
        match &mut self.place {
            Place::Members(members) => {
                let name = schema.member_name()?;
                if let Some(value) = members.get(name).filter(|value| !value.is_null()) {
                    return Some((Step::Member(name.to_owned()), value));
                }
                if let Some(expected) = expected {
                    let mut path = self.path.clone();
                    path.push(Step::Member(name.to_owned()));
                    self.problems.push(Problem {
                        path: written(&path),
                        message: "required and missing".to_owned(),
                        expected: expected.to_owned(),
                        suggestion: None,
                    });
                }
                None
            }
            Place::Items(items, index) => {
                let value = items.next()?;
                let step = Step::Index(*index);
                *index += 1;
                Some((step, value))
            }
            Place::Elsewhere => None,
        }
    }

    fn inside(
        &mut self,
        (step, value): (Step, &'a Value),
        write: impl FnOnce(&mut Writer<'a, '_>) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        let mut path = self.path.clone();
        path.push(step);
        write(&mut Writer {
            place: Place::of(value),
            path,
            problems: &mut *self.problems,
        })
    }

    /// Numbers and truth values have defaults: one that is absent is not missing.
    fn pass(&mut self, schema: &Schema<'_>) -> Result<(), SerdeError> {
        self.next(schema, None);
        Ok(())
    }
}

impl ShapeSerializer for Writer<'_, '_> {
    fn write_struct(
        &mut self,
        schema: &Schema<'_>,
        value: &dyn SerializableStruct,
    ) -> Result<(), SerdeError> {
        match self.next(schema, Some("map")) {
            Some(found) => self.inside(found, |writer| value.serialize_members(writer)),
            None => Ok(()),
        }
    }

    fn write_list(
        &mut self,
        schema: &Schema<'_>,
        write_elements: &dyn Fn(&mut dyn ShapeSerializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        match self.next(schema, Some("list")) {
            Some(found) => self.inside(found, |writer| write_elements(writer)),
            None => Ok(()),
        }
    }

    fn write_map(
        &mut self,
        schema: &Schema<'_>,
        _write_entries: &dyn Fn(&mut dyn ShapeSerializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        // The entries of a map come in any order, and those of ECS are text.
        self.next(schema, Some("map"));
        Ok(())
    }

    fn write_boolean(&mut self, schema: &Schema<'_>, _: bool) -> Result<(), SerdeError> {
        self.pass(schema)
    }

    fn write_byte(&mut self, schema: &Schema<'_>, _: i8) -> Result<(), SerdeError> {
        self.pass(schema)
    }

    fn write_short(&mut self, schema: &Schema<'_>, _: i16) -> Result<(), SerdeError> {
        self.pass(schema)
    }

    fn write_integer(&mut self, schema: &Schema<'_>, _: i32) -> Result<(), SerdeError> {
        self.pass(schema)
    }

    fn write_long(&mut self, schema: &Schema<'_>, _: i64) -> Result<(), SerdeError> {
        self.pass(schema)
    }

    fn write_float(&mut self, schema: &Schema<'_>, _: f32) -> Result<(), SerdeError> {
        self.pass(schema)
    }

    fn write_double(&mut self, schema: &Schema<'_>, _: f64) -> Result<(), SerdeError> {
        self.pass(schema)
    }

    fn write_big_integer(&mut self, schema: &Schema<'_>, _: &BigInteger) -> Result<(), SerdeError> {
        self.pass(schema)
    }

    fn write_big_decimal(&mut self, schema: &Schema<'_>, _: &BigDecimal) -> Result<(), SerdeError> {
        self.pass(schema)
    }

    fn write_string(&mut self, schema: &Schema<'_>, _: &str) -> Result<(), SerdeError> {
        self.next(schema, Some("string"));
        Ok(())
    }

    fn write_blob(&mut self, schema: &Schema<'_>, _: Blob) -> Result<(), SerdeError> {
        self.next(schema, Some("base64 text"));
        Ok(())
    }

    fn write_timestamp(&mut self, schema: &Schema<'_>, _: &DateTime) -> Result<(), SerdeError> {
        self.next(schema, Some("timestamp (RFC 3339)"));
        Ok(())
    }

    fn write_document(&mut self, schema: &Schema<'_>, _: &Document) -> Result<(), SerdeError> {
        self.pass(schema)
    }

    fn write_null(&mut self, schema: &Schema<'_>) -> Result<(), SerdeError> {
        self.pass(schema)
    }
}

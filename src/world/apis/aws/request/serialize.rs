//! A typed input as the official codecs take it.

use aws_smithy_schema::serde::{SerdeError, SerializableStruct, ShapeSerializer};
use aws_smithy_schema::{Schema, ShapeId, ShapeType, prelude, shape_id};
use serde_json::Value;

use super::input::{Given, Typed};
use crate::world::apis::aws::model::Protocol;
use crate::world::apis::aws::schema::{Schemas, Structure};

/// A structure of an input.
pub(super) struct Serialized<'a> {
    pub writer: Writer,
    pub structure: Structure,
    pub members: &'a [Given<'a>],
    /// Whether it is the input itself.
    pub is_input: bool,
}

/// What all parts of one input are written with.
#[derive(Clone, Copy)]
pub(super) struct Writer {
    pub protocol: Protocol,
    pub schemas: &'static Schemas,
}

type Written = Result<(), SerdeError>;

const UNKNOWN: ShapeId<'static> = shape_id!("com.amazonaws", "Unknown");

impl SerializableStruct for Serialized<'_> {
    fn schema(&self) -> &Schema<'_> {
        self.structure.schema
    }

    fn serialize_members(&self, out: &mut dyn ShapeSerializer) -> Written {
        for given in self.members {
            let Some(index) = given.index else {
                // The codecs look members up by their index: this one is behind all that the model knows.
                let behind = self.structure.members.len();
                let schema = Schema::new_member(UNKNOWN, ShapeType::Document, given.name, behind);
                self.writer.typed(&schema, &given.value, out)?;
                continue;
            };
            let schema = self.structure.members[index];
            match &given.value {
                // restJson writes a structure that is the whole body without its member's name.
                Typed::Structure(shape, members)
                    if self.is_input
                        && self.writer.protocol == Protocol::RestJson
                        && schema.http_payload().is_some() =>
                {
                    let structure = self.writer.schemas.structure(*shape);
                    let inner = self.writer.inner(structure, members);
                    out.write_struct(structure.schema, &inner)?;
                }
                value => self.writer.typed(schema, value, out)?,
            }
        }
        Ok(())
    }
}

impl Writer {
    fn inner<'a>(self, structure: Structure, members: &'a [Given<'a>]) -> Serialized<'a> {
        Serialized {
            writer: self,
            structure,
            members,
            is_input: false,
        }
    }

    fn typed(
        self,
        schema: &Schema<'_>,
        value: &Typed<'_>,
        out: &mut dyn ShapeSerializer,
    ) -> Written {
        match value {
            Typed::Structure(shape, members) => {
                let structure = self.schemas.structure(*shape);
                out.write_struct(schema, &self.inner(structure, members))
            }
            // ec2Query has no empty lists.
            Typed::List(_, items) if items.is_empty() && self.protocol == Protocol::Ec2 => Ok(()),
            // Elements without anything in them are nothing in a form, which is not an empty list.
            Typed::List(..)
                if matches!(self.protocol, Protocol::Query | Protocol::Ec2) && value.is_blank() =>
            {
                Ok(())
            }
            Typed::List(of, items) => {
                let element = self.schemas.element(of);
                out.write_list_with_length(schema, items.len(), &|out| {
                    items.iter().try_for_each(|item| match item {
                        Some(item) => self.typed(element, item, out),
                        None => out.write_null(element),
                    })
                })
            }
            Typed::Map(of, entries) => {
                let element = self.schemas.element(of);
                out.write_map_with_length(schema, entries.len(), &|out| {
                    entries.iter().try_for_each(|(key, item)| {
                        out.write_string(&prelude::STRING, key)?;
                        self.typed(element, item, out)
                    })
                })
            }
            Typed::Text(text) => out.write_string(schema, text),
            Typed::Integer(number) => out.write_long(schema, *number),
            // Only CBOR has floats of two sizes: elsewhere a shorter one would only lose digits.
            #[allow(clippy::cast_possible_truncation)]
            Typed::Float(number)
                if self.protocol == Protocol::Cbor && schema.shape_type() == ShapeType::Float =>
            {
                out.write_float(schema, *number as f32)
            }
            Typed::Float(number) => out.write_double(schema, *number),
            Typed::Boolean(is_set) => out.write_boolean(schema, *is_set),
            Typed::Blob(bytes) => out.write_blob(schema, bytes.clone()),
            Typed::Timestamp(at) => out.write_timestamp(schema, at),
            Typed::Document(value) => document(schema, value, out),
        }
    }
}

/// A JSON, its members in the order that they are given in.
fn document(schema: &Schema<'_>, value: &Value, out: &mut dyn ShapeSerializer) -> Written {
    match value {
        Value::Null => out.write_null(schema),
        Value::Bool(is_set) => out.write_boolean(schema, *is_set),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => out.write_long(schema, whole),
            (None, Some(float)) => out.write_double(schema, float),
            (None, None) => Err(SerdeError::custom(format!("{number} is not a number"))),
        },
        Value::String(text) => out.write_string(schema, text),
        Value::Array(items) => out.write_list_with_length(schema, items.len(), &|out| {
            let mut items = items.iter();
            items.try_for_each(|item| document(&prelude::DOCUMENT, item, out))
        }),
        Value::Object(entries) => out.write_map_with_length(schema, entries.len(), &|out| {
            entries.iter().try_for_each(|(key, item)| {
                out.write_string(&prelude::STRING, key)?;
                document(&prelude::DOCUMENT, item, out)
            })
        }),
    }
}

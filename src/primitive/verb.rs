//! A verb is a struct of arguments that says how it is declared; [`verb`] makes a [`Primitive`] of it.

use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::args;
use super::{Call, Declaration, Input};
use crate::vocabulary::Fault;

/// A function that scripts have, as the engine, the checker, the reference and the run see it.
pub trait Primitive: Send + Sync {
    /// What is known of the primitive without calling it: name, effect, documentation.
    fn declaration(&self) -> &Declaration;

    /// What the primitive takes: the JSON of an AWS operation, or a map with a schema.
    fn input(&self) -> Input<'_>;

    /// Operations of AWS with which each call writes, perhaps often: those of a primitive that is none itself.
    fn writes(&self) -> &'static [&'static str] {
        &[]
    }

    /// Reads the input of a call, once: everything else is asked of the [`Call`].
    ///
    /// # Errors
    /// `invalid_input`, naming the path, what was expected and the candidates.
    fn prepare<'a>(&'a self, input: &'a Value) -> Result<Box<dyn Call + 'a>, Fault>;

    /// Whether a map at this place (from 0) is that positional member, and not the map of all others:
    /// `aws::call("sqs", "PurgeQueue", #{ … })`.
    fn map_at(&self, place: usize) -> bool {
        let positional = self.declaration().positional;
        positional
            .get(place)
            .is_some_and(|name| self.input().takes_map(name))
    }
}

/// The arguments of a function of ours: doc comments are the reference, serde validates.
pub trait Verb: Call + DeserializeOwned + JsonSchema + 'static {
    /// All else that is known of it without calling it.
    const DECLARATION: Declaration;
    /// Operations of AWS with which each call writes, in the API's spelling.
    const WRITES: &'static [&'static str] = &[];
}

/// The primitive that a verb is.
pub(super) fn verb<V: Verb>() -> Arc<dyn Primitive> {
    Arc::new(VerbAdapter::<V> {
        declaration: V::DECLARATION,
        schema: OnceLock::new(),
        verb: PhantomData,
    })
}

/// A verb, whose calls are its arguments.
struct VerbAdapter<V> {
    declaration: Declaration,
    /// Made when it is first asked for: most runs never do.
    schema: OnceLock<Schema>,
    verb: PhantomData<fn() -> V>,
}

impl<V: Verb> Primitive for VerbAdapter<V> {
    fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    fn input(&self) -> Input<'_> {
        Input::Typed(self.schema.get_or_init(|| schemars::schema_for!(V)))
    }

    fn writes(&self) -> &'static [&'static str] {
        V::WRITES
    }

    fn prepare<'a>(&'a self, input: &'a Value) -> Result<Box<dyn Call + 'a>, Fault> {
        let call: V = args::read(&self.declaration.path(), input)?;
        Ok(Box::new(call))
    }
}

//! Primitives as functions: `ecs::update_service(#{ … })`, `time::sleep("5m")`; and the pure ones.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::sync::Arc;

use rhai::{Dynamic, Engine, FuncRegistration, Module, NativeCallContext, Position, RhaiFunc};
use serde_json::Value;

use super::failure::{self, Error};
use super::pure::json::INVALID_JSON;
use super::pure::{self, Pure};
use super::runtime::{self, Runtime};
use super::{unknown_value, values};
use crate::data::{self, DataError};
use crate::primitive::{Declaration, Primitive};
use crate::vocabulary::{Fault, codes};

/// The most arguments that a primitive takes: its positional ones, then one map.
pub(crate) fn most_arguments(declaration: &Declaration) -> usize {
    declaration.positional.len() + 1
}

/// Registers every primitive in its module.
pub(crate) fn register(
    engine: &mut Engine,
    primitives: &[Arc<dyn Primitive>],
    runtime: &Arc<Runtime>,
) {
    let mut modules: BTreeMap<&'static str, Module> = BTreeMap::new();
    for primitive in primitives {
        let declaration = primitive.declaration();
        let module = modules.entry(declaration.module).or_default();
        for arity in 0..=most_arguments(declaration) {
            let primitive = Arc::clone(primitive);
            let runtime = Arc::clone(runtime);
            FuncRegistration::new(declaration.name).set_into_module_raw(
                module,
                vec![TypeId::of::<Dynamic>(); arity],
                RhaiFunc::Pure {
                    func: Arc::new(move |context: Option<NativeCallContext<'_>>, arguments| {
                        let Some(context) = context else {
                            return Err("a primitive needs its call's context".into());
                        };
                        let input = input(&context, primitive.as_ref(), arguments)?;
                        runtime.perform(&context, primitive.as_ref(), input)
                    }),
                    has_context: true,
                    is_pure: false,
                    is_volatile: true,
                },
            );
        }
    }
    for function in pure::ALL {
        register_pure(
            modules.entry(function.module).or_default(),
            function,
            runtime,
        );
    }
    // Rhai's own reads another JSON.
    let parses = Arc::clone(runtime);
    engine.register_fn(
        "parse_json",
        move |context: NativeCallContext, text: &str| -> Result<Dynamic, Error> {
            let read = data::json(text).map_err(|wrong| invalid(&parses, text, &wrong));
            let read = read.map_err(|fault| failure::raise(&fault, context.call_position()))?;
            Ok(values::from_json(&read))
        },
    );
    for (name, mut module) in modules {
        module.build_index();
        engine.register_static_module(name, module.into());
    }
}

/// The fault of a text that is not JSON, with where it is from.
fn invalid(runtime: &Runtime, text: &str, wrong: &DataError) -> Fault {
    pure::json::invalid(wrong, runtime.texts().source(text))
}

fn register_pure(module: &mut Module, function: &'static Pure, runtime: &Arc<Runtime>) {
    let runtime = Arc::clone(runtime);
    FuncRegistration::new(function.name).set_into_module_raw(
        module,
        vec![TypeId::of::<Dynamic>(); function.parameters.len()],
        RhaiFunc::Pure {
            func: Arc::new(move |context: Option<NativeCallContext<'_>>, arguments| {
                let position = context.map_or(Position::NONE, |c| c.call_position());
                let raise = |fault: &Fault| failure::raise(fault, position);
                let mut values = Vec::with_capacity(arguments.len());
                for (name, argument) in function.parameters.iter().zip(arguments.iter()) {
                    let value = values::to_json(argument);
                    values.push(value.map_err(|e| raise(&function.refuses(name, &e.to_string())))?);
                }
                if let Some(unknown) = unknown_value::from_arguments(&values) {
                    return Ok(values::from_json(&unknown));
                }
                let result = (function.call)(function, &values).map_err(|fault| {
                    let text = values.first().and_then(Value::as_str).unwrap_or_default();
                    match data::json(text) {
                        Err(wrong) if fault.code == INVALID_JSON => invalid(&runtime, text, &wrong),
                        _ => fault,
                    }
                });
                result
                    .map(|value| values::from_json(&value))
                    .map_err(|fault| raise(&fault))
            }),
            has_context: true,
            is_pure: true,
            is_volatile: false,
        },
    );
}

/// The one map that a primitive takes, from the arguments as they were written.
fn input(
    context: &NativeCallContext<'_>,
    primitive: &dyn Primitive,
    arguments: &[&mut Dynamic],
) -> Result<Value, Error> {
    let declaration = primitive.declaration();
    let refuse = |message: String| {
        let path = declaration.path();
        runtime::refuse(context, codes::INVALID_INPUT, format!("{path}: {message}"))
    };
    let (positional, map) = match arguments.split_last() {
        Some((last, before)) if last.is_map() && !primitive.map_at(before.len()) => {
            (before, Some(&**last))
        }
        _ => (arguments, None),
    };
    let mut members = match map.map(values::to_json).transpose() {
        Ok(Some(Value::Object(members))) => members,
        Ok(_) => serde_json::Map::new(),
        Err(error) => return Err(refuse(error.to_string())),
    };
    if positional.len() > declaration.positional.len() {
        let wanted = match declaration.positional {
            [] => "it takes one map".to_owned(),
            names => format!("it takes ({}) and a map", names.join(", ")),
        };
        return Err(refuse(format!(
            "{} arguments are too many: {wanted}",
            arguments.len()
        )));
    }
    for (name, argument) in declaration.positional.iter().zip(positional) {
        let value = values::to_json(argument).map_err(|e| refuse(format!("`{name}`: {e}")))?;
        if members.insert((*name).to_owned(), value).is_some() {
            return Err(refuse(format!("`{name}` is given twice")));
        }
    }
    Ok(Value::Object(members))
}

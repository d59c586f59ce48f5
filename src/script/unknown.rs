//! Values that only the real run can know, in a plan: they may be passed on and printed, and whatever is made
//! of them is as unknown. A script that decides by one ends the plan there.

use std::fmt;
use std::sync::Arc;

use rhai::{Array, Dynamic, Engine, FnPtr, ImmutableString, Map, NativeCallContext};

use super::failure::{self, Error};
use super::runtime::Runtime;
use super::unknown_value::{TYPE, Unknown};
use super::values;

/// A value as it is put into a text.
fn shown(value: &Dynamic) -> String {
    match value.clone().into_string() {
        Ok(text) => text,
        Err(_) => values::to_json(value).map_or_else(|_| value.to_string(), |v| v.to_string()),
    }
}

/// Registers what a script can do with one.
pub(crate) fn register(engine: &mut Engine, runtime: &Arc<Runtime>) {
    engine
        .register_type_with_name::<Unknown>(TYPE)
        .register_iterator_result::<Unknown, Dynamic>()
        .register_fn("to_string", |value: &mut Unknown| value.to_string())
        .register_fn("to_debug", |value: &mut Unknown| value.to_string())
        .register_indexer_get(|value: &mut Unknown, _: Dynamic| value.derived())
        .register_indexer_set(|_: &mut Unknown, _: Dynamic, _: Dynamic| {});
    joins(engine);
    decides(engine, runtime);
    derives(engine);
    if runtime.door.plans() {
        within_texts(engine, runtime);
    }
    let runtime = Arc::clone(runtime);
    engine.register_fn(
        KNOWN,
        move |context: NativeCallContext, value: Dynamic| -> Result<Dynamic, Error> {
            known(&runtime, &context, &value)?;
            Ok(value)
        },
    );
}

/// The function that is put around the value of a `switch`: Rhai takes one that it does not know for the default.
pub(crate) const KNOWN: &str = "__known";

/// A plan ends where something is decided by a value that only the real run can know, or that has one in it.
pub(crate) fn known(
    runtime: &Arc<Runtime>,
    context: &NativeCallContext<'_>,
    value: &Dynamic,
) -> Result<(), Error> {
    match found(value) {
        Some(value) => Err(ends(runtime, context, &value)),
        None => Ok(()),
    }
}

/// The unknown value within another.
fn found(value: &Dynamic) -> Option<Unknown> {
    if let Some(value) = value.read_lock::<Unknown>() {
        return Some(value.clone());
    }
    if let Some(text) = value.read_lock::<ImmutableString>() {
        return Unknown::of(&text);
    }
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().find_map(found);
    }
    let members = value.read_lock::<Map>()?;
    members.values().find_map(found)
}

/// What is put together by `${…}` is a plain text to Rhai: comparing it decides, too.
fn within_texts(engine: &mut Engine, runtime: &Arc<Runtime>) {
    type Decided = Result<bool, Error>;
    type Text = ImmutableString;
    // Else Rhai compares texts by itself.
    engine.set_fast_operators(false);
    type Holds = fn(&str, &str) -> bool;
    let compare: [(&str, Holds); 9] = [
        ("==", |a, b| a == b),
        ("!=", |a, b| a != b),
        ("<", |a, b| a < b),
        ("<=", |a, b| a <= b),
        (">", |a, b| a > b),
        (">=", |a, b| a >= b),
        ("contains", |a, b| a.contains(b)),
        ("starts_with", |a, b| a.starts_with(b)),
        ("ends_with", |a, b| a.ends_with(b)),
    ];
    for (name, holds) in compare {
        let runtime = Arc::clone(runtime);
        engine.register_fn(
            name,
            move |c: NativeCallContext, a: Text, b: Text| -> Decided {
                for text in [&a, &b] {
                    if let Some(value) = Unknown::of(text) {
                        return Err(ends(&runtime, &c, &value));
                    }
                }
                Ok(holds(&a, &b))
            },
        );
    }
    let [length, index] = [0; 2].map(|_| Arc::clone(runtime));
    engine.register_fn(
        "len",
        move |c: NativeCallContext, text: Text| -> Result<i64, Error> {
            match Unknown::of(&text) {
                Some(value) => Err(ends(&length, &c, &value)),
                None => Ok(i64::try_from(text.chars().count()).unwrap_or(i64::MAX)),
            }
        },
    );
    engine.register_fn(
        "index_of",
        move |c: NativeCallContext, text: Text, part: Text| -> Result<i64, Error> {
            for text in [&text, &part] {
                if let Some(value) = Unknown::of(text) {
                    return Err(ends(&index, &c, &value));
                }
            }
            let at = text.find(part.as_str());
            let at = at.map(|at| text[..at].chars().count());
            Ok(at.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1))
        },
    );
}

/// Texts that are put together hold it.
fn joins(engine: &mut Engine) {
    fn join(a: impl fmt::Display, b: impl fmt::Display) -> Unknown {
        Unknown(format!("{a}{b}"))
    }
    engine
        .register_fn("+", |a: Unknown, b: Unknown| join(a, b))
        .register_fn("+", |a: Unknown, b: ImmutableString| join(a, b))
        .register_fn("+", |a: ImmutableString, b: Unknown| join(a, b))
        .register_fn("+", |a: Unknown, b: Dynamic| join(a, shown(&b)))
        .register_fn("+", |a: Dynamic, b: Unknown| join(shown(&a), b));
    for operator in ["-", "*", "/", "%", "**"] {
        engine
            .register_fn(operator, |a: Unknown, _: Dynamic| a.derived())
            .register_fn(operator, |_: Dynamic, b: Unknown| b.derived())
            .register_fn(operator, |a: Unknown, _: Unknown| a.derived());
    }
}

/// Registers the comparisons of unknown values: each ends the plan, since what follows depends on the result.
fn decides(engine: &mut Engine, runtime: &Arc<Runtime>) {
    type Decided = Result<bool, Error>;
    for operator in ["==", "!=", "<", "<=", ">", ">="] {
        let [both, left, right] = [0; 3].map(|_| Arc::clone(runtime));
        engine
            .register_fn(
                operator,
                move |c: NativeCallContext, a: Unknown, _: Unknown| -> Decided {
                    Err(ends(&both, &c, &a))
                },
            )
            .register_fn(
                operator,
                move |c: NativeCallContext, a: Unknown, _: Dynamic| -> Decided {
                    Err(ends(&left, &c, &a))
                },
            )
            .register_fn(
                operator,
                move |c: NativeCallContext, _: Dynamic, b: Unknown| -> Decided {
                    Err(ends(&right, &c, &b))
                },
            );
    }
    for name in ["contains", "starts_with", "ends_with", "is_empty"] {
        let [alone, with] = [0; 2].map(|_| Arc::clone(runtime));
        engine
            .register_fn(
                name,
                move |c: NativeCallContext, a: &mut Unknown| -> Decided {
                    Err(ends(&alone, &c, a))
                },
            )
            .register_fn(
                name,
                move |c: NativeCallContext, a: &mut Unknown, _: Dynamic| -> Decided {
                    Err(ends(&with, &c, a))
                },
            );
    }
    // `unknown in list`, and a list or text that is asked for it.
    let [listed, found] = [0; 2].map(|_| Arc::clone(runtime));
    engine
        .register_fn(
            "contains",
            move |c: NativeCallContext, _: &mut Array, b: Unknown| -> Decided {
                Err(ends(&listed, &c, &b))
            },
        )
        .register_fn(
            "contains",
            move |c: NativeCallContext, _: &mut ImmutableString, b: Unknown| -> Decided {
                Err(ends(&found, &c, &b))
            },
        );
}

/// The plan ends where its script decides by an unknown value.
pub(crate) fn ends(
    runtime: &Arc<Runtime>,
    context: &NativeCallContext<'_>,
    value: &Unknown,
) -> Error {
    let halt = runtime.unknown(value.what(), runtime.call_site(context));
    failure::terminate(halt, context.call_position())
}

/// What is made of it is as unknown.
fn derives(engine: &mut Engine) {
    for name in [
        "trim",
        "make_upper",
        "make_lower",
        "replace",
        "truncate",
        "pad",
    ] {
        engine
            .register_fn(name, |_: &mut Unknown| {})
            .register_fn(name, |_: &mut Unknown, _: Dynamic| {})
            .register_fn(name, |_: &mut Unknown, _: Dynamic, _: Dynamic| {});
    }
    for name in [
        "split",
        "sub_string",
        "to_upper",
        "to_lower",
        "len",
        "index_of",
        "to_int",
        "parse_int",
        "to_float",
        "parse_float",
        "parse_json",
        "to_json",
        "chars",
        "keys",
        "values",
        "get",
        "extract",
        "first",
        "last",
        "pop",
        "shift",
        "split_rev",
        "to_array",
    ] {
        engine
            .register_fn(name, |value: &mut Unknown| value.derived())
            .register_fn(name, |value: &mut Unknown, _: Dynamic| value.derived())
            .register_fn(name, |value: &mut Unknown, _: Dynamic, _: Dynamic| {
                value.derived()
            });
    }
    for name in ["map", "filter", "reduce"] {
        engine.register_fn(name, |value: &mut Unknown, _: FnPtr| value.derived());
    }
}

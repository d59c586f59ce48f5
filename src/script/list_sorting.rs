//! `sort`, `order` and `dedup` that end where a comparison does.
//!
//! Rhai's own take a fault, a limit or an answer that is none for "equal", and go on.

use crate::vocabulary::codes;
use std::any::TypeId;
use std::sync::Arc;

use rhai::{
    Array, Dynamic, Engine, EvalAltResult, FnPtr, ImmutableString, NativeCallContext, Position,
};

use super::failure::Error;
use super::runtime::{self, Runtime};
use super::unknown::known;

/// Registers `sort`, `order`, `dedup` and their like in the place of Rhai's own.
pub(crate) fn register(engine: &mut Engine, runtime: &Arc<Runtime>) {
    for name in ["sort", "sort_by"] {
        let runtime = Arc::clone(runtime);
        engine.register_fn(
            name,
            move |c: NativeCallContext, array: &mut Array, closure: FnPtr| -> Result<(), Error> {
                *array = by_closure(&runtime, &c, array.clone(), &closure)?;
                Ok(())
            },
        );
    }
    for name in ["order", "order_by"] {
        let runtime = Arc::clone(runtime);
        engine.register_fn(
            name,
            move |c: NativeCallContext, array: &mut Array, closure: FnPtr| {
                by_closure(&runtime, &c, array.clone(), &closure)
            },
        );
    }
    for (sort, order, down) in [("sort", "order", false), ("sort_desc", "order_desc", true)] {
        let [sorts, orders] = [0; 2].map(|_| Arc::clone(runtime));
        engine.register_fn(
            sort,
            move |c: NativeCallContext, array: &mut Array| -> Result<(), Error> {
                *array = natural(&sorts, &c, array.clone(), down)?;
                Ok(())
            },
        );
        engine.register_fn(order, move |c: NativeCallContext, array: &mut Array| {
            natural(&orders, &c, array.clone(), down)
        });
    }
    let [alike, chosen] = [0; 2].map(|_| Arc::clone(runtime));
    engine.register_fn(
        "dedup",
        move |c: NativeCallContext, array: &mut Array| -> Result<(), Error> {
            let equal = |a: &Dynamic, b: &Dynamic| {
                let (mut a, mut b) = (a.clone(), b.clone());
                known(&alike, &c, &a)?;
                match c.call_native_fn_raw("==", true, &mut [&mut a, &mut b]) {
                    Ok(same) => Ok(same.as_bool().unwrap_or(false)),
                    Err(error) if is_missing(&error) => Ok(false),
                    Err(error) => Err(error),
                }
            };
            dedup(array, equal)
        },
    );
    engine.register_fn(
        "dedup",
        move |c: NativeCallContext, array: &mut Array, closure: FnPtr| -> Result<(), Error> {
            let equal = |a: &Dynamic, b: &Dynamic| {
                let same = closure.call_raw(&c, None, [a.clone(), b.clone()])?;
                known(&chosen, &c, &same)?;
                let wrong = |kind| not_that(&c, "dedup", "a boolean", kind);
                same.as_bool().map_err(wrong)
            };
            dedup(array, equal)
        },
    );
}

fn is_missing(error: &EvalAltResult) -> bool {
    matches!(error, EvalAltResult::ErrorFunctionNotFound(..))
}

fn not_that(context: &NativeCallContext<'_>, name: &str, wanted: &str, kind: &str) -> Error {
    let message = format!("the closure of `{name}` returns {wanted}, not {kind}");
    runtime::refuse(context, codes::SCRIPT_ERROR, message)
}

fn by_closure(
    runtime: &Arc<Runtime>,
    context: &NativeCallContext<'_>,
    array: Array,
    closure: &FnPtr,
) -> Result<Array, Error> {
    merged(array, &mut |a, b| {
        let said = closure.call_raw(context, None, [a.clone(), b.clone()])?;
        known(runtime, context, &said)?;
        if let Ok(number) = said.as_int() {
            return Ok(number < 0);
        }
        let wrong = |kind| not_that(context, "sort", "a number or a boolean", kind);
        said.as_bool().map_err(wrong)
    })
}

fn natural(
    runtime: &Arc<Runtime>,
    context: &NativeCallContext<'_>,
    array: Array,
    down: bool,
) -> Result<Array, Error> {
    for item in &array {
        known(runtime, context, item)?;
    }
    let kinds: Vec<TypeId> = array.iter().map(Dynamic::type_id).collect();
    if kinds.windows(2).any(|pair| pair[0] != pair[1]) {
        let message = "elements of different types cannot be sorted";
        return Err(EvalAltResult::ErrorRuntime(message.into(), Position::NONE).into());
    }
    let less = |a: &Dynamic, b: &Dynamic| -> Option<bool> {
        let number = |v: &Dynamic| v.as_int().ok();
        let float = |v: &Dynamic| v.as_float().ok();
        let text = |v: &Dynamic| v.read_lock::<ImmutableString>().map(|text| text.clone());
        let flag = |v: &Dynamic| v.as_bool().ok();
        let letter = |v: &Dynamic| v.as_char().ok();
        None.or_else(|| Some(number(a)? < number(b)?))
            .or_else(|| Some(float(a)? < float(b)?))
            .or_else(|| Some(text(a)? < text(b)?))
            .or_else(|| Some(!flag(a)? & flag(b)?))
            .or_else(|| Some(letter(a)? < letter(b)?))
            .or_else(|| a.is_unit().then_some(false))
    };
    merged(array, &mut |a, b| {
        let (a, b) = if down { (b, a) } else { (a, b) };
        less(a, b).ok_or_else(|| {
            let message = format!("elements of {} cannot be sorted", a.type_name());
            runtime::refuse(context, codes::SCRIPT_ERROR, message)
        })
    })
}

/// Sorts stably: `less` says whether the first belongs before the second.
fn merged(
    mut array: Array,
    less: &mut dyn FnMut(&Dynamic, &Dynamic) -> Result<bool, Error>,
) -> Result<Array, Error> {
    if array.len() < 2 {
        return Ok(array);
    }
    let behind = array.split_off(array.len() / 2);
    let mut left = merged(array, less)?.into_iter().peekable();
    let mut right = merged(behind, less)?.into_iter().peekable();
    let mut sorted = Array::new();
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        // Only what belongs before goes before.
        sorted.extend(if less(b, a)? {
            right.next()
        } else {
            left.next()
        });
    }
    sorted.extend(left);
    sorted.extend(right);
    Ok(sorted)
}

/// Removes items that equal the one before.
fn dedup(
    array: &mut Array,
    equal: impl Fn(&Dynamic, &Dynamic) -> Result<bool, Error>,
) -> Result<(), Error> {
    let mut kept = Array::new();
    for item in array.iter() {
        let same = match kept.last() {
            Some(last) => equal(last, item)?,
            None => false,
        };
        if !same {
            kept.push(item.clone());
        }
    }
    *array = kept;
    Ok(())
}

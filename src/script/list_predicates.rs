//! `filter`, `some`, `all` and their like over lists: what their closures answer decides.
//!
//! Rhai's own take an answer that only the real run can know for `false`, and go on.

use std::sync::Arc;

use rhai::{Array, Dynamic, Engine, FnPtr, NativeCallContext};

use super::failure::Error;
use super::runtime::Runtime;
use super::unknown::known;

/// Registers `filter`, `retain`, `drain` and their like in the place of Rhai's own.
pub(crate) fn register(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let own = Arc::clone(runtime);
    engine.register_fn(
        "filter",
        move |c: NativeCallContext, array: &mut Array, closure: FnPtr| {
            parted(&own, &c, array, &closure, "filter").map(|(chosen, _)| chosen)
        },
    );
    let own = Arc::clone(runtime);
    engine.register_fn(
        "retain",
        move |c: NativeCallContext, array: &mut Array, closure: FnPtr| -> Result<Array, Error> {
            let (chosen, others) = parted(&own, &c, array, &closure, "retain")?;
            *array = chosen;
            Ok(others)
        },
    );
    let own = Arc::clone(runtime);
    engine.register_fn(
        "drain",
        move |c: NativeCallContext, array: &mut Array, closure: FnPtr| -> Result<Array, Error> {
            let (chosen, others) = parted(&own, &c, array, &closure, "drain")?;
            *array = others;
            Ok(chosen)
        },
    );
    let own = Arc::clone(runtime);
    engine.register_fn(
        "some",
        move |c: NativeCallContext, array: &mut Array, closure: FnPtr| {
            first(&own, &c, array, &closure, ("some", true)).map(|at| at.is_some())
        },
    );
    let own = Arc::clone(runtime);
    engine.register_fn(
        "all",
        move |c: NativeCallContext, array: &mut Array, closure: FnPtr| {
            first(&own, &c, array, &closure, ("all", false)).map(|at| at.is_none())
        },
    );
    let own = Arc::clone(runtime);
    engine.register_fn(
        "find",
        move |c: NativeCallContext, array: &mut Array, closure: FnPtr| -> Result<Dynamic, Error> {
            let at = first(&own, &c, array, &closure, ("find", true))?;
            let found = at.and_then(|at| array.get(at)).cloned();
            Ok(found.unwrap_or(Dynamic::UNIT))
        },
    );
    let own = Arc::clone(runtime);
    engine.register_fn(
        "index_of",
        move |c: NativeCallContext, array: &mut Array, closure: FnPtr| {
            let at = first(&own, &c, array, &closure, ("index_of", true))?;
            Ok::<i64, Error>(at.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1))
        },
    );
}

/// What a closure answers of an item; anything that is neither `true` nor `false` is `false`.
fn answer(
    runtime: &Arc<Runtime>,
    context: &NativeCallContext<'_>,
    closure: &FnPtr,
    (caller, at, item): (&str, usize, &mut Dynamic),
) -> Result<bool, Error> {
    let at = [Dynamic::from_int(i64::try_from(at).unwrap_or(i64::MAX))];
    let said = closure.call_raw_with_extra_args(caller, context, Some(item), [], at, Some(0))?;
    known(runtime, context, &said)?;
    Ok(said.as_bool().unwrap_or(false))
}

/// The items that a closure chooses, and the others.
fn parted(
    runtime: &Arc<Runtime>,
    context: &NativeCallContext<'_>,
    array: &mut Array,
    closure: &FnPtr,
    caller: &str,
) -> Result<(Array, Array), Error> {
    let (mut chosen, mut others) = (Array::new(), Array::new());
    for (at, item) in array.iter_mut().enumerate() {
        match answer(runtime, context, closure, (caller, at, item))? {
            true => chosen.push(item.clone()),
            false => others.push(item.clone()),
        }
    }
    Ok((chosen, others))
}

/// The place of the first item of which a closure answers this.
fn first(
    runtime: &Arc<Runtime>,
    context: &NativeCallContext<'_>,
    array: &mut Array,
    closure: &FnPtr,
    (caller, wanted): (&str, bool),
) -> Result<Option<usize>, Error> {
    for (at, item) in array.iter_mut().enumerate() {
        if answer(runtime, context, closure, (caller, at, item))? == wanted {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

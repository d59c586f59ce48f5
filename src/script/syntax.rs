//! What the language has beside Rhai: `step`, `undo`, `stays`, `finally`, `finish`, `fail`, `title`, `note`, `bind`.

use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalContext, Expression, FnPtr, ImmutableString, NativeCallContext};
use serde_json::Value;

use super::closure::Bound;
use super::early;
use super::failure::{self, Error};
use super::runtime::{self, Runtime};
use super::values;
use crate::vocabulary::Fault;
use crate::vocabulary::event::StepResult;

/// Registers all of it.
pub(crate) fn register(engine: &mut Engine, runtime: &Arc<Runtime>) {
    step(engine, runtime);
    undo(engine, runtime);
    finally(engine, runtime);
    words(engine, runtime);
    stays(engine, runtime);
    early::register(engine, runtime);
    errors(engine);
    engine.register_fn("bind", |context: NativeCallContext, closure: FnPtr| {
        Bound::new(&context, closure).into_closure()
    });
}

/// `step "Deploy" { … }`: an expression with the value of its block.
fn step(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let runtime = Arc::clone(runtime);
    let registered = engine.register_custom_syntax(
        ["step", "$expr$", "$block$"],
        false,
        move |context: &mut EvalContext<'_, '_, '_, '_, '_, '_>, inputs: &[Expression<'_>]| {
            let [name, block] = inputs else {
                return Err("`step` takes a name and a block".into());
            };
            let position = name.position();
            let site = runtime.site(context.source().unwrap_or_default(), position);
            let name = context.eval_expression_tree(name)?;
            let Some(name) = name.read_lock::<ImmutableString>().map(|n| n.clone()) else {
                let message = format!("a step's name is a string, not {}", name.type_name());
                return Err(failure::raise(
                    &Fault::new("script_error", message),
                    position,
                ));
            };
            let branch = runtime::branch_of(Some(context.tag()));
            if context.source() == Some(runtime.pipeline.as_str()) {
                runtime.progress().began(position, &name);
            }
            runtime.door.step_started(&name, &branch, site);
            let result = context.eval_expression_tree(block);
            let result = runtime.unless_halted(result, position);
            let ended = match &result {
                Ok(_) => StepResult::Done,
                Err(error) if error.is_pseudo_error() => StepResult::Done,
                Err(error) if failure::halt(error).is_some() => StepResult::Halted,
                Err(_) => StepResult::Failed,
            };
            runtime.door.step_ended(&branch, ended);
            result
        },
    );
    debug_assert!(registered.is_ok(), "the syntax of `step` is constant");
}

/// `undo("back to catalog:41", || …)`: how to put back what the next write changes.
fn undo(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let runtime = Arc::clone(runtime);
    engine.register_fn(
        "undo",
        move |context: NativeCallContext, label: &str, closure: FnPtr| -> Result<(), Error> {
            let Some(engine) = runtime.engine() else {
                return Err(runtime::refuse(
                    &context,
                    "too_early",
                    "undo needs a run: nothing has been changed yet",
                ));
            };
            let bound = Bound::new(&context, closure).afresh();
            let home = Arc::clone(&runtime);
            let undo = move || {
                home.afresh();
                bound
                    .call(&engine, [])
                    .map(|_| ())
                    .map_err(|error| home.failure(error, bound.source()))
            };
            let registered =
                runtime
                    .door
                    .register_undo(label, &runtime::branch(&context), Box::new(undo));
            registered.map_err(|fault| failure::raise(&fault, context.call_position()))
        },
    );
}

/// `finally("Tell the team", |ended| …)`: what to do however the run ends, after everything is undone.
fn finally(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let runtime = Arc::clone(runtime);
    engine.register_fn(
        "finally",
        move |context: NativeCallContext, label: &str, closure: FnPtr| -> Result<(), Error> {
            let Some(engine) = runtime.engine() else {
                let message = "finally needs a run: nothing has begun yet";
                return Err(runtime::refuse(&context, "too_early", message));
            };
            let site = runtime.call_site(&context);
            let bound = Bound::new(&context, closure).afresh();
            let home = Arc::clone(&runtime);
            let closing = move |ended: Value| {
                home.afresh();
                bound
                    .call(&engine, [values::from_json(&ended)])
                    .map(|_| ())
                    .map_err(|error| home.failure(error, bound.source()))
            };
            let registered = runtime
                .door
                .register_finalizer(label, site, Box::new(closing));
            registered.map_err(|fault| failure::raise(&fault, context.call_position()))
        },
    );
}

fn words(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let titled = Arc::clone(runtime);
    engine.register_fn("title", move |text: &str| titled.door.title(text));
    let noted = Arc::clone(runtime);
    engine.register_fn("note", move |context: NativeCallContext, text: &str| {
        noted.door.note(text, &runtime::branch(&context));
    });
}

/// `stays("the old version works with it")`: what the next call writes is not taken back, on purpose.
fn stays(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let runtime = Arc::clone(runtime);
    engine.register_fn("stays", move |context: NativeCallContext, reason: &str| {
        runtime
            .door
            .register_stays(reason, &runtime::branch(&context));
    });
}

/// `fail(#{ code, message, hint, details })`: the same as `throw`, as an expression.
fn errors(engine: &mut Engine) {
    engine.register_fn(
        "fail",
        |context: NativeCallContext, what: Dynamic| -> Result<Dynamic, Error> {
            Err(failure::raise(
                &failure::thrown(&what),
                context.call_position(),
            ))
        },
    );
}

//! What the language has beside Rhai: `step`, `undo`, `stays`, `finally`, `finish`, `fail`, `title`, `note`, `bind`.

use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalContext, Expression, FnPtr, ImmutableString, NativeCallContext};
use serde_json::Value;

use super::closure::BoundClosure;
use super::early_end;
use super::failure::{self, Error};
use super::runtime::{self, Runtime};
use super::values;
use super::word::Word;
use crate::vocabulary::event::StepResult;
use crate::vocabulary::{Fault, codes};

/// Registers the statements and words of the language in an engine: `step`, `undo`, `finally` and so on.
pub(crate) fn register(engine: &mut Engine, runtime: &Arc<Runtime>) {
    step(engine, runtime);
    undo(engine, runtime);
    finally(engine, runtime);
    words(engine, runtime);
    stays(engine, runtime);
    early_end::register(engine, runtime);
    errors(engine);
    engine.register_fn("bind", |context: NativeCallContext, closure: FnPtr| {
        BoundClosure::new(&context, closure).into_closure()
    });
}

pub(super) const STEP: Word = Word {
    name: "step",
    also: &[],
    forms: &[r#"step "NAME" { … }"#],
    doc: "Groups the calls of its block under a name, which plans, runs and failures show. It is an expression: its value is the last \
          expression of the block. Variables declared inside end with the block. Steps may be nested.",
    example: r##"let ready = step "Preflight" {
    let found = ecs::describe_services(#{ cluster: "realserv-prod", services: ["catalog-service"] });
    found.services[0].status
};
print(ready);   // ACTIVE"##,
};

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
                    &Fault::new(codes::SCRIPT_ERROR, message),
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
            let reason = match (&result, ended) {
                (Err(error), StepResult::Failed) => Some(failure::reason(error)),
                _ => None,
            };
            runtime.door.step_ended(&branch, ended, reason.as_deref());
            result
        },
    );
    debug_assert!(registered.is_ok(), "the syntax of `step` is constant");
}

pub(super) const UNDO: Word = Word {
    name: "undo",
    also: &[],
    forms: &[r#"undo("LABEL", || …)"#],
    doc: "Says how to take back the next write. Put it directly before that write. When the script fails, the undos of all writes that \
          were made run in reverse order; an undo whose write was refused by AWS is skipped. All undone: the run ends as *rolled back* \
          (exit 3), otherwise as *failed*. The closure keeps the values that its variables have when `undo` is called.",
    example: r##"let at = #{ cluster: "realserv-prod", service: "catalog-service" };
let before = ecs::describe_services(#{ cluster: at.cluster, services: [at.service] }).services[0];
undo("scale back", || ecs::update_service(at + #{ desiredCount: before.desiredCount }));
ecs::update_service(at + #{ desiredCount: before.desiredCount + 1 });
print("scaled");   // scaled"##,
};

/// `undo("back to catalog:41", || …)`: how to put back what the next write changes.
fn undo(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let runtime = Arc::clone(runtime);
    engine.register_fn(
        "undo",
        move |context: NativeCallContext, label: &str, closure: FnPtr| -> Result<(), Error> {
            let Some(engine) = runtime.engine() else {
                return Err(runtime::refuse(
                    &context,
                    codes::TOO_EARLY,
                    "undo needs a run: nothing has been changed yet",
                ));
            };
            let bound = BoundClosure::new(&context, closure).afresh();
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

pub(super) const FINALLY: Word = Word {
    name: "finally",
    also: &[],
    forms: &[r#"finally("LABEL", |ended| …)"#],
    doc: "Runs a closure however the run ends, after the undos. `ended` is a map: `outcome` (`succeeded`, `rolled_back`, `failed`, \
          `rejected`), `title`, `run`, `started`, `ended`, `seconds`, `failed_in`, `fault`, `causes`, `undone`, `left`, `asked` (who \
          approved), `steps` with their times. If the closure fails, \
          that is reported and the outcome stays. It does not run while a run waits for an answer or was interrupted: \
          it runs once, when the resumed run ends.",
    example: r##"finally("Say how it ended", |ended| note(`the run has ${ended.outcome}`));
print("deploying");   // deploying"##,
};

/// `finally("Tell the team", |ended| …)`: what to do however the run ends, after everything is undone.
fn finally(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let runtime = Arc::clone(runtime);
    engine.register_fn(
        "finally",
        move |context: NativeCallContext, label: &str, closure: FnPtr| -> Result<(), Error> {
            let Some(engine) = runtime.engine() else {
                let message = "finally needs a run: nothing has begun yet";
                return Err(runtime::refuse(&context, codes::TOO_EARLY, message));
            };
            let site = runtime.call_site(&context);
            let bound = BoundClosure::new(&context, closure).afresh();
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

pub(super) const TITLE: Word = Word {
    name: "title",
    also: &[],
    forms: &[r#"title("TEXT")"#],
    doc: "Names the run: plans, lists of runs and notifications show it.",
    example: r##"title("catalog-service 1.3.0");
print("named");   // named"##,
};

pub(super) const NOTE: Word = Word {
    name: "note",
    also: &[],
    forms: &[r#"note("TEXT")"#],
    doc: "Adds a line of text to the current step. People see it in the plan, while the run goes on, and in its summary.",
    example: r##"step "Preflight" { note("4 secrets have values"); }
print("noted");   // noted"##,
};

fn words(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let titled = Arc::clone(runtime);
    engine.register_fn("title", move |text: &str| titled.door.title(text));
    let noted = Arc::clone(runtime);
    engine.register_fn("note", move |context: NativeCallContext, text: &str| {
        noted.door.note(text, &runtime::branch(&context));
    });
}

pub(super) const STAYS: Word = Word {
    name: "stays",
    also: &[],
    forms: &[r#"stays("REASON")"#],
    doc: "Says that the next write is not taken back, on purpose, and why. Put it directly before that write: a migration that the \
          old version works with, for instance. Without `undo` and `stays`, a write is listed as *not undone*, and a run \
          that fails after it ends as *failed*, not as *rolled back*.",
    example: r##"stays("a tag costs nothing");
ecs::tag_resource(#{
    resourceArn: "arn:aws:ecs:ap-south-1:123456789012:cluster/realserv-prod",
    tags: [#{ key: "deployed-by", value: "deployer" }],
});
print("tagged");   // tagged"##,
};

/// `stays("the old version works with it")`: what the next call writes is not taken back, on purpose.
fn stays(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let runtime = Arc::clone(runtime);
    engine.register_fn("stays", move |context: NativeCallContext, reason: &str| {
        runtime
            .door
            .register_stays(reason, &runtime::branch(&context));
    });
}

pub(super) const FAIL: Word = Word {
    name: "fail",
    also: &[],
    forms: &[
        r#"fail("MESSAGE")"#,
        r#"fail(#{ code: …, message: …, hint: …, details: … })"#,
    ],
    doc: "Raises a fault, as `throw` does, but as an expression. `code` is for scripts that catch it, `hint` says what to do.",
    example: r##"let image = "1.3.0";
let tag = if image != "" { image } else { fail(#{ code: "no_version", message: "no version is given", hint: "set `version`" }) };
print(tag);   // 1.3.0"##,
};

pub(super) const BIND: Word = Word {
    name: "bind",
    also: &[],
    forms: &[r#"bind(CLOSURE)"#],
    doc: "Makes a closure that can be stored in a map or a list and called later with `.call(…)`, with the functions of the module that \
          made it. Modules use it to hand out checks and rules.",
    example: r##"let double = bind(|n| n * 2);
let rules = #{ double: double };
print(rules.double.call(21));   // 42"##,
};

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

//! The engine: every limit set, for both profiles; what could act or loop outside the run replaced.

use std::any::TypeId;
use std::sync::{Arc, LazyLock};

use rhai::packages::{Package, StandardPackage};
use rhai::{Array, Blob, Dynamic, Engine, EvalAltResult, FnPtr, ImmutableString, Map};
use rhai::{Module, NativeCallContext, OptimizationLevel, Shared, Token};

use super::failure::{self, Error};
use super::runtime::{Runtime, TRUNK};
use super::unknown_value::Unknown;
use super::{
    argument_errors, builtins, catch_rewrite, list_predicates, list_sorting, name_mangling,
    options, parallel, params, syntax, unknown, unknown_switch, values,
};
use crate::primitive::Primitive;
use crate::vocabulary::codes;

/// Functions of scripts that may call each other.
const CALL_LEVELS: usize = 64;
/// How deeply one expression may be nested.
const EXPRESSION_DEPTH: usize = 64;
/// Most bytes that one string may have.
const STRING: usize = 16 << 20;
/// Items of one array or map, everything inside it included.
const ITEMS: usize = 500_000;
/// Variables in scope at one time.
const VARIABLES: usize = 2_000;
/// Functions of one script, closures included.
const FUNCTIONS: usize = 10_000;
/// How many `import` statements a program may execute.
const MODULES: usize = 1_000;

/// Short strings that an engine keeps once. None: Rhai looks all of them over for each one too many, which was a third
/// of what a script costs to load.
const INTERNED: usize = 0;

/// Rhai's own functions: most of what an engine costs, and the same for all of them.
static STANDARD: LazyLock<Shared<Module>> =
    LazyLock::new(|| StandardPackage::new().as_shared_module());

/// Builds an engine whose functions act through `runtime`.
pub(crate) fn build(primitives: &[Arc<dyn Primitive>], runtime: &Arc<Runtime>) -> Engine {
    let mut engine = build_plain(primitives, runtime);
    argument_errors::refuse(&mut engine);
    engine
}

/// Builds an engine as [`build`] does, but whose native functions do not check types of arguments: enough to parse with.
pub(crate) fn build_plain(primitives: &[Arc<dyn Primitive>], runtime: &Arc<Runtime>) -> Engine {
    let mut engine = Engine::new_raw();
    engine.register_global_module(Shared::clone(&STANDARD));
    limit(&mut engine);
    free(&mut engine);
    let progress = Arc::clone(runtime);
    // Rhai counts in each call of a closure by itself: the runtime counts all.
    engine.on_progress(move |_| progress.operated());
    engine.set_default_tag(Dynamic::from(TRUNK));
    replace(&mut engine, runtime);
    catch_rewrite::register(&mut engine, runtime);
    syntax::register(&mut engine, runtime);
    parallel::register(&mut engine, runtime);
    params::register(&mut engine, runtime);
    unknown::register(&mut engine, runtime);
    list_sorting::register(&mut engine, runtime);
    list_predicates::register(&mut engine, runtime);
    options::register(&mut engine);
    builtins::register(&mut engine, primitives, runtime);
    engine
}

fn limit(engine: &mut Engine) {
    // Unoptimised, so that the checker sees the literals where they stand; `MemoryExceeded` would even call
    // functions while it compiles.
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_call_levels(CALL_LEVELS);
    engine.set_max_expr_depths(EXPRESSION_DEPTH, EXPRESSION_DEPTH);
    engine.set_max_string_size(STRING);
    engine.set_max_array_size(ITEMS);
    engine.set_max_map_size(ITEMS);
    engine.set_max_variables(VARIABLES);
    engine.set_max_functions(FUNCTIONS);
    engine.set_max_modules(MODULES);
    engine.set_max_strings_interned(INTERNED);
    engine.disable_symbol("eval");
}

/// Lets a primitive be called `call`: to Rhai it is a reserved word, even behind `aws::`. Everywhere else it
/// means what it meant.
// Rhai marks what may change between versions as deprecated; the version is pinned.
#[allow(deprecated)]
fn free(engine: &mut Engine) {
    engine.on_parse_token(|token, position, _| {
        unknown_switch::token(&token, position);
        match token {
            Token::Reserved(word) if *word == "call" => Token::Identifier(word),
            token => name_mangling::token(token, position),
        }
    });
}

/// Replaces what would pass the run by: the clock, the process's end, standard output.
///
/// Registered over rather than disabled: a disabled name can still be reached through `Fn("sleep")`.
fn replace(engine: &mut Engine, runtime: &Arc<Runtime>) {
    fn instead(context: &NativeCallContext<'_>, hint: &str) -> Error {
        let message = format!("`{}` is not available in scripts", context.fn_name());
        let fault = crate::vocabulary::Fault::new(codes::SCRIPT_ERROR, message).hint(hint);
        failure::raise(&fault, context.call_position())
    }
    const SLEEP: &str = "use time::sleep(\"5s\"): it is recorded, and virtual in a rehearsal";
    const NOW: &str = "use time::now(): it is recorded, and virtual in a rehearsal";
    const EXIT: &str = "use `finish(\"why\")` to end a script, `throw` or `fail` to let it fail";
    type R<T> = Result<T, Error>;
    engine.register_fn("sleep", |c: NativeCallContext, _: i64| -> R<()> {
        Err(instead(&c, SLEEP))
    });
    engine.register_fn("sleep", |c: NativeCallContext, _: f64| -> R<()> {
        Err(instead(&c, SLEEP))
    });
    engine.register_fn("timestamp", |c: NativeCallContext| -> R<Dynamic> {
        Err(instead(&c, NOW))
    });
    engine.register_fn("exit", |c: NativeCallContext| -> R<Dynamic> {
        Err(instead(&c, EXIT))
    });
    engine.register_fn("exit", |c: NativeCallContext, _: Dynamic| -> R<Dynamic> {
        Err(instead(&c, EXIT))
    });

    // `print` and `debug` are looked up by exact type first, so each type is registered over.
    // What they return goes to these two, which say nothing.
    engine.on_print(|_| {});
    engine.on_debug(|_, _, _| {});
    let types = [
        TypeId::of::<Dynamic>(),
        TypeId::of::<()>(),
        TypeId::of::<bool>(),
        TypeId::of::<i64>(),
        TypeId::of::<u64>(),
        TypeId::of::<f64>(),
        TypeId::of::<char>(),
        TypeId::of::<ImmutableString>(),
        TypeId::of::<Array>(),
        TypeId::of::<Map>(),
        TypeId::of::<Blob>(),
        TypeId::of::<FnPtr>(),
        TypeId::of::<Unknown>(),
    ];
    for name in ["print", "debug"] {
        for of in types {
            let runtime = Arc::clone(runtime);
            engine.register_raw_fn(name, [of], move |context, args| {
                let text = args.first().map(|value| shown(value)).unwrap_or_default();
                runtime.door.printed(&text, runtime.call_site(&context));
                Ok::<_, Box<EvalAltResult>>(ImmutableString::new())
            });
        }
    }
}

/// A value as a person would want to see it printed: strings bare, everything else as JSON.
fn shown(value: &Dynamic) -> String {
    match value.clone().into_string() {
        Ok(text) => text,
        Err(_) if value.is::<Unknown>() => value.to_string(),
        Err(_) => match values::to_json(value) {
            Ok(json) => json.to_string(),
            Err(_) => value.to_string(),
        },
    }
}

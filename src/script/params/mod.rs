//! Parameters: declared in the script, known before anything runs.
//!
//! `params(#{ cluster: text("ECS cluster"), watch: duration("how long").or("15m") })` declares; the same
//! call returns the values when the script runs.

use crate::vocabulary::codes;
use std::sync::Arc;

use rhai::{Array, Dynamic, Engine, EvalAltResult, Map, NativeCallContext};

use super::failure::Error;
use super::runtime::{self, Runtime};
use super::values;
use super::word::Word;
use crate::sync::Lock;

mod file;
pub(crate) mod kind;
mod read;

pub use file::{load, meant_for, place_of};
use kind::WORDS;
pub use kind::{Kind, Param};
pub(crate) use kind::{Mode, ParamSpec};
pub use read::{Origin, ParamProblem, read};

pub(in crate::script) const PARAMS: Word = Word {
    name: "params",
    also: &[],
    forms: &[r#"let NAME = params(#{ name: TYPE("what it is for"), … });"#],
    doc: "Declares the parameters of a pipeline, and returns their values as a map. Only a pipeline declares parameters, once, before it \
          acts. Values come from `--set name=value`, then from the file of `--params`, then (in a rehearsal) from the fixture, then from \
          the default. A parameter without a default is required.",
    example: r##"let app = params(#{
    cluster: text("ECS cluster").or("prod"),
    version: text("image tag to deploy").or("1.3.0"),
    watch:   duration("how long to watch afterwards").or("15m"),
});
print(`${app.version} to ${app.cluster}`);   // 1.3.0 to prod"##,
};

pub(in crate::script) const TYPES: Word = Word {
    name: "text",
    also: &[
        "integer", "number", "flag", "duration", "list", "map", "choice", "any", "closure", "or",
    ],
    forms: &[
        r#"text("DOC")"#,
        r#"integer("DOC")"#,
        r#"number("DOC")"#,
        r#"flag("DOC")"#,
        r#"duration("DOC")"#,
        r#"list("DOC")"#,
        r#"map("DOC")"#,
        r#"choice(["A", "B"], "DOC")"#,
        r#"any("DOC")"#,
        r#"closure("DOC")"#,
        r#"TYPE(…).or(DEFAULT)"#,
    ],
    doc: "Declares the type of a parameter (`params`) or an option (`options`), with a sentence that says what it is for. `text` keeps what \
          is written (`1.10` stays `1.10`), `integer` and `number` are numbers, `flag` is `true` or `false`, `duration` is written as \
          `\"15m\"` or `\"1h 30m\"`, `list` and `map` are JSON on the command line, `choice` is one of the given texts. `any` and `closure` \
          are for options only. `.or(…)` sets the default; `.or(())` makes it optional without a value.",
    example: r##"let app = params(#{
    replicas: integer("tasks to run").or(2),
    strategy: choice(["rolling", "canary"], "how to deploy").or("rolling"),
    roles:    list("roles that approve").or(["lead"]),
});
print(app);   // {"replicas":2,"roles":["lead"],"strategy":"rolling"}"##,
};

/// Registers `params` and the words that describe one.
pub(crate) fn register(engine: &mut Engine, runtime: &Arc<Runtime>) {
    engine.register_type_with_name::<ParamSpec>("parameter");
    for (word, kind) in WORDS {
        engine.register_fn(word, move |doc: &str| ParamSpec {
            kind: kind.clone(),
            doc: doc.to_owned(),
            default: None,
        });
    }
    engine.register_fn("choice", choice);
    engine.register_fn("or", or);
    let runtime = Arc::clone(runtime);
    engine.register_fn("params", move |context: NativeCallContext, specs: Map| {
        params(&runtime, &context, specs)
    });
}

fn choice(context: NativeCallContext, of: Array, doc: &str) -> Result<ParamSpec, Error> {
    let of: Option<Vec<String>> = of.into_iter().map(|o| o.into_string().ok()).collect();
    match of {
        Some(of) if !of.is_empty() => Ok(ParamSpec {
            kind: Kind::Choice(of),
            doc: doc.to_owned(),
            default: None,
        }),
        _ => Err(runtime::refuse(
            &context,
            codes::SCRIPT_ERROR,
            "choice takes a list of texts, at least one",
        )),
    }
}

fn or(context: NativeCallContext, spec: ParamSpec, default: Dynamic) -> Result<ParamSpec, Error> {
    let refuse = |message: String| runtime::refuse(&context, codes::SCRIPT_ERROR, message);
    let value = values::to_json(&default).map_err(|e| refuse(format!("the default: {e}")))?;
    // `or(())`: it may be left out, and nothing stands for it.
    if !value.is_null() {
        spec.kind
            .check(&value)
            .map_err(|problem| refuse(format!("the default {problem}")))?;
    }
    Ok(ParamSpec {
        default: Some(value),
        ..spec
    })
}

/// The declarations in a map, sorted by name.
pub(crate) fn declared(
    context: &NativeCallContext<'_>,
    specs: Map,
) -> Result<Vec<(String, ParamSpec)>, Error> {
    let mut declared = Vec::with_capacity(specs.len());
    for (name, spec) in specs {
        let Some(spec) = spec.try_cast::<ParamSpec>() else {
            let message = format!("`{name}` needs a kind, such as text(\"what it is for\")");
            return Err(runtime::refuse(context, codes::SCRIPT_ERROR, message));
        };
        declared.push((name.to_string(), spec));
    }
    Ok(declared)
}

fn params(
    runtime: &Runtime,
    context: &NativeCallContext<'_>,
    specs: Map,
) -> Result<Dynamic, Error> {
    let declared = declared(context, specs)?;
    if let Some((name, _)) = declared.iter().find(|(_, s)| s.kind == Kind::Closure) {
        let message = format!("`{name}` cannot be a closure: parameters are data");
        return Err(runtime::refuse(context, codes::SCRIPT_ERROR, message));
    }
    match &runtime.params {
        Mode::Refused => Err(runtime::refuse(
            context,
            codes::SCRIPT_ERROR,
            "only a pipeline declares parameters; pass them to the functions of a module",
        )),
        Mode::Declaring(kept) => {
            *kept.locked() = Some(declared);
            let position = context.call_position();
            Err(EvalAltResult::ErrorTerminated(Dynamic::UNIT, position).into())
        }
        Mode::Given(values) => {
            let mut map = Map::new();
            for (name, spec) in declared {
                let Some(value) = values.get(&name).or(spec.default.as_ref()) else {
                    let message = format!("parameter `{name}` has no value");
                    return Err(runtime::refuse(context, "missing_parameter", message));
                };
                map.insert(name.into(), values::from_json(value));
            }
            Ok(map.into())
        }
    }
}

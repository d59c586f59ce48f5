//! Rhai: the language that a team writes, and everything about it that is not a primitive.
//!
//! A [`Program`] is a pipeline with all that it imports, checked. It is declared (which parameters?),
//! then executed against a [`RunApi`]. Scripts act through that door and nowhere else.

use std::path::Path;
use std::sync::Arc;

use rhai::{AST, ASTNode, Dynamic, Engine, Expr, FnAccess, Position, Scope};
use serde_json::Value;

use crate::primitive::Primitive;
use crate::run::Failure;
use crate::vocabulary::{Site, Stop};

pub(crate) mod argument_errors;
mod big_stack;
mod builtins;
mod catch_rewrite;
mod check;
mod closure;
mod declaration;
mod diagnosis;
pub mod docs;
mod early_end;
mod engine;
pub(crate) mod failure;
mod function_bodies;
mod insertion;
pub mod library;
mod list_predicates;
mod list_sorting;
mod loader;
mod memory;
mod modules;
mod name_mangling;
mod options;
mod parallel;
pub mod params;
mod parse_help;
mod progress;
pub mod pure;
mod renamed;
pub mod resolver;
mod returns;
mod run_api;
mod runtime;
mod signature;
mod syntax;
mod text_sources;
pub(crate) mod type_names;
mod unit;
mod unknown;
mod unknown_switch;
mod unknown_value;
pub mod values;
mod word;
pub mod words;

#[cfg(test)]
mod tests;

pub use diagnosis::Diagnosis;
pub use params::{Kind, Param, ParamProblem};
pub use resolver::{Resolver, Sources};
pub use run_api::RunApi;

use big_stack::on_big_stack;
use modules::Modules;
use params::Mode;
use run_api::ClosedApi;
use runtime::Runtime;
use unit::ScriptTree;

/// A pipeline that cannot be run; nothing was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidPipeline {
    /// Everything that is wrong with it, at least one.
    pub diagnoses: Vec<Diagnosis>,
    /// The scripts that could be read, to show their lines.
    pub sources: Sources,
}

/// A pipeline and all that it imports: parsed, and checked where it was loaded from files.
pub struct Program {
    loaded: ScriptTree,
    overridden: Vec<String>,
    warnings: Vec<Diagnosis>,
    primitives: Vec<Arc<dyn Primitive>>,
}

impl Program {
    /// Reads the pipeline at `path` with all that it imports, and checks it against `primitives`.
    ///
    /// # Errors
    /// Everything that is wrong with it; nothing was run.
    pub fn load(path: &Path, primitives: &[Arc<dyn Primitive>]) -> Result<Self, InvalidPipeline> {
        Self::load_extended(path, primitives, &|_| {})
    }

    /// Loads a pipeline as [`Program::load`] does, with the functions that `extend` adds to the engine.
    pub(crate) fn load_extended(
        path: &Path,
        primitives: &[Arc<dyn Primitive>],
        extend: Extend<'_>,
    ) -> Result<Self, InvalidPipeline> {
        let entry = path.to_string_lossy();
        let resolver = Resolver::project(path);
        let mut engine = parser();
        extend(&mut engine);
        let mut program = Self::parse(&engine, &resolver, &entry, primitives)?;
        program.overridden = program
            .texts()
            .filter(|(name, text)| resolver.overrides(name, text))
            .map(|(name, _)| name.to_owned())
            .collect();
        let found = check::check(&program.loaded, primitives, &engine);
        let (warnings, errors): (Vec<_>, Vec<_>) = found.into_iter().partition(|d| d.warning);
        if !errors.is_empty() {
            return Err(InvalidPipeline {
                diagnoses: errors,
                sources: program.sources(),
            });
        }
        program.warnings = warnings;
        Ok(program)
    }

    /// Takes a program from the copies that a run kept: exactly what ran, whatever the files say now.
    ///
    /// # Errors
    /// A copy that is missing or does not parse.
    pub fn recorded(
        sources: Sources,
        entry: &str,
        primitives: &[Arc<dyn Primitive>],
    ) -> Result<Self, InvalidPipeline> {
        let engine = parser();
        Self::parse(&engine, &Resolver::recorded(sources), entry, primitives)
    }

    fn parse(
        engine: &Engine,
        resolver: &Resolver,
        entry: &str,
        primitives: &[Arc<dyn Primitive>],
    ) -> Result<Self, InvalidPipeline> {
        let loaded = on_big_stack(|| loader::load(engine, resolver, entry));
        Ok(Program {
            loaded: loaded?,
            overridden: Vec::new(),
            warnings: Vec::new(),
            primitives: primitives.to_vec(),
        })
    }

    /// The pipeline's name: its path as it was given.
    pub fn entry(&self) -> &str {
        &self.loaded.pipeline.name
    }

    /// Name and text of every script: imported ones first, the pipeline last.
    fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let ScriptTree {
            modules, pipeline, ..
        } = &self.loaded;
        let modules = modules.iter().map(|unit| (unit.name(), unit.text()));
        modules.chain([(pipeline.name.as_str(), pipeline.text.as_str())])
    }

    /// Name and text of every script that belongs to it, for a run to keep.
    pub fn sources(&self) -> Sources {
        self.texts()
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect()
    }

    /// Library modules that the project replaces (`std/service`).
    pub fn overridden(&self) -> &[String] {
        &self.overridden
    }

    /// What the checker found that does not keep it from running.
    pub fn warnings(&self) -> &[Diagnosis] {
        &self.warnings
    }

    /// Names of the steps in the pipeline itself, in the order of the text.
    pub fn steps(&self) -> Vec<String> {
        let steps = self.placed_steps().into_iter();
        steps.map(|(_, name)| name).collect()
    }

    /// The steps and where their names stand.
    fn placed_steps(&self) -> Vec<(Position, String)> {
        let mut steps: Vec<(Position, String)> = Vec::new();
        self.walk(|expr| {
            if let Expr::Custom(custom, _) = expr
                && custom.tokens.first().is_some_and(|t| t == "step")
                && let Some(Expr::StringConstant(name, position)) = custom.inputs.first()
            {
                steps.push((*position, name.to_string()));
            }
        });
        steps.sort_by_key(|(position, _)| (position.line(), position.position()));
        steps
    }

    /// Visits every expression of the pipeline itself.
    fn walk(&self, mut visit: impl FnMut(&Expr)) {
        self.loaded.pipeline.ast.walk(&mut |path: &[ASTNode<'_>]| {
            if let Some(ASTNode::Expr(expr)) = path.last() {
                visit(expr);
            }
            true
        });
    }

    /// Executes the pipeline. `params`: the values by name, as [`params::read`] gives them.
    ///
    /// # Errors
    /// What stopped it, with frames innermost first; the pipeline's own frame is the last. A halt that
    /// the script swallowed is an error all the same.
    pub fn execute(&self, door: Arc<dyn RunApi>, params: Value) -> Result<Value, Failure> {
        let runtime = Runtime::new(door, Mode::Given(params), Some(&self.loaded));
        let build = |runtime: &_| engine::build(&self.primitives, runtime);
        let result = self.evaluate(&runtime, build, Modules::evaluate, Engine::eval_ast);
        let value = unless_halted(&runtime, result)?;
        if runtime.spent() {
            return Err(Failure {
                stop: failure::spent().into(),
                frames: Vec::new(),
            });
        }
        if runtime.filled() {
            return Err(Failure {
                stop: failure::full().into(),
                frames: Vec::new(),
            });
        }
        early_end::whole(self, &runtime)?;
        Ok(value)
    }

    /// Calls one function of the script, which takes no arguments, in an engine that knows more functions.
    ///
    /// # Errors
    /// As [`Program::execute`].
    pub(crate) fn call(
        &self,
        door: Arc<dyn RunApi>,
        function: &str,
        extend: Extend<'_>,
    ) -> Result<Value, Failure> {
        let runtime = Runtime::new(door, Mode::Refused, Some(&self.loaded));
        let call = |engine: &Engine, ast: &AST| {
            let number = self.loaded.modules.len();
            let function = name_mangling::executed(function, self.entry(), number);
            engine.call_fn::<Dynamic>(&mut Scope::new(), ast, function, ())
        };
        let build = |runtime: &_| {
            let mut engine = engine::build(&self.primitives, runtime);
            extend(&mut engine);
            engine
        };
        let result = self.evaluate(&runtime, build, Modules::evaluate, call);
        unless_halted(&runtime, result)
    }

    /// Functions of the script itself that others may call, in the order of the text.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let public = self.loaded.pipeline.ast.iter_fn_def();
        let mut functions: Vec<Function> = public
            .filter(|function| function.access == FnAccess::Public)
            .map(|function| Function {
                name: function.name.to_string(),
                arity: function.params.len(),
                site: failure::site(self.entry(), function.body.start_position()),
            })
            .collect();
        functions.sort_by_key(|f| (f.site.line, f.site.column));
        functions
    }

    fn evaluate(
        &self,
        runtime: &Arc<Runtime>,
        build: impl FnOnce(&Arc<Runtime>) -> Engine + Send,
        load: Load,
        enter: impl FnOnce(&Engine, &AST) -> Result<Dynamic, failure::Error> + Send,
    ) -> Result<Value, Failure> {
        let pipeline = &self.loaded.pipeline;
        on_big_stack(|| {
            let mut engine = build(runtime);
            let loaded = Modules::default();
            engine.set_module_resolver(loaded.clone());
            let engine = Arc::new(engine);
            runtime.attach(&engine);
            runtime
                .while_loading(|| load(&loaded, &engine, &self.loaded))
                .map_err(|(name, error)| runtime.failure(error, name))?;
            let value = enter(&engine, &pipeline.executed)
                .map_err(|error| runtime.failure(error, &pipeline.name))?;
            Ok(values::to_json(&value).unwrap_or(Value::Null))
        })
    }
}

/// How the modules of an engine are evaluated.
type Load = for<'u> fn(&Modules, &Engine, &'u ScriptTree) -> Result<(), (&'u str, failure::Error)>;

/// Adds functions to an engine.
pub(crate) type Extend<'a> = &'a (dyn Fn(&mut Engine) + Sync);

/// A function of a script.
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) arity: usize,
    /// Place in the script where the function's body begins.
    pub(crate) site: Site,
}

/// A halt that the script swallowed is its end all the same.
fn unless_halted(runtime: &Runtime, result: Result<Value, Failure>) -> Result<Value, Failure> {
    let Some(halt) = runtime.door.halted() else {
        return result;
    };
    let mut frames = result.err().map(|f| f.frames).unwrap_or_default();
    // Rhai unwinds what cannot be caught without frames: the place of the call is remembered.
    if let Some(site) = runtime.stopped_at()
        && !frames.contains(&site)
    {
        frames.insert(0, site);
    }
    Err(Failure {
        stop: Stop::Halt(halt),
        frames,
    })
}

/// An engine to parse and check with; nothing can be done through it. It has no primitives: the parser
/// looks nothing up, and the checker goes by their declarations.
fn parser() -> Engine {
    let door = ClosedApi("nothing is run while a script is checked");
    engine::build_plain(&[], &Runtime::new(Arc::new(door), Mode::Refused, None))
}

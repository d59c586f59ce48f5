//! The imported scripts of one engine, evaluated.

use std::collections::{BTreeMap, HashSet};
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::thread;

use rhai::{
    AST, ASTNode, Engine, EvalAltResult, Expr, FnCallExpr, Module, ModuleResolver, Position, Scope,
    Shared, Stmt,
};

use super::big_stack::on_big_stacks;
use super::failure::Error;
use super::library::Reached;
use super::resolver;
use super::unit::{ScriptTree, Unit};
use crate::sync::ReadWrite;

/// The evaluated modules of one engine, by name.
#[derive(Clone, Default)]
pub(crate) struct Modules(Arc<RwLock<BTreeMap<String, Shared<Module>>>>);

impl Modules {
    /// Evaluates the modules of `tree` in their order.
    ///
    /// # Errors
    /// The first that fails, with its name.
    pub(crate) fn evaluate<'u>(
        &self,
        engine: &Engine,
        tree: &'u ScriptTree,
    ) -> Result<(), (&'u str, Error)> {
        parse(engine, tree);
        for unit in &tree.modules {
            self.evaluate_unit(engine, unit, tree.reached())?;
        }
        Ok(())
    }

    fn evaluate_unit<'u>(
        &self,
        engine: &Engine,
        unit: &'u Unit,
        reached: &Reached,
    ) -> Result<(), (&'u str, Error)> {
        let module = unit
            .executed(engine, reached)
            .map_err(|error| EvalAltResult::from(*error).into())
            .and_then(|ast| Module::eval_ast_as_new(Scope::new(), &ast, engine));
        self.insert(unit, module.map_err(|error| (unit.name(), error))?);
        Ok(())
    }

    /// Evaluates the project's own scripts among the modules of `tree`, and has empty modules in the place of embedded ones: for a
    /// script that only imports them, see [`calls_nothing`].
    ///
    /// # Errors
    /// As [`Modules::evaluate`].
    pub(crate) fn evaluate_own<'u>(
        &self,
        engine: &Engine,
        tree: &'u ScriptTree,
    ) -> Result<(), (&'u str, Error)> {
        for unit in &tree.modules {
            match unit {
                Unit::Parsed(_) => self.evaluate_unit(engine, unit, &Reached::default())?,
                Unit::Embedded { .. } => self.insert(unit, Module::new()),
            }
        }
        Ok(())
    }

    fn insert(&self, unit: &Unit, module: Module) {
        self.0
            .writing()
            .insert(unit.name().to_owned(), module.into());
    }
}

/// Parses the embedded modules that no program of this process has needed yet: each by itself, all cores take part.
fn parse(engine: &Engine, tree: &ScriptTree) {
    let (units, reached) = (tree.modules.iter(), tree.reached());
    let new: Vec<&Unit> = units.filter(|unit| !unit.is_parsed(reached)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(unit) = new.get(next.fetch_add(1, Ordering::Relaxed)) {
            // Whoever evaluates it tells what is wrong with it.
            let _parsed = unit.executed(engine, reached);
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    if let threads @ 2.. = cores.min(new.len()) {
        on_big_stacks(threads, work);
    }
}

impl ModuleResolver for Modules {
    fn resolve(
        &self,
        _engine: &Engine,
        source: Option<&str>,
        path: &str,
        position: Position,
    ) -> Result<Shared<Module>, Error> {
        let missing = || {
            let path = path.to_owned();
            Error::from(EvalAltResult::ErrorModuleNotFound(path, position))
        };
        let name = resolver::resolve(source.unwrap_or_default(), path).map_err(|_| missing())?;
        self.0.reading().get(&name).cloned().ok_or_else(missing)
    }
}

/// Whether what is executed of the pipeline up to `params`, and of the project's scripts while they are loaded, calls
/// no function of a script: then nothing of an embedded module is needed to declare the parameters.
pub(crate) fn declares_alone(loaded: &ScriptTree) -> bool {
    let own = loaded.modules.iter().filter_map(|unit| match unit {
        Unit::Parsed(script) => Some(&script.ast),
        Unit::Embedded { .. } => None,
    });
    let until = loaded.pipeline.ast.statements();
    let until = match until.iter().position(declares) {
        Some(at) => &until[..=at],
        None => until,
    };
    calls_nothing(&loaded.pipeline.ast, until)
        && own
            .into_iter()
            .all(|ast| calls_nothing(ast, ast.statements()))
}

fn declares(statement: &Stmt) -> bool {
    let mut found = false;
    statement.walk(&mut Vec::new(), &mut |path: &[ASTNode<'_>]| {
        if let Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _))) =
            path.last()
        {
            found |= call.name == "params" && !call.is_qualified();
        }
        !found
    });
    found
}

/// Whether statements of `ast` call native functions only, and by their names.
fn calls_nothing(ast: &AST, statements: &[Stmt]) -> bool {
    let own: HashSet<&str> = ast.iter_fn_def().map(|f| f.name.as_str()).collect();
    let may = |name: &str| own.contains(name) || ["Fn", "call", "curry"].contains(&name);
    let calls = |call: &FnCallExpr| call.is_qualified() || may(&call.name);
    statements.iter().all(|statement| {
        statement.walk(&mut Vec::new(), &mut |path: &[ASTNode<'_>]| {
            !match path.last() {
                Some(ASTNode::Expr(Expr::FnCall(call, _) | Expr::MethodCall(call, _))) => {
                    calls(call)
                }
                Some(ASTNode::Stmt(Stmt::FnCall(call, _))) => calls(call),
                Some(ASTNode::Expr(Expr::Variable(it, ..))) => !it.2.is_empty() || may(&it.1),
                // What is caught may be told by the whole only.
                Some(ASTNode::Stmt(Stmt::TryCatch(..))) => true,
                // A closure, and a `step`.
                Some(ASTNode::Expr(Expr::DynamicConstant(..) | Expr::Custom(..))) => true,
                _ => false,
            }
        })
    })
}

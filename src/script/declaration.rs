//! The parameters of a pipeline, before it runs.

use std::sync::{Arc, Mutex};

use rhai::{ASTNode, Engine, Expr, Position, Stmt};
use serde_json::Value;

use super::modules::{self, Modules};
use super::params::{Mode, Param, ParamSpec};
use super::run_api::ClosedApi;
use super::runtime::Runtime;
use super::{Load, Program, engine, failure};
use crate::run::Failure;
use crate::sync::Lock;

/// Declarations by the names of their parameters.
type ParamSpecs = Vec<(String, ParamSpec)>;

impl Program {
    /// The parameters that it declares, in the order of the text: the script is executed up to `params`,
    /// with a door that refuses every call.
    ///
    /// # Errors
    /// What kept it from getting there.
    pub fn declare(&self) -> Result<Vec<Param>, Failure> {
        let Some(places) = self.declaration() else {
            return Ok(Vec::new());
        };
        // Most need nothing of what they import to get there; whatever else happens is told by the whole.
        let alone = match modules::declares_alone(&self.loaded) {
            true => {
                let build = |runtime: &_| engine::build_plain(&[], runtime);
                self.declared(build, Modules::evaluate_own).0
            }
            false => None,
        };
        let declared = match alone {
            Some(declared) => declared,
            None => {
                let build = |runtime: &_| engine::build(&self.primitives, runtime);
                let (declared, result) = self.declared(build, Modules::evaluate);
                match declared {
                    Some(declared) => declared,
                    None => return result.map(|_| Vec::new()),
                }
            }
        };
        let mut params: Vec<Param> = declared
            .into_iter()
            .map(|(name, spec)| Param {
                site: failure::site(self.entry(), places.of(&name)),
                name,
                kind: spec.kind,
                doc: spec.doc,
                default: spec.default,
            })
            .collect();
        params.sort_by_key(|param| (param.site.line, param.site.column));
        Ok(params)
    }

    /// What it declares before it ends, and how it ends.
    fn declared(
        &self,
        build: impl FnOnce(&Arc<Runtime>) -> Engine + Send,
        load: Load,
    ) -> (Option<ParamSpecs>, Result<Value, Failure>) {
        let door = ClosedApi("parameters come first, put `params` before it");
        let mode = Mode::Declaring(Mutex::new(None));
        let runtime = Runtime::new(Arc::new(door), mode, Some(&self.loaded));
        let result = self.evaluate(&runtime, build, load, Engine::eval_ast);
        let declared = match &runtime.params {
            Mode::Declaring(kept) => kept.locked().take(),
            _ => None,
        };
        (declared, result)
    }

    /// Where the pipeline calls `params`, if it does.
    fn declaration(&self) -> Option<ParamPositions> {
        let mut places = None;
        let mut see = |call: &rhai::FnCallExpr, position: Position| {
            if call.name == "params" && !call.is_qualified() {
                let names = match call.args.first() {
                    Some(Expr::Map(map, _)) => map
                        .0
                        .iter()
                        .map(|(key, _)| (key.name.to_string(), key.pos))
                        .collect(),
                    _ => Vec::new(),
                };
                places = Some(ParamPositions { position, names });
            }
        };
        self.loaded.pipeline.ast.walk(&mut |path: &[ASTNode<'_>]| {
            match path.last() {
                Some(ASTNode::Expr(Expr::FnCall(call, position))) => see(call, *position),
                Some(ASTNode::Stmt(Stmt::FnCall(call, position))) => see(call, *position),
                _ => {}
            }
            true
        });
        places
    }
}

/// Where a pipeline declares its parameters: the call of `params`, and each name in it.
struct ParamPositions {
    position: Position,
    names: Vec<(String, Position)>,
}

impl ParamPositions {
    fn of(&self, name: &str) -> Position {
        self.names
            .iter()
            .find(|(n, _)| n == name)
            .map_or(self.position, |(_, position)| *position)
    }
}

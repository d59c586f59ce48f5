//! The members of the map that a function returns, where all of them can be read in its text.

use std::collections::BTreeSet;

use rhai::{ASTFlags, Expr, FnCallExpr, Stmt};
use serde::{Deserialize, Serialize};

use super::unit::Script;

/// What is known of the value that a function returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Returns {
    /// A map that has no other members than these.
    Members(BTreeSet<String>),
    /// It returns what another function returns.
    Of(Callee),
}

/// A function of a script, by script, name and number of parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Callee {
    /// Name of the script that defines the function.
    pub(crate) unit: String,
    pub(crate) function: String,
    pub(crate) arity: usize,
}

impl Callee {
    /// The function of a script that a call in `unit` names; `None`: a native one.
    pub(crate) fn of(call: &FnCallExpr, unit: &Script) -> Option<Callee> {
        let name = match call.namespace.path.as_ref() {
            [] => &unit.name,
            [module] => {
                let mut imports = unit.imports.iter();
                &imports
                    .find(|import| import.alias == module.name.as_str())?
                    .target
            }
            _ => return None,
        };
        Some(Callee {
            unit: name.clone(),
            function: call.name.to_string(),
            arity: call.args.len(),
        })
    }
}

/// How the body of a function ends, seen statement by statement.
#[derive(Default)]
pub(crate) struct Ends {
    /// What its last statement so far comes to.
    last: Option<Returns>,
    /// What each `return` before its end returns; `None`: unknown.
    early: Vec<Option<Returns>>,
}

impl Ends {
    /// Takes the next statement of the body itself.
    pub(crate) fn ends(&mut self, statement: &Stmt, unit: &Script) {
        self.last = comes_to(statement, unit);
    }

    /// Takes a statement anywhere in it.
    pub(crate) fn leaves(&mut self, statement: &Stmt, unit: &Script) {
        if let Stmt::Return(value, flags, _) = statement
            && !flags.contains(ASTFlags::BREAK)
        {
            let value = value.as_ref();
            self.early
                .push(value.and_then(|value| expression(value, unit)));
        }
    }

    /// What it returns; `None`: not only the text says it.
    pub(crate) fn returns(self) -> Option<Returns> {
        let mut early = self.early.into_iter();
        early.try_fold(self.last?, |all, one| both(all, one?))
    }
}

/// A map that may be the one or the other.
fn both(one: Returns, other: Returns) -> Option<Returns> {
    match (one, other) {
        (Returns::Members(mut one), Returns::Members(other)) => {
            one.extend(other);
            Some(Returns::Members(one))
        }
        (one, other) => (one == other).then_some(one),
    }
}

/// What a block's last statement returns; `None`: unknown.
fn tail(statements: &[Stmt], unit: &Script) -> Option<Returns> {
    comes_to(statements.last()?, unit)
}

fn comes_to(statement: &Stmt, unit: &Script) -> Option<Returns> {
    match statement {
        Stmt::Expr(value) => expression(value, unit),
        Stmt::Return(Some(value), flags, _) if !flags.contains(ASTFlags::BREAK) => {
            expression(value, unit)
        }
        Stmt::FnCall(call, _) => Callee::of(call, unit).map(Returns::Of),
        Stmt::Block(block) => tail(block.statements(), unit),
        Stmt::If(flow, _) => both(
            tail(flow.body.statements(), unit)?,
            tail(flow.branch.statements(), unit)?,
        ),
        _ => None,
    }
}

/// What an expression evaluates to, as far as its text shows it; `None`: unknown.
pub(crate) fn expression(expression: &Expr, unit: &Script) -> Option<Returns> {
    match expression {
        Expr::Map(map, _) => {
            let names = map.0.iter().map(|(key, _)| key.name.to_string());
            Some(Returns::Members(names.collect()))
        }
        Expr::FnCall(call, _) if !call.is_operator_call() => {
            Callee::of(call, unit).map(Returns::Of)
        }
        Expr::Stmt(block) => tail(block.statements(), unit),
        Expr::Custom(custom, _) if custom.tokens.first().is_some_and(|word| word == "step") => {
            match custom.inputs.last()? {
                Expr::Stmt(block) => tail(block.statements(), unit),
                _ => None,
            }
        }
        _ => None,
    }
}

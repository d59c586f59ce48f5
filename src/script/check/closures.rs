//! Closures that use the very variable that is being worked on.
//!
//! Rhai holds on to a variable for as long as a chain of calls that begins with it is worked on. A closure in that
//! chain that uses the same variable always ends in "Data race detected".

use rhai::{ASTFlags, BinaryExpr, Expr, FnPtr, Position, Stmt};

use super::known_members::root;
use super::walk::Walker;

impl Walker<'_> {
    /// Checks the closures in a chain of methods such as `a.keys().all(|key| a[key] > 0)`.
    pub(super) fn chain(&mut self, chain: &Expr) {
        let mut calls = Vec::new();
        let begins = match chain {
            Expr::Dot(x, ..) => {
                methods(&x.rhs, &mut calls);
                &x.lhs
            }
            Expr::Index(x, flags, _) => {
                behind(x, *flags, &mut calls);
                &x.lhs
            }
            _ => return,
        };
        let Some(root) = root(begins) else { return };
        for (name, arguments, position) in calls {
            let holds = |argument| captures(argument).is_some_and(|names| names.contains(&root));
            // Functions of the script, and what is called by way of a closure, let go of it first.
            let own = self.known.functions(&self.unit.name);
            let lets_go = name == "call" || own.iter().any(|f| f.name == name);
            if lets_go || !arguments.iter().any(holds) {
                continue;
            }
            let message = format!("the closure uses `{root}` while `{name}` works on it");
            let found = self.report(message, position);
            found.label = "always ends in a data race".into();
            found.length = Some(name.chars().count());
            found.help = Some(format!(
                "put what `{name}` works on into a variable of its own first, or write a `for`"
            ));
        }
    }
}

/// The method calls of a chain, behind its beginning.
fn methods<'e>(rest: &'e Expr, calls: &mut Vec<(&'e str, &'e [Expr], Position)>) {
    match rest {
        Expr::MethodCall(call, position) => calls.push((&call.name, &call.args, *position)),
        Expr::Dot(x, ..) => {
            methods(&x.lhs, calls);
            methods(&x.rhs, calls);
        }
        Expr::Index(x, flags, _) => {
            methods(&x.lhs, calls);
            behind(x, *flags, calls);
        }
        _ => {}
    }
}

/// The method calls behind `[…]`: the chain goes on inside the index, unless it breaks off there.
fn behind<'e>(
    index: &'e BinaryExpr,
    flags: ASTFlags,
    calls: &mut Vec<(&'e str, &'e [Expr], Position)>,
) {
    if let Expr::Dot(x, ..) | Expr::Index(x, ..) = &index.rhs
        && !flags.contains(ASTFlags::BREAK)
    {
        methods(&x.rhs, calls);
    }
}

/// The variables around a closure that it uses; `None`: it is none.
pub(super) fn captures(expression: &Expr) -> Option<Vec<&str>> {
    match expression {
        Expr::DynamicConstant(value, _) if value.is::<FnPtr>() => Some(Vec::new()),
        // The parser shares what is captured, and then hands it to the closure.
        Expr::Stmt(block) => match block.statements() {
            [.., Stmt::Expr(last)] => captures(last),
            [.., Stmt::FnCall(call, _)] if call.name == "curry" => curried(&call.args),
            _ => None,
        },
        Expr::FnCall(call, _) if call.name == "curry" => curried(&call.args),
        _ => None,
    }
}

fn curried(arguments: &[Expr]) -> Option<Vec<&str>> {
    let (closure, captured) = arguments.split_first()?;
    captures(closure)?;
    let names = captured.iter().filter_map(|argument| match argument {
        Expr::Variable(name, ..) => Some(name.1.as_str()),
        _ => None,
    });
    Some(names.collect())
}

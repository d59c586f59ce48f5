//! What is known of a variable's members, and which variables a script changes.

use std::collections::HashSet;
use std::rc::Rc;

use rhai::{AST, ASTNode, Expr, Stmt};

/// Methods that change the map that they are called on.
const CHANGES: [&str; 7] = [
    "set",
    "mixin",
    "fill_with",
    "remove",
    "clear",
    "drain",
    "retain",
];

/// All members of a map, and what one is called.
#[derive(Clone)]
pub(super) enum Members {
    /// The parameters or options that `params` or `options` declares.
    Declared {
        word: &'static str,
        names: Rc<[String]>,
    },
    /// Those of what a function or a verb returns.
    Returned { by: Rc<str>, names: Rc<[String]> },
    /// Those of what AWS answers an operation.
    Answered {
        by: Rc<str>,
        service: &'static str,
        operation: &'static str,
    },
}

impl Members {
    /// These members and some more; `None`: nobody knows what AWS's answer has in all.
    pub(super) fn with(self, more: Vec<String>) -> Option<Members> {
        let all = |names: Rc<[String]>| names.iter().cloned().chain(more).collect();
        match self {
            Members::Declared { word, names } => Some(Members::Declared {
                word,
                names: all(names),
            }),
            Members::Returned { by, names } => Some(Members::Returned {
                by,
                names: all(names),
            }),
            Members::Answered { .. } => None,
        }
    }
}

/// The variable that a chain begins with.
pub(super) fn root(chain: &Expr) -> Option<&str> {
    match chain {
        Expr::Variable(name, ..) if name.2.is_empty() => Some(&name.1),
        Expr::Dot(x, ..) | Expr::Index(x, ..) => root(&x.lhs),
        _ => None,
    }
}

/// The variables of a script that it changes after they were declared, anywhere: their members are not known.
pub(super) fn changed(ast: &AST) -> HashSet<String> {
    let mut changed = HashSet::new();
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        let name = match path.last() {
            Some(ASTNode::Stmt(Stmt::Assignment(x))) => root(&x.1.lhs),
            Some(ASTNode::Expr(Expr::Dot(x, ..))) if changes(&x.rhs) => root(&x.lhs),
            _ => None,
        };
        changed.extend(name.map(str::to_owned));
        true
    });
    changed
}

/// Whether a chain behind a variable calls a method that may change it.
fn changes(chain: &Expr) -> bool {
    match chain {
        Expr::MethodCall(call, _) => CHANGES.contains(&call.name.as_str()),
        Expr::Dot(x, ..) | Expr::Index(x, ..) => changes(&x.lhs) || changes(&x.rhs),
        _ => false,
    }
}

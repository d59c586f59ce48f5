//! Which function a statement belongs to.
//!
//! Rhai hands out the statements of functions only one by one while it walks, function by function: they are
//! put together again by their place in the text.

use rhai::{AST, ASTNode, Position, Stmt};

/// The places of a script's functions, closures included, in the order of [`AST::iter_fn_def`].
pub(crate) struct Bodies {
    bodies: Vec<Body>,
    /// Statements of the script itself that are still to come.
    own: usize,
}

struct Body {
    begin: Position,
    end: Position,
}

impl Body {
    /// Whether a statement at `position` may belong to it. The body of `|x| x + 1` has no end.
    fn holds(&self, position: Position) -> bool {
        match self.end.is_none() {
            true => position == self.begin,
            false => at(self.begin) <= at(position) && at(position) <= at(self.end),
        }
    }
}

fn at(position: Position) -> (usize, usize) {
    (
        position.line().unwrap_or(0),
        position.position().unwrap_or(0),
    )
}

/// A statement that a walk has come to.
pub(crate) enum EnclosingFunction {
    /// It is one of the script itself.
    Script,
    /// It is one of this function (its index), or of none that is known.
    Function(Option<usize>),
}

impl Bodies {
    pub(crate) fn of(ast: &AST) -> Self {
        let body = |function: &rhai::Shared<rhai::ScriptFuncDef>| Body {
            begin: function.body.start_position(),
            end: function.body.end_position(),
        };
        Bodies {
            bodies: ast.iter_fn_def().map(body).collect(),
            own: ast.statements().len(),
        }
    }

    /// Where the walk is now, if it has come to a statement that lies in no other; call it at each of its nodes.
    pub(crate) fn entered<'a>(
        &mut self,
        path: &[ASTNode<'a>],
    ) -> Option<(EnclosingFunction, &'a Stmt)> {
        let [ASTNode::Stmt(statement)] = path else {
            return None;
        };
        if self.own > 0 {
            self.own -= 1;
            return Some((EnclosingFunction::Script, statement));
        }
        let position = statement.position();
        let innermost = (0..self.bodies.len())
            .filter(|index| self.bodies[*index].holds(position))
            .max_by_key(|index| at(self.bodies[*index].begin));
        Some((EnclosingFunction::Function(innermost), statement))
    }
}

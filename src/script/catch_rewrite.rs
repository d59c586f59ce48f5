//! `catch (e)`: `e` is always a map of ours.
//!
//! Rhai hands a thrown text over as text, and errors of its own as a map of its own. So what is executed
//! has a first statement in each `catch`: `e = __caught(e);`, which tells the run as well. It is put into the text,
//! right behind the brace; columns behind it on the same line are moved back whenever one is told.

use std::sync::Arc;

use rhai::{AST, ASTNode, Dynamic, Engine, Expr, NativeCallContext, Stmt};

use super::failure::{self, Error};
use super::insertion::Insertion;
use super::runtime::Runtime;
use super::unknown_value;
use crate::vocabulary::codes;

/// Name of the function that the inserted statement calls.
const CAUGHT: &str = "__caught";

/// Registers `__caught`, which turns whatever was thrown into a map with `code` and `message`.
pub(crate) fn register(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let runtime = Arc::clone(runtime);
    engine.register_fn(
        CAUGHT,
        move |context: NativeCallContext, value: Dynamic| -> Result<Dynamic, Error> {
            runtime.door.caught();
            let fault = failure::thrown(&value);
            // No script catches that a plan cannot know what follows.
            if fault.code == codes::SCRIPT_ERROR
                && let Some(what) = unknown_value::behind(&fault.message)
            {
                let halt = runtime.unknown(what, runtime.call_site(&context));
                return Err(failure::terminate(halt, context.call_position()));
            }
            Ok(failure::caught(&fault))
        },
    );
}

/// The insertions that `ast` needs for its catches, in the order of the text.
pub(crate) fn insertions(ast: &AST) -> Vec<Insertion> {
    let mut found = Vec::new();
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        if let Some(ASTNode::Stmt(Stmt::TryCatch(flow, _))) = path.last()
            && let brace = flow.branch.position()
            && let (Some(line), Some(column)) = (brace.line(), brace.position())
        {
            let text = match &flow.expr {
                Expr::Variable(name, ..) => format!("{0}={CAUGHT}({0});", name.1),
                _ => format!("{CAUGHT}(());"),
            };
            found.push(Insertion::from((line, column, text)));
        }
        true
    });
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::insertion::{insert, original};
    use crate::vocabulary::Site;

    #[test]
    fn what_is_inserted_is_invisible() {
        let text = "try { } catch (e) { a; } try { } catch (o) { b; }\nc";
        let mut engine = Engine::new();
        engine.set_optimization_level(rhai::OptimizationLevel::None);
        let insertions = insertions(&engine.compile(text).unwrap());
        let executed = insert(text, &insertions);
        assert_eq!(
            executed,
            "try { } catch (e) {e=__caught(e); a; } try { } catch (o) {o=__caught(o); b; }\nc"
        );
        for letter in ["a;", "b;"] {
            let column = |text: &str| text.chars().count() + 1;
            let there = column(&executed[..executed.find(letter).unwrap()]);
            let here = column(&text[..text.find(letter).unwrap()]);
            let site = Site {
                source: String::new(),
                line: 1,
                column: there,
            };
            assert_eq!(original(site, &insertions).column, here, "{letter}");
        }
    }
}

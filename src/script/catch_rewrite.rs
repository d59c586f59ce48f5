//! `catch (e)`: `e` is always a map of ours.
//!
//! Rhai hands a thrown text over as text, and errors of its own as a map of its own. So what is executed
//! has a first statement in each `catch`: `e = __caught(e);`, which tells the run as well. It is put into the text,
//! right behind the brace; columns behind it on the same line are moved back whenever one is told.

use std::sync::Arc;

use rhai::{AST, ASTNode, Dynamic, Engine, Expr, NativeCallContext, Position, Stmt};
use serde::{Deserialize, Serialize};

use super::failure::{self, Error};
use super::runtime::Runtime;
use super::unknown;
use crate::vocabulary::{Site, codes};

/// The function behind that statement.
const CAUGHT: &str = "__caught";

/// Registers that function.
pub(crate) fn register(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let runtime = Arc::clone(runtime);
    engine.register_fn(
        CAUGHT,
        move |context: NativeCallContext, value: Dynamic| -> Result<Dynamic, Error> {
            runtime.door.caught();
            let fault = failure::thrown(&value);
            // No script catches that a plan cannot know what follows.
            if fault.code == codes::SCRIPT_ERROR
                && let Some(what) = unknown::behind(&fault.message)
            {
                let halt = runtime.unknown(what, runtime.call_site(&context));
                return Err(failure::terminate(halt, context.call_position()));
            }
            Ok(failure::caught(&fault))
        },
    );
}

/// Text that was put into a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(usize, usize, String)", into = "(usize, usize, String)")]
pub(crate) struct Insertion {
    line: usize,
    /// Column, in characters, of the brace that it stands behind.
    column: usize,
    text: String,
}

impl From<(usize, usize, String)> for Insertion {
    fn from((line, column, text): (usize, usize, String)) -> Self {
        Insertion { line, column, text }
    }
}

impl From<Insertion> for (usize, usize, String) {
    fn from(insertion: Insertion) -> Self {
        (insertion.line, insertion.column, insertion.text)
    }
}

impl Insertion {
    /// Text behind so many characters from `position` on; `None`: nowhere.
    pub(super) fn behind(position: Position, characters: usize, text: String) -> Option<Insertion> {
        Some(Insertion {
            line: position.line()?,
            column: position.position()? - 1 + characters,
            text,
        })
    }
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
            found.push(Insertion { line, column, text });
        }
        true
    });
    found.sort();
    found
}

/// `text` with its insertions.
pub(crate) fn insert(text: &str, insertions: &[Insertion]) -> String {
    let mut result = String::with_capacity(text.len() + 24 * insertions.len());
    let mut left = insertions.iter().peekable();
    for (line, content) in text.split_inclusive('\n').enumerate() {
        if left.peek().is_none_or(|next| next.line != line + 1) {
            result.push_str(content);
            continue;
        }
        while let Some(next) = left.next_if(|next| (next.line, next.column) == (line + 1, 0)) {
            result.push_str(&next.text);
        }
        for (column, character) in content.chars().enumerate() {
            result.push(character);
            while let Some(next) =
                left.next_if(|next| (next.line, next.column) == (line + 1, column + 1))
            {
                result.push_str(&next.text);
            }
        }
    }
    result
}

/// The place in the text as it was written of a place in the text that was executed; `insertions` are sorted.
pub(crate) fn original(mut site: Site, insertions: &[Insertion]) -> Site {
    let begin = insertions.partition_point(|i| i.line < site.line);
    let end = insertions.partition_point(|i| i.line <= site.line);
    let insertions = &insertions[begin..end];
    for insertion in insertions.iter().rev() {
        // From the right: what stands before the last one is not moved by it.
        let before: usize = insertions
            .iter()
            .filter(|i| i.column < insertion.column)
            .map(|i| i.text.chars().count())
            .sum();
        if site.column > insertion.column + before {
            let length = insertion.text.chars().count();
            site.column = site
                .column
                .saturating_sub(length)
                .max(insertion.column + before);
        }
    }
    site
}

#[cfg(test)]
mod tests {
    use super::*;

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

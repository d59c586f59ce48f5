//! A script that ends before its text does.
//!
//! Rhai takes a `return` at the top level for a good end, wherever it stands. So what is executed has one more statement
//! behind it, which says that the end of the text was reached; where it was not, and steps stand behind the last one that
//! began, the script has ended early, and that is a fault. `finish("why")` ends a script early on purpose.

use std::sync::Arc;

use rhai::{AST, ASTNode, Dynamic, Engine, NativeCallContext, Position, Stmt};
use serde_json::json;

use super::failure::{self, Error};
use super::runtime::{Runtime, TRUNK, branch};
use super::word::Word;
use super::{Failure, Program};
use crate::vocabulary::{Fault, Stop, codes};

/// Name of the function that the inserted statement calls.
const REACHED: &str = "__reached";

/// Code of the fault of a script that ends early.
const ENDED_EARLY: &str = codes::ENDED_EARLY;

pub(super) const FINISH: Word = Word {
    name: "finish",
    also: &[],
    forms: &[r#"finish("REASON")"#],
    doc: "Ends the pipeline early, on purpose, from anywhere but a branch of `parallel`. The run has succeeded and names the steps that it \
          did not reach. A plain `return` before the last step is refused by `deployer check`.",
    example: r##"let live = ecs::describe_services(#{ cluster: "realserv-prod", services: ["catalog-service"] }).services[0];
print(live.status);   // ACTIVE
if live.status == "ACTIVE" { finish("there is nothing to do"); }
step "Create" { print("not reached"); }"##,
};

/// Registers that function, and `finish`.
pub(super) fn register(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let reached = Arc::clone(runtime);
    engine.register_fn(REACHED, move || reached.progress().reached = true);
    let finished = Arc::clone(runtime);
    engine.register_fn(
        "finish",
        move |context: NativeCallContext, reason: &str| -> Result<Dynamic, Error> {
            let position = context.call_position();
            if branch(&context) != TRUNK {
                let message = "`finish` ends the whole script, and other branches of `parallel` may still be at work";
                let fault = Fault::new(codes::IN_A_BRANCH, message)
                    .hint("let the branch return, and call `finish` after `parallel`");
                return Err(failure::raise(&fault, position));
            }
            match finished.door.finish_early(reason) {
                Ok(halt) => {
                    finished.stopped();
                    Err(failure::terminate(halt, position))
                }
                Err(fault) => Err(failure::raise(&fault, position)),
            }
        },
    );
}

/// The text of a pipeline as it is executed. `ast`: of the text as it was written.
pub(super) fn marked(text: String, ast: &AST) -> String {
    match returns(ast) {
        true => format!("{text}\n;{REACHED}();"),
        false => text,
    }
}

/// Whether a `return` may end the script itself: one that is in no function and no closure.
fn returns(ast: &AST) -> bool {
    let mut found = false;
    for statement in ast.statements() {
        statement.walk(&mut Vec::new(), &mut |path: &[ASTNode<'_>]| {
            found |= matches!(path.last(), Some(ASTNode::Stmt(Stmt::Return(..))));
            true
        });
    }
    found
}

/// Demands of a pipeline that came to a good end that it came to its own end.
///
/// # Errors
/// `ended_early`, with `details.not_reached`: the names of the steps that stand behind.
pub(super) fn whole(program: &Program, runtime: &Runtime) -> Result<(), Failure> {
    let progress = runtime.progress();
    let pipeline = &program.loaded.pipeline;
    if progress.reached || !returns(&pipeline.ast) {
        return Ok(());
    }
    let place = |position: Position| (position.line(), position.position());
    let last = progress.step.as_ref();
    let steps = program.placed_steps().into_iter();
    let behind = steps.filter(|(at, _)| last.is_none_or(|(last, _)| place(*at) > place(*last)));
    let not_reached: Vec<String> = behind.map(|(_, name)| name).collect();
    if not_reached.is_empty() {
        return Ok(());
    }
    let (site, whereabouts) = match last {
        Some((at, step)) => (runtime.site(&pipeline.name, *at), format!(" in {step}")),
        None => (runtime.site(&pipeline.name, Position::NONE), String::new()),
    };
    let these = not_reached.join(", ");
    let verb = if not_reached.len() == 1 {
        "was"
    } else {
        "were"
    };
    let message = format!("ended early{whereabouts}: {these} {verb} not reached");
    let fault = Fault::new(ENDED_EARLY, message)
        .hint("`return` ends the whole pipeline: write `finish(\"why\")` where that is meant")
        .details(json!({ "not_reached": not_reached }));
    Err(Failure {
        stop: Stop::Fault(fault),
        frames: vec![site],
    })
}

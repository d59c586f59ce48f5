//! `parallel([|| …, || …])`: closures on threads, results in their order.

use crate::vocabulary::codes;
use std::sync::Arc;
use std::thread;

use rhai::{Array, Dynamic, Engine, FnPtr, NativeCallContext};

use super::big_stack;
use super::closure::BoundClosure;
use super::failure::{self, Error};
use super::runtime::{self, Runtime};
use super::word::Word;

/// The most closures of one `parallel`.
const MOST: usize = 64;

pub(super) const PARALLEL: Word = Word {
    name: "parallel",
    also: &[],
    forms: &[r#"parallel([|| …, || …])"#],
    doc: "Calls closures at the same time, at most 64, and returns their results in the order of the list. Each runs to its end; then the \
          first fault in the order of the list is thrown. Closures of one `parallel` are branches: plans and runs show each by \
          itself, and what they did is undone in reverse order, too.",
    example: r##"let cluster = "realserv-prod";
let counts = parallel([
    || ecs::describe_services(#{ cluster: cluster, services: ["catalog-service"] }).services.len(),
    || ecs::list_tasks(#{ cluster: cluster, serviceName: "catalog-service" }).taskArns.len(),
]);
print(counts);   // [1,3]"##,
};

/// Registers the function `parallel` in an engine.
pub(crate) fn register(engine: &mut Engine, runtime: &Arc<Runtime>) {
    let runtime = Arc::clone(runtime);
    engine.register_fn(
        "parallel",
        move |context: NativeCallContext, closures: Array| -> Result<Array, Error> {
            run(&runtime, &context, closures)
        },
    );
}

/// Runs every closure to its end. A halt comes first, then the first fault in the order of the text.
///
/// The nth `parallel` of branch `0` gives its closures the branches `0/n.1`, `0/n.2`, …: the same on
/// every run, whatever the threads do.
fn run(
    runtime: &Arc<Runtime>,
    context: &NativeCallContext<'_>,
    closures: Array,
) -> Result<Array, Error> {
    if closures.len() > MOST {
        let message = format!("parallel takes at most {MOST} closures");
        return Err(runtime::refuse(context, codes::INVALID_INPUT, message));
    }
    let parent = runtime::branch(context);
    let fork = runtime.fork(&parent);
    let mut branches = Vec::with_capacity(closures.len());
    for (index, closure) in closures.into_iter().enumerate() {
        let Some(closure) = closure.try_cast::<FnPtr>() else {
            let message = format!("parallel takes closures; item {index} is none");
            return Err(runtime::refuse(context, codes::INVALID_INPUT, message));
        };
        let path = format!("{parent}/{fork}.{}", index + 1);
        branches.push(BoundClosure::new(context, closure).in_branch(&path));
    }
    let engine = context.engine();
    let scheduler = runtime
        .door
        .scheduler()
        .map(|scheduler| scheduler.fork(branches.len()));
    let results: Vec<Result<Dynamic, Error>> = thread::scope(|scope| {
        let threads: Vec<_> = branches
            .iter()
            .enumerate()
            .map(|(index, branch)| {
                let scheduler = scheduler.as_ref();
                let started = big_stack::start(scope, move || {
                    let _turn = scheduler.map(|scheduler| scheduler.begin(index));
                    branch.call(engine, [])
                });
                if started.is_err() {
                    scheduler.inspect(|scheduler| scheduler.skip(index));
                }
                started
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| match thread {
                Ok(thread) => big_stack::joined(thread),
                Err(error) => Err(runtime::refuse(
                    context,
                    codes::LIMIT_EXCEEDED,
                    format!("no thread could be started: {error}"),
                )),
            })
            .collect()
    });
    scheduler.inspect(|scheduler| scheduler.joined());
    if let Some(halt) = runtime.door.halted() {
        return Err(failure::terminate(halt, context.call_position()));
    }
    results.into_iter().collect()
}
